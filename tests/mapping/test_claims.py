"""Claims in the graph: who says what, in which stance, and that an unnamed source stays unnamed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from rdflib import RDF, Graph, Literal, URIRef
from rdflib.namespace import SDO

from kg.mapping import build_graph
from kg.vocab import CN, CNV, OA

if TYPE_CHECKING:
    from kg.iris import Iris
    from kg.model import Annotations, Article, Links


@pytest.fixture(scope="module")
def graph(article: Article, annotations: Annotations, links: Links, iris: Iris) -> Graph:
    return build_graph(article, annotations, links, iris=iris)


def test_a_named_claimant_is_the_entity(graph: Graph, iris: Iris) -> None:
    denial = graph.value(None, CN.stance, CNV.denies)
    assert graph.value(denial, CN.claimant) == URIRef(iris.entity("Q900007"))


def test_an_unnamed_source_is_never_the_institution_and_never_linked(graph: Graph, iris: Iris) -> None:
    sources = list(graph.subjects(RDF.type, CN.UnnamedSource))
    assert len(sources) == 4
    for source in sources:
        assert "/id/source/" in source
        assert (source, SDO.sameAs, None) not in graph
        assert (source, CN.linkScore, None) not in graph
    assert URIRef(iris.entity("Q900001")) in {graph.value(s, SDO.affiliation) for s in sources}


def test_the_same_words_for_a_source_are_one_node(
    article: Article, annotations: Annotations, links: Links, iris: Iris
) -> None:
    twice = (*annotations.claims, replace(annotations.claims[0], id="c8"))
    graph = build_graph(article, replace(annotations, claims=twice), links, iris=iris)
    assert len(list(graph.subjects(RDF.type, CN.UnnamedSource))) == 4
    assert len(list(graph.subjects(RDF.type, CN.Claim))) == 8


def test_a_source_that_is_written_in_two_ways_has_one_name(
    article: Article, annotations: Annotations, links: Links, iris: Iris
) -> None:
    first = annotations.claims[2]
    span = replace(first.claimant.span, text=first.claimant.span.text.upper())
    second = replace(first, id="c8", claimant=replace(first.claimant, span=span))
    found = replace(annotations, claims=(*annotations.claims, second))
    graph = build_graph(article, found, links, iris=iris)
    sources = list(graph.subjects(RDF.type, CN.UnnamedSource))
    assert len(sources) == 4
    assert [len(list(graph.objects(source, SDO.name))) for source in sources] == [1, 1, 1, 1]
    assert (None, SDO.name, Literal(first.claimant.span.text)) in graph


def test_a_quotation_keeps_its_words_whole_and_says_that_they_are_the_speakers(graph: Graph) -> None:
    claim = graph.value(None, SDO.text, Literal("We may have to leave,"))
    assert graph.value(claim, CN.directQuotation) == Literal(lexical_or_value=True)


def test_every_claim_comes_through_the_article_with_a_sentence_that_stands_in_it(
    graph: Graph, article: Article, iris: Iris
) -> None:
    for claim in graph.subjects(RDF.type, CN.Claim):
        assert graph.value(claim, CN.conveyedBy) == URIRef(iris.article(article.id))
        for sentence in graph.objects(claim, CN.evidence):
            start, end = map(int, str(sentence).rpartition("=")[2].split(","))
            assert [str(x) for s in graph.objects(sentence, OA.hasSelector) for x in graph.objects(s, OA.exact)] == [
                article.text[start:end]
            ]


def test_no_claim_is_written_for_the_articles_own_voice(graph: Graph, annotations: Annotations) -> None:
    assert len(list(graph.subjects(RDF.type, CN.Claim))) == len(annotations.claims)


def test_without_sentences_the_line_of_the_text_is_the_evidence(
    article: Article, annotations: Annotations, links: Links, iris: Iris, graph: Graph
) -> None:
    bare = build_graph(article, replace(annotations, sentences=()), links, iris=iris)
    assert set(bare.subject_objects(CN.evidence)) == set(graph.subject_objects(CN.evidence))
