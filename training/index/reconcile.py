"""Choose when the reconciliation service takes a candidate for certain: `python training/index/reconcile.py ../shared`; writes nothing.

Questions are the names of our annotated reports, alone and with their type, as a client would ask them; the answers are their items.
The grid runs over the least score and the least lead; the constants in `kg/service/reconcile/match.py` are the pair that takes most
names while no more than one in twenty of those taken is wrong. A name that the annotators left without item counts as wrong when taken.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import gold

from kg.link.index import PACKAGED, Index
from kg.service.pages import Asker
from kg.service.reconcile import Directory, Question, match
from kg.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterable

_WANTED = 0.95
_SCORES, _LEADS = (55, 60, 65, 70, 75, 80, 85, 90), (5, 10, 15, 20, 30, 40)


@dataclass(frozen=True, slots=True)
class Answer:
    """The best candidate for one question. `lead` is to the next one; `weight` is how often the name stands in the reports."""

    score: float
    lead: float
    right: bool
    first: bool
    known: bool


def main() -> None:
    """Read the command line and print the grid."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--index", type=Path, default=PACKAGED)
    wanted = parser.parse_args()
    cases = list(gold.annotated(wanted.shared / "corpora" / "annotated"))
    with tempfile.TemporaryDirectory() as place, open_store(Path(place) / "store") as store:
        directory = Directory(Asker(store), Index(wanted.index))
        for title, part in (
            ("training part", [case for case in cases if not gold.is_development(case.name)]),
            ("development fifth", [case for case in cases if gold.is_development(case.name)]),
        ):
            for typed in (False, True):
                _print(f"{title}, {'with type' if typed else 'name alone'}", _answers(directory, part, typed=typed))


def _answers(directory: Directory, cases: Iterable[gold.Case], *, typed: bool) -> list[Answer]:
    found = []
    for case in cases:
        for entity in case.annotations.entities:
            qid = case.answers[entity.id]
            question = Question(name=entity.name, types=(entity.type,) if typed else (), limit=3)
            best = match(directory, question)
            if not best:
                found.append(Answer(0.0, 0.0, right=False, first=False, known=qid is not None))
                continue
            lead = best[0].score - (best[1].score if len(best) > 1 else 0.0)
            right = best[0].entity.id == qid
            found.append(Answer(best[0].score, lead, right=right, first=right, known=qid is not None))
    return found


def _print(title: str, answers: list[Answer]) -> None:
    known = [answer for answer in answers if answer.known]
    print(f"{title}: {len(answers)} names, {len(known)} with item, the first candidate is right for "
          f"{sum(answer.first for answer in known) / len(known):.3f} of these")  # fmt: skip
    for score in _SCORES:
        row = []
        for lead in _LEADS:
            taken = [answer for answer in answers if answer.score >= score and answer.lead >= lead]
            right = sum(answer.right for answer in taken)
            strict, kind = right / max(1, len(taken)), right / max(1, sum(answer.known for answer in taken))
            row.append(f"{strict:.3f} {kind:.3f} {right / len(known):.2f}{'*' if kind >= _WANTED else ' '}")
        print(f"  score {score}: " + " | ".join(row))
    print(
        f"  leads {_LEADS}: right of taken, right of taken that have an item, share of all items taken; *: at least {_WANTED}"
    )


if __name__ == "__main__":
    main()
