import { type Tokens, SessionError, isVerdict } from "./answer.js";
import { openNotes, randomId } from "./attempt.js";
import { type UntrustedClaims, claimsOf } from "./claims.js";
import { type Clock, type Moment, openClock } from "./clock.js";
import { attaching } from "./fetch.js";
import { type Backend, type Call, type Login, type ServerOptions, glowband } from "./server.js";
import { type Channel, type Message, type Tabs, type Wake, browserTabs, exclusively, pageHidden, pageWake } from "./tabs.js";

/** Why there is no login: the server ended it, the user logged out, or there was no login. */
export type WhyOut = "ended" | "logout" | "none";

/** What is known of the login. A new object comes only with a new meaning. */
export type State =
  | { readonly status: "unknown" }
  | { readonly status: "in"; readonly session: string; readonly why?: "login" | "switched" | undefined }
  | { readonly status: "out"; readonly why: WhyOut };

/** The state of a page that has not looked yet, and of every page while a server renders it. */
export const UNKNOWN: State = { status: "unknown" };

export interface Options extends ServerOptions, Partial<Backend> {
  /** Further origins that get tokens, beside those of this page and of the login server. */
  readonly api?: readonly string[] | ((url: URL) => boolean);
  /** Is called after each end of the login, and when there is found to be none. */
  readonly onOut?: (why: WhyOut) => void;
  /** Returns whether an answer refuses the access token. Left out: its status is 401. */
  readonly unauthorized?: (response: Response) => boolean | Promise<boolean>;
  /** Refreshes before the token expires even without requests, while the page is visible. */
  readonly keepFresh?: boolean;
  /** Milliseconds to wait for other tabs. Left out: 5000. */
  readonly lockWait?: number;
  /** Milliseconds that a refresh, a login or a logout may take. Left out: 20 000. */
  readonly limit?: number;
  /** Returns 128 random bits as text, for runtimes without `crypto.getRandomValues`. */
  readonly random?: () => string;
  /** Returns whether the app is hidden: it then does nothing by itself. Left out: what the page says. */
  readonly hidden?: () => boolean;
  /** Tells when to look at the login again. Left out: when the page is shown or gets its network back. */
  readonly wake?: Wake;
  readonly clock?: Clock;
  readonly tabs?: Tabs;
}

export interface TokenOptions {
  /** The token that an API refused. The result is a newer one, or `null` if that would not help. */
  readonly rejected?: string | undefined;
  readonly signal?: AbortSignal | null | undefined;
}

export interface Session {
  readonly state: State;
  /** What the tokens say, decoded and not verified, for the interface. `null` without a token. */
  readonly claims: UntrustedClaims | null;
  /** Calls back after each change of `state`. Returns a function that stops it. */
  subscribe(listener: () => void): () => void;
  /** Fetches with the access token where it belongs; after a 401 refreshes it and sends once more. */
  readonly fetch: typeof globalThis.fetch;
  /**
   * Returns an access token that has not expired; `null` without a login. Rejects while the login
   * server cannot be asked and no token is left: with a `SessionError`, or with what `fetch` threw.
   */
  token(options?: TokenOptions): Promise<string | null>;
  /** Returns whether requests to this URL get the access token. */
  covers(url: string | URL): boolean;
  /** Logs in, by a function on another backend. Rejects if that fails: with a `SessionError`, or with what `fetch` threw. */
  login(form: Login | ((call: Call) => Promise<Tokens>)): Promise<State>;
  register(form: Login): Promise<State>;
  /** Logs out in all tabs at once. Rejects if the server did not confirm it. */
  logout(): Promise<void>;
  /** Ends all logins of the account on the server, then this one. */
  logoutAll(): Promise<void>;
  /** Stops listening. The login stays. */
  close(): void;
}

/** Opens the session of a page or an app. Sends nothing before its first use. */
export function createSession(options: Options): Session {
  const { url = "", api = [], lockWait = 5e3, limit = 2e4 } = options;
  const { random = randomId, hidden = pageHidden, wake = pageWake, tabs = browserTabs() } = options;
  const backend: Backend = options.refresh ? (options as Backend) : glowband(options);
  const [after, wall, age, moment] = openClock(options.clock);
  const name = "glowband:" + url;
  const note = openNotes(name, tabs);
  const alone = exclusively(name, tabs.locks, after, lockWait);
  const listeners = new Set<() => void>();

  let state = UNKNOWN;
  /** The tokens, when their request was sent, and for how many milliseconds they are good and fresh. */
  let tokens: Tokens | undefined;
  let sent: Moment;
  let life = 0;
  let freshFor = 0;
  let claims: UntrustedClaims | null = null;
  /** Changes with each login, logout and switch. What began before is thrown away. */
  let epoch = 0;
  /** Orders what all tabs know: the wall clock at the last change, or more where the clock was set back. */
  let stamp = 0;
  let flight: Promise<void> | undefined;
  let stop = new AbortController();
  /** Why the last refresh left the login in doubt, for as long as none follows. */
  let doubt: SessionError | undefined;
  let pause = 250;
  /** Whether messages of other tabs may have been missed. */
  let missed = true;
  let channel: Channel | undefined;
  let answered: (() => void) | undefined;
  const closed = new AbortController();

  /** Returns the access token unless it is too old or the one that was refused. */
  const usable = (rejected?: string, oldest = life) =>
    tokens && age(sent) < oldest && tokens.access_token !== rejected ? tokens.access_token : undefined;
  const fresh = (rejected?: string) => usable(rejected, freshFor);
  const current = (): string => (state as { session?: string }).session ?? "";

  const show = (next: State) => {
    state = next;
    // Later: a listener may use the session, throw, or take long.
    listeners.forEach(queueMicrotask);
  };

  /** Throws away what is under way. What is older than `at` does not count any more. */
  const turn = (at = stamp) => {
    epoch++;
    stop.abort();
    tokens = doubt = undefined;
    claims = null;
    stamp = at;
  };

  const take = (taken: Tokens, at: Moment, why?: "login") => {
    const session = taken.session_id;
    const before = current();
    tokens = taken;
    claims = claimsOf(taken);
    sent = at;
    life = taken.expires_in * 1e3;
    // A fifth of the life, at most a minute, and not the same in all tabs.
    freshFor = life - Math.min(6e4, life / 5) * (1 - Math.random() / 5);
    pause = 250;
    doubt = undefined;
    if (before !== session) show({ status: "in", session, why: before ? (why ?? "switched") : why });
    // A timer may be a little early.
    if (options.keepFresh) after(freshFor - age(sent) + 99, look);
  };

  const share = () => channel?.postMessage({ v: 1, at: stamp, tokens: tokens! });

  /** Takes tokens that this tab has got itself, and tells the others. */
  const keep = (taken: Tokens, at: Moment, why?: "login") => {
    note("attempt", random());
    stamp = Math.max(at.wall, stamp + 1);
    note("login", stamp + " " + taken.session_id);
    take(taken, at, why);
    share();
  };

  /** Ends the login here and, unless another tab has done so at `at`, in all tabs. */
  const end = (why: WhyOut, at?: number) => {
    if (!at) {
      at = Math.max(wall(), stamp + 1);
      note("login", at + " ");
      channel?.postMessage({ v: 1, at, out: current(), why });
    }
    turn(at);
    show({ status: "out", why });
    queueMicrotask(() => options.onOut?.(why));
  };

  /** Does what another tab has noted: its message may be late or lost. */
  const settle = () => {
    const [at, session] = (note("login") ?? "0 ").split(" ") as [any, string];
    if (+at <= stamp) return;
    if (!session) state.status === "out" || end(current() ? "logout" : "none", +at);
    else if (state.status === "out" || (current() && current() !== session)) {
      turn(+at);
      // The tokens of that login may be under way.
      missed = true;
      if (!current()) show(UNKNOWN);
    }
  };

  const hear = ({ data: { v, ask, out, why, at = 0, tokens: given } }: { data: Message }) => {
    if (v !== 1) return;
    if (ask && fresh()) share();
    // What is known already would only lose its age where the clock was set back.
    if (at < (tokens ? stamp + 1 : stamp)) return;
    if (out && out === current()) end(why!, at);
    if (!given) return;
    if (current() !== given.session_id) turn();
    stamp = at;
    take(given, moment(at));
    answered?.();
  };

  /** Asks the other tabs for a fresh token, and waits for it for a moment. */
  const ask = () =>
    new Promise<void>((done) => {
      missed = false;
      if (!channel) return done();
      answered = done;
      channel.postMessage({ v: 1, ask: 1 });
      after(30, done);
    });

  /**
   * Calls the backend. Settles when the time is up or `by` aborts, whatever the backend does. With
   * `again`, an error leads to a second try, and silence to one beside the first. Not at once: a page
   * that is being left sees an error too, while its request goes on.
   */
  const request = <T>(work: (call: Call) => Promise<T>, by = new AbortController(), again = false) => {
    const { signal } = by;
    const cancel = after(limit, () => by.abort(new SessionError("timeout")));
    return new Promise<T>((resolve, reject) => {
      // The name is read for each try: that of a refresh which another tab has ended is not used again.
      const go = () =>
        work({ signal, attempt: note("attempt") || note("attempt", random())! }).then(resolve, (error) =>
          again && !error.status ? after(99, repeat) : reject(error),
        );
      const repeat = () => {
        if (again) go();
        again = false;
      };
      after(4e3, repeat);
      signal.onabort = () => reject(signal.reason);
      go();
    }).finally(() => {
      again = false;
      cancel();
    });
  };

  /** The one refresh that all callers share. Ends without a token where others have settled the matter. */
  const renew = (rejected?: string): Promise<void> =>
    (flight ??= fly(rejected).finally(() => (flight = undefined)));

  const fly = async (rejected?: string) => {
    if (doubt) throw doubt;
    const started = epoch;
    const settled = () => {
      settle();
      return epoch !== started || fresh(rejected);
    };
    let noted = note("login");
    stop = new AbortController();
    if (missed) await ask();
    if (settled()) return;
    await alone(async () => {
      // The tab that had the lock has refreshed, and its message may be under way.
      if (!settled() && note("login") !== noted) await ask();
      if (settled()) return;
      noted = note("login");
      const at = moment();
      try {
        const taken = await request(backend.refresh, stop, true);
        if (!taken) throw new SessionError("invalid_grant", 401);
        settle();
        if (epoch === started) keep(taken, at);
      } catch (error) {
        // A newer token may have come meanwhile, from another tab or after a sleep.
        await ask();
        if (settled() || note("login") !== noted) return;
        if (isVerdict(error as SessionError)) return end(current() ? "ended" : "none");
        doubt = error as SessionError;
        after(doubt.retryAfter || (pause = Math.min(3e4, 2 * pause)) * (1 - Math.random() / 2), () => {
          if (doubt === error) doubt = undefined;
          look();
        });
        throw error;
      }
    });
  };

  const token: Session["token"] = async ({ rejected, signal } = {}) => {
    start();
    for (;;) {
      settle();
      if (state.status === "out") return null;
      const access = usable(rejected);
      if (access) {
        if (!fresh()) renew().catch(() => {});
        return access;
      }
      // A token that is refused so soon after it came will be refused again.
      if (usable() && age(sent) < 1e4) return null;
      const before = epoch;
      try {
        // The refresh goes on for the others when this caller gives up.
        const abort = new Promise<never>((_, reject) => {
          const leave = () => reject(signal!.reason);
          if (signal?.aborted) leave();
          signal?.addEventListener("abort", leave);
        });
        await Promise.race([renew(rejected), abort]);
      } catch (error) {
        if (epoch === before && !usable(rejected)) throw error;
      }
    }
  };

  const look = () => closed.signal.aborted || hidden() || token().catch(() => {});

  /** Opens the channel at the first use: a server that only renders the page opens none. */
  let start = () => {
    start = () => {};
    channel = tabs.channel?.(name);
    if (channel) channel.onmessage = hear;
    wake(() => {
      missed = true;
      if (!doubt?.retryAfter) doubt = undefined;
      look();
    }, closed.signal);
  };

  const enter = async (route: "login" | "register", form: Login | ((call: Call) => Promise<Tokens>)) => {
    start();
    epoch++;
    stop.abort();
    return alone(async () => {
      const at = moment();
      try {
        const taken = await request(typeof form === "function" ? form : (call) => backend.login!(route, form, call));
        turn();
        keep(taken, at, "login");
      } catch (error) {
        // Without an answer it is open which login the cookie holds. The next refresh will tell.
        if (!(error as SessionError).status) tokens = undefined;
        throw error;
      }
      return state;
    });
  };

  const covers: Session["covers"] = (to) => {
    const here = globalThis.location;
    const target = new URL(to, here?.href);
    const { origin } = target;
    return (
      origin === here?.origin ||
      origin === new URL(url, here?.href).origin ||
      (typeof api === "function" ? api(target) : api.includes(origin))
    );
  };

  const leave = (route: "logout" | "logout-all", access?: string | null) =>
    request<unknown>(async (call) => backend.logout?.(route, call, access));

  const close = () => {
    closed.abort();
    channel?.close();
    listeners.clear();
    stop.abort();
  };

  return {
    get state() {
      return state;
    },
    get claims() {
      return claims;
    },
    subscribe(listener) {
      start();
      listeners.add(listener);
      look();
      return () => listeners.delete(listener);
    },
    fetch: attaching(token, covers, options),
    token,
    covers,
    login: (form) => enter("login", form),
    register: (form) => enter("register", form),
    logout() {
      start();
      end("logout");
      const began = epoch;
      // A login that has come first has ended the one before it.
      return alone(async () => {
        if (epoch === began) await leave("logout");
      });
    },
    async logoutAll() {
      await leave("logout-all", await token());
      end("logout");
    },
    close,
  };
}
