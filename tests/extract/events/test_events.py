from __future__ import annotations

import pytest

from kg.extract import extract
from kg.extract.events.triggers import lexicon
from kg.model import EVENT_TYPES, Annotations, Article
from kg.read import read

HEADLINE = "Army says fighting goes on against rebels"


def annotate(*paragraphs: str, headline: str = HEADLINE) -> Annotations:
    article = next(read("\n\n".join((headline, *paragraphs, "")).encode(), "test.txt"))
    assert isinstance(article, Article)
    return extract(article)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Government warplanes carried out air strikes on rebels in Idlib.", "AerialAttack"),
        ("Rebels fired rockets at the army base in Hama.", "IndirectFireAttack"),
        ("A car bomb exploded near a police station in Kabul, killing six people.", "BombingAttack"),
        ("A suicide bomber attacked a checkpoint in Mosul, killing nine soldiers.", "SuicideAttack"),
        ("Gunmen opened fire on soldiers in Maiduguri.", "ArmedAssault"),
        ("Militants kidnapped three aid workers in Mali.", "Abduction"),
        ("Troops captured the town of Raqqa from the militants.", "TerritorialGain"),
        ("The government and the rebels signed a ceasefire in Geneva.", "Agreement"),
        ("Thousands of civilians fled the fighting in Aleppo.", "Displacement"),
        ("U.S. soldiers withdrew from the military base in Syria.", "Withdrawal"),
        ("The Taliban claimed responsibility for the attack in Kabul.", "ResponsibilityClaim"),
    ],
)
def test_triggers_and_means_give_the_type(text: str, kind: str) -> None:
    assert kind in {event.type for event in annotate(text).events}


def test_an_article_without_conflict_gives_no_events() -> None:
    sport = annotate(
        "The striker shot twice in the second half and his team won the match, the last of the season.",
        "Their coach praised the attack of his players before the cup final next week.",
        headline="Late goal decides league match",
    )
    fire = annotate(
        "A fire at a chemical factory killed eleven workers and injured 30, the company said.",
        "The blast was caused by a leaking valve, engineers found after the accident at the plant.",
        headline="Factory fire kills eleven workers",
    )
    assert (sport.events, sport.about_conflict) == ((), False)
    assert (fire.events, fire.about_conflict) == ((), False)
    war = annotate("Rebels shelled the town, killing two soldiers, the army said.")
    assert war.events
    assert war.about_conflict


def test_deaths_in_a_blast_belong_to_the_blast() -> None:
    found = annotate("At least 12 soldiers were killed and 30 wounded in a bomb blast near Kandahar.")
    (blast,) = [event for event in found.events if event.type == "BombingAttack"]
    assert {(c.outcome, c.minimum, c.maximum) for c in blast.casualties} == {("killed", 12, None), ("injured", 30, 30)}
    assert "Killing" not in {event.type for event in found.events}


def test_an_answer_points_to_what_it_answers() -> None:
    found = annotate("U.S. jets bombed militia depots in retaliation for a rocket attack on soldiers in Erbil.")
    by_type = {event.type: event for event in found.events}
    assert by_type["AerialAttack"].in_response_to == by_type["IndirectFireAttack"].id


def test_the_lexicon_names_every_event_type() -> None:
    assert {entry.type for entries in lexicon().values() for entry in entries} == set(EVENT_TYPES)
