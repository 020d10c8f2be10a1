"""What a search finds: articles, entities and events by words and filters; how words are ranked is the index's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from rdflib import Literal

from kg.iris import CODES, ONTOLOGY
from kg.service.pages.asking import PAGE_SIZE, Page
from kg.service.pages.rows import ArticleRow, EntityRow, EventRow, Rows
from kg.service.pages.words import local_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.service.pages.asking import Asker, Row
    from kg.service.search import SearchIndex, Wanted

_THESE = {"articles": "articles_of", "entities": "entities_of", "events": "events_of"}  # the query about given things
KINDS = tuple(_THESE)
_FEW = 6  # rows of each list where all are shown
T = TypeVar("T")
Snippet = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One value to filter by: what it is called, and how many there are."""

    value: str
    label: str
    number: int


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of what was found; lists that were not asked for are `None`. `snippets` are by IRI.

    `lags` says that the index is still being brought up to date.
    """

    wanted: Wanted
    type_word: str
    articles: Page[ArticleRow] | None
    entities: Page[EntityRow] | None
    events: Page[EventRow] | None
    snippets: dict[str, Snippet]
    types: tuple[Choice, ...]
    actualities: tuple[Choice, ...]
    outlets: tuple[Choice, ...]
    lags: bool


def search_page(
    asker: Asker, index: SearchIndex, wanted: Wanted, *, event_type: str = "", number: int = 1
) -> SearchPage:
    """Find what holds all the words and fits the filters; `event_type` is a class of events, with all below it."""
    current = index.refresh()
    if event_type:
        below = asker.rows("kinds_of", type=f"{ONTOLOGY}{event_type}")
        wanted = replace(wanted, types=tuple(local_name(str(row["kind"])) for row in below) or (event_type,))
    kinds = (wanted.kind,) if wanted.kind in KINDS else _fitting(wanted)
    search = _Search(
        asker, index, replace(wanted, kind=""), max(number, 1), PAGE_SIZE if wanted.kind in KINDS else _FEW
    )
    rows = Rows(asker.word)
    facets = index.facets()
    return SearchPage(
        wanted=wanted,
        type_word=asker.word(f"{ONTOLOGY}{event_type}") if event_type else "",
        articles=search.page("articles", "article", rows.article) if "articles" in kinds else None,
        entities=search.page("entities", "entity", rows.entity) if "entities" in kinds else None,
        events=search.page("events", "event", rows.event) if "events" in kinds else None,
        snippets=search.snippets,
        types=tuple(Choice(name, asker.word(f"{ONTOLOGY}{name}"), many) for name, many in facets.types),
        actualities=tuple(Choice(name, asker.word(f"{CODES}{name}"), many) for name, many in facets.actualities),
        outlets=tuple(Choice(name, name, many) for name, many in facets.outlets),
        lags=not current,
    )


def _fitting(wanted: Wanted) -> tuple[str, ...]:
    """Leave out the lists that a filter has no meaning for: an article has no actuality, an entity no date."""
    if wanted.types or wanted.actuality:
        return ("events",)
    return ("articles", "events") if wanted.is_filtered else KINDS


class _Search:
    """One search over several lists."""

    def __init__(self, asker: Asker, index: SearchIndex, wanted: Wanted, number: int, size: int) -> None:
        self._asker, self._index, self._wanted = asker, index, wanted
        self._number, self._size = number, size
        self.snippets: dict[str, Snippet] = {}

    def page(self, kind: str, variable: str, read: Callable[[Row], T]) -> Page[T]:
        """Return one page of a list: ranked by the index, or browsed where nothing is asked for."""
        if not self._wanted.text.strip() and not self._wanted.is_filtered:
            empty = {f"w{n}": Literal("") for n in range(1, 5)}
            return self._asker.page(kind, read, empty, number=self._number, size=self._size)
        offset = (self._number - 1) * self._size
        hits = self._index.find(replace(self._wanted, kind=kind), limit=self._size + 1, offset=offset)
        shown = hits[: self._size]
        found, behind = self._asker.those(_THESE[kind], variable, [hit.iri for hit in shown], read)
        self.snippets |= {hit.iri: hit.snippet for hit in shown if hit.snippet}
        # the store may have changed since the index was filled
        items = tuple(found[hit.iri] for hit in shown if hit.iri in found)
        return Page(items, self._number, len(hits) > self._size, behind)
