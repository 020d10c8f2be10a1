"""The entities that can be answered with: those of the store, held by name, and those of the index; ranks nothing."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import unquote

from rdflib import RDF, RDFS, SDO

from kg.errors import KgError
from kg.link.index import Index, packaged
from kg.link.pack import KIND_TYPES
from kg.names import fold
from kg.service.pages.asking import query_text
from kg.service.pages.cards import most_specific
from kg.service.pages.words import local_name
from kg.service.reconcile.words import ENTITY_TYPES, TYPES, lineage
from kg.vocab import CN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.link.index import Facts
    from kg.service.pages.asking import Asker

_QID = re.compile(r"(?:wd:|https?://(?:www\.|m\.)?wikidata\.org/(?:wiki|entity)/)?(Q[1-9]\d{0,9})/?", re.IGNORECASE)
_CLASS_TYPES = {
    "GovernmentOrganization": "Government",
    "NewsMediaOrganization": "Media",
    "Community": "Nationality",
    "Country": "country",
    "Thing": "Other",
}
_TSV = "text/tab-separated-values"
_ESCAPE, _ESCAPED = re.compile(r"\\(.)"), {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}
_TYPE, _LABEL, _ALIAS, _DESCRIPTION = map(str, (RDF.type, RDFS.label, SDO.alternateName, SDO.description))
_COUNTRY, _LATITUDE, _LONGITUDE = map(str, (CN.country, SDO.latitude, SDO.longitude))
_REST = 5.0  # a changed store is read again after this many times what reading it took
_QUICK, _LONGEST_REST = 0.25, 60.0  # seconds
_FEWEST_LETTERS = 3  # of a later word of a name that a look-up may begin with


@dataclass(frozen=True, slots=True)
class Known:
    """One entity to answer with. `kind` is a key of `TYPES`; `number` is its place in the index; `names` has the label first."""

    id: str
    names: tuple[str, ...]
    kind: str
    description: str = ""
    country: str = ""
    latitude: float | None = None
    longitude: float | None = None
    number: int | None = None
    in_store: bool = False

    @property
    def label(self) -> str:
        """The name that it is shown under."""
        return self.names[0]

    @property
    def types(self) -> tuple[str, ...]:
        """Its types, the widely used one first, for clients that only look at one."""
        found = lineage(self.kind)
        return tuple(sorted(found, key=lambda name: (name not in ENTITY_TYPES, found.index(name))))


@dataclass(frozen=True, slots=True)
class Counts:
    """How often the store speaks of an entity, and from when to when (ISO dates of publication, or empty)."""

    articles: int = 0
    events: int = 0
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class _Names:
    """The store's entities as of one generation, by identifier, by folded name and in the order of names."""

    generation: int = -1
    by_id: dict[str, Known] = field(default_factory=dict)
    by_name: dict[str, tuple[str, ...]] = field(default_factory=dict)
    beginnings: tuple[tuple[str, bool, str], ...] = ()


class Directory:
    """Finds entities of one store and of the index. Safe to share between threads.

    The store's names are read again when it has changed, but not all the time while a build writes to it.
    """

    def __init__(self, asker: Asker, index: Index | None = None) -> None:
        self._asker = asker
        self._given_index = index
        self._base = f"{asker.store.base}id/entity/"
        self._names = _Names()
        self._next_reading = 0.0
        self._lock = Lock()

    @property
    def index(self) -> Index:
        """The index behind the store."""
        return self._given_index or packaged()

    @property
    def base(self) -> str:
        """What an identifier must follow to be the entity's IRI."""
        return self._base

    # --- one entity ---------------------------------------------------------------------------------------------------

    def entity(self, identifier: str) -> Known | None:
        """Return the entity with this identifier."""
        found = self._current().by_id.get(identifier)
        if found is not None:
            return found
        number = self.index.number(identifier)
        return None if number is None else self.numbered(number)

    def numbered(self, number: int) -> Known:
        """Return an entity of the index, as the store knows it where the store does."""
        facts = self.index.facts(number)
        mine = self._current().by_id.get(facts.qid)
        return mine or _of_index(facts)

    def named_by(self, text: str) -> Known | None:
        """Return the entity that an identifier, a QID or an address names: of Wikidata, of this store, of its pages."""
        text = unquote(text.strip())
        if found := _QID.fullmatch(text):
            return self.entity(found[1].upper())
        for path in ("id/entity/", "page/entity/", "data/entity/"):
            if text.startswith(("http://", "https://")) and f"/{path}" in text:
                return self.entity(text.rpartition(f"/{path}")[2])
        return self.entity(text) if text.startswith("nil-") else None

    def counts(self, identifier: str) -> Counts:
        """Tell how often the store speaks of an entity."""
        return self._asker.kept("entity-counts", self._read_counts).get(f"{self._base}{identifier}", Counts())

    # --- by name ------------------------------------------------------------------------------------------------------

    def called(self, name: str) -> tuple[Known, ...]:
        """Return the store's entities that bear this very name, folded."""
        names = self._current()
        return tuple(names.by_id[identifier] for identifier in names.by_name.get(fold(name), ()))

    def all(self) -> tuple[Known, ...]:
        """Return every entity of the store."""
        return tuple(self._current().by_id.values())

    def starting(self, text: str, *, limit: int) -> Iterator[Known]:
        """Yield the store's entities with a name, or a later word of one, that begins so; whole names before later words."""
        names, begin = self._current(), fold(text)
        at, seen, later = bisect_left(names.beginnings, (begin,)), set[str](), list[str]()
        while begin and at < len(names.beginnings) and names.beginnings[at][0].startswith(begin) and len(seen) < limit:
            _, is_later, identifier = names.beginnings[at]
            at += 1
            if is_later:
                if len(later) < limit:
                    later.append(identifier)
            elif identifier not in seen:
                seen.add(identifier)
                yield names.by_id[identifier]
        for identifier in dict.fromkeys(later):
            if identifier not in seen and len(seen) < limit:
                seen.add(identifier)
                yield names.by_id[identifier]

    # --- reading the store --------------------------------------------------------------------------------------------

    def _current(self) -> _Names:
        names = self._names
        if names.generation == self._asker.store.generation or monotonic() < self._next_reading:
            return names
        if not self._lock.acquire(blocking=names.generation < 0):
            return names  # someone is reading already; what we have is a little old, not wrong
        try:
            if self._names.generation != self._asker.store.generation:
                self._refresh()
        finally:
            self._lock.release()
        return self._names

    def _refresh(self) -> None:
        started, generation = monotonic(), self._asker.store.generation
        try:
            self._names = _arranged(generation, self._read())
        except KgError:
            # the store is too busy or too large to be listed now: the index still answers, and the next request tries again
            self._next_reading = monotonic() + _REST
            return
        took = monotonic() - started
        self._next_reading = monotonic() + min(_REST * took, _LONGEST_REST) if took > _QUICK else 0.0

    def _read(self) -> Iterator[Known]:
        store = self._asker.store
        # read as TSV: making terms of all of them takes ten times as long, parsing JSON three times
        answer = store.query(
            query_text("known_entities"), media_type=_TSV, default_graphs=(store.iris.graph("entities"),)
        )
        found: dict[str, dict[str, list[str]]] = {}
        base = f"<{self._base}"
        start = len(base)
        for line in b"".join(answer.body).decode().split("\n")[1:]:
            entity, _, rest = line.partition("\t")
            if entity.startswith(base):
                name, _, term = rest.partition("\t")
                found.setdefault(entity[start:-1], {}).setdefault(name[1:-1], []).append(_value(term))
        for identifier, facts in found.items():
            yield self._of_store(identifier, facts)

    def _of_store(self, identifier: str, facts: dict[str, list[str]]) -> Known:
        def one(term: str) -> str:
            return min(facts[term]) if term in facts else ""

        number = self.index.number(identifier)
        kind = _kind(tuple(sorted(facts.get(_TYPE, ()))))
        if number is not None:
            finer = _finer(self.index.kind(number))
            kind = finer if kind in lineage(finer) or kind == "Other" else kind
        latitude, longitude = one(_LATITUDE), one(_LONGITUDE)
        return Known(
            id=identifier,
            names=tuple(dict.fromkeys([one(_LABEL), *sorted(facts.get(_ALIAS, ()))])),
            kind=kind,
            description=one(_DESCRIPTION),
            country=one(_COUNTRY).removeprefix(self._base),
            latitude=float(latitude) if latitude else None,
            longitude=float(longitude) if longitude else None,
            number=number,
            in_store=True,
        )

    def _read_counts(self) -> dict[str, Counts]:
        articles = {str(row["entity"]): int(row["articles"]) for row in self._asker.rows("article_counts")}
        events = {str(row["entity"]): int(row["events"]) for row in self._asker.rows("event_counts")}
        dates = {str(row["entity"]): (str(row["first"]), str(row["last"])) for row in self._asker.rows("article_dates")}
        return {
            entity: Counts(articles.get(entity, 0), events.get(entity, 0), *dates.get(entity, ("", "")))
            for entity in articles.keys() | events.keys()
        }


def _of_index(facts: Facts) -> Known:
    return Known(
        id=facts.qid,
        names=facts.names,
        kind=_finer(facts.kind),
        description=facts.description,
        country=facts.country or "",
        latitude=facts.latitude,
        longitude=facts.longitude,
        number=facts.number,
    )


def _value(term: str) -> str:
    """Read a term as SPARQL 1.1 TSV writes it: an IRI, a string with escapes, a bare number."""
    if term.startswith("<"):
        return term[1:-1]
    text = term[1 : term.rindex('"')] if term.startswith('"') else term
    return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), text) if "\\" in text else text


def _finer(kind: str) -> str:
    return kind if kind in TYPES else KIND_TYPES[kind]


@lru_cache(maxsize=1024)
def _kind(classes: tuple[str, ...]) -> str:
    name = local_name(most_specific(list(classes))) if classes else ""
    name = "Country" if any(local_name(one) == "Country" for one in classes) else name
    name = _CLASS_TYPES.get(name, name)
    return name if name in TYPES else "Other"


def _arranged(generation: int, entities: Iterator[Known]) -> _Names:
    by_id = {entity.id: entity for entity in entities}
    by_name: dict[str, list[str]] = {}
    beginnings: set[tuple[str, bool, str]] = set()
    for entity in by_id.values():
        for folded in {fold(name) for name in entity.names} - {""}:
            by_name.setdefault(folded, []).append(entity.id)
            words = folded.split()
            beginnings.add((folded, False, entity.id))
            for at in range(1, len(words)):
                if len(words[at]) >= _FEWEST_LETTERS:
                    beginnings.add((" ".join(words[at:]), True, entity.id))
    return _Names(
        generation, by_id, {name: tuple(sorted(ids)) for name, ids in by_name.items()}, tuple(sorted(beginnings))
    )
