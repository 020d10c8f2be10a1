"""Tolls: how many were killed, injured, missing, displaced or captured, with the words that say so; attaches none to events.

The cue words are `data/cues_casualties.tsv`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kg.extract.quantities.rivals import rival_figures
from kg.extract.quantities.sufferers import ADVERBS, Cue, Sufferers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.extract.language.document import Document, NamedEntity
    from kg.extract.quantities.people import Group
    from kg.model import Outcome


@dataclass(frozen=True, slots=True)
class Toll:
    """One count of one outcome; `minimum`/`maximum` inclusive, `None` open; `group` as written, `None` for a bare number."""

    outcome: Outcome
    start: int
    end: int
    text: str
    minimum: int | None = None
    maximum: int | None = None
    group: str | None = None


def find_casualties(document: Document, entities: Sequence[NamedEntity]) -> tuple[Toll, ...]:
    """Return the tolls of the article in order of their words.

    `Bombs killed at least 12 people and wounded dozens` → killed 12 and open, injured 12 and open; `No one was hurt` → injured
    0 to 0; a person named as killed counts 1. Numbers that no outcome word governs are no tolls.
    """
    persons = [m for entity in entities if entity.type == "Person" for m in entity.mentions]
    nations = [m for entity in entities if entity.type == "Nationality" for m in entity.mentions]
    found: dict[tuple[str, int, int], Toll] = {}
    for sentence in document.sentences:
        named = [(m.start, m.end) for m in persons if sentence.start <= m.start < sentence.end]
        people = {m.start for m in nations if sentence.start <= m.start < sentence.end}
        for toll in Reading(document.text, sentence, named, people).tolls():
            found.setdefault((toll.outcome, toll.start, toll.end), toll)
    for start, end, quantity, outcome in rival_figures(document, [(t.start, t.outcome) for t in found.values()]):
        words = document.text[start:end]
        found.setdefault((outcome, start, end), Toll(outcome, start, end, words, quantity.minimum, quantity.maximum))
    return tuple(sorted(found.values(), key=lambda toll: (toll.start, toll.end)))


class Reading(Sufferers):
    """One sentence while its tolls are read."""

    def tolls(self) -> Iterator[Toll]:
        """Yield the tolls of this sentence, cue by cue."""
        shared: dict[int, int] = {}
        for number, cue in enumerate(self.cues):
            partner = self._partner(number)
            if partner is not None:
                shared[cue.at] = partner
        for cue in self.cues:
            twin = shared.get(cue.at)
            is_second = cue.at in shared.values()
            if twin is not None or is_second:
                base = cue if twin is not None else next(c for c in self.cues if shared.get(c.at) == cue.at)
                groups = self.groups_for(base, skip_to=shared[base.at]) or ()
                for group in groups:
                    # how many died and how many lived is not told: the number bounds each
                    yield self._toll(cue, replace(group, minimum=None))
                continue
            for group in self.groups_for(cue):
                if self._is_definite(group) or not _tells(cue, group):
                    continue
                yield self._toll(cue, group)
                if group.maximum == 0 and group.head == "casualties":
                    yield self._toll(replace(cue, outcome="injured"), group)

    def _partner(self, number: int) -> int | None:
        """Return the cue that shares this one's people: `killed or wounded`, `dead and injured`."""
        if number + 1 >= len(self.cues):
            return None
        one, two = self.cues[number], self.cues[number + 1]
        between = [w for w in self.words[one.at + 1 : two.at] if w not in ADVERBS]
        if one.outcome == two.outcome or between not in (["and"], ["or"], ["and", "/", "or"]):
            return None
        if (
            between == ["and"]
            and any(g.last == one.at for g in self.groups)
            and (any(g.first == two.at + 1 for g in self.groups) or self._has_object(two.at + 1))
        ):
            return None
        return two.at

    def _toll(self, cue: Cue, group: Group) -> Toll:
        start, end = self.tokens[group.first].start, self.tokens[group.last - 1].end
        words = self.text[start:end]
        described = None if group.bare or group.maximum == 0 else words
        if cue.grammar == "verb" and self._is_negated(cue.at) and group.maximum != 0:
            return Toll(cue.outcome, start, end, words, 0, 0, described)
        return Toll(cue.outcome, start, end, words, group.minimum, group.maximum, described)

    def _is_negated(self, at: int) -> bool:
        return any(word in ("not", "n't", "never") for word in self.words[max(0, at - 3) : at])


def _tells(cue: Cue, group: Group) -> bool:
    """Whether people without a numeral are worth a toll: only those who suffer in life and limb."""
    return group.numeral or cue.outcome in ("killed", "injured")
