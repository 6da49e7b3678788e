/** Runs one schedule of what people, pages and the network do, and says which law it breaks. */
import assert from "node:assert/strict";
import { API, Browser, type Fault, type Sent, type Tab } from "./world.js";

export type Step =
  | { do: "use" | "burst" | "reload" | "freeze" | "thaw" | "look" | "logout" | "open" | "revoke"; tab: number }
  | { do: "login"; tab: number; user: string }
  | { do: "jump"; tab: number; ms: number }
  | { do: "pass"; tab: number; ms: number };

export interface Shape {
  readonly locks: boolean;
  readonly channel: boolean;
  readonly storage: boolean;
  readonly delivery: number;
  /** Whether the network may deliver a request twice. */
  readonly copies: boolean;
}

/** Runs one schedule. Throws where a law is broken. */
export const run = async (steps: readonly Step[], faults: readonly Fault[], shape: Shape, seed: number): Promise<void> => {
  const random = Math.random;
  let state = seed + 1;
  Math.random = () => (state = (state * 48_271) % 0x7fff_ffff) / 0x7fff_ffff;
  try {
    const browser = new Browser();
    const { time, server } = browser;
    browser.delivery = () => Math.floor(Math.random() * shape.delivery);
    browser.server.lifetime = 600;
    const sharing = { locks: shape.locks, channel: shape.channel, storage: shape.storage };
    browser.open({}, sharing);
    await time.until(browser.tabs[0]!.login("ann"));

    let faulty = true;
    let next = 0;
    /** Sessions that a login or a logout has replaced, for all to see. */
    const over = new Set<string>();
    /** Whether a logout was the last that anybody wanted. */
    let left = false;
    const wrong: string[] = [];
    browser.fault = (sent: Sent) => {
      if (sent.url === API) {
        const known = server.bearer(sent.authorization?.slice(7) ?? "");
        if (known && over.has(known.session)) wrong.push(`a token of ${known.user} (${known.session}) after its end`);
      }
      if (!faulty) return undefined;
      const fault = faults.length ? faults[next++ % faults.length] : undefined;
      // A copy that arrives after two rotations is a theft to the server. Tabs that cannot talk, and clocks
      // that are set back, may rotate twice at once.
      if (fault?.again !== undefined && !(shape.copies && shape.delivery <= 30)) return undefined;
      // Of a login whose answer is lost the browser cannot know: its session is an orphan.
      if (fault && /log(in|out)$/.test(sent.url)) return fault.lost === "after" || fault.silent || fault.again !== undefined ? { lost: "before" } : fault;
      return fault;
    };

    let reloaded = 0;
    /** A request of a page that was left may still bring a cookie. People take longer than it to log in again. */
    const person = () => time.pass(Math.max(0, reloaded + 5_000 - time.now));
    const frozen = new Set<Tab>();
    const pending: Promise<unknown>[] = [];
    const quietly = (work: Promise<unknown>) => pending.push(work.catch(() => {}));
    for (const one of steps) {
      const page = browser.tabs[one.tab % browser.tabs.length]!;
      const awake = !frozen.has(page);
      if (one.do === "pass") await time.pass(one.ms);
      else if (one.do === "jump") for (const each of browser.tabs) each.off += one.ms;
      else if (one.do === "use" && awake) quietly(page.who());
      else if (one.do === "burst" && awake) for (let count = 0; count < 5; count++) quietly(page.who());
      else if (one.do === "reload") {
        const { off } = page;
        reloaded = time.now;
        frozen.delete(page);
        page.reload().off = off;
      } else if (one.do === "open" && browser.tabs.length < 4) browser.open({}, sharing).off = page.off;
      else if (one.do === "freeze") {
        page.freeze();
        frozen.add(page);
      } else if (one.do === "thaw" || one.do === "look") {
        frozen.delete(page);
        page.thaw();
        page.look();
      } else if (one.do === "revoke") server.revokeAccess();
      else if (one.do === "login" && awake) {
        await person();
        const login = page.login(one.user);
        quietly(
          login.then(() => {
            const mine = page.session.state.status === "in" ? page.session.state.session : "";
            for (const session of server.families.keys()) if (session !== mine && !server.families.get(session)!.alive) over.add(session);
            left = false;
          }),
        );
        // One that fails leaves everything as it was, and one at a time is what people do.
        await time.until(Promise.race([login.catch(() => {}), new Promise((done) => time.after(30_000, () => done(0)))]), 40_000);
        // After one that failed the next use refreshes at once: a copy of a refresh just before has arrived by then.
        await time.pass(1_000);
      } else if (one.do === "logout" && awake) {
        await person();
        left = true;
        for (const session of server.families.keys()) over.add(session);
        const logout = page.session.logout();
        quietly(logout);
        await time.until(Promise.race([logout.catch(() => {}), new Promise((done) => time.after(30_000, () => done(0)))]), 40_000);
      }
      await time.pass(0);
      assert.deepEqual(wrong, []);
    }

    // All becomes quiet: the network works, every page is seen.
    faulty = false;
    for (const page of [...browser.tabs]) {
      page.thaw();
      page.look();
    }
    await time.pass(120_000);
    for (const page of browser.tabs) page.look();
    await time.pass(60_000);
    const family = server.families.get(browser.cookie?.split(".")[0] ?? "");
    const expected = left || !family?.alive ? "401" : family.user;
    for (const page of browser.tabs) {
      let name = await time.until(page.who().catch(String));
      // A refusal within ten seconds of a token is handed on, and after a set clock it may look as if it were.
      if (name === "401" && name !== expected) {
        await time.pass(11_000);
        name = await time.until(page.who().catch(String));
      }
      assert.equal(name, expected, `tab ${browser.tabs.indexOf(page)}`);
    }
    assert.deepEqual(wrong, []);
    assert.equal(server.revoked, 0, "a reused refresh token ended a login");
    const alive = [...server.families.values()].filter((each) => each.alive).length;
    assert.ok(alive <= 1, `${alive} live families`);
    if (!left) assert.equal(alive, 1, "a login was lost");
  } finally {
    Math.random = random;
  }
};
