"""PyJWT as a peer: a question per line of standard input, an answer per line of standard output; see src/answer.rs.

Its time is the clock of the process, which is set from outside.
"""

import json
import sys

import jwt

ALGORITHMS = {"oct": "HS256", "EC": "ES256"}


class CannotAsk(Exception):
    pass


def token_of(question):
    token = question["token"]
    if isinstance(token, str):
        return token
    if "hex" in token:
        return bytes.fromhex(token["hex"])
    return token["prefix"] + token["unit"] * token["times"] + token["suffix"]


def key_of(question, token):
    keys = question["keys"]
    if len(keys) == 1 and "kid" not in keys[0]:
        return jwt.PyJWK(keys[0], algorithm=ALGORITHMS[keys[0]["kty"]])
    if not all("kid" in key for key in keys):
        raise CannotAsk("several keys of which one has no `kid`")
    if not keys:
        raise CannotAsk("no key at all")
    key_set = jwt.PyJWKSet.from_dict({"keys": keys})
    kid = jwt.get_unverified_header(token).get("kid")
    try:
        return key_set[kid]
    except KeyError:
        raise jwt.InvalidKeyError("no key has the kid") from None


def decode(question):
    policy = question["policy"]
    if "typ" in policy:
        raise CannotAsk("an expected `typ`")
    if "max_age" in policy:
        raise CannotAsk("a maximum age")
    token = token_of(question)
    key = key_of(question, token)
    required = [name for name in ("iss", "aud", "sub") if name in policy]
    if not policy.get("allow_missing_expiry"):
        required.append("exp")
    if policy.get("require_jti"):
        required.append("jti")
    jwt.decode(
        token,
        key,
        algorithms=[ALGORITHMS[key.key_type]],
        issuer=policy.get("iss"),
        audience=policy.get("aud"),
        subject=policy.get("sub"),
        leeway=policy.get("leeway", 0),
        options={"require": required, "verify_aud": "aud" in policy, "enforce_minimum_key_length": True},
    )


def answer(question):
    try:
        decode(question)
    except CannotAsk as reason:
        return {"answer": "cannot_ask", "words": str(reason)}
    except jwt.PyJWTError as error:
        return {"answer": "refused", "words": f"{type(error).__name__}: {error}"}
    except Exception as error:
        return {"answer": "failed", "words": f"{type(error).__name__}: {error}"}
    return {"answer": "accepted"}


print(json.dumps({"library": "PyJWT", "version": jwt.__version__}), flush=True)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
