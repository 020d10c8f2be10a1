"""Questions, candidates and the store's directory, without HTTP."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kg.errors import QueryError, StoreError
from kg.link.index import packaged
from kg.service.pages import Asker
from kg.service.reconcile import Directory, Question, batch_0_2, batch_1_0, extend, match, properties_for, suggested
from kg.service.reconcile.question import BATCH_SIZE, Condition
from kg.service.reconcile.words import FEATURES, PROPERTIES, TYPES, entity_type, lineage, type_id
from kg.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from kg.store import Store

TOWN = "Q90000001"


@pytest.fixture(scope="module")
def directory(newsroom: Store) -> Directory:
    return Directory(Asker(newsroom))


def test_every_type_leads_up_to_one_of_the_annotation_format() -> None:
    assert TYPES
    for kind in TYPES:
        assert entity_type(kind) is not None, kind
    assert lineage("base") == ("base", "Facility", "Place")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Person", "Person"),
        ("armed group", "ArmedGroup"),
        ("https://schema.org/Place", "Place"),
        ("https://w3id.org/conflict-news/ontology#ArmedGroup", "ArmedGroup"),
        ("cn:Facility", "Facility"),
        ("Unheard", ""),
        ("", ""),
    ],
)
def test_a_type_is_read_as_clients_write_it(given: str, expected: str) -> None:
    assert type_id(given) == expected


def test_type_objects_values_and_truths_are_read_from_a_batch() -> None:
    text = (
        '{"a": {"query": " Ain\\n Dara ", "type": [{"id": "city", "name": "City"}], "limit": 3.0, "properties": '
        '[{"pid": "country", "v": [{"id": "Q858"}, "Syria", 5, true]}]}}'
    )
    question = batch_0_2(text)["a"]
    assert question == Question(
        "Ain Dara", (), ("city",), "should", 3, (Condition("country", ("Q858", "Syria", "5", "true")),)
    )


def test_a_batch_of_no_queries_is_an_empty_answer_and_a_large_one_is_refused() -> None:
    assert batch_0_2("{}") == {}
    assert batch_1_0('{"queries": []}') == ()
    with pytest.raises(QueryError) as caught:
        batch_1_0('{"queries": [' + ",".join(["1"] * (BATCH_SIZE + 1)) + "]}")
    assert caught.value.status == 413


def test_an_entity_of_the_store_carries_its_own_facts(directory: Directory) -> None:
    town = directory.entity(TOWN)
    assert town is not None
    assert (town.label, town.kind, town.country, town.in_store) == ("Dorva", "Place", "Q90000009", True)
    assert directory.entity("Q999999999") is None
    assert directory.named_by("not an address") is None


def test_the_store_comes_before_the_index(directory: Directory) -> None:
    found = suggested(directory, "ka", limit=20)
    assert found[0].in_store
    assert not found[-1].in_store
    assert len({one.id for one in found}) == len(found) == 20


def test_a_misspelt_name_of_the_store_is_found(directory: Directory) -> None:
    (first, *_) = match(directory, Question(name="Karst Frontt"))
    assert first.entity.label == "Karst Front"
    assert first.score < 100


def test_features_are_named_and_the_score_follows_from_them(directory: Directory) -> None:
    found = match(directory, Question(name="Gaza"))
    assert len(found) > 1
    for one in found:
        features = one.features()
        assert set(features) == set(FEATURES)
        expected = 50 * features["probability"] + 50 * features["name_similarity"] * features["share"]
        assert one.score == pytest.approx(expected, abs=0.05)


def test_being_in_the_store_raises_an_entity(directory: Directory) -> None:
    index = packaged()
    number = index.exact("Tripoli")[-1][0]
    (without,) = (one for one in match(directory, Question(name="Tripoli", limit=100)) if one.entity.number == number)
    known = replace(without.entity, in_store=True)
    real = directory.numbered
    directory.numbered = lambda at: known if at == number else real(at)  # type: ignore[method-assign]
    try:
        (with_store,) = (one for one in match(directory, Question(name="Tripoli", limit=100)) if one.entity == known)
    finally:
        directory.numbered = real  # type: ignore[method-assign]
    assert with_store.score > without.score


def test_the_directory_follows_the_store_and_outlives_its_refusals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(tmp_path / "store") as store:
        asker = Asker(store)
        directory = Directory(asker)
        assert directory.called("Fort Zarl") == ()
        node = f"{store.base}id/entity/nil-place-fort-zarl"
        graph = store.iris.graph("entities")
        label = "http://www.w3.org/2000/01/rdf-schema#label"
        store.replace_graph(graph, f'<{node}> <{label}> "Fort Zarl" .\n'.encode())
        assert [one.id for one in directory.called("fort zarl")] == ["nil-place-fort-zarl"]

        def refuse(*_: object, **__: object) -> list[object]:
            raise StoreError("busy")

        monkeypatch.setattr(store, "query", refuse)
        store.replace_graph(graph, f'<{node}> <{label}> "Fort Other" .\n'.encode())
        assert directory.called("Fort Zarl")
        assert match(directory, Question(name="Iraq"))[0].entity.id == "Q796"


def test_only_places_have_coordinates_to_fetch(directory: Directory) -> None:
    assert "coordinates" not in {one.id for one in properties_for("Person")}
    assert {one.id for one in properties_for("")} == {one.id for one in PROPERTIES.values() if one.fetched}
    _, rows = extend(directory, (TOWN,), ("latitude", "context"))
    assert rows == {TOWN: {"latitude": [{"float": 44.5}], "context": []}}
