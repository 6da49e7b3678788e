/** Lessons about time: sleep, wrong clocks, long delays, hidden pages. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Browser, loggedIn } from "./world.js";

test("row 11: after nine hours of sleep, in which the monotonic clock stood still, the first request succeeds", async () => {
  const { browser, tab, time } = await loggedIn();
  tab.freeze();
  await time.pass(9 * 3_600_000);
  tab.stood += 9 * 3_600_000;
  tab.thaw();
  assert.equal(await time.until(tab.who()), "ann");
  assert.equal(browser.refreshes, 1);
  assert.ok(browser.sent.filter(({ url }) => url.endsWith("/api")).length === 1, "the old token is not even sent");
});

for (const minutes of [-10, 10]) {
  test(`row 12: a clock that is ${minutes} minutes off at the start causes no refresh`, async () => {
    const browser = new Browser();
    const tab = browser.open();
    tab.off = minutes * 60_000;
    await browser.time.until(tab.login("ann"));
    for (let count = 0; count < 20; count++) {
      assert.equal(await browser.time.until(tab.who()), "ann");
      await browser.time.pass(10_000);
    }
    assert.equal(browser.refreshes, 0);
  });
}

for (const hours of [-1, 1]) {
  test(`row 12: a clock that jumps by ${hours} h in flight causes one refresh at most`, async () => {
    const { browser, tab, time } = await loggedIn();
    await time.pass(60_000);
    tab.off += hours * 3_600_000;
    for (let count = 0; count < 20; count++) {
      assert.equal(await time.until(tab.who()), "ann");
      await time.pass(10_000);
    }
    assert.ok(browser.refreshes <= 1, `${browser.refreshes} refreshes`);
    // And the life of the token is still known.
    for (let count = 0; count < 20; count++) {
      await time.pass(70_000);
      assert.equal(await time.until(tab.who()), "ann");
    }
    assert.equal(browser.sent.filter(({ url }) => url.endsWith("/api")).length, 40, "no request was refused");
    // The logout counts in the other tabs too, whatever the clock says.
    const other = browser.open();
    other.off = tab.off;
    await time.until(other.who());
    await time.until(tab.session.logout());
    await time.pass(10);
    assert.equal(other.status, "out");
  });
}

test("row 13: age is checked at use: a token is never used after its life", async () => {
  const { browser, tab, time, server } = await loggedIn();
  for (let count = 0; count < 300; count++) {
    await time.pass(7_000);
    assert.equal(await time.until(tab.who()), "ann");
  }
  const apis = browser.sent.filter(({ url }) => url.endsWith("/api"));
  assert.equal(apis.length, 300, "no request was refused and sent again");
  assert.ok(browser.refreshes >= 3 && browser.refreshes <= 5, `${browser.refreshes} refreshes in 35 min`);
  assert.equal(server.revoked, 0);
});

test("row 14: a life of 40 days causes no refresh in a day", async () => {
  const browser = new Browser();
  browser.server.lifetime = 40 * 86_400;
  // The system's timers, as a delay of more than 24.8 days would fire at once.
  const timers: number[] = [];
  const original = globalThis.setTimeout;
  globalThis.setTimeout = ((_work: () => void, ms: number) => timers.push(ms)) as never;
  try {
    const clock = { mono: () => browser.time.now, wall: () => browser.time.now };
    const tab = browser.open({ keepFresh: true, clock });
    await browser.time.until(tab.login("ann"));
  } finally {
    globalThis.setTimeout = original;
  }
  assert.ok(timers.length > 0 && timers.every((ms) => ms <= 2 ** 31 - 1), String(timers));
  const tab = browser.open({ keepFresh: true });
  await browser.time.until(tab.session.token());
  await browser.time.pass(86_400_000);
  assert.equal(browser.refreshes, 0);
});

test("keepFresh refreshes without a request, before the token expires", async () => {
  const { browser, tab, time } = await loggedIn({ keepFresh: true });
  await time.pass(3_600_000);
  assert.ok(browser.refreshes >= 5 && browser.refreshes <= 8, `${browser.refreshes} refreshes in an hour`);
  const refreshes = browser.refreshes;
  assert.equal(await time.until(tab.who()), "ann");
  assert.equal(browser.refreshes, refreshes);
});

test("row 15: a hidden page does nothing by itself, and is fresh soon after it is seen", async () => {
  const { browser, tab, time } = await loggedIn({ keepFresh: true });
  tab.hidden = true;
  await time.pass(6 * 3_600_000);
  assert.equal(browser.refreshes, 0);
  tab.hidden = false;
  tab.look();
  await time.pass(100);
  assert.equal(browser.refreshes, 1);
  const since = time.now;
  assert.equal(await time.until(tab.who()), "ann");
  assert.ok(time.now - since <= 20);
});

test("an idle page does not prolong an idle login", async () => {
  const { browser, tab, time } = await loggedIn();
  tab.session.subscribe(() => {});
  await time.pass(24 * 3_600_000);
  assert.equal(browser.refreshes, 0);
});

test("a server that is down for an hour: in, and back within 30 s", async () => {
  const { browser, tab, time, server } = await loggedIn();
  await time.pass(700_000);
  server.down = { status: 502 };
  await assert.rejects(time.until(tab.who()));
  await time.pass(3_600_000);
  assert.ok(browser.refreshes < 250, `${browser.refreshes} tries`);
  server.down = undefined;
  await time.pass(30_000);
  assert.equal(await time.until(tab.who()), "ann");
});

test("a page that is opened while the server is down finds out by itself", async () => {
  const { browser, time, server, tab } = await loggedIn();
  tab.close();
  server.down = { status: 502 };
  const page = browser.open();
  page.session.subscribe(() => {});
  await time.pass(60_000);
  assert.equal(page.status, "unknown");
  server.down = undefined;
  await time.pass(30_000);
  assert.equal(page.status, "in");
});

test("a refresh does not wait for its time: stale tokens are used while it runs", async () => {
  const { browser, tab, time } = await loggedIn();
  await time.pass(570_000);
  const since = time.now;
  assert.equal(await time.until(tab.who()), "ann");
  assert.ok(time.now - since <= 20, `${time.now - since} ms`);
  await time.pass(100);
  assert.equal(browser.refreshes, 1);
});
