"""Events in the graph: classes, dates, places, tolls, labels."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from rdflib import RDF, RDFS, Graph, Literal, URIRef
from rdflib.namespace import SDO, XSD

from kg.mapping import build_graph
from kg.mapping.codes import is_beside, time_precision
from kg.mapping.labels import event_label
from kg.mapping.sheet import Sheet
from kg.model import Entity, EventPlace, EventTime, Span
from kg.vocab import CN, CNV

if TYPE_CHECKING:
    from kg.iris import Iris
    from kg.model import Annotations, Article, Links


@pytest.fixture(scope="module")
def graph(article: Article, annotations: Annotations, links: Links, iris: Iris) -> Graph:
    return build_graph(article, annotations, links, iris=iris)


@pytest.fixture(scope="module")
def events(article: Article, annotations: Annotations, iris: Iris) -> dict[str, URIRef]:
    """The nodes of the annotated events, by the annotations' ids."""
    found = annotations.events
    return {e.id: URIRef(iris.part("event", article.id, str(n))) for n, e in enumerate(found, start=1)}


def span_of(article: Article, words: str) -> Span:
    start = article.text.index(words)
    return Span(start, start + len(words), words)


def test_an_event_carries_its_class_and_all_classes_above(graph: Graph, events: dict[str, URIRef]) -> None:
    assert set(graph.objects(events["v2"], RDF.type)) == {CN.AerialAttack, CN.Attack, CN.ViolentEvent, CN.ConflictEvent}


def test_one_pattern_finds_every_kind_of_attack(graph: Graph, events: dict[str, URIRef]) -> None:
    assert set(graph.subjects(RDF.type, CN.Attack)) == {events[v] for v in ("v1", "v2", "v3", "v4")}


def test_dates_stand_on_the_event_as_plain_days(graph: Graph, events: dict[str, URIRef]) -> None:
    assert graph.value(events["v2"], CN.earliestDate) == Literal("2020-01-01", datatype=XSD.date)
    assert graph.value(events["v2"], CN.latestDate) == Literal("2020-01-10", datatype=XSD.date)
    assert graph.value(events["v2"], CN.timeText) == Literal("early January")


def test_a_time_that_leads_to_no_day_gives_no_date(graph: Graph, events: dict[str, URIRef]) -> None:
    assert graph.value(events["v6"], CN.timePrecision) == CNV.unanchored
    assert graph.value(events["v6"], CN.earliestDate) is None
    assert graph.value(events["v5"], CN.timePrecision) == CNV.unstated


@pytest.mark.parametrize(
    ("earliest", "latest", "code"),
    [
        (date(2020, 1, 1), date(2020, 1, 1), CNV.day),
        (date(2020, 1, 1), date(2020, 1, 7), CNV.week),
        (date(2020, 1, 1), date(2020, 1, 8), CNV.month),
        (date(2020, 1, 1), date(2020, 1, 31), CNV.month),
        (date(2020, 1, 1), date(2020, 2, 1), CNV.year),
        (date(2020, 1, 1), date(2020, 12, 31), CNV.year),
        (date(2020, 1, 1), date(2021, 1, 1), CNV.period),
        (date(2020, 1, 1), None, CNV.open),
        (None, date(2020, 1, 1), CNV.open),
        (None, None, CNV.unanchored),
    ],
)
def test_the_precision_of_a_time_follows_from_its_days(
    earliest: date | None, latest: date | None, code: URIRef
) -> None:
    assert time_precision(EventTime(Span(0, 1, "x"), earliest, latest)) == code


def test_the_best_of_several_places_tells_the_precision(graph: Graph, events: dict[str, URIRef]) -> None:
    assert graph.value(events["v3"], CN.placePrecision) == CNV.site
    assert len(list(graph.objects(events["v3"], CN.place))) == 2


def test_words_such_as_outside_make_a_place_a_vicinity(graph: Graph, events: dict[str, URIRef]) -> None:
    assert graph.value(events["v4"], CN.placePrecision) == CNV.vicinity
    assert graph.value(events["v2"], CN.placePrecision) == CNV["named-place"]


@pytest.mark.parametrize(
    ("before", "beside"),
    [
        ("Bombs fell outside ", True),
        ("Bombs fell near the city of ", True),
        ("a base 20 km north-east of ", True),
        ("a village northwest of the capital ", True),
        ("a checkpoint close to ", True),
        ("Bombs fell in ", False),
        ("a village in the north of ", False),
        ("a village in the north-east of ", False),
        ("They fled from the outskirts and reached ", False),
    ],
)
def test_only_words_that_lead_to_the_name_put_the_event_beside_it(
    before: str, beside: bool, article: Article, annotations: Annotations, links: Links, iris: Iris
) -> None:
    name = Span(len(before), len(before) + 5, "Tarsk")
    sheet = Sheet(
        replace(article, text=f"{before}Tarsk."),
        replace(annotations, sentences=(), entities=(Entity("e3", "Tarsk", "Place", (name,)),)),
        links,
        iris,
    )
    assert is_beside(sheet, EventPlace(name, "e3")) == beside


def test_a_capital_at_the_head_of_a_sentence_does_not_reach_the_label(
    article: Article, annotations: Annotations, links: Links, iris: Iris
) -> None:
    head = replace(annotations.events[5].participants[1], span=span_of(article, "Rocket attacks"), entity=None)
    event = replace(annotations.events[5], participants=(head,), places=())
    assert event_label(Sheet(article, annotations, links, iris), event) == "Handover of control to rocket attacks"


def test_an_event_without_place_has_no_place_precision(graph: Graph, events: dict[str, URIRef]) -> None:
    assert graph.value(events["v5"], CN.placePrecision) is None


def test_the_country_of_an_event_comes_from_the_facts_of_its_place(
    graph: Graph, events: dict[str, URIRef], iris: Iris
) -> None:
    assert graph.value(events["v2"], CN.country) == URIRef(iris.entity("Q900002"))
    assert graph.value(events["v6"], CN.country) is None


def test_rival_counts_stand_side_by_side_each_with_its_source(graph: Graph, events: dict[str, URIRef]) -> None:
    counts = list(graph.subjects(CN.ofEvent, events["v3"]))
    told = {(str(graph.value(c, CN.countMin)), graph.value(graph.value(c, CN.accordingTo), SDO.name)) for c in counts}
    assert told == {("3", None), ("5", Literal("A hospital in Tarsk"))}
    assert {bool(graph.value(c, CN.inOwnVoice)) for c in counts} == {False}


def test_a_count_without_upper_bound_states_none(graph: Graph, events: dict[str, URIRef]) -> None:
    counts = [c for c in graph.subjects(CN.ofEvent, events["v3"]) if graph.value(c, CN.countMax) is None]
    assert len(counts) == 1


def test_events_point_to_what_they_answer(graph: Graph, events: dict[str, URIRef]) -> None:
    assert graph.value(events["v4"], CN.inResponseTo) == events["v3"]


def test_a_relation_to_an_event_that_is_not_there_is_left_out(
    article: Article, annotations: Annotations, links: Links, iris: Iris
) -> None:
    lost = tuple(replace(event, part_of="v99", in_response_to=event.id) for event in annotations.events)
    graph = build_graph(article, replace(annotations, events=lost), links, iris=iris)
    assert not list(graph.subject_objects(CN.partOfEvent))
    assert not list(graph.subject_objects(CN.inResponseTo))


def test_each_telling_of_an_event_is_a_trigger_with_its_words(graph: Graph, events: dict[str, URIRef]) -> None:
    words = {str(graph.value(trigger, CN.words)) for trigger in graph.objects(events["v3"], CN.trigger)}
    assert words == {"Rocket attacks", "rockets"}
    assert len(list(graph.objects(events["v3"], CN.evidence))) == 2


def test_the_weapon_is_a_code_and_its_words(graph: Graph, events: dict[str, URIRef]) -> None:
    assert graph.value(events["v3"], CN.weapon) == CNV.rocket
    assert graph.value(events["v3"], CN.weaponText) == Literal("Rocket")


def test_labels_name_type_participants_and_place(graph: Graph, events: dict[str, URIRef]) -> None:
    labels = {key: str(graph.value(node, RDFS.label)) for key, node in events.items()}
    assert labels == {
        "v1": "Planned or feared: attack by militias",
        "v2": "Air or drone strike by Northland on Ilyas Koro and his deputy in Tarsk",
        "v3": "Shelling or rocket attack on Camp Orel near Tarsk",
        "v4": "Air or drone strike by Northland on depots near Tarsk",
        "v5": "Condemnation by the Vardan army",
        "v6": "Handover of control by the alliance to Vardan forces at Orel Airfield",
    }
