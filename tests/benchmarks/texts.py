"""Invented articles to measure with: as many as wanted, all different, about as long as a short agency report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from kg.model import Article
from kg.read import read

if TYPE_CHECKING:
    from collections.abc import Iterator

TOWNS = ("Aleppo", "Mosul", "Hama", "Basra", "Tikrit", "Sirte", "Misrata", "Taiz", "Kunduz", "Herat")
GROUPS = ("Islamic State", "the Taliban", "Hezbollah", "the Houthis", "Boko Haram", "al-Shabab")
STORY = """Gunmen attacked a checkpoint near {town} on {day} March 2016, killing {killed} soldiers, the interior ministry said.

{group} claimed responsibility for the assault in a statement. A spokesman for the army said {wounded} civilians were wounded when mortar shells landed on a market in {other}.

"We will not leave the town," the governor told reporters. The United Nations condemned the attack and called on both sides to return to the talks in Geneva.

Residents of {other} said by telephone that air strikes hit two hospitals overnight. The government denied that its aircraft had bombed the city. At least {wounded} people have been arrested since Monday, according to a monitoring group.

Peace talks are planned for next week, but fighting between rebels and government troops went on around {town}."""


def articles(number: int) -> list[Article]:
    """Return so many different articles."""
    return [article for article in read(_lines(number).encode(), "bench.jsonl") if isinstance(article, Article)]


def _lines(number: int) -> str:
    return "".join(json.dumps(record) + "\n" for record in _records(number))


def _records(number: int) -> Iterator[dict[str, str]]:
    for n in range(number):
        town, other, group = TOWNS[n % 10], TOWNS[(n + 3) % 10], GROUPS[n % 6]
        words = STORY.format(town=town, other=other, group=group, day=n % 28 + 1, killed=n + 2, wounded=2 * n + 5)
        yield {"title": f"Attack near {town} kills {n + 2}", "text": words, "date": f"2016-03-{n % 28 + 1:02}"}
