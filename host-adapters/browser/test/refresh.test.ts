/** Lessons about the refresh itself: what ends a login, and what must not. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SessionError } from "../src/index.js";
import { API, Browser, URL_OF_LOGIN, loggedIn } from "./world.js";

const refresh = `${URL_OF_LOGIN}/auth/refresh`;

test("row 4: a late 401 is sent again with the current token, without a refresh", async () => {
  const { browser, tab, time, server } = await loggedIn();
  await time.pass(20_000);
  server.revokeAccess();
  let slow = true;
  browser.fault = ({ url }) => {
    if (url !== API || !slow) return undefined;
    slow = false;
    return { back: 3_000 };
  };
  const late = tab.who();
  const early = await time.until(tab.who());
  assert.equal(browser.refreshes, 1);
  assert.equal(await time.until(late), "ann");
  assert.equal(early, "ann");
  assert.equal(browser.refreshes, 1);
});

test("row 5: a verdict on an old refresh token does not end a login that is newer", async () => {
  const { browser, time } = await loggedIn({}, { locks: false, channel: false });
  const other = browser.open({}, { locks: false, channel: false });
  await time.until(other.session.token());
  const [first] = browser.tabs;
  await time.pass(700_000);
  // The first page's refresh is delayed, and refused; meanwhile a user logs in on the other.
  browser.fault = (sent) => (sent.url === refresh && sent.tab === first ? { there: 2_000, instead: { status: 401, json: { name: "invalid_grant" } } } : undefined);
  const waiting = first!.session.token();
  await time.pass(100);
  await time.until(other.login("ben"));
  browser.fault = () => undefined;
  assert.notEqual(await time.until(waiting), null);
  assert.equal(await time.until(first!.who()), "ben");
  assert.deepEqual(first!.outs, []);
});

for (const [place, delivery] of [["same", 1], ["other", 1], ["other", 60_000]] as const) {
  test(`row 6: a late refresh does not revive a logout in the ${place} tab, told after ${delivery} ms`, async () => {
    const { browser, tab, time, server } = await loggedIn();
    browser.delivery = () => delivery;
    const other = browser.open();
    await time.until(other.session.token());
    await time.pass(700_000);
    browser.fault = ({ url }) => (url === refresh ? { there: 1_000, back: 1_000 } : undefined);
    const waiting = tab.session.token();
    await time.pass(1_500);
    await time.until((place === "same" ? tab : other).session.logout());
    assert.equal(await time.until(waiting), null);
    await time.pass(30_000);
    assert.deepEqual([tab.status, other.status], ["out", "out"]);
    assert.equal(browser.cookie, undefined);
    assert.ok([...server.families.values()].every(({ alive }) => !alive));
  });
}

test("row 7: a late cookie of one user does not replace the login of another", async () => {
  const { browser, tab, time } = await loggedIn();
  await time.pass(700_000);
  browser.fault = ({ url }) => (url === refresh ? { back: 2_000 } : undefined);
  const waiting = tab.session.token();
  await time.pass(500);
  await time.until(tab.login("ben"));
  browser.fault = () => undefined;
  await time.until(waiting);
  await time.pass(700_000);
  assert.equal(await time.until(tab.who()), "ben");
  assert.deepEqual(tab.outs, []);
});

test("row 7: nor where it is under way in another tab", async () => {
  const { browser, tab, time, server } = await loggedIn();
  const other = browser.open();
  await time.until(other.session.token());
  await time.pass(700_000);
  browser.fault = ({ url }) => (url === refresh ? { back: 2_000 } : undefined);
  const waiting = tab.session.token();
  await time.pass(500);
  // No message is fast enough to abort it.
  browser.delivery = () => 10_000;
  await time.until(other.login("ben"));
  browser.fault = () => undefined;
  await time.until(waiting);
  await time.pass(700_000);
  assert.deepEqual([await time.until(tab.who()), await time.until(other.who()), server.revoked], ["ben", "ben", 0]);
});

test("row 8: an answer that is lost after the rotation costs no login, even much later", async () => {
  const { browser, tab, time, server } = await loggedIn();
  await time.pass(700_000);
  browser.fault = ({ url }) => (url === refresh ? { lost: "after" } : undefined);
  await assert.rejects(time.until(tab.session.token()), TypeError);
  await time.pass(12_000);
  browser.fault = () => undefined;
  await time.pass(60_000);
  assert.equal(await time.until(tab.who()), "ann");
  assert.equal(server.revoked, 0);
});

test("row 8: silence gets a second try beside the first, with the same name", async () => {
  const { browser, tab, time, server } = await loggedIn();
  await time.pass(700_000);
  let first = true;
  browser.fault = ({ url }) => {
    if (url !== refresh || !first) return undefined;
    first = false;
    return { silent: true };
  };
  const since = time.now;
  assert.equal(await time.until(tab.who()), "ann");
  assert.ok(time.now - since < 4_100, `${time.now - since} ms`);
  const names = browser.calls("refresh").map(({ headers }) => headers.get("Glowband-Attempt"));
  assert.equal(names.length, 2);
  assert.equal(new Set(names).size, 1);
  assert.equal(server.revoked, 0);
});

test("row 9: a reload in the middle of a refresh keeps the login", async () => {
  const { browser, tab, time, server } = await loggedIn();
  await time.pass(700_000);
  browser.fault = ({ url }) => (url === refresh ? { there: 50, back: 300 } : undefined);
  void tab.session.token().catch(() => {});
  await time.pass(100);
  const again = tab.reload();
  assert.equal(await time.until(again.who()), "ann");
  assert.ok(browser.calls("refresh").every(({ init }) => init.keepalive));
  await time.pass(700_000);
  assert.equal(await time.until(again.who()), "ann");
  assert.equal(server.revoked, 0);
});

test("row 9: even where the browser drops the request of a page that is left", async () => {
  const { browser, tab, time, server } = await loggedIn();
  await time.pass(700_000);
  browser.fault = ({ url }) => (url === refresh ? { lost: "after" } : undefined);
  void tab.session.token().catch(() => {});
  await time.pass(8);
  const again = tab.reload();
  browser.fault = () => undefined;
  await time.pass(60_000);
  assert.equal(await time.until(again.who()), "ann");
  assert.equal(server.revoked, 0);
});

test("row 10: 503 twenty times, then offline, is no logout", async () => {
  const { browser, tab, time, server } = await loggedIn();
  await time.pass(700_000);
  server.down = { status: 503 };
  for (let tries = 0; tries < 20; tries++) {
    await assert.rejects(time.until(tab.session.token()));
    await time.pass(30_000);
  }
  browser.offline = true;
  await assert.rejects(time.until(tab.session.token()));
  browser.offline = false;
  server.down = undefined;
  await time.pass(31_000);
  assert.equal(await time.until(tab.who()), "ann");
  assert.deepEqual(tab.outs, []);
});

for (const [what, answer] of Object.entries({
  "5xx with an OAuth code": { status: 500, json: { error: "invalid_grant" } },
  "429": { status: 429, json: { name: "too_many" } },
  "a captive portal": { status: 200, text: "<html>Welcome to our hotel" },
  "401 of a proxy": { status: 401, text: "<html>Proxy login" },
  "403": { status: 403, json: { name: "cross_site" } },
  "invalid tokens": { status: 200, json: { access_token: "" } },
})) {
  test(`row 10: ${what} is no logout`, async () => {
    const { browser, tab, time } = await loggedIn();
    await time.pass(700_000);
    browser.fault = ({ url }) => (url === refresh ? { instead: answer } : undefined);
    await assert.rejects(time.until(tab.session.token()), (error) => error instanceof SessionError);
    assert.equal(tab.status, "in");
    browser.fault = () => undefined;
    await time.pass(31_000);
    assert.equal(await time.until(tab.who()), "ann");
    assert.deepEqual(tab.outs, []);
  });
}

test("row 16: a route that always says 401 causes one refresh in ten seconds, and no logout", async () => {
  const { browser, tab, time } = await loggedIn();
  await time.pass(60_000);
  browser.api = () => ({ status: 401 });
  const since = time.now;
  const answers: string[] = [];
  for (let tries = 0; tries < 20; tries++) answers.push(await time.until(tab.who()));
  assert.ok(time.now - since < 10_000);
  assert.deepEqual(new Set(answers), new Set(["401"]));
  assert.equal(browser.refreshes, 1);
  assert.equal(tab.status, "in");
});

test("row 17: 403 never refreshes", async () => {
  const { browser, tab, time } = await loggedIn();
  await time.pass(60_000);
  browser.api = () => ({ status: 403 });
  assert.equal(await time.until(tab.who()), "403");
  assert.equal(browser.refreshes, 0);
});

test("row 17: a backend that says 403 for an expired token gets a hook", async () => {
  const { browser, tab, time, server } = await loggedIn({ unauthorized: ({ status }) => status === 403 });
  await time.pass(60_000);
  server.revokeAccess();
  browser.api = ({ authorization }) => (server.bearer(authorization?.slice(7) ?? "") ? { status: 200, json: { user: "ann" } } : { status: 403 });
  assert.equal(await time.until(tab.who()), "ann");
  assert.equal(browser.refreshes, 1);
});

test("row 18: Retry-After is kept, whatever the page does meanwhile", async () => {
  const { browser, tab, time, server } = await loggedIn();
  await time.pass(700_000);
  server.down = { status: 429, headers: { "Retry-After": "120" } };
  await assert.rejects(time.until(tab.session.token()), { status: 429, retryAfter: 120_000 });
  const sent = browser.refreshes;
  server.down = undefined;
  for (let tries = 0; tries < 11; tries++) {
    tab.look();
    await assert.rejects(time.until(tab.session.token()), { status: 429 });
    await time.pass(10_000);
  }
  assert.equal(browser.refreshes, sent);
  await time.pass(10_000);
  assert.equal(await time.until(tab.who()), "ann");
});

for (const [what, fault, out] of [
  ["tokens", {}, false],
  ["a verdict", { instead: { status: 401, json: { name: "invalid_grant" } } }, true],
  ["503", { instead: { status: 503 } }, false],
  ["a lost connection", { lost: "before" }, false],
  ["silence", { silent: true }, false],
] as const) {
  test(`row 20: ${what} settles all who wait`, async () => {
    const { browser, tab, time } = await loggedIn();
    await time.pass(700_000);
    browser.fault = ({ url }) => (url === refresh ? fault : undefined);
    const waiting = Promise.allSettled(Array.from({ length: 10 }, () => tab.session.token()));
    const settled = await time.until(waiting, 25_000);
    assert.equal(new Set(settled.map(({ status }) => status)).size, 1);
    assert.equal(tab.status, out ? "out" : "in");
    assert.deepEqual(tab.outs, out ? ["ended"] : []);
  });
}

test("row 22: one caller that gives up leaves the others their refresh", async () => {
  const { browser, tab, time } = await loggedIn();
  await time.pass(700_000);
  browser.fault = ({ url }) => (url === refresh ? { back: 1_000 } : undefined);
  const giveUp = new AbortController();
  const calls = Array.from({ length: 10 }, (_, at) => tab.session.fetch(API, at === 3 ? { signal: giveUp.signal } : {}));
  const all = Promise.allSettled(calls);
  await time.pass(100);
  giveUp.abort();
  const early = await Promise.race([calls[3]!.catch((error) => error.name), Promise.resolve().then(() => new Promise((r) => setImmediate(r))).then(() => "waits")]);
  assert.equal(early, "AbortError");
  const settled = await time.until(all);
  assert.equal(settled.filter(({ status }) => status === "fulfilled").length, 9);
  assert.equal(browser.refreshes, 1);
});

test("a stranger causes one refresh, and no other after it", async () => {
  const browser = new Browser();
  const first = browser.open();
  assert.equal(await browser.time.until(first.session.token()), null);
  assert.deepEqual([first.session.state, first.outs], [{ status: "out", why: "none" }, ["none"]]);
  const second = browser.open();
  assert.equal(await browser.time.until(second.session.token()), null);
  assert.equal(browser.refreshes, 1);
});

test("a wrong password rejects with the server's name for it, and keeps the login", async () => {
  const { tab, time } = await loggedIn();
  await assert.rejects(time.until(tab.session.login({ email: "ben", password: "wrong" })), { code: "invalid_credentials", status: 401 });
  assert.equal(await time.until(tab.who()), "ann");
});

test("a login whose answer is lost is found out by the next refresh", async () => {
  const { browser, tab, time } = await loggedIn();
  browser.fault = ({ url }) => (url.endsWith("/login") ? { lost: "after" } : undefined);
  await assert.rejects(time.until(tab.login("ben")));
  browser.cookie = "s2.0";
  assert.equal(await time.until(tab.who()), "ben");
  assert.deepEqual(tab.session.state, { status: "in", session: "s2", why: "switched" });
});

test("logoutAll ends the other logins of the account too", async () => {
  const { browser, tab, time, server } = await loggedIn();
  server.families.set("phone", { user: "ann", generation: 0, rotatedAt: 0, attempt: null, alive: true });
  await time.until(tab.session.logoutAll());
  assert.equal(server.families.get("phone")!.alive, false);
  assert.deepEqual([tab.status, browser.cookie], ["out", undefined]);
});

test("claims are decoded for the interface, as UTF-8, and gone after a logout", async () => {
  const { tab, time } = await loggedIn();
  assert.equal(tab.session.claims?.name, "Zoë");
  assert.equal(tab.session.claims?.sub, "ann");
  await time.until(tab.session.logout());
  assert.equal(tab.session.claims, null);
});

test("a backend of another kind: refresh, login and logout are handed in", async () => {
  const calls: string[] = [];
  const { time, tab } = await (async () => {
    const browser = new Browser();
    let alive = true;
    const tokens = (n: number) => ({ access_token: `opaque-${n}`, expires_in: 60, session_id: "carl" });
    const tab = browser.open({
      refresh: async ({ attempt }) => {
        calls.push(`refresh ${attempt.length > 0}`);
        return alive ? tokens(calls.length) : null;
      },
      logout: async () => {
        calls.push("logout");
        alive = false;
      },
    });
    await browser.time.until(tab.session.login(async () => tokens(0)));
    return { time: browser.time, tab };
  })();
  assert.equal(await time.until(tab.session.token()), "opaque-0");
  await time.pass(61_000);
  assert.equal(await time.until(tab.session.token()), "opaque-1");
  assert.deepEqual(tab.session.claims, {});
  await time.until(tab.session.logout());
  assert.deepEqual(calls, ["refresh true", "logout"]);
  assert.equal(tab.status, "out");
});
