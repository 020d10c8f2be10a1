"""The front processes of one server, which tell one another what they do; no client ever talks to them here.

Each listens on a Unix socket in a folder that only this server's user may enter.
"""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
from typing import TYPE_CHECKING, Any

from kg.store.embedded import wire

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_PATIENCE_S = 1.0  # for a neighbour that starts, ends or is very busy


class Peers:
    """This process as number `number` of `count`; alone, it needs no folder."""

    def __init__(self, folder: Path | None = None, *, number: int = 0, count: int = 1) -> None:
        self._folder = folder
        self._number = number
        self._count = count
        self._answers: Mapping[str, Callable[[Any], Any]] = {}
        self._server: _Server | None = None

    def offer(self, answers: Mapping[str, Callable[[Any], Any]]) -> None:
        """Answer these questions, also when the others ask them; questions and answers are values of JSON."""
        self._answers = answers
        if self._folder is None:
            return
        path = self._folder / f"{self._number}.sock"
        path.unlink(missing_ok=True)  # of one that had this number and died
        with wire.short_path(path) as address:
            self._server = _Server(address, answers)
        threading.Thread(target=self._server.serve_forever, args=(0.1,), name="kg-peers", daemon=True).start()

    def gather(self, what: str, asked: Any = None) -> list[Any]:
        """Ask everybody, this process first; who does not answer is left out."""
        found = [self._answers[what](asked)]
        for number in range(self._count):
            if number != self._number and self._folder is not None:
                with contextlib.suppress(OSError, wire.GoneError):
                    found.append(_ask(self._folder / f"{number}.sock", {"what": what, "asked": asked}))
        return found

    def public(self, number: int) -> int:
        """Make a number of this process one that no other process has."""
        return number * self._count + self._number

    def private(self, public: int) -> int | None:
        """Return the number that this process knows by a public one; `None` when it is another process's."""
        number, owner = divmod(public, self._count)
        return number if owner == self._number else None

    def close(self) -> None:
        """Answer nobody any more."""
        if self._server is not None and self._folder is not None:
            self._server.shutdown()
            self._server.server_close()
            (self._folder / f"{self._number}.sock").unlink(missing_ok=True)


def _ask(path: Path, question: dict[str, Any]) -> Any:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(_PATIENCE_S)
        with wire.short_path(path) as address:
            connection.connect(address)
        wire.send_json(connection, wire.ASK, question)
        return wire.receive_json(connection)[1]


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: str, answers: Mapping[str, Callable[[Any], Any]]) -> None:
        self.answers = answers
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: the neighbour has gone, or has waited long enough."""


class _Handler(socketserver.BaseRequestHandler):
    server: _Server
    request: socket.socket

    def handle(self) -> None:
        _, found = wire.receive_json(self.request)
        wire.send_json(self.request, wire.END, self.server.answers[found["what"]](found["asked"]))
