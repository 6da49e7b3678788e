/** Lessons about Next.js: the same pass, prefetches, state that two users must not share. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { NextRequest } from "next/server.js";
import { type ProxyOptions, serverToken, sessionProxy } from "../src/next.js";
import { LoginServer, Time } from "./world.js";

const ORIGIN = "https://app.example";

/** A login server, and the proxy before it; cookies are kept by the caller. */
const world = (options: Partial<ProxyOptions> = {}) => {
  const time = new Time();
  const server = new LoginServer(time);
  const sent: Request[] = [];
  let broken: Response | Error | undefined;
  const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    sent.push(request);
    await new Promise((wait) => setTimeout(wait, 5));
    if (broken instanceof Error) throw broken;
    if (broken) return broken;
    const cookie = /__Host-gb_refresh=([^;]*)/.exec(request.headers.get("Cookie") ?? "")?.[1];
    const answer = server.handle("refresh", await request.json(), cookie, request.headers.get("Glowband-Attempt"), undefined);
    const headers = new Headers();
    if (answer.cookie !== undefined) {
      const age = answer.cookie ? 1_209_600 : 0;
      headers.append("Set-Cookie", `__Host-gb_refresh=${answer.cookie}; Max-Age=${age}; Path=/; HttpOnly; Secure; SameSite=Strict`);
    }
    return new Response(JSON.stringify(answer.json), { status: answer.status, headers });
  };
  const proxy = sessionProxy({ url: "http://login:8080", origin: ORIGIN, fetch, ...options });
  const login = (user: string) => server.handle("login", { email: user }, undefined, null, undefined).cookie!;
  const visit = async (cookies: Record<string, string>, headers: Record<string, string> = {}, path = "/") => {
    const Cookie = Object.entries(cookies).map((pair) => pair.join("=")).join("; ");
    const response = await proxy(new NextRequest(ORIGIN + path, { headers: { ...(Cookie && { Cookie }), ...headers } }));
    // What the page that is rendered sees, as Next hands it on.
    const page = new Headers();
    for (const [name, value] of response.headers) if (name.startsWith("x-middleware-request-")) page.set(name.slice(21), value);
    const set = response.headers.getSetCookie();
    for (const cookie of set) {
      const [, name, value] = /^([^=]*)=([^;]*)/.exec(cookie)!;
      if (value) cookies[name!] = value;
      else delete cookies[name!];
    }
    return { response, page, set, token: serverToken(page), user: server.bearer(serverToken(page) ?? "")?.user };
  };
  return { server, sent, login, visit, time, break: (how?: Response | Error) => (broken = how) };
};

const REFRESH = "__Host-gb_refresh";
const ACCESS = "__Host-gb_access";

test("row 29: the page that is rendered sees the fresh token and the new cookie in the same pass", async () => {
  const { login, visit, sent, server } = world();
  const cookies: Record<string, string> = { [REFRESH]: login("ann"), theme: "dark" };
  const old = cookies[REFRESH];
  const { user, page, set, response } = await visit(cookies);
  assert.equal(user, "ann");
  assert.notEqual(cookies[REFRESH], old);
  assert.match(page.get("cookie")!, new RegExp(`${REFRESH}=${cookies[REFRESH]}`));
  assert.match(page.get("cookie")!, /theme=dark/);
  assert.doesNotMatch(page.get("cookie")!, /gb_access/);
  assert.equal(set.length, 2);
  for (const cookie of set) assert.match(cookie, /HttpOnly; Secure; SameSite=Strict/);
  assert.equal(response.headers.get("Cache-Control"), "private, no-store");
  // The next one has its access token with it.
  assert.equal((await visit(cookies)).user, "ann");
  assert.deepEqual([sent.length, server.revoked], [1, 0]);
});

test("row 29: thirty requests at once have one successor", async () => {
  const { login, visit, sent } = world();
  const refresh = login("ann");
  const visits = await Promise.all(Array.from({ length: 30 }, async () => {
    const cookies = { [REFRESH]: refresh };
    const { user } = await visit(cookies);
    return [user, cookies[REFRESH]].join();
  }));
  assert.equal(new Set(visits).size, 1);
  assert.match(visits[0]!, /^ann/);
  assert.equal(sent.length, 1);
});

test("row 29: even where thirty processes have no flight in common", async () => {
  const one = world();
  const refresh = one.login("ann");
  const successors = await Promise.all(Array.from({ length: 30 }, async () => {
    const cookies = { [REFRESH]: refresh };
    const other = world();
    Object.assign(other.server, { families: one.server.families, access: (one.server as any).access });
    await other.visit(cookies);
    return cookies[REFRESH];
  }));
  assert.equal(new Set(successors).size, 1);
});

for (const headers of [{ "next-router-prefetch": "1" }, { purpose: "prefetch" }, { "sec-purpose": "prefetch;prerender" }]) {
  test(`row 30: a prefetch (${Object.keys(headers)}) neither refreshes nor sets a cookie`, async () => {
    const { login, visit, sent } = world();
    const { set, token } = await visit({ [REFRESH]: login("ann") }, headers as Record<string, string>);
    assert.deepEqual([set, token, sent.length], [[], null, 0]);
  });
}

test("row 31: two users at the same time get their own tokens", async () => {
  const { login, visit } = world();
  const jars = ["ann", "ben"].map((user) => ({ user, cookies: { [REFRESH]: login(user) } as Record<string, string> }));
  for (let round = 0; round < 3; round++) {
    const seen = await Promise.all(Array.from({ length: 20 }, async (_, at) => {
      const { user, cookies } = jars[at % 2]!;
      return (await visit({ ...cookies })).user === user;
    }));
    assert.ok(seen.every(Boolean));
    for (const { cookies } of jars) await visit(cookies);
  }
});

test("row 31: an access token of an earlier login does not count, and one of a stranger never does", async () => {
  const { login, visit } = world();
  const cookies: Record<string, string> = { [REFRESH]: login("ann") };
  await visit(cookies);
  const access = cookies[ACCESS]!;
  const ben: Record<string, string> = { [REFRESH]: login("ben"), [ACCESS]: access };
  assert.equal((await visit(ben)).user, "ben");
  assert.equal((await visit({ [ACCESS]: access })).token, null);
  assert.equal((await visit({}, { "x-glowband-access": "forged" })).token, null);
});

test("row 32: a visit without the cookie is unknown: no redirect, no cookie, the page is rendered", async () => {
  const { visit, sent } = world();
  const { response, token, set } = await visit({});
  assert.deepEqual([response.status, response.headers.get("Location"), token, set, sent.length], [200, null, null, [], 0]);
  assert.equal(response.headers.get("x-middleware-next"), "1");
});

test("the verdict clears the cookie; doubt keeps it", async () => {
  const { login, visit, server, break: breaks } = world();
  const cookies: Record<string, string> = { [REFRESH]: login("ann") };
  for (const how of [new Error("down"), new Response("<html>"), new Response("{}", { status: 503 })]) {
    breaks(how);
    const { set, token } = await visit(cookies);
    assert.deepEqual([set, token], [[], null]);
  }
  breaks();
  assert.equal((await visit(cookies)).user, "ann");
  for (const family of server.families.values()) family.alive = false;
  delete cookies[ACCESS];
  await visit(cookies);
  assert.equal(cookies[REFRESH], undefined);
});

test("the login server's own routes and pages that the matcher leaves out are passed on as they are", async () => {
  const { login, visit, sent } = world({ matcher: ({ nextUrl }) => nextUrl.pathname !== "/public" });
  const cookies = { [REFRESH]: login("ann") };
  for (const path of ["/auth/refresh", "/auth/login", "/public"]) assert.deepEqual((await visit(cookies, {}, path)).set, []);
  assert.equal(sent.length, 0);
});

test("the request to the login server is one that it takes from a browser", async () => {
  const { login, visit, sent } = world({ client: "web" });
  await visit({ [REFRESH]: login("ann") });
  const { headers, url } = sent[0]!;
  assert.equal(url, "http://login:8080/auth/refresh");
  assert.deepEqual([headers.get("Origin"), headers.get("Glowband-Client")], [ORIGIN, "browser"]);
  assert.ok(headers.get("Glowband-Attempt"));
});
