"""The way to the writer process of a folder: finds it, starts it, asks it, stops it; writes nothing itself."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import kg
from kg.errors import QueryError, StoreError
from kg.store import articles, wire
from kg.store.folder import Checkpoint

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.model import Contribution
    from kg.store.folder import Folder

_STARTING_S = 30.0  # a crash leaves a log to replay
_STOPPING_S = 10.0
_RETRY_S = 0.05
_GLANCE_S = 1.0  # for a number that is only shown
_BATCH_BYTES = 8_000_000


class WriterClient:
    """Asks the writer of a folder, which is started where none answers and again when it has died."""

    def __init__(self, folder: Folder, base: str, *, prefixes: dict[str, str], durable: bool) -> None:
        self._folder = folder
        self._start_with = json.dumps([str(folder.path), base, durable, prefixes])
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()

    @staticmethod
    def answers(folder: Folder) -> bool:
        """Say whether a writer listens in this folder."""
        try:
            _connect(folder).close()
        except OSError:
            return False
        return True

    def start(self) -> None:
        """Make sure that a writer answers; raises `StoreError` with its own reason where it cannot."""
        with self._turn:
            until = time.monotonic() + _STARTING_S
            while not self.answers(self._folder):
                if self._launch():
                    return
                # another process holds the lock: it is just starting or just ending
                if time.monotonic() > until:
                    raise StoreError(f"{self._folder.path}: another process has this store open and does not answer")
                time.sleep(_RETRY_S)

    def _launch(self) -> bool:
        held = self._folder.lock()
        if held is None:
            return False
        os.close(held)
        self._bury()
        root = str(Path(kg.__file__).resolve().parents[1])
        paths = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
        self._process = subprocess.Popen(  # noqa: S603 - our own module under our own interpreter
            [sys.executable, "-m", "kg.store.writer", self._start_with],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": paths},
            start_new_session=True,  # Ctrl-C ends the server, which then ends the writer in order
        )
        assert self._process.stdout is not None  # noqa: S101 - it was asked for above
        with self._process.stdout as said:
            line = said.readline()
        try:
            found = json.loads(line)
        except ValueError:
            found = {"error": f"{self._folder.path}: the writer process did not start (exit {self._process.wait()})"}
        if "ready" in found:
            return True
        self._bury()
        if found.get("held"):
            return False
        raise StoreError(found["error"])

    def _bury(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
        try:
            process.wait(_STOPPING_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def kill(self) -> None:
        """End a writer that this process started amid its write, which is rolled back with it."""
        with self._turn:
            if self._process is not None:
                with contextlib.suppress(ProcessLookupError):
                    self._process.send_signal(signal.SIGKILL)
                self._process.wait()

    def close(self) -> None:
        """Let the writer that this process started finish the write at hand and end; leave any other alone."""
        with self._turn:
            self._bury()

    # --- writes -----------------------------------------------------------------------------------------------------

    def put_many(self, contributions: Iterable[Contribution]) -> int:
        """Replace what these articles contributed, each as one transaction; return the generation."""
        batch: list[dict[str, Any]] = []
        size = generation = 0
        for contribution in contributions:
            batch.append(articles.to_json(contribution))
            size += len(contribution.triples) + len(contribution.text_triples)
            if size > _BATCH_BYTES:
                generation = int(self._ask({"what": "put", "contributions": batch}))
                batch, size = [], 0
        if batch:
            generation = int(self._ask({"what": "put", "contributions": batch}))
        return generation

    def remove(self, article: str) -> bool:
        """Drop an article and what only it mentions; return whether the store had it."""
        return bool(self._ask({"what": "remove", "article": article}))

    def update(
        self,
        update: str,
        using: tuple[str, ...] = (),
        using_named: tuple[str, ...] = (),
        timeout_s: float | None = None,
    ) -> int:
        """Carry out a SPARQL update whole or not at all; return the generation.

        Raises `QueryError` 503 when it takes longer than `timeout_s`; it is rolled back then.
        """
        asked = {"what": "update", "update": update, "using": using, "using_named": using_named}
        try:
            return int(self._ask(asked, timeout_s=timeout_s, again=False))
        except TimeoutError:
            self.kill()
            raise QueryError(
                "the update took longer than it may; it was stopped and changed nothing", status=503
            ) from None

    def replace_graph(self, iri: str, triples: bytes) -> int:
        """Make a graph hold exactly these N-Triples; return the generation."""
        return int(self._ask({"what": "replace_graph", "iri": iri, "triples": triples.decode()}))

    def load_graph(self, iri: str, triples: bytes, *, replace: bool) -> int:
        """Add N-Triples to a graph (no name: the default graph), or replace it by them; return the generation."""
        asked = {"what": "load_graph", "iri": iri, "triples": triples.decode(), "replace": replace}
        return int(self._ask(asked, again=replace))

    def waiting(self) -> int:
        """Return how many writes are at work or in line, also those of other processes; 0 when no writer answers."""
        try:
            with _connect(self._folder) as connection:
                connection.settimeout(_GLANCE_S)
                wire.send_json(connection, wire.ASK, {"what": "waiting"})
                return int(wire.receive_json(connection)[1])
        except (OSError, wire.GoneError):
            return 0

    def checkpoint(self, timeout_s: float | None = None) -> Checkpoint:
        """Have the present state frozen; raises `TimeoutError` while a long write is at work."""
        found = self._ask({"what": "checkpoint"}, timeout_s=timeout_s)
        return Checkpoint(found["path"], found["generation"])

    def _ask(self, asked: dict[str, Any], *, timeout_s: float | None = None, again: bool = True) -> Any:
        """Put one request on a connection of its own; what may be done twice is asked again when the writer dies."""
        for is_last in (not again, True):
            connection = self._connection()
            try:
                with connection:
                    connection.settimeout(timeout_s)
                    wire.send_json(connection, wire.ASK, asked)
                    tag, found = wire.receive_json(connection)
            except wire.GoneError as error:
                if is_last:
                    raise StoreError(
                        f"{self._folder.path}: the writer died before it said that the write is done"
                    ) from error
                continue
            if tag == wire.FAILED:
                if found["status"]:
                    raise QueryError(found["message"], status=found["status"])
                raise StoreError(found["message"])
            return found
        raise StoreError(f"{self._folder.path}: the writer died twice over one write")

    def _connection(self) -> socket.socket:
        with contextlib.suppress(OSError):
            return _connect(self._folder)
        self.start()
        try:
            return _connect(self._folder)
        except OSError as error:
            raise StoreError(f"{self._folder.path}: the writer does not answer") from error


def _connect(folder: Folder) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with wire.short_path(folder.socket) as address:
            connection.connect(address)
    except OSError:
        connection.close()
        raise
    return connection
