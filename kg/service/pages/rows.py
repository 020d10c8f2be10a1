"""Rows of lists, one shape for each kind of thing that pages list; asks no store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.service.pages.cards import Ref, most_specific
from kg.service.pages.words import day, days, humanise, local_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from rdflib.term import Identifier

    from kg.service.pages.asking import Row


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """An article in a list; `count` is what the list counts (mentions, shared names), 0 where it counts nothing."""

    article: Ref
    date: str
    publisher: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class EntityRow:
    """An entity in a list, with how often it is named."""

    entity: Ref
    type_word: str
    description: str
    mentions: int
    articles: int


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event in a list; `role_word` and `own`/`claimant` say whose part it is listed for, where it is."""

    event: Ref
    actuality: str
    actuality_word: str
    when: str
    article: Ref | None
    role_word: str = ""
    own: bool = True
    claimant: Ref | None = None
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim in a list."""

    claim: Ref
    claimant: Ref
    unnamed: bool
    stance: str
    stance_word: str
    words: str
    direct: bool
    article: Ref | None
    evidence: str


class Rows:
    """Reads rows of SELECTs; `word` says a term in words."""

    def __init__(self, word: Callable[[Identifier | str | None], str]) -> None:
        self.word = word

    def article(self, row: Row) -> ArticleRow:
        """Read one article."""
        iri = str(row.get("other") or row["article"])
        label = _text(row, "headline") or f"untitled article {local_name(iri)}"
        counted = _text(row, "mentions") or _text(row, "shared")
        return ArticleRow(
            Ref(iri, label, "article"), day(_text(row, "date")), _text(row, "publisher"), _number(counted)
        )

    def entity(self, row: Row) -> EntityRow:
        """Read one entity."""
        kind = most_specific(_text(row, "types").split())
        return EntityRow(
            Ref(str(row["entity"]), _text(row, "label"), local_name(kind)),
            self.word(kind) if kind else "",
            _text(row, "description"),
            _number(_text(row, "mentions")),
            _number(_text(row, "articles")),
        )

    def event(self, row: Row) -> EventRow:
        """Read one event, with the role that a list is about where it gives one."""
        claimant = row.get("claimant")
        return EventRow(
            event=Ref(str(row["event"]), _text(row, "label")),
            actuality=local_name(_text(row, "actuality")),
            actuality_word=self.word(row.get("actuality")),
            when=days(_text(row, "earliest"), _text(row, "latest")),
            article=_article(row),
            role_word=self.word(row["role"]) if "role" in row else "",
            own=_text(row, "own") != "false",
            claimant=Ref(str(claimant), _text(row, "claimantLabel") or humanise(str(claimant))) if claimant else None,
            evidence=_text(row, "evidence"),
        )

    def claim(self, row: Row) -> ClaimRow:
        """Read one claim."""
        claimant = str(row["claimant"])
        return ClaimRow(
            claim=Ref(str(row["claim"]), "claim"),
            claimant=Ref(claimant, _text(row, "claimantLabel") or humanise(claimant)),
            unnamed="anonymous" in row,
            stance=local_name(_text(row, "stance")),
            stance_word=self.word(row.get("stance")),
            words=_text(row, "words"),
            direct=_text(row, "direct") == "true",
            article=_article(row),
            evidence=_text(row, "evidence"),
        )


def _article(row: Row) -> Ref | None:
    if "article" not in row:
        return None
    iri = str(row["article"])
    return Ref(iri, _text(row, "headline") or f"untitled article {local_name(iri)}", "article")


def _text(row: Row, name: str) -> str:
    return str(row.get(name, ""))


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0
