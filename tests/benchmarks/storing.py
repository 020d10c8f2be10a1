"""Articles a second into a store: one transaction each, one for all, and the bare bytes as the yardstick.

Run with `python -m tests.benchmarks.storing [ARTICLES]`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from kg import pipeline
from kg.iris import Iris
from kg.store import open_store
from tests.benchmarks.texts import articles
from tests.benchmarks.yardstick import Measure, measure, report

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kg.model import Contribution
    from kg.store import Store


def main(number: int = 40) -> str:
    """Measure and lay out."""
    iris = Iris()
    sample = [pipeline.contribute(article, iris=iris) for article in articles(number)]
    with TemporaryDirectory() as folder:
        file = Path(folder) / "bytes.nt"
        written = measure("bytes to a file", lambda: file.write_bytes(_bytes(sample)), items=number)
        return report(
            f"storing: {number} articles, {len(_bytes(sample)) // number:,} bytes each",
            written,
            _into(Path(folder), "put, one by one", lambda store: [store.put(each) for each in sample], number),
            _into(Path(folder), "put_many", lambda store: store.put_many(sample), number),
            _into(Path(folder), "put_many, again", lambda store: store.put_many(sample), number, before=sample),
        )


def _bytes(sample: Sequence[Contribution]) -> bytes:
    return b"".join(
        each.triples + each.text_triples + b"".join(entity.triples for entity in each.entities) for each in sample
    )


def _into(
    folder: Path, name: str, work: Callable[[Store], object], items: int, *, before: Sequence[Contribution] = ()
) -> Measure:
    """Measure one round in a store of its own; `before` is put in first."""
    with TemporaryDirectory(dir=folder) as place, open_store(Path(place) / "store") as store:
        if before:
            store.put_many(before)
        return measure(name, lambda: work(store), items=items, rounds=1)


if __name__ == "__main__":
    print(main(*map(int, sys.argv[1:2])))  # noqa: T201 - a program for people
