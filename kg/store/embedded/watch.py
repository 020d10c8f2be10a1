"""Watches one write of this process: at its deadline, beyond its memory, or when nobody wants it, it ends the process.

Only that stops an evaluation, and it rolls the write back. For a writer process that is started again by whoever asks
next; never for a process that does anything else.
"""

from __future__ import annotations

import os
import select
import socket
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg.store.embedded import wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STOPPED = 70  # exit status of a writer that ended itself
_LOOK_S = 0.02
_FAREWELL_S = 1.0  # for the client to take the reason
_PAGE = os.sysconf("SC_PAGE_SIZE")
_CANCELLED = "the update was cancelled by the operator; it changed nothing"


@dataclass(slots=True)
class _Work:
    """A write at work, and what it had found when it began."""

    client: socket.socket
    until: float | None
    limit_s: float
    resident: int
    log_bytes: int
    is_undoable: bool = False


class Watch:
    """Looks after one write at a time. `log_bytes` tells the size of the engine's log; `memory_mb` bounds the growth."""

    def __init__(self, *, memory_mb: int, log_bytes: Callable[[], int]) -> None:
        self._memory = memory_mb * 1_000_000
        self._log_bytes = log_bytes
        self._work: _Work | None = None
        self._changed = threading.Condition()
        threading.Thread(target=self._look_after, name="kg-watch", daemon=True).start()

    @contextmanager
    def over(self, client: socket.socket, until: float | None, limit_s: float) -> Iterator[None]:
        """Watch the write that is done inside; what it did stands once this has been left."""
        with self._changed:
            self._work = _Work(client, until, limit_s, resident(), self._log_bytes())
            self._changed.notify_all()
        try:
            yield
        finally:
            self.settled()

    def undoable(self) -> None:
        """Say that whatever the write at work has put on the disk is undone when this process ends."""
        with self._changed:
            if self._work is not None:
                self._work.is_undoable = True

    def settled(self) -> None:
        """Say that the write at work is done: from here on it is not stopped."""
        with self._changed:
            self._work = None

    def _look_after(self) -> None:
        while True:
            with self._changed:
                while self._work is None:
                    self._changed.wait()
                if (reason := self._reason(self._work)) is not None and self._can_stop(self._work):
                    self._stop(self._work, *reason)
            time.sleep(_LOOK_S)

    def _reason(self, work: _Work) -> tuple[str, int] | None:
        if work.until is not None and time.monotonic() > work.until:
            took = f"the update took longer than the {work.limit_s:g} s it may, and was stopped; it changed nothing"
            return took, 503
        if resident() - work.resident > self._memory:
            megabytes = self._memory // 1_000_000
            needed = f"the update needed more than {megabytes} MB, and was stopped; it changed nothing: do it in parts"
            return needed, 507
        said = overheard(work.client)
        return None if said == "" else (_CANCELLED, 503)

    def _can_stop(self, work: _Work) -> bool:
        """Say whether to stop it now is to roll it back: not once its transaction goes to the log, which is short."""
        return work.is_undoable or self._log_bytes() == work.log_bytes

    def _stop(self, work: _Work, message: str, status: int) -> None:
        with suppress(OSError, wire.GoneError):
            work.client.settimeout(_FAREWELL_S)
            wire.send_json(work.client, wire.FAILED, {"message": message, "status": status})
        os._exit(STOPPED)


def overheard(client: socket.socket) -> str:
    """Say without waiting what a client that waits for its answer has done: nothing, `gone`, or `cancelled`."""
    try:
        poll = select.poll()
        poll.register(client, select.POLLIN | select.POLLHUP | select.POLLERR)
        if not poll.poll(0):
            return ""
        return "cancelled" if client.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) else "gone"
    except BlockingIOError:
        return ""
    except (OSError, ValueError):
        return "gone"


def resident() -> int:
    """Return the bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE
