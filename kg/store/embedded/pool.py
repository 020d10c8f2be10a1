"""Reader processes and who may use them: one question each at a time, killed at the deadline or the memory bound.

Evaluates nothing here: an evaluation that yields no output cannot be stopped inside its process, only with it.
"""

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
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import kg
from kg.errors import QueryError, StoreError
from kg.store.embedded import wire
from kg.store.query.question import Prefixes, Question
from kg.store.record import Record, Running, Standing

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.store.embedded.folder import Checkpoint

_WATCH_S = 0.02  # how often deadline and memory are looked at: a hungry query takes about 1 GB a second
_QUIET = 50  # looks at nothing before the watch lies down until it is called
_SLOW_S = 0.5  # a query that runs longer gives way to its neighbours
_BOOTING_S = 0.5  # of CPU time: one that is still booting must not give way, or it would never come to its question
_POLITENESS = 10  # and to this nice value
_GONE_S = 0.1  # how often a question that waits for a reader looks whether its client still does
_MOST_PER_READER = 4  # processes for each reader that is wanted: slow queries must not shut out fast ones
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_PAUSES_S = (0.0, 0.01, 0.02, 0.04)  # before each try to find a reader that lives


class _StruckError(QueryError):
    """A reader was killed, and not by us."""


class Reader:
    """The front's side of one reader process."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        self._frames = wire.Frames(self._socket)
        self._prefixes: Prefixes = ()
        root = str(Path(kg.__file__).resolve().parents[1])
        paths = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module under our own interpreter
                [sys.executable, "-m", "kg.store.embedded.reader", str(theirs.fileno()), str(os.getpid())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": paths},
            )
        self._status = os.open(f"/proc/{self._process.pid}/statm", os.O_RDONLY)
        self.started = 0.0
        self.deadline: float | None = None
        self.limit_s = 0.0
        self.task = Task()
        self.number = 0
        self.killed: QueryError | None = None
        self.outcome = "lost"
        self._rank: int | None = None

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, asked: dict[str, Any]) -> None:
        """Put a question; the answer comes with `receive`."""
        self.started, self.killed = time.monotonic(), None
        if isinstance(question := asked.get("question"), Question):
            asked = {**asked, "question": question.to_json(known=self._prefixes)}
            self._prefixes = question.prefixes
        wire.send_json(self._socket, wire.ASK, asked)

    def receive(self) -> tuple[bytes, bytes]:
        """Wait for the next frame of the answer."""
        return self._frames.receive()

    def ready(self) -> tuple[bytes, bytes] | None:
        """Return the next frame of the answer if it is here already."""
        return self._frames.ready()

    def resident(self) -> int:
        """Return the bytes of memory it holds, 0 when it has ended."""
        try:
            return int(os.pread(self._status, 200, 0).split()[1]) * _PAGE
        except (OSError, IndexError):
            return 0

    def has_ended(self) -> bool:
        """Say whether the process lives no more."""
        return self._process.poll() is not None

    def spent(self) -> float:
        """Return the seconds of CPU time that it has used in all its life, 0 when it has ended."""
        try:
            used = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[11:13]
        except (OSError, IndexError):
            return 0.0
        return sum(map(int, used)) * _TICK_S

    def give_way(self) -> None:
        """Lower its priority for the rest of this question."""
        if self._rank is None:
            with contextlib.suppress(OSError):
                self._rank = os.getpriority(os.PRIO_PROCESS, self.pid)
                os.setpriority(os.PRIO_PROCESS, self.pid, self._rank + _POLITENESS)

    def stand_again(self) -> bool:
        """Give it its old priority back; return whether that could be done, for which this process may lack the right."""
        if self._rank is not None:
            try:
                os.setpriority(os.PRIO_PROCESS, self.pid, self._rank)
            except OSError:
                return False
            self._rank = None
        return True

    def kill(self, reason: QueryError | None = None, outcome: str = "lost") -> None:
        """End the process at once; whoever waits for its answer is told the reason, and the outcome is counted."""
        if self.killed is None and reason is not None:
            self.killed, self.outcome = reason, outcome
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGKILL)

    def bury(self) -> None:
        """Kill it, and give everything back."""
        self.kill()
        self._process.wait()
        self._socket.close()
        os.close(self._status)

    def end(self) -> QueryError:
        """Say why it ended without a whole answer."""
        if self.killed is not None:
            return self.killed
        code = self._process.wait()
        if code == -signal.SIGKILL:
            return _StruckError("the query was stopped: this machine ran out of memory", status=507)
        return QueryError(f"the query was too much for the engine, which broke off ({_fate(code)})", status=503)


def _fate(code: int) -> str:
    with contextlib.suppress(ValueError):
        return signal.Signals(-code).name if code < 0 else f"exit {code}"
    return f"exit {code}"


@dataclass(frozen=True, slots=True)
class Task:
    """What a reader is busy with, for people: a text, and a way to ask whether its client has gone."""

    text: str = ""
    gone: Callable[[], bool] | None = None

    def is_abandoned(self) -> bool:
        """Say whether nobody waits for the answer any more."""
        return self.gone is not None and self.gone()


class Pool:
    """Reader processes on demand: `readers` are kept, more are started while slow queries hold them."""

    def __init__(self, *, readers: int, memory_mb: int, slow_s: float = 0.0) -> None:
        self.record = Record(slow_s=slow_s)
        self._wanted = max(1, readers)
        self._most = self._wanted * _MOST_PER_READER
        self._memory = memory_mb * 1_000_000
        self._idle: list[Reader] = []
        self._busy: set[Reader] = set()
        turn = threading.RLock()
        self._changed = threading.Condition(turn)
        self._called = threading.Condition(turn)  # for the watch alone
        self._is_watched = False
        self._started = self._asked = 0
        self._closed = False
        self._watch: threading.Thread | None = None

    def standing(self) -> Standing:
        """Return the counts of this moment."""
        with self._changed:
            busy, idle, started = len(self._busy), len(self._idle), self._started
        return Standing(idle, busy, started, self.record.outcomes(), self.record.latency())

    def running(self) -> tuple[Running, ...]:
        """Return what is at work right now, the oldest first."""
        now = time.monotonic()
        with self._changed:
            busy = sorted(self._busy, key=lambda reader: reader.number)
            return tuple(Running(reader.number, reader.task.text, now - reader.started) for reader in busy)

    def cancel(self, number: int) -> bool:
        """Kill the reader that works on this question; return whether there was one."""
        with self._changed:
            found = [reader for reader in self._busy if reader.number == number]
            for reader in found:
                reader.kill(QueryError("the query was cancelled by the operator", status=503), "cancelled")
        return bool(found)

    def ask(
        self, checkpoint: Checkpoint, asked: dict[str, Any], *, timeout_s: float | None, task: Task | None = None
    ) -> Stream:
        """Put a question to a free reader; `timeout_s` bounds the waiting, the evaluation and the whole answer.

        Raises `QueryError` 503 when no reader is free in time, and when the client goes away meanwhile.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        task = task or Task(str(asked["what"]))
        for pause_s in _PAUSES_S:
            if pause_s:
                time.sleep(pause_s)  # so that those which are dying beside it are seen to be dead
            reader = self._take(deadline, task)
            reader.limit_s = timeout_s or 0.0
            try:
                reader.ask({**asked, "checkpoint": checkpoint.path})
                stream = Stream(self, reader)
                stream.begin()
            except _StruckError:  # killed from outside, perhaps while it was idle: another one may live
                if pause_s == _PAUSES_S[-1]:
                    raise
                self._bury_dead()
            except (wire.GoneError, OSError):
                self.release(reader, "lost")
                self._bury_dead()
            else:
                return stream
        raise StoreError("the readers of the store cannot be started")

    def _bury_dead(self) -> None:
        """Take out the idle readers that have ended: whatever struck one may have struck them all."""
        with self._changed:
            dead = [reader for reader in self._idle if reader.has_ended()]
            self._idle = [reader for reader in self._idle if reader not in dead]
        for reader in dead:
            reader.bury()

    def _take(self, deadline: float | None, task: Task) -> Reader:
        began = time.monotonic()
        with self._changed:
            while True:
                if self._closed:
                    raise StoreError("the store is closed")
                if self._idle or len(self._busy) < self._most:
                    reader = self._idle.pop(0) if self._idle else self._start()  # the first has long booted
                    reader.deadline, reader.task, reader.started = deadline, task, time.monotonic()
                    self._asked += 1
                    reader.number = self._asked
                    self._busy.add(reader)
                    if len(self._idle) < self._wanted and len(self._busy) < self._most:
                        self._idle.append(self._start())  # it boots while this one works
                    self._watched()
                    return reader
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    self.record.note(task.text, time.monotonic() - began, "busy")
                    raise QueryError(
                        "all readers were busy until the query's deadline; try again in a moment", status=503
                    )
                if task.is_abandoned():
                    self.record.note(task.text, time.monotonic() - began, "abandoned")
                    raise QueryError("nobody waits for the answer any more", status=503)
                self._changed.wait(_GONE_S if left is None else min(left, _GONE_S))

    def warm(self) -> None:
        """Start the readers that are wanted before anybody asks."""
        with self._changed:
            while len(self._idle) + len(self._busy) < self._wanted and not self._closed:
                self._idle.append(self._start())

    def _start(self) -> Reader:
        try:
            reader = Reader()
        except OSError as error:
            raise StoreError(f"no reader process can be started: {error.strerror}") from error
        self._started += 1
        return reader

    def release(self, reader: Reader, outcome: str) -> None:
        """Take a reader back: one with a whole answer behind it works on, any other ends."""
        self.record.note(reader.task.text, time.monotonic() - reader.started, outcome)
        with self._changed:
            self._busy.discard(reader)
            reader.deadline, reader.task = None, Task()
            fit = outcome in ("answered", "refused") and reader.killed is None and reader.stand_again()
            # an idle reader that has grown keeps memory which a neighbour needs
            # more are kept than are started ahead: else the spares would crowd out those that have proved themselves
            fit = (
                fit
                and not self._closed
                and len(self._idle) < 2 * self._wanted
                and reader.resident() < self._memory // 2
            )
            if fit:
                self._idle.insert(0, reader)
            elif len(self._idle) < self._wanted and not self._closed:
                with contextlib.suppress(StoreError):
                    self._idle.append(self._start())  # whoever asks next shall not wait for it to boot
            self._changed.notify_all()
        if not fit:
            reader.bury()

    def rest(self) -> None:
        """End the readers that wait for questions; the next question starts others."""
        with self._changed:
            idle, self._idle = self._idle, []
        for reader in idle:
            reader.bury()

    def close(self) -> None:
        """Kill all readers; running questions end with an error."""
        with self._changed:
            self._closed = True
            idle, self._idle = self._idle, []
            for reader in self._busy:
                reader.kill(QueryError("the server is shutting down", status=503), "cancelled")
            self._changed.notify_all()
            self._called.notify_all()
        for reader in idle:
            reader.bury()
        if self._watch is not None and self._watch is not threading.current_thread():
            self._watch.join(timeout=5)

    # --- the watch ------------------------------------------------------------------------------------------------

    def _watched(self) -> None:
        """See to it that somebody watches: a thread that is woken for every question would take as long as the question."""
        if self._watch is None:
            self._watch = threading.Thread(target=self._look_after, name="kg-readers", daemon=True)
            self._watch.start()
        elif not self._is_watched:
            self._called.notify_all()
        self._is_watched = True

    def _look_after(self) -> None:
        quiet = 0
        while True:
            with self._changed:
                quiet = 0 if self._busy else quiet + 1
                while quiet > _QUIET and not self._busy and not self._closed:
                    self._is_watched = False
                    self._called.wait()
                if self._closed and not self._busy:
                    return
                busy = list(self._busy)
            now = time.monotonic()
            for reader in busy:
                self._look_at(reader, now)
            time.sleep(_WATCH_S)

    def _look_at(self, reader: Reader, now: float) -> None:
        if reader.killed is None:
            self._judge(reader, now)
        if reader.killed is not None:
            with self._changed:  # its place is free, even while whoever reads the answer has not noticed yet
                self._busy.discard(reader)
                self._changed.notify_all()

    def _judge(self, reader: Reader, now: float) -> None:
        if reader.deadline is not None and now >= reader.deadline:
            took = f"the query took longer than the {reader.limit_s:g} s it may, and was stopped"
            reader.kill(QueryError(took, status=503), "deadline")
        elif reader.task.is_abandoned():
            reader.kill(QueryError("nobody waits for the answer any more", status=503), "abandoned")
        elif reader.resident() > self._memory:
            megabytes = self._memory // 1_000_000
            reader.kill(QueryError(f"the query needed more than {megabytes} MB, and was stopped", status=507), "memory")
        elif now - reader.started > _SLOW_S and reader.spent() > _BOOTING_S:
            reader.give_way()


class Stream:
    """The answer of a reader as it comes. `head` is what it knows beforehand; to stop early is to kill the reader."""

    def __init__(self, pool: Pool, reader: Reader) -> None:
        self._pool = pool
        self._reader: Reader | None = reader
        self._here: deque[tuple[bytes, bytes]] = deque()
        self.head: Any = None

    def begin(self) -> None:
        """Wait for the beginning of the answer; raises `QueryError` for a refusal."""
        self.head = json.loads(self._next(wire.KIND) or b"null")

    def whole(self) -> bytes | None:
        """Return the whole answer if it came in one message, as small ones do."""
        if self._reader is None:
            return None
        while (frame := self._reader.ready()) is not None:
            self._here.append(frame)
        if not self._here or self._here[-1][0] != wire.END:
            return None
        pieces = [payload for _, payload in self._here]
        self._here.clear()
        self._finish("answered")
        return b"".join(pieces)

    def __iter__(self) -> Stream:
        return self

    def __next__(self) -> bytes:
        piece = self._next(wire.DATA)
        if piece is None:
            raise StopIteration
        return piece

    def _next(self, wanted: bytes) -> bytes | None:
        reader = self._reader
        if reader is None:
            return None
        try:
            tag, payload = self._here.popleft() if self._here else reader.receive()
        except (wire.GoneError, OSError):
            error = reader.end()
            self._finish(reader.outcome)
            raise error from None
        if tag == wanted:
            return payload
        if tag == wire.FAILED:
            self._finish("refused")
            said = json.loads(payload)
            if said["status"]:
                raise QueryError(said["message"], status=said["status"])
            raise StoreError(said["message"])
        self._finish("answered")
        return None

    def _finish(self, outcome: str) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            self._pool.release(reader, outcome)

    def close(self) -> None:
        """Stop; a reader that is not done is killed, for nothing else stops an evaluation."""
        if self._reader is not None:
            self._reader.kill(QueryError("nobody waits for the answer any more", status=503), "abandoned")
            self._finish("abandoned")

    def __del__(self) -> None:
        self.close()
