"""One sentence with its phrases and the names in them: what the event finders look at; decides nothing.

Links view offsets, token numbers and entities with each other.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.extract.language.phrases import chunk
from kg.extract.language.sentences import usual_countries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.extract.language.document import Document, Mention, NamedEntity, Sentence
    from kg.extract.language.phrases import NounPhrase, Phrases

# what a state fights with: of `Turkish troops` the doer is the state
STATE_ARMS = frozenset(
    "troops forces soldiers army military navy jets jet warplanes warplane aircraft planes helicopters helicopter drones drone tanks"
    " artillery commandos marines paratroopers airmen gunboats warships warship bombers gunners officials government"
    " authorities coalition".split()
)


@dataclass(frozen=True, slots=True)
class Name:
    """A mention as tokens `first`…`last` (half-open) of its sentence."""

    first: int
    last: int
    mention: Mention
    entity: NamedEntity


@dataclass(frozen=True, slots=True)
class Scene:
    """A chunked sentence and its names."""

    sentence: Sentence
    phrases: Phrases
    names: tuple[Name, ...]
    lands: Mapping[str, NamedEntity] = field(default_factory=dict)  # a nationality's id → its country in this article

    def offsets(self, first: int, last: int) -> tuple[int, int]:
        """Return the view range of tokens `first`…`last`."""
        tokens = self.sentence.tokens
        return tokens[first].start, tokens[last - 1].end

    def names_in(self, first: int, last: int) -> list[Name]:
        """Return the names that lie within these tokens."""
        return [name for name in self.names if first <= name.first and name.last <= last]

    def name_at(self, token: int) -> Name | None:
        """Return the name that covers this token."""
        return next((name for name in self.names if name.first <= token < name.last), None)

    def is_bound(self, name: Name) -> bool:
        """Tell whether a name is only part of a compound: `Iran-backed militias` are not Iran, nor `pro-Assad` ones Assad.

        Dumps lose the hyphen (`Iranbacked`, `U.S.linked`), and then the next word follows without a blank.
        """
        tokens = self.sentence.tokens
        before = tokens[name.first - 1] if name.first else None
        after = tokens[name.last] if name.last < len(tokens) else None
        if before is not None and before.tag == "HYPH":
            return True
        if after is None:
            return False
        glued = after.start == tokens[name.last - 1].end and after.text[0].isalpha() and after.tag != "POS"
        return after.tag == "HYPH" or (glued and len(after.text) > 1)

    def entity_of(self, phrase: NounPhrase) -> NamedEntity | None:
        """Return the entity of a phrase: the name over its head, else the last name that modifies it or that `of` hangs on it.

        `Turkish troops` are Turkey's where the article names the country; `Turkish civilians` stay Turks.
        """
        if (name := self.name_at(phrase.head)) is not None:
            return name.entity
        entity = self._entity_beside(phrase)
        if entity is not None and self.phrases.lower[phrase.head] in STATE_ARMS:
            return self.lands.get(entity.id, entity)
        return entity

    def _entity_beside(self, phrase: NounPhrase) -> NamedEntity | None:
        inside = [
            n for n in self.names_in(phrase.first, phrase.last) if n.mention.type != "Facility" and not self.is_bound(n)
        ]
        if inside:
            return inside[-1].entity
        behind = [n for n in self.names_in(phrase.last, phrase.full) if n.mention.type not in ("Place", "Facility")]
        return behind[0].entity if behind else None


def set_scenes(document: Document, entities: Sequence[NamedEntity]) -> tuple[Scene, ...]:
    """Chunk every sentence and place the names in it."""
    mentions = sorted(
        ((mention, entity) for entity in entities for mention in entity.mentions), key=lambda pair: pair[0].start
    )
    starts = [mention.start for mention, _ in mentions]
    lands = _lands(entities)
    scenes = []
    for sentence in document.sentences:
        low, high = bisect_left(starts, sentence.start), bisect_left(starts, sentence.end)
        scenes.append(Scene(sentence, chunk(sentence), tuple(_names(sentence, mentions[low:high])), lands))
    return tuple(scenes)


def _lands(entities: Sequence[NamedEntity]) -> dict[str, NamedEntity]:
    countries = {_country_of(entity): entity for entity in reversed(entities) if entity.type == "Place"}
    nations = [entity for entity in entities if entity.type == "Nationality"]
    return {e.id: countries[land] for e in nations if (land := _country_of(e)) and land in countries}


def _country_of(entity: NamedEntity) -> str | None:
    usual = usual_countries()
    return next((usual[m.text] for m in entity.mentions if m.text in usual), None)


def _names(sentence: Sentence, mentions: Sequence[tuple[Mention, NamedEntity]]) -> list[Name]:
    starts = [token.start for token in sentence.tokens]
    names = []
    for mention, entity in mentions:
        first = max(0, bisect_left(starts, mention.start + 1) - 1)
        last = max(first + 1, bisect_left(starts, mention.end))
        names.append(Name(first, last, mention, entity))
    return names
