"""Lets other processes write through the writer of this one, over the folder's Unix socket; carries nothing out itself.

One request on a connection: what is asked; `BEGUN` when its turn has come; then its end, or why it failed. A client that
sends `CANCEL` or hangs up while it waits is not waited for.
"""

from __future__ import annotations

import contextlib
import os
import socketserver
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import KgError, QueryError
from kg.store import articles
from kg.store.embedded import wire
from kg.store.embedded.watch import STOPPED, overheard

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    from kg.store.embedded.watch import Watch
    from kg.store.embedded.writer import Writer


class Listener:
    """The listening side of a writer. With a `watch`, updates have a deadline and a bound of memory in this process."""

    def __init__(self, writer: Writer, path: Path, *, watch: Watch | None) -> None:
        self._path = path
        path.unlink(missing_ok=True)
        with wire.short_path(path) as address:
            self._server = _Server(address, writer, watch)
        path.chmod(0o600)
        threading.Thread(target=self._server.serve_forever, name="kg-writer", args=(0.05,), daemon=True).start()

    @property
    def waiting(self) -> int:
        """How many writes are at work or in line."""
        return self._server.waiting

    def close(self) -> None:
        """Take no more requests."""
        self._server.shutdown()
        self._server.server_close()
        self._path.unlink(missing_ok=True)


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    block_on_close = False  # an idle client must not hold up the end; the write at hand holds the writer's turn
    request_queue_size = 128

    def __init__(self, address: str, writer: Writer, watch: Watch | None) -> None:
        self.writer = writer
        self.watch = watch
        self.waiting = 0
        self.counting = threading.Lock()
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that has gone is nobody's concern, and anything else was answered."""

    @contextlib.contextmanager
    def counted(self) -> Iterator[None]:
        """Count a write as at work or in line."""
        with self.counting:
            self.waiting += 1
        try:
            yield
        finally:
            with self.counting:
                self.waiting -= 1


class _Handler(socketserver.BaseRequestHandler):
    server: _Server
    request: socket.socket

    def handle(self) -> None:
        with contextlib.suppress(wire.GoneError):
            _, asked = wire.receive_json(self.request)
            try:
                if asked["what"] in _GLANCES:
                    result = _GLANCES[asked["what"]](self.server.writer, asked)
                else:
                    with self.server.counted():
                        result = self._write(asked)
            except KgError as error:
                status = error.status if isinstance(error, QueryError) else 0
                wire.send_json(self.request, wire.FAILED, {"message": str(error), "status": status})
            else:
                wire.send_json(self.request, wire.END, result)
        if self.server.writer.is_ill and self.server.watch is not None:
            os._exit(STOPPED)  # an engine that failed to write takes nothing more; the next process opens it anew

    def _write(self, asked: dict[str, Any]) -> Any:
        writer, watch = self.server.writer, self.server.watch
        limit_s = asked.get("timeout_s")
        until = None if limit_s is None else time.monotonic() + limit_s
        with writer.turn.within(until, lambda: not overheard(self.request)) as had:
            if not had:
                raise QueryError(
                    "other writes took until the update's deadline, or it was cancelled; it changed nothing", status=503
                )
            wire.send(self.request, wire.BEGUN)
            left_s = None if until is None else max(0.001, until - time.monotonic())
            with writer.numbered(asked.get("number", "")):
                work = _WRITES[asked["what"]]
                if watch is None or asked["what"] not in _WATCHED:
                    return work(writer, asked, left_s)
                with watch.over(self.request, until, limit_s or 0.0):
                    return work(writer, asked, None)


def _checkpoint(writer: Writer) -> dict[str, Any]:
    made = writer.checkpoint()
    return {"path": made.path, "generation": made.generation}


_GLANCES: dict[str, Callable[[Writer, dict[str, Any]], Any]] = {
    "ping": lambda writer, _: writer.generation,
    "checkpoint": lambda writer, _: _checkpoint(writer),
    "waiting": lambda writer, _: writer.waiting(),
    "done": lambda writer, asked: {"done": asked["number"] in writer.recovered, "generation": writer.generation},
}
_WATCHED = frozenset({"update", "load_graph", "load_file"})
_WRITES: dict[str, Callable[[Writer, dict[str, Any], float | None], Any]] = {
    "put": lambda writer, asked, _: writer.put_many([articles.from_json(asked["contribution"])]),
    "remove": lambda writer, asked, _: writer.remove(asked["article"]),
    "update": lambda writer, asked, left_s: writer.update(
        asked["update"], tuple(asked["using"]), tuple(asked["using_named"]), timeout_s=left_s
    ),
    "load_graph": lambda writer, asked, _: writer.load_graph(
        asked["iri"], asked["triples"].encode(), replace=asked["replace"]
    ),
    "load_file": lambda writer, asked, _: writer.load_file(asked["iri"], Path(asked["path"]), replace=asked["replace"]),
    "replace_graph": lambda writer, asked, _: writer.replace_graph(asked["iri"], asked["triples"].encode()),
}
