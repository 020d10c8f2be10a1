"""Answers kept while nothing was written, and the checkpoint that queries are asked of; evaluates nothing."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from kg.errors import QueryError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from kg.store.embedded.folder import Checkpoint
    from kg.store.embedded.pool import Stream
    from kg.store.query.guard import Kind

LARGEST = 1_000_000  # bytes of one kept answer
_ALL = 64_000_000  # bytes of all kept answers together
_FRESH_S = 0.3  # during a build a checkpoint serves this long; making one takes about 20 ms
_PATIENCE_S = 0.5  # while a long write is at work, the last state is better than none


class Answers:
    """The least recently used answers give way. Safe to share between threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, tuple[Kind, bytes]] = OrderedDict()
        self._size = 0
        self._turn = threading.Lock()
        self.hits = self.misses = 0

    def get(self, key: Hashable) -> tuple[Kind, bytes] | None:
        """Return a kept answer."""
        with self._turn:
            found = self._kept.get(key)
            if found is None:
                self.misses += 1
                return None
            self.hits += 1
            self._kept.move_to_end(key)
            return found

    def keep(self, key: Hashable, kind: Kind, body: bytes) -> None:
        """Keep a whole answer, unless it is large."""
        if len(body) > LARGEST:
            return
        with self._turn:
            if key in self._kept:
                return
            self._kept[key] = (kind, body)
            self._size += len(body)
            while self._size > _ALL:
                _, (_, old) = self._kept.popitem(last=False)
                self._size -= len(old)


class Kept:
    """Passes a stream on and calls `keep` with the whole answer when it has come to its end."""

    def __init__(self, stream: Stream, keep: Callable[[bytes], None]) -> None:
        self._stream = stream
        self._keep: Callable[[bytes], None] | None = keep
        self._seen = bytearray()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            piece = next(self._stream)
        except StopIteration:
            if self._keep is not None:
                self._keep(bytes(self._seen))
                self._keep = None
            raise
        if self._keep is not None:
            self._seen += piece
            if len(self._seen) > LARGEST:
                self._keep = None
                self._seen.clear()
        return piece

    def close(self) -> None:
        """Stop the evaluation."""
        self._stream.close()


class Checkpoints:
    """Hands out the newest frozen state, and has a newer one made when there was a write."""

    def __init__(self, make: Callable[[float | None], Checkpoint], generation: Callable[[], int]) -> None:
        self._make = make
        self._generation = generation
        self._latest: Checkpoint | None = None
        self._made = 0.0
        self._turn = threading.Lock()

    def newest(self, at_least: int = 0, timeout_s: float | None = None) -> Checkpoint:
        """Return a state that holds the write with the number `at_least`, and all but the last instant's writes.

        While one question has a newer one made, and while there is no writer, the others are given the last. Raises
        `QueryError` 503 where that does not do within `timeout_s`, and `StoreError` where the store cannot be frozen.
        """
        if (latest := self._usable(at_least)) is not None:
            return latest
        latest = self._latest
        if latest is not None and latest.generation >= at_least:
            if not self._turn.acquire(blocking=False):
                return latest
            try:
                return self._renewed(_PATIENCE_S)
            except (TimeoutError, StoreError):
                self._made = time.monotonic()  # and tried again in a while
                return latest
            finally:
                self._turn.release()
        with self._turn:
            if (latest := self._usable(at_least)) is not None:
                return latest
            try:
                return self._renewed(timeout_s)
            except TimeoutError:
                busy = "a long write is at work, or the store is just being opened; ask again in a moment"
                raise QueryError(busy, status=503) from None

    def _renewed(self, timeout_s: float | None) -> Checkpoint:
        self._latest = self._make(timeout_s)
        self._made = time.monotonic()
        return self._latest

    def _usable(self, at_least: int) -> Checkpoint | None:
        latest = self._latest
        if latest is None or latest.generation < at_least:
            return None
        if latest.generation == self._generation() or time.monotonic() - self._made < _FRESH_S:
            return latest
        return None

    def forget(self) -> None:
        """Have a new one made for the next question: the last one is gone."""
        with self._turn:
            self._latest = None
