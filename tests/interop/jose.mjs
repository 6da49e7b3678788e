// The npm package jose behind JSON lines; the requests and answers are those of pyjwt.py.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { SignJWT, errors, importJWK, jwtVerify } from "jose";

async function sign({ alg, jwk, header, claims }) {
  const key = await importJWK(jwk, alg);
  return { token: await new SignJWT(claims).setProtectedHeader({ ...header, alg }).sign(key) };
}

async function verify({ alg, jwk, iss, aud, token }) {
  const key = await importJWK(jwk, alg);
  try {
    const options = { algorithms: [alg], issuer: iss, audience: aud, requiredClaims: ["exp", "iss", "aud"] };
    return { claims: (await jwtVerify(token, key, options)).payload };
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    return { refused: reason(error), text: error.message };
  }
}

function reason(error) {
  if (error instanceof errors.JWTExpired) return "expired";
  if (error instanceof errors.JWSSignatureVerificationFailed) return "signature";
  if (error instanceof errors.JOSEAlgNotAllowed) return "algorithm";
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.reason === "missing") return "missing";
    return { aud: "audience", iss: "issuer", nbf: "not_yet_valid" }[error.claim] ?? "other";
  }
  return "other";
}

const manifest = new URL("./node_modules/jose/package.json", import.meta.url);
console.log(JSON.stringify({ library: "jose", version: JSON.parse(readFileSync(manifest, "utf8")).version }));
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  console.log(JSON.stringify(await { sign, verify }[request.op](request)));
}
