"""The whole mapping of one article: canonical bytes, no blank node, only known terms, and the shapes kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph
import pyshacl
import pytest
from rdflib import OWL, PROV, RDF, BNode, Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import SDO, XSD

from kg.iris import CODES, ONTOLOGY, Iris
from kg.mapping import build_graph, map_article, ontology_triples, void_triples
from kg.mapping.canonical import canonical
from kg.vocab import CN, CNV, OA, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.model import Annotations, Article, Contribution, Links

SHAPES = Path(__file__).resolve().parents[2] / "ontology" / "shapes.ttl"


@pytest.fixture(scope="module")
def contribution(article: Article, annotations: Annotations, links: Links, iris: Iris) -> Contribution:
    return map_article(article, annotations, links, iris=iris, fingerprint="0123456789abcdef")


@pytest.fixture
def graph(contribution: Contribution) -> Graph:
    return everything(contribution)


@pytest.fixture(scope="module")
def shapes() -> Graph:
    return Graph().parse(SHAPES)


def everything(contribution: Contribution) -> Graph:
    graph = Graph()
    for triples in (contribution.triples, *(facts.triples for facts in contribution.entities)):
        graph.parse(data=triples, format="nt")
    return graph


def messages(graph: Graph, shapes: Graph) -> list[str]:
    """What the shapes have to say about a graph; nothing when it conforms."""
    conforms, report, _ = pyshacl.validate(graph, shacl_graph=shapes)
    found = [str(message) for message in report.objects(None, URIRef("http://www.w3.org/ns/shacl#resultMessage"))]
    assert conforms == (not found)
    return found


def first(graph: Graph, kind: URIRef) -> URIRef:
    return min(s for s in graph.subjects(RDF.type, kind) if isinstance(s, URIRef))


# --- bytes -----------------------------------------------------------------------------------------------------------


def test_the_same_values_give_the_same_bytes(
    contribution: Contribution, article: Article, annotations: Annotations, links: Links, iris: Iris
) -> None:
    again = map_article(article, annotations, links, iris=iris, fingerprint="0123456789abcdef")
    assert again == contribution
    assert contribution.triples.count(b"\n") > 300


def test_the_lines_are_sorted_and_none_stands_twice(contribution: Contribution) -> None:
    lines = contribution.triples.splitlines()
    assert lines == sorted(set(lines))


def test_no_blank_node_reaches_the_store(contribution: Contribution) -> None:
    for triples in (contribution.triples, contribution.text_triples, *(e.triples for e in contribution.entities)):
        quads = list(pyoxigraph.parse(triples, format=pyoxigraph.RdfFormat.N_TRIPLES))
        assert quads
        assert not any(isinstance(term, pyoxigraph.BlankNode) for q in quads for term in (q.subject, q.object))


def test_a_store_gives_back_every_literal_as_it_was_written(contribution: Contribution) -> None:
    for triples in (contribution.triples, *(facts.triples for facts in contribution.entities)):
        store = pyoxigraph.Store()
        store.load(triples, format=pyoxigraph.RdfFormat.N_TRIPLES)
        kept = {quad.triple for quad in store}
        assert kept == {q.triple for q in pyoxigraph.parse(triples, format=pyoxigraph.RdfFormat.N_TRIPLES)}


def test_a_blank_node_is_refused() -> None:
    graph = Graph()
    graph.add((BNode(), RDF.type, CN.Attack))
    with pytest.raises(ValueError, match="blank node"):
        canonical(graph)


def test_the_graph_for_people_holds_the_triples_of_the_contribution(
    contribution: Contribution, article: Article, annotations: Annotations, links: Links, iris: Iris
) -> None:
    built = build_graph(article, annotations, links, iris=iris, fingerprint="0123456789abcdef")
    assert isomorphic(built, Graph().parse(data=contribution.triples, format="nt"))


def test_the_time_of_the_run_is_stated_only_when_it_is_given(
    contribution: Contribution, article: Article, annotations: Annotations, links: Links, iris: Iris
) -> None:
    assert str(PROV.endedAtTime).encode() not in contribution.triples
    ended = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    timed = build_graph(article, annotations, links, iris=iris, ended=ended)
    assert timed.value(None, PROV.endedAtTime, Literal(ended, datatype=XSD.dateTime))


def test_the_text_is_kept_whole_and_apart(contribution: Contribution, article: Article) -> None:
    text = Graph().parse(data=contribution.text_triples, format="nt")
    assert list(text) == [(URIRef(contribution.article), SDO.text, Literal(article.text))]
    assert article.text.splitlines()[5] + "\n" not in contribution.triples.decode()


def test_an_article_without_events_still_has_its_record(article: Article, annotations: Annotations, iris: Iris) -> None:
    from kg.model import Links  # noqa: PLC0415 - an empty one only here

    bare = replace(annotations, about_conflict=False, entities=(), events=(), claims=())
    found = map_article(article, bare, Links(), iris=iris, fingerprint="f")
    graph = Graph().parse(data=found.triples, format="nt")
    assert (URIRef(found.article), RDF.type, SDO.NewsArticle) in graph
    made = [facts.iri for facts in found.entities if "/id/entity/" in facts.iri]
    assert {iri.rpartition("/")[2][:10] for iri in made} == {"nil-author", "nil-media-"}


def test_two_articles_say_the_same_of_nothing_but_their_links(
    contribution: Contribution, article: Article, annotations: Annotations, links: Links, iris: Iris
) -> None:
    other = map_article(replace(article, id="f" * 16), annotations, links, iris=iris, fingerprint="0123456789abcdef")
    shared = set(contribution.triples.splitlines()) & set(other.triples.splitlines())
    assert {line.split()[0].rpartition(b"/")[0] for line in shared} == {f"<{iris.base}id/entity".encode()}


def test_the_software_and_the_index_are_described_once_for_all_articles(contribution: Contribution) -> None:
    described = Graph()
    for facts in contribution.entities:
        if "/id/entity/" not in facts.iri:
            described.parse(data=facts.triples, format="nt")
    own = Graph().parse(data=contribution.triples, format="nt")
    (activity,) = own.subjects(RDF.type, PROV.Activity)
    tools = {*own.objects(activity, PROV.wasAssociatedWith), *own.objects(activity, PROV.used)}
    assert set(described.subjects()) == tools - {URIRef(contribution.article)}
    assert not set(own.subjects()) & set(described.subjects())


# --- terms -----------------------------------------------------------------------------------------------------------


def test_every_term_of_the_graph_is_in_the_ontology(graph: Graph) -> None:
    used = {term for triple in graph for term in triple if isinstance(term, URIRef)}
    own = [str(term) for term in used if str(term).startswith((ONTOLOGY, CODES))]
    assert len(own) > 60
    for term in own:
        assert CN[term.removeprefix(ONTOLOGY)] if term.startswith(ONTOLOGY) else CNV[term.removeprefix(CODES)]


def test_every_predicate_and_class_belongs_to_a_vocabulary_with_a_known_prefix(graph: Graph) -> None:
    names = {*graph.predicates(), *graph.objects(None, RDF.type)}
    assert all(str(name).startswith(tuple(PREFIXES.values())) for name in names)


def test_properties_hold_nodes_or_literals_as_the_ontology_says(graph: Graph) -> None:
    ontology = Graph().parse(data=ontology_triples(), format="nt")
    checked = 0
    for _, predicate, value in graph:
        if (predicate, RDF.type, OWL.ObjectProperty) in ontology:
            assert isinstance(value, URIRef), predicate
            checked += 1
        elif (predicate, RDF.type, OWL.DatatypeProperty) in ontology:
            assert isinstance(value, Literal), predicate
            checked += 1
    assert checked > 100


# --- shapes ----------------------------------------------------------------------------------------------------------


def test_the_graph_conforms_to_the_shapes(graph: Graph, shapes: Graph) -> None:
    assert messages(graph, shapes) == []


def drop(graph: Graph, kind: URIRef, predicate: URIRef) -> None:
    graph.remove((first(graph, kind), predicate, None))


BROKEN: dict[str, tuple[Callable[[Graph], object], str]] = {
    "event without evidence": (lambda g: drop(g, CN.Attack, CN.evidence), "sentence that tells of the event"),
    "event without actuality": (lambda g: drop(g, CN.ConflictEvent, CN.actuality), "exactly one actuality"),
    "event with two actualities": (
        lambda g: [g.add((first(g, CN.Attack), CN.actuality, c)) for c in (CNV.happened, CNV.planned)],
        "exactly one actuality",
    ),
    "event without time precision": (lambda g: drop(g, CN.Attack, CN.timePrecision), "how precise the time is"),
    "placed event without precision": (
        lambda g: g.remove((None, CN.placePrecision, None)),
        "how precisely the place locates",
    ),
    "dates the wrong way round": (
        lambda g: (
            g.add((first(g, CN.SpeechEvent), CN.earliestDate, Literal("2021-01-01", datatype=XSD.date)))
            and g.add((first(g, CN.SpeechEvent), CN.latestDate, Literal("2020-01-01", datatype=XSD.date)))
        ),
        "not after the latest",
    ),
    "perpetrator without a voice": (
        lambda g: g.add((first(g, CN.IndirectFireAttack), CN.perpetrator, URIRef("https://example.org/x"))),
        "Do not accuse",
    ),
    "perpetrator of a plan": (
        lambda g: g.set((first(g, CN.AerialAttack), CN.actuality, CNV.planned)),
        "Leave the shortcuts off",
    ),
    "participation without role": (lambda g: drop(g, CN.Participation, CN.role), "exactly one role"),
    "participation without a voice": (lambda g: drop(g, CN.Participation, CN.inOwnVoice), "article itself says so"),
    "participation in both voices": (
        lambda g: (
            g.set((first(g, CN.Participation), CN.accordingTo, first(g, CN.UnnamedSource)))
            and g.set((first(g, CN.Participation), CN.inOwnVoice, Literal(lexical_or_value=True)))
        ),
        "not on both",
    ),
    "claim without claimant": (lambda g: drop(g, CN.Claim, CN.claimant), "who makes the claim"),
    "claim with an unknown stance": (
        lambda g: g.set((first(g, CN.Claim), CN.stance, CNV.happened)),
        "exactly one stance",
    ),
    "claim without evidence": (lambda g: drop(g, CN.Claim, CN.evidence), "sentence that makes the claim"),
    "unnamed source linked": (
        lambda g: g.add((first(g, CN.UnnamedSource), SDO.sameAs, URIRef("http://www.wikidata.org/entity/Q1"))),
        "Never link an unnamed source",
    ),
    "count of no event": (lambda g: drop(g, CN.CasualtyCount, CN.ofEvent), "which one event"),
    "lowest count above the highest": (
        lambda g: (
            g.set((first(g, CN.CasualtyCount), CN.countMin, Literal(90, datatype=XSD.integer)))
            and g.set((first(g, CN.CasualtyCount), CN.countMax, Literal(2, datatype=XSD.integer)))
        ),
        "not above the highest",
    ),
    "sentence without quotation": (lambda g: g.remove((None, OA.exact, None)), "one quote selector"),
    "sentence without position": (lambda g: g.remove((None, OA.start, None)), "one position selector"),
    "article with two dates": (
        lambda g: [
            g.add((first(g, SDO.NewsArticle), SDO.datePublished, Literal(day, datatype=XSD.date)))
            for day in ("2020-01-01", "2020-01-02")
        ],
        "at most one date",
    ),
    "article without checksum": (lambda g: drop(g, SDO.NewsArticle, SDO.sha256), "SHA-256"),
}


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.replace(" ", "-"))
def test_a_broken_graph_is_rejected_with_a_message_that_says_what_to_do(case: str, graph: Graph, shapes: Graph) -> None:
    damage, expected = BROKEN[case]
    damage(graph)
    assert any(expected in message for message in messages(graph, shapes)), case


# --- the graphs beside the articles ----------------------------------------------------------------------------------


def test_the_ontology_graph_holds_terms_codes_and_alignments() -> None:
    graph = Graph().parse(data=ontology_triples(), format="nt")
    assert (CN.Attack, RDF.type, OWL.Class) in graph
    assert (CNV.rocket, None, None) in graph
    assert (CN.ConflictEvent, None, SDO.Event) in graph
    assert ontology_triples() == ontology_triples()


def test_the_dataset_description_states_counts_only_when_they_are_known(iris: Iris) -> None:
    assert b"void#triples" not in void_triples(iris)
    assert b'void#triples> "7"' in void_triples(iris, quads=7)
    assert b"https://example.org/sparql" in void_triples(iris)
