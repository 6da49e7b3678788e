// The npm package jose over the good tokens of tests/field: one request per line of standard input, one answer per line.
//
// {"alg": "RS256", "kid": "...", "file": "...", "token": "..."}  ->  {"verified": true}  or  {"verified": false, "text": "..."}

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { compactVerify, decodeProtectedHeader, importJWK, importSPKI, importX509 } from "jose";

/** The keys of a file that may fit the token, each as a promise that fails if jose cannot read it. */
function candidates(file, kid, alg) {
  const text = readFileSync(file, "utf8");
  if (text.includes("-----BEGIN CERTIFICATE-----") && text.trimStart().startsWith("-----")) return [importX509(text, alg)];
  if (text.includes("-----BEGIN PUBLIC KEY-----")) return [importSPKI(text, alg)];
  const json = JSON.parse(text);
  if (json.keys === undefined && json.kty === undefined) return [importX509(json[kid], alg)];
  const keys = json.keys ?? [json];
  const named = keys.filter((key) => key.kid === kid);
  return (named.length > 0 ? named : keys).map((key) => importJWK(key, alg));
}

async function verify({ alg, file, token }) {
  let text = "no key";
  let keys;
  try {
    keys = candidates(file, decodeProtectedHeader(token).kid, alg);
  } catch (error) {
    return { verified: false, text: String(error.message) };
  }
  for (const { status, value, reason } of await Promise.allSettled(keys)) {
    if (status === "rejected") {
      text = String(reason.message);
      continue;
    }
    try {
      await compactVerify(token, value, { algorithms: [alg] });
      return { verified: true };
    } catch (error) {
      text = String(error.message);
    }
  }
  return { verified: false, text };
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await verify(JSON.parse(line))));
}
