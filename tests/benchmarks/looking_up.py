"""The packaged index by its bounds (size, opening, memory, one exact and one fuzzy look-up), and names a second beside a dict.

Run with `python -m tests.benchmarks.looking_up`. Times of one look-up are CPU times: they hold beside other work, too.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from time import process_time

from kg.link import link
from kg.link.candidates import candidates
from kg.link.index import PACKAGED, Index, packaged
from kg.names import fold
from tests.benchmarks.yardstick import measure, report

NAMES = (
    "Iraq", "Baghdad", "Mosul", "Aleppo", "Hezbollah", "Islamic State", "Taliban", "United Nations", "Barack Obama",
    "Vladimir Putin", "Bashar al-Assad", "Kofi Annan", "Farabundo Marti National Liberation Front", "FARC", "Hamas",
    "European Union", "Red Cross", "Kurdistan Workers' Party", "Boko Haram", "Reuters", "Nobody Of This Name", "Zzyzx Gang",
)  # fmt: skip
# Each is found by another way than its spelling: a slip, sound, a hyphen, an acronym, a title, a demonym, a suffix.
FUZZY = (
    "Qasim Suleymany", "Kataib Hizbullah", "Abdelfatah al Sisi", "Bagdhad", "Vladimr Putin", "Gen. Qassem Soleimani",
    "U.S.-led coalition", "Iraqi", "PKK", "General Motors Corp", "Nobody Of This Name At All",
)  # fmt: skip
TIMES = 20


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the index costs: megabytes on disk and in memory (beyond what Python itself takes), milliseconds of CPU time."""

    size_mb: float
    opened_ms: float
    memory_mb: float
    exact_ms: float
    fuzzy_ms: float
    slowest_fuzzy_ms: float


def bounds() -> Bounds:
    """Measure the bounds; memory in a process of its own that has answered a thousand names."""
    started = process_time()
    index = Index()
    opened = process_time() - started
    started = process_time()
    for _ in range(TIMES):
        for name in NAMES:
            index.exact(name)
    exact = (process_time() - started) / TIMES / len(NAMES)
    each = []
    for name in FUZZY:
        link(name, index=index)  # the weights and the mapped pages are there from then on
        started = process_time()
        for _ in range(3):
            candidates(index, name)
        each.append((process_time() - started) / 3)
    size = sum(path.stat().st_size for path in PACKAGED.iterdir())
    return Bounds(size / 1e6, 1e3 * opened, _memory_mb(), 1e3 * exact, 1e3 * sum(each) / len(each), 1e3 * max(each))


_GROWTH = """
import resource, sys
from kg.names import fold
import kg.link.linker, kg.link.choose, kg.model
def rss():
    with open("/proc/self/statm") as found:
        return int(found.read().split()[1]) * resource.getpagesize()
before = rss()
from kg.link import link
from kg.link.index import packaged
index = packaged()
for number in range(0, len(index), len(index) // 1000):
    link(index.facts(number).label, index=index)
print((rss() - before) / 1e6)
"""


def _memory_mb() -> float:
    done = subprocess.run([sys.executable, "-c", _GROWTH], capture_output=True, text=True, check=True)
    return float(done.stdout)


def main() -> str:
    """Measure and lay out."""
    found, index, names = bounds(), packaged(), NAMES * TIMES
    known = {fold(name): index.exact(name) for name in NAMES}
    costs = (
        f"index: {found.size_mb:.1f} MB on disk, opened in {found.opened_ms:.1f} ms, {found.memory_mb:.0f} MB of memory after 1,000 "
        f"names; exact {found.exact_ms:.4f} ms, fuzzy {found.fuzzy_ms:.2f} ms (slowest {found.slowest_fuzzy_ms:.2f}) of CPU time\n"
    )
    return costs + report(
        f"looking up {len(names)} names among {len(index):,} items",
        measure("dict", lambda: [known.get(fold(name)) for name in names], items=len(names)),
        measure("index, exact", lambda: [index.exact(name) for name in names], items=len(names)),
        measure("index, beginnings", lambda: [index.starting(name[:5]) for name in names], items=len(names), rounds=1),
        measure("kg.link, ranked", lambda: [link(name) for name in NAMES], items=len(NAMES), rounds=1),
    )


if __name__ == "__main__":
    print(main())  # noqa: T201 - a program for people
