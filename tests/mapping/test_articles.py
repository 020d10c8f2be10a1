"""The article's record and its entities: what the source says and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from rdflib import RDF, Graph, Literal, URIRef
from rdflib.namespace import GEO, SDO, XSD

from kg.mapping import build_graph, map_article
from kg.vocab import CN, OA, WD

if TYPE_CHECKING:
    from kg.iris import Iris
    from kg.model import Annotations, Article, Links


@pytest.fixture(scope="module")
def graph(article: Article, annotations: Annotations, links: Links, iris: Iris) -> Graph:
    return build_graph(article, annotations, links, iris=iris, fingerprint="f00")


@pytest.fixture(scope="module")
def facts(article: Article, annotations: Annotations, links: Links, iris: Iris) -> dict[str, Graph]:
    found = map_article(article, annotations, links, iris=iris, fingerprint="f00").entities
    return {each.iri: Graph().parse(data=each.triples, format="nt") for each in found}


@pytest.fixture(scope="module")
def node(article: Article, iris: Iris) -> URIRef:
    return URIRef(iris.article(article.id))


def test_the_record_holds_headline_authors_and_checksum(
    graph: Graph, facts: dict[str, Graph], node: URIRef, article: Article
) -> None:
    assert graph.value(node, SDO.headline) == Literal(article.metadata.headline)
    authors = list(graph.objects(node, SDO.author))
    assert {str(facts[str(author)].value(author, SDO.name)) for author in authors} == {"Ann Brook", "Leo Marsh"}
    assert str(graph.value(node, SDO.sha256)) == sha256(article.text.encode()).hexdigest()
    assert str(graph.value(node, CN.fingerprint)) == "f00"


def test_what_the_source_does_not_say_stays_absent(graph: Graph, node: URIRef) -> None:
    for predicate in (SDO.datePublished, SDO.articleSection, SDO.dateline, SDO.url):
        assert (node, predicate, None) not in graph


@pytest.mark.parametrize(
    ("published", "literal"),
    [
        (date(2020, 3, 27), Literal("2020-03-27", datatype=XSD.date)),
        (datetime(2020, 3, 27, 8, 0, tzinfo=UTC), Literal("2020-03-27T08:00:00Z", datatype=XSD.dateTime)),
    ],
)
def test_a_date_is_a_date_and_a_time_a_time(
    published: date,
    literal: Literal,
    article: Article,
    annotations: Annotations,
    links: Links,
    iris: Iris,
    node: URIRef,
) -> None:
    dated = replace(article, metadata=replace(article.metadata, published=published))
    assert build_graph(dated, annotations, links, iris=iris).value(node, SDO.datePublished) == literal


def test_an_address_that_is_no_iri_still_gives_triples_that_parse(
    article: Article, annotations: Annotations, links: Links, iris: Iris, node: URIRef
) -> None:
    odd = replace(article, metadata=replace(article.metadata, url='https://news.test/a b?c="<d>"'))
    found = map_article(odd, annotations, links, iris=iris, fingerprint="f")
    graph = Graph().parse(data=found.triples, format="nt")
    assert graph.value(node, SDO.url) == Literal('https://news.test/a b?c="<d>"', datatype=XSD.anyURI)


def test_publisher_and_photo_agency_are_linked_by_their_names(graph: Graph, node: URIRef, iris: Iris) -> None:
    assert graph.value(node, SDO.publisher) == URIRef(iris.entity("Q900020"))
    images = list(graph.objects(node, SDO.image))
    assert {graph.value(image, SDO.sourceOrganization) for image in images} == {URIRef(iris.entity("Q900021")), None}
    assert {str(graph.value(image, SDO.creditText)) for image in images} == {"Wire Press", "handout"}


def test_an_agency_without_an_item_is_a_media_organisation_with_a_name(
    graph: Graph, facts: dict[str, Graph], node: URIRef
) -> None:
    agency = graph.value(node, SDO.sourceOrganization)
    assert facts[str(agency)].value(agency, SDO.name) == Literal("Lone Desk")
    assert (agency, RDF.type, SDO.NewsMediaOrganization) in facts[str(agency)]


def test_no_statement_stands_in_an_article_and_among_the_entities(graph: Graph, facts: dict[str, Graph]) -> None:
    # the default graph of a query is the union of all: what stands twice would be counted twice
    assert len(facts) > 5
    for entity in facts.values():
        assert not set(entity) & set(graph)


def test_a_reporter_is_not_the_person_of_the_same_name_in_the_news(
    article: Article, annotations: Annotations, links: Links, iris: Iris, node: URIRef
) -> None:
    named = replace(article, metadata=replace(article.metadata, authors=("Camp Orel",)))
    graph = build_graph(named, annotations, links, iris=iris)
    assert graph.value(node, SDO.author) not in set(graph.objects(node, SDO.mentions))


def test_every_mention_stands_in_the_text_where_its_iri_says(
    graph: Graph, node: URIRef, article: Article, annotations: Annotations
) -> None:
    found = 0
    for mention in graph.subjects(RDF.type, CN.Mention):
        start, end = map(int, str(mention).rpartition("=")[2].split(","))
        assert str(graph.value(mention, CN.words)) == article.text[start:end]
        assert graph.value(mention, OA.hasSource) == node
        found += 1
    assert found >= sum(len(entity.mentions) for entity in annotations.entities)


def test_a_linked_entity_says_its_item_and_the_article_how_sure_the_link_is(
    graph: Graph, facts: dict[str, Graph], iris: Iris
) -> None:
    tarsk = URIRef(iris.entity("Q900003"))
    assert facts[str(tarsk)].value(tarsk, SDO.sameAs) == WD["Q900003"]
    assert str(graph.value(tarsk, CN.linkScore)) == "0.9"
    assert (tarsk, CN.linkScore, None) not in facts[str(tarsk)]


def test_coordinates_come_as_numbers_and_as_a_point_with_longitude_first(facts: dict[str, Graph], iris: Iris) -> None:
    tarsk = URIRef(iris.entity("Q900003"))
    graph = facts[str(tarsk)]
    assert graph.value(tarsk, SDO.latitude) == Literal("36.34", datatype=XSD.decimal)
    assert str(graph.value(graph.value(tarsk, GEO.hasGeometry), GEO.asWKT)) == "POINT(43.13 36.34)"


def test_the_facts_of_an_entity_are_about_it_alone(facts: dict[str, Graph]) -> None:
    assert len(facts) > 5
    for iri, graph in facts.items():
        assert {str(s) for s in graph.subjects()} <= {iri, f"{iri}/geometry"}


def test_an_unlinked_entity_has_a_name_and_no_item(facts: dict[str, Graph], iris: Iris) -> None:
    camp = URIRef(iris.unlinked("Camp Orel", "facility"))
    graph = facts[str(camp)]
    assert graph.value(camp, SDO.name) == Literal("Camp Orel")
    assert (camp, RDF.type, CN.Facility) in graph
    assert (camp, SDO.sameAs, None) not in graph


def test_the_article_tells_the_type_where_the_index_does_not_know_it(
    graph: Graph, facts: dict[str, Graph], iris: Iris
) -> None:
    koro = URIRef(iris.entity("Q900004"))
    assert (koro, RDF.type, SDO.Person) in graph
    assert (koro, RDF.type, None) not in facts[str(koro)]


def test_names_of_one_item_share_one_node_and_the_best_score(
    article: Article, annotations: Annotations, links: Links, iris: Iris, node: URIRef
) -> None:
    first = links.entities[0]
    other = replace(links.entities[1], choice=replace(first.choice, score=0.4) if first.choice else None)
    merged = replace(links, entities=(first, other, *links.entities[2:]))
    graph = build_graph(article, annotations, merged, iris=iris)
    shared = URIRef(iris.entity("Q900001"))
    assert [str(score) for score in graph.objects(shared, CN.linkScore)] == ["0.9"]
    assert len(list(graph.objects(node, SDO.mentions))) == len(annotations.entities) - 1
