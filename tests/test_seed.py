"""The article that the project started from comes out right, answer by answer, over the graph that a user would query."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rdflib import Literal

from kg import pipeline
from kg.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.store import Store

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def store(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    article = shared / "seed" / "us-weighs-response-to-attacks-in-iraq.txt"
    with open_store(tmp_path_factory.mktemp("seed") / "store") as opened:
        report = pipeline.build([str(article)], opened)
        assert (report.articles, report.failed) == (1, ())
        yield opened


def rows(store: Store, query: str) -> set[tuple[str, ...]]:
    return {tuple("" if term is None else str(term) for term in row) for row in store.select(query).rows}


def test_the_archivist_finds_headline_authors_and_publisher_and_no_invented_date(store: Store) -> None:
    found = rows(
        store,
        """SELECT ?headline ?author ?publisher ?date WHERE {
             ?a a schema:NewsArticle ; schema:headline ?headline ; schema:author/schema:name ?author ;
                schema:publisher/schema:name ?publisher . OPTIONAL { ?a schema:datePublished ?date } }""",
    )
    title = "U.S. weighs response to attacks in Iraq"
    assert found == {
        (title, "Louisa Loveluck", "Pittsburgh Post-Gazette", ""),
        (title, "Missy Ryan", "Pittsburgh Post-Gazette", ""),
    }


def test_the_photo_has_its_creator_its_agency_and_its_caption_once(store: Store) -> None:
    query = """SELECT ?caption ?creator ?credit WHERE {
                 ?image a schema:ImageObject ; schema:caption ?caption ; schema:creator/schema:name ?creator ;
                        schema:creditText ?credit }"""
    ((caption, creator, credit),) = rows(store, query)
    assert creator == "Ali Abdul Hassan"
    assert credit.endswith("Associated Press")
    assert caption.startswith("Iraqi soldiers stand guard")
    assert caption.endswith("south of Mosul, Iraq.")


LINKED = {
    "Iraq": "Iraq",
    "Iran": "Iran",
    "Baghdad": "Baghdad",
    "Mosul": "Mosul",
    "U.S.": "United States",
    "Qassem Soleimani": "Qasem Soleimani",
    "Kataib Hezbollah": "Kata'ib Hezbollah",
    "Pentagon": "Pentagon",
}


def test_known_entities_are_linked_to_wikidata_by_what_the_text_calls_them(store: Store) -> None:
    query = """SELECT DISTINCT ?words ?label WHERE {
                 ?mention a cn:Mention ; cn:mentions ?entity ; cn:words ?words .
                 ?entity schema:sameAs ?item ; rdfs:label ?label . FILTER(STRSTARTS(STR(?item), STR(wd:))) }"""
    found = {words: label for words, label in rows(store, query)}  # noqa: C416 - rows are tuples of any width
    for words, label in LINKED.items():
        assert label in found.get(words, ""), (words, found.get(words))


@pytest.mark.parametrize("name", ["Associated Press", "Pittsburgh Post-Gazette"])
def test_agency_and_newspaper_are_linked_too(store: Store, name: str) -> None:
    query = "SELECT ?name ?item WHERE { ?o a schema:NewsMediaOrganization ; schema:name ?name ; schema:sameAs ?item }"
    assert len(store.select(query, substitutions={"name": Literal(name)})) == 1


def test_nobody_is_linked_wrongly(store: Store) -> None:
    linked = rows(
        store,
        """SELECT DISTINCT ?words WHERE { ?mention cn:mentions ?entity ; cn:words ?words .
             ?entity schema:sameAs ?item . ?entity a schema:Person }""",
    )
    assert {words for (words,) in linked} <= {
        "Qassem Soleimani",
        "Abu Mahdi al-Muhandis",
        "David Schenker",
    }


def test_the_january_drone_strike_in_baghdad_has_its_two_victims(store: Store) -> None:
    found = rows(
        store,
        """SELECT ?victim ?when ?sentence WHERE {
             ?e a cn:AerialAttack ; cn:weapon cnv:drone ; cn:actuality cnv:happened ; cn:timeText ?when ;
                cn:place/schema:name "Baghdad" ; cn:reportedParticipation ?p ; cn:evidence/oa:hasSelector/oa:exact ?sentence .
             ?p cn:role cnv:victim ; cn:words ?victim }""",
    )
    victims = " ".join(victim for victim, _, _ in found)
    assert "Soleimani" in victims
    assert "al-Muhandis" in victims
    assert all("January" in when for _, when, _ in found)
    assert any("drone strike in Baghdad" in sentence for _, _, sentence in found)


def test_the_taji_attack_is_blamed_by_us_officials_and_never_by_the_paper(store: Store) -> None:
    found = rows(
        store,
        """SELECT ?source ?sentence WHERE {
             ?e a cn:IndirectFireAttack ; cn:weapon cnv:rocket ; cn:place/schema:name "Camp Taji" ; cn:reportedParticipation ?p .
             ?p cn:role cnv:perpetrator ; cn:words ?who ; cn:accordingTo/schema:name ?source ; cn:inOwnVoice false ;
                cn:evidence/oa:hasSelector/oa:exact ?sentence . FILTER(CONTAINS(?who, "Kataib Hezbollah")) }""",
    )
    assert {source for source, _ in found} == {"U.S. officials"}
    assert all("blamed by U.S. officials" in sentence for _, sentence in found)
    accusing = 'ASK { ?e cn:perpetrator ?who . ?who rdfs:label ?name . FILTER(CONTAINS(?name, "Hezbollah")) }'
    assert not store.ask(accusing)
    alleged = 'ASK { ?e cn:allegedPerpetrator/rdfs:label ?name . FILTER(CONTAINS(?name, "Hezbollah")) }'
    assert store.ask(alleged)


def test_the_taji_attack_killed_one_briton_and_two_americans(store: Store) -> None:
    found = rows(
        store,
        """SELECT ?low ?high ?group WHERE {
             ?e a cn:IndirectFireAttack ; cn:place/schema:name "Camp Taji" . ?count cn:ofEvent ?e ; cn:outcome cnv:killed ;
                cn:countMin ?low ; cn:countMax ?high ; cn:countText ?group }""",
    )
    assert sum(int(low) for low, _, _ in found) == 3
    assert "Briton" in " ".join(group for _, _, group in found)


def test_the_us_raids_answered_the_rocket_attack_and_were_condemned_by_the_army(store: Store) -> None:
    answered = """ASK { ?raid a cn:AerialAttack ; cn:inResponseTo ?attack . ?attack a cn:IndirectFireAttack }"""
    assert store.ask(answered)
    found = rows(
        store,
        """SELECT ?who ?words WHERE { ?claim cn:stance cnv:condemns ; cn:claimant/rdfs:label ?who ; schema:text ?words }""",
    )
    assert any("Iraqi" in who and "treacherous" in words for who, words in found), found


def test_the_imminent_attacks_are_planned_and_counted_nowhere(store: Store) -> None:
    query = """SELECT ?actuality ?type WHERE {
                 ?e cn:evidence/oa:hasSelector/oa:exact ?sentence ; cn:actuality ?actuality ; a ?type .
                 ?type rdfs:subClassOf* cn:Attack . FILTER(CONTAINS(?sentence, "imminent")) }"""
    found = {actuality.rpartition("/")[2] for actuality, _ in rows(store, query)}
    assert found == {"planned"}


def test_the_unnamed_official_is_quoted_whole_and_linked_to_nobody(store: Store) -> None:
    query = """SELECT ?words ?name WHERE {
                 ?claim cn:directQuotation true ; schema:text ?words ; cn:claimant ?source .
                 ?source a cn:UnnamedSource ; schema:name ?name . FILTER NOT EXISTS { ?source schema:sameAs ?item } }"""
    ((words, name),) = {row for row in rows(store, query) if "official" in row[1]}
    assert name in {"a U.S. official", "U.S. official"}
    assert words.lstrip("“").startswith("This may ultimately come down to")
    assert words.rstrip("”,").endswith("too much of a burden")


def test_schenker_says_what_he_said_and_nobody_else_does(store: Store) -> None:
    query = """SELECT ?name WHERE { ?claim schema:text ?words ; cn:claimant/rdfs:label ?name .
                 FILTER(CONTAINS(?words, "take what steps")) }"""
    assert rows(store, query) == {("David Schenker",)}


def test_qayyarah_airfield_passes_from_one_force_to_the_other(store: Store) -> None:
    query = """SELECT ?role ?who WHERE {
                 ?e a cn:HandoverOfControl ; cn:actuality cnv:happened ; cn:reportedParticipation ?p .
                 ?p cn:role ?role ; cn:words ?who . FILTER(?role IN (cnv:giver, cnv:receiver)) }"""
    roles = {role.rpartition("/")[2]: who for role, who in rows(store, query)}
    assert "U.S." in roles["giver"]
    assert "Iraqi security forces" in roles["receiver"]
    site = (
        'ASK { ?e a cn:HandoverOfControl ; cn:place/schema:name ?n . FILTER(CONTAINS(?n, "Qayyarah Airfield West")) }'
    )
    assert store.ask(site)


def test_every_event_participation_count_and_claim_has_a_sentence_as_evidence(store: Store) -> None:
    query = """SELECT ?node WHERE {
                 VALUES ?type { cn:ConflictEvent cn:Participation cn:CasualtyCount cn:Claim } ?node a ?type .
                 FILTER NOT EXISTS { ?node cn:evidence/oa:hasSelector/oa:exact ?sentence } }"""
    assert rows(store, query) == set()
    assert store.ask("ASK { ?node a cn:ConflictEvent ; cn:evidence ?sentence }")
