"""The examples: one for each class, true to the mapping, conforming to the shapes; broken variants are rejected.

All variants of an example are checked at one go, each under a base of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rdflib import RDF, RDFS, Graph, Literal, URIRef
from rdflib.namespace import SDO, XSD

from kg.iris import CODES, ONTOLOGY
from kg.service.validate import check
from kg.vocab import CLASSES, CN, CNV, OA, ancestors

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from rdflib.term import Node

FOLDER = Path(__file__).resolve().parents[2] / "ontology" / "examples"
EXAMPLES = sorted(FOLDER.glob("*.ttl"))
BASE = "https://example.org/"
ARTICLE = URIRef(f"{BASE}id/some-article")


def test_every_class_has_one_example() -> None:
    assert sorted(path.stem for path in EXAMPLES) == sorted(CLASSES)


def test_the_examples_are_what_the_mapping_makes_of_the_gold(derive: ModuleType) -> None:
    """If this fails after a change of the mapping or the gold, look at `python ontology/derive.py` and its diff."""
    stale = [n for n, text in derive.examples() if (FOLDER / f"{n}.ttl").read_text(encoding="utf-8") != text]
    assert stale == []


def test_all_examples_conform_to_the_shapes() -> None:
    graph = Graph()
    for path in EXAMPLES:
        graph.parse(path)
    assert check(graph) == ()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_shows_a_node_of_its_class(path: Path) -> None:
    assert (focus_of(path), RDF.type, CN[path.stem]) in parsed(path)


# --- broken variants ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Drop:
    """Takes away every value of a property."""

    predicate: URIRef

    def __call__(self, graph: Graph, focus: URIRef) -> None:
        graph.remove((focus, self.predicate, None))


@dataclass(frozen=True, slots=True)
class Put:
    """Puts another value in the place of a property's values."""

    predicate: URIRef
    value: Node

    def __call__(self, graph: Graph, focus: URIRef) -> None:
        graph.set((focus, self.predicate, self.value))


@dataclass(frozen=True, slots=True)
class Also:
    """Adds a second value."""

    predicate: URIRef
    value: Node

    def __call__(self, graph: Graph, focus: URIRef) -> None:
        graph.add((focus, self.predicate, self.value))


@dataclass(frozen=True, slots=True)
class Unhang:
    """Takes away what points to the node by a property."""

    predicate: URIRef

    def __call__(self, graph: Graph, focus: URIRef) -> None:
        graph.remove((None, self.predicate, focus))


def move(graph: Graph, focus: URIRef) -> None:
    """Give a stretch of text an IRI without its position."""
    for s, p, o in [*graph.triples((focus, None, None)), *graph.triples((None, None, focus))]:
        graph.remove((s, p, o))
        bare = URIRef(f"{BASE}id/nowhere")
        graph.add((bare if s == focus else s, p, bare if o == focus else o))


def wrong_way_round(graph: Graph, focus: URIRef) -> None:
    """Let a sentence end before it begins."""
    for selector in graph.objects(focus, OA.hasSelector):
        if (selector, OA.start, None) in graph:
            graph.set((selector, OA.end, Literal(-1, datatype=XSD.integer)))


def unquoted(graph: Graph, focus: URIRef) -> None:
    """Take the quote selector away."""
    for selector in list(graph.objects(focus, OA.hasSelector)):
        if (selector, OA.exact, None) in graph:
            graph.remove((focus, OA.hasSelector, selector))


def both_voices(graph: Graph, focus: URIRef) -> None:
    """Let the article and a claimant both say it."""
    graph.set((focus, CN.inOwnVoice, Literal(True)))
    graph.add((focus, CN.accordingTo, URIRef(f"{BASE}id/somebody")))


EARLY, LATE = Literal("1990-01-01", datatype=XSD.date), Literal("2030-01-01", datatype=XSD.date)
NUMBER = Literal(-1, datatype=XSD.integer)
SOMEBODY = URIRef(f"{BASE}id/somebody")
WORDS = Literal("words")
NO_SENTENCE = Put(CN.evidence, ARTICLE)
EVENT = (
    Drop(CN.evidence), NO_SENTENCE, Drop(CN.actuality), Put(CN.actuality, CNV.day), Also(CN.actuality, CNV.other),
    Drop(RDFS.label), Drop(CN.reportedIn), Drop(CN.timePrecision), Put(CN.timePrecision, CNV.site),
    Put(CN.earliestDate, WORDS), Put(CN.confidence, Literal("2.5", datatype=XSD.decimal)), Put(CN.place, WORDS),
    Put(CN.reportedParticipation, ARTICLE), Put(CN.weapon, CNV.killed),
)  # fmt: skip
ENTITY = (
    Drop(SDO.name), Also(SDO.name, WORDS), Put(SDO.sameAs, URIRef("https://example.com/Q1")), Also(RDF.type, SDO.Person),
    Put(CN.country, WORDS), Put(CN.linkScore, Literal("1.5", datatype=XSD.decimal)),
)  # fmt: skip
DESCRIBED = (
    Drop(SDO.name), Also(SDO.name, WORDS), Also(RDF.type, SDO.Person), Put(SDO.affiliation, WORDS),
    Put(SDO.sameAs, URIRef("http://www.wikidata.org/entity/Q1")),
)  # fmt: skip
BREAKS: dict[str, tuple[Callable[[Graph, URIRef], None], ...]] = {
    "ArmedGroup": (*ENTITY, lambda g, f: g.remove((f, RDF.type, SDO.Organization))),
    "CasualtyCount": (
        Drop(CN.ofEvent), Put(CN.ofEvent, ARTICLE), Drop(CN.outcome), Put(CN.outcome, CNV.happened), Drop(CN.countText),
        Put(CN.countMin, NUMBER), Put(CN.countMin, Literal("12")), Put(CN.countMin, Literal(10**9)), Drop(CN.inOwnVoice),
        Drop(CN.evidence), NO_SENTENCE, both_voices,
    ),
    "CasualtyRange": (
        Drop(CN.ofIncident), Put(CN.ofIncident, ARTICLE), Drop(CN.outcome), Put(CN.outcome, CNV.day), Drop(CN.restsOn),
        Put(CN.restsOn, ARTICLE), Put(CN.countMin, NUMBER), Drop(CN.evidence), NO_SENTENCE,
    ),
    "Claim": (
        Drop(CN.claimant), Also(CN.claimant, SOMEBODY), Drop(CN.stance), Put(CN.stance, CNV.rocket), Drop(SDO.text),
        Drop(CN.conveyedBy), Drop(CN.directQuotation), Put(CN.directQuotation, WORDS), Drop(CN.evidence), NO_SENTENCE,
        Put(CN.certainty, CNV.contested), Put(CN.claimStatus, CNV.certain),
    ),
    "Community": ENTITY,
    "DescribedParticipant": DESCRIBED,
    "Facility": (*ENTITY, lambda g, f: g.remove((f, RDF.type, SDO.Place))),
    "Incident": (
        Drop(RDFS.label), Unhang(CN.reportOf), Drop(CN.evidence), NO_SENTENCE, Drop(CN.dateEvidence),
        Drop(CN.placeEvidence), Drop(CN.placePrecision), Drop(CN.timePrecision), Put(CN.earliestDate, LATE), Put(CN.latestDate, EARLY),
        Put(CN.confidence, WORDS), Put(CN.dateEvidence, ARTICLE),
    ),
    "Mention": (
        Drop(OA.hasSource), Also(OA.hasSource, SOMEBODY), Drop(CN.words), Also(CN.words, Literal("other words")), move,
    ),
    "Participation": (
        Drop(CN.participant), Also(CN.participant, SOMEBODY), Put(CN.participant, WORDS), Drop(CN.role),
        Put(CN.role, CNV.asserts), Drop(CN.inOwnVoice), both_voices, Unhang(CN.reportedParticipation), Drop(CN.evidence),
        NO_SENTENCE,
    ),
    "Sentence": (Drop(OA.hasSource), Also(OA.hasSource, SOMEBODY), Drop(OA.hasSelector), unquoted, wrong_way_round, move),
    "StateForce": (*ENTITY, lambda g, f: g.remove((f, RDF.type, SDO.Organization))),
    "UnnamedSource": DESCRIBED,
}  # fmt: skip


def breaks(name: str) -> tuple[Callable[[Graph, URIRef], None], ...]:
    """Return the changes that must break an example: for one event class all, for each of the others six in turn."""
    if name != "ConflictEvent" and "ConflictEvent" not in ancestors(name):
        return BREAKS[name]
    first = 0 if name == "ConflictEvent" else CLASSES.index(name)
    number = len(EVENT) if name == "ConflictEvent" else 6
    return tuple(EVENT[(first + each) % len(EVENT)] for each in range(number))


@cache
def parsed(path: Path) -> Graph:
    return Graph().parse(path)


def focus_of(path: Path) -> URIRef:
    """Return the node that an example is about: the first that it describes."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("<"):
            return URIRef(line[1 : line.index(">")])
    raise AssertionError(f"{path} describes nothing")


def variant(path: Path, number: int, change: Callable[[Graph, URIRef], None]) -> str:
    """Return the example with one change, as N-Triples under a base of its own."""
    graph = Graph() + parsed(path)
    change(graph, focus_of(path))
    return graph.serialize(format="nt").replace(BASE, f"https://variant-{number}.example/")


def accepted(path: Path, changes: tuple[Callable[[Graph, URIRef], None], ...]) -> list[object]:
    """Return the changes that no shape objects to."""
    graph = Graph()
    for number, change in enumerate(changes):
        graph.parse(data=variant(path, number, change), format="nt")
    found = " ".join(violation.focus for violation in check(graph))
    return [change for number, change in enumerate(changes) if f"https://variant-{number}.example/" not in found]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_at_least_five_broken_variants_of_an_example_are_rejected(path: Path) -> None:
    changes = breaks(path.stem)
    assert len(changes) >= 5
    assert accepted(path, changes) == []


def test_a_variant_that_breaks_nothing_is_accepted() -> None:
    def harmless(graph: Graph, focus: URIRef) -> None:
        graph.add((focus, RDFS.comment, WORDS))

    assert accepted(FOLDER / "Riot.ttl", (harmless,)) == [harmless]


def test_examples_use_no_term_that_the_ontology_lacks() -> None:
    found = 0
    for path in EXAMPLES:
        for triple in parsed(path):
            for term in map(str, triple):
                if term.startswith(ONTOLOGY):
                    assert CN[term.removeprefix(ONTOLOGY)]
                    found += 1
                if term.startswith(CODES):
                    assert CNV[term.removeprefix(CODES)]
    assert found > 1000
