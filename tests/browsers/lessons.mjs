// The lessons that only a real browser can teach, for one engine.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, before, test } from "node:test";
import { openStage } from "./stage.mjs";

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export function lessons(engine) {
  let stage, browser;
  before(async () => {
    stage = await openStage();
    browser = await engine.open();
  });
  after(async () => {
    await browser?.close();
    await stage?.close();
  });

  /** Runs a test in a browser with its own cookies and one tab, which is logged in as a new user. */
  const lesson = (name, work, { skip = false } = {}) =>
    test(`${engine.name}: ${name}`, { skip, timeout: 90_000 }, async () => {
      stage.quiet();
      const profile = await browser.profile();
      try {
        const tab = await profile.tab(`${stage.origin}/`);
        const someone = stage.someone();
        await tab.run(async (form) => void (await session.register(form)), someone);
        const user = await tab.run(() => who());
        assert.match(user, /./);
        await work({ profile, tab, user, someone, open: () => profile.tab(`${stage.origin}/`) });
      } finally {
        await profile.close();
      }
    });

  /** Puts the clocks of a tab forward, to an age at which a 401 is worth a refresh. */
  const later = (tab, ms = 60_000) => tab.run((ms) => void (skew += ms), ms);
  const burst = (tab) => tab.run(async () => (await Promise.all(Array.from({ length: 10 }, who))).join());
  const state = (tab) => tab.run(() => session.state.status);

  lesson("five tabs with ten requests each, all refused: fifty answers 200, one refresh", async ({ tab, open, user }) => {
    const tabs = [tab, await open(), await open(), await open(), await open()];
    for (const one of tabs) assert.equal(await one.run(() => who()), user);
    assert.equal(stage.refreshes(), 0, "tabs that are opened beside another one do not refresh");
    const refusedAll = async (work) => {
      for (const one of tabs) await later(one);
      stage.refuseSeen();
      stage.faults.push({ path: "/auth/refresh", before: 200 });
      const since = performance.now();
      const answers = await work();
      return [answers, Math.round(performance.now() - since)];
    };
    const since = performance.now();
    await Promise.all(tabs.map(burst));
    const plain = Math.round(performance.now() - since);
    const [one, alone] = await refusedAll(() => tab.run(() => who()));
    assert.deepEqual([one, stage.refreshes()], [user, 1]);
    const [all, together] = await refusedAll(() => Promise.all(tabs.map(burst)));
    assert.deepEqual(all, tabs.map(() => Array(10).fill(user).join()));
    assert.equal(stage.refreshes(), 2);
    console.log(`${engine.name}: 50 refused requests in 5 tabs, 1 refresh, ${together} ms; 1 request in 1 tab, 1 refresh, ${alone} ms; 50 requests that are not refused, ${plain} ms`);
  });

  lesson("reload beside another tab: no refresh", async ({ tab, open, user }) => {
    await open();
    const second = await open();
    assert.equal(await second.run(() => who()), user);
    await tab.reload();
    assert.equal(await tab.run(() => who()), user);
    assert.equal(stage.refreshes(), 0);
  });

  lesson("reload alone: one refresh", async ({ tab, user }) => {
    await tab.reload();
    assert.equal(await tab.run(() => who()), user);
    assert.equal(stage.refreshes(), 1);
  });

  lesson("row 9: reload in the middle of a refresh keeps the new cookie", async ({ tab, user }) => {
    await later(tab, 3_600_000);
    stage.faults.push({ path: "/auth/refresh", after: 1_000 });
    await tab.run(() => void who().catch(() => {}));
    await pause(300);
    await tab.reload();
    assert.equal(await tab.run(() => who()), user);
    // Beyond the server's replay window only the newest cookie is good.
    await pause(11_000);
    await tab.reload();
    if (process.env.TRACE) console.log(JSON.stringify(stage.log));
    assert.equal(await tab.run(() => who()), user);
  });

  lesson("row 9: leaving the page in the middle of a refresh, and coming back", async ({ tab, user }) => {
    await later(tab, 3_600_000);
    stage.faults.push({ path: "/auth/refresh", after: 800 });
    await tab.run(() => void who().catch(() => {}));
    await pause(200);
    await tab.goto(`${stage.origin}/elsewhere`);
    await pause(1_500);
    await tab.back();
    assert.equal(await tab.run(() => who()), user);
  });

  for (const [what, fault] of [
    ["the server has acted and the connection breaks", { drop: true }],
    ["the body is cut", { cut: true }],
    ["the request arrives twice", { double: true }],
    ["the answer is slow", { after: 5_000 }],
  ]) {
    lesson(`row 8: ${what}: still in`, async ({ tab, user }) => {
      await later(tab, 3_600_000);
      stage.faults.push({ path: "/auth/refresh", ...fault });
      assert.equal(await tab.run(() => who()), user);
      await tab.reload();
      assert.equal(await tab.run(() => who()), user);
      const names = stage.sent("/auth/refresh").map(({ attempt }) => attempt);
      assert.ok(names.length >= 2 && names.every(Boolean));
    });
  }

  lesson("row 10: 5xx, HTML and 429 are no logout", async ({ tab, user }) => {
    await later(tab, 3_600_000);
    for (const instead of [{ status: 503 }, { status: 200 }, { status: 429, headers: { "Retry-After": "1" } }]) {
      stage.faults.push({ path: "/auth/refresh", instead, times: 1_000 });
      assert.match(String(await tab.run(() => who().catch((error) => `${error.status} ${error.code}`))), /503|malformed|429/);
      assert.equal(await state(tab), "in");
    }
    stage.faults.length = 0;
    await pause(2_500);
    assert.equal(await tab.run(() => who()), user);
    assert.equal(await tab.run(() => outs.join()), "");
  });

  lesson("row 6: logout in another tab during a delayed refresh: out, no cookie", async ({ tab, open, profile }) => {
    const other = await open();
    await other.run(() => who());
    await later(tab, 3_600_000);
    stage.faults.push({ path: "/auth/refresh", before: 300, after: 1_500 });
    await tab.run(() => void who().catch(() => {}));
    await pause(200);
    await other.run(() => session.logout());
    await pause(2_500);
    assert.deepEqual([await state(tab), await state(other)], ["out", "out"]);
    assert.deepEqual([await tab.run(() => outs.join()), await other.run(() => outs.join())], ["logout", "logout"]);
    if (profile.cookies) assert.deepEqual((await profile.cookies()).map(({ name }) => name), []);
    const fresh = await open();
    assert.equal(await fresh.run(() => session.token()), null);
  });

  lesson("row 7, 27: another account in another tab during a delayed refresh: B everywhere, and it stays", async ({ tab, open, user }) => {
    const other = await open();
    await other.run(() => who());
    await later(tab, 3_600_000);
    stage.faults.push({ path: "/auth/refresh", after: 1_500 });
    await tab.run(() => void who().catch(() => {}));
    await pause(200);
    await other.run(async (form) => void (await session.register(form)), stage.someone());
    const next = await other.run(() => who());
    assert.notEqual(next, user);
    await pause(200);
    assert.equal(await tab.run(() => who()), next);
    assert.equal(await tab.run(() => session.state.why), "switched");
    await pause(1_500);
    for (const one of [tab, other]) {
      await later(one, 3_600_000);
      assert.equal(await one.run(() => who()), next);
    }
  });

  lesson("storage and cookies hold no secret that a script can read", async ({ tab, user }) => {
    await later(tab, 3_600_000);
    assert.equal(await tab.run(() => who()), user);
    const found = await tab.run(async () => ({
      kept: JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, (await indexedDB.databases?.()) ?? []]),
      access: await session.token(),
    }));
    assert.ok(found.access.length > 100);
    assert.ok(!found.kept.includes(found.access) && !found.kept.includes("gbr_") && !found.kept.includes("eyJ"), found.kept);
  });

  lesson("the cost of a request beside plain fetch", async ({ tab }) => {
    const cost = await tab.run(async () => {
      const answer = new Response();
      const { createSession } = await import("/client/index.js");
      const free = async () => answer;
      const one = createSession({ fetch: free, refresh: async () => null });
      await one.login(async () => ({ access_token: "x", expires_in: 600, session_id: "s" }));
      const time = async (work) => {
        const since = performance.now();
        for (let count = 0; count < 5_000; count++) await work();
        return ((performance.now() - since) / 5_000) * 1e3;
      };
      await time(() => one.fetch("/x"));
      return (await time(() => one.fetch("/x"))) - (await time(() => free("/x")));
    });
    console.log(`${engine.name}: ${cost.toFixed(1)} µs for each request beside plain fetch`);
    assert.ok(cost < 200, `${cost} µs`);
  });

  lesson("row 2: a stopped renderer that holds the lock delays others only briefly, and recovers", async ({ tab, open, user }) => {
    const other = await open();
    assert.equal(await other.run(() => who()), user);
    const [mine, theirs] = [await tab.process(), await other.process()];
    assert.notEqual(mine, theirs, "two tabs in one process cannot be stopped apart");
    await later(tab, 3_600_000);
    stage.faults.push({ path: "/auth/refresh", after: 500 });
    await tab.run(() => void who().catch(() => {}));
    await pause(200);
    const signal = (name) => spawnSync("kill", [`-${name}`, String(mine)]);
    signal("STOP");
    try {
      await later(other, 3_600_000);
      const since = performance.now();
      assert.equal(await other.run(() => who()), user);
      assert.ok(performance.now() - since < 9_000, `${performance.now() - since} ms`);
    } finally {
      signal("CONT");
    }
    assert.equal(await tab.run(() => who()), user);
    assert.deepEqual([await tab.run(() => outs.join()), await other.run(() => outs.join())], ["", ""]);
  }, { skip: engine.name !== "Chromium" && "only Chromium tells the process of a tab" });
}
