"""The folder of what a user has fetched from Wikidata: readable items, the index made of them, kept answers; asks nobody."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import ConfigError
from kg.link import pack
from kg.link.index import Index, packaged
from kg.link.layers import Layered
from kg.link.wikidata.records import SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.link.wikidata.records import Fetched

ITEMS, ANSWERS = "items.jsonl", "answers.sqlite"


@dataclass(frozen=True, slots=True)
class Holdings:
    """All that was fetched: records by number, what merged items became, what was deleted; `dates` (ISO) by number."""

    records: dict[str, pack.Record] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    dates: dict[str, str] = field(default_factory=dict)

    def with_fetched(self, fetched: Fetched, *, date: str, names: dict[str, Iterable[str]] | None = None) -> Holdings:
        """Add what was fetched on a day. `names` are further names of items, by which the user knows them."""
        records = dict(self.records)
        for qid, record in fetched.records.items():
            own = {name.casefold() for name, _ in record.names}
            further = [name for name in (names or {}).get(qid, ()) if name.casefold() not in own]
            earlier = [
                pair for pair in (self.records[qid].names if qid in self.records else ()) if pair[1] == "variant"
            ]
            added = dict.fromkeys([*earlier, *((name, "variant") for name in further)])
            records[qid] = replace(record, names=(*record.names, *added))
        asked = {*fetched.records, *fetched.moved, *fetched.gone}
        moved = {old: new for old, new in self.moved.items() if old not in asked} | fetched.moved
        gone = (self.gone - asked) | fetched.gone
        kept = {qid: record for qid, record in records.items() if qid not in gone and qid not in moved}
        return Holdings(kept, moved, gone, {**self.dates, **dict.fromkeys(asked, date)})


class Home:
    """One such folder. Nothing is made there before something is kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def answers(self) -> Path:
        """Where the door keeps Wikidata's answers."""
        return self.folder / ANSWERS

    def read(self) -> Holdings:
        """Read the items; raise `ConfigError` for a line that is none."""
        path = self.folder / ITEMS
        if not path.exists():
            return Holdings()
        records: dict[str, pack.Record] = {}
        moved: dict[str, str] = {}
        gone: set[str] = set()
        dates: dict[str, str] = {}
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            try:
                found = json.loads(line)
                qid = str(found["qid"])
                dates[qid] = str(found["date"])
                if "moved" in found:
                    moved[qid] = str(found["moved"])
                elif "gone" in found:
                    gone.add(qid)
                else:
                    records[qid] = _record(found)
            except (ValueError, KeyError, TypeError) as error:
                raise ConfigError(
                    f"{path}, line {number}: not an item ({error}); delete it and fetch it again"
                ) from error
        return Holdings(records, moved, frozenset(gone), dates)

    def write(self, holdings: Holdings) -> None:
        """Write the items and the index made of them; either all of the new files take the old ones' place, or none is changed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lines = []
        for qid in sorted(holdings.dates, key=lambda qid: int(qid[1:])):
            head = {"qid": qid, "date": holdings.dates[qid]}
            if qid in holdings.moved:
                lines.append(json.dumps({**head, "moved": holdings.moved[qid]}))
            elif qid in holdings.gone:
                lines.append(json.dumps({**head, "gone": True}))
            elif qid in holdings.records:
                lines.append(json.dumps({**asdict(holdings.records[qid]), **head}, ensure_ascii=False))
        fresh = self.folder / "new"
        days = {holdings.dates[qid] for qid in holdings.records}
        pack.write(fresh, holdings.records.values(), sources=[SOURCE], date=days.pop() if len(days) == 1 else "")
        (fresh / ITEMS).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        for path in sorted(fresh.iterdir()):
            path.replace(self.folder / path.name)
        fresh.rmdir()

    def index(self, lower: Index) -> Index:
        """Lay what was fetched over an index; the index itself where nothing was."""
        if not (self.folder / "index.bin").exists():
            return lower
        holdings = self.read()
        return Layered(lower, Index(self.folder), moved=holdings.moved, gone=holdings.gone)


def _record(found: dict[str, Any]) -> pack.Record:
    if found["kind"] not in pack.KIND_TYPES:
        raise ValueError(f"kind {found['kind']!r} is unknown")
    return pack.Record(
        qid=found["qid"],
        names=tuple((str(name), str(how)) for name, how in found["names"]),
        kind=found["kind"],
        popularity=int(found["popularity"]),
        country=str(found["country"]),
        latitude=found["latitude"],
        longitude=found["longitude"],
        description=str(found["description"]),
        sources=tuple(found["sources"]),
    )


def known(folder: str) -> Index:
    """Open the packaged index with what was fetched into a folder above it; again only when more was fetched."""
    return _known(folder, stamp(Path(folder) / "index.bin"))


@cache
def _known(folder: str, _: object) -> Index:
    return Home(Path(folder)).index(packaged())


def stamp(path: Path) -> tuple[int, int] | None:
    """Return what changes when a file does; `None` where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
