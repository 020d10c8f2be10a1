"""Build the packaged index: `python training/index/build.py ../shared/wikidata`; trains no ranker (see `train.py`).

The same sources and scripts give the same bytes. `--without elevant` leaves a source out, `--out` writes elsewhere.
"""

from __future__ import annotations

import argparse
import gc
from collections import Counter
from hashlib import sha256
from pathlib import Path

import fixes
import located
import merge
import places
import sources

from kg.link import pack
from kg.link.wikidata import classes

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1] / "kg" / "link" / "data"
# Untyped rows of these sources are candidates of ambiguous names (songs, villages, surnames), so they need other evidence.
_LOOSE = {"elevant", "fewrel"}
# Scripts beside this one that work on a finished index.
_NOT_OF_THE_BUILD = {"train", "gold", "endtoend", "reconcile", "located"}


def main() -> None:
    """Read the command line and build."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("facts", type=Path, help="the folder of per-source TSVs")
    parser.add_argument("--without", action="append", default=[], metavar="SOURCE", help="leave a source out")
    parser.add_argument("--out", type=Path, default=DATA)
    wanted = parser.parse_args()
    records = collect(wanted.facts, without=frozenset(wanted.without))
    version = pack.write(wanted.out, records, sources=sources.NAMES, version=_version(wanted.facts, wanted.without))
    _write_unlinked(wanted.facts, wanted.out)
    print(located.write(wanted.out, wanted.facts), "names of towns without item")
    size = sum(path.stat().st_size for path in wanted.out.iterdir())
    print(f"{version}: {len(records)} entities, {size / 1e6:.1f} MB")
    print(Counter(record.kind for record in records).most_common())


def collect(folder: Path, *, without: frozenset[str] = frozenset()) -> list[pack.Record]:
    """Merge all sources and tables into the records of the index."""
    gc.disable()  # half a million small objects that all stay; collecting them again and again doubles the time
    items: dict[str, merge.Item] = {}
    for name, file, label_trust, type_trust in sources.SOURCES:
        if name not in without:
            for row in sources.rows(folder, name, file):
                merge.add(items, row, label_trust=label_trust, type_trust=type_trust)
    fixes.apply(items, folder)
    merge.give_shared_names_to_the_better_known(items)
    merge.keep_weak_territory_names_away(items)
    first_names = merge.people_by_first_name(items.values())
    codes = places.country_codes(folder)
    known = {}
    for qid, item in items.items():
        kind = merge.kind_of(item) or _loose_person(item, first_names)
        if kind and not _is_junk(item, kind):
            known[qid] = kind
            item.forced = kind
    kept = {qid: items[qid] for qid in known}
    if missing := fixes.give_demonyms(kept, HERE / "demonyms.tsv"):
        print("demonyms of unknown countries:", ", ".join(missing))
    if missing := fixes.give_usual_names(kept, HERE / "usual_names.tsv", codes):
        print("usual names without an item:", ", ".join(missing))
    countries = {qid: places.country_of(item, codes, kept) for qid, item in kept.items()}
    places.add_coordinates(kept, countries, codes)
    gc.enable()
    return [merge.record(item, known[qid], countries[qid], sources.NAMES) for qid, item in kept.items()]


def _loose_person(item: merge.Item, first_names: set[str]) -> str | None:
    words = item.label().split()
    typed = bool(item.kinds)
    return (
        "person" if not typed and len(words) in (2, 3) and words[0] in first_names and words[-1][:1].isupper() else None
    )


def _is_junk(item: merge.Item, kind: str) -> bool:
    label = item.label()
    if not label or (
        not any(c.isascii() and c.isalpha() for c in label) and not any(n.isascii() for n in item.names.values())
    ):
        return True
    if label.isascii() and label.islower() and "conflict-actors" not in item.sources:
        return True  # a common noun: a class of things, not one of them
    if set(item.sources) <= _LOOSE and not item.kinds and kind == "person":
        return item.count < 2
    return False


def _write_unlinked(folder: Path, out: Path) -> None:
    """Known actors that no free file gives a QID: they stay unlinked entities, with a type."""
    lines = ["name\taliases\ttype\tkind\tcountry"]
    for row in sources.table(folder / "conflict-actors" / "names_without_qid.tsv"):
        kind = sources.kinds.SOURCE_KINDS[row["type"]]
        lines.append("\t".join([row["name"], row["aliases"], pack.KIND_TYPES[kind], kind, row["country"]]))
    (out / "unlinked.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _version(folder: Path, without: list[str]) -> str:
    digest = sha256(" ".join(sorted(without)).encode())
    makers = (path for path in HERE.glob("*.py") if path.stem not in _NOT_OF_THE_BUILD)
    scripts = [*sorted(makers), *sorted(HERE.glob("*.tsv")), Path(pack.__file__), Path(classes.__file__)]
    facts = [path for path in sorted(folder.rglob("*.tsv")) if path.name != "demonyms.tsv"]
    for path in [*scripts, *facts]:
        digest.update(sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


if __name__ == "__main__":
    main()
