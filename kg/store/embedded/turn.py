"""Whose turn it is to write: a lock that is handed on in the order of asking; knows nothing of what is written."""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LOOK_S = 0.1  # how often one who waits looks whether it is still worth it


class Turn:
    """A fair lock: who asks first gets it first, so that a checkpoint waits for one write and not for a whole build.

    Its holder may take it again.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._line: deque[tuple[threading.Lock, int]] = deque()
        self._owner = 0
        self._depth = 0

    def __enter__(self) -> None:
        self.take()

    def __exit__(self, *_: object) -> None:
        self.give()

    @contextmanager
    def within(self, until: float | None, is_wanted: Callable[[], bool] = lambda: True) -> Iterator[bool]:
        """Wait at most until this moment, and only while it is wanted; yields whether the turn was had."""
        had = self.take(until, is_wanted)
        try:
            yield had
        finally:
            if had:
                self.give()

    def take(self, until: float | None = None, is_wanted: Callable[[], bool] = lambda: True) -> bool:
        """Wait in line; return whether the turn came in time."""
        me = threading.get_ident()
        with self._guard:
            if self._owner == me or (not self._owner and not self._line):
                self._owner = me
                self._depth += 1
                return True
            gate = threading.Lock()
            gate.acquire()
            self._line.append((gate, me))
        try:
            while not gate.acquire(timeout=_LOOK_S):
                if (until is not None and time.monotonic() > until) or not is_wanted():
                    return self._leave(gate, me)
        except BaseException:  # Ctrl-C while waiting: the line must not stop at one who has left
            if self._leave(gate, me):
                self.give()
            raise
        return True

    def _leave(self, gate: threading.Lock, me: int) -> bool:
        """Step out of the line; return whether the turn had come at this very moment."""
        with self._guard:
            if (gate, me) in self._line:
                self._line.remove((gate, me))
                return False
            return True

    def give(self) -> None:
        """Hand the turn on."""
        with self._guard:
            self._depth -= 1
            if self._depth:
                return
            self._owner = 0
            if self._line:
                gate, self._owner = self._line.popleft()
                self._depth = 1
                gate.release()
