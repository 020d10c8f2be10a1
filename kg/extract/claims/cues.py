"""The words that attribute: verbs and nouns of saying, who may speak, times that stand between; reads no sentence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from kg.extract.language.inflection import inflect_verb
from kg.model import STANCES

if TYPE_CHECKING:
    from kg.extract.language.phrases import VerbGroup
    from kg.model import Stance

Range = tuple[int, int]
Words = tuple[int, int]  # token numbers of a sentence, half-open


@dataclass(frozen=True, slots=True)
class Attribution:
    """A source, its cue and the content, as ranges of the view; `accused` are the words for whom the source blames."""

    source: Range
    cue: Range
    content: Range
    stance: Stance
    frame: str
    direct: bool = False
    negated: bool = False
    accused: Range | None = None


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue verb where it stands: tokens `first` to `last` (half-open)."""

    first: int
    last: int
    stance: Stance
    frame: str
    group: VerbGroup


def is_role(word: str) -> bool:
    """Whether a noun names people or papers that speak: `officials`, `spokesman`, `report`."""
    return (
        word in _roles()
        or word.removesuffix("s") in _roles()
        or word.endswith(("man", "men", "woman", "women", "person"))
    )


@cache
def cue_verbs() -> dict[str, tuple[Stance, str]]:
    """Return every form of the cue verbs with its stance and frame."""
    found: dict[str, tuple[Stance, str]] = {}
    lines = (files("kg.extract") / "data" / "cues_claims.tsv").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        if not line or line.startswith("#"):
            continue
        verb, irregular, stance, frame = line.split("\t")
        if stance not in STANCES:
            raise ValueError(f"cues_claims.tsv line {number}: {stance} is no stance")
        head, _, particle = verb.partition(" ")
        forms = (head, *irregular.split()) if irregular else inflect_verb(head)
        for form in forms:
            found[f"{form} {particle}".strip()] = (stance, frame)
    return found


_NOUNS_OF_SAYING: dict[Stance, tuple[str, ...]] = {
    "demands": ("request", "requests", "demand", "demands", "call", "calls", "appeal", "appeals"),
    "asserts": (
        "claim",
        "claims",
        "statement",
        "assertion",
        "assertions",
        "insistence",
        "announcement",
        "warning",
        "reports",
        "pledge",
    ),
    "blames": ("accusation", "accusations", "allegation", "allegations"),
    "denies": ("denial", "denials"),
    "threatens": ("threat", "threats"),
}


@cache
def cue_nouns() -> dict[str, Stance]:
    """Nouns of saying that may own a content."""
    found: dict[str, Stance] = {}
    for stance, nouns in _NOUNS_OF_SAYING.items():
        found.update(dict.fromkeys(nouns, stance))
    return found


@cache
def _roles() -> frozenset[str]:
    return frozenset((files("kg.extract") / "data" / "speakers.txt").read_text(encoding="utf-8").split())


@cache
def time_words() -> frozenset[str]:
    """Return the words that make a phrase a time, never a speaker."""
    return frozenset(
        "monday tuesday wednesday thursday friday saturday sunday today yesterday tomorrow week month year night morning evening"
        " afternoon day january february march april may june july august september october november december".split()
    )
