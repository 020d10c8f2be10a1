"""Who may read and who may write, by tokens; keeps none and asks no store.

A token travels as `Authorization: Bearer TOKEN`. For reading, a browser may send it as the password of a dialog (`Basic`).
It may not write so: a browser adds such a password by itself, also to a form that another site has made it send.
"""

from __future__ import annotations

import hmac
from base64 import b64decode
from binascii import Error

CHALLENGES = (("WWW-Authenticate", 'Bearer realm="kg"'), ("WWW-Authenticate", 'Basic realm="kg", charset="UTF-8"'))


def may_write(authorization: str, *, token: str) -> bool:
    """Say whether a header carries the writer's token; without a token nobody may write."""
    scheme, _, given = authorization.partition(" ")
    return bool(token) and scheme.lower() == "bearer" and _same(given.strip(), token)


def may_read(authorization: str, *, read_token: str, token: str) -> bool:
    """Say whether a header carries the reader's token or the writer's; without a reader's token everybody may read."""
    if not read_token:
        return True
    scheme, _, given = authorization.partition(" ")
    given = given.strip()
    if scheme.lower() == "basic":
        given = _password(given)
    elif scheme.lower() != "bearer":
        return False
    # both are compared, whatever the first says, so that the time tells nothing
    return _same(given, read_token) | (_same(given, token) and bool(token))


def _same(given: str, token: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), token.encode())


def _password(given: str) -> str:
    try:
        return b64decode(given, validate=True).decode("utf-8").partition(":")[2]
    except (Error, ValueError):
        return ""
