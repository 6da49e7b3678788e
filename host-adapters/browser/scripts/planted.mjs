// Plants one bug for each lesson in a copy of the compiled package and expects the tests of its row to fail.
// Words choose rows: `npm run planted -- "row 12"`.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = new URL("..", import.meta.url).pathname;

/** The row, the file, what stands there, and what is planted instead. */
const PLANTED = [
  ["row 1:", "tabs", "locks.request(name, giveUp, run)", "locks.request(name, { signal: new AbortController().signal }, run)"],
  ["row 2:", "tabs", "locks.request(name, giveUp, run)", "locks.request(name, { signal: new AbortController().signal }, run)"],
  ["row 3:", "session", "listeners.forEach(queueMicrotask)", "listeners.forEach((heard) => heard())"],
  ["row 4:", "session", "const access = usable(rejected);", "const access = rejected ? undefined : usable();"],
  ["row 5:", "session", 'if (settled() || note("login") !== noted)', "if (false)"],
  ["row 6:", "session", "if (epoch === started)\n                    keep", "keep"],
  ["row 7:", "session", "epoch++;\n        stop.abort();\n        return alone", "return ((work) => work())"],
  ["row 8:", "session", 'note("attempt") || note("attempt", random())', "random()"],
  ["row 9:", "server", "keepalive: true", "keepalive: false"],
  ["row 10:", "answer", 'status === 401 && code === "invalid_grant"', 'code === "invalid_grant"'],
  ["row 10:", "answer", 'status === 401 && code === "invalid_grant"', "status === 401"],
  ["row 10:", "answer", "if (tokens?.access_token && tokens.expires_in)", "if (tokens)"],
  ["row 11:", "clock", "Math.max(mono() - since.mono, wall() - since.wall)", "mono() - since.mono"],
  ["row 12:", "clock", "Math.max(mono() - since.mono, wall() - since.wall)", "Math.min(mono() - since.mono, wall() - since.wall)"],
  ["row 13:", "session", "tokens && age(sent) < oldest &&", "tokens &&"],
  ["row 14:", "clock", "Math.min(ms, 432e5)", "ms"],
  ["row 15:", "session", "closed.signal.aborted || hidden() ||", "closed.signal.aborted ||"],
  ["row 16:", "session", "if (usable() && age(sent) < 1e4)", "if (false)"],
  ["row 17:", "fetch", "response.status === 401", "response.status === 401 || response.status === 403"],
  ["row 18:", "session", "after(doubt.retryAfter || ", "after("],
  ["row 18:", "session", "if (!doubt?.retryAfter)", "if (true)"],
  ["row 19:", "session", "(flight ??= fly(rejected)", "(flight = fly(rejected)"],
  ["row 20:", "session", 'by.abort(new SessionError("timeout"))', "{}"],
  ["row 21:", "fetch", "request?.clone() ?? input", "input"],
  ["row 21:", "fetch", "|| init?.body?.getReader", ""],
  ["row 22:", "session", "signal?.addEventListener(\"abort\", leave);", 'signal?.addEventListener("abort", () => { leave(); stop.abort(); });'],
  ["row 23:", "session", "api.includes(origin)", "api.some((other) => String(to).includes(other.slice(8)))"],
  ["row 24:", "session", "(flight ??= fly(rejected)", "(flight = fly(rejected)"],
  ["row 25:", "react", "() => UNKNOWN", "() => session.state"],
  ["row 26:", "session", "if (before !== session)", "if (true)"],
  ["row 27:", "session", "settle();\n            if (state.status", "if (state.status"],
  ["row 28:", "session", "channel?.close();", ""],
  ["row 29:", "next", 'headers.set("Cookie",', 'headers.set("X-Cookie",'],
  ["row 30:", "next", "!prefetches(request) &&", ""],
  ["row 31:", "next", "tie === (await digest(refresh))", "true"],
  ["row 32:", "next", "if (refresh &&", "if ("],
  ["row 35:", "fetch", "options.unauthorized(response.clone())", "options.unauthorized(response)"],
  ["row 36:", "native", "const text = await read();", "const text = await Promise.resolve().then(read).catch(() => null);"],
  ["row 37:", "native", "if (!prepared && (await firstRun?.()))", "if (false)"],
  ["row 38:", "native", 'state.currentState !== "active"', "false"],
  ["model: logins", "session", "settle();\n            if (state.status", "if (state.status"],
  ["model: logins", "session", "again && !error.status ? after(99, repeat)", "again && !error.status ? (note(\"attempt\", random()), after(99, repeat))"],
];

execFileSync("npx", ["tsc", "--project", "test"], { cwd: root });
const copy = mkdtempSync(join(root, "build/planted-"));
const rows = process.argv.slice(2);
const chosen = PLANTED.filter(([row]) => !rows.length || rows.some((word) => row.startsWith(word)));
let missed = 0;
try {
  for (const part of ["src", "test"]) cpSync(join(root, "build", part), join(copy, part), { recursive: true });
  symlinkSync(join(root, "src"), join(copy, "sources"));
  for (const [row, file, from, to] of chosen) {
    const path = join(copy, "src", `${file}.js`);
    const text = readFileSync(path, "utf8");
    if (text.split(from).length < 2) throw new Error(`${row} ${file}: there is no ${from}`);
    writeFileSync(path, text.replaceAll(from, to));
    const tests = ["refresh", "tabs", "clock", "requests", "react", "next", "native", "model"].map((name) => join(copy, `test/${name}.test.js`));
    const { status } = spawnSync("node", ["--test", `--test-name-pattern=^${row.replace(/[()]/g, ".")}`, "--test-timeout=60000", ...tests], {
      env: { ...process.env, GLOWBAND_SCHEDULES: "3000" },
      stdio: "ignore",
      timeout: 100_000,
    });
    writeFileSync(path, text);
    if (status === 0) missed++;
    console.log(`${status === 0 ? "MISSED" : "found"}  ${row} ${file}: ${to || `without ${from}`}`.replaceAll("\n", " "));
  }
} finally {
  rmSync(copy, { recursive: true });
}
console.log(`${chosen.length} planted, ${missed} missed`);
process.exitCode = missed ? 1 : 0;
