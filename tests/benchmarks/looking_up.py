"""Names a second looked up in the packaged index, beside a dict that holds only these names.

Run with `python -m tests.benchmarks.looking_up`.
"""

from __future__ import annotations

from kg.link import link
from kg.link.index import packaged
from kg.names import fold
from tests.benchmarks.yardstick import measure, report

NAMES = (
    "Iraq", "Baghdad", "Mosul", "Aleppo", "Hezbollah", "Islamic State", "Taliban", "United Nations", "Barack Obama",
    "Vladimir Putin", "Bashar al-Assad", "Kofi Annan", "Farabundo Marti National Liberation Front", "FARC", "Hamas",
    "European Union", "Red Cross", "Kurdistan Workers' Party", "Boko Haram", "Reuters", "Nobody Of This Name", "Zzyzx Gang",
)  # fmt: skip
TIMES = 20


def main() -> str:
    """Measure and lay out."""
    index, names = packaged(), NAMES * TIMES
    known = {fold(name): index.exact(name) for name in NAMES}
    return report(
        f"looking up {len(names)} names among {len(index):,} items",
        measure("dict", lambda: [known.get(fold(name)) for name in names], items=len(names)),
        measure("index, exact", lambda: [index.exact(name) for name in names], items=len(names)),
        measure("index, beginnings", lambda: [index.starting(name[:5]) for name in names], items=len(names), rounds=1),
        measure("kg.link, ranked", lambda: [link(name) for name in NAMES], items=len(NAMES), rounds=1),
    )


if __name__ == "__main__":
    print(main())  # noqa: T201 - a program for people
