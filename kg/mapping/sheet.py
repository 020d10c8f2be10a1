"""The sheet that one article's statements are written on, with the nodes that several of them share; maps nothing itself."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, XSD
from rdflib.term import Identifier

from kg.vocab import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.iris import Iris
    from kg.model import Annotations, Article, Candidate, Claim, Entity, Link, Links, Located, Span


def new_graph() -> Graph:
    """Return an empty graph with the known prefixes bound."""
    graph = Graph(bind_namespaces="none")
    for prefix, iri in PREFIXES.items():
        graph.bind(prefix, iri)
    return graph


def decimal(number: float, *, places: int) -> Literal:
    """Write a number as an exact decimal of at most so many places, never with an exponent."""
    # as the store writes it back: no zeros at the end, and no point without a digit behind it
    text = f"{number:.{places}f}".rstrip("0").rstrip(".")
    return Literal("0" if text in {"", "-0"} else text, datatype=XSD.decimal)


@dataclass(frozen=True, slots=True)
class Writer:
    """Puts terms into a graph of its own."""

    graph: Graph = field(default_factory=new_graph, kw_only=True)

    def add(self, subject: URIRef, predicate: URIRef, *values: Identifier | str | None) -> None:
        """State one triple for each value; a plain string becomes a literal, and `None` and the empty string nothing."""
        for value in values:
            if isinstance(value, Identifier):
                self.graph.add((subject, predicate, value))
            elif value:
                self.graph.add((subject, predicate, Literal(value)))

    def type(self, subject: URIRef, *classes: URIRef) -> None:
        """State the classes of a node."""
        for each in classes:
            self.graph.add((subject, RDF.type, each))


@dataclass(frozen=True, slots=True)
class Sheet(Writer):
    """One article on its way into one graph."""

    article: Article
    annotations: Annotations
    links: Links
    iris: Iris
    _entities: dict[str, Entity] = field(init=False, repr=False)
    _links: dict[str, Link] = field(init=False, repr=False)
    _names: dict[str, Link] = field(init=False, repr=False)
    _claims: dict[str, tuple[int, Claim]] = field(init=False, repr=False)
    _sentence_starts: tuple[int, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        found, links = self.annotations, self.links
        object.__setattr__(self, "_entities", {entity.id: entity for entity in found.entities})
        object.__setattr__(self, "_links", {link.entity: link for link in links.entities})
        object.__setattr__(self, "_names", {link.entity: link for link in links.names})
        object.__setattr__(self, "_claims", {claim.id: (n, claim) for n, claim in enumerate(found.claims, start=1)})
        object.__setattr__(self, "_sentence_starts", tuple(sentence.start for sentence in found.sentences))

    # --- shared nodes -------------------------------------------------------------------------------------------------

    @property
    def node(self) -> URIRef:
        """The article itself, which is also the source of every span."""
        return URIRef(self.iris.article(self.article.id))

    def part(self, kind: str, *numbers: int) -> URIRef:
        """Return the IRI of a node that belongs to this article alone."""
        return URIRef(self.iris.part(kind, self.article.id, "-".join(map(str, numbers))))

    def entity(self, identifier: str | None) -> Entity | None:
        """Return the article's entity with this id; an id that leads nowhere is as good as none."""
        return self._entities.get(identifier) if identifier else None

    def choice(self, identifier: str | None) -> Candidate | None:
        """Return the item that the entity with this id is linked to."""
        link = self._links.get(identifier) if identifier else None
        return link.choice if link else None

    def located(self, identifier: str) -> Located | None:
        """Return where an entity without item lies, if that is known."""
        link = self._links.get(identifier)
        return link.located if link else None

    def name_choice(self, name: str) -> Candidate | None:
        """Return the item that a name of the metadata is linked to."""
        link = self._names.get(name)
        return link.choice if link else None

    def entity_node(self, identifier: str | None) -> URIRef | None:
        """Return the node of an entity, linked or not."""
        entity = self.entity(identifier)
        if entity is None:
            return None
        choice = self.choice(identifier)
        if choice:
            return URIRef(self.iris.entity(choice.qid))
        return URIRef(self.iris.unlinked(entity.name, entity.type.lower()))

    def person_node(self, name: str) -> URIRef:
        """Return the node of somebody who made the article.

        Theirs is a kind of its own: a reporter is not the person of the same name that some article tells of.
        """
        return URIRef(self.iris.unlinked(name, "author"))

    def media_node(self, name: str) -> URIRef:
        """Return the node of a publisher or agency, linked or not."""
        choice = self.name_choice(name)
        return URIRef(self.iris.entity(choice.qid) if choice else self.iris.unlinked(name, "media"))

    def claim(self, identifier: str | None) -> tuple[int, Claim] | None:
        """Return a claim with its number, counted from 1."""
        return self._claims.get(identifier) if identifier else None

    # --- text -----------------------------------------------------------------------------------------------------------

    def sentences(self, spans: Iterable[Span]) -> tuple[tuple[int, int], ...]:
        """Return the ranges of the sentences that these spans touch, in order.

        Where no sentence covers a span (annotations made elsewhere carry none), its line of the text takes the place.
        """
        return tuple(sorted({found for span in spans for found in self._touched(span.start, span.end)}))

    def _touched(self, start: int, end: int) -> list[tuple[int, int]]:
        sentences = self.annotations.sentences
        first = max(bisect_right(self._sentence_starts, start) - 1, 0)
        touched: list[tuple[int, int]] = []
        for sentence in sentences[first:]:
            if sentence.start >= max(end, start + 1):
                break
            if sentence.end > start:
                touched.append((sentence.start, sentence.end))
        return touched or [self._line(start, end)]

    def _line(self, start: int, end: int) -> tuple[int, int]:
        text = self.article.text
        first = text.rfind("\n", 0, start) + 1
        last = text.find("\n", max(end - 1, start))
        return first, len(text) if last < 0 else last
