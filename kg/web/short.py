"""The short way of queries by program, past Flask to the same service; pages and every other route go the long way.

Flask's request, session and response objects take longer than most queries do.
"""

from __future__ import annotations

from http import HTTPStatus
from time import monotonic
from typing import TYPE_CHECKING, Any

from kg.service.exchange import Request, generation_of
from kg.service.sparql import MAX_BODY
from kg.web import access
from kg.web.protection import protection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kg.web.site import Site

_PATH = "/sparql"
_METHODS = ("GET", "POST", "HEAD")
_PROTECTION = protection()
_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


class ShortWay:
    """A WSGI application before another one, which gets all that this does not answer."""

    def __init__(self, inner: Callable[..., Iterable[bytes]], site: Site) -> None:
        self._inner = inner
        self._site = site

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        # whoever names HTML may be a browser, which is shown a page
        is_short = environ["PATH_INFO"] == _PATH and environ["REQUEST_METHOD"] in _METHODS
        if not is_short or "html" in environ.get("HTTP_ACCEPT", "").lower():
            return self._inner(environ, start_response)
        started = monotonic()
        answer = self._site.sparql.answer(asked_by(environ, _body(environ), token=self._site.token))
        self._site.metrics.count("endpoint.sparql", answer.status, monotonic() - started)
        start_response(_LINES[answer.status], [*answer.headers, *_PROTECTION])
        if environ["REQUEST_METHOD"] != "HEAD":
            return answer.body
        if (close := getattr(answer.body, "close", None)) is not None:
            close()
        return (b"",)


def asked_by(environ: dict[str, Any], body: bytes, *, token: str) -> Request:
    """Take a WSGI request apart for the services."""
    return Request(
        method=environ["REQUEST_METHOD"],
        query_string=environ.get("QUERY_STRING", ""),
        content_type=environ.get("CONTENT_TYPE", ""),
        body=body,
        accept=environ.get("HTTP_ACCEPT", ""),
        if_none_match=environ.get("HTTP_IF_NONE_MATCH", ""),
        path=environ["PATH_INFO"],
        may_write=access.may_write(environ.get("HTTP_AUTHORIZATION", ""), token=token),
        gone=environ.get("waitress.client_disconnected"),
        at_least=generation_of(environ.get("HTTP_X_KG_GENERATION", "")),
    )


def _body(environ: dict[str, Any]) -> bytes:
    if environ["REQUEST_METHOD"] != "POST":
        return b""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    most = MAX_BODY + 1  # the service itself refuses what is one byte too long
    read: bytes = environ["wsgi.input"].read(most if environ.get("wsgi.input_terminated") else min(length, most))
    return read
