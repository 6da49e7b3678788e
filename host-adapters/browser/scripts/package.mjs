// Packs the package as it would be published, and looks at the tarball: publint, attw, sizes of files,
// what is in it, and whether its types compile for users of TypeScript 5 and 7.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = new URL("..", import.meta.url).pathname;
const bin = (name) => join(root, "node_modules/.bin", name);
const run = (program, words, cwd = root) => {
  try {
    return execFileSync(program, words, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    throw new Error(`${program} ${words.join(" ")}\n${error.stdout}${error.stderr}`);
  }
};

const folder = mkdtempSync(join(tmpdir(), "glowband-client-"));
try {
  const [packed] = JSON.parse(run("npm", ["pack", "--json", "--pack-destination", folder]));
  const tarball = join(folder, packed.filename);
  const stray = packed.files.filter(({ path }) => !/^(dist|src)\/|^(package\.json|README\.md|MIGRATING\.md|LICENSE-(MIT|APACHE))$/.test(path));
  if (stray.length) throw new Error(`stray files: ${stray.map(({ path }) => path)}`);
  for (const path of ["README.md", "MIGRATING.md", "LICENSE-MIT", "LICENSE-APACHE", "dist/index.d.ts"])
    if (!packed.files.some((file) => file.path === path)) throw new Error(`${path} is not in the package`);
  console.log(`packed: ${packed.files.length} files, ${packed.size} bytes`);

  run(bin("publint"), ["run", tarball, "--strict"]);
  console.log("row 42: publint: clean");
  run(bin("attw"), [tarball, "--profile", "esm-only"]);
  console.log("row 42: attw --profile esm-only: clean");

  // A user's project, with the package from the tarball and all checks of its types on.
  const user = join(folder, "user");
  const modules = join(user, "node_modules");
  run("mkdir", ["-p", join(modules, "@glowband")]);
  run("tar", ["xzf", tarball, "-C", join(modules, "@glowband")]);
  run("mv", [join(modules, "@glowband/package"), join(modules, "@glowband/client")]);
  for (const name of ["react", "@types", "csstype", "axios", "undici-types"]) run("ln", ["-s", join(root, "node_modules", name), join(modules, name)]);
  writeFileSync(join(user, "package.json"), '{ "type": "module" }');
  writeFileSync(
    join(user, "use.ts"),
    `import { type Session, type State, SessionError, createSession } from "@glowband/client";
import { useSession } from "@glowband/client/react";
import { attach } from "@glowband/client/axios";
import { nativeSession, secureStore } from "@glowband/client/native";
import axios from "axios";
const session: Session = createSession({ url: "/", onOut: (why: "ended" | "logout" | "none") => console.log(why) });
const detach: () => void = attach(axios.create(), session);
const state: State = useSession().state;
if (state.status === "in") console.log(state.session);
// @ts-expect-error A state that is out has no session.
if (state.status === "out") console.log(state.session);
// @ts-expect-error Claims are read-only.
if (session.claims) session.claims.name = "x";
// @ts-expect-error A role is text or missing, never known.
const role: string = session.claims!.role;
session.login({ email: "a", password: "b" }).catch((error: unknown) => error instanceof SessionError && error.code);
export { detach, nativeSession, role, secureStore };
`,
  );
  const strict = { noEmit: true, strict: true, exactOptionalPropertyTypes: true, target: "es2022", lib: ["es2022", "dom"], types: [] };
  for (const compiler of ["typescript-5", "typescript"]) {
    const tsc = join(root, "node_modules", compiler, "bin/tsc");
    for (const kind of [{ module: "nodenext" }, { module: "esnext", moduleResolution: "bundler" }]) {
      writeFileSync(join(user, "tsconfig.json"), JSON.stringify({ compilerOptions: { ...strict, ...kind }, files: ["use.ts"] }));
      run("node", [tsc, "--project", "."], user);
    }
    console.log(`types: ${run("node", [tsc, "--version"]).trim()}, nodenext and bundler`);
  }
  console.log(`required from CommonJS: ${run("node", ["-e", 'console.log(typeof require("@glowband/client").createSession)'], user).trim()}`);
  if (readdirSync(join(root, "dist")).some((name) => name.endsWith(".cjs"))) throw new Error("ESM only");
} finally {
  rmSync(folder, { recursive: true });
}
