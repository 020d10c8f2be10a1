"""The processes below a server: who they are, what they hold, how much they compute; stops none."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from pathlib import Path
from typing import Self

_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def below(pid: int) -> set[int]:
    """Return the descendants of a process."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            # the name of the program may hold brackets and blanks
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def memory_of(pid: int) -> int:
    """Return the bytes that a process holds, 0 when it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def seconds_of(pid: int) -> float:
    """Return the CPU time of a process, 0 when it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) * _TICK_S


def is_computing(pid: int, *, within_s: float = 0.1) -> bool:
    """Say whether a process below this one uses more than half a core."""
    before = {child: seconds_of(child) for child in below(pid)}
    time.sleep(within_s)
    return any(seconds_of(child) - spent > within_s / 2 for child, spent in before.items())


class Watch:
    """Notes the most memory that any one process below a server held meanwhile."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.most = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(0.05):
            self.most = max([self.most, *(memory_of(child) for child in below(self._pid))])
