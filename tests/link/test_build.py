"""The build of the index: kinds from class labels, and the faults of the first merge that must not come back."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg.link import link
from kg.link.index import packaged
from kg.link.towns import packaged_towns

if TYPE_CHECKING:
    from types import ModuleType

SCRIPTS = Path(__file__).resolve().parents[2] / "training" / "index"


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"index_{name}", SCRIPTS / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("human", "person"),
        ("district of Turkey", "admin"),
        ("city of Iran", "city"),
        ("think tank", "organisation"),
        ("anti-tank missile", "weapon"),
        ("married couple", "drop"),
        ("television series", "drop"),
        ("television station", "media"),
        ("historical country", "historic-country"),
        ("sovereign state", "country"),
        ("terrorist attack", "event"),
        ("terrorist organization", "militant-group"),
        ("glorp", None),
    ],
)
def test_a_class_label_says_what_its_items_are(label: str, kind: str | None) -> None:
    assert script("kinds").of_class(label) == kind


def best(name: str) -> tuple[str, str]:
    facts = packaged().facts(packaged().exact(name)[0][0])
    return facts.label, facts.kind


def test_the_farc_are_colombian_and_no_congolese_army() -> None:
    assert best("FARC") == ("Revolutionary Armed Forces of Colombia", "militant-group")
    assert "FARC" not in packaged().facts(packaged().exact("Armed Forces of the Republic of the Congo")[0][0]).names


def test_the_names_of_the_islamic_state_are_not_its_sinai_province_s() -> None:
    for name in ("ISIS", "ISIL", "Daesh", "Islamic State", "Islamic State of Iraq and Syria"):
        assert best(name) == ("Islamic State", "militant-group"), name
    assert best("Islamic State – Sinai Province")[0] != "Islamic State"


@pytest.mark.parametrize("name", ["RAND Corporation", "Brookings Institution", "Chatham House"])
def test_a_think_tank_is_no_weapon(name: str) -> None:
    found = packaged().exact(name)
    assert not [entity for entity, _ in found if packaged().kind(entity) == "weapon"]


def test_no_brand_song_or_office_is_in_the_index() -> None:
    for name in ("Kashmir (song)", "Delhaize shop & go", "President of Iraq", "Prime Minister of Israel"):
        assert not packaged().exact(name), name


def test_towns_of_the_united_states_lie_there() -> None:
    america = link("United States")[0].qid
    assert {one.country for one in link("Pittsburgh", type="Place", limit=1)} == {america}


def test_no_organisation_is_anyone_s_country() -> None:
    index = packaged()
    countries = {country for entity in range(20_000) if (country := index.country(entity))}
    assert len(countries) > 150
    for qid in countries:
        number = index.number(qid)
        assert number is not None, qid
        assert index.facts(number).type == "Place", index.facts(number).label
    assert not {one.country for one in link("United Nations", limit=1)} - {None}


@pytest.mark.parametrize(
    ("classes", "kind"),
    [(["nation", "island"], "region"), (["nation"], "ethnic"), (["ethnic group", "region"], "ethnic")],
)
def test_a_nation_that_is_an_island_is_a_place(classes: list[str], kind: str) -> None:
    assert script("kinds").of_classes(classes) == kind


@pytest.mark.parametrize(
    ("word", "country"),
    [
        ("Iraqi", "Iraq"), ("Iraqis", "Iraq"), ("Swedes", "Sweden"), ("Chinese", "People's Republic of China"), ("Frenchmen", "France"),
        ("Burkinabé", "Burkina Faso"), ("Gazans", "Gaza Strip"), ("Georgians", "Georgia"), ("Dutch", "Netherlands"),
    ],
)  # fmt: skip
def test_a_people_is_known_by_its_country(word: str, country: str) -> None:
    found = packaged()
    bearers = [(found.facts(entity), how) for entity, how in found.exact(word)]
    assert any(how == "demonym" and country in facts.names for facts, how in bearers), bearers


@pytest.mark.parametrize("word", ["Chineses", "Swisses", "Frenchmens", "Britishs"])
def test_no_plural_is_made_that_nobody_says(word: str) -> None:
    assert packaged().exact(word) == []


def test_the_table_of_peoples_names_each_country_by_a_label_and_no_word_twice() -> None:
    lines = (SCRIPTS / "demonyms.tsv").read_text(encoding="utf-8").splitlines()[1:]
    pairs = [line.split("\t") for line in lines]
    assert len(pairs) > 190
    assert all(len(pair) == 2 and all(pair) for pair in pairs)
    words = [word for _, listed in pairs for word in listed.split("|")]
    assert sorted({word for word in words if words.count(word) > 1}) == []


@pytest.mark.parametrize("name", ["Hodeidah", "Hodeida", "Hudaydah"])
def test_spellings_of_one_town_lead_to_one_item(name: str) -> None:
    assert link(name)[0].label == "Al Hudaydah"


def test_a_town_without_item_is_located_in_its_country() -> None:
    syria = next(entity for entity, _ in packaged().exact("Syria"))
    found = packaged_towns().located("Kobani", {packaged().country(syria) or "": 1.0})
    assert found is not None
    assert (round(found.latitude, 1), round(found.longitude, 1)) == (36.9, 38.4)
