"""PyJWT behind JSON lines: one request per line of standard input, one answer per line of standard output.

{"op": "sign", "alg": "ES256", "jwk": {...}, "header": {...}, "claims": {...}}  ->  {"token": "..."}
{"op": "verify", "alg": "ES256", "jwk": {...}, "iss": "...", "aud": "...", "token": "..."}
    ->  {"claims": {...}}  or  {"refused": "expired"}
"""

import json
import sys

import jwt

# The most special first: several of these are kinds of others.
REASONS = [
    (jwt.ExpiredSignatureError, "expired"),
    (jwt.ImmatureSignatureError, "not_yet_valid"),
    (jwt.InvalidAudienceError, "audience"),
    (jwt.InvalidIssuerError, "issuer"),
    (jwt.InvalidAlgorithmError, "algorithm"),
    (jwt.MissingRequiredClaimError, "missing"),
    (jwt.InvalidSignatureError, "signature"),
    (jwt.InvalidTokenError, "other"),
]


def sign(request):
    key = jwt.PyJWK(request["jwk"], algorithm=request["alg"])
    return {"token": jwt.encode(request["claims"], key.key, algorithm=request["alg"], headers=request["header"])}


def verify(request):
    key = jwt.PyJWK(request["jwk"], algorithm=request["alg"])
    try:
        claims = jwt.decode(
            request["token"],
            key.key,
            algorithms=[request["alg"]],
            issuer=request["iss"],
            audience=request["aud"],
            options={"require": ["exp", "iss", "aud"]},
        )
    except jwt.InvalidTokenError as error:
        return {"refused": next(reason for kind, reason in REASONS if isinstance(error, kind)), "text": str(error)}
    return {"claims": claims}


print(json.dumps({"library": "PyJWT", "version": jwt.__version__}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    answer = {"sign": sign, "verify": verify}[request["op"]](request)
    print(json.dumps(answer), flush=True)
