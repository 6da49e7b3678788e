/** Lessons about phones: locked keychains, reinstalled apps, apps in the background. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Options, Session } from "../src/index.js";
import { type Store, appState, keychain, nativeSession, secureStore } from "../src/native.js";
import { API, Browser, URL_OF_LOGIN } from "./world.js";

/** A keychain with faults, in the forms of both modules. */
class Phone {
  readonly kept = new Map<string, string>();
  readonly options: unknown[] = [];
  locked = false;
  full = false;
  runs = 0;

  private read(key: string): string | undefined {
    if (this.locked) throw new Error("User interaction is not allowed.");
    return this.kept.get(key);
  }
  private write(key: string, value: string | undefined): void {
    if (this.locked || this.full) throw new Error("Could not save");
    if (value === undefined) this.kept.delete(key);
    else this.kept.set(key, value);
  }

  readonly expo = {
    AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY: 5,
    getItemAsync: async (key: string, options: unknown) => (this.options.push(options), this.read(key) ?? null),
    setItemAsync: async (key: string, value: string, options: unknown) => (this.options.push(options), this.write(key, value)),
    deleteItemAsync: async (key: string) => this.write(key, undefined),
  };
  readonly keychain = {
    ACCESSIBLE: { AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY: "AccessibleAfterFirstUnlockThisDeviceOnly" },
    getGenericPassword: async ({ service }: { service: string }) => {
      const password = this.read(service);
      return password === undefined ? (false as const) : { username: service, password };
    },
    setGenericPassword: async (_: string, password: string, options: { service: string }) => (this.options.push(options), this.write(options.service, password)),
    resetGenericPassword: async ({ service }: { service: string }) => this.write(service, undefined),
  };

  readonly firstRun = () => this.runs++ === 0;
}

const app = (browser: Browser, store: Store, more: Partial<Options> = {}): Session => {
  const page = { browser, run: (work: () => void) => work(), gone: false } as never;
  let id = 0;
  return nativeSession({
    url: URL_OF_LOGIN,
    api: ["https://app.example"],
    store,
    client: "phone",
    fetch: (input, init) => browser.fetch(page, input, init),
    random: () => `attempt-${id++}-${browser.time.now}`,
    clock: { mono: () => browser.time.now, wall: () => browser.time.now, after: (ms, work) => browser.time.after(ms, work) },
    wake: () => {},
    hidden: () => false,
    ...more,
  });
};

const stores: [string, (phone: Phone, first?: boolean) => Store][] = [
  ["expo-secure-store", (phone, first) => secureStore(phone.expo, first ? { key: "gb", firstRun: phone.firstRun } : { key: "gb" })],
  ["react-native-keychain", (phone, first) => keychain(phone.keychain, first ? { service: "gb", firstRun: phone.firstRun } : { service: "gb" })],
];

const who = async (session: Session) => {
  const response = await session.fetch(API);
  return response.ok ? (await response.json()).user : String(response.status);
};

for (const [name, open] of stores) {
  const started = async () => {
    const [browser, phone] = [new Browser(), new Phone()];
    const session = app(browser, open(phone));
    await browser.time.until(session.login({ email: "ann", password: "right" }));
    return { browser, phone, session, time: browser.time };
  };

  test(`${name}: a login lasts over starts; the body has the token, no cookie is sent or kept`, async () => {
    const { browser, phone, time } = await started();
    for (let start = 0; start < 5; start++) {
      await time.pass(3_600_000);
      assert.equal(await time.until(who(app(browser, open(phone)))), "ann");
    }
    assert.equal(browser.cookie, undefined);
    const { init, headers, body } = browser.calls("refresh")[0]!;
    assert.deepEqual([init.credentials, headers.get("Glowband-Client")], ["omit", "native"]);
    assert.deepEqual(Object.keys(JSON.parse(body)).sort(), ["client", "refresh_token"]);
    assert.equal(browser.server.revoked, 0);
  });

  test(`${name}: the secret stays on this device`, async () => {
    const { phone } = await started();
    assert.match(JSON.stringify(phone.options), /5|ThisDeviceOnly/);
  });

  test(`row 36: ${name}: a locked keychain is no logout`, async () => {
    const { browser, phone, time } = await started();
    await time.pass(3_600_000);
    phone.locked = true;
    const session = app(browser, open(phone));
    await assert.rejects(time.until(who(session)), /not allowed/);
    assert.equal(session.state.status, "unknown");
    phone.locked = false;
    await time.pass(31_000);
    assert.equal(await time.until(who(session)), "ann");
  });

  test(`row 36: ${name}: a keychain that rejects writes costs no login`, async () => {
    const { browser, phone, session, time } = await started();
    await time.pass(590_000);
    phone.full = true;
    await time.pass(60_000);
    await time.until(who(session).catch(() => {}));
    phone.full = false;
    await time.pass(700_000);
    assert.equal(await time.until(who(session)), "ann");
    await time.pass(700_000);
    assert.equal(await time.until(who(app(browser, open(phone)))), "ann");
    assert.equal(browser.server.revoked, 0);
  });

  test(`row 36: ${name}: a refresh token that could not be saved is not lost with the app`, async () => {
    const { browser, phone, session, time } = await started();
    await time.pass(700_000);
    // The name of the refresh is saved, its result is not.
    browser.fault = ({ url }) => {
      if (url.endsWith("/refresh")) phone.full = true;
      return undefined;
    };
    assert.equal(await time.until(who(session)), "ann");
    phone.full = false;
    browser.fault = () => undefined;
    await time.pass(3_600_000);
    assert.equal(await time.until(who(app(browser, open(phone)))), "ann");
    assert.equal(browser.server.revoked, 0);
  });

  test(`row 37: ${name}: what an earlier installation left is wiped, once`, async () => {
    const { browser, phone, time } = await started();
    const reinstalled = app(browser, open(phone, true));
    assert.equal(await time.until(reinstalled.token()), null);
    assert.equal(phone.kept.size, 0);
    await time.until(reinstalled.login({ email: "ben", password: "right" }));
    assert.equal(await time.until(who(app(browser, open(phone, true)))), "ben");
  });

  test(`row 37: ${name}: what can never be decrypted is as good as nothing`, async () => {
    const { browser, phone, time } = await started();
    phone.kept.set("gb", "\u0000\u0001garbage");
    const session = app(browser, open(phone));
    assert.equal(await time.until(session.token()), null);
    assert.deepEqual(session.state, { status: "out", why: "none" });
  });

  test(`${name}: a logout deletes first, and a late refresh does not undo it`, async () => {
    const { browser, phone, session, time } = await started();
    await time.pass(700_000);
    browser.fault = ({ url }) => (url.endsWith("/refresh") ? { back: 500 } : undefined);
    const late = session.token();
    await time.pass(100);
    await time.until(session.logout());
    assert.equal(await time.until(late), null);
    await time.pass(30_000);
    assert.equal(phone.kept.size, 0);
    assert.equal(browser.server.families.get("s1")!.alive, false);
  });

  test(`${name}: an app that is killed between the rotation and the save is still logged in`, async () => {
    const { browser, phone, session, time } = await started();
    await time.pass(700_000);
    browser.fault = ({ url }) => (url.endsWith("/refresh") ? { silent: true } : undefined);
    void session.token().catch(() => {});
    await time.pass(100);
    session.close();
    browser.fault = () => undefined;
    await time.pass(3_600_000);
    assert.equal(await time.until(who(app(browser, open(phone)))), "ann");
    assert.equal(browser.server.revoked, 0);
  });

  test(`${name}: the verdict empties the store`, async () => {
    const { browser, phone, session, time } = await started();
    browser.server.families.get("s1")!.alive = false;
    await time.pass(700_000);
    assert.equal(await time.until(session.token()), null);
    assert.deepEqual([session.state, phone.kept.size], [{ status: "out", why: "ended" }, 0]);
  });

  test(`${name}: a verdict on a token that another process has replaced does not count`, async () => {
    const { browser, phone, session, time } = await started();
    await time.pass(700_000);
    const other = app(browser, open(phone));
    browser.fault = ({ url }) => (url.endsWith("/refresh") ? { there: 500, instead: { status: 401, json: { name: "invalid_grant" } } } : undefined);
    const waiting = who(session);
    await time.pass(50);
    browser.fault = () => undefined;
    assert.equal(await time.until(who(other)), "ann");
    assert.equal(await time.until(waiting), "ann");
  });

  test(`${name}: logoutAll ends all logins and empties the store`, async () => {
    const { browser, phone, session, time } = await started();
    await time.until(session.logoutAll());
    assert.deepEqual([session.state.status, phone.kept.size, browser.server.families.get("s1")!.alive], ["out", 0, false]);
  });
}

test("row 38: an app in the background does nothing by itself, and looks when it is active", async () => {
  const [browser, phone] = [new Browser(), new Phone()];
  let listener: ((state: string) => void) | undefined;
  const state = {
    currentState: "active",
    addEventListener: (_: "change", heard: (state: string) => void) => {
      listener = heard;
      return { remove: () => (listener = undefined) };
    },
  };
  const session = app(browser, secureStore(phone.expo), { keepFresh: true, ...appState(state) });
  await browser.time.until(session.login({ email: "ann", password: "right" }));
  state.currentState = "background";
  listener!("background");
  await browser.time.pass(6 * 3_600_000);
  assert.equal(browser.refreshes, 0);
  state.currentState = "active";
  listener!("active");
  await browser.time.pass(100);
  assert.equal(browser.refreshes, 1);
  session.close();
  assert.equal(listener, undefined);
});
