"""The one process that writes: carries out whole writes one after another and freezes checkpoints; answers no queries.

Runs inside a builder's process, or as `python -m kg.store.writer FOLDER` for a server; either way it listens on the
folder's Unix socket, so that builds work beside a running server.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socketserver
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import KgError, QueryError, StoreError
from kg.iris import Iris
from kg.store import articles, wire
from kg.store.confine import take_network_away
from kg.store.engine import Engine
from kg.store.folder import Checkpoint, Folder, Generation, HeldError
from kg.store.guard import with_using
from kg.store.lines import Lines

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterable, Iterator

    from kg.model import Contribution


class Writer:
    """The quads of a folder, open for writing. Safe to share between threads: writes wait for one another."""

    def __init__(self, folder: Folder, base: str, *, prefixes: dict[str, str], durable: bool = False) -> None:
        held = folder.lock()
        if held is None:
            raise HeldError(f"{folder.path}: another process has this store open")
        self._held = held
        self._folder = folder
        self._prefixes = prefixes
        self._durable = durable
        self._turn = threading.Lock()
        self.iris = Iris(base)
        try:
            self.engine = Engine(folder.quads)
            folder.checkpoints.mkdir(exist_ok=True)
            folder.sweep(keep=0)
            self._generation = Generation(folder, owner=True)
        except OSError as error:
            os.close(held)
            raise StoreError(f"{folder.path}: {error.strerror}") from error
        except KgError:
            os.close(held)
            raise
        self._server: _Server | None = None

    @property
    def generation(self) -> int:
        return self._generation.get()

    def put_many(self, contributions: Iterable[Contribution]) -> int:
        """Replace what these articles contributed, each as one transaction; return the generation."""
        with self._turn:
            for contribution in contributions:
                leaving, coming = articles.exchange(self.engine, self.iris, contribution)
                self._wrote(changed=self.engine.replace(leaving, coming))
            return self.generation

    def remove(self, article: str) -> bool:
        """Drop an article and what only it mentions; return whether the store had it."""
        with self._turn:
            leaving = articles.withdrawal(self.engine, self.iris, article)
            self._wrote(changed=self.engine.replace(leaving, Lines()))
            return bool(leaving)

    def update(self, update: str, using: tuple[str, ...] = (), using_named: tuple[str, ...] = ()) -> int:
        """Carry out a SPARQL update whole or not at all; return the generation."""
        if using or using_named:
            update = with_using(update, using, using_named)
        with self._turn:
            self.engine.update(update, base=self.iris.base, prefixes=self._prefixes)
            self._wrote()
            return self.generation

    def replace_graph(self, iri: str, triples: bytes) -> int:
        """Make a graph hold exactly these N-Triples; return the generation."""
        with self._turn:
            self._wrote(changed=self.engine.replace_graph(iri, triples))
            return self.generation

    def load_graph(self, iri: str, triples: bytes, *, replace: bool) -> int:
        """Add N-Triples to a graph (no name: the default graph), or replace it by them; return the generation."""
        with self._turn:
            self.engine.load_graph(iri, triples, replace=replace)
            self._wrote()
            return self.generation

    def wrote(self) -> None:
        """Count a write that was made on the engine itself."""
        with self._turn:
            self._wrote()

    def _wrote(self, *, changed: bool = True) -> None:
        if changed:
            if self._durable:
                self.engine.flush()
            self._generation.set(self.generation + 1)

    def waiting(self) -> int:
        """Return how many writes of other processes are at work or in line."""
        return self._server.waiting if self._server is not None else 0

    def checkpoint(self) -> Checkpoint:
        """Freeze the present state, unless it is frozen already."""
        with self._turn:
            path = self._folder.checkpoints / str(self.generation)
            if not path.is_dir():
                draft = path.with_suffix(".tmp")
                shutil.rmtree(draft, ignore_errors=True)
                self.engine.backup(draft)
                draft.rename(path)
                self._folder.sweep()
            return Checkpoint(str(path), self.generation)

    # --- other processes --------------------------------------------------------------------------------------------

    def listen(self) -> None:
        """Let other processes of ours write through this one."""
        path = self._folder.socket
        path.unlink(missing_ok=True)
        with wire.short_path(path) as address:
            self._server = _Server(address, self)
        path.chmod(0o600)
        threading.Thread(target=self._server.serve_forever, name="kg-writer", args=(0.05,), daemon=True).start()

    def close(self) -> None:
        """Finish the write at hand, put everything on the disk, let the folder go."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._folder.socket.unlink(missing_ok=True)
        with self._turn:
            self.engine.flush()
            del self.engine
            self._folder.sweep(keep=0)
            self._generation.close()
            os.close(self._held)


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    block_on_close = False  # an idle client must not hold up the end; the write at hand holds the writer's turn

    def __init__(self, address: str, writer: Writer) -> None:
        self.writer = writer
        self.waiting = 0
        self.counting = threading.Lock()
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that has gone is nobody's concern, and anything else was answered."""


class _Handler(socketserver.BaseRequestHandler):
    server: _Server
    request: socket.socket

    def handle(self) -> None:
        with contextlib.suppress(wire.GoneError):
            while True:
                _, asked = wire.receive_json(self.request)
                self._answer(asked)

    def _answer(self, asked: dict[str, Any]) -> None:
        try:
            with self._counted(is_write=asked["what"] not in _GLANCES):
                result = _OPERATIONS[asked["what"]](self.server.writer, asked)
        except KgError as error:
            status = error.status if isinstance(error, QueryError) else 0
            wire.send_json(self.request, wire.FAILED, {"message": str(error), "status": status})
        else:
            wire.send_json(self.request, wire.END, result)

    @contextlib.contextmanager
    def _counted(self, *, is_write: bool) -> Iterator[None]:
        with self.server.counting:
            self.server.waiting += is_write
        try:
            yield
        finally:
            with self.server.counting:
                self.server.waiting -= is_write


def _checkpoint(writer: Writer) -> dict[str, Any]:
    made = writer.checkpoint()
    return {"path": made.path, "generation": made.generation}


_GLANCES = frozenset({"ping", "waiting", "checkpoint"})  # change nothing
_OPERATIONS: dict[str, Callable[[Writer, dict[str, Any]], Any]] = {
    "ping": lambda writer, _: writer.generation,
    "checkpoint": lambda writer, _: _checkpoint(writer),
    "waiting": lambda writer, _: writer.waiting(),
    "put": lambda writer, asked: writer.put_many(articles.from_json(found) for found in asked["contributions"]),
    "remove": lambda writer, asked: writer.remove(asked["article"]),
    "update": lambda writer, asked: writer.update(asked["update"], tuple(asked["using"]), tuple(asked["using_named"])),
    "load_graph": lambda writer, asked: writer.load_graph(
        asked["iri"], asked["triples"].encode(), replace=asked["replace"]
    ),
    "replace_graph": lambda writer, asked: writer.replace_graph(asked["iri"], asked["triples"].encode()),
}


def main() -> None:
    """Be the writer of a folder until standard input closes; say on standard output whether it worked."""
    path, base, durable, prefixes = json.loads(sys.argv[1])
    try:
        take_network_away()
        writer = Writer(Folder(Path(path)), base, prefixes=prefixes, durable=durable)
        writer.listen()
    except KgError as error:
        sys.stdout.write(json.dumps({"error": str(error), "held": isinstance(error, HeldError)}) + "\n")
        sys.exit(1)
    sys.stdout.write(json.dumps({"ready": os.getpid()}) + "\n")
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        sys.stdin.buffer.read()  # ends when the process that started this one does, however it ends
    writer.close()


if __name__ == "__main__":
    main()
