"""A client that costs little beside the server it measures: HTTP/1.1 over one socket, one request after another."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Iterator

_FORM = "application/x-www-form-urlencoded"
_TIMEOUT_S = 300
_PIECE = 1 << 18


@dataclass(frozen=True, slots=True)
class Streamed:
    """What one long answer was like: lines, seconds to its first byte and to its last."""

    lines: int
    first_s: float
    all_s: float


class Client:
    """Asks one server; it connects again where the server hangs up after an answer."""

    def __init__(self, name: str, port: int, path: str) -> None:
        self.name = name
        self.port = port
        self._path = path
        self._socket: socket.socket | None = None

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def ask(self, query: str, accept: str = "application/sparql-results+json") -> bytes:
        """Return the body of an answer; anything but 200 ends the run."""
        return b"".join(self._pieces(query, accept))

    def stream(self, query: str, accept: str) -> Streamed:
        """Read a long answer and keep nothing of it."""
        started = time.perf_counter()
        lines, first = 0, 0.0
        for piece in self._pieces(query, accept):
            first = first or time.perf_counter() - started
            lines += piece.count(b"\n")
        return Streamed(lines, first, time.perf_counter() - started)

    def _pieces(self, query: str, accept: str) -> Iterator[bytes]:
        form = urlencode({"query": query}).encode()
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=_TIMEOUT_S)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        head = (
            f"POST {self._path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nAccept: {accept}\r\n"
            f"Content-Type: {_FORM}\r\nContent-Length: {len(form)}\r\n\r\n"
        )
        self._socket.sendall(head.encode() + form)
        said, rest = self._head(self._socket)
        if not said.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"{self.name}: {(said + rest)[:500]!r} for {query}")
        fields = dict(line.lower().split(b": ", 1) for line in said.split(b"\r\n")[1:])
        if fields.get(b"transfer-encoding") == b"chunked":
            yield from self._chunks(self._socket, rest)
        else:
            yield from self._counted(self._socket, rest, int(fields[b"content-length"]))
        if fields.get(b"connection") == b"close":
            self.close()

    def _head(self, source: socket.socket) -> tuple[bytes, bytes]:
        held = b""
        while (end := held.find(b"\r\n\r\n")) < 0:
            held += self._more(source)
        return held[:end], held[end + 4 :]

    def _more(self, source: socket.socket) -> bytes:
        if not (piece := source.recv(_PIECE)):
            raise SystemExit(f"{self.name}: hung up amid an answer")
        return piece

    def _counted(self, source: socket.socket, held: bytes, length: int) -> Iterator[bytes]:
        while True:
            if held:
                yield held
            length -= len(held)
            if length <= 0:
                return
            held = self._more(source)

    def _chunks(self, source: socket.socket, held: bytes) -> Iterator[bytes]:
        while True:
            while (end := held.find(b"\r\n")) < 0:
                held += self._more(source)
            size = int(held[:end].partition(b";")[0], 16)
            held = held[end + 2 :]
            left = size + 2  # and the line's end
            while len(held) < left:
                if size and len(held) < left - 2:
                    yield held
                    left -= len(held)
                    held = b""
                held += self._more(source)
            if size and left > 2:
                yield held[: left - 2]
            held = held[left:]
            if not size:
                return
