"""How static files travel: kept by browsers under a versioned address, compressed once; knows no page."""

from __future__ import annotations

import gzip
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import request

if TYPE_CHECKING:
    from flask import Response

_TEXTS = ("text/css", "text/javascript", "application/javascript", "application/json", "image/svg+xml")
_KEPT_S = 31_536_000  # a year, the most that caches honour


def dress(answer: Response) -> Response:
    """Let browsers keep what a versioned address names, and compress what is text and whole."""
    if answer.status_code not in (200, 304):
        return answer
    if "v" in request.args:
        answer.cache_control.max_age = _KEPT_S
        answer.cache_control.public = True
        answer.cache_control.immutable = True
        answer.cache_control.no_cache = None
    if answer.mimetype not in _TEXTS:
        return answer
    answer.vary.add("Accept-Encoding")
    if answer.status_code == 200 and request.method == "GET" and request.accept_encodings["gzip"] > 0:
        answer.direct_passthrough = False
        answer.set_data(_packed(answer.get_data()))
        answer.headers["Content-Encoding"] = "gzip"
        etag, _ = answer.get_etag()
        if etag:
            answer.set_etag(etag, weak=True)  # other bytes than those of the file, the same meaning
    return answer


@lru_cache(maxsize=32)
def _packed(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)
