"""What every request passes on its way in and out: read access, packed bodies, foreign origins; answers no question.

One WSGI application around another, so that it holds for Flask and for any shorter way beside Flask. The inner
application must call `start_response` before it returns its body.
"""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kg.errors import QueryError
from kg.service.exchange import failure, refusal
from kg.web.access import CHALLENGES, may_read
from kg.web.compression import (
    SMALLEST,
    Packed,
    is_compressible,
    marked,
    packed,
    takes_gzip,
    unmarked,
    unpacked,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kg.service.exchange import Answer
    from kg.web.logs import RequestLog

Header = tuple[str, str]
_OPEN = ("/healthz",)  # a load balancer that asks whether the server lives carries no token
_METHODS = "GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS"
_ORIGIN = ("Access-Control-Allow-Origin", "*")
_EXPOSED = (
    "Access-Control-Expose-Headers",
    "Content-Location, ETag, Link, Location, Retry-After, Vary, WWW-Authenticate, X-KG-Generation",
)
_PREFLIGHT = (
    ("Access-Control-Allow-Methods", _METHODS),
    (
        "Access-Control-Allow-Headers",
        "Accept, Authorization, Content-Encoding, Content-Type, If-None-Match, X-KG-Generation",
    ),
    ("Access-Control-Max-Age", "86400"),
    ("Content-Length", "0"),
)
_WHOLE = 1_000_000  # bytes of a body that is compressed at once, so that its length can be said
_LONGEST_REMEMBERED = 200  # characters of a header; clients send one all their life
_takes_gzip = lru_cache(maxsize=128)(takes_gzip)
_WORDS = {204: "No Content", 400: "Bad Request", 401: "Unauthorized", 413: "Content Too Large"}
_WORDS[415] = "Unsupported Media Type"


class Gate:
    """Wraps a WSGI application; `most` bounds a request's unpacked body in bytes."""

    def __init__(
        self,
        inner: Callable[..., Iterable[bytes]],
        *,
        most: int,
        token: str = "",
        read_token: str = "",
        log: RequestLog | None = None,
    ) -> None:
        self._inner = inner
        self._most = most
        self._token = token
        self._read_token = read_token
        self._log = log

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if self._log is None:
            return self._pass(environ, start_response)
        return self._log.watch(environ, start_response, self._pass)

    def _pass(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ:
            start_response(_line(204), [*_PREFLIGHT, _ORIGIN])
            return (b"",)
        if (refused := self._refused(environ)) is not None:
            start_response(_line(refused.status), [*refused.headers, _ORIGIN, _EXPOSED])
            return refused.body if environ["REQUEST_METHOD"] != "HEAD" else (b"",)
        coding = environ.get("HTTP_ACCEPT_ENCODING", "")
        gzip = _takes_gzip(coding) if len(coding) <= _LONGEST_REMEMBERED else takes_gzip(coding)
        asked = environ.get("HTTP_IF_NONE_MATCH", "")
        if asked:
            environ["HTTP_IF_NONE_MATCH"] = unmarked(asked)
        said: list[Any] = []

        def hear(status: str, headers: list[Header], _error: object = None) -> Callable[[bytes], object]:
            said[:] = status, headers
            return _unused

        body = self._inner(environ, hear)
        status, headers = said
        if self._read_token:
            headers = [_private(header) for header in headers]
        headers, body = _dress(status, headers, body, asked, gzip=gzip and environ["REQUEST_METHOD"] != "HEAD")
        start_response(status, headers)
        return body

    # --- in -------------------------------------------------------------------------------------------------------

    def _refused(self, environ: dict[str, Any]) -> Answer | None:
        """Check access, then unpack the body in place; what is wrong is an answer."""
        given = environ.get("HTTP_AUTHORIZATION", "")
        if environ["PATH_INFO"] not in _OPEN and not may_read(given, read_token=self._read_token, token=self._token):
            return refusal(401, "reading needs the token: send it as Authorization: Bearer TOKEN", *CHALLENGES)
        coding = environ.get("HTTP_CONTENT_ENCODING", "").strip().lower()
        if coding in ("", "identity"):
            return None
        if coding not in ("gzip", "x-gzip"):
            return refusal(415, f"the content encoding {coding} is not supported", ("Accept-Encoding", "gzip"))
        try:
            body = unpacked(self._read(environ), most=self._most)
        except QueryError as error:
            return failure(error)
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        del environ["HTTP_CONTENT_ENCODING"]
        return None

    def _read(self, environ: dict[str, Any]) -> bytes:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if length > self._most:
            raise QueryError(f"the body is larger than {self._most:,} bytes", status=413)
        read: bytes = environ["wsgi.input"].read(length)
        return read


# --- out ----------------------------------------------------------------------------------------------------------


def _dress(
    status: str, headers: list[Header], body: Iterable[bytes], asked: str, *, gzip: bool
) -> tuple[list[Header], Iterable[bytes]]:
    """Open the answer to scripts of any origin, and compress it where that is wanted and pays."""
    found = {name.lower(): value for name, value in headers}
    headers = [header for header in headers if header[0].lower() not in ("access-control-allow-origin", "vary")]
    vary = found.get("vary", "")
    headers += [_ORIGIN, _EXPOSED]
    has_coding = "content-encoding" in found
    if not has_coding and (status.startswith("304") or is_compressible(found.get("content-type", ""))):
        vary = f"{vary}, Accept-Encoding" if vary else "Accept-Encoding"
        if status.startswith("304"):
            headers = [_as_asked(header, asked) for header in headers]
        elif gzip and not status.startswith(("204", "206")):
            headers, body = _compressed(headers, body, found.get("content-length", ""))
    if vary:
        headers.append(("Vary", vary))
    return headers, body


def _compressed(headers: list[Header], body: Iterable[bytes], length: str) -> tuple[list[Header], Iterable[bytes]]:
    if length and int(length) < SMALLEST:
        return headers, body
    headers = [
        (name, marked(value) if name.lower() == "etag" else value)
        for name, value in headers
        if name.lower() != "content-length"
    ]
    headers.append(("Content-Encoding", "gzip"))
    if not length or int(length) > _WHOLE:
        return headers, Packed(body)
    try:
        whole = packed(b"".join(body))
    finally:
        if (close := getattr(body, "close", None)) is not None:
            close()
    return [*headers, ("Content-Length", str(len(whole)))], (whole,)


def _as_asked(header: Header, asked: str) -> Header:
    """Say of the body that the client holds that it still holds, be it the compressed one."""
    name, value = header
    return (name, marked(value)) if name.lower() == "etag" and marked(value) in asked else header


def _private(header: Header) -> Header:
    """Keep what only some may read out of caches that serve all."""
    name, value = header
    return (name, value.replace("public", "private")) if name.lower() == "cache-control" else header


def _line(status: int) -> str:
    return f"{status} {_WORDS[status]}"


def _unused(_piece: bytes) -> object:
    raise AssertionError("nothing here writes by the old way of WSGI")
