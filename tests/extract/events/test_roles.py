from __future__ import annotations

import pytest

from kg.extract import extract
from kg.model import Article, Event
from kg.read import read


def event(text: str, kind: str) -> Event:
    article = next(read(f"Army says fighting goes on against rebels\n\n{text}\n".encode(), "test.txt"))
    assert isinstance(article, Article)
    hits = [e for e in extract(article).events if e.type == kind]
    assert hits, f"no {kind} in {text!r}"
    return hits[0]


def roles(found: Event) -> set[tuple[str, str]]:
    return {(participant.role, participant.span.text) for participant in found.participants}


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("Turkish warplanes bombed rebel positions near Afrin.", "AerialAttack", {("perpetrator", "Turkish warplanes"), ("target", "rebel positions")}),
        ("Two journalists were abducted by gunmen in Mogadishu.", "Abduction", {("victim", "Two journalists"), ("perpetrator", "gunmen")}),
        ("A U.S. drone strike in Baghdad killed the militia commander.", "AerialAttack", {("perpetrator", "U.S."), ("victim", "militia commander")}),
        ("Gunmen carried out a series of attacks on police in Jordan.", "ArmedAssault", {("perpetrator", "Gunmen"), ("victim", "police")}),
        ("Police in Lagos arrested seven militants.", "Arrest", {("detainee", "seven militants"), ("perpetrator", "Police")}),
        ("Clashes broke out between soldiers and rebels near Goma.", "ArmedClash", {("participant", "soldiers"), ("participant", "rebels")}),
        ("The foreign minister condemned the shelling of Aleppo.", "Condemnation", {("speaker", "foreign minister")}),
    ],
)  # fmt: skip
def test_grammar_gives_the_roles(text: str, kind: str, expected: set[tuple[str, str]]) -> None:
    assert expected <= roles(event(text, kind))


def test_a_shared_subject_is_found_over_and() -> None:
    found = event("Militants seized an artillery school in Aleppo and shelled two villages.", "IndirectFireAttack")
    assert ("perpetrator", "Militants") in roles(found)


def test_the_subject_of_a_clause_after_a_conjunction_is_no_part_of_the_clause_before() -> None:
    found = event("Troops returned to Afrin on Saturday after rebels shelled two villages.", "IndirectFireAttack")
    assert ("perpetrator", "rebels") in roles(found)


def test_a_weapon_or_a_blast_is_no_perpetrator() -> None:
    found = event("A roadside bomb exploded near Kandahar and killed three soldiers.", "BombingAttack")
    assert not [name for role, name in roles(found) if role == "perpetrator"]


def test_a_blamed_group_is_no_perpetrator_in_the_outlets_own_voice() -> None:
    text = "The rocket attacks on Camp Taji were blamed by U.S. officials on Kataib Hezbollah."
    found = event(text, "IndirectFireAttack")
    assert all(p.claimed_by for p in found.participants if p.role == "perpetrator")
    attributed = event(
        "Rocket attacks attributed to Iran-backed militias by the Pentagon hit Iraq.", "IndirectFireAttack"
    )
    assert not [p for p in attributed.participants if "Pentagon" in p.span.text]


def test_places_follow_their_preposition_and_the_larger_place_its_comma() -> None:
    found = event("Rebels shelled a market in Mosul, Iraq, killing four civilians.", "IndirectFireAttack")
    assert [place.span.text for place in found.places] == ["Mosul", "Iraq"]


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("One air strike hit a tank and destroyed two houses of the rebels.", "AerialAttack", {("target", "tank"), ("target", "two houses of the rebels")}),
        ("Karim Haddad, a student from Homs, was jailed by the army.", "Arrest", {("detainee", "Karim Haddad"), ("perpetrator", "army")}),
        ("The town has been under rebel siege since May.", "PoliticalViolenceOther", {("perpetrator", "rebel"), ("target", "town")}),
        ("Troops fired dozens of missiles at the village.", "IndirectFireAttack", {("perpetrator", "Troops"), ("target", "village")}),
        ("Nine rebels were killed in clashes with soldiers.", "ArmedClash", {("participant", "soldiers"), ("victim", "Nine rebels")}),
        ("Talks between Israel and Hamas resumed in Cairo.", "Negotiation", {("participant", "Israel"), ("participant", "Hamas")}),
        ("Hundreds of civilians were abducted by militants.", "Abduction", {("victim", "Hundreds of civilians")}),
    ],
)  # fmt: skip
def test_joined_verbs_appositions_and_sieges_give_their_roles(
    text: str, kind: str, expected: set[tuple[str, str]]
) -> None:
    assert expected <= roles(event(text, kind))


@pytest.mark.parametrize(
    "text",
    [
        "Suspected militants attacked a village near Goma.",
        "A letter about the attacks on soldiers near Goma was published.",
        "The offensive destroyed two villages near Goma.",
    ],
)
def test_the_suspected_and_the_lifeless_are_no_perpetrators(text: str) -> None:
    article = next(read(f"Army says fighting goes on against rebels\n\n{text}\n".encode(), "test.txt"))
    assert isinstance(article, Article)
    found = [e for e in extract(article).events if e.trigger.start > 40]
    assert found
    assert not [name for e in found for role, name in roles(e) if role == "perpetrator"]


def test_a_bare_number_is_nobody() -> None:
    found = event("A car bomb exploded near Kandahar, killing 11 and wounding 30.", "BombingAttack")
    assert not [name for role, name in roles(found) if role == "victim"]
    assert {(c.outcome, c.minimum) for c in found.casualties} == {("killed", 11), ("injured", 30)}


def named(text: str, role: str) -> list[tuple[str, str] | None]:
    """The name and type of everybody in a role."""
    article = next(read(f"Army says fighting goes on against rebels\n\n{text}\n".encode(), "test.txt"))
    assert isinstance(article, Article)
    annotations = extract(article)
    known = {entity.id: (entity.name, entity.type) for entity in annotations.entities}
    found = [p.entity for e in annotations.events for p in e.participants if p.role == role]
    return [known[entity] if entity else None for entity in found]


def test_a_state_s_troops_are_the_state_where_the_article_names_it() -> None:
    text = "Turkey sent tanks. Turkish troops shelled the village of Tal Rifaat on Monday."
    assert ("Turkey", "Place") in named(text, "perpetrator")


def test_a_state_s_civilians_stay_its_people() -> None:
    text = "Syria is at war. Shells killed nine Syrian civilians in Homs on Monday."
    harmed = named(text, "victim")
    assert harmed
    assert ("Syria", "Place") not in harmed
