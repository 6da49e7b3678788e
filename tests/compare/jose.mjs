// The npm package jose as a peer: a question per line of standard input, an answer per line of standard output; see
// src/answer.rs.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { createLocalJWKSet, errors, importJWK, jwtVerify } from "jose";

const ALGORITHMS = { oct: "HS256", EC: "ES256" };

class CannotAsk extends Error {}

function tokenOf({ token }) {
  if (typeof token === "string") return token;
  if (token.hex !== undefined) return Uint8Array.from(Buffer.from(token.hex, "hex"));
  return token.prefix + token.unit.repeat(token.times) + token.suffix;
}

async function verify(question) {
  const { keys, now, policy } = question;
  const currentDate = new Date(now * 1000);
  if (Number.isNaN(currentDate.getTime())) throw new CannotAsk("a time that its clock cannot have");
  if (policy.leeway > Number.MAX_SAFE_INTEGER) throw new CannotAsk("a leeway that its type cannot have");
  const alone = keys.length === 1 && keys[0].kid === undefined;
  if (!alone && keys.some(({ kty }) => kty === "oct")) throw new CannotAsk("secrets in a key set");
  const requiredClaims = ["iss", "aud", "sub"].filter((name) => name in policy);
  if (!policy.allow_missing_expiry) requiredClaims.push("exp");
  if (policy.require_jti) requiredClaims.push("jti");
  const options = {
    algorithms: [...new Set(keys.map(({ kty }) => ALGORITHMS[kty]))],
    issuer: policy.iss,
    audience: policy.aud,
    subject: policy.sub,
    typ: policy.typ,
    clockTolerance: policy.leeway,
    maxTokenAge: policy.max_age,
    requiredClaims,
    currentDate,
  };
  const key = alone ? await importJWK(keys[0], ALGORITHMS[keys[0].kty]) : createLocalJWKSet({ keys });
  await jwtVerify(tokenOf(question), key, options);
}

async function answer(question) {
  try {
    await verify(question);
  } catch (error) {
    if (error instanceof CannotAsk) return { answer: "cannot_ask", words: error.message };
    if (error instanceof errors.JOSEError) return { answer: "refused", words: `${error.code}: ${error.message}` };
    // How Web Crypto refuses a key.
    if (error instanceof DOMException) return { answer: "refused", words: `${error.name}: ${error.message}` };
    return { answer: "failed", words: `${error.name}: ${error.message}` };
  }
  return { answer: "accepted" };
}

const manifest = new URL("./node_modules/jose/package.json", import.meta.url);
console.log(JSON.stringify({ library: "jose", version: JSON.parse(readFileSync(manifest, "utf8")).version }));
for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(line))));
}
