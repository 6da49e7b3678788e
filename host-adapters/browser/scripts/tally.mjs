// A reporter for `node --test`: what failed, in full, and the sum in the words of `cargo test`, which the checks count.
export default async function* tally(source) {
  const sum = { passed: 0, failed: 0, ignored: 0 };
  for await (const { type, data } of source) {
    if (type === "test:pass") data.skip !== undefined ? sum.ignored++ : sum.passed++;
    if (type === "test:fail") {
      sum.failed++;
      const { error } = data.details;
      yield `FAILED: ${data.name}\n${(error.cause ?? error).stack ?? error}\n\n`;
    }
    if (type === "test:stdout") yield `counted: ${data.message}`;
  }
  yield `test result: ${sum.failed ? "FAILED" : "ok"}. ${sum.passed} passed; ${sum.failed} failed; ${sum.ignored} ignored\n`;
}
