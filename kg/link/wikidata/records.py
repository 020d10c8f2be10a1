"""Items as records of an index: kind, renown and country of each; asks Wikidata, reads and writes no file."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.errors import FetchError
from kg.link.pack import Record
from kg.link.wikidata.classes import DROP, climb
from kg.names import acronyms, fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.link.wikidata.api import Wikidata
    from kg.link.wikidata.items import Item, Moment

SOURCE = "wikidata"
# An item with this many pages in Wikipedias and sister sites is as well known as any (about what large countries have).
_MOST_LINKS, _MOST_RENOWN = 300, 100
_MOST_NAMES = 24
_WITH_ACRONYMS = frozenset({"organisation", "party", "militant-group", "military", "government", "media"})


@dataclass(frozen=True, slots=True)
class Fetched:
    """Records by the number of their item; `moved` leads from merged items to theirs, `gone` were deleted, `other` are of no use."""

    records: dict[str, Record]
    moved: dict[str, str]
    gone: frozenset[str]
    other: frozenset[str]


def fetch_records(wikidata: Wikidata, qids: Iterable[str]) -> Fetched:
    """Fetch items and settle their kinds. Raises `FetchError` when Wikidata cannot be asked for the items.

    Where only the tree of classes cannot be had (its service is a host of its own), kinds rest on the classes themselves.
    """
    found = wikidata.items(qids)
    kinds = _kinds(wikidata, found.items.values())
    useful = {qid: kind for qid, kind in kinds.items() if kind not in (None, DROP)}
    records = {qid: record(item, useful[qid]) for qid, item in found.items.items() if qid in useful}
    return Fetched(records, found.moved, found.gone, frozenset(found.items.keys() - useful.keys()))


def record(item: Item, kind: str) -> Record:
    """Make the record of an item whose kind is known."""
    names = [(name, "label" if at == 0 else "alias") for at, name in enumerate(item.names[:_MOST_NAMES])]
    known = {fold(name) for name, _ in names}
    if kind in _WITH_ACRONYMS:
        names += [(short, "acronym") for short in acronyms(item.label) if short not in known]
    country = item.qid if kind == "country" else next(iter(item.countries), "")
    return Record(
        qid=item.qid,
        names=tuple(names) or ((item.qid, "label"),),
        kind=kind,
        popularity=renown(item.links),
        country=country,
        latitude=item.latitude,
        longitude=item.longitude,
        description=_described(item),
        sources=(SOURCE,),
    )


def renown(links: int) -> int:
    """Estimate how well known an item is on the scale of the packaged index, from the number of pages about it."""
    return round(_MOST_RENOWN * min(1.0, math.log1p(links) / math.log1p(_MOST_LINKS)))


def _described(item: Item) -> str:
    """Say the years as well: they tell namesakes apart."""
    years = f"{_year(item.since)}–{_year(item.until)}"
    said = " ".join(item.description.split())
    if years == "–" or any(character.isdigit() for character in said):
        return said
    return f"{said} ({years})" if said else years


def _year(moment: Moment | None) -> str:
    return str(moment.earliest.year) if moment and moment.earliest.year == moment.latest.year else ""


def _kinds(wikidata: Wikidata, items: Iterable[Item]) -> dict[str, str | None]:
    """Settle the kind of each item: by the labels of its classes, else by those above them."""
    items = list(items)
    classes = dict.fromkeys(qid for item in items for qid in item.classes)
    labels = {qid: item.label for qid, item in wikidata.items(classes).items.items() if item.names}
    kinds = {item.qid: climb(item.classes, labels, {}) for item in items}
    open_classes = [qid for item in items if kinds[item.qid] is None for qid in item.classes]
    if open_classes:
        try:
            above = wikidata.above(open_classes)
        except FetchError:
            above = {}
        kinds |= {item.qid: climb(item.classes, labels, above) for item in items if kinds[item.qid] is None}
    return {qid: kind if kind is not None else "other" for qid, kind in kinds.items()}
