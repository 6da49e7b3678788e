/**
 * A browser, its tabs, a network and a login server, in virtual time: nothing happens unless a test
 * lets time pass, and the same test always takes the same course.
 */
import { type Channel, type Message, type Options, type Session, type Tabs, createSession } from "../src/index.js";

export const URL_OF_LOGIN = "https://id.example";
export const API = "https://app.example/api";
const REUSE_GRACE = 10_000;

interface Event {
  at: number;
  work: () => void;
}

/** Time, and what is due. */
export class Time {
  now = 1_800_000_000_000;
  private events: Event[] = [];

  after(ms: number, work: () => void): () => void {
    const event = { at: this.now + Math.max(0, ms), work };
    this.events.push(event);
    return () => {
      this.events = this.events.filter((other) => other !== event);
    };
  }

  /** Lets this many milliseconds pass. */
  async pass(ms: number): Promise<void> {
    const until = this.now + ms;
    await settle();
    for (;;) {
      let next: Event | undefined;
      for (const event of this.events) if (event.at <= until && (!next || event.at < next.at)) next = event;
      if (!next) break;
      this.events = this.events.filter((other) => other !== next);
      this.now = Math.max(this.now, next.at);
      next.work();
      await settle();
    }
    this.now = until;
  }

  /** Returns what a promise becomes, letting time pass until it settles. */
  async until<T>(promise: Promise<T>, limit = 120_000): Promise<T> {
    let over = false;
    promise.then(
      () => (over = true),
      () => (over = true),
    );
    for (let passed = 0; !over && passed < limit; passed += 10) await this.pass(10);
    if (!over) throw new Error(`not settled after ${limit} ms`);
    return promise;
  }

  get waiting(): number {
    return this.events.length;
  }
}

/** Lets everything run that waits for nothing but promises. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

interface Family {
  readonly user: string;
  generation: number;
  rotatedAt: number;
  attempt: string | null;
  alive: boolean;
}

/** `glowband serve`, as far as a client can tell. */
export class LoginServer {
  readonly families = new Map<string, Family>();
  readonly log: string[] = [];
  lifetime = 600;
  /** How many logins ended because a refresh token came twice: the client must never cause it. */
  revoked = 0;
  refreshes = 0;
  down: { status: number; headers?: Record<string, string>; body?: string } | undefined;
  private tokens = 0;
  private readonly access = new Map<string, { user: string; session: string; until: number }>();

  constructor(readonly time: Time) {}

  /** Whose access token this is, if it is good. */
  bearer(token: string): { user: string; session: string } | undefined {
    const known = this.access.get(token);
    return known && known.until > this.time.now ? known : undefined;
  }

  /** Makes all access tokens bad, as a key rotation would. */
  revokeAccess(): void {
    this.access.clear();
  }

  private issue(session: string, status: number): Answer {
    const family = this.families.get(session)!;
    const claims = { sub: family.user, sid: session, name: "Zoë", n: ++this.tokens };
    const access_token = `${base64url({ alg: "none" })}.${base64url(claims)}.x`;
    this.access.set(access_token, { user: family.user, session, until: this.time.now + this.lifetime * 1e3 });
    const refresh_token = `${session}.${family.generation}`;
    return { status, json: { access_token, expires_in: this.lifetime, session_id: session, refresh_token }, cookie: refresh_token };
  }

  private close(cookie: string | undefined): void {
    const family = this.families.get(cookie?.split(".")[0] ?? "");
    if (family) family.alive = false;
  }

  handle(route: string, body: any, cookie: string | undefined, attempt: string | null, bearer: string | undefined): Answer {
    this.log.push(route);
    if (route === "refresh") this.refreshes++;
    if (this.down) return { status: this.down.status, headers: this.down.headers, text: this.down.body ?? "<html>" };
    switch (route) {
      case "login":
      case "register": {
        if (body.password === "wrong") return { status: 401, json: { name: "invalid_credentials" } };
        this.close(cookie);
        const session = `s${this.families.size + 1}`;
        this.families.set(session, { user: body.email, generation: 0, rotatedAt: 0, attempt: null, alive: true });
        return this.issue(session, 200);
      }
      case "refresh": {
        const [session = "", generation = ""] = (cookie ?? "").split(".");
        const family = this.families.get(session);
        const over: Answer = { status: 401, json: { name: "invalid_grant" }, cookie: "" };
        if (!family?.alive) return over;
        const old = family.generation - Number(generation);
        if (old === 0) {
          family.generation++;
          family.rotatedAt = this.time.now;
          family.attempt = attempt;
        } else if (old !== 1 || (this.time.now - family.rotatedAt > REUSE_GRACE && family.attempt !== attempt)) {
          family.alive = false;
          this.revoked++;
          return over;
        }
        return this.issue(session, 200);
      }
      case "logout":
        this.close(cookie);
        return { status: 204, cookie: "" };
      case "logout-all": {
        const user = bearer && this.bearer(bearer)?.user;
        if (!user) return { status: 401, json: { name: "token_missing" } };
        for (const family of this.families.values()) if (family.user === user) family.alive = false;
        return { status: 204, cookie: "" };
      }
      default:
        return { status: 404, text: "" };
    }
  }
}

export interface Answer {
  readonly status: number;
  readonly json?: object;
  readonly text?: string;
  readonly headers?: Record<string, string> | undefined;
  /** The refresh token to set; "" clears it. */
  readonly cookie?: string;
}

/** What happens to one request. */
export interface Fault {
  /** Milliseconds until the server gets it, and until its answer is back. Left out: 5 and 5. */
  readonly there?: number;
  readonly back?: number;
  /** The connection breaks before the server gets it, or after it has acted. */
  readonly lost?: "before" | "after";
  /** No answer ever comes. */
  readonly silent?: boolean;
  /** Answers this instead of the server. */
  readonly instead?: Answer;
  /** The server gets it twice, the second time this much later. */
  readonly again?: number;
}

export interface Sent {
  readonly at: number;
  readonly url: string;
  readonly tab: Tab;
  readonly authorization: string | null;
  readonly headers: Headers;
  readonly init: RequestInit;
  readonly body: string;
}

/** One browser: what its tabs share. */
export class Browser {
  readonly time = new Time();
  readonly server = new LoginServer(this.time);
  readonly storage = new Map<string, string>();
  cookie: string | undefined;
  readonly sent: Sent[] = [];
  readonly tabs: Tab[] = [];
  /** Chooses what happens to a request. */
  fault: (request: Sent) => Fault | undefined = () => undefined;
  /** Answers for the API. Left out: the user's name, or 401. */
  api: ((request: Sent) => Answer | undefined) | undefined;
  /** How long a message between tabs takes. */
  delivery: () => number = () => 1;
  offline = false;
  private readonly queues = new Map<string, { tab: Tab; run: () => Promise<unknown>; gone: boolean }[]>();
  private readonly channels = new Set<{ tab: Tab; name: string; channel: Channel }>();

  open(options: Partial<Options> = {}, sharing: Partial<Record<keyof Tabs, boolean>> = {}): Tab {
    const tab = new Tab(this, options, sharing);
    this.tabs.push(tab);
    return tab;
  }

  get refreshes(): number {
    return this.server.refreshes;
  }

  calls(route: string): Sent[] {
    return this.sent.filter(({ url }) => url === `${URL_OF_LOGIN}/auth/${route}`);
  }

  openChannel(tab: Tab, name: string): Channel {
    const channel: Channel = {
      onmessage: null,
      postMessage: (message: Message) => {
        const copy = structuredClone(message);
        for (const other of this.channels) {
          if (other.channel === channel || other.name !== name) continue;
          this.time.after(this.delivery(), () =>
            other.tab.run(() => this.channels.has(other) && other.channel.onmessage?.({ data: copy } as MessageEvent)),
          );
        }
      },
      close: () => {
        for (const other of this.channels) if (other.channel === channel) this.channels.delete(other);
      },
    };
    this.channels.add({ tab, name, channel });
    return channel;
  }

  get openChannels(): number {
    return this.channels.size;
  }

  lock(tab: Tab, name: string, signal: AbortSignal, work: () => Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const queue = this.queues.get(name) ?? [];
      this.queues.set(name, queue);
      const next = () => {
        queue.shift();
        queue[0]?.run();
      };
      const waiter = {
        tab,
        gone: false,
        run: () =>
          work()
            .then(resolve, reject)
            .finally(() => !waiter.gone && next()),
      };
      queue.push(waiter);
      signal.addEventListener("abort", () => {
        if (queue.indexOf(waiter) > 0) {
          queue.splice(queue.indexOf(waiter), 1);
          reject(signal.reason);
        }
      });
      if (queue.length === 1) waiter.run();
    });
  }

  /** Releases the locks of a page that is gone. */
  releaseLocks(tab: Tab): void {
    for (const queue of this.queues.values()) {
      const first = queue[0];
      for (const waiter of queue) if (waiter.tab === tab) waiter.gone = true;
      const rest = queue.filter((waiter) => !waiter.gone);
      queue.splice(0, queue.length, ...rest);
      if (first?.gone) queue[0]?.run();
    }
  }

  removeChannels(tab: Tab): void {
    for (const channel of this.channels) if (channel.tab === tab) this.channels.delete(channel);
  }

  /** The network, as one tab uses it. */
  async fetch(tab: Tab, input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
    const request = input instanceof Request ? input : undefined;
    const url = String(request?.url ?? input);
    const headers = new Headers(init.headers ?? request?.headers);
    const given = init.body ?? (request ? await request.text() : undefined);
    const body = typeof given === "string" ? given : given ? await new Response(given).text() : "";
    const sent: Sent = { at: this.time.now, url, tab, authorization: headers.get("Authorization"), headers, init, body };
    const fault: Fault = this.offline ? { lost: "before" } : (this.fault(sent) ?? {});
    this.sent.push(sent);
    const { cookie } = this;
    const native = headers.get("Glowband-Client") === "native";
    const act = (): Answer => {
      if (fault.instead) return fault.instead;
      if (!url.startsWith(URL_OF_LOGIN)) return this.api?.(sent) ?? this.defaultApi(sent);
      const [, route = ""] = url.split("/auth/");
      const parsed = JSON.parse(body || "{}");
      const token = native ? parsed.refresh_token : cookie;
      const answer = this.server.handle(route, parsed, token, headers.get("Glowband-Attempt"), sent.authorization?.slice(7));
      return native || !answer.json ? answer : { ...answer, json: { ...answer.json, refresh_token: undefined } };
    };
    const signal = init.signal ?? request?.signal;
    return new Promise<Response>((resolve, reject) => {
      let aborted = false;
      const fail = (error: unknown) => tab.run(() => reject(error));
      if (signal?.aborted) return reject(signal.reason);
      signal?.addEventListener("abort", () => {
        aborted = true;
        reject(signal.reason);
      });
      if (fault.lost === "before") return void this.time.after(fault.there ?? 5, () => fail(new TypeError("Failed to fetch")));
      this.time.after(fault.there ?? 5, () => {
        const answer = act();
        if (fault.again !== undefined) this.time.after(fault.again, act);
        if (fault.silent) return;
        this.time.after(fault.back ?? 5, () => {
          if (fault.lost === "after") return fail(new TypeError("Failed to fetch"));
          // The network sets cookies even where the page is gone or frozen, but not for an aborted request.
          if (answer.cookie !== undefined && !aborted && !native && (!tab.gone || init.keepalive)) this.cookie = answer.cookie || undefined;
          tab.run(() => resolve(asResponse(answer)));
        });
      });
    });
  }

  private defaultApi({ authorization }: Sent): Answer {
    const known = authorization && this.server.bearer(authorization.slice(7));
    return known ? { status: 200, json: { user: known.user } } : { status: 401, json: { name: "token_expired" } };
  }
}

const asResponse = ({ status, json, text, headers }: Answer): Response =>
  new Response(status === 204 ? null : json ? JSON.stringify(json) : (text ?? ""), headers ? { status, headers } : { status });

/** One page. */
export class Tab {
  session: Session;
  /** What happens to a frozen page later, in order. */
  private held: (() => void)[] | undefined;
  gone = false;
  hidden = false;
  /** What the wall clock of this page's machine is off by. */
  off = 0;
  /** How long the monotonic clock stood still. */
  stood = 0;
  readonly outs: string[] = [];
  private wakes: (() => void)[] = [];

  constructor(
    readonly browser: Browser,
    readonly options: Partial<Options>,
    readonly sharing: Partial<Record<keyof Tabs, boolean>>,
  ) {
    this.session = this.create();
  }

  private create(): Session {
    const { browser, sharing } = this;
    const shared = (what: keyof Tabs) => sharing[what] !== false;
    const born = this.session;
    const alive = (work: () => void) => () => {
      if (this.session !== born || !this.gone) this.run(work);
    };
    let id = 0;
    return createSession({
      url: URL_OF_LOGIN,
      api: ["https://app.example"],
      fetch: (input, init) => browser.fetch(this, input, init),
      hidden: () => this.hidden,
      wake: (look, signal) => {
        this.wakes.push(look);
        signal.addEventListener("abort", () => (this.wakes = this.wakes.filter((other) => other !== look)));
      },
      onOut: (why) => this.outs.push(why),
      random: () => `attempt-${browser.tabs.indexOf(this)}-${browser.time.now}-${id++}`,
      clock: {
        mono: () => browser.time.now - this.stood,
        wall: () => browser.time.now + this.off,
        after: (ms, work) => browser.time.after(ms, alive(work)),
      },
      tabs: {
        locks: shared("locks") ? { request: (name, { signal }, work) => browser.lock(this, name, signal, work) } : undefined,
        channel: shared("channel") ? (name) => browser.openChannel(this, name) : undefined,
        storage: shared("storage")
          ? { getItem: (key) => browser.storage.get(key) ?? null, setItem: (key, value) => void browser.storage.set(key, value) }
          : undefined,
      },
      ...this.options,
    });
  }

  /** Runs what happens to this page, later if it is frozen, never if it is gone. */
  run(work: () => void): void {
    if (this.gone) return;
    if (this.held) this.held.push(work);
    else work();
  }

  freeze(): void {
    this.held ??= [];
  }

  thaw(): void {
    const held = this.held ?? [];
    this.held = undefined;
    for (const work of held) this.browser.time.after(0, () => this.run(work));
  }

  /** Leaves the page: its requests go on without it if they are `keepalive`. */
  close(): void {
    this.gone = true;
    this.wakes = [];
    this.browser.releaseLocks(this);
    this.browser.removeChannels(this);
    this.browser.tabs.splice(this.browser.tabs.indexOf(this), 1);
  }

  reload(): Tab {
    this.close();
    return this.browser.open(this.options, this.sharing);
  }

  /** Shows the page again. */
  look(): void {
    for (const wake of this.wakes) this.run(wake);
  }

  get status(): string {
    return this.session.state.status;
  }

  login(email: string): Promise<unknown> {
    return this.session.login({ email, password: "right" });
  }

  /** Asks the API who the user is. Returns the name, or the status that came instead. */
  async who(): Promise<string> {
    const response = await this.session.fetch(API);
    return response.ok ? (await response.json()).user : String(response.status);
  }
}

/** Returns a browser with one page that is logged in. */
export const loggedIn = async (options: Partial<Options> = {}, sharing: Partial<Record<keyof Tabs, boolean>> = {}) => {
  const browser = new Browser();
  const tab = browser.open(options, sharing);
  await browser.time.until(tab.login("ann"));
  return { browser, tab, time: browser.time, server: browser.server };
};
