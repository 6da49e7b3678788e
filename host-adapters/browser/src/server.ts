import { type Tokens, checked, read } from "./answer.js";

/** What `login` and `register` send. Further members are sent as they are. */
export interface Login {
  readonly email: string;
  readonly password: string;
  readonly [member: string]: unknown;
}

/** What each call of a backend gets. */
export interface Call {
  /** The same for all tries of one refresh, over reloads and tabs: an idempotency key. */
  readonly attempt: string;
  /** Aborts when the time is up, or when a login or logout overtakes the call. */
  readonly signal: AbortSignal;
}

/** How a session reaches its login server. */
export interface Backend {
  /** Gets the next tokens. `null` says that the login has ended; an error leaves open what became of it. */
  refresh(call: Call): Promise<Tokens | null>;
  login?(route: "login" | "register", form: Login, call: Call): Promise<Tokens>;
  /** `access` is the access token, for the route that needs one: `logout-all`. */
  logout?(route: "logout" | "logout-all", call: Call, access?: string | null): Promise<unknown>;
}

export interface ServerOptions {
  /** Where the login server is, such as `https://id.example`; left out: it serves this page. */
  readonly url?: string;
  /** The name of this client in the login server's tokens and lists. */
  readonly client?: string;
  readonly fetch?: typeof globalThis.fetch;
}

/** Returns the backend for `glowband serve`. The refresh token is in an HttpOnly cookie, which no script sees. */
export const glowband = ({ url = "", client, fetch: send }: ServerOptions): Required<Backend> => {
  const post = async (route: string, { attempt, signal }: Call, body: object, access?: string | null) =>
    read(
      await (send ?? fetch)(url + "/auth/" + route, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          "Glowband-Attempt": attempt,
          "Glowband-Client": "browser",
          ...(access && { Authorization: "Bearer " + access }),
        },
        body: JSON.stringify(body),
        credentials: "include",
        // The cookie that an answer brings must arrive even when the page is left meanwhile.
        keepalive: true,
        // No route redirects, and a captive portal must not get anything.
        redirect: "error",
        signal,
      }),
    );
  return {
    refresh: (call) => post("refresh", call, { client }).then(checked),
    login: (route, form, call) => post(route, call, { client, ...form }).then(checked),
    logout: (route, call, access) => post(route, call, {}, access),
  };
};
