from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kg.extract import extract
from kg.extract.events.drafts import DraftEvent, DraftParticipant
from kg.extract.events.relations import EventMention, merge
from kg.extract.quantities.times import TimeSpan
from kg.model import Article
from kg.read import read

if TYPE_CHECKING:
    from kg.model import Actuality, EventType

TEXT = "x" * 1000


def mention(at: int, kind: EventType = "BombingAttack", *, actuality: Actuality = "happened", doer: str | None = None,
            day: int | None = None, determiner: str = "the", place: str = "", sentence: int | None = None,
            plural: bool = False, after: tuple[int, int] | None = None) -> EventMention:  # fmt: skip
    people = (DraftParticipant("perpetrator", at, at + 1, doer),) if doer else ()
    time = TimeSpan(at, at + 1, "x", date(2020, 1, day), date(2020, 1, day)) if day else None
    event = DraftEvent("", kind, (at, at + 5), actuality, participants=people, time=time, score=0.5)
    places = frozenset({place} if place else ())
    number = at // 100 if sentence is None else sentence
    return EventMention(event, number, "blast", determiner, plural, place_names=places, after=after)


def test_definite_repetitions_are_one_event_with_further_triggers() -> None:
    (event,) = merge([mention(0, determiner="a"), mention(100), mention(200, "Attack")], TEXT)
    assert (event.id, event.type, event.also) == ("v1", "BombingAttack", ((100, 105), (200, 205)))
    assert event.score > 0.8


def test_other_places_doers_days_and_actualities_are_other_events() -> None:
    assert len(merge([mention(0, place="mosul"), mention(100, place="kirkuk")], TEXT)) == 2
    assert len(merge([mention(0, doer="e1"), mention(100, doer="e2")], TEXT)) == 2
    assert len(merge([mention(0, day=1), mention(100, day=3)], TEXT)) == 2
    assert len(merge([mention(0), mention(100, actuality="planned")], TEXT)) == 2


def test_a_single_strike_is_not_one_of_the_raids_told_before() -> None:
    raids = mention(0, "AerialAttack", plural=True, determiner="", doer="e1", place="baghdad")
    strike = mention(100, "AerialAttack", determiner="a", doer="e1", place="baghdad")
    assert len(merge([raids, strike], TEXT)) == 2


def test_what_answers_what_points_to_the_merged_event() -> None:
    events = merge([mention(0, "IndirectFireAttack"), mention(100, "AerialAttack", after=(0, 5))], TEXT)
    assert [event.in_response_to for event in events] == [None, "v1"]


def test_no_mentions_give_no_events() -> None:
    assert merge([], TEXT) == ()


def test_the_first_and_the_second_of_several_are_parts_of_them() -> None:
    text = (
        "Twin bombings killed 12 people in Mogadishu on Monday. The first bombing killed eight soldiers near a hotel."
        " The second blast hit a police station and killed four policemen."
    )
    article = next(read(f"Army says fighting goes on against rebels\n\n{text}\n".encode(), "test.txt"))
    assert isinstance(article, Article)
    found = [event for event in extract(article).events if event.type == "BombingAttack"]
    whole = found[0]
    assert whole.part_of is None
    assert [event.part_of for event in found[1:]] == [whole.id, whole.id]


def test_a_rank_among_all_that_ever_were_makes_no_part() -> None:
    text = (
        "Bombings killed 12 people in Mogadishu on Monday. It was the deadliest bombing since soldiers left the city."
    )
    article = next(read(f"Army says fighting goes on against rebels\n\n{text}\n".encode(), "test.txt"))
    assert isinstance(article, Article)
    assert not [event for event in extract(article).events if event.part_of]
