// What a browser talks to: the real `glowband serve`, behind an https proxy that serves a page and an API, and breaks
// what passes through it as a test wishes.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const CLIENT = new URL("../../host-adapters/browser/dist/", import.meta.url).pathname;
const SERVER = process.env.GLOWBAND_SERVER ?? new URL("../../target/debug/glowband", import.meta.url).pathname;

/** A page whose session has a clock that a test can put forward; `window.session` is what a test works with. */
const PAGE = `<!doctype html><meta charset="utf-8"><title>page</title><script type="module">
import { createSession } from "/client/index.js";
window.skew = 0;
window.outs = [];
window.session = createSession({
  onOut: (why) => outs.push(why),
  clock: { mono: () => performance.now() + skew, wall: () => Date.now() + skew },
});
window.who = async () => {
  const response = await session.fetch("/api/me");
  return response.ok ? (await response.json()).sub : response.status;
};
window.ready = true;
</script>`;

/** Starts all of it. */
export async function openStage() {
  const folder = mkdtempSync(join(tmpdir(), "glowband-browsers-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
    "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert], { stdio: "ignore" });

  /** What is to happen to requests for a path: the first that fits is used up. */
  const faults = [];
  /** Requests as they arrived: path, when, what became of them. */
  const log = [];
  /** Access tokens that the API refuses, and all tokens that were ever sent to it. */
  const refused = new Set();
  const seen = new Set();
  let backend;

  const forward = (request, body, path = request.url) =>
    new Promise((resolve, reject) => {
      const passed = httpRequest({ host: "127.0.0.1", port: backend, path, method: request.method, headers: { ...request.headers, "content-length": body.length } }, (answer) => {
        const chunks = [];
        answer.on("data", (chunk) => chunks.push(chunk)).on("end", () => resolve({ status: answer.statusCode, headers: answer.rawHeaders, body: Buffer.concat(chunks) }));
      });
      passed.on("error", reject).end(body);
    });

  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const { pathname } = new URL(request.url, "https://localhost");
    if (pathname === "/" || pathname === "/elsewhere") return response.writeHead(200, { "Content-Type": "text/html" }).end(pathname === "/" ? PAGE : "elsewhere");
    if (pathname.startsWith("/client/")) {
      return response.writeHead(200, { "Content-Type": "text/javascript" }).end(readFileSync(join(CLIENT, pathname.slice(8).replace(/[^\w.]/g, ""))));
    }
    const at = faults.findIndex((fault) => fault.path === pathname);
    const fault = at < 0 ? {} : faults[at];
    if (at >= 0 && !(fault.times && --fault.times > 0)) faults.splice(at, 1);
    const entry = { path: pathname, attempt: request.headers["glowband-attempt"], status: 0, at: Math.round(performance.now()), cookie: (request.headers.cookie ?? "").slice(-12) };
    log.push(entry);
    const wait = (ms) => new Promise((done) => setTimeout(done, ms ?? 0));
    await wait(fault.before);
    if (fault.instead) {
      entry.status = fault.instead.status;
      return response.writeHead(fault.instead.status, fault.instead.headers ?? { "Content-Type": "text/html" }).end(fault.instead.body ?? "<html>");
    }
    if (pathname === "/api/me") {
      const token = (request.headers.authorization ?? "").slice(7);
      if (token) seen.add(token);
      if (refused.has(token)) {
        entry.status = 401;
        return response.writeHead(401).end();
      }
    }
    const answer = await forward(request, body, pathname === "/api/me" ? "/auth/me" : request.url);
    if (fault.double) await forward(request, body);
    entry.status = answer.status;
    entry.body = answer.status >= 400 ? String(answer.body).slice(0, 300) : "";
    await wait(fault.after);
    if (fault.drop) return request.socket.destroy();
    if (pathname === "/api/me" && answer.status === 200) {
      // Who the token is for, as the server says.
      const claims = JSON.parse(Buffer.from(request.headers.authorization.split(".")[1], "base64url"));
      answer.body = Buffer.from(JSON.stringify({ sub: claims.sub }));
      answer.headers = ["Content-Type", "application/json"];
    }
    if (fault.cut) {
      response.writeHead(answer.status, answer.headers);
      return response.write(answer.body.subarray(0, answer.body.length / 2), () => request.socket.destroy());
    }
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const origin = `https://localhost:${server.address().port}`;

  const many = "100000/1m";
  const glowband = spawn(SERVER, ["serve", "--listen", "127.0.0.1:0", "--public-url", origin, "--data", join(folder, "data"), "--log", "warn",
    "--login-attempts-per-account", many, "--login-attempts-per-address", many, "--registrations-per-address", many,
    "--argon2-memory", "7MiB", "--argon2-iterations", "5"], { stdio: ["ignore", "pipe", "pipe"] });
  const said = [];
  backend = await new Promise((found, failed) => {
    for (const stream of [glowband.stdout, glowband.stderr])
      createInterface(stream).on("line", (line) => {
        said.push(line);
        const address = /serves on http:\/\/127\.0\.0\.1:(\d+)/.exec(line);
        if (address) found(Number(address[1]));
      });
    glowband.on("error", failed).on("exit", (code) => failed(new Error(`glowband ended with ${code}\n${said.join("\n")}`)));
  });

  let accounts = 0;
  return {
    origin,
    faults,
    log,
    refused,
    /** The API refuses every token that it has seen, as it would after a key rotation. */
    refuseSeen: () => seen.forEach((token) => refused.add(token)),
    sent: (path) => log.filter((entry) => entry.path === path),
    refreshes: () => log.filter((entry) => entry.path === "/auth/refresh").length,
    quiet() {
      faults.length = log.length = 0;
      refused.clear();
      seen.clear();
    },
    /** Credentials of an account that does not exist yet. */
    someone: () => ({ email: `user${++accounts}@example.org`, password: "correct horse battery" }),
    async close() {
      glowband.kill();
      server.closeAllConnections();
      server.close();
      await new Promise((over) => glowband.once("exit", over));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
