"""What the server says about itself on standard error: lines for people, or JSON objects for machines; decides nothing."""

from __future__ import annotations

import json
import logging
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from kg.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

FORMS = ("text", "json")
_LONGEST = 2_000  # characters of a query string in a line
_log = logging.getLogger("kg.requests")


class JsonLines(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, and what the caller gave as `extra={"kg": {…}}`."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        given = getattr(record, "kg", None)
        said |= given if isinstance(given, dict) else {"message": record.getMessage()}
        if record.exc_info:
            said["traceback"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False, default=str)


def start_logging(form: str) -> None:
    """Send the log to standard error, as lines or as JSON; raises `ConfigError` for another form."""
    if form not in FORMS:
        raise ConfigError(f"setting log: {form!r} is not one of {', '.join(FORMS)}")
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if form == "json" else logging.Formatter("kg: %(message)s"))
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    _log.setLevel(logging.INFO)


class RequestLog:
    """Logs each request when its answer has gone out whole or broken off; the query string is kept, a body is not."""

    def watch(
        self,
        environ: dict[str, Any],
        start_response: Callable[..., Any],
        app: Callable[..., Iterable[bytes]],
    ) -> Iterable[bytes]:
        """Pass a request on, and count what comes back."""
        watched = _Watched(environ)

        def hear(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            watched.status = int(status[:3])
            return start_response(status, headers, *rest)

        watched.body = app(environ, hear)
        return watched


class _Watched:
    """A body that is counted, and logged when it is closed, which every server does at the end."""

    def __init__(self, environ: dict[str, Any]) -> None:
        self._environ = environ
        self._started = time.monotonic()
        self._bytes = 0
        self._is_whole = False
        self.status = 0
        self.body: Iterable[bytes] = ()

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.body:
            self._bytes += len(piece)
            yield piece
        self._is_whole = True

    def close(self) -> None:
        """Free the body and write the line."""
        try:
            if (close := getattr(self.body, "close", None)) is not None:
                close()
        finally:
            self._say()

    def _say(self) -> None:
        environ = self._environ
        said = {
            "event": "request",
            "client": environ.get("REMOTE_ADDR", ""),
            "method": environ["REQUEST_METHOD"],
            "path": environ["PATH_INFO"],
            "query_string": environ.get("QUERY_STRING", "")[:_LONGEST],
            "status": self.status,
            "bytes": self._bytes,
            "seconds": round(time.monotonic() - self._started, 4),
            "whole": self._is_whole,
        }
        _log.info("%s %s %d", said["method"], said["path"], self.status, extra={"kg": said})
