from __future__ import annotations

import json
from time import perf_counter
from typing import TYPE_CHECKING

import pytest

from kg.extract import RuleExtractor, extract
from kg.jsonl import to_json
from kg.model import Annotations, Article, Event
from kg.read import read

if TYPE_CHECKING:
    from pathlib import Path

STORY = """Bomb kills soldiers in Kandahar

KANDAHAR, Afghanistan - A roadside bomb killed at least four soldiers near Kandahar on Monday, police said.

The Taliban claimed responsibility for the attack. “We will strike again,” a spokesman said.
"""


def only(data: bytes, name: str) -> Article:
    article = next(read(data, name))
    assert isinstance(article, Article)
    return article


def test_every_span_is_verbatim_and_ids_run_in_text_order() -> None:
    article = only(STORY.replace("\n\n", "\r\n\r\n").encode(), "story.txt")
    found = to_json(article, extract(article))
    spans = []

    def gather(value: object) -> None:
        if isinstance(value, dict):
            if {"start", "end", "text"} <= value.keys():
                spans.append(value)
            for inner in value.values():
                gather(inner)
        elif isinstance(value, list):
            for inner in value:
                gather(inner)

    gather(found)
    assert len(spans) > 10
    assert all(article.text[span["start"] : span["end"]] == span["text"] for span in spans)
    assert [event["id"] for event in found["events"]] == [f"v{n}" for n in range(1, len(found["events"]) + 1)]
    known = {event["id"] for event in found["events"]}
    assert all(set(claim["about_events"]) <= known for claim in found["claims"])


def test_the_same_article_gives_the_same_annotations() -> None:
    first, second = (extract(only(STORY.encode(), "story.txt")) for _ in range(2))
    assert first == second
    assert json.dumps(to_json(only(STORY.encode(), "story.txt"), first))


def test_an_article_of_marks_only_gives_empty_annotations() -> None:
    assert isinstance(extract(only(b"Headline\n\n... --- ...\n", "marks.txt")), Annotations)


@pytest.mark.shared
def test_the_seed_article_comes_out_right(shared: Path) -> None:
    path = shared / "seed" / "us-weighs-response-to-attacks-in-iraq.txt"
    article = only(path.read_bytes(), path.name)
    found = RuleExtractor()(article)

    def told(word: str, place: str = "") -> Event:
        hits = [e for e in found.events if any(word in span.text for span in (e.trigger, *e.also))]
        return next(e for e in hits if not place or place in {p.span.text for p in e.places})

    drone = told("drone strike", "Baghdad")
    victims = {p.span.text.split()[-1] for p in drone.participants if p.role == "victim"}
    assert victims == {"Soleimani", "al-Muhandis"}
    taji = told("rocket attack", "Camp Taji")
    accused = [p for p in taji.participants if p.role == "perpetrator"]
    assert accused
    assert all(p.claimed_by for p in accused)
    raids = told("bombing raids")
    assert raids.in_response_to == taji.id
    assert drone.id not in (raids.id, taji.id)
    assert [e for e in found.events if e.actuality == "planned" and e.trigger.text == "attacks"]
    assert told("condemned").type == "Condemnation"
    handover = told("handover")
    assert "Qayyarah Airfield West" in {p.span.text for p in handover.places}


def test_extraction_keeps_pace_with_a_long_article() -> None:
    short, long = (only((STORY + STORY.split("\n\n", 1)[1] * n).encode(), "long.txt") for n in (10, 80))
    extract(short)
    times = []
    for article in (short, long):
        start = perf_counter()
        extract(article)
        times.append(perf_counter() - start)
    assert times[1] < 40 * times[0], "eight times the text may not take forty times the time"
