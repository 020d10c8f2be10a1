"""The way to the writer process of a folder: finds it, starts it, asks it, stops it; writes nothing itself."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import kg
from kg.errors import QueryError, StoreError
from kg.store import articles
from kg.store.embedded import wire
from kg.store.embedded.folder import Checkpoint

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.model import Contribution
    from kg.store.embedded.folder import Folder

_STARTING_S = 60.0  # a crash leaves a log to replay, and a dying writer lets go of the folder last
_STOPPING_S = 10.0
_RETRY_S = 0.02
_GLANCE_S = 1.0  # for a number that is only shown
_GRACE_S = 5.0  # for the writer itself to say that a deadline is over
_MOST_DEATHS = 5  # of writers over one and the same write, which may be what kills them
_FIRST_NUMBER = 1_000_000_000_000  # of a write that people may cancel: out of the way of the queries' numbers
_MEMORY_MB = 600


@dataclass(frozen=True, slots=True)
class AtWork:
    """An update that this process waits for."""

    number: int
    text: str
    started: float = field(default_factory=time.monotonic)


class WriterClient:
    """Asks the writer of a folder, which is started where none answers and again when it has died.

    A write is carried out once: when the writer dies over it, the next one knows whether it was done.
    """

    def __init__(
        self, folder: Folder, base: str, *, prefixes: dict[str, str], durable: bool, memory_mb: int = _MEMORY_MB
    ) -> None:
        self._folder = folder
        self._start_with = json.dumps([str(folder.path), base, durable, prefixes, memory_mb])
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()
        self._start: Future[None] | None = None
        self._numbers = count(_FIRST_NUMBER)
        self._at_work: dict[int, tuple[AtWork, socket.socket | None]] = {}
        self._cancelled: set[int] = set()
        self._closed = False

    @staticmethod
    def answers(folder: Folder) -> bool:
        """Say whether a writer listens in this folder."""
        try:
            _connect(folder).close()
        except OSError:
            return False
        return True

    # --- its life ---------------------------------------------------------------------------------------------------

    def start(self, timeout_s: float | None = None) -> None:
        """Make sure that a writer answers.

        Raises `StoreError` with its own reason where it cannot, and `TimeoutError` while it is still about to.
        """
        with self._turn:
            if self._closed:
                raise StoreError(f"{self._folder.path}: the store is closed")
            if self._start is None or self._start.done():
                self._start = Future()
                threading.Thread(target=self._run, args=(self._start,), name="kg-start", daemon=True).start()
            start = self._start
        start.result(timeout_s)

    def _run(self, start: Future[None]) -> None:
        try:
            self._find_or_launch()
        except BaseException as error:  # noqa: BLE001 - whoever waits is told
            start.set_exception(error)
        else:
            start.set_result(None)

    def _find_or_launch(self) -> None:
        until = time.monotonic() + _STARTING_S
        while not (self.answers(self._folder) or self._launch()):
            # another process holds the lock: it is just starting or just ending
            if time.monotonic() > until:
                raise StoreError(
                    f"{self._folder.path}: another process has this store open and does not answer; stop it"
                )
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
            [sys.executable, "-m", "kg.store.embedded.writer", self._start_with],
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
            code = self._process.wait()
            if code < 0:  # killed from outside while it started
                return False
            found = {"error": f"{self._folder.path}: the writer process did not start (exit {code})"}
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

    def close(self) -> None:
        """Let the writer that this process started finish the write at hand and end; leave any other alone."""
        with self._turn:
            self._closed = True
            start = self._start
        if start is not None:
            with contextlib.suppress(Exception):
                start.result(_STARTING_S)
        self._bury()

    # --- writes -----------------------------------------------------------------------------------------------------

    def put_many(self, contributions: Iterable[Contribution]) -> int:
        """Replace what these articles contributed, each as one transaction; return the generation."""
        generation = 0
        for contribution in contributions:
            generation = int(self._write({"what": "put", "contribution": articles.to_json(contribution)}))
        return generation

    def remove(self, article: str) -> bool:
        """Drop an article and what only it mentions; return whether the store had it."""
        return bool(self._write({"what": "remove", "article": article}, is_once=True))

    def update(
        self,
        update: str,
        using: tuple[str, ...] = (),
        using_named: tuple[str, ...] = (),
        timeout_s: float | None = None,
    ) -> int:
        """Carry out a SPARQL update whole or not at all; return the generation.

        Raises `QueryError` 503 when it takes longer than `timeout_s` or is cancelled, 507 when it needs too much memory;
        it is rolled back then.
        """
        asked = {"what": "update", "update": update, "using": using, "using_named": using_named}
        return int(self._write(asked, timeout_s=timeout_s, is_once=True, text=update))

    def replace_graph(self, iri: str, triples: bytes) -> int:
        """Make a graph hold exactly these N-Triples; return the generation."""
        return int(self._write({"what": "replace_graph", "iri": iri, "triples": triples.decode()}))

    def load_graph(self, iri: str, triples: bytes, *, replace: bool) -> int:
        """Add N-Triples to a graph (no name: the default graph), or replace it by them; return the generation."""
        asked = {"what": "load_graph", "iri": iri, "triples": triples.decode(), "replace": replace}
        return int(self._write(asked, is_once=True, text=f"LOAD INTO GRAPH <{iri}>"))

    def load_file(self, iri: str, path: Path, *, replace: bool) -> int:
        """Add a file of N-Triples that lies in the folder, as `load_graph` does; return the generation."""
        asked = {"what": "load_file", "iri": iri, "path": str(path.resolve()), "replace": replace}
        # done twice, a load gives what it gives once: its blank nodes have their names already
        return int(self._write(asked, text=f"LOAD INTO GRAPH <{iri}>"))

    # --- people -----------------------------------------------------------------------------------------------------

    def waiting(self) -> int:
        """Return how many writes are at work or in line, also those of other processes; 0 when no writer answers."""
        try:
            with _connect(self._folder) as connection:
                connection.settimeout(_GLANCE_S)
                wire.send_json(connection, wire.ASK, {"what": "waiting"})
                return int(wire.receive_json(connection)[1])
        except (OSError, wire.GoneError):
            return 0

    def running(self) -> tuple[AtWork, ...]:
        """Return the updates that this process waits for, the oldest first."""
        with self._turn:
            return tuple(work for _, (work, _) in sorted(self._at_work.items()))

    def cancel(self, number: int) -> bool:
        """Have the writer stop an update and roll it back; return whether there was one."""
        with self._turn:
            if number not in self._at_work:
                return False
            self._cancelled.add(number)
            connection = self._at_work[number][1]
            if connection is not None:
                with contextlib.suppress(OSError, wire.GoneError):
                    wire.send(connection, wire.CANCEL)
            return True

    # --- the wire ---------------------------------------------------------------------------------------------------

    def checkpoint(self, timeout_s: float | None = None) -> Checkpoint:
        """Have the present state frozen; raises `TimeoutError` while a long write is at work or no writer is there yet."""
        until = time.monotonic() + (_STARTING_S if timeout_s is None else timeout_s)
        found = self._glance({"what": "checkpoint"}, until)
        return Checkpoint(found["path"], found["generation"])

    def _glance(self, asked: dict[str, Any], until: float) -> Any:
        """Ask what changes nothing, again and again while writers die."""
        while True:
            left_s = until - time.monotonic()
            if left_s <= 0:
                raise TimeoutError
            try:
                with self._connection(left_s) as connection:
                    connection.settimeout(left_s)
                    wire.send_json(connection, wire.ASK, asked)
                    return _result(*wire.receive_json(connection))
            except (wire.GoneError, ConnectionError, FileNotFoundError):
                time.sleep(_RETRY_S)

    def _write(
        self, asked: dict[str, Any], *, timeout_s: float | None = None, is_once: bool = False, text: str = ""
    ) -> Any:
        """Have a write carried out. `is_once`: doing it twice is not the same, so it carries a number to know it by."""
        if is_once:
            asked = {**asked, "number": secrets.token_hex(7)}
        if timeout_s is not None:
            asked = {**asked, "timeout_s": timeout_s}
        until = None if timeout_s is None else time.monotonic() + timeout_s + _GRACE_S
        number = next(self._numbers)
        if text:
            with self._turn:
                self._at_work[number] = AtWork(number, text), None
        try:
            return self._carried_out(asked, until, number)
        except TimeoutError:
            raise QueryError(
                "the writer did not answer in time; whether the update was done is not known", status=503
            ) from None
        finally:
            with self._turn:
                self._at_work.pop(number, None)
                self._cancelled.discard(number)

    def _carried_out(self, asked: dict[str, Any], until: float | None, number: int) -> Any:
        deaths = 0
        give_up = time.monotonic() + _STARTING_S
        while True:
            has_begun = False
            left_s = None if until is None else max(0.001, until - time.monotonic())
            try:
                with self._connection(left_s) as connection, self._cancellable(number, connection):
                    connection.settimeout(left_s)
                    wire.send_json(connection, wire.ASK, asked)
                    tag, payload = wire.receive(connection)
                    if tag == wire.BEGUN:
                        has_begun = True
                        tag, payload = wire.receive(connection)
                    return _result(tag, json.loads(payload))
            except (wire.GoneError, ConnectionError, FileNotFoundError) as error:
                if has_begun:
                    deaths += 1
                    if "number" in asked and (done := self._was_done(asked)) is not None:
                        return done
                if deaths >= _MOST_DEATHS or time.monotonic() > give_up:
                    raise StoreError(
                        f"{self._folder.path}: the writer process died {deaths or 'again and again'} times over this "
                        "write, which changed nothing; is it too large for this machine?"
                    ) from error
                time.sleep(_RETRY_S)

    def _was_done(self, asked: dict[str, Any]) -> Any:
        """Ask the next writer whether the last one had done a write before it died; its result then, else `None`."""
        found = self._glance({"what": "done", "number": asked["number"]}, time.monotonic() + _STARTING_S)
        if not found["done"]:
            return None
        return True if asked["what"] == "remove" else found["generation"]

    @contextlib.contextmanager
    def _cancellable(self, number: int, connection: socket.socket) -> Any:
        with self._turn:
            if number in self._cancelled:
                raise QueryError("the update was cancelled by the operator; it changed nothing", status=503)
            if number in self._at_work:
                self._at_work[number] = self._at_work[number][0], connection
        try:
            yield
        finally:
            with self._turn:
                if number in self._at_work:
                    self._at_work[number] = self._at_work[number][0], None

    def _connection(self, timeout_s: float | None = None) -> socket.socket:
        with contextlib.suppress(OSError):
            return _connect(self._folder)
        self.start(timeout_s)
        return _connect(self._folder)


def _result(tag: bytes, found: Any) -> Any:
    if tag == wire.FAILED:
        if found["status"]:
            raise QueryError(found["message"], status=found["status"])
        raise StoreError(found["message"])
    return found


def _connect(folder: Folder) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with wire.short_path(folder.socket) as address:
            connection.connect(address)
    except OSError:
        connection.close()
        raise
    return connection
