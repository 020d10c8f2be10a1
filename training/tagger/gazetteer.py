"""Write kg/extract/data/names_gazetteer.npz: hashes of known names with what they may name; facts only.

    python training/tagger/gazetteer.py

Origin: the merged gazetteer and the conflict actors of ../shared/wikidata, whose SOURCE files name every part. A name is folded
(`kg.names.fold`) and hashed; the file holds no name that could be read back. First names and surnames are counted from the
names of persons.
"""

from __future__ import annotations

import csv
import gzip
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import numpy as np  # noqa: E402
from learn import write_arrays  # noqa: E402

from kg.extract.language.perceptron import attribute  # noqa: E402
from kg.names import fold  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = ROOT.parent / "shared" / "wikidata" / "gazetteer.tsv.gz"
ACTORS = ROOT.parent / "shared" / "wikidata" / "conflict-actors" / "actors.tsv"
TARGET = ROOT / "kg" / "extract" / "data" / "names_gazetteer.npz"
BITS = {
    "country": 1, "city": 2, "admin": 4, "place": 4, "organisation": 8, "party": 8, "government": 8, "militant-group": 16,
    "military": 512, "media": 32, "person": 64, "base": 128,
}  # fmt: skip
KNOWN = {"person": 8, "organisation": 3}  # how well known an item must be to count at all
FIRST, LAST = 1, 2
LONGEST = 6
# how well known an item must be before a name of one word counts, by kind; the popularity of the gazetteer, 0–200
SINGLE = {"person": 70, "organisation": 40, "party": 10, "media": 10, "place": 20, "city": 5, "base": 5}


def main() -> None:
    """Read, fold, hash, write."""
    names: dict[str, int] = defaultdict(int)
    first, last = Counter[str](), Counter[str]()
    for row in _rows():
        kind, rank = row["type"], int(row["popularity"] or 0)
        if kind == "person":
            _count(row["label"], first, last)
        if rank < KNOWN.get(kind, 0):
            continue
        aliases = row["aliases"].split("|") if rank >= 15 or kind in ("militant-group", "military") else []
        for name in (row["label"], *aliases):
            _add(names, name, kind, rank)
    parts: dict[str, int] = defaultdict(int)
    for counter, bit in ((first, FIRST), (last, LAST)):
        for word, count in counter.items():
            if count >= 3 and len(word) > 1:
                parts[word] |= bit
    arrays = {}
    for key, table in (("names", names), ("parts", parts)):
        hashed: dict[int, int] = defaultdict(int)
        for name, bits in table.items():
            hashed[attribute(name)] |= bits
        ordered = np.array(sorted(hashed), dtype=np.uint32)
        arrays[f"{key}_steps"] = np.diff(ordered, prepend=np.uint32(0)).astype(np.uint32)
        arrays[f"{key}_bits"] = np.array([hashed[int(value)] for value in ordered], dtype=np.uint16)
    write_arrays(arrays, TARGET)
    print(f"{TARGET.name}: {len(names)} names, {len(parts)} parts, {TARGET.stat().st_size / 1e6:.2f} MB")


def _rows() -> Iterator[dict[str, str]]:
    """Yield the items of both tables whose kind counts."""
    csv.field_size_limit(1 << 24)
    with gzip.open(SOURCE, "rt", encoding="utf-8", newline="") as stream:
        yield from (
            row for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE) if row["type"] in BITS
        )
    with ACTORS.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["type"] in BITS:
                yield row | {"popularity": "99"}


def _add(names: dict[str, int], name: str, kind: str, rank: int) -> None:
    if not name.strip() or not name.isprintable() or not any(c.isupper() for c in name) or len(name) < 2:
        return
    if name.isupper() and len(name) < 3 and rank < 60:
        return
    if kind == "person" and name.split(maxsplit=1)[0].rstrip(".").lower() in {
        "president",
        "mr",
        "general",
        "sir",
        "dr",
        "bush",
    }:
        return
    folded = fold(name)
    words = folded.split()
    if not words or len(words) > LONGEST or not folded.isascii() or folded.isdigit():
        return
    if len(words) == 1 and rank < SINGLE.get(kind, 0):
        return
    names[folded] |= BITS[kind]


def _count(name: str, first: Counter[str], last: Counter[str]) -> None:
    words = [fold(word) for word in name.split()]
    if 1 < len(words) < 5 and all(word.isascii() for word in words):
        first[words[0]] += 1
        last[words[-1]] += 1


if __name__ == "__main__":
    main()
