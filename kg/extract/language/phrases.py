"""Noun phrases and verb groups over the tags of one sentence; knows no names and no events.

Positions are token numbers of the sentence, half-open; a possessive (`Turkey's attack`) is two phrases, the first the owner.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.extract.language.document import Sentence, Token

_BE = frozenset("be am is are was were been being 's 're get gets got getting".split())
_HAVE = frozenset("have has had having 've".split())
_DO = frozenset("do does did".split())
_NEGATIONS = frozenset("not n't never no longer neither nor without hardly".split())
_DETERMINERS = frozenset(("DT", "PRP$", "WP$", "PDT"))
_BEFORE_NOUN = frozenset(("JJ", "JJR", "JJS", "CD", "$", "HYPH", "#"))
_NOUNS = frozenset(("NN", "NNS", "NNP", "NNPS"))
_PRONOUNS = frozenset(("PRP", "EX", "WP"))
_VERBS = frozenset(("VB", "VBD", "VBG", "VBN", "VBP", "VBZ"))
_NO_HEAD = -1


@dataclass(frozen=True, slots=True)
class NounPhrase:
    """`first`/`last` hold the phrase without a leading article; `head` is its last noun; `full` reaches over `of …`."""

    first: int
    last: int
    head: int
    full: int
    determiner: str = ""
    owner: int | None = None  # number of the phrase that owns this one
    owned: bool = False  # a possessive mark follows


@dataclass(frozen=True, slots=True)
class VerbGroup:
    """A verb with its auxiliaries: `may have been killed`; `head` is the verb itself."""

    first: int
    head: int
    passive: bool = False
    negated: bool = False
    modal: str = ""
    progressive: bool = False
    perfect: bool = False
    infinitive: bool = False
    finite: bool = False


@dataclass(frozen=True, slots=True)
class Phrases:
    """The chunks of one sentence in order, and for each token the number of the chunk that holds it, or -1."""

    tokens: tuple[Token, ...]
    lower: tuple[str, ...]
    nouns: tuple[NounPhrase, ...]
    verbs: tuple[VerbGroup, ...]
    noun_at: tuple[int, ...]
    verb_at: tuple[int, ...]

    def noun(self, token: int) -> NounPhrase | None:
        """Return the noun phrase that holds this token."""
        return self.nouns[self.noun_at[token]] if 0 <= token < len(self.noun_at) and self.noun_at[token] >= 0 else None

    def verb(self, token: int) -> VerbGroup | None:
        """Return the verb group that holds this token."""
        return self.verbs[self.verb_at[token]] if 0 <= token < len(self.verb_at) and self.verb_at[token] >= 0 else None

    def conjuncts(self, phrase: NounPhrase, *, paired: bool = False) -> tuple[NounPhrase, ...]:
        """Return the phrase and those joined to its right by commas and `and`: `A, B and C`.

        A `paired` phrase needs a second one, also where a verb follows: `talks between Israel and Hamas resumed`.
        """
        found, at = [phrase], phrase.full
        while at < len(self.lower):
            step = at + 1 if self.lower[at] in _JOINERS else at
            step += 1 if step > at and step < len(self.lower) and self.lower[step] in _JOINERS else 0
            following = self.noun(step) if step > at else None
            if following is None and step > at and step < len(self.lower) and self.tokens[step].tag in _DETERMINERS:
                following = self.noun(step + 1)
            if following is None or following.first < at or (self.lower[at] == "," and not self._goes_on(following)):
                break
            if self._starts_clause(following) and not (paired and len(found) == 1):
                break
            found.append(following)
            at = following.full
        return tuple(found)

    def _goes_on(self, phrase: NounPhrase) -> bool:
        """After a comma, another comma or `and` must follow within reach: else it is an apposition or a new clause."""
        at = phrase.full
        return at < len(self.lower) and self.lower[at] in _JOINERS

    def _starts_clause(self, phrase: NounPhrase) -> bool:
        group = self.verb(phrase.full)
        return group is not None and group.finite


_JOINERS = frozenset((",", "and", "&", "or", "as"))


def chunk(sentence: Sentence) -> Phrases:
    """Chunk one sentence: `Turkish troops have shelled two villages` → `Turkish troops`, `have shelled`, `two villages`."""
    tokens = sentence.tokens
    lower = tuple(token.text.lower() for token in tokens)
    tags = _settle(lower, _with_names([token.text for token in tokens], [token.tag for token in tokens]))
    verbs = _verb_groups(lower, tags)
    taken = [_NO_HEAD] * len(tokens)
    for number, group in enumerate(verbs):
        taken[group.first : group.head + 1] = [number] * (group.head + 1 - group.first)
    tokens = tuple(
        replace(token, tag=tag) if token.tag != tag else token for token, tag in zip(tokens, tags, strict=True)
    )
    nouns = _join_of(_noun_phrases(lower, tags, taken), lower, tags)
    held = [_NO_HEAD] * len(tokens)
    for number, phrase in enumerate(nouns):
        held[phrase.first : phrase.last] = [number] * (phrase.last - phrase.first)
    return Phrases(tokens, lower, tuple(nouns), tuple(verbs), tuple(held), tuple(taken))


def _with_names(words: Sequence[str], tags: list[str]) -> list[str]:
    """Read words that only names are spelled like as nouns: `al-Muhandis`, `VBIED`; and `an American` without a noun."""
    if not any(word.islower() for word in words):
        return tags
    for at, word in enumerate(words):
        if tags[at] in _VERBS and any(char.isupper() for char in word[1:]):
            tags[at] = "NNP"
        ends = at + 1 == len(words) or tags[at + 1] not in _INSIDE
        if tags[at] == "JJ" and at and tags[at - 1] in ("DT", "CD") and word[0].isupper() and ends:
            tags[at] = "NNP"
    return tags


_INSIDE = frozenset(("JJ", "JJR", "JJS", "NN", "NNS", "NNP", "NNPS", "HYPH", "VBN", "VBG", "POS", "CD", "CC"))


def _settle(lower: Sequence[str], tags: list[str]) -> list[str]:
    """Read a plural taken for a verb as a noun where its phrase is already governed: `to deter further militia strikes`."""
    if tags and lower[0] in _FIRST_PREPOSITIONS and tags[0] != "IN":
        tags[0] = "IN"  # "Near Palmyra, one strike": a capital is no name here
    for at, tag in enumerate(tags):
        if tag not in ("VB", "VBZ") or lower[at] not in _PLURALS or not at:
            continue
        before = at - 1
        while before >= 0 and tags[before] in _MODIFYING:
            before -= 1
        if before < 0:
            continue
        near = before == at - 1
        if tag == "VB" or lower[before] in _GOVERNING or (not near and tags[before] in ("VB", "VBG", "VBD", "VBP")):
            tags[at] = "NNS"
    return tags


_FIRST_PREPOSITIONS = frozenset("near outside inside around across amid despite within throughout along".split())
# plurals of events that look like verbs
_PLURALS = frozenset(
    "strikes attacks raids clashes protests arrests talks airstrikes blasts shells rallies marches fires".split()
)
_GOVERNING = frozenset(("of", "in", "by", "for", "from", "with", "to", "against", "into", "over", "on"))
_MODIFYING = frozenset(("``", "''", "JJR", "NN", "NNS", "NNP", "NNPS", "JJ", "DT", "CD", "VBN", "HYPH"))


def _verb_groups(lower: Sequence[str], tags: Sequence[str]) -> list[VerbGroup]:
    groups, at = [], 0
    while at < len(tags):
        if (tags[at] in _VERBS or tags[at] == "MD" or (tags[at] == "TO" and _verb_after(tags, at))) and not _modifies(
            tags, at
        ):
            head = _group_end(lower, tags, at)
            if tags[head] in _VERBS:
                groups.append(_describe(lower, tags, at, head))
            at = head + 1
        else:
            at += 1
    return groups


def _verb_after(tags: Sequence[str], at: int) -> bool:
    return at + 1 < len(tags) and (tags[at + 1] == "VB" or (tags[at + 1] == "RB" and tags[at + 2 : at + 3] == ["VB"]))


def _modifies(tags: Sequence[str], at: int) -> bool:
    """Tell whether a participle stands inside a noun phrase: `the captured town`, `Iran-backed militias`."""
    if tags[at] not in ("VBN", "VBG"):
        return False
    if at and tags[at - 1] == "HYPH":
        return True
    if at and tags[at - 1] == "RP" and tags[at] == "VBG" and tags[at + 1 : at + 2] in (["NN"], ["NNS"]):
        return True  # "carried out bombing raids"
    follows = tags[at + 1] if at + 1 < len(tags) else ""
    before = tags[at - 1] if at else ""
    if tags[at] == "VBN" and before == "RP" and follows in ("NN", "NNS"):
        return True  # "carried out repeated attacks"
    return (
        follows in _NOUNS
        and before in ("DT", "PRP$", "JJ", "CD", "POS", "IN")
        and not (before == "IN" and tags[at] == "VBG")
    )


def _group_end(lower: Sequence[str], tags: Sequence[str], at: int) -> int:
    head, step = at, at + 1
    while step < len(tags):
        light = lower[head] in _BE or lower[head] in _HAVE or lower[head] in _DO or tags[head] in ("MD", "TO")
        if not light:
            break
        if tags[step] == "VBG" and lower[head] not in _BE:
            break
        if tags[step] in _VERBS:
            head = step
        elif not (tags[step].startswith("RB") or lower[step] in _NEGATIONS):
            break
        step += 1
    return head


def _describe(lower: Sequence[str], tags: Sequence[str], first: int, head: int) -> VerbGroup:
    before = lower[first:head]
    near = lower[max(0, first - 2) : first]
    be = any(word in _BE for word in before)
    return VerbGroup(
        first,
        head,
        passive=be and tags[head] in ("VBN", "VBD"),
        negated=any(word in _NEGATIONS for word in before)
        or any(word in ("not", "n't", "never", "without") for word in near),
        modal=next((word for word, tag in zip(before, tags[first:head], strict=True) if tag == "MD"), ""),
        progressive=tags[head] == "VBG" and be,
        perfect=any(word in _HAVE for word in before),
        infinitive=tags[first] == "TO",
        finite=tags[first] in ("MD", "VBD", "VBP", "VBZ") or lower[first] in _BE,
    )


def _noun_phrases(lower: Sequence[str], tags: Sequence[str], taken: Sequence[int]) -> list[NounPhrase]:
    found: list[NounPhrase] = []
    at, owner = 0, None
    while at < len(tags):
        start = at
        determiner = ""
        while at < len(tags) and tags[at] in _DETERMINERS and taken[at] < 0:
            determiner = lower[at]
            at += 1
        first, head = at, _NO_HEAD
        while at < len(tags) and taken[at] < 0:
            if tags[at] in _NOUNS or tags[at] == "CD":
                head = at
            elif not _goes_inside(lower, tags, at):
                break
            if head == at - 1 and lower[at] in _WEEKDAYS and tags[head] in ("NN", "NNS"):
                break  # "detained by intelligence forces | Monday night"
            if head > first and lower[at] in _DIRECTIONS and lower[at + 1 : at + 2] == ("of",):
                head = at - 1  # "a base | north of Baghdad"
                break
            at += 1
            if head == at - 1 and (head > first or lower[head] in _WEEKDAYS) and _ends_date(lower, tags, at):
                break
        if head == _NO_HEAD:
            if start < len(tags) and taken[start] < 0 and tags[start] in _PRONOUNS:
                found.append(NounPhrase(start, start + 1, start, start + 1))
                owner = None
                at = start + 1
                continue
            at = max(start + 1, first if first > start else start + 1)
            owner = None
            continue
        at = head + 1
        owned = at < len(tags) and tags[at] == "POS"
        found.append(NounPhrase(first, head + 1, head, head + 1, determiner, owner, owned))
        owner = len(found) - 1 if owned else None
        at += owned
    return found


def _ends_date(lower: Sequence[str], tags: Sequence[str], at: int) -> bool:
    """Tell whether a date ends here and a name follows without a comma: `On September 17 US-led aircraft`."""
    if at >= len(tags):
        return False
    if lower[at - 1] in _WEEKDAYS:  # "on Friday IS had shelled"
        return tags[at] in ("NNP", "NNPS") and lower[at] not in _MONTHS
    return tags[at - 1] == "CD" and lower[at - 2] in _MONTHS and tags[at] != "CD"


_DIRECTIONS = frozenset("north south east west northeast northwest southeast southwest".split())
_WEEKDAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday today yesterday".split())
_MONTHS = frozenset(
    "january february march april may june july august september october november december jan. feb. mar. apr. aug. sept. oct. nov."
    " dec.".split()
)


def _goes_inside(lower: Sequence[str], tags: Sequence[str], at: int) -> bool:
    tag = tags[at]
    if tag in _BEFORE_NOUN or tag in ("VBN", "VBG", "FW"):
        return True
    following = tags[at + 1] if at + 1 < len(tags) else ""
    if tag == "CC" and lower[at] == "and":
        return at > 0 and tags[at - 1] == "JJ" and following == "JJ"
    return tag == "RB" and following in ("JJ", "CD") and at > 0 and tags[at - 1] in _DETERMINERS


def _join_of(phrases: list[NounPhrase], lower: Sequence[str], tags: Sequence[str]) -> list[NounPhrase]:
    """Let `full` reach over the `of` phrases that follow: `outskirts of the village of Tokhar`."""
    joined: list[NounPhrase] = []
    reach: dict[int, int] = {}
    for phrase in reversed(phrases):
        start = phrase.first
        while start and tags[start - 1] in _DETERMINERS:
            start -= 1
        full = phrase.last
        if full < len(lower) and lower[full] == "of":
            full = reach.get(full + 1, full)
        reach[start] = reach[phrase.first] = full
        joined.append(
            NounPhrase(phrase.first, phrase.last, phrase.head, full, phrase.determiner, phrase.owner, phrase.owned)
        )
    return joined[::-1]
