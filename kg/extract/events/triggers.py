"""Words that tell of conflict events, from the lexicon `data/triggers.tsv`; judges neither roles nor whether it happened.

A pattern matches by its first word in any inflection (verbs) or its last (nouns); the longest reading at each place wins.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from kg.extract.language.inflection import inflect_noun, inflect_verb
from kg.model import EVENT_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.extract.language.phrases import Phrases
    from kg.model import EventType

_GAP = 3  # words a `*` may skip
_NOUN_TAGS = ("NN", "NNS", "NNP", "NNPS")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the lexicon: `words` holds for each place the forms that fit, `()` for a gap."""

    lemma: str
    verb: bool
    type: EventType
    prior: float
    words: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class Trigger:
    """Tokens `first`…`last` (half-open) of a sentence that may tell of an event; `head` is the noun or verb itself."""

    sentence: int
    first: int
    last: int
    head: int
    entry: Entry


def find_triggers(number: int, phrases: Phrases) -> list[Trigger]:
    """Return the readings of one sentence in order, without overlap."""
    found: list[Trigger] = []
    at = 0
    while at < len(phrases.lower):
        best = max(_readings(number, phrases, at), key=lambda t: (t.last - t.first, t.entry.prior), default=None)
        if best is None:
            at += 1
        else:
            found.append(best)
            at = best.last
    return found


def _readings(number: int, phrases: Phrases, at: int) -> Iterator[Trigger]:
    tag = phrases.tokens[at].tag
    for entry in lexicon().get(phrases.lower[at], ()):
        if entry.verb and not _may_be_verb(phrases, at, tag):
            continue
        if (last := _match(entry.words, phrases.lower, at)) is None:
            continue
        if not entry.verb and phrases.tokens[last - 1].tag not in _NOUN_TAGS and not _noun_anyway(phrases, last - 1):
            continue
        if not entry.verb and last < len(phrases.lower) and _is_modifier(phrases, last - 1):
            continue
        whole = not entry.verb or last - at == len(entry.words)  # no gap skipped
        yield Trigger(number, at, last if whole else at + 1, at if entry.verb else last - 1, entry)


def _may_be_verb(phrases: Phrases, at: int, tag: str) -> bool:
    return tag.startswith("VB") and (phrases.verb(at) is None or phrases.verbs[phrases.verb_at[at]].head == at)


def _noun_anyway(phrases: Phrases, at: int) -> bool:
    """Tell whether a gerund is a noun, as after a determiner, an adjective or a noun: `the shelling of`, `heavy fighting`."""
    return phrases.tokens[at].tag == "VBG" and phrases.verb(at) is None


def _is_modifier(phrases: Phrases, at: int) -> bool:
    """`attack helicopters`, `protest leaders` tell of no event; `bombing victims`, `blast site` do name one."""
    following = phrases.tokens[at + 1]
    inside = phrases.noun_at[at + 1] == phrases.noun_at[at] >= 0 and following.tag in _NOUN_TAGS
    return inside and phrases.lower[at] in _MODIFIERS


_MODIFIERS = frozenset(
    "attack assault protest war battle combat strike conflict fight march death operation arrest aid talk bomb raid threat".split()
)


def _match(words: Sequence[frozenset[str]], lower: Sequence[str], at: int) -> int | None:
    position, gap = at, 0
    for forms in words:
        if not forms:
            gap = _GAP
            continue
        step = next((s for s in range(gap + 1) if position + s < len(lower) and lower[position + s] in forms), None)
        if step is None:
            return None
        position, gap = position + step + 1, 0
    return position


@cache
def lexicon() -> dict[str, tuple[Entry, ...]]:
    """Return the entries by each form of their first word."""
    lines = (files("kg.extract") / "data" / "triggers.tsv").read_text(encoding="utf-8").splitlines()
    index: dict[str, list[Entry]] = {}
    for number, line in enumerate(lines, start=1):
        if line and not line.startswith("#"):
            entry = _entry(number, line)
            for form in entry.words[0]:
                index.setdefault(form, []).append(entry)
    return {form: tuple(entries) for form, entries in index.items()}


def _entry(number: int, line: str) -> Entry:
    words, part, kind, prior = line.split("\t")
    if kind not in EVENT_TYPES or part not in ("n", "v"):
        raise ValueError(f"triggers.tsv line {number}: {kind} {part} is no event type and part of speech")
    places = words.split()
    forms = [frozenset() if place == "*" else frozenset(place.split("|")) for place in places]
    inflected = 0 if part == "v" else len(forms) - 1
    inflect = inflect_verb if part == "v" else inflect_noun
    forms[inflected] = frozenset(form for word in forms[inflected] for form in inflect(word))
    return Entry(words, part == "v", kind, float(prior), tuple(forms))
