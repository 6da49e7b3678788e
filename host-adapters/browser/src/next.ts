import { type NextRequest, NextResponse } from "next/server.js";

/** The request header in which `sessionProxy` hands the access token to the page that is rendered. */
const HEADER = "x-glowband-access";
const REFRESH = "__Host-gb_refresh=";
const ACCESS = "__Host-gb_access=";

export interface ProxyOptions {
  /** Where this server reaches the login server. */
  readonly url: string;
  /** The origin of the pages, such as `https://app.example`, which the login server must allow. */
  readonly origin: string;
  /** Returns whether a request is to have a fresh token. Left out: every one that the proxy sees. */
  readonly matcher?: (request: NextRequest) => boolean;
  /** The client's name, if the login was made with one. */
  readonly client?: string;
  readonly fetch?: typeof globalThis.fetch;
}

/**
 * Returns the access token of the request that is rendered, from Next's `headers()`. `null` means that
 * the login is not known here, which is no reason to redirect: a visit that begins on another site
 * comes without the cookie, and the browser will find out.
 */
export const serverToken = (headers: Pick<Headers, "get">): string | null => headers.get(HEADER);

/** The cookies to set and, after a success, the tokens. */
type Renewed = readonly [cookies: readonly string[], access?: string, refresh?: string];

/** Returns what ties an access token to its refresh token, so that one of an earlier login does not count. */
const digest = async (text: string) =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).join("");

const prefetches = ({ headers }: NextRequest) =>
  headers.has("next-router-prefetch") || /prefetch/.test(`${headers.get("purpose")} ${headers.get("sec-purpose")}`);

/**
 * Returns the function for `proxy.ts` (`middleware.ts` before Next 16). It alone refreshes: the page that
 * is rendered, which cannot set cookies, finds a fresh access token in the same pass.
 */
export function sessionProxy({ url, origin, matcher = () => true, client, fetch: send }: ProxyOptions) {
  /** One refresh for all requests that bring the same cookie, and for those that come a little later. */
  const flights = new Map<string, Promise<Renewed>>();

  const renew = async (refresh: string): Promise<Renewed> => {
    const response = await (send ?? fetch)(url + "/auth/refresh", {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "Glowband-Attempt": crypto.randomUUID(),
        "Glowband-Client": "browser",
        Cookie: REFRESH + refresh,
        Origin: origin,
      },
      body: JSON.stringify({ client }),
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(1e4),
    });
    const { name, access_token: access, expires_in: life } = await response.json();
    const cookies = response.headers.getSetCookie();
    // The verdict clears the cookie. Anything else leaves the login as it is.
    if (response.status === 401 && name === "invalid_grant") return [cookies];
    const next = cookies.find((cookie) => cookie.startsWith(REFRESH))!.slice(REFRESH.length).split(";")[0]!;
    const fresh = Math.ceil(life - Math.min(60, life / 5));
    const kept = `${ACCESS}${await digest(next)}~${access}; Path=/; Max-Age=${fresh}; HttpOnly; Secure; SameSite=Strict`;
    return [[...cookies, kept], access, next];
  };

  const shared = (refresh: string) => {
    let flight = flights.get(refresh);
    if (!flight) {
      const forget = () => flights.delete(refresh);
      flight = renew(refresh);
      flight.then(() => setTimeout(forget, 1e4), forget);
      flights.set(refresh, flight);
    }
    return flight.catch((): Renewed => [[]]);
  };

  return async (request: NextRequest): Promise<NextResponse> => {
    const headers = new Headers(request.headers);
    // Only this function may set it.
    headers.delete(HEADER);
    // Cookies by what they begin with; of two with one name the first counts.
    const sent = (headers.get("Cookie") ?? "").split("; ");
    const valueOf = (beginning: string) => sent.find((cookie) => cookie.startsWith(beginning))?.slice(beginning.length);
    const refresh = valueOf(REFRESH);
    const [tie, held] = (valueOf(ACCESS) ?? "").split("~");
    let renewed: Renewed = [[]];
    // The login server's own routes get the cookie as it is.
    if (refresh && !request.nextUrl.pathname.startsWith("/auth/")) {
      if (held && tie === (await digest(refresh))) renewed = [[], held];
      else if (!prefetches(request) && matcher(request)) renewed = await shared(refresh);
    }
    const [set, access, next] = renewed;
    if (access) headers.set(HEADER, access);
    const passed = sent.filter((cookie) => !cookie.startsWith(ACCESS));
    headers.set("Cookie", passed.map((cookie) => (next && cookie.startsWith(REFRESH) ? REFRESH + next : cookie)).join("; "));
    const response = NextResponse.next({ request: { headers } });
    for (const cookie of set) response.headers.append("Set-Cookie", cookie);
    if (access) response.headers.set("Cache-Control", "private, no-store");
    return response;
  };
}
