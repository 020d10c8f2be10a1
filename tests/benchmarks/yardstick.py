"""Ratios measured in one run on one machine: each figure stands beside a yardstick that does the least imaginable work."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Measure:
    """How many items of a kind one way of working does in a second."""

    name: str
    per_second: float


def measure(name: str, work: Callable[[], object], *, items: int, rounds: int = 3) -> Measure:
    """Take the best of some rounds: noise only ever slows."""
    assert items, f"{name}: nothing to measure"
    best = float("inf")
    for _ in range(rounds):
        started = perf_counter()
        work()
        best = min(best, perf_counter() - started)
    return Measure(name, items / max(best, 1e-9))


def report(title: str, yardstick: Measure, *others: Measure) -> str:
    """Lay the figures out, each as so many times slower or quicker than the yardstick."""
    lines = [title, f"  {yardstick.name:<34} {yardstick.per_second:12,.1f} /s   (yardstick)"]
    for each in others:
        ratio = yardstick.per_second / each.per_second
        words = f"{ratio:,.1f} times slower" if ratio >= 1 else f"{1 / ratio:,.1f} times quicker"
        lines.append(f"  {each.name:<34} {each.per_second:12,.1f} /s   {words}")
    return "\n".join(lines)
