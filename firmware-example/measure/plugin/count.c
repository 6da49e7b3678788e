/* A plugin for QEMU's TCG (API version 1): how many instructions the guest executes between two markers.
 *
 *   gcc -shared -fPIC -O2 -o count.so count.c
 *   qemu-system-arm ... -plugin ./count.so
 *
 * Prints "instructions N" on standard error at every stop. Exact, and the same number on every run. Some distributions
 * ship QEMU without the header of its plugins, so what is used of it is declared here. */
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef uint64_t qemu_plugin_id_t;
typedef void (*translated)(qemu_plugin_id_t, struct qemu_plugin_tb *);
typedef void (*executed)(unsigned int vcpu, void *data);
enum { NO_REGISTERS = 0 };

extern void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, translated);
extern void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *, executed, int registers, void *data);
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
extern struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
extern const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *);
extern size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *);

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

/* mov r10, r10 and mov r11, r11 in Thumb: markers.rs writes them. */
static const uint16_t START = 0x46d2, STOP = 0x46db;

static uint64_t count;
static bool counting;

static void start(unsigned int vcpu, void *data) {
    (void)vcpu, (void)data;
    count = 0;
    counting = true;
}

static void stop(unsigned int vcpu, void *data) {
    (void)vcpu, (void)data;
    counting = false;
    fprintf(stderr, "instructions %" PRIu64 "\n", count);
}

static void one(unsigned int vcpu, void *data) {
    (void)vcpu, (void)data;
    count += counting;
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *block) {
    (void)id;
    for (size_t at = 0; at < qemu_plugin_tb_n_insns(block); at++) {
        struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, at);
        executed called = one;
        if (qemu_plugin_insn_size(instruction) == 2) {
            uint16_t code;
            memcpy(&code, qemu_plugin_insn_data(instruction), sizeof code);
            called = code == START ? start : code == STOP ? stop : one;
        }
        qemu_plugin_register_vcpu_insn_exec_cb(instruction, called, NO_REGISTERS, NULL);
    }
}

__attribute__((visibility("default"))) int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv) {
    (void)info, (void)argc, (void)argv;
    qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
    return 0;
}
