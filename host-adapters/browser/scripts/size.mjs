// Prints what each entry of the package adds to an app, minified and compressed, and fails above a limit.
import { build } from "esbuild";
import { gzipSync } from "node:zlib";

/** Entries, each with its limit in bytes. The core's is what an app imports to open a session. */
const ENTRIES = [
  ["core", 'export { createSession } from "./dist/index.js"', 3000],
  ["react", 'export * from "./dist/react.js"', 300],
  ["axios", 'export * from "./dist/axios.js"', 400],
  ["native", 'export * from "./dist/native.js"', 1000],
  ["next", 'export * from "./dist/next.js"', 1100],
];

/** Leaves out what an app has anyway: its framework and, of the package, everything but the entry itself. */
const entryAlone = {
  name: "entry alone",
  setup(plugins) {
    plugins.onResolve({ filter: /.*/ }, ({ path, importer }) => (importer.includes("/dist/") ? { path, external: true } : undefined));
  },
};

let failed = false;
console.log("entry    minified  gzip  limit");
for (const [name, contents, limit] of ENTRIES) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: new URL("..", import.meta.url).pathname },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
    logLevel: "error",
    plugins: name === "core" ? [] : [entryAlone],
  });
  const code = outputFiles[0].contents;
  const size = gzipSync(code, { level: 9 }).length;
  failed ||= size > limit;
  const row = [name.padEnd(7), String(code.length).padStart(9), String(size).padStart(5), String(limit).padStart(6)];
  console.log(row.join(" ") + (size > limit ? "  TOO LARGE" : ""));
}
process.exitCode = failed ? 1 : 0;
