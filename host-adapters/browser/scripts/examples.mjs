// Installs the packed tarball into copies of the examples, checks their types, and builds or runs them.
// With `--full` also `next build` and Hermes's compiler, which take minutes and a download.
import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const root = new URL("..", import.meta.url).pathname;
const full = process.argv.includes("--full");
const folder = mkdtempSync(join(tmpdir(), "glowband-examples-"));
const run = promisify(execFile);
const said = async (program, words, cwd) => {
  try {
    return (await run(program, words, { cwd, maxBuffer: 1 << 24, env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1" } })).stdout;
  } catch (error) {
    throw new Error(`${program} ${words.join(" ")} in ${cwd}\n${error.stdout}${error.stderr}`);
  }
};

try {
  const [packed] = JSON.parse(execFileSync("npm", ["pack", "--json", "--pack-destination", folder], { cwd: root, stdio: ["ignore", "pipe", "ignore"] }));
  // Everything that an example needs, as links, and the package itself from the tarball alone.
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "@glowband"), { recursive: true });
  for (const name of readdirSync(join(root, "node_modules"))) if (!name.startsWith(".")) symlinkSync(join(root, "node_modules", name), join(modules, name));
  await said("tar", ["xzf", packed.filename], folder);
  await said("mv", ["package", join(modules, "@glowband/client")], folder);
  cpSync(join(root, "examples"), folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const bin = (name) => join(modules, ".bin", name);

  for (const name of ["react", "axios", "oauth", "next", "native"]) {
    const lines = readdirSync(join(folder, name), { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile() && /\.tsx?$/.test(file.name) && !/\.d\.ts$|config/.test(file.name))
      .reduce((sum, file) => sum + readFileSync(join(file.parentPath ?? file.path, file.name), "utf8").split("\n").length, 0);
    if (lines > 100) throw new Error(`${name}: ${lines} lines, at most 100 are an example`);
    await said("node", [join(root, "node_modules/typescript/bin/tsc"), "--project", "."], join(folder, name));
    console.log(`${name}: types are right, ${lines} lines`);
  }

  await said("node", [join(root, "node_modules/vite/bin/vite.js"), "build", "--logLevel", "warn"], join(folder, "react"));
  console.log("react: built by Vite");
  console.log(`axios: ${(await withServer((url) => said("node", ["built/main.js", url], join(folder, "axios")))).trim().replace("\n", "; ")}`);

  if (full) {
    // Turbopack does not follow the links to the packages.
    await said("node", [join(root, "node_modules/next/dist/bin/next"), "build", "--webpack"], join(folder, "next"));
    console.log("next: built");
    await said("npm", ["install", "--no-audit", "--no-fund", "--no-save", "--prefix", join(folder, "hermes"), "hermes-compiler@260318099.0.8"], folder);
    const external = ["@react-native-async-storage/async-storage", "expo-crypto", "expo-secure-store", "react-native"].map((name) => `--external:${name}`);
    await said(join(root, "node_modules/.bin/esbuild"), ["native/session.ts", "--bundle", "--format=cjs", "--target=es2020", "--outfile=app.js", ...external], folder);
    const hermesc = (await said("find", ["hermes/node_modules/hermes-compiler", "-name", "hermesc", "-path", "*linux*"], folder)).trim().split("\n")[0];
    await said(join(folder, hermesc), ["-emit-binary", "-O", "-out", "app.hbc", "app.js"], folder);
    console.log(`native: compiled by hermesc, ${readFileSync(join(folder, "app.hbc")).length} bytes`);
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** A stand-in for `glowband serve`, whose first access token is refused: the real one is for `cargo checks browsers`. */
async function withServer(work) {
  let refreshes = 0;
  const server = createServer((request, response) => {
    const json = (status, body) => response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
    const tokens = () => json(200, { access_token: `t${refreshes}`, expires_in: refreshes ? 600 : 0.001, session_id: "s", refresh_token: `r${refreshes}` });
    request.resume().on("end", () => {
      if (request.url === "/auth/refresh") refreshes++;
      if (/login|refresh/.test(request.url)) return tokens();
      if (request.url === "/auth/logout") return response.writeHead(204).end();
      return request.headers.authorization === "Bearer t1" ? json(200, { email: "ann" }) : json(401, {});
    });
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  try {
    const output = await work(`http://127.0.0.1:${server.address().port}`);
    if (refreshes !== 1 || !output.includes("36 answers, all 200")) throw new Error(`${refreshes} refreshes\n${output}`);
    return `${output}${refreshes} refresh`;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
