"""A small invented world: two countries, their towns, people and groups, packed into an index in a temporary folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.link import pack
from kg.link.index import Index

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = ("atlas", "press")


def record(qid: str, label: str, kind: str, popularity: int, *names: tuple[str, str], **facts: object) -> pack.Record:
    return pack.Record(
        qid=qid, names=((label, "label"), *names), kind=kind, popularity=popularity, sources=("atlas",), **facts
    )  # type: ignore[arg-type]


RECORDS = (
    record("Q1", "Norland", "country", 180, ("Norlander", "demonym"), ("Norlandic", "demonym"), country="Q1"),
    record("Q2", "Sudria", "country", 170, ("Sudrian", "demonym"), country="Q2"),
    record("Q3", "Harbin Gate", "city", 90, ("Harben Gate", "alias"), country="Q1", latitude=12.34567, longitude=-45.5),
    record("Q4", "Milltown", "city", 60, country="Q1"),
    record("Q5", "Milltown", "city", 58, country="Q2"),
    record("Q6", "Qadir Solmani", "person", 80, ("Solmani", "surname"), ("Kadir Sulmani", "alias"), country="Q1"),
    record("Q7", "Qadir al-Tamri", "person", 20, country="Q2"),
    record("Q8", "People's Front of Norland", "militant-group", 60, ("PFN", "acronym"), country="Q1"),
    record("Q9", "Norland Armed Forces", "military", 60, ("Norland army", "variant"), country="Q1"),
    record(
        "Q10", "The Daily Lantern", "media", 50, ("Daily Lantern", "variant"), country="Q2", description="newspaper"
    ),
    record("Q11", "Norlander", "city", 5, country="Q2"),
    record("Q12", "Tamri", "ethnic", 30, ("Tamris", "alias"), country="Q2"),
    record(
        "Q13",
        "Milltown Province",
        "admin",
        50,
        ("Milltown", "variant"),
        ("Milltown Governorate", "alias"),
        country="Q1",
    ),
)


@pytest.fixture(scope="session")
def records() -> tuple[pack.Record, ...]:
    return RECORDS


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("index")
    pack.write(made, RECORDS, sources=SOURCES)
    return made


@pytest.fixture(scope="session")
def index(folder: Path) -> Index:
    return Index(folder)
