"""Whole articles to links: the rules that always hold, names in the metadata, and what a news reader expects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.link import OfflineLinker, link
from kg.model import (
    Annotations,
    Article,
    Candidate,
    Claim,
    Claimant,
    Entity,
    EntityType,
    Image,
    Links,
    Metadata,
    Span,
    View,
)

if TYPE_CHECKING:
    from kg.link.index import Index

NOWHERE = Span(0, 0, "")


def article(metadata: Metadata | None = None) -> Article:
    return Article("0" * 16, "test", "", View("", ()), (), metadata or Metadata(), "test")


def annotated(*names: tuple[str, EntityType], claims: tuple[Claim, ...] = ()) -> Annotations:
    entities = tuple(Entity(f"e{at}", name, kind, (Span(0, len(name), name),)) for at, (name, kind) in enumerate(names))
    return Annotations("test", True, entities=entities, claims=claims)


def linked(links: Links) -> list[str | None]:
    return [one.choice.qid if one.choice else None for one in links.entities]


def labels(*names: tuple[str, EntityType]) -> list[str | None]:
    links = OfflineLinker()(article(), annotated(*names))
    return [one.choice.label if one.choice else None for one in links.entities]


# --- an invented world ----------------------------------------------------------------------------------------------------


def test_each_entity_gets_one_decision_in_its_order(index: Index) -> None:
    links = OfflineLinker(index)(
        article(), annotated(("Norland", "Place"), ("Zebulon", "Person"), ("Milltown", "Place"))
    )
    assert [one.entity for one in links.entities] == ["e0", "e1", "e2"]
    assert linked(links) == ["Q1", None, "Q4"]
    assert links.index == index.version


def test_the_other_names_of_an_article_choose_between_namesakes(index: Index) -> None:
    assert linked(OfflineLinker(index)(article(), annotated(("Sudria", "Place"), ("Milltown", "Place"))))[1] == "Q5"


def test_a_surname_alone_is_no_celebrity(index: Index) -> None:
    assert linked(OfflineLinker(index)(article(), annotated(("Solmani", "Person"), ("Qadir Solmani", "Person")))) == [
        None,
        "Q6",
    ]


def test_a_demonym_is_neither_its_country_nor_a_town_but_a_people_is_linked(index: Index) -> None:
    found = OfflineLinker(index)(
        article(), annotated(("Norlander", "Nationality"), ("Tamris", "Nationality"), ("Sudria", "Place"))
    )
    assert linked(found)[0] is None
    assert [one.qid for one in found.entities[1].candidates] == ["Q12"]


def test_an_unnamed_source_is_never_a_person(index: Index) -> None:
    claim = Claim("c1", Claimant(NOWHERE, "e0", unnamed=True), "asserts", NOWHERE)
    linker = OfflineLinker(index)
    assert linked(linker(article(), annotated(("Qadir Solmani", "Person"), claims=(claim,)))) == [None]
    assert linked(linker(article(), annotated(("Qadir Solmani", "Person")))) == ["Q6"]


def test_a_full_name_is_found_through_the_mentions_when_the_given_name_is_not_known(index: Index) -> None:
    entity = Entity("e0", "Front for the People in Norland", "ArmedGroup", (Span(0, 3, "PFN"),))
    found = OfflineLinker(index)(
        article(), Annotations("test", True, entities=(entity, *annotated(("Norland", "Place")).entities))
    )
    assert [one.qid for one in found.entities[0].candidates] == ["Q8"]


def test_publisher_and_agency_are_linked_as_outlets_only(index: Index) -> None:
    metadata = Metadata(publisher="Daily Lantern", agency="Milltown", images=(Image("", credit="The Daily Lantern"),))
    names = {one.entity: one.choice for one in OfflineLinker(index)(article(metadata), annotated()).names}
    assert names["Milltown"] is None
    assert [names[name].qid for name in ("Daily Lantern", "The Daily Lantern") if names[name]] == ["Q10", "Q10"]


def test_the_same_article_gives_the_same_links(index: Index) -> None:
    doc = annotated(("Milltown", "Place"), ("Norland", "Place"), ("Kaadir Solmanni", "Person"))
    assert OfflineLinker(index)(article(), doc) == OfflineLinker(index)(article(), doc)


# --- the packaged index ---------------------------------------------------------------------------------------------------


def test_the_best_known_actors_of_a_report_from_iraq_are_linked() -> None:
    names: list[tuple[str, EntityType]] = [
        ("Iraq", "Place"),
        ("Iran", "Place"),
        ("Baghdad", "Place"),
        ("Mosul", "Place"),
        ("United States", "Place"),
        ("Qassem Soleimani", "Person"),
        ("Kataib Hezbollah", "ArmedGroup"),
        ("Pentagon", "Government"),
    ]
    expected = [
        "Iraq",
        "Iran",
        "Baghdad",
        "Mosul",
        "United States",
        "Qasem Soleimani",
        "Kata'ib Hezbollah",
        "The Pentagon",
    ]
    assert labels(*names) == expected


def test_actors_without_an_item_stay_without_link() -> None:
    unknown: list[tuple[str, EntityType]] = [
        ("Abu Mahdi al-Muhandis", "Person"),
        ("Camp Taji", "Facility"),
        ("Qayyarah Airfield West", "Facility"),
        ("David Schenker", "Person"),
        ("Houthis", "ArmedGroup"),
        ("Soleimani", "Person"),
        ("Iraqi", "Nationality"),
        ("Camp", "Place"),
    ]
    assert labels(("Iraq", "Place"), *unknown) == ["Iraq", *[None] * len(unknown)]


def test_outlets_in_the_metadata_are_linked_despite_a_slip() -> None:
    credits_ = (Image("", credit="Associated Presss"),)
    metadata = Metadata(publisher="Pittsburgh Post-Gazette", agency="AFP", images=credits_)
    found = [one.choice and one.choice.label for one in OfflineLinker()(article(metadata), annotated()).names]
    assert found == ["Pittsburgh Post-Gazette", "Agence France-Presse", "Associated Press"]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Gaza", "Gaza Strip"),
        ("Islamic State", "Islamic State"),
        ("Georgia", "Georgia"),
        ("Washington", "Washington, D.C."),
        ("Mosul", "Mosul"),
        ("Hezbollah", "Hezbollah"),
        ("Aleppo", "Aleppo"),
        ("Qasim Suleymany", "Qasem Soleimani"),
        ("Kataib Hizbullah", "Kata'ib Hezbollah"),
        ("U.S.-led coalition", "United States"),
        ("Iraqi", "Iraq"),
        ("FARC", "Revolutionary Armed Forces of Colombia"),
    ],
)
def test_a_bare_name_means_what_a_news_reader_expects(name: str, label: str) -> None:
    assert link(name)[0].label == label


def test_the_country_named_georgia_comes_before_the_state() -> None:
    kinds = [found.country for found in link("Georgia", limit=2)]
    assert kinds[0] == link("Georgia")[0].qid


def test_context_moves_a_name_to_its_country() -> None:
    libya, lebanon = link("Libya")[0].qid, link("Lebanon")[0].qid
    assert link("Tripoli", context="fighting in the west of Libya")[0].country == libya
    assert link("Tripoli", context="Lebanese army units moved north through Lebanon, said Beirut")[0].country == lebanon


def test_a_limit_of_one_keeps_the_best() -> None:
    assert link("Washington", limit=1) == link("Washington")[:1]


def test_an_unknown_name_has_no_candidates_and_a_score_is_a_probability() -> None:
    assert link("Zqxv Wbnpt Ttrkl") == ()
    found: tuple[Candidate, ...] = link("Washington", limit=20)
    assert found
    assert all(0 <= one.score <= 1 for one in found)


def test_a_full_name_behind_a_calling_is_looked_up_by_itself(index: Index) -> None:
    spans = (Span(0, 22, "Drummer Qadir al-Tamri"), Span(8, 22, "Qadir al-Tamri"))
    entity = Entity("e1", "Drummer Qadir al-Tamri", "Person", spans)
    links = OfflineLinker(index)(article(), Annotations("test", True, entities=(entity,)))
    assert [one.qid for one in links.entities[0].candidates] == ["Q7"]
