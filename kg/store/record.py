"""What became of the queries: how each ended, how long they took, and the text of the slow ones; stops none."""

from __future__ import annotations

import logging
import threading
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass

BOUNDS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_LONGEST = 20_000  # characters of a query in the log: the query itself may be a million long
_log = logging.getLogger("kg.queries")
_log.addHandler(logging.NullHandler())  # a library says nothing until its user sets logging up


@dataclass(frozen=True, slots=True)
class Latency:
    """A histogram: `counts[i]` queries took at most `BOUNDS_S[i]` seconds and more than the bound before; the last took longer."""

    counts: tuple[int, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Running:
    """One question that is at work: a number to cancel it by, its text, and the seconds since it began."""

    number: int
    text: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Standing:
    """What the readers do right now, for the metrics; `writes` are at work or wait for the writer."""

    idle: int
    busy: int
    started: int
    outcomes: tuple[tuple[str, int], ...]
    latency: Latency
    writes: int = 0


class Record:
    """Counts queries since its start. `slow_s` is the duration from which a query's text is logged; 0 logs none.

    Safe to share between threads; to note a query takes about two microseconds.
    """

    def __init__(self, *, slow_s: float = 0.0) -> None:
        self._slow_s = slow_s
        self._outcomes: Counter[str] = Counter()
        self._counts = [0] * (len(BOUNDS_S) + 1)
        self._seconds = 0.0
        self._turn = threading.Lock()

    def note(self, text: str, seconds: float, outcome: str) -> None:
        """Note that a query has ended: answered, cached, refused, deadline, memory, cancelled, abandoned, busy or lost."""
        at = bisect_left(BOUNDS_S, seconds)
        with self._turn:
            self._outcomes[outcome] += 1
            self._counts[at] += 1
            self._seconds += seconds
        if self._slow_s and seconds >= self._slow_s:
            shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text):,} characters)"
            said = {"event": "slow query", "seconds": round(seconds, 3), "outcome": outcome, "query": shown}
            _log.warning("slow query: %.3f s, %s: %s", seconds, outcome, " ".join(shown.split()), extra={"kg": said})

    def outcomes(self) -> tuple[tuple[str, int], ...]:
        """Return how many queries ended how."""
        with self._turn:
            return tuple(sorted(self._outcomes.items()))

    def latency(self) -> Latency:
        """Return how long they took."""
        with self._turn:
            return Latency(tuple(self._counts), self._seconds)
