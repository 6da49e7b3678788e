@ Numbers modulo p = 2^256 - 2^224 + 2^192 + 2^96 - 1 in Montgomery's form: eight words each, lowest first, below p.
@ Every function takes r0 = where the result goes, r1 = a, r2 = b; the result may lie where a or b does.
@ Times depend on the numbers: they are public.

    .syntax unified
    .thumb
    .text

@ c0:t += a0 * b, for t0 .. t7, and the same one place higher for a1 and c1, which ends as the tenth word.
@ Flags stay as they are.
.macro columns t0, t1, t2, t3, t4, t5, t6, t7, c0, c1
    ldr lr, [r2]
    umaal \t0, \c0, r0, lr
    umaal \t1, \c1, r1, lr
    ldr lr, [r2, #4]
    umaal \t1, \c0, r0, lr
    umaal \t2, \c1, r1, lr
    ldr lr, [r2, #8]
    umaal \t2, \c0, r0, lr
    umaal \t3, \c1, r1, lr
    ldr lr, [r2, #12]
    umaal \t3, \c0, r0, lr
    umaal \t4, \c1, r1, lr
    ldr lr, [r2, #16]
    umaal \t4, \c0, r0, lr
    umaal \t5, \c1, r1, lr
    ldr lr, [r2, #20]
    umaal \t5, \c0, r0, lr
    umaal \t6, \c1, r1, lr
    ldr lr, [r2, #24]
    umaal \t6, \c0, r0, lr
    umaal \t7, \c1, r1, lr
    ldr lr, [r2, #28]
    umaal \t7, \c0, r0, lr
    umaal \c0, \c1, r1, lr
.endm

@ Adds m * p for the m that clears the two lowest words, which is those words themselves, as p ends in 96 ones:
@ m * p + m = m * 2^96 + m * 2^192 + m * (2^32 - 1) * 2^224.
@ r1 is what stands above the ninth word already; what ends above the tenth is in the carry.
.macro clear_two t0, t1, t2, t3, t4, t5, t6, t7, t8, t9
    mov r0, #0
    mov lr, #-1
    umaal \t7, r0, \t0, lr
    umaal \t8, r0, \t1, lr
    adds \t3, \t3, \t0
    adcs \t4, \t4, \t1
    adcs \t5, \t5, #0
    adcs \t6, \t6, \t0
    adcs \t7, \t7, \t1
    adcs \t8, \t8, r1
    adcs \t9, \t9, r0
.endm

@ The next two words of a, and two empty words above.
.macro next_two offset, c0, c1
    ldr r0, [sp, #4]
    ldrd r0, r1, [r0, #\offset]
    mov \c0, #0
    mov \c1, #0
.endm

@ r1 = carry
.macro carry_to_r1
    mov r1, #0
    adc r1, r1, #0
.endm

@ r3 .. r10 -= p, without looking at what is borrowed
.macro less_p
    adds r3, r3, #1
    adcs r4, r4, #0
    adcs r5, r5, #0
    adcs r6, r6, #-1
    adcs r7, r7, #-1
    adcs r8, r8, #-1
    sbcs r9, r9, #1
    adcs r10, r10, #0
.endm

@ r3 .. r10 += p, the same
.macro plus_p
    adds r3, r3, #-1
    adcs r4, r4, #-1
    adcs r5, r5, #-1
    adcs r6, r6, #0
    adcs r7, r7, #0
    adcs r8, r8, #0
    adcs r9, r9, #1
    adcs r10, r10, #-1
.endm

@ A number below 2p, of which the carry is the highest bit, brought below p.
.macro reduce
    bcc 1f
    less_p
1:
    @ p begins with 32 ones, so what is left is above it once in 2^32 times.
    cmn r10, #1
    bne 2f
    less_p
    bcs 2f
    plus_p
2:
.endm

@ a * b / 2^256
    .global glowband_p256_umaal_product
    .type glowband_p256_umaal_product, %function
    .thumb_func
glowband_p256_umaal_product:
    push {r0, r1, r4-r11, lr}
    ldrd r0, r1, [r1]
    mov r5, #0
    mov r6, #0
    mov r7, #0
    mov r8, #0
    mov r9, #0
    mov r10, #0
    mov r11, #0
    mov r12, #0
    mov r3, #0
    mov r4, #0
    columns r5, r6, r7, r8, r9, r10, r11, r12, r3, r4
    mov r1, #0
    clear_two r5, r6, r7, r8, r9, r10, r11, r12, r3, r4
    next_two 8, r5, r6
    columns r7, r8, r9, r10, r11, r12, r3, r4, r5, r6
    carry_to_r1
    clear_two r7, r8, r9, r10, r11, r12, r3, r4, r5, r6
    next_two 16, r7, r8
    columns r9, r10, r11, r12, r3, r4, r5, r6, r7, r8
    carry_to_r1
    clear_two r9, r10, r11, r12, r3, r4, r5, r6, r7, r8
    next_two 24, r9, r10
    columns r11, r12, r3, r4, r5, r6, r7, r8, r9, r10
    carry_to_r1
    clear_two r11, r12, r3, r4, r5, r6, r7, r8, r9, r10
    reduce
    ldr r0, [sp], #8
    stm r0, {r3-r10}
    pop {r4-r11, pc}
    .size glowband_p256_umaal_product, . - glowband_p256_umaal_product

@ a + b
    .global glowband_p256_umaal_sum
    .type glowband_p256_umaal_sum, %function
    .thumb_func
glowband_p256_umaal_sum:
    push {r4-r11, lr}
    ldm r1, {r3-r10}
    ldm r2!, {r1, r11, r12, lr}
    adds r3, r3, r1
    adcs r4, r4, r11
    adcs r5, r5, r12
    adcs r6, r6, lr
    ldm r2, {r1, r11, r12, lr}
    adcs r7, r7, r1
    adcs r8, r8, r11
    adcs r9, r9, r12
    adcs r10, r10, lr
    reduce
    stm r0, {r3-r10}
    pop {r4-r11, pc}
    .size glowband_p256_umaal_sum, . - glowband_p256_umaal_sum

@ a - b
    .global glowband_p256_umaal_difference
    .type glowband_p256_umaal_difference, %function
    .thumb_func
glowband_p256_umaal_difference:
    push {r4-r11, lr}
    ldm r1, {r3-r10}
    ldm r2!, {r1, r11, r12, lr}
    subs r3, r3, r1
    sbcs r4, r4, r11
    sbcs r5, r5, r12
    sbcs r6, r6, lr
    ldm r2, {r1, r11, r12, lr}
    sbcs r7, r7, r1
    sbcs r8, r8, r11
    sbcs r9, r9, r12
    sbcs r10, r10, lr
    bcs 1f
    plus_p
1:
    stm r0, {r3-r10}
    pop {r4-r11, pc}
    .size glowband_p256_umaal_difference, . - glowband_p256_umaal_difference
