"""One request of waitress, answered with fewer calls of the system: head and first piece leave together; runs no application.

Unlike waitress it keeps a connection open behind a body of unknown length, which ends with a chunk of its own, and behind
an answer that has no body.
"""

from __future__ import annotations

import time
from email.utils import formatdate
from functools import lru_cache
from typing import Any

from waitress.task import WSGITask

_BARE = ("1", "204", "304")  # statuses without a body


class Task(WSGITask):
    """Writes the answer to one request."""

    request: Any  # the stubs know only a request that failed
    is_bare = False  # no body may follow the head

    def build_response_header(self) -> bytes:
        """Return the head; decides how the body ends, and whether the connection does."""
        asked = self.request.headers.get("CONNECTION", "").lower()
        self.is_bare = self.request.command == "HEAD" or self.status.startswith(_BARE)
        headers = list(self.response_headers)
        has_length = self.content_length is not None
        if self.status.startswith(_BARE):
            headers = [header for header in headers if header[0].lower() != "content-length"]
        elif has_length and not any(name.lower() == "content-length" for name, _ in headers):
            headers.append(("Content-Length", str(self.content_length)))
        is_ending = getattr(self.channel.server, "is_ending", False)
        self.close_on_finish = self.close_on_finish or asked == "close" or is_ending
        if self.version == "1.1":
            if not has_length and not self.is_bare:
                headers.append(("Transfer-Encoding", "chunked"))
                self.chunked_response = True
        elif asked == "keep-alive" and (has_length or self.is_bare):
            headers.append(("Connection", "Keep-Alive"))
        else:
            self.close_on_finish = True
        if self.close_on_finish:
            headers.append(("Connection", "close"))
        if not any(name == "Date" for name, _ in headers):
            headers.append(("Date", _date(int(time.time()))))
        lines = [f"HTTP/{self.version} {self.status}", *(f"{name}: {value}" for name, value in headers), "", ""]
        return "\r\n".join(lines).encode("latin-1")

    def write(self, data: bytes) -> None:
        """Send a piece of the body, behind the head if that has not gone out yet."""
        if not self.complete:
            raise RuntimeError("start_response was not called before the body was written")
        head = b""
        if not self.wrote_header:
            head = self.build_response_header()
            self.wrote_header = True
        if self.is_bare:
            self.content_bytes_written += len(data)
            data = b""
        elif self.chunked_response:
            data = b"%X\r\n%b\r\n" % (len(data), data) if data else b""
        elif self.content_length is not None:
            data = data[: self.content_length - self.content_bytes_written]
            self.content_bytes_written += len(data)
        if head or data:
            self.channel.write_soon(head + data)


@lru_cache(maxsize=4)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)
