/** Every lesson that concerns this package has a test that is named after its row. */
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";

/** Those of other programs: processes that share a login, dropped futures, keyrings. */
const ELSEWHERE = [39, 40, 41];
const ROWS = 42;

test("every row has a test", async () => {
  const here = new URL("../../test/", import.meta.url);
  const sources = await Promise.all((await readdir(here)).filter((name) => /\.test\.tsx?$/.test(name)).map((name) => readFile(new URL(name, here), "utf8")));
  // The types are looked at in the packed tarball.
  sources.push(await readFile(new URL("../scripts/package.mjs", here), "utf8"));
  const named = new Set(sources.flatMap((text) => [...text.matchAll(/[`"]row (\d+):/g)].map(([, row]) => Number(row))));
  const missing = Array.from({ length: ROWS }, (_, at) => at + 1).filter((row) => !named.has(row) && !ELSEWHERE.includes(row));
  assert.deepEqual(missing, []);
});
