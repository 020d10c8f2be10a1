"""Who a claimant phrase means: the person or institution it names, or the one that a pronoun or `the group` takes up again."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.extract.claims.cues import Range
    from kg.extract.language.document import Document, Mention, NamedEntity

_SINGULAR = frozenset({"he", "she"})
_PLURAL = frozenset({"they"})
_NEUTRAL = frozenset({"it", "which"})
_FIRST = frozenset({"i", "we"})
_RELATIVE = frozenset({"who", "that", "which"})
_INSTITUTIONS = frozenset({"Organization", "ArmedGroup", "StateForce", "Government", "Media"})
# an apposition follows at once: "Rami Abdel Rahman, director of …", "the group's leader, X, said"
_APPOSITION = re.compile(r"^\s*[,(–—-]\s*$")


@dataclass(frozen=True, slots=True)
class Source:
    """What a claimant phrase stands for: an entity's id where there is one, and whether the text leaves the speaker unnamed."""

    entity: str | None
    unnamed: bool
    kind: str  # person, institution, role or unknown: what later pronouns may take up


class Claimants:
    """Resolves claimant phrases in the order of the text; remembers who spoke last."""

    def __init__(self, document: Document, entities: Sequence[NamedEntity]) -> None:
        self._document = document
        self._mentions = sorted(
            ((m, entity) for entity in entities for m in entity.mentions), key=lambda pair: pair[0].start
        )
        self._starts = [mention.start for mention, _ in self._mentions]
        self._spoken: list[tuple[int, str, Source]] = []

    def resolve(self, where: Range) -> Source:
        """Return who the phrase at `where` means; later phrases may take it up."""
        words = self._document.text[where[0] : where[1]].lower()
        source = self._read(where, words)
        if source.kind != "unknown":
            self._spoken.append((where[0], words, source))
        return source

    def _read(self, where: Range, words: str) -> Source:
        bare = words.strip()
        if bare in _SINGULAR | _FIRST | _PLURAL | _NEUTRAL:
            return self._pronoun(where, bare)
        inside = self._inside(where)
        person = next((entity for mention, entity in inside if entity.type == "Person"), None)
        if person is not None and not self._is_owner(inside, person, where):
            return Source(person.id, unnamed=False, kind="person")
        apposed = self._apposed(where)
        if apposed is not None:
            kind = "person" if apposed.type == "Person" else "institution"
            return Source(apposed.id, unnamed=False, kind=kind)
        return self._common(where, words, inside)

    def _is_owner(self, inside: Sequence[tuple[Mention, NamedEntity]], person: NamedEntity, where: Range) -> bool:
        """Whether the person only owns the speaker: `Assad's spokesman`, `forces loyal to X`."""
        mention = next(m for m, entity in inside if entity.id == person.id)
        after = self._document.text[mention.end : where[1]]
        before = self._document.text[where[0] : mention.start]
        return bool(re.match(r"\s?['’]?\s?s?['’]?\s+\w", after) and re.match(r"\s?(?:['’]|s\b)", after)) or bool(
            re.search(r"\b(?:of|to|for|by)\s+(?:\w+\s+){0,3}$", before) and _role(before)
        )

    def _common(self, where: Range, words: str, inside: Sequence[tuple[Mention, NamedEntity]]) -> Source:
        institution = next((e for m, e in inside if e.type in _INSTITUTIONS), None)
        country = next((e for m, e in inside if e.type == "Place"), None)
        demonym = next((e for m, e in inside if e.type == "Nationality"), None)
        head = _head(words)
        if institution is not None:
            named = _ends_with_name(where, inside, institution) or not _is_person_role(head)
            return Source(institution.id, unnamed=not named, kind="institution" if named else "role")
        if country is not None and (_ends_with_name(where, inside, country) and not _is_person_role(head)):
            return Source(country.id, unnamed=False, kind="institution")
        again = self._again(where, head) if not inside or head in _group_nouns() else None
        if again is not None:
            return again
        other = country or demonym
        if other is None or not self._stands_for(where, inside, other, head):
            return Source(None, unnamed=True, kind="role")
        return Source(other.id, unnamed=True, kind="role")

    def _stands_for(
        self, where: Range, inside: Sequence[tuple[Mention, NamedEntity]], other: NamedEntity, head: str
    ) -> bool:
        """Whether the nameless speaker speaks for the country: `U.S. officials`, but not `reports from Turkey`."""
        mention = next(m for m, entity in inside if entity.id == other.id)
        before = self._document.text[where[0] : mention.start].split()
        return not (before and before[-1].lower() in ("from", "in", "near", "at")) and head not in _PAPERS

    def _again(self, where: Range, head: str) -> Source | None:
        """Resolve `the group`, `a monitoring group`, `the official`, `the minister` to who spoke before, or soon after."""
        kind = "institution" if head in _group_nouns() else "role"
        if kind == "role":
            for _, earlier, source in reversed(self._spoken[-8:]):
                if _head(earlier) == head or (source.kind == "person" and self._has_title(source, head)):
                    return source
            return None
        for _, _, source in reversed(self._spoken[-12:]):
            if source.kind == "institution" and (source.entity and self._may_be(source.entity, head)):
                return source
        for mention, entity in self._mentions[bisect_left(self._starts, where[1]) :]:
            if mention.start - where[1] > 400:
                break
            if entity.type in _INSTITUTIONS and self._may_be(entity.id, head):
                return Source(entity.id, unnamed=False, kind="institution")
        return None

    def _may_be(self, entity_id: str, head: str) -> bool:
        entity = next((e for _, e in self._mentions if e.id == entity_id), None)
        if entity is None:
            return False
        allowed = _GROUP_TYPES.get(head)
        return entity.type in allowed if allowed else head in entity.name.lower()

    def _has_title(self, source: Source, head: str) -> bool:
        """Whether the person was called by this title: `Foreign Minister X … the minister`."""
        text = self._document.text.lower()
        return any(
            entity.id == source.entity and head in text[max(0, mention.start - 60) : mention.end + 60].split()
            for mention, entity in self._mentions
        )

    def _pronoun(self, where: Range, word: str) -> Source:
        for _, _, source in reversed(self._spoken[-10:]):
            fits = (
                (word in _SINGULAR and (source.kind in {"person", "role"}))
                or (word in _NEUTRAL and source.kind == "institution")
                or (word in _PLURAL and source.kind in ("role", "institution"))
                or word in _FIRST
            )
            if fits:
                near = self._nearest_person(where) if word in _SINGULAR else None
                if near is not None and near.id != source.entity and source.kind != "person":
                    return Source(near.id, unnamed=False, kind="person")
                return source
        if word in _SINGULAR and (near := self._nearest_person(where)) is not None:
            return Source(near.id, unnamed=False, kind="person")
        if word in _NEUTRAL:
            for mention, entity in reversed(self._mentions[: bisect_left(self._starts, where[0])]):
                if where[0] - mention.end > 300:
                    break
                if entity.type in _INSTITUTIONS or entity.type == "Place":
                    return Source(entity.id, unnamed=False, kind="institution")
        return Source(None, unnamed=True, kind="unknown")

    def _nearest_person(self, where: Range) -> NamedEntity | None:
        """Return the first person named in the sentence before, or in this one before the pronoun."""
        sentence = self._document.sentence_at(where[0])
        if sentence is None:
            return None
        begin = self._document.sentences[sentence.index - 1].start if sentence.index else sentence.start
        return next((e for m, e in self._mentions if begin <= m.start < where[0] and e.type == "Person"), None)

    def _inside(self, where: Range) -> list[tuple[Mention, NamedEntity]]:
        begin = max(0, bisect_left(self._starts, where[0]) - 1)
        found = []
        for mention, entity in self._mentions[begin:]:
            if mention.start >= where[1]:
                break
            if mention.end > where[0]:
                found.append((mention, entity))
        return found

    def _apposed(self, where: Range) -> NamedEntity | None:
        """Return who stands in apposition beside the phrase: `the group's leader, Ali Hassan, said`, `Hassan a local doctor said`."""
        at = bisect_left(self._starts, where[0]) - 1
        head = _head(self._document.text[where[0] : where[1]].lower())
        if at >= 0 and (_is_person_role(head) or head in _group_nouns()):
            mention, entity = self._mentions[at]
            between = self._document.text[mention.end : where[0]]
            fits = entity.type == "Person" if _is_person_role(head) else entity.type in _INSTITUTIONS
            if (
                fits
                and re.fullmatch(
                    r"(?:\s?\([^)]*\))?,?\s(?:an?\s|the\s)?" if _is_person_role(head) else r",?\san?\s", between
                )
                and (between.strip() or _starts_low(self._document.text[where[0] :]))
            ):
                return entity
        at = bisect_left(self._starts, where[1])
        if at < len(self._mentions):
            mention, entity = self._mentions[at]
            between = self._document.text[where[1] : mention.start]
            if entity.type == "Person" and len(between) < 4 and (_APPOSITION.match(between) or not between.strip()):
                return entity
        return None


def _starts_low(text: str) -> bool:
    return text[:1].islower()


def _ends_with_name(where: Range, inside: Sequence[tuple[Mention, NamedEntity]], entity: NamedEntity) -> bool:
    """Whether the phrase ends in the name itself: `the Pentagon`, but not `Pentagon officials` or `a source at the Pentagon`."""
    return max(m.end for m, e in inside if e.id == entity.id) >= where[1] - 2


def _head(words: str) -> str:
    """Return the noun that a phrase is about: the last before `of`, `at`, `for` and the like."""
    before = re.split(r"\s(?:of|at|for|in|from|with|on|to|near|close|inside|who|which)\s", f"{words.strip(' ,')} ")[0]
    before = re.split(r"\s?[,(–—]", before)[0]
    parts = re.findall(r"[^\W\d_][\w-]*", before)
    return parts[-1] if parts else ""


def _role(words: str) -> bool:
    return any(_is_person_role(word) for word in re.findall(r"\w+", words))


def _is_person_role(word: str) -> bool:
    singular = word.removesuffix("s")
    return (
        word in _persons()
        or singular in _persons()
        or word.endswith(("man", "men", "woman", "women", "person", "people"))
    )


# kinds of institution that a noun may take up; where empty, the noun must stand in the name itself
_GROUP_TYPES: dict[str, frozenset[str]] = {
    "group": frozenset({"Organization", "ArmedGroup"}),
    "charity": frozenset({"Organization"}),
    "organization": frozenset({"Organization", "ArmedGroup"}),
    "organisation": frozenset({"Organization", "ArmedGroup"}),
    "monitor": frozenset({"Organization"}),
    "ngo": frozenset({"Organization"}),
    "agency": frozenset({"Media", "Organization", "Government", "StateForce"}),
    "ministry": frozenset({"Government"}),
    "government": frozenset({"Government"}),
    "regime": frozenset({"Government"}),
    "army": frozenset({"StateForce"}),
    "military": frozenset({"StateForce"}),
    "police": frozenset({"StateForce"}),
    "department": frozenset({"Government", "StateForce"}),
    "coalition": frozenset(),
    "movement": frozenset(),
    "militia": frozenset({"ArmedGroup"}),
    "newspaper": frozenset({"Media"}),
    "paper": frozenset({"Media"}),
    "broadcaster": frozenset({"Media"}),
    "channel": frozenset({"Media"}),
    "party": frozenset(),
    "body": frozenset(),
    "bureau": frozenset(),
    "observatory": frozenset({"Organization"}),
    "statement": _INSTITUTIONS,
    "authority": frozenset(),
}


_PAPERS = frozenset(
    "report reports newspaper newspapers media paper papers website websites television tv radio".split()
)


@cache
def _group_nouns() -> frozenset[str]:
    return frozenset(_GROUP_TYPES)


@cache
def _persons() -> frozenset[str]:
    nouns = (files("kg.extract") / "data" / "speakers.txt").read_text(encoding="utf-8").split()
    return (
        frozenset(nouns)
        - _group_nouns()
        - {"force", "forces", "administration", "embassy", "union", "court", "council"}
    )
