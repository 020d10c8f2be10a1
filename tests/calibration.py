"""How much slower this machine is right now than a quiet one, so that a tight bound stays fair on a loaded one."""

from __future__ import annotations

import subprocess
import sys

# A fixed piece of work, timed in two processes at once, for the bounds are those of a machine with two free cores.
_PIECE = """
import time
started = time.perf_counter()
total = 0
for number in range(1_200_000):
    total += number * number % 7
print(time.perf_counter() - started)
"""
_QUIET_S = 0.28  # what each of the two takes on a quiet machine (Python 3.11, two cores at 2.6 GHz)
_MOST = 8.0  # beyond this a machine is too busy to say anything about time


def slowness() -> float:
    """Return by which factor work takes longer than on a quiet machine; 1 at least."""
    workers = [subprocess.Popen([sys.executable, "-c", _PIECE], stdout=subprocess.PIPE) for _ in range(2)]
    took = [float(worker.communicate()[0]) for worker in workers]
    return min(max(1.0, *(seconds / _QUIET_S for seconds in took)), _MOST)


def assert_within(took_s: float, bound_s: float, *, fixed_s: float = 0.0, what: str = "it") -> None:
    """Hold a duration to its bound; only where it does not hold, the load of this moment is measured and allowed for.

    `fixed_s` is the part of the bound that no load makes longer: a deadline.
    """
    if took_s < bound_s:
        return
    factor = slowness()
    allowed_s = fixed_s + (bound_s - fixed_s) * factor
    assert took_s < allowed_s, f"{what} took {took_s:.2f} s, allowed are {allowed_s:.2f} s (this machine: {factor:.1f})"
