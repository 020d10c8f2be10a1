"""Tolls: how many were killed, injured, missing, displaced or captured, with the words that say so; attaches none to events.

The cue words are `data/cues_casualties.tsv`; what numbers count without counting people is `data/not_people.txt`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, cast

from kg.extract.numbers import Quantity, find_quantities

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from kg.extract.document import Document, NamedEntity, Sentence
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


@dataclass(frozen=True, slots=True)
class _Group:
    """People in a sentence: tokens `first` to `last` (half-open), counted or not."""

    first: int
    last: int
    minimum: int | None
    maximum: int | None
    head: str
    counted: bool
    bare: bool
    numeral: bool = False


@dataclass(frozen=True, slots=True)
class _Cue:
    at: int
    outcome: Outcome
    grammar: str


_BE = frozenset("be is are was were been being get gets got getting".split())
_HAVE = frozenset("has have had having".split())
_ADVERBS = frozenset(
    "also reportedly allegedly later already still all both seriously critically badly severely lightly slightly fatally now then"
    " since immediately instantly either only just feared reported believed presumed confirmed".split()
)
_NOUN_TAGS = frozenset({"NN", "NNS", "NNP", "NNPS"})
_INNER_TAGS = frozenset({"JJ", "JJR", "JJS", "NN", "NNS", "NNP", "NNPS", "VBN", "VBG", "HYPH", "POS", "CD", "PRP$"})
_SUBSETS = frozenset({"including", "included", "among", "of", "namely", "e.g.", "such"})
_MODALS = frozenset("could would should might can will shall ca wo".split())
_BEFORE_YEAR = frozenset("in since of from until by during before after , early late mid".split())
_NOT_INSIDE = frozenset("including excluding following according during".split())
_TAKES = frozenset("claim claims claimed claiming take takes took taken taking cost costs costing".split())
_NOBODY = frozenset({"nobody", "no-one", "none"})
_OTHERS = frozenset("others more another civilians people".split())


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
        for toll in _Reading(document.text, sentence, named, people).tolls():
            found.setdefault((toll.outcome, toll.start, toll.end), toll)
    return tuple(sorted(found.values(), key=lambda toll: (toll.start, toll.end)))


class _Reading:
    """One sentence while it is read: its tokens, the groups of people in it and its cues."""

    def __init__(
        self, text: str, sentence: Sentence, named: Sequence[tuple[int, int]], nations: AbstractSet[int] = frozenset()
    ) -> None:
        self.text = text
        self.tokens = sentence.tokens
        self.words = tuple(token.text.lower() for token in sentence.tokens)
        self._nations = nations
        self.groups = self._find_groups(sentence, named)
        self.cues = tuple(self._find_cues())
        self._cue_at = {cue.at for cue in self.cues}

    # --- groups of people ---

    def _find_groups(self, sentence: Sentence, named: Sequence[tuple[int, int]]) -> tuple[_Group, ...]:
        if not any(word in _cues() for word in self.words):
            return ()
        groups: list[_Group] = []
        for quantity in find_quantities(self.text, sentence.start, sentence.end):
            group = self._counted(quantity)
            if group and not (groups and group.first < groups[-1].last):
                groups.append(group)
        groups += [g for g in self._singles(named) if not any(g.first < o.last and o.first < g.last for o in groups)]
        return self._joined(sorted(groups, key=lambda group: group.first))

    def _counted(self, quantity: Quantity) -> _Group | None:
        inside = [i for i, token in enumerate(self.tokens) if token.start < quantity.end and quantity.start < token.end]
        if not inside or self._is_date(inside) or self.words[max(0, inside[0] - 1)] in ("no", "["):
            return None
        first, after = inside[0], inside[-1] + 1
        last = after
        if (
            last < len(self.words)
            and self.words[last] == "of"
            and self.words[last + 1 : last + 2] not in (("them",), ("whom",), ("which",))
        ):
            nominal = self._nominal(last + 1)
            last = nominal if nominal > last + 1 else after
        else:
            last = self._nominal(last)
        head = self._head(after, last)
        if head and _is_thing(head):
            return None
        bare = last == after
        if bare and inside[-1] == inside[0] and quantity.minimum is not None and 1900 <= quantity.minimum <= 2099:
            return None
        return _Group(first, last, quantity.minimum, quantity.maximum, head, counted=True, bare=bare, numeral=True)

    def _is_date(self, inside: Sequence[int]) -> bool:
        """Whether a plain number is a year or the day of a month."""
        if len(inside) != 1:
            return False
        at = inside[0]
        word, before = self.words[at], self.words[at - 1] if at else ""
        after = self.words[at + 1] if at + 1 < len(self.words) else ""
        if (
            word.isdigit()
            and len(word) == 4
            and 1900 <= int(word) <= 2099
            and (before in _BEFORE_YEAR or before.isdigit())
        ):
            return True
        return before.rstrip(".") in _months() or after.rstrip(".") in _months()

    def _nominal(self, at: int) -> int:
        """Return where the noun group that begins at `at` ends."""
        end = at
        while at < len(self.tokens):
            tag, word = self.tokens[at].tag, self.words[at]
            if word in _NOT_INSIDE or (word in _cues() and not self._is_modifier(at)) or (tag == "CD" and end == at):
                break
            if tag in _NOUN_TAGS or word in _OTHERS:
                end = at + 1
                if word == "others":
                    break
                if (
                    tag == "NNS"
                    and _is_person(word)
                    and self.words[at + 1 : at + 2] not in (("'s",), ("s",), ("’s",), ("'",), ("’",))
                ):
                    break
            elif tag not in _INNER_TAGS and word not in ("'s", "s", "-"):
                break
            at += 1
        return end

    def _is_modifier(self, at: int) -> bool:
        """Whether a cue only describes a noun after it (`the wounded soldiers`, `kidnapped girls`)."""
        following = at + 1
        return (
            following < len(self.tokens)
            and self.tokens[at].tag in ("VBN", "JJ")
            and self.tokens[following].tag in ("NNS", "NN")
            and at > 0
            and self.tokens[at - 1].tag in ("DT", "CD", "JJ", "PRP$")
        )

    def _head(self, first: int, last: int) -> str:
        head = ""
        for at in range(first, last):
            if self.tokens[at].tag == "IN":
                break
            if self.tokens[at].tag in _NOUN_TAGS or self.words[at] in _OTHERS:
                head = self.words[at]
        return head

    def _singles(self, named: Sequence[tuple[int, int]]) -> Iterator[_Group]:
        """Yield who is told without a number: `a woman`, `no one`, a person's name; others only as an open count."""
        at = 0
        while at < len(self.tokens):
            group = self._single(at, named)
            if group:
                yield group
                at = group.last
            else:
                at += 1

    def _single(self, at: int, named: Sequence[tuple[int, int]]) -> _Group | None:
        token, word = self.tokens[at], self.words[at]
        for start, end in named:
            # "a Briton" is no name
            if start <= token.start < end and not (at and self.words[at - 1] in ("a", "an")):
                last = next((i for i in range(at, len(self.tokens)) if self.tokens[i].start >= end), len(self.tokens))
                return _Group(at, last, 1, 1, "person", counted=False, bare=False)
        if word in _NOBODY or (word == "no" and self.words[at + 1 : at + 2] == ("one",)):
            return _Group(at, at + 1 + (word == "no"), 0, 0, "person", counted=True, bare=False)
        if word in ("no", "any", "without") and (last := self._harm(at)):
            return _Group(at, last, 0, 0, self.words[last - 1], counted=True, bare=False)
        if word == "more" and self.words[at + 1 : at + 2] == ("than",):
            return None
        if token.tag in ("DT", "PRP$", "PDT") or word in ("many", "more", "some", "any", "other"):
            last = max(self._nominal(at + 1), at + 1 + self._is_demonym(at + 1))
            if last == at + 1 and word not in ("many", "some", "more"):
                return None
            return self._described(at, last)
        if token.tag in ("NNS", "NN", "JJ", "NNP") and (at == 0 or self.tokens[at - 1].tag not in _INNER_TAGS):
            last = self._nominal(at)
            return self._described(at, last) if last > at else None
        return None

    def _is_demonym(self, at: int) -> bool:
        """Whether the word names somebody by nation: `a Briton`."""
        return at < len(self.tokens) and self.tokens[at].start in self._nations and self.tokens[at].tag in _NOUN_TAGS

    def _harm(self, at: int) -> int | None:
        """Return the end of `no casualties`, `no immediate injuries`, `without any deaths`."""
        if self.words[at] == "any" and self.words[max(0, at - 1)] != "without":
            return None
        for last in range(at + 1, min(at + 5, len(self.words))):
            if self.words[last] in ("casualties", "injuries", "deaths", "fatalities"):
                return last + 1
            if self.tokens[last].tag not in ("JJ", "DT", "NN", "VBN"):
                return None
        return None

    def _described(self, at: int, last: int) -> _Group | None:
        head, word = self._head(at, last) or self.words[last - 1], self.words[at]
        if _is_thing(head) or not (
            head in _OTHERS or head in ("many", "some") or _is_person(head) or self._is_demonym(last - 1)
        ):
            return None
        if word == "no":
            return _Group(at, last, 0, 0, head, counted=True, bare=False)
        plural = self.tokens[last - 1].tag in ("NNS", "NNPS") or head in (
            "people",
            "police",
            "others",
            "more",
            "many",
            "some",
        )
        if plural:
            return _Group(at, last, None, None, head, counted=False, bare=False)
        return _Group(at, last, 1, 1, head, counted=word in ("a", "an", "another", "one"), bare=False)

    def _is_definite(self, group: _Group) -> bool:
        """Whether the people are known already: `the militants` tells no new count."""
        return (
            not group.numeral and group.maximum is None and self.words[group.first] in ("the", "these", "those", "they")
        )

    def _joined(self, groups: Sequence[_Group]) -> tuple[_Group, ...]:
        """Add up `two women and a boy`; fighters and civilians stay two counts."""
        joined: list[_Group] = []
        for group in groups:
            last = joined[-1] if joined else None
            between = self.words[last.last : group.first] if last else ()
            if (
                last
                and between in (("and",), (",",), (",", "and"))
                and last.counted
                and group.counted
                and _may_join(last, group)
            ):
                if between == (",",) and not self._list_goes_on(group):
                    joined.append(group)
                    continue
                low = None if last.minimum is None or group.minimum is None else last.minimum + group.minimum
                high = None if last.maximum is None or group.maximum is None else last.maximum + group.maximum
                numeral = last.numeral or group.numeral
                joined[-1] = _Group(
                    last.first, group.last, low, high, group.head, counted=True, bare=False, numeral=numeral
                )
            else:
                joined.append(group)
        return tuple(joined)

    def _list_goes_on(self, group: _Group) -> bool:
        return self.words[group.last : group.last + 1] in (("and",), (",",))

    # --- cues ---

    def _find_cues(self) -> Iterator[_Cue]:
        for at, word in enumerate(self.words):
            entry = _cues().get(word)
            if entry and not self._is_modifier(at) and not self._is_idle(at):
                yield _Cue(at, *entry)

    def _is_idle(self, at: int) -> bool:
        """Whether the word only threatens or names a wish: `could kill`, `threatened to kill`, `not killed` is a zero elsewhere."""
        before = [w for w in self.words[max(0, at - 3) : at] if w not in _ADVERBS]
        if not before:
            return False
        if len(before) > 1 and before[-1] == "have" and before[-2] in ("would", "could", "should"):
            return True
        if (
            self.words[at].startswith("di")
            and self.words[at + 1 : at + 2] == ("of",)
            and not _violent(self.words[at + 2 : at + 7])
        ):
            return True
        if self.tokens[at].tag == "VB" and (before[-1] in _MODALS or before[-1] == "to"):
            return True
        return len(before) > 1 and before[-1] == "be" and (before[-2] in _MODALS or before[-2] == "to")

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
                groups = self._groups_for(base, skip_to=shared[base.at]) or ()
                for group in groups:
                    # how many died and how many lived is not told: the number bounds each
                    yield self._toll(cue, replace(group, minimum=None))
                continue
            for group in self._groups_for(cue):
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
        between = [w for w in self.words[one.at + 1 : two.at] if w not in _ADVERBS]
        if one.outcome == two.outcome or between not in (["and"], ["or"], ["and", "/", "or"]):
            return None
        if (
            between == ["and"]
            and any(g.last == one.at for g in self.groups)
            and any(g.first == two.at + 1 for g in self.groups)
        ):
            return None
        return two.at

    def _groups_for(self, cue: _Cue, *, skip_to: int | None = None) -> Sequence[_Group]:
        at = skip_to if skip_to is not None else cue.at
        if cue.grammar in ("noun", "lives", "toll"):
            return self._for_noun(cue)
        if cue.grammar == "hostages":
            return [g for g in self.groups if g.first < cue.at < g.last or g.last == cue.at]
        passive = self._is_passive(cue.at)
        if cue.grammar == "verb" and not passive:
            right = self._right_of(at + 2 if self.words[at + 1 : at + 2] == ("of",) else at + 1)
            left_bare = self._touching_left(cue.at)
            if right and not (left_bare and left_bare.numeral and right[-1].last in self._cue_at):
                return right
            if self._has_object(at + 1) and not (left_bare and left_bare.numeral):
                return ()
            if self.tokens[cue.at].tag == "VBG" or self.words[cue.at].endswith(
                ("ing", "kill", "kills", "wounds", "injures")
            ):
                return ()
        if cue.grammar == "state":
            return self._for_state(cue)
        if cue.grammar == "fled" and not self._flees_home(cue.at):
            return ()
        return self._left_of(cue.at, passive=passive or cue.grammar in ("died", "fled"))

    def _has_object(self, at: int) -> bool:
        return at < len(self.tokens) and self.tokens[at].tag in ("PRP", "DT", "PRP$", "NN", "NNS", "CD", "JJ")

    def _is_passive(self, at: int) -> bool:
        before = at - 1
        while before >= 0 and (self.words[before] in _ADVERBS or self.tokens[before].tag == "RB"):
            before -= 1
        return before >= 0 and self.words[before] in _BE

    def _right_of(self, at: int) -> list[_Group]:
        """Return the groups that a verb takes as its object, coordinated ones too."""
        while at < len(self.words) and (
            self.words[at] in _ADVERBS or self.words[at] in ("and", "dead", "or") and at + 1 < len(self.words)
        ):
            if self.words[at] in ("and", "or"):
                return []
            at += 1
        found: list[_Group] = []
        for group in self.groups:
            if group.first < at:
                continue
            if not found and not self._only_titles(at, group.first):
                break
            if found and not self._coordinated(found[-1], group):
                break
            if group.last in self._cue_at and found and group.bare:
                break
            found.append(group)
        return found

    def _coordinated(self, one: _Group, two: _Group) -> bool:
        between = self.words[one.last : two.first]
        if between in (("and",), (",", "and"), ("as", "well", "as"), ("and", "the")):
            return True
        if between == (",",):
            return two.numeral
        # "14 jihadists from the Islamic State group and five civilians"
        return (
            two.numeral
            and 2 < len(between) <= 10
            and between[-1] == "and"
            and between[0] in ("from", "of", "in", "including")
            and not any(self.tokens[i].tag.startswith("VB") or i in self._cue_at for i in range(one.last, two.first))
        )

    def _only_titles(self, first: int, last: int) -> bool:
        """Whether only a determiner, a title or an adjective stands between the verb and the name."""
        return last - first <= 6 and all(
            self.tokens[i].tag in _INNER_TAGS
            or self.tokens[i].tag in ("DT", ",")
            and i == last - 1
            or self.tokens[i].tag == "DT"
            and i == first
            for i in range(first, last)
        )

    def _touching_left(self, at: int) -> _Group | None:
        before = at
        while before > 0 and (self.words[before - 1] in _ADVERBS or self.words[before - 1] in _HAVE):
            before -= 1
        return next((g for g in self.groups if g.last == before), None)

    def _left_of(self, at: int, *, passive: bool) -> list[_Group]:
        """Return the groups that suffer what the participle says: its subject, or the words right before it."""
        end = at
        while end > 0 and (
            self.words[end - 1] in _ADVERBS
            or self.words[end - 1] in _BE | _HAVE
            or self.tokens[end - 1].tag in ("RB", "MD")
        ):
            end -= 1
        reported = any(word in ("feared", "reported", "believed") for word in self.words[end:at])
        direct = passive or end < at or reported
        begin = self._clause_start(end)
        inside = [g for g in self.groups if begin <= g.first and g.last <= end]
        touching = [g for g in inside if g.last == end]
        if not direct:
            if self.words[end - 1 : end] == (",",) and not touching:
                return []
            inside = touching or [g for g in inside if self._only_subset(g.last, end)]
        mains = [g for g in inside if not self._is_subset(g)]
        best = mains or inside
        if not best:
            return []
        chosen = [best[-1]] if not direct else [self._subject(best)]
        # coordinated groups before it share the outcome
        for group in reversed(best):
            if group.last < chosen[0].first and self.words[group.last : chosen[0].first] in (
                ("and",),
                (",", "and"),
                (",",),
            ):
                chosen.insert(0, group)
        return chosen

    def _subject(self, groups: Sequence[_Group]) -> _Group:
        counted = [g for g in groups if g.counted]
        free = [g for g in counted or groups if g.first == 0 or self.tokens[g.first - 1].tag not in ("IN", "TO")]
        return (free or counted or list(groups))[-1]

    def _only_subset(self, first: int, last: int) -> bool:
        return (
            first < last
            and self.words[first] in ("including", "mostly", "among", ",", "from", "in", "of")
            and last - first < 15
        )

    def _is_subset(self, group: _Group) -> bool:
        before = self.words[max(0, group.first - 2) : group.first]
        if self.words[group.last : group.last + 2] in (("of", "them"), ("of", "whom")):
            return True
        return bool(before) and (before[-1] in _SUBSETS or before == ("such", "as"))

    def _clause_start(self, end: int) -> int:
        """Go back to where the clause begins: a finite verb, a cue or a strong mark stops."""
        at = end
        while at > 0:
            token, word = self.tokens[at - 1], self.words[at - 1]
            if (
                word in (";", ":", "that", "while", "when", "after", "before", "but", "said", "says", "whether")
                or at - 1 in self._cue_at
            ):
                break
            if token.tag in ("VBD", "VBZ", "VBP", "MD") and word not in _BE | _HAVE:
                break
            at -= 1
        return at

    def _for_state(self, cue: _Cue) -> Sequence[_Group]:
        """`left 12 dead`, `12 dead`, `30 people are missing`, `took five soldiers hostage`."""
        if self.words[max(0, cue.at - 1) : cue.at] in (("the",), ("shot",)) and cue.outcome == "killed":
            if self.words[cue.at - 1] == "the":
                return ()
            right = self._right_of(cue.at + 1)
            return right or self._left_of(cue.at - 1, passive=self._is_passive(cue.at - 1))
        groups = self._left_of(cue.at, passive=self._is_passive(cue.at))
        if groups and (self._is_passive(cue.at) or groups[-1].last == cue.at or groups[-1].counted):
            return groups
        return ()

    def _for_noun(self, cue: _Cue) -> Sequence[_Group]:
        """`12 deaths`, `the deaths of 12 people`, `the death toll rose to 31`, `claimed the lives of three`, `no casualties`."""
        at = cue.at
        inside = [
            g for g in self.groups if g.first < at + 1 and g.last >= at and g.counted and (g.numeral or g.maximum == 0)
        ]
        if inside and (
            cue.grammar == "noun"
            or any(w in _TAKES for w in self.words[max(0, inside[-1].first - 2) : inside[-1].first])
        ):
            return inside[-1:]
        if cue.grammar == "lives" and self.words[at + 1 : at + 2] != ("of",):
            if self.words[at - 1 : at] in (("their",), ("its",)) and any(
                w.startswith("los") for w in self.words[max(0, at - 3) : at]
            ):
                return self._left_of(
                    next(i for i in range(max(0, at - 3), at) if self.words[i].startswith("los")), passive=True
                )
            return ()
        if cue.grammar == "toll":
            return self._after_toll(at + 1)
        if self.words[at] == "injuries":
            verb = next(
                (i for i in range(at - 1, max(-1, at - 5), -1) if self.words[i].startswith(("sustain", "suffer"))), None
            )
            return self._left_of(verb, passive=True) if verb is not None else ()
        if self.words[at + 1 : at + 2] == ("of",):
            groups = self._right_of(at + 2)
            return groups if groups and (groups[0].maximum is None or groups[0].counted or len(groups) >= 1) else ()
        return ()

    def _after_toll(self, at: int) -> Sequence[_Group]:
        for group in self.groups:
            if group.first >= at and group.counted:
                between = self.words[at : group.first]
                if len(between) <= 10 and not any(i in self._cue_at for i in range(at, group.first)):
                    return [group]
                break
        return ()

    def _flees_home(self, at: int) -> bool:
        """Whether people flee from war rather than an attacker from the scene."""
        return any(
            w
            in ("home", "homes", "country", "houses", "fighting", "violence", "region", "area", "city", "abroad", "war")
            for w in self.words[at : at + 8]
        )

    def _toll(self, cue: _Cue, group: _Group) -> Toll:
        start, end = self.tokens[group.first].start, self.tokens[group.last - 1].end
        words = self.text[start:end]
        described = None if group.bare or group.maximum == 0 else words
        if cue.grammar == "verb" and self._is_negated(cue.at) and group.maximum != 0:
            return Toll(cue.outcome, start, end, words, 0, 0, described)
        return Toll(cue.outcome, start, end, words, group.minimum, group.maximum, described)

    def _is_negated(self, at: int) -> bool:
        return any(word in ("not", "n't", "never") for word in self.words[max(0, at - 3) : at])


def _tells(cue: _Cue, group: _Group) -> bool:
    """Whether people without a numeral are worth a toll: only those who suffer in life and limb."""
    return group.numeral or cue.outcome in ("killed", "injured")


def _violent(words: Sequence[str]) -> bool:
    """Whether somebody died of violence, not of an illness."""
    return any(
        word.startswith(("wound", "injur", "gunshot", "burn", "shot", "bullet", "shrapnel", "blast", "tortur"))
        for word in words
    )


# larger counts are told apart (`1,183 rebels and 1,341 soldiers`), a handful is one group (`a Briton and two Americans`)
_MANY = 10


def _may_join(one: _Group, two: _Group) -> bool:
    if one.bare or one.maximum == 0 or two.maximum == 0 or max(one.minimum or 0, two.minimum or 0) >= _MANY:
        return False
    return ("civil" in one.head) == ("civil" in two.head) and two.head not in ("others", "more")


@cache
def _cues() -> dict[str, tuple[Outcome, str]]:
    lines = (files("kg.extract") / "data" / "cues_casualties.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {word: (cast("Outcome", outcome), grammar) for word, outcome, grammar in rows}


@cache
def _things() -> frozenset[str]:
    lines = (files("kg.extract") / "data" / "not_people.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


@cache
def _people() -> frozenset[str]:
    lines = (files("kg.extract") / "data" / "people.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


@cache
def _months() -> frozenset[str]:
    return frozenset(
        "january february march april may june july august september october november december jan feb mar apr jun jul aug sep"
        " sept oct nov dec".split()
    )


def _is_thing(noun: str) -> bool:
    return noun in _things() or noun.removesuffix("s") in _things() or noun.removesuffix("es") in _things()


def _is_person(noun: str) -> bool:
    return noun in _people() or noun.removesuffix("s") in _people() or noun.endswith(("men", "man", "woman", "women"))
