"""Names that the user brings, looked up at Wikidata so that the index knows them from then on; writes no file."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.errors import ConfigError, FetchError
from kg.link.linker import weigh
from kg.link.live import laid_over
from kg.link.wikidata.records import Fetched, fetch_records
from kg.model import ENTITY_TYPES
from kg.names import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.link.index import Index
    from kg.link.wikidata.api import Wikidata
    from kg.model import EntityType

_SEARCHED = 10
# A name is only given to an item that clearly is the one: nobody reads over what a build does with it.
_LEAST_SCORE, _LEAST_LEAD = 0.4, 0.15
_KNOWN_COLUMNS = ("name", "type", "qid", "context")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One name to be known. `type`, `qid` and `context` (words that go with it) may be left open."""

    name: str
    type: EntityType | None = None
    qid: str = ""
    context: str = ""


@dataclass(frozen=True, slots=True)
class Grown:
    """What became of one name: its item and how sure, or `problem`."""

    wanted: Wanted
    qid: str = ""
    label: str = ""
    score: float = 0.0
    problem: str = ""
    fetched: Fetched | None = None


def read_names(lines: Iterable[str], source: str) -> list[Wanted]:
    """Read names as TSV with a header (`name`, and if you like `type`, `qid`, `context`), or one bare name a line."""
    rows = [row for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE) if any(map(str.strip, row))]
    if not rows:
        raise ConfigError(f"{source}: no names in it")
    has_head = rows[0][0].strip().lower() == "name"
    head = [cell.strip().lower() for cell in rows[0]] if has_head else ["name"]
    if unknown := [column for column in head if column not in _KNOWN_COLUMNS]:
        raise ConfigError(f"{source}: unknown column {', '.join(unknown)}; known are {', '.join(_KNOWN_COLUMNS)}")
    found = []
    for number, row in enumerate(rows[has_head:], start=1 + has_head):
        cells = dict(zip(head, (cell.strip() for cell in row), strict=False))
        kind = cells.get("type", "")
        if kind and kind not in ENTITY_TYPES:
            raise ConfigError(f"{source}, row {number}: type {kind!r} is none of {', '.join(ENTITY_TYPES)}")
        found.append(
            Wanted(
                cells["name"],
                kind or None,
                cells.get("qid", ""),
                cells.get("context", ""),
            )
        )
    return found


def grow(wikidata: Wikidata, names: Iterable[Wanted], index: Index) -> Iterator[Grown]:
    """Look each name up; yields one result a name, also where Wikidata could not be asked."""
    for wanted in names:
        try:
            yield _grown(wikidata, wanted, index)
        except FetchError as error:
            yield Grown(wanted, problem=f"could not be asked: {error.reason}")


def _grown(wikidata: Wikidata, wanted: Wanted, index: Index) -> Grown:
    if wanted.qid:
        fetched = fetch_records(wikidata, [wanted.qid])
        qid = fetched.moved.get(wanted.qid, wanted.qid)
        if qid not in fetched.records:
            gone = "was deleted" if wanted.qid in fetched.gone else "is nothing that news speak of"
            return Grown(wanted, problem=f"{wanted.qid} {gone}")
        return Grown(wanted, qid, fetched.records[qid].names[0][0], 1.0, fetched=fetched)
    fetched = fetch_records(wikidata, wikidata.search(wanted.name, limit=_SEARCHED))
    with laid_over(index, fetched) as both:
        scored = [
            (both.facts(one.entity), value)
            for one, value in weigh(wanted.name, context=wanted.context, type=wanted.type, index=both)
            if one.how not in ("slip", "sound")
        ]
    # Wikidata finds by beginnings as well; only who bears the name is meant
    scored = [(facts, value) for facts, value in scored if fold(wanted.name) in map(fold, facts.names)] or scored
    if not scored:
        return Grown(wanted, problem="no item of that name")
    (facts, value), second = scored[0], scored[1][1] if len(scored) > 1 else 0.0
    if value < _LEAST_SCORE or value - second < _LEAST_LEAD:
        rivals = ", ".join(f"{facts.qid} {facts.label} {value:.2f}" for facts, value in scored[:3])
        return Grown(wanted, problem=f"not clear: {rivals}; give the column qid")
    only = Fetched(
        {q: r for q, r in fetched.records.items() if q == facts.qid}, fetched.moved, fetched.gone, frozenset()
    )
    return Grown(wanted, facts.qid, facts.label, value, fetched=only)
