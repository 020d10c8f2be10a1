"""Events, claims and tolls read from an RDF graph into plain values; asks no store."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rdflib import RDF, RDFS, SDO, Literal, URIRef

from kg.service.pages.words import count, days, humanise, local_name
from kg.vocab import CN, OA, ancestors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rdflib import Graph
    from rdflib.term import Identifier, Node

# classes that say little, from the more to the less telling: any other class of the same thing stands before them
_VAGUE = ("Place", "Organization", "Feature", "Thing")
_SPAN = re.compile(r"#char=(\d+),(\d+)$")
# what readers ask first stands first; roles that are not named here follow
_ROLE_ORDER = ("perpetrator", "instigator", "participant", "giver", "speaker", "target", "victim", "detainee")


@dataclass(frozen=True, slots=True)
class Ref:
    """Something with an IRI and a name; `kind` is the local name of its most telling class, or empty."""

    iri: str
    label: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A stretch of an article's text; offsets are code points, half-open, `-1` where the IRI does not tell."""

    iri: str
    quote: str
    start: int = -1
    end: int = -1
    article: Ref | None = None


@dataclass(frozen=True, slots=True)
class Voice:
    """Who says it: the article itself (`own`), or those sources, each with the claim that says so where there is one."""

    own: bool
    sources: tuple[Ref, ...] = ()
    claims: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """Who has which role in an event, and on whose word. `words` stand in the text where they differ from the name."""

    iri: str
    role: str
    role_word: str
    participant: Ref
    words: str
    voice: Voice
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class RoleGroup:
    """Participants of one role on the word of one voice."""

    role_word: str
    voice: Voice
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Toll:
    """One count by one source; `number` is ready to read."""

    iri: str
    outcome: str
    outcome_word: str
    number: str
    words: str
    group: str
    voice: Voice
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class EventCard:
    """One event report. `when` is ready to read and empty where nothing anchors it; `when_words` are the text's own."""

    iri: str
    label: str
    type: Ref
    actuality: str
    actuality_word: str
    when: str
    when_words: str
    time_precision: str
    places: tuple[Ref, ...]
    place_precision: str
    weapons: tuple[str, ...]
    parts: tuple[Part, ...]
    tolls: tuple[Toll, ...]
    evidence: tuple[Evidence, ...]
    triggers: tuple[Evidence, ...]
    part_of: tuple[Ref, ...]
    in_response_to: tuple[Ref, ...]
    article: Ref | None
    confidence: str

    @property
    def real(self) -> bool:
        """Whether it happened or goes on, as the article presents it."""
        return self.actuality in ("happened", "ongoing")

    @property
    def roles(self) -> tuple[RoleGroup, ...]:
        """The participants by role and voice."""
        return grouped(self.parts)


@dataclass(frozen=True, slots=True)
class ClaimCard:
    """One claim; `words` are what is claimed, `direct` whether they are the claimant's own."""

    iri: str
    claimant: Ref
    unnamed: bool
    affiliations: tuple[Ref, ...]
    stance: str
    stance_word: str
    certainty: str
    words: str
    direct: bool
    about: tuple[Ref, ...]
    evidence: tuple[Evidence, ...]
    article: Ref | None
    confidence: str


def most_specific(classes: Iterable[str]) -> str:
    """Return the class that no other of them lies below; ours first, and the vaguest of other vocabularies last."""

    def order(iri: str) -> tuple[bool, int, str]:
        name = local_name(iri)
        return not iri.startswith(str(CN)), _VAGUE.index(name) + 1 if name in _VAGUE else 0, iri

    found = sorted(set(classes), key=order)
    above = {name for iri in found if iri.startswith(str(CN)) for name in ancestors(local_name(iri))}
    telling = [iri for iri in found if local_name(iri) not in above]
    return telling[0] if telling else ""


def grouped(parts: Iterable[Part]) -> tuple[RoleGroup, ...]:
    """Put participants of one role and one voice together, in the order in which they come."""
    groups: dict[tuple[str, Voice], list[Part]] = {}
    for part in parts:
        groups.setdefault((part.role_word, replace(part.voice, claims=())), []).append(part)
    return tuple(RoleGroup(role, voice, tuple(found)) for (role, voice), found in groups.items())


class Cards:
    """Reads cards from one graph; `word` says a term in words."""

    def __init__(self, graph: Graph, word: Callable[[Identifier | str | None], str]) -> None:
        self.graph = graph
        self.word = word
        self._claims_about: dict[Node, list[Node]] = {}
        for about in (CN.aboutParticipation, CN.aboutCount):
            for claim, node in graph.subject_objects(about):
                self._claims_about.setdefault(node, []).append(claim)

    # --- small readings -------------------------------------------------------------------------------------------

    def text(self, node: Node, *properties: URIRef) -> str:
        """Return the first value of the first of these properties, or nothing."""
        return next((str(value) for p in properties for value in sorted(self.graph.objects(node, p), key=str)), "")

    def term(self, node: Node, link: URIRef) -> str:
        """Return the IRI that a property leads to, or nothing."""
        return self.text(node, link)

    def ref(self, node: Node) -> Ref:
        """Name a node: its label, else its own IRI taken apart."""
        label = self.text(node, RDFS.label, SDO.name, SDO.headline, CN.words)
        classes = (str(kind) for kind in self.graph.objects(node, RDF.type))
        return Ref(str(node), label or humanise(str(node)), local_name(most_specific(classes)))

    def refs(self, node: Node, *properties: URIRef) -> tuple[Ref, ...]:
        """Name all that these properties lead to, by name."""
        found = {value for p in properties for value in self.graph.objects(node, p) if isinstance(value, URIRef)}
        return tuple(sorted((self.ref(value) for value in found), key=lambda ref: (ref.label, ref.iri)))

    def evidence(self, node: Node, link: URIRef = CN.evidence) -> tuple[Evidence, ...]:
        """Return the spans behind a node, in the order of the text."""
        return tuple(sorted((self.span(span) for span in self.graph.objects(node, link)), key=position))

    def span(self, span: Node) -> Evidence:
        """Read one stretch of text."""
        quotes = (self.text(selector, OA.exact) for selector in self.graph.objects(span, OA.hasSelector))
        quote = next((text for text in quotes if text), "") or self.text(span, CN.words)
        source = self.graph.value(span, OA.hasSource)
        offsets = _SPAN.search(str(span))
        start, end = (int(offsets[1]), int(offsets[2])) if offsets else (-1, -1)
        return Evidence(str(span), quote, start, end, self.ref(source) if source else None)

    def voice(self, node: Node) -> Voice:
        """Say on whose word a participation or a count rests."""
        own = self.graph.value(node, CN.inOwnVoice)
        claims = tuple(self.ref(claim) for claim in sorted(self._claims_about.get(node, ()), key=str))
        sources = self.refs(node, CN.accordingTo)
        if not sources:
            claimants = {by for claim in claims for by in self.refs(URIRef(claim.iri), CN.claimant)}
            sources = tuple(sorted(claimants, key=lambda ref: ref.label))
        said_by_article = bool(own.toPython()) if isinstance(own, Literal) else not sources
        return Voice(said_by_article, sources, claims)

    # --- cards ----------------------------------------------------------------------------------------------------

    def events(self) -> tuple[EventCard, ...]:
        """Read every event of the graph, in the order in which the text tells of them."""
        found = [self.event(node) for node in set(self.graph.subjects(CN.actuality, None))]
        return tuple(sorted(found, key=lambda event: (_first(event.triggers or event.evidence), event.iri)))

    def event(self, node: Node) -> EventCard:
        """Read one event."""
        kind = most_specific(str(value) for value in self.graph.objects(node, RDF.type))
        actuality = self.term(node, CN.actuality)
        return EventCard(
            iri=str(node),
            label=self.ref(node).label,
            type=Ref(kind, self.word(kind), local_name(kind)),
            actuality=local_name(actuality),
            actuality_word=self.word(actuality),
            when=days(self.text(node, CN.earliestDate), self.text(node, CN.latestDate)),
            when_words=self.text(node, CN.timeText),
            time_precision=self.word(self.term(node, CN.timePrecision)),
            places=self.refs(node, CN.place),
            place_precision=self.word(self.term(node, CN.placePrecision)),
            weapons=tuple(sorted(self.word(str(code)) for code in self.graph.objects(node, CN.weapon))),
            parts=self._parts(node),
            tolls=self._tolls(node),
            evidence=self.evidence(node),
            triggers=self.evidence(node, CN.trigger),
            part_of=self.refs(node, CN.partOfEvent),
            in_response_to=self.refs(node, CN.inResponseTo),
            article=next(iter(self.refs(node, CN.reportedIn)), None),
            confidence=self.text(node, CN.confidence),
        )

    def _parts(self, event: Node) -> tuple[Part, ...]:
        def order(part: Part) -> tuple[int, str, str]:
            rank = _ROLE_ORDER.index(part.role) if part.role in _ROLE_ORDER else len(_ROLE_ORDER)
            return rank, part.participant.label, part.iri

        return tuple(sorted((self._part(n) for n in self.graph.objects(event, CN.reportedParticipation)), key=order))

    def _part(self, node: Node) -> Part:
        role = self.term(node, CN.role)
        participant = self.graph.value(node, CN.participant)
        named = self.ref(participant) if participant else Ref("", "not named")
        words = self.text(node, CN.words)
        return Part(
            iri=str(node),
            role=local_name(role),
            role_word=self.word(role),
            participant=named,
            words=words if words.casefold() != named.label.casefold() else "",
            voice=self.voice(node),
            evidence=self.evidence(node),
        )

    def _tolls(self, event: Node) -> tuple[Toll, ...]:
        found = [self._toll(node) for node in self.graph.subjects(CN.ofEvent, event)]
        return tuple(sorted(found, key=lambda toll: (toll.outcome != "killed", toll.outcome, _first(toll.evidence))))

    def _toll(self, node: Node) -> Toll:
        outcome = self.term(node, CN.outcome)
        return Toll(
            iri=str(node),
            outcome=local_name(outcome),
            outcome_word=self.word(outcome),
            number=count(self._number(node, CN.countMin), self._number(node, CN.countMax)),
            words=self.text(node, CN.countText),
            group=self.text(node, CN.casualtyGroup),
            voice=self.voice(node),
            evidence=self.evidence(node),
        )

    def _number(self, node: Node, link: URIRef) -> int | None:
        text = self.text(node, link)
        return int(text) if text.isdigit() else None

    def claims(self) -> tuple[ClaimCard, ...]:
        """Read every claim of the graph, in the order of the text."""
        found = [self.claim(node) for node in set(self.graph.subjects(RDF.type, CN.Claim))]
        return tuple(sorted(found, key=lambda claim: (_first(claim.evidence), claim.iri)))

    def claim(self, node: Node) -> ClaimCard:
        """Read one claim."""
        claimant = self.graph.value(node, CN.claimant)
        stance = self.term(node, CN.stance)
        return ClaimCard(
            iri=str(node),
            claimant=self.ref(claimant) if claimant else Ref("", "somebody"),
            unnamed=claimant is not None and (claimant, RDF.type, CN.UnnamedSource) in self.graph,
            affiliations=self.refs(claimant, SDO.affiliation) if claimant else (),
            stance=local_name(stance),
            stance_word=self.word(stance),
            certainty=self.word(self.term(node, CN.certainty)),
            words=self.text(node, SDO.text, CN.words),
            direct=self.text(node, CN.directQuotation) == "true",
            about=self.refs(node, CN.aboutEvent),
            evidence=self.evidence(node),
            article=next(iter(self.refs(node, CN.conveyedBy)), None),
            confidence=self.text(node, CN.confidence),
        )


def position(span: Evidence) -> tuple[str, int, int]:
    """Order spans as a reader meets them."""
    return (span.article.iri if span.article else "", span.start, span.end)


def _first(spans: tuple[Evidence, ...]) -> tuple[str, int, int]:
    return position(spans[0]) if spans else ("", -1, -1)
