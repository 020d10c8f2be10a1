"""An invented article with hand-made annotations and links: one of everything that the mapping writes."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

import pytest

from kg.iris import Iris
from kg.model import (
    Annotations,
    Article,
    Block,
    Candidate,
    Casualties,
    Claim,
    Claimant,
    Entity,
    Event,
    EventPlace,
    EventTime,
    Image,
    Link,
    Links,
    Metadata,
    Participant,
    Span,
    View,
    Weapon,
)

SENTENCES = (
    "Northland weighs reply to attacks in Vardan.",
    "Northland officials speak of daily reports of attacks planned by militias against its embassy.",
    "A Northland drone strike in Tarsk in early January killed Gen. Ilyas Koro and his deputy.",
    "Rocket attacks on Camp Orel, a base north of Tarsk, on March 11 killed three soldiers, the Vardan army said.",
    "A hospital in Tarsk spoke of at least five dead.",
    "The rockets were blamed by officials in Northland on the Sons of Tarsk.",
    "The Sons of Tarsk denied that they had fired them.",
    "Northland then bombed depots outside Tarsk, which the Vardan army condemned as “treacherous”.",
    "“We may have to leave,” said one man who asked not to be named.",
    "The alliance handed over Orel Airfield to Vardan forces on Friday.",
)
TEXT = "\n".join(SENTENCES)


def span(words: str, sentence: int) -> Span:
    """Find words in the sentence with this index."""
    start = sum(len(s) + 1 for s in SENTENCES[:sentence]) + SENTENCES[sentence].index(words)
    return Span(start, start + len(words), words)


def mentions(name: str, *sentences: int) -> tuple[Span, ...]:
    return tuple(span(name, sentence) for sentence in sentences)


def claim(number: int, who: str, sentence: int, content: str, stance: str, **options: object) -> Claim:
    claimant = Claimant(span(who, sentence), options.pop("entity", None), bool(options.pop("unnamed", False)))
    return Claim(f"c{number}", claimant, stance, span(content, sentence), **options)  # type: ignore[arg-type]


def make_article(**metadata: object) -> Article:
    known: dict[str, object] = {
        "headline": SENTENCES[0],
        "publisher": "Daily Courier",
        "authors": ("Ann Brook", "Leo Marsh"),
        "agency": "Lone Desk",
        "images": (Image("Soldiers at Orel Airfield.", "Mia Stone", "Wire Press"), Image("A road.", None, "handout")),
        "language": "en",
    }
    return Article(
        id=sha256(TEXT.encode()).hexdigest()[:16],
        name="vardan",
        text=TEXT,
        view=View(TEXT, ((0, 0, len(TEXT)),)),
        blocks=(Block("paragraph", 0, len(TEXT)),),
        metadata=Metadata(**{**known, **metadata}),  # type: ignore[arg-type]
        source="vardan.txt",
    )


def make_annotations() -> Annotations:
    return Annotations(
        article="vardan",
        about_conflict=True,
        sentences=tuple(span(sentence, n) for n, sentence in enumerate(SENTENCES)),
        entities=(
            Entity("e1", "Northland", "Place", mentions("Northland", 0, 1, 2, 5, 7)),
            Entity("e2", "Vardan", "Place", mentions("Vardan", 0)),
            Entity("e3", "Tarsk", "Place", (*mentions("Tarsk", 2, 3, 4, 7),)),
            Entity("e4", "Ilyas Koro", "Person", mentions("Ilyas Koro", 2)),
            Entity("e5", "Camp Orel", "Facility", mentions("Camp Orel", 3)),
            Entity("e6", "Vardan army", "StateForce", mentions("Vardan army", 3, 7)),
            Entity("e7", "Sons of Tarsk", "ArmedGroup", mentions("Sons of Tarsk", 5, 6)),
            Entity("e8", "Orel Airfield", "Facility", mentions("Orel Airfield", 9)),
        ),
        events=(
            Event(
                "v1",
                "Attack",
                span("attacks", 1),
                "planned",
                participants=(
                    Participant("perpetrator", span("militias", 1)),
                    Participant("target", span("its embassy", 1), None, "c1"),
                ),
                score=0.5,
            ),
            Event(
                "v2",
                "AerialAttack",
                span("drone strike", 2),
                "happened",
                participants=(
                    Participant("perpetrator", span("Northland", 2), "e1"),
                    Participant("victim", span("Ilyas Koro", 2), "e4"),
                    Participant("victim", span("his deputy", 2)),
                ),
                weapon=Weapon(span("drone", 2), "drone"),
                places=(EventPlace(span("Tarsk", 2), "e3"),),
                time=EventTime(span("early January", 2), date(2020, 1, 1), date(2020, 1, 10)),
                casualties=(Casualties("killed", span("Gen. Ilyas Koro and his deputy", 2), 2, 2),),
            ),
            Event(
                "v3",
                "IndirectFireAttack",
                span("Rocket attacks", 3),
                "happened",
                also=(span("rockets", 5),),
                participants=(
                    Participant("perpetrator", span("the Sons of Tarsk", 5), "e7", "c4"),
                    Participant("perpetrator", span("The Sons of Tarsk", 6), "e7", "c5"),
                    Participant("target", span("Camp Orel", 3), "e5"),
                ),
                weapon=Weapon(span("Rocket", 3), "rocket"),
                places=(EventPlace(span("Camp Orel", 3), "e5"), EventPlace(span("Tarsk", 3), "e3")),
                time=EventTime(span("on March 11", 3), date(2020, 3, 11), date(2020, 3, 11)),
                casualties=(
                    Casualties("killed", span("three soldiers", 3), 3, 3, "soldiers", "c2"),
                    Casualties("killed", span("at least five dead", 4), 5, None, None, "c3"),
                ),
            ),
            Event(
                "v4",
                "AerialAttack",
                span("bombed", 7),
                "happened",
                participants=(
                    Participant("perpetrator", span("Northland", 7), "e1"),
                    Participant("target", span("depots", 7)),
                ),
                places=(EventPlace(span("Tarsk", 7), "e3"),),
                in_response_to="v3",
            ),
            Event(
                "v5",
                "Condemnation",
                span("condemned", 7),
                "happened",
                participants=(Participant("speaker", span("the Vardan army", 7), "e6"),),
            ),
            Event(
                "v6",
                "HandoverOfControl",
                span("handed over", 9),
                "happened",
                participants=(
                    Participant("giver", span("The alliance", 9)),
                    Participant("receiver", span("Vardan forces", 9), "e2"),
                ),
                places=(EventPlace(span("Orel Airfield", 9), "e8"),),
                time=EventTime(span("on Friday", 9)),
            ),
        ),
        claims=(
            claim(1, "Northland officials", 1, "daily reports of attacks planned by militias", "asserts", entity="e1",
                  unnamed=True, about_events=("v1",)),
            claim(2, "the Vardan army", 3, "killed three soldiers", "asserts", entity="e6", about_events=("v3",)),
            claim(3, "A hospital in Tarsk", 4, "at least five dead", "asserts", unnamed=True, about_events=("v3",)),
            claim(4, "officials in Northland", 5, "The rockets", "blames", entity="e1", unnamed=True, about_events=("v3",)),
            claim(5, "The Sons of Tarsk", 6, "they had fired them", "denies", entity="e7", about_events=("v3",)),
            claim(6, "the Vardan army", 7, "treacherous", "condemns", entity="e6", about_events=("v4",), direct_quote=True),
            claim(7, "one man who asked not to be named", 8, "We may have to leave,", "asserts", unnamed=True,
                  direct_quote=True),
        ),
    )  # fmt: skip


def item(number: int, label: str, kind: str, **facts: object) -> Candidate:
    return Candidate(f"Q{900_000 + number}", label, 0.9, kind, **facts)  # type: ignore[arg-type]


def make_links() -> Links:
    vardan = "Q900002"
    items = {
        "e1": item(1, "Northland", "Place", country="Q900001"),
        "e2": item(2, "Vardan", "Place", country=vardan),
        "e3": item(
            3, "Tarsk", "Place", country=vardan, latitude=36.34, longitude=43.13, aliases=("Old Tarsk",), source="test"
        ),
        "e4": item(4, "Ilyas Koro", "Other", description="general"),
        "e7": item(7, "Sons of Tarsk", "ArmedGroup"),
    }
    names = {"Daily Courier": item(20, "Daily Courier", "Media"), "Wire Press": item(21, "Wire Press", "Organization")}
    return Links(
        entities=tuple(Link(f"e{n}", items.get(f"e{n}")) for n in range(1, 9)),
        names=(*(Link(name, found) for name, found in names.items()), Link("Lone Desk", None), Link("handout", None)),
        index="2026-01",
    )


@pytest.fixture(scope="session")
def article() -> Article:
    return make_article()


@pytest.fixture(scope="session")
def annotations() -> Annotations:
    return make_annotations()


@pytest.fixture(scope="session")
def links() -> Links:
    return make_links()


@pytest.fixture(scope="session")
def iris() -> Iris:
    return Iris("https://example.org/")
