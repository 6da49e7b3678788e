/**
 * Tabs, a server and a network under thousands of schedules. `GLOWBAND_SCHEDULES` sets how many and
 * `GLOWBAND_SEED` which; a failure prints the smallest schedule that shows it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Shape, type Step, run } from "./schedule.js";
import { Browser, type Fault } from "./world.js";

const SCHEDULES = Number(process.env.GLOWBAND_SCHEDULES ?? 1_000);
/** The same schedules each time, so that a change is what fails; `GLOWBAND_SEED` chooses others. */
const SEED = { seed: Number(process.env.GLOWBAND_SEED ?? 1) };

const tab = fc.nat(3);
const step = (users: boolean, clocks: boolean): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constantFrom("use", "burst", "reload", "freeze", "thaw", "look", "open", "revoke"), tab }) as fc.Arbitrary<Step> },
    { weight: 6, arbitrary: fc.record({ do: fc.constant("pass" as const), tab, ms: fc.oneof(fc.nat(40), fc.nat(3_000), fc.nat(1_300_000)) }) },
    ...(users
      ? [
          { weight: 2, arbitrary: fc.record({ do: fc.constant("login" as const), tab, user: fc.constantFrom("ann", "ben", "cat") }) },
          { weight: 1, arbitrary: fc.record({ do: fc.constant("logout" as const), tab }) },
        ]
      : []),
    ...(clocks ? [{ weight: 1, arbitrary: fc.record({ do: fc.constant("jump" as const), tab, ms: fc.integer({ min: -7_200_000, max: 7_200_000 }) }) }] : []),
  );

/** What may happen to a request; delays stay below the time that a login waits for the lock. */
const fault: fc.Arbitrary<Fault & { twice?: boolean }> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ there: fc.nat(60), back: fc.nat(60) }) },
  { weight: 2, arbitrary: fc.record({ there: fc.nat(1_000), back: fc.nat(1_000) }) },
  { weight: 1, arbitrary: fc.constant<Fault>({ lost: "before" }) },
  { weight: 2, arbitrary: fc.record({ lost: fc.constant("after" as const), back: fc.nat(800) }) },
  { weight: 1, arbitrary: fc.constant<Fault>({ silent: true }) },
  { weight: 1, arbitrary: fc.record({ again: fc.nat(500) }) },
  { weight: 1, arbitrary: fc.constantFrom<Fault>({ instead: { status: 503 } }, { instead: { status: 200, text: "<html>" } }, { instead: { status: 429, headers: { "Retry-After": "5" } } }) },
);

const shapes = (locks: boolean): fc.Arbitrary<Shape> =>
  fc.record({
    locks: locks ? fc.constant(true) : fc.boolean(),
    channel: fc.constant(true),
    storage: fc.constant(true),
    delivery: fc.constantFrom(2, 30, 2_000),
    copies: fc.constant(locks),
  });

for (const [name, users, clocks, locks] of [
  ["logins, logouts and switches in up to four tabs, any network", true, false, true],
  ["one login, tabs without locks, clocks that jump", false, true, false],
] as const) {
  test(`model: ${name}`, { timeout: 600_000 }, async () => {
    let schedules = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step(users, clocks), { minLength: 3, maxLength: 30 }),
        fc.array(fault, { maxLength: 20 }),
        shapes(locks),
        fc.nat(1_000_000),
        async (steps, faults, shape, seed) => {
          schedules++;
          await run(steps, faults, shape, seed);
        },
      ),
      { numRuns: SCHEDULES, ...SEED },
    ).catch((error: Error) => {
      throw new Error(`${error.message}\n${error.cause}`);
    });
    console.log(`schedules: ${schedules} of ${name}`);
  });
}

test("model: it notices a client that sends a token after its end", async () => {
  // The same world, with a page that shares nothing: it cannot know of the login elsewhere.
  const browser = new Browser();
  const alone = { locks: false, channel: false, storage: false };
  const [one, two] = [browser.open({}, alone), browser.open({}, alone)];
  await browser.time.until(one!.login("ann"));
  await browser.time.until(two!.login("ben"));
  let seen: string | undefined;
  browser.fault = (sent) => {
    seen = browser.server.bearer(sent.authorization?.slice(7) ?? "")?.user;
    return undefined;
  };
  await browser.time.until(one!.who());
  assert.equal(seen, "ann");
});
