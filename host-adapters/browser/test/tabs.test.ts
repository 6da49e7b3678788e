/** Lessons about several tabs: locks, messages, account switches, leaks. */
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";
import { UNKNOWN } from "../src/index.js";
import { Browser, URL_OF_LOGIN, loggedIn } from "./world.js";

const refresh = `${URL_OF_LOGIN}/auth/refresh`;

test("row 1: a lock that is never released costs its wait, once", async () => {
  const { browser, tab, time } = await loggedIn({ lockWait: 2_000 });
  await time.pass(700_000);
  const holder = browser.open();
  void browser.lock(holder, `glowband:${URL_OF_LOGIN}`, new AbortController().signal, () => new Promise(() => {}));
  const since = time.now;
  const answers = await time.until(Promise.all(Array.from({ length: 10 }, () => tab.who())));
  assert.deepEqual(new Set(answers), new Set(["ann"]));
  assert.equal(browser.refreshes, 1);
  assert.ok(time.now - since >= 2_000 && time.now - since < 2_200, `${time.now - since} ms`);
});

test("row 2: a tab that is frozen with the lock delays other tabs only briefly, and recovers", async () => {
  const { browser, tab, time, server } = await loggedIn();
  const other = browser.open();
  await time.until(other.session.token());
  await time.pass(700_000);
  browser.fault = (sent) => (sent.url === refresh && sent.tab === tab ? { back: 500 } : undefined);
  const sleeper = tab.who();
  await time.pass(100);
  tab.freeze();
  assert.equal(await time.until(other.who()), "ann");
  await time.pass(3_600_000);
  tab.thaw();
  tab.look();
  await time.until(sleeper.catch(() => "failed"));
  assert.equal(await time.until(tab.who()), "ann");
  assert.equal(await time.until(other.who()), "ann");
  assert.deepEqual([server.revoked, tab.outs, other.outs], [0, [], []]);
});

test("row 3: a listener may wait for a token", async () => {
  const browser = new Browser();
  const tab = browser.open();
  const got: unknown[] = [];
  tab.session.subscribe(async () => {
    if (tab.status === "in") got.push(await tab.session.token());
  });
  await browser.time.until(tab.login("ann"));
  await browser.time.pass(1_000);
  assert.equal(typeof got[0], "string");
});

test("row 3: a listener that throws disturbs neither the session nor other listeners", async () => {
  const { tab, time } = await loggedIn();
  let heard = 0;
  const thrown: unknown[] = [];
  const { queueMicrotask: original } = globalThis;
  // In a browser the error goes to `window.onerror`.
  globalThis.queueMicrotask = (work) =>
    original(() => {
      try {
        work();
      } catch (error) {
        thrown.push(error);
      }
    });
  tab.session.subscribe(() => {
    throw new Error("mine");
  });
  tab.session.subscribe(() => heard++);
  await time.until(tab.session.logout());
  await time.pass(10);
  globalThis.queueMicrotask = original;
  assert.deepEqual([heard, thrown.length, tab.status], [1, 1, "out"]);
});

test("five tabs with ten requests each, all refused: one refresh, fifty answers", async () => {
  const { browser, tab, time, server } = await loggedIn();
  const tabs = [tab, browser.open(), browser.open(), browser.open(), browser.open()];
  for (const one of tabs) await time.until(one.session.token());
  assert.equal(browser.refreshes, 0);
  await time.pass(60_000);
  server.revokeAccess();
  const answers = await time.until(Promise.all(tabs.flatMap((one) => Array.from({ length: 10 }, () => one.who()))));
  assert.deepEqual([answers.length, [...new Set(answers)]], [50, ["ann"]]);
  assert.equal(browser.refreshes, 1);
});

test("a slow message of the tab that had the lock is waited for", async () => {
  const { browser, tab, time, server } = await loggedIn();
  const other = browser.open();
  await time.until(other.session.token());
  await time.pass(60_000);
  server.revokeAccess();
  browser.delivery = () => 12;
  assert.deepEqual(await time.until(Promise.all([tab.who(), other.who()])), ["ann", "ann"]);
  assert.equal(browser.refreshes, 1);
});

test("a page that is opened or reloaded beside another one does not refresh", async () => {
  const { browser, tab, time } = await loggedIn();
  const second = browser.open();
  assert.equal(await time.until(second.who()), "ann");
  const again = tab.reload();
  assert.equal(await time.until(again.who()), "ann");
  assert.equal(browser.refreshes, 0);
});

test("row 26: looking at the page a hundred times sends no notification", async () => {
  const { browser, tab, time } = await loggedIn();
  let heard = 0;
  const state = tab.session.state;
  tab.session.subscribe(() => heard++);
  for (let looks = 0; looks < 100; looks++) {
    tab.look();
    await time.pass(100);
  }
  assert.deepEqual([heard, browser.refreshes], [0, 0]);
  assert.equal(tab.session.state, state);
  await time.pass(700_000);
  assert.equal(await time.until(tab.who()), "ann");
  assert.equal(tab.session.state, state, "a refresh changes no meaning");
});

test("row 27: a login as another user arrives in all tabs", async () => {
  const { browser, tab, time } = await loggedIn();
  const other = browser.open();
  await time.until(other.who());
  let heard = 0;
  tab.session.subscribe(() => heard++);
  await time.until(other.login("ben"));
  await time.pass(10);
  assert.deepEqual(tab.session.state, { status: "in", session: "s2", why: "switched" });
  assert.deepEqual(other.session.state, { status: "in", session: "s2", why: "login" });
  assert.deepEqual([heard, tab.outs, await time.until(tab.who())], [1, [], "ben"]);
});

test("row 27: even where the message is late, no request goes out as the one before", async () => {
  const { browser, tab, time } = await loggedIn();
  const other = browser.open();
  await time.until(other.who());
  browser.delivery = () => 60_000;
  await time.until(other.login("ben"));
  assert.equal(await time.until(tab.who()), "ben");
  await time.until(other.session.logout());
  const refused = await time.until(tab.who());
  assert.deepEqual([refused, tab.status], ["401", "out"]);
});

test("a logout is heard in all tabs, with its reason", async () => {
  const { browser, tab, time } = await loggedIn();
  const other = browser.open();
  await time.until(other.who());
  await time.until(tab.session.logout());
  await time.pass(10);
  assert.deepEqual([tab.outs, other.outs], [["logout"], ["logout"]]);
  assert.deepEqual(other.session.state, { status: "out", why: "logout" });
  await time.until(other.login("ben"));
  await time.pass(10);
  assert.equal(await time.until(tab.who()), "ben");
});

test("a tab that was frozen while the user logged out and in again is right when it is seen", async () => {
  const { browser, tab, time } = await loggedIn();
  const other = browser.open();
  await time.until(other.who());
  tab.freeze();
  await time.until(other.session.logout());
  await time.pass(50);
  await time.until(other.login("ben"));
  browser.removeChannels(tab);
  tab.thaw();
  tab.look();
  assert.equal(await time.until(tab.who()), "ben");
});

test("without locks, channel or storage every tab still works", async () => {
  for (const missing of ["locks", "channel", "storage"] as const) {
    const { browser, tab, time, server } = await loggedIn({}, { [missing]: false });
    const other = browser.open({}, { [missing]: false });
    assert.equal(await time.until(other.who()), "ann", missing);
    await time.pass(700_000);
    const answers = await time.until(Promise.all([tab.who(), other.who(), tab.who()]));
    assert.deepEqual(answers, ["ann", "ann", "ann"], missing);
    await time.until(tab.session.logout());
    await time.pass(700_000);
    assert.equal(await time.until(other.who()), "401", missing);
    assert.equal(server.revoked, 0, missing);
  }
});

test("storage that is full or forbidden is as good as none", async () => {
  const forbidden = {
    getItem: () => {
      throw new Error("SecurityError");
    },
    setItem: () => {
      throw new Error("QuotaExceededError");
    },
  };
  const browser = new Browser();
  const tab = browser.open({ tabs: { storage: forbidden } });
  await browser.time.until(tab.login("ann"));
  await browser.time.pass(700_000);
  assert.equal(await browser.time.until(tab.who()), "ann");
  const names = browser.calls("refresh").map(({ headers }) => headers.get("Glowband-Attempt"));
  assert.ok(names[0]);
});

test("messages of another version are ignored", async () => {
  const { browser, tab, time } = await loggedIn();
  const stranger = browser.openChannel(browser.open(), `glowband:${URL_OF_LOGIN}`);
  stranger.postMessage({ v: 2 as 1, out: "s1", why: "logout", at: time.now + 1_000 });
  await time.pass(10);
  assert.equal(tab.status, "in");
});

test("row 28: a thousand sessions that are closed leave nothing behind", async () => {
  const browser = new Browser();
  await browser.time.until(browser.open().login("ann"));
  await browser.time.pass(60_000);
  const [channels, timers] = [browser.openChannels, browser.time.waiting];
  for (let count = 0; count < 1_000; count++) {
    const tab = browser.open({ keepFresh: true });
    const unsubscribe = tab.session.subscribe(() => {});
    await browser.time.until(tab.session.token());
    unsubscribe();
    tab.session.close();
  }
  assert.equal(browser.openChannels, channels);
  await browser.time.pass(60_000);
  const refreshes = browser.refreshes;
  await browser.time.pass(3_600_000);
  assert.equal(browser.refreshes, refreshes, "a closed session does nothing");
  assert.ok(browser.time.waiting <= timers + 1, `${browser.time.waiting} timers`);
});

test("a session that is not used opens nothing and sends nothing", async () => {
  const browser = new Browser();
  const tab = browser.open();
  await browser.time.pass(60_000);
  assert.deepEqual([browser.openChannels, browser.sent.length, browser.storage.size], [0, 0, 0]);
  assert.equal(tab.session.state, UNKNOWN);
});

test("row 33: no service worker and no frame is used", async () => {
  const folder = new URL("../../src/", import.meta.url);
  for (const name of await readdir(folder)) {
    if (!name.endsWith(".ts")) continue;
    const source = await readFile(new URL(name, folder), "utf8");
    assert.doesNotMatch(source, /serviceWorker|iframe|postMessage\([^)]*,\s*["'*]/, name);
  }
});

test("storage holds no secret", async () => {
  const { browser, tab, time } = await loggedIn();
  await time.pass(700_000);
  await time.until(tab.who());
  const kept = [...browser.storage].flat().join(" ");
  const access = await time.until(tab.session.token());
  assert.ok(kept.includes("s1"));
  for (const secret of [access!, browser.cookie!]) assert.ok(!kept.includes(secret));
});
