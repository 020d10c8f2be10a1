"""What the first page shows: how much there is, what kinds of events, when, and the newest articles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rdflib import Literal

from kg.service.pages.asking import behind
from kg.service.pages.cards import Ref
from kg.service.pages.map import EventMap, event_map
from kg.service.pages.rows import ArticleRow, EntityRow, EventRow, Rows
from kg.service.pages.words import local_name

if TYPE_CHECKING:
    from kg.service.pages.asking import Asker, Page, Row

_MANY_MONTHS = 48  # more bars than this are drawn by year


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the timeline: `period` is `2020-01` or `2020`."""

    period: str
    count: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The whole store at a glance; `counts` are (name, number)."""

    counts: tuple[tuple[str, int], ...]
    event_types: tuple[tuple[Ref, int], ...]
    event_types_behind: str
    timeline: tuple[Bar, ...]
    timeline_behind: str
    map: EventMap
    articles: Page[ArticleRow]
    entities: Page[EntityRow]
    events: Page[EventRow]


@dataclass(frozen=True, slots=True)
class NewArticle:
    """A new article; `day` is its day of publication (ISO 8601) or empty."""

    article: Ref
    day: str
    publisher: str


def newest_articles(asker: Asker, *, size: int) -> tuple[NewArticle, ...]:
    """Return the articles published last."""
    rows = Rows(asker.word)
    words = {f"w{n}": Literal("") for n in range(1, 5)}

    def read(row: Row) -> NewArticle:
        found = rows.article(row)
        return NewArticle(found.article, str(row.get("date", "")), found.publisher)

    return asker.page("articles", read, words, size=size).items


def overview(asker: Asker) -> Overview:
    """Read the first page; it is kept until the store changes, since everybody comes by here."""
    return asker.kept("overview", lambda: _read(asker))


def _read(asker: Asker) -> Overview:
    rows = Rows(asker.word)
    counted = asker.first("counts") or {}
    kinds = [(str(row["type"]), int(str(row["count"]))) for row in asker.rows("event_types")]
    words = {f"w{n}": Literal("") for n in range(1, 5)}
    return Overview(
        counts=tuple((name, int(str(counted.get(name, 0)))) for name in ("articles", "events", "claims", "entities")),
        event_types=tuple((Ref(iri, asker.word(iri), local_name(iri)), number) for iri, number in kinds),
        event_types_behind=behind("event_types"),
        timeline=_bars([(str(row["month"]), int(str(row["count"]))) for row in asker.rows("timeline")]),
        timeline_behind=behind("timeline"),
        map=event_map(asker, "map"),
        articles=asker.page("articles", rows.article, words, size=8),
        entities=asker.page("entities", rows.entity, words, size=12),
        events=asker.page("events", rows.event, words, size=6),
    )


def _bars(months: list[tuple[str, int]]) -> tuple[Bar, ...]:
    """Fill the gaps between the first and the last month, or go by year where there would be too many."""
    if not months:
        return ()
    counted = dict(months)
    first, last = _ordinal(months[0][0]), _ordinal(months[-1][0])
    if last - first < _MANY_MONTHS:
        periods = [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(first, last + 1)]
        return tuple(Bar(period, counted.get(period, 0)) for period in periods)
    years: dict[str, int] = {f"{year:04d}": 0 for year in range(first // 12, last // 12 + 1)}
    for period, number in months:
        years[period[:4]] += number
    return tuple(Bar(period, number) for period, number in years.items())


def _ordinal(period: str) -> int:
    return int(period[:4]) * 12 + int(period[5:7]) - 1
