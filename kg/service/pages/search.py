"""What a search finds: articles, entities and events by words, and events by type; ranks nothing by meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rdflib import Literal

from kg.service.pages.rows import ArticleRow, EntityRow, EventRow, Rows

if TYPE_CHECKING:
    from kg.service.pages.asking import Asker, Page

KINDS = ("articles", "entities", "events")
_WORDS = 4  # the queries have room for so many


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of what was found; lists that were not asked for are `None`."""

    text: str
    kind: str
    type_word: str
    articles: Page[ArticleRow] | None
    entities: Page[EntityRow] | None
    events: Page[EventRow] | None


def search_page(asker: Asker, text: str, *, kind: str = "", event_type: str = "", number: int = 1) -> SearchPage:
    """Find what holds all the words of `text` (the first four, any case); `kind` is one of `KINDS` or empty for all."""
    rows = Rows(asker.word)
    words = bound_words(text)
    wanted = (kind,) if kind in KINDS else KINDS
    size = 20 if kind in KINDS else 6
    in_text = "articles_by_text" if text.strip() else "articles"
    in_events = "events_by_type" if event_type else "events"
    typed = {"type": event_type} if event_type else {}
    return SearchPage(
        text=text,
        kind=kind if kind in KINDS else "",
        type_word=asker.word(event_type) if event_type else "",
        articles=asker.page(in_text, rows.article, words, number=number, size=size) if "articles" in wanted else None,
        entities=asker.page("entities", rows.entity, words, number=number, size=size) if "entities" in wanted else None,
        events=asker.page(in_events, rows.event, {**words, **typed}, number=number, size=size)
        if "events" in wanted
        else None,
    )


def bound_words(text: str) -> dict[str, Literal]:
    """Turn a search into the four bound words of the queries; unused ones are empty and hold everywhere."""
    words = [*text.lower().split()[:_WORDS], *[""] * _WORDS][:_WORDS]
    return {f"w{number}": Literal(word) for number, word in enumerate(words, start=1)}
