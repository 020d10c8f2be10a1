"""The questions that an endpoint works on: counted, shown, broken off; asks nothing itself."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from kg.errors import QueryError
from kg.store.record import Record, Running, Standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_AT_ONCE = 16  # questions of clients: those that wait for a slow endpoint must leave the server's threads to its pages


class Question:
    """A question that the endpoint works on."""

    __slots__ = ("gone", "is_cancelled", "number", "started", "text")

    def __init__(self, number: int, text: str, gone: Callable[[], bool] | None) -> None:
        self.number, self.text, self.gone = number, text, gone
        self.started = time.monotonic()
        self.is_cancelled = False

    def check(self) -> None:
        """Raise `QueryError` 503 where nobody waits for the answer any more."""
        if self.is_cancelled:
            raise QueryError("the query was cancelled by the operator", status=503)
        if self.gone is not None and self.gone():
            raise QueryError("nobody waits for the answer any more", status=503)


class Watched:
    """A body whose end is noted; to stop early is to let the connection go."""

    def __init__(self, body: Iterator[bytes], question: Question, end: Callable[[Question, str], None]) -> None:
        self._body, self._question, self._end = body, question, end

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            self._question.check()
            return next(self._body)
        except StopIteration:
            self._end(self._question, "answered")
            raise
        except BaseException as error:
            self._stop("deadline" if isinstance(error, QueryError) and error.status == 503 else "lost")
            raise

    def close(self) -> None:
        """Stop."""
        self._stop("abandoned")

    def _stop(self, outcome: str) -> None:
        if (close := getattr(self._body, "close", None)) is not None:
            close()
        self._end(self._question, outcome)

    def __del__(self) -> None:
        self.close()


class Tally:
    """Keeps the running questions of one endpoint, and what became of the others. Safe to share between threads."""

    def __init__(self, address: str, *, slow_s: float) -> None:
        self._address = address
        self._record = Record(slow_s=slow_s)
        self._turn = threading.Lock()
        self._asked = 0
        self._running: dict[int, Question] = {}

    def begin(self, text: str, gone: Callable[[], bool] | None) -> Question:
        """Note a question that is put now; raises `QueryError` 503 where clients wait for too many already."""
        with self._turn:
            if gone is not None and sum(each.gone is not None for each in self._running.values()) >= _AT_ONCE:
                raise QueryError(f"{self._address}: works on {_AT_ONCE} queries already; try again", status=503)
            self._asked += 1
            question = self._running[self._asked] = Question(self._asked, text, gone)
        return question

    def end(self, question: Question, outcome: str) -> None:
        """Note how a question ended; what has ended already stays as it was."""
        with self._turn:
            known = self._running.pop(question.number, None)
        if known is not None:
            self._record.note(question.text, time.monotonic() - question.started, outcome)

    def standing(self) -> Standing:
        """Return the counts of this moment."""
        with self._turn:
            busy = len(self._running)
        return Standing(0, busy, 0, self._record.outcomes(), self._record.latency())

    def running(self) -> tuple[Running, ...]:
        """Return what is at work right now, the oldest first."""
        now = time.monotonic()
        with self._turn:
            return tuple(Running(each.number, each.text, now - each.started) for each in self._running.values())

    def cancel(self, number: int) -> bool:
        """Have a question broken off at its next piece; return whether there was one."""
        with self._turn:
            found = self._running.get(number)
        if found is not None:
            found.is_cancelled = True
        return found is not None
