"""The way to somebody else's SPARQL endpoint: credentials, deadlines, refusals in words; knows no quads and no grammar.

Everything that goes wrong names the address. Nothing here is asked twice unless the caller says that it may be.
"""

from __future__ import annotations

import hashlib
import os
import re
from base64 import b64encode
from contextlib import ExitStack
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from kg.errors import ConfigError, FetchError, QueryError, StoreError
from kg.fetch import Door, Policy, Request, host_and_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kg.fetch import Exchange

FORM = "application/x-www-form-urlencoded"
_SAID = 400  # characters of an endpoint's complaint that are worth showing
_ANY_STATUS = tuple(range(200, 600))
# what may pass if it is asked again a little later
_LATER = (408, 425, 429, 502, 503, 504)
_CLOSE_S = 0.05  # so near to the deadline it was the deadline
_ATTEMPTS, _FIRST_WAIT_S = 4, 0.5
_PARAMETER = re.compile(r'(\w+)\s*=\s*(?:"([^"]*)"|([^\s,]+))')


class RefusedError(StoreError):
    """The endpoint does not let us in."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who we are: a bearer token, or a user and a password for whichever of Basic and Digest is asked for."""

    token: str = ""
    user: str = ""
    password: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        return bool(self.token or self.user)


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer; header names are as `Exchange` has them, in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """The content type without its parameters, lower case."""
        return media_type_of(self.headers)


def media_type_of(headers: Mapping[str, str]) -> str:
    """Return the content type without its parameters, lower case."""
    return headers.get("Content-Type", "").partition(";")[0].strip().lower()


class Endpoint:
    """Talks to one host with one set of credentials. Safe to share between threads; connections are kept."""

    def __init__(self, address: str, credentials: Credentials, *, timeout_s: float, max_bytes: int) -> None:
        if urlsplit(address).username is not None:
            shown = urlsplit(address).hostname
            raise ConfigError(
                f"{shown}: put user and password into KG_REMOTE_USER and KG_REMOTE_PASSWORD, not into the address"
            )
        try:
            host, port = host_and_port(address, address)
        except FetchError as error:
            raise ConfigError(str(error)) from error
        self.address = address
        self.server = ""  # what the last answer called itself
        self._credentials = credentials
        self._challenges: dict[str, _Challenge] = {}
        self._turn = Lock()
        policy = Policy(
            timeout_s=timeout_s,
            patience_s=timeout_s * _ATTEMPTS,
            max_bytes=max_bytes,
            first_wait_s=_FIRST_WAIT_S,
            redirects=0,
        )
        self._timeout_s = timeout_s
        self._max_bytes = max_bytes
        # the user named this host: it may lie on this machine or in its network
        self._door = Door(policy, allowed=[f"{host}:{port}"])

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._door.close()

    def form(
        self, address: str, fields: list[tuple[str, str]], *, accept: str = "*/*", timeout_s: float | None = None
    ) -> Incoming:
        """Post a form and return the answer with its body still on the way; raises what `refusal` says of other statuses."""
        body = urlencode(fields).encode()
        return self.open(address, "POST", {"Content-Type": FORM, "Accept": accept}, body, timeout_s=timeout_s)

    def open(
        self,
        address: str,
        method: str,
        headers: Mapping[str, str],
        body: bytes | None,
        *,
        timeout_s: float | None = None,
    ) -> Incoming:
        """Send a request once; the answer's body is still on the way. `timeout_s` bounds it to its last byte."""
        policy = Policy(timeout_s=timeout_s or self._timeout_s, max_bytes=self._max_bytes, redirects=0)
        for is_last in (False, True):
            signed = {**headers, **self._signature(address, method)}
            incoming = Incoming(self._door, Request(address, method, signed, body, _ANY_STATUS), policy)
            self.server = incoming.headers.get("Server", "")
            if incoming.status < HTTPStatus.MULTIPLE_CHOICES:
                return incoming
            reply = incoming.whole()
            if is_last or not self._learn(address, reply):
                raise self.refusal(address, reply)
        raise AssertionError  # the second turn of the loop returns or raises

    def send(
        self,
        address: str,
        method: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        *,
        repeatable: bool = False,
        expected: tuple[int, ...] = (),
        timeout_s: float | None = None,
    ) -> Reply:
        """Send a request and return the whole answer; `repeatable`: what may be done twice is tried again after a failure.

        Statuses from 300 on are errors unless they are `expected`.
        """
        timeout_s = timeout_s or self._timeout_s
        attempts = _ATTEMPTS if repeatable else 1
        policy = Policy(timeout_s, timeout_s * attempts, self._max_bytes, attempts, _FIRST_WAIT_S, redirects=0)
        accepted = tuple(status for status in _ANY_STATUS if not (repeatable and status in _LATER))
        for is_last in (False, True):
            signed = {**headers, **self._signature(address, method)}
            request = Request(address, method, signed, body, accepted, repeatable)
            try:
                answer = self._door.ask(request, policy=policy)
            except FetchError as error:
                raise _unanswered(error) from error
            reply = Reply(answer.status, answer.headers, answer.body)
            self.server = answer.headers.get("Server", "")
            if reply.status < HTTPStatus.MULTIPLE_CHOICES or reply.status in expected:
                return reply
            if is_last or not self._learn(address, reply):
                raise self.refusal(address, reply)
        raise AssertionError  # the second turn of the loop returns or raises

    def refusal(self, address: str, reply: Reply) -> QueryError | StoreError:
        """Say what a status means, with the address and with what the endpoint says itself."""
        phrase = HTTPStatus(reply.status).phrase if reply.status in set(HTTPStatus) else ""
        told = f"{address}: {reply.status} {phrase}".rstrip()
        said = _said(reply)
        if reply.status in (401, 403):
            if self._credentials:
                return RefusedError(f"{told}: it does not accept the credentials that it was given{said}")
            return RefusedError(
                f"{told}: it wants credentials; set KG_REMOTE_TOKEN, or KG_REMOTE_USER and KG_REMOTE_PASSWORD{said}"
            )
        if reply.status in (400, 406, 413, 507):
            return QueryError(f"{told}{said}", status=reply.status)
        if reply.status in (404, 405, 410) or HTTPStatus.MULTIPLE_CHOICES <= reply.status < HTTPStatus.BAD_REQUEST:
            return StoreError(f"{told}: nothing here speaks the protocol; name the right address{said}")
        if reply.status in _LATER:
            return QueryError(f"{told}{said}", status=503)
        return StoreError(f"{told}{said}")

    # --- credentials ------------------------------------------------------------------------------------------------

    def _signature(self, address: str, method: str) -> dict[str, str]:
        if self._credentials.token:
            return {"Authorization": f"Bearer {self._credentials.token}"}
        with self._turn:
            challenge = self._challenges.get(_root(address))
            if challenge is None:
                return {}
            return {"Authorization": challenge.answer(self._credentials, method, address)}

    def _learn(self, address: str, reply: Reply) -> bool:
        """Take up a challenge; return whether it is worth trying again. Nothing is told before somebody asks for it."""
        if reply.status != HTTPStatus.UNAUTHORIZED or not self._credentials.user:
            return False
        challenge = _Challenge.read(reply.headers.get("WWW-Authenticate", ""))
        if challenge is None:
            return False
        with self._turn:
            self._challenges[_root(address)] = challenge
        return True


class Incoming:
    """An answer on its way: status and headers are here, `pieces` may be read once; whoever stops early closes it."""

    def __init__(self, door: Door, request: Request, policy: Policy) -> None:
        self._held = ExitStack()
        self._timeout_s = policy.timeout_s
        self._ends = monotonic() + policy.timeout_s
        self.address = request.url
        try:
            self._exchange: Exchange = self._held.enter_context(door.stream(request, policy=policy))
        except FetchError as error:
            raise self._broken(error) from error
        self.status = self._exchange.status
        self.headers = self._exchange.headers

    @property
    def media_type(self) -> str:
        """The content type without its parameters, lower case."""
        return media_type_of(self.headers)

    def pieces(self) -> Iterator[bytes]:
        """Yield the body; an error while it comes is raised, and never taken for its end."""
        try:
            yield from self._exchange.chunks
        except FetchError as error:
            raise self._broken(error) from error
        finally:
            self.close()

    def whole(self) -> Reply:
        """Read the body to its end."""
        return Reply(self.status, self.headers, b"".join(self.pieces()))

    def close(self) -> None:
        """Let the connection go."""
        self._held.close()

    def _broken(self, error: FetchError) -> QueryError | StoreError:
        if monotonic() >= self._ends - _CLOSE_S:
            return QueryError(f"{self.address}: not answered in full within {self._timeout_s:g} s", status=503)
        return _unanswered(error)


@dataclass(slots=True)
class _Challenge:
    """What a server asks for (RFC 7617, RFC 7616); a nonce may be used again with a higher count."""

    scheme: str
    parameters: dict[str, str]
    count: int = 0

    @classmethod
    def read(cls, header: str) -> _Challenge | None:
        scheme, _, rest = header.strip().partition(" ")
        found = {name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(rest)}
        if scheme.lower() == "basic":
            return cls("basic", found)
        if scheme.lower() == "digest" and found.get("algorithm", "MD5").upper() in ("MD5", "SHA-256"):
            return cls("digest", found)
        return None

    def answer(self, credentials: Credentials, method: str, address: str) -> str:
        user, password = credentials.user, credentials.password
        if self.scheme == "basic":
            return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"
        self.count += 1
        given = self.parameters
        parts = urlsplit(address)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        algorithm = given.get("algorithm", "MD5")

        def digest(text: str) -> str:
            name = "md5" if algorithm.upper() == "MD5" else "sha256"
            return hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()

        realm, nonce = given.get("realm", ""), given.get("nonce", "")
        count, own = f"{self.count:08x}", os.urandom(8).hex()
        secret, what = digest(f"{user}:{realm}:{password}"), digest(f"{method}:{path}")
        has_quality = "auth" in given.get("qop", "")
        proof = digest(f"{secret}:{nonce}:{count}:{own}:auth:{what}" if has_quality else f"{secret}:{nonce}:{what}")
        told = [f'username="{user}"', f'realm="{realm}"', f'nonce="{nonce}"', f'uri="{path}"', f'response="{proof}"']
        told += [f"algorithm={algorithm}"]
        told += [f'opaque="{given["opaque"]}"'] if "opaque" in given else []
        told += [f'qop=auth, nc={count}, cnonce="{own}"'] if has_quality else []
        return f"Digest {', '.join(told)}"


def _root(address: str) -> str:
    """Return the address without its query: what one challenge holds for."""
    return address.partition("?")[0]


def _unanswered(error: FetchError) -> StoreError:
    if error.reason.endswith("redirects"):
        return StoreError(f"{error.item}: redirects elsewhere; name the address that it redirects to")
    if error.status in _LATER:
        return StoreError(f"{error}; what was written before is kept, and the same command goes on later")
    return StoreError(str(error))


def _said(reply: Reply) -> str:
    """Return the endpoint's own words, its first paragraph, unless they are a page for people."""
    text = reply.body[: 20 * _SAID].decode("utf-8", "replace").strip()
    if not text or text.startswith("<") or "html" in reply.media_type:
        return ""
    first = " ".join(text.partition("\n\n")[0].split())
    return f": {first[:_SAID]}"
