"""What an article's page shows: its text cut into lines with mentions marked, and what was read out beside each line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from rdflib import RDF, SDO, URIRef

from kg.service.pages.asking import Page, behind
from kg.service.pages.cards import Cards, ClaimCard, EventCard, Evidence, Ref
from kg.service.pages.rows import ArticleRow, Rows
from kg.service.pages.words import day, local_name
from kg.vocab import CN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rdflib import Graph

    from kg.service.pages.asking import Asker

_LONG_LINE = 700  # a line longer than this is broken at sentences, so that notes stand near their words


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text with one look: `entity` where it names one, `event` where it is a trigger, `ends` sentences here."""

    text: str
    entity: Ref | None = None
    event: EventCard | None = None
    begins: str = ""
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph or a part of one, with the events and claims whose first sentence stands in it."""

    pieces: tuple[Piece, ...]
    events: tuple[EventCard, ...]
    claims: tuple[ClaimCard, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Photo:
    """An image of the article in words; the picture itself is not ours to show."""

    iri: str
    caption: str
    creators: tuple[Ref, ...]
    credit: str


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """Everything that an article's page shows."""

    ref: Ref
    headline: str
    authors: tuple[Ref, ...]
    publisher: Ref | None
    agency: Ref | None
    published: str
    published_day: str  # ISO 8601, as stated
    dateline: str
    section: str
    language: str
    url: str
    name: str
    photos: tuple[Photo, ...]
    lines: tuple[Line, ...]
    has_text: bool
    events: tuple[EventCard, ...]
    claims: tuple[ClaimCard, ...]
    entities: tuple[tuple[Ref, int], ...]
    related: Page[ArticleRow]
    graph: str
    behind: str


def article_page(asker: Asker, article: str) -> ArticlePage | None:
    """Read one article by its IRI; `None` when the store has no such article."""
    node, graph_iri = URIRef(article), asker.store.iris.article_graph(local_name(article))
    graph = asker.graph("article_graph", graph=graph_iri)
    if (node, RDF.type, SDO.NewsArticle) not in graph:
        return None
    body = asker.first("text", article=article)
    return _page(
        Cards(graph, asker.word),
        article,
        text=str(body["text"]) if body else "",
        graph_iri=graph_iri,
        related=asker.page("related_articles", Rows(asker.word).article, {"article": article}, size=6),
    )


def trial_page(asker: Asker, article: str, graph: Graph, text: str) -> ArticlePage:
    """Show an article that is in no store from its graph, with the facts about its entities, and its text."""
    graph_iri = asker.store.iris.article_graph(local_name(article))
    nothing: Page[ArticleRow] = Page((), 1, more=False, behind="")
    return _page(Cards(graph, asker.word), article, text=text, graph_iri=graph_iri, related=nothing)


def _page(cards: Cards, article: str, *, text: str, graph_iri: str, related: Page[ArticleRow]) -> ArticlePage:
    node = URIRef(article)
    events, claims = cards.events(), cards.claims()
    mentions = _mentions(cards, cards.graph)
    headline = cards.text(node, SDO.headline)
    if text:
        lines = tuple(_lines(text, _marks(text, mentions, events, cards), events, claims))
    else:
        lines = tuple(_quotes(events, claims))
    return ArticlePage(
        ref=Ref(article, headline, "article"),
        headline=headline or "Untitled article",
        authors=cards.refs(node, SDO.author),
        publisher=next(iter(cards.refs(node, SDO.publisher)), None),
        agency=next(iter(cards.refs(node, SDO.sourceOrganization)), None),
        published=day(cards.text(node, SDO.datePublished)),
        published_day=cards.text(node, SDO.datePublished),
        dateline=cards.text(node, SDO.dateline),
        section=cards.text(node, SDO.articleSection),
        language=cards.text(node, SDO.inLanguage),
        url=cards.text(node, SDO.url),
        name=cards.text(node, SDO.identifier),
        photos=_photos(cards, node),
        lines=lines,
        has_text=bool(text),
        events=events,
        claims=claims,
        entities=_entities(mentions),
        related=related,
        graph=graph_iri,
        behind=behind("article_graph", graph=graph_iri),
    )


def _photos(cards: Cards, node: URIRef) -> tuple[Photo, ...]:
    return tuple(
        Photo(
            image.iri,
            cards.text(URIRef(image.iri), SDO.caption),
            cards.refs(URIRef(image.iri), SDO.creator),
            cards.text(URIRef(image.iri), SDO.creditText),
        )
        for image in cards.refs(node, SDO.image)
    )


def _mentions(cards: Cards, graph: Graph) -> tuple[tuple[Evidence, Ref], ...]:
    found = []
    for span, entity in graph.subject_objects(CN.mentions):
        found.append((cards.span(span), cards.ref(entity)))
    return tuple(sorted(found, key=lambda pair: (pair[0].start, pair[1].iri)))


def _entities(mentions: Iterable[tuple[Evidence, Ref]]) -> tuple[tuple[Ref, int], ...]:
    counted: dict[Ref, int] = {}
    for _, entity in mentions:
        counted[entity] = counted.get(entity, 0) + 1
    return tuple(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0].label)))


# --- the text with its marks --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    entity: Ref | None = None
    event: EventCard | None = None


@dataclass(frozen=True, slots=True)
class _Spans:
    marks: tuple[_Mark, ...]
    sentences: tuple[tuple[int, int, str], ...]


def _marks(text: str, mentions: Iterable[tuple[Evidence, Ref]], events: Iterable[EventCard], cards: Cards) -> _Spans:
    """Collect what is marked in the text; where marks overlap, the one that begins first stays, names before triggers."""
    wanted = [_Mark(span.start, span.end, entity=entity) for span, entity in mentions]
    wanted += [_Mark(span.start, span.end, event=event) for event in events for span in event.triggers]
    marks: list[_Mark] = []
    taken = bytearray(len(text))
    for mark in sorted(wanted, key=lambda mark: (mark.event is not None, mark.start, -mark.end)):
        if 0 <= mark.start < mark.end <= len(text) and not any(taken[mark.start : mark.end]):
            taken[mark.start : mark.end] = b"\1" * (mark.end - mark.start)
            marks.append(mark)
    sentences, reached = [], 0
    for span in sorted(
        {cards.span(node) for node in cards.graph.subjects(RDF.type, CN.Sentence)}, key=lambda s: s.start
    ):
        if reached <= span.start < span.end <= len(text):
            sentences.append((span.start, span.end, span.iri))
            reached = span.end
    return _Spans(tuple(sorted(marks, key=lambda mark: mark.start)), tuple(sentences))


def _lines(text: str, spans: _Spans, events: tuple[EventCard, ...], claims: tuple[ClaimCard, ...]) -> Iterable[Line]:
    homes = {event.iri: _home(event.evidence or event.triggers, text) for event in events}
    for start, end in _bounds(text, spans):
        kind = "text" if _has_sentence(spans, start, end) else "furniture"
        yield Line(
            pieces=tuple(_pieces(text, spans, start, end)),
            events=tuple(event for event in events if start <= homes[event.iri] < end),
            claims=tuple(claim for claim in claims if start <= _start(claim.evidence) < end),
            kind=kind,
        )


def _home(spans: tuple[Evidence, ...], text: str) -> int:
    """Return where an event's note stands: by its first sentence below the headline, where it has one there."""
    body = text.find("\n")
    return (
        _start(tuple(span for span in spans if span.start > body))
        if spans and spans[-1].start > body
        else _start(spans)
    )


def _start(spans: tuple[Evidence, ...]) -> int:
    return spans[0].start if spans else -1


def _has_sentence(spans: _Spans, start: int, end: int) -> bool:
    marked = any(start <= mark.start < end for mark in spans.marks)
    return marked or any(start <= sentence[0] < end for sentence in spans.sentences) or end - start > 60


def _bounds(text: str, spans: _Spans) -> Iterable[tuple[int, int]]:
    """Yield the lines of the text that hold something; a sentence is never cut, and long lines end at sentences."""
    start = 0
    for found in re.finditer(r"\n+|\Z", text):
        if any(first < found.start() < last for first, last, _ in spans.sentences):
            continue  # the line breaks inside a sentence: hard-wrapped text
        while found.start() - start > _LONG_LINE:
            cut = next((last for _, last, _ in spans.sentences if start + _LONG_LINE // 3 < last < found.start()), None)
            if cut is None:
                break
            yield start, cut
            start = cut
        if text[start : found.start()].strip():
            yield start, found.start()
        start = found.end()


def _pieces(text: str, spans: _Spans, start: int, end: int) -> Iterable[Piece]:
    """Cut one line where a mark or a sentence begins or ends."""
    marks = [mark for mark in spans.marks if start <= mark.start < end]
    sentences = [sentence for sentence in spans.sentences if start <= sentence[0] < end]
    cuts = {start, end, *(mark.start for mark in marks), *(min(mark.end, end) for mark in marks)}
    cuts |= {sentence[0] for sentence in sentences} | {min(sentence[1], end) for sentence in sentences}
    begins = {sentence[0]: sentence[2] for sentence in sentences}
    ends = {min(sentence[1], end) for sentence in sentences}
    at = sorted(cuts)
    for first, last in pairwise(at):
        mark = next((mark for mark in marks if mark.start <= first < mark.end), None)
        yield Piece(
            text[first:last],
            entity=mark.entity if mark else None,
            event=mark.event if mark else None,
            begins=begins.get(first, ""),
            ends=last in ends,
        )


def _quotes(events: tuple[EventCard, ...], claims: tuple[ClaimCard, ...]) -> Iterable[Line]:
    """Without the text: the sentences that are evidence, each with what rests on it."""
    sentences = {span for event in events for span in event.evidence} | {s for claim in claims for s in claim.evidence}
    for span in sorted(sentences, key=lambda span: (span.start, span.iri)):
        yield Line(
            pieces=(Piece(span.quote, begins=span.iri, ends=True),),
            events=tuple(event for event in events if event.evidence[:1] == (span,)),
            claims=tuple(claim for claim in claims if claim.evidence[:1] == (span,)),
            kind="text",
        )
