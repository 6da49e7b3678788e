/** Lessons about requests: bodies, foreign origins, axios, long connections, GraphQL. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { Readable } from "node:stream";
import axios, { type AxiosInstance } from "axios";
import { attach } from "../src/axios.js";
import { type Session, createSession } from "../src/index.js";
import { API, loggedIn } from "./world.js";

/** A real API and a session whose first token it refuses. Every body that arrives is kept. */
const served = async (accept: (token: string) => boolean = (token) => token !== "t0") => {
  const bodies: { url: string; length: number; text: string; token: string; type: string }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const token = (request.headers.authorization ?? "").slice(7);
      const body = Buffer.concat(chunks);
      bodies.push({ url: request.url!, length: body.length, text: body.toString(), token, type: request.headers["content-type"] ?? "" });
      if (request.url === "/elsewhere") return void response.writeHead(307, { Location: `http://127.0.0.1:${port}/landed` }).end();
      const good = accept(token);
      response.writeHead(good ? 200 : 401, { "Content-Type": "application/json" }).end(JSON.stringify({ good }));
    });
  });
  // A test that fails must not keep the process alive.
  server.unref().listen(0);
  await new Promise((ready) => server.once("listening", ready));
  const { port } = server.address() as AddressInfo;
  const origin = `http://localhost:${port}`;
  let refreshes = 0;
  const session = createSession({
    url: origin,
    clock: { mono: () => performance.now() + aged, wall: () => Date.now() + aged },
    tabs: {},
    refresh: async () => {
      await new Promise((wait) => setTimeout(wait, 20));
      return { access_token: `t${++refreshes}`, expires_in: 600, session_id: "ann" };
    },
  });
  let aged = 0;
  await session.login(async () => ({ access_token: "t0", expires_in: 600, session_id: "ann" }));
  // Older than what is taken for a token that is refused for good.
  aged = 60_000;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { origin, session, bodies, close, refreshed: () => refreshes };
};

const form = () => {
  const data = new FormData();
  data.append("file", new Blob(["x".repeat(100_000)]), "big.txt");
  return data;
};

for (const [what, body, length] of [
  ["a string", "plain text", 10],
  ["a Blob", new Blob(["y".repeat(5_000)]), 5_000],
  ["parameters", new URLSearchParams({ a: "b c" }), 5],
  ["bytes", new Uint8Array(70_000), 70_000],
  ["a form of 100 KB", form(), 100_000],
] as const) {
  test(`row 21: ${what} is sent again as it was`, async () => {
    const { origin, session, bodies, close } = await served();
    const response = await session.fetch(`${origin}/api`, { method: "POST", body });
    assert.equal(response.status, 200);
    assert.deepEqual(bodies.map(({ token }) => token), ["t0", "t1"]);
    for (const sent of bodies) assert.ok(sent.length >= length && sent.length < length + 500, `${sent.length} bytes`);
    close();
  });
}

test("row 21: a Request is sent again with its body, method and headers", async () => {
  const { origin, session, bodies, close } = await served();
  const request = new Request(`${origin}/api`, { method: "PUT", body: "z".repeat(20_000), headers: { "Content-Type": "text/x" } });
  assert.equal((await session.fetch(request)).status, 200);
  assert.deepEqual(bodies.map(({ length, type, token }) => [length, type, token]), [
    [20_000, "text/x", "t0"],
    [20_000, "text/x", "t1"],
  ]);
  close();
});

test("row 21: a stream is sent once, and its refusal handed on", async () => {
  const { origin, session, bodies, close } = await served();
  const body = new Blob(["stream"]).stream();
  const response = await session.fetch(`${origin}/api`, { method: "POST", body, duplex: "half" } as RequestInit);
  assert.deepEqual([response.status, bodies.length, bodies[0]!.text], [401, 1, "stream"]);
  close();
});

test("row 21: a cancelled answer does not hinder the second try, and other init members reach both", async () => {
  const { tab, browser, time, server } = await loggedIn();
  await time.pass(60_000);
  server.revokeAccess();
  await time.until(tab.session.fetch(API, { credentials: "include", headers: { "X-Trace": "1" } }));
  const tries = browser.sent.filter(({ url }) => url === API);
  assert.equal(tries.length, 2);
  for (const { init, headers } of tries) assert.deepEqual([init.credentials, headers.get("X-Trace")], ["include", "1"]);
  assert.notEqual(tries[0]!.authorization, tries[1]!.authorization);
});

for (const url of [
  "https://evil.example/api",
  "https://app.example.evil.example/api",
  "https://app.example@evil.example/api",
  "https://evil.example/?https://app.example/",
  "http://app.example/api",
  "https://app.example:8443/api",
]) {
  test(`row 23: no token for ${url}`, async () => {
    const { tab, browser, time } = await loggedIn();
    browser.api = () => ({ status: 200, json: {} });
    await time.until(tab.session.fetch(url));
    assert.equal(browser.sent.at(-1)!.authorization, null);
    assert.equal(tab.session.covers(url), false);
  });
}

test("row 23: a redirect to another origin goes without the token", async () => {
  const { origin, session, bodies, close } = await served(() => true);
  assert.equal((await session.fetch(`${origin}/elsewhere`)).status, 200);
  assert.deepEqual(bodies.map(({ url, token }) => [url, token]), [["/elsewhere", "t0"], ["/landed", ""]]);
  close();
});

test("row 23: a function may choose which URLs get tokens", async () => {
  const { tab } = await loggedIn({ api: ({ hostname, pathname }) => hostname.endsWith(".app.example") && pathname.startsWith("/v1/") });
  assert.equal(tab.session.covers("https://eu.app.example/v1/x"), true);
  assert.equal(tab.session.covers("https://eu.app.example/v2/x"), false);
  assert.equal(tab.session.covers("https://id.example/auth/me"), true);
});

test("the caller's own Authorization stays, and its 401 is its own", async () => {
  const { tab, browser, time } = await loggedIn();
  await time.pass(60_000);
  const response = await time.until(tab.session.fetch(API, { headers: { Authorization: "Basic x" } }));
  assert.deepEqual([response.status, browser.sent.at(-1)!.authorization, browser.refreshes], [401, "Basic x", 0]);
});

const instances = (origin: string, session: Session): AxiosInstance[] =>
  [1, 2, 3].map(() => {
    const instance = axios.create({ baseURL: origin });
    attach(instance, session);
    return instance;
  });

test("row 19: three axios instances, 36 requests, all refused: one refresh", async () => {
  const { origin, session, bodies, close, refreshed } = await served();
  const all = instances(origin, session).flatMap((instance) => Array.from({ length: 12 }, (_, at) => instance.get(`/api?${at}`)));
  const answers = await Promise.all(all);
  assert.deepEqual([answers.length, new Set(answers.map(({ status }) => status)), refreshed()], [36, new Set([200]), 1]);
  assert.equal(bodies.length, 72);
  close();
});

test("row 19: a refresh that is refused settles every axios request", async () => {
  const { origin, close } = await served();
  let outs = 0;
  let aged = 0;
  const session = createSession({
    url: origin,
    tabs: {},
    clock: { mono: () => performance.now() + aged, wall: () => Date.now() + aged },
    refresh: async () => null,
    onOut: () => outs++,
  });
  await session.login(async () => ({ access_token: "t0", expires_in: 600, session_id: "ann" }));
  aged = 60_000;
  const all = instances(origin, session).flatMap((instance) => Array.from({ length: 4 }, () => instance.get("/api")));
  const settled = await Promise.allSettled(all);
  assert.ok(settled.every(({ status }) => status === "rejected"));
  assert.deepEqual([outs, session.state], [1, { status: "out", why: "ended" }]);
  close();
});

for (const adapter of ["http", "fetch"] as const) {
  test(`row 21: axios by ${adapter} sends JSON, forms and text again as they were`, async () => {
    const { origin, close, bodies, session } = await served((token) => token === "good");
    const instance = axios.create({ baseURL: origin, adapter });
    let turn = 0;
    const each: Session = { ...session, covers: session.covers, token: async (options) => (options?.rejected ? "good" : `old-${turn++}`) } as Session;
    attach(instance, each);
    for (const [body, check] of [
      [{ a: [1, { b: "ü" }] }, (text: string) => assert.deepEqual(JSON.parse(text), { a: [1, { b: "ü" }] })],
      [form(), (text: string) => assert.ok(text.includes("x".repeat(100_000)))],
      ["text", (text: string) => assert.equal(text, "text")],
    ] as const) {
      bodies.length = 0;
      const answer = await instance.post("/api", body);
      assert.equal(answer.status, 200);
      assert.equal(bodies.length, 2);
      for (const { text } of bodies) check(text);
    }
    close();
  });
}

test("row 21: axios sends a stream once", async () => {
  const { origin, close, bodies, session } = await served();
  const [instance] = instances(origin, session);
  await assert.rejects(instance!.post("/api", Readable.from(["once"])), { status: 401 });
  assert.equal(bodies.length, 1);
  close();
});

test("row 19: axios: 401 as a success, foreign URLs, own headers, and no interceptors after the end", async () => {
  const { origin, close, bodies, session } = await served();
  const instance = axios.create({ baseURL: origin, validateStatus: () => true });
  const detach = attach(instance, session);
  assert.equal((await instance.get("/api")).status, 200);
  await instance.get(origin.replace("localhost", "127.0.0.1"));
  await instance.get("/api", { headers: { Authorization: "Basic x" } });
  detach();
  await instance.get("/api");
  // Of "Basic x" nothing is left where "Bearer " is cut off.
  assert.deepEqual(bodies.map(({ token }) => token), ["t0", "t1", "", "", ""]);
  close();
});

test("row 34: each connection of a WebSocket or an event source gets a token that is good", async () => {
  const { tab, time, server } = await loggedIn();
  const tokens = new Set<string | null>();
  for (let connection = 0; connection < 5; connection++) {
    const token = await time.until(tab.session.token());
    assert.ok(server.bearer(token!), "good at the connect");
    tokens.add(token);
    await time.pass(15 * 60_000);
  }
  assert.equal(tokens.size, 5);
});

test("row 35: GraphQL errors in a 200: the hook reads a copy", async () => {
  const { tab, browser, time, server } = await loggedIn({
    unauthorized: async (response) => (await response.json()).errors?.[0]?.extensions?.code === "UNAUTHENTICATED",
  });
  await time.pass(60_000);
  server.revokeAccess();
  browser.api = ({ authorization }) =>
    server.bearer(authorization?.slice(7) ?? "")
      ? { status: 200, json: { data: { me: "ann" } } }
      : { status: 200, json: { errors: [{ extensions: { code: "UNAUTHENTICATED" } }] } };
  const response = await time.until(tab.session.fetch(API, { method: "POST", body: "{}" }));
  assert.deepEqual(await response.json(), { data: { me: "ann" } });
  assert.equal(browser.refreshes, 1);
});
