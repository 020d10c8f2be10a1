"""Accusations: what the article says, what only a claimant says, and what the shortcuts may never say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, get_args

import pytest
from rdflib import RDF, RDFS, Graph, Literal, URIRef
from rdflib.namespace import SDO

from kg.mapping import build_graph
from kg.model import Actuality, Stance
from kg.vocab import CN, CNV

if TYPE_CHECKING:
    from kg.iris import Iris
    from kg.model import Annotations, Article, Event, Links

SHORTCUTS = (CN.perpetrator, CN.allegedPerpetrator, CN.target, CN.victim)


def event_node(article: Article, iris: Iris, number: int) -> URIRef:
    return URIRef(iris.part("event", article.id, str(number)))


def with_event(annotations: Annotations, number: int, event: Event) -> Annotations:
    events = list(annotations.events)
    events[number - 1] = event
    return replace(annotations, events=tuple(events))


@pytest.fixture(scope="module")
def graph(article: Article, annotations: Annotations, links: Links, iris: Iris) -> Graph:
    return build_graph(article, annotations, links, iris=iris)


def test_the_articles_own_voice_gives_perpetrator_and_victims(graph: Graph, article: Article, iris: Iris) -> None:
    strike = event_node(article, iris, 2)
    assert graph.value(strike, CN.perpetrator) == URIRef(iris.entity("Q900001"))
    assert URIRef(iris.entity("Q900004")) in set(graph.objects(strike, CN.victim))
    assert len(list(graph.objects(strike, CN.victim))) == 2


def test_a_perpetrator_whom_only_a_claimant_names_is_alleged(graph: Graph, article: Article, iris: Iris) -> None:
    rockets, group = event_node(article, iris, 3), URIRef(iris.entity("Q900007"))
    assert list(graph.objects(rockets, CN.allegedPerpetrator)) == [group]
    assert not list(graph.objects(rockets, CN.perpetrator))
    assert (None, CN.perpetrator, group) not in graph


def test_the_label_of_an_event_does_not_name_the_accused(graph: Graph, article: Article, iris: Iris) -> None:
    assert "Sons of Tarsk" not in str(graph.value(event_node(article, iris, 3), RDFS.label))


def test_an_alleged_participation_leads_to_the_claim_and_the_claimant(graph: Graph) -> None:
    blame = graph.value(None, CN.stance, CNV.blames)
    part = graph.value(blame, CN.aboutParticipation)
    assert graph.value(part, CN.role) == CNV.perpetrator
    assert graph.value(part, CN.inOwnVoice) == Literal(lexical_or_value=False)
    assert graph.value(part, CN.accordingTo) == graph.value(blame, CN.claimant)


@pytest.mark.parametrize("stance", get_args(Stance))
def test_only_a_claim_that_denies_or_doubts_gives_no_alleged_perpetrator(
    stance: Stance, article: Article, annotations: Annotations, links: Links, iris: Iris
) -> None:
    claims = tuple(replace(claim, stance=stance) for claim in annotations.claims)
    graph = build_graph(article, replace(annotations, claims=claims), links, iris=iris)
    assert bool(list(graph.subject_objects(CN.allegedPerpetrator))) == (stance not in {"denies", "doubts"})
    assert (event_node(article, iris, 3), CN.perpetrator, None) not in graph


@pytest.mark.parametrize("actuality", get_args(Actuality))
def test_only_what_happened_or_goes_on_gives_shortcuts(
    actuality: Actuality, article: Article, annotations: Annotations, links: Links, iris: Iris
) -> None:
    real = actuality in {"happened", "ongoing"}
    for number in (2, 3):
        changed = replace(annotations.events[number - 1], actuality=actuality)
        graph = build_graph(article, with_event(annotations, number, changed), links, iris=iris)
        node = event_node(article, iris, number)
        assert any((node, shortcut, None) in graph for shortcut in SHORTCUTS) == real
        assert len(list(graph.objects(node, CN.reportedParticipation))) == 3


def test_a_claim_that_is_not_there_still_keeps_the_article_from_accusing(
    article: Article, annotations: Annotations, links: Links, iris: Iris
) -> None:
    graph = build_graph(article, replace(annotations, claims=()), links, iris=iris)
    rockets = event_node(article, iris, 3)
    assert (rockets, CN.perpetrator, None) not in graph
    assert (rockets, CN.allegedPerpetrator, URIRef(iris.entity("Q900007"))) in graph


def test_a_participant_without_a_name_gets_a_node_of_the_article_with_its_words(graph: Graph) -> None:
    named = {str(graph.value(node, SDO.name)) for node in graph.subjects(RDF.type, CN.DescribedParticipant)}
    assert named == {"militias", "its embassy", "his deputy", "depots", "The alliance"}


def test_a_participation_keeps_the_words_where_the_entity_has_another_name(graph: Graph, iris: Iris) -> None:
    part = graph.value(None, CN.words, Literal("Vardan forces"))
    assert graph.value(part, CN.participant) == URIRef(iris.entity("Q900002"))
