"""The good tokens of tests/field by other libraries: PyJWT, joserfc, jwcrypto, jose and OpenSSL verify each signature with the
key in its file. Where one of them does not, field-differences.tsv says why; every other difference fails, and so does a line
there that has become wrong.

Claims are not checked: most of these libraries leave that to their callers.
"""

import base64
import json
import pathlib
import subprocess
import sys
import tempfile

import joserfc
import joserfc.jwk
import joserfc.jws
import jwcrypto.jwk
import jwcrypto.jws
import jwt
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, utils

HERE = pathlib.Path(__file__).parent
FIELD = HERE.parent / "field"
LISTED = HERE / "field-differences.tsv"
CURVES = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}
PEM = serialization.Encoding.PEM
SPKI = serialization.PublicFormat.SubjectPublicKeyInfo


def decoded(text):
    text = text.rstrip("=")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Case:
    def __init__(self, line):
        case = json.loads(line)
        self.name, self.good = case["name"], case["number"] == 0
        self.file = FIELD / case["keys"]
        self.token = (FIELD / case["token"]).read_text().strip()
        self.header = json.loads(decoded(self.token.split(".")[0])) if self.good else {}
        self.alg, self.kid = self.header.get("alg"), self.header.get("kid")

    def keys(self):
        """The candidates as they stand in the file: JWKs, or PEM text."""
        text = self.file.read_text(encoding="utf-8-sig")
        if text.lstrip().startswith("-----"):
            return [text]
        document = json.loads(text)
        if "keys" not in document and "kty" not in document:
            return [document[self.kid]]
        keys = document.get("keys", [document])
        return [key for key in keys if key.get("kid") == self.kid] or keys


def from_pem(text):
    if "BEGIN CERTIFICATE" in text:
        return x509.load_pem_x509_certificate(text.encode()).public_key()
    return serialization.load_pem_public_key(text.encode())


def from_numbers(key):
    """A JWK read as leniently as it can be, for OpenSSL, which has no reader of its own."""
    if isinstance(key, str):
        return from_pem(key)
    if key.get("x5c") and "n" not in key:
        return x509.load_der_x509_certificate(base64.b64decode(key["x5c"][0])).public_key()
    number = lambda name: int.from_bytes(decoded(key[name]), "big")
    if key["kty"] == "RSA":
        return rsa.RSAPublicNumbers(number("e"), number("n")).public_key()
    if key["kty"] == "EC":
        return ec.EllipticCurvePublicNumbers(number("x"), number("y"), CURVES[key["crv"]]).public_key()
    if key["kty"] == "OKP":
        return ed25519.Ed25519PublicKey.from_public_bytes(decoded(key["x"]))
    return decoded(key["k"])


def pyjwt(case, key):
    key = from_pem(key) if isinstance(key, str) else jwt.PyJWK(key, algorithm=case.alg).key
    jwt.api_jws.decode(case.token, key, algorithms=[case.alg])


def by_joserfc(case, key):
    if isinstance(key, str):
        kind = joserfc.jwk.RSAKey if case.alg[0] in "RP" else joserfc.jwk.ECKey
        key = kind.import_key(from_pem(key).public_bytes(PEM, SPKI) if "CERTIFICATE" in key else key)
    else:
        key = joserfc.jwk.import_key(key)
    registry = joserfc.jws.JWSRegistry(algorithms=[case.alg], strict_check_header=False)
    registry.max_payload_length = registry.max_header_length = 1 << 20
    joserfc.jws.deserialize_compact(case.token, key, registry=registry)


def by_jwcrypto(case, key):
    if isinstance(key, str):
        key = jwcrypto.jwk.JWK.from_pem(key.encode())
    else:
        key = jwcrypto.jwk.JWK(**key)
    token = jwcrypto.jws.JWS()
    token.allowed_algs = [case.alg]
    token.deserialize(case.token)
    token.verify(key)


def openssl(case, key):
    key = from_numbers(key)
    signed, signature = case.token.rsplit(".", 1)
    signature = decoded(signature)
    digest = f"-sha{case.alg[2:]}" if case.alg != "EdDSA" else None
    if isinstance(key, bytes):
        arguments = ["dgst", digest, "-mac", "HMAC", "-macopt", f"hexkey:{key.hex()}", "-binary"]
        made = subprocess.run(["openssl", *arguments], input=signed.encode(), capture_output=True, check=True).stdout
        if made != signature:
            raise ValueError("another HMAC")
        return
    if case.alg.startswith("ES"):
        half = len(signature) // 2
        r, s = (int.from_bytes(part, "big") for part in (signature[:half], signature[half:]))
        signature = utils.encode_dss_signature(r, s)
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        for name, content in (("key", key.public_bytes(PEM, SPKI)), ("signature", signature), ("signed", signed.encode())):
            (place / name).write_bytes(content)
        if digest is not None:
            pss = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"] if case.alg[0] == "P" else []
            arguments = ["dgst", digest, *pss, "-verify", "key", "-signature", "signature", "signed"]
        else:
            arguments = ["pkeyutl", "-verify", "-pubin", "-inkey", "key", "-rawin", "-in", "signed", "-sigfile", "signature"]
        done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, text=True)
        if done.returncode != 0:
            raise ValueError((done.stdout + done.stderr).strip())


def refusal(library, case):
    """None, or why the library did not verify the token with any of the keys."""
    try:
        keys = case.keys()
    except ValueError as error:
        return f"{type(error).__name__}: {error}"
    why = "no key"
    for key in keys:
        try:
            library(case, key)
            return None
        except Exception as error:  # Each library has kinds of its own.
            why = f"{type(error).__name__}: {error}"
    return why


def jose(cases):
    requests = [{"alg": case.alg, "file": str(case.file), "token": case.token} for case in cases]
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    done = subprocess.run(["node", HERE / "field.mjs"], input=lines, capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(cases)
    return [None if answer["verified"] else answer["text"] for answer in answers]


def main():
    lists = [FIELD / part / "cases.jsonl" for part in ("reported", "issuers")]
    cases = [Case(line) for path in lists for line in path.read_text().splitlines()]
    cases = [case for case in cases if case.good]
    libraries = {"PyJWT": pyjwt, "joserfc": by_joserfc, "jwcrypto": by_jwcrypto, "OpenSSL": openssl}
    found = {(name, case.name): refusal(library, case) for name, library in libraries.items() for case in cases}
    found |= {("jose", case.name): why for case, why in zip(cases, jose(cases))}
    listed = [line.split("\t") for line in LISTED.read_text().splitlines()[1:]]
    listed = {(library, name): reason for library, name, reason in listed}
    wrong = [f"{library} does not verify {name}: {why}" for (library, name), why in found.items() if why and (library, name) not in listed]
    wrong += [f"{library} verifies {name}, or it is gone; {LISTED.name} says otherwise" for library, name in listed if not found.get((library, name))]
    for line in wrong:
        print(line)
    agreeing = list(found.values()).count(None)
    print(f"{len(cases)} good tokens, {len(found)} verdicts of 5 libraries: {agreeing} verified, {len(listed)} differences listed")
    sys.exit(1 if wrong else 0)


main()
