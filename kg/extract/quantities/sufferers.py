"""Who suffers what a cue word says: its object, its subject, or the people that a noun counts; makes no tolls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.extract.quantities.people import INNER_TAGS, Group, People, outcome_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from kg.extract.language.document import Sentence
    from kg.model import Outcome


@dataclass(frozen=True, slots=True)
class Cue:
    """A word that tells an outcome, with its grammar as `data/cues_casualties.tsv` names it."""

    at: int
    outcome: Outcome
    grammar: str


_BE = frozenset("be is are was were been being get gets got getting".split())
_HAVE = frozenset("has have had having".split())
ADVERBS = frozenset(
    "also reportedly allegedly later already still all both seriously critically badly severely lightly slightly fatally now then"
    " since immediately instantly either only just feared reported believed presumed confirmed".split()
)
_SUBSETS = frozenset({"including", "included", "among", "of", "namely", "e.g.", "such"})
_MODALS = frozenset("could would should might can will shall ca wo".split())
_ARMED = frozenset("soldiers troops fighters militants rebels policemen police guards forces gunmen insurgents".split())
_CROWD = 20  # so many flee from war; two who flee are attackers on the run
_TOLL_REACH = 14  # words from `toll` to its number
_TAKES = frozenset("claim claims claimed claiming take takes took taken taking cost costs costing".split())


class Sufferers(People):
    """The people of one sentence, and which of them each cue speaks of."""

    def __init__(
        self,
        text: str,
        sentence: Sentence,
        named: Sequence[tuple[int, int]],
        nations: AbstractSet[int] = frozenset(),
    ) -> None:
        super().__init__(text, sentence, named, nations)
        self.cues = tuple(self._find_cues())
        self._cue_places = {cue.at for cue in self.cues}

    def _find_cues(self) -> Iterator[Cue]:
        for at, word in enumerate(self.words):
            entry = outcome_words().get(word)
            if entry and not self._is_modifier(at) and not self._is_idle(at):
                yield Cue(at, *entry)

    def _is_idle(self, at: int) -> bool:
        """Whether the word only threatens or names a wish: `could kill`, `threatened to kill`, `not killed` is a zero elsewhere."""
        before = [w for w in self.words[max(0, at - 3) : at] if w not in ADVERBS]
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

    def groups_for(self, cue: Cue, *, skip_to: int | None = None) -> Sequence[Group]:
        """Return who suffers what the cue says; `skip_to` is the second cue of a pair that shares its people."""
        if (part := self._part_of(cue.at)) is not None:
            return part
        passive = self._is_passive(cue.at)
        match cue.grammar:
            case "noun" | "lives" | "toll" | "bodies":
                groups = self._for_noun(cue)
            case "lost" | "taken" | "driven":
                groups = self._counted_object(cue, passive=passive)
            case "hostages":
                groups = [g for g in self.groups if g.first < cue.at < g.last or g.last == cue.at]
            case "state":
                groups = self._for_state(cue)
            case "fled" if not self._flees_home(cue.at):
                groups = [
                    g
                    for g in self._left_of(cue.at, passive=True)
                    if (g.minimum or 0) >= _CROWD and g.head not in _ARMED
                ]
            case "verb" if not passive:
                groups = self._for_verb(cue, skip_to if skip_to is not None else cue.at)
            case _:
                groups = self._left_of(cue.at, passive=passive or cue.grammar in ("died", "fled"))
        return groups

    def _part_of(self, at: int) -> Sequence[Group] | None:
        """Return who is told apart among known victims: `17 of the dead were children`, `among the killed was a child`.

        `None` where the cue is no such phrase.
        """
        if self.words[max(0, at - 1) : at] != ("the",) or at < 2:
            return None
        if self.words[at - 2] == "of":
            return [g for g in self.groups if g.numeral and g.first < at - 2 <= g.last]
        if self.words[at - 2] != "among":
            return None
        were = next((i for i in range(at + 1, min(at + 6, len(self.words))) if self.words[i] in _BE), None)
        if were is not None:
            return [g for g in self._right_of(were + 1) if not self._is_definite(g)]
        return [g for g in self._left_of(at - 2, passive=True) if g.counted]

    def _counted_object(self, cue: Cue, *, passive: bool) -> Sequence[Group]:
        """Return the counted people of `lost 15 fighters`, `seized 12 hostages`, `driven 700,000 people from their homes`."""
        groups = self._left_of(cue.at, passive=True) if passive else self._right_of(cue.at + 1)
        people = [g for g in groups if g.numeral and not g.bare]
        if cue.grammar != "driven":
            return people
        after = people[-1].last if people and not passive else cue.at + 1
        return people if {"from", "out", "home", "homes"} & set(self.words[after : after + 4]) else ()

    def _to_death(self, at: int) -> Sequence[Group] | None:
        """Return who was `hacked to death`, or whom somebody `beat to death`; `None` where `death` stands otherwise."""
        if self.words[max(0, at - 1) : at] != ("to",) or at < 2 or not self.tokens[at - 2].tag.startswith("VB"):
            return None
        if self._is_passive(at - 2):
            return self._left_of(at - 2, passive=True)
        between = [g for g in self.groups if g.last == at - 1]
        return between or self._right_of(at + 1)

    def _for_verb(self, cue: Cue, at: int) -> Sequence[Group]:
        """Return the object of an active verb, or who stands before a bare participle: `killed 12`, `12 killed`."""
        right = self._right_of(at + 2 if self.words[at + 1 : at + 2] == ("of",) else at + 1)
        left = self._touching_left(cue.at)
        counted_left = left is not None and left.numeral
        if right and not (counted_left and right[-1].last in self._cue_places):
            return right
        active = self.tokens[cue.at].tag == "VBG" or self.words[cue.at].endswith(
            ("ing", "kill", "kills", "wounds", "injures")
        )
        if active or (self._has_object(at + 1) and not counted_left):
            return ()
        return self._left_of(cue.at, passive=False)

    def _has_object(self, at: int) -> bool:
        return at < len(self.tokens) and self.tokens[at].tag in ("PRP", "DT", "PRP$", "NN", "NNS", "CD", "JJ")

    def _is_passive(self, at: int) -> bool:
        before = at - 1
        while before >= 0 and (self.words[before] in ADVERBS or self.tokens[before].tag == "RB"):
            before -= 1
        return before >= 0 and self.words[before] in _BE

    def _right_of(self, at: int) -> list[Group]:
        """Return the groups that a verb takes as its object, coordinated ones too."""
        while at < len(self.words) and (
            self.words[at] in ADVERBS or (self.words[at] in ("and", "dead", "or") and at + 1 < len(self.words))
        ):
            if self.words[at] in ("and", "or"):
                return []
            at += 1
        found: list[Group] = []
        for group in self.groups:
            if group.first < at:
                continue
            if not found and not self._only_titles(at, group.first):
                break
            if found and not self._coordinated(found[-1], group):
                break
            if group.last in self._cue_places and found and group.bare:
                break
            found.append(group)
        return found

    def _coordinated(self, one: Group, two: Group) -> bool:
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
            and not any(
                self.tokens[i].tag.startswith("VB") or i in self._cue_places for i in range(one.last, two.first)
            )
        )

    def _only_titles(self, first: int, last: int) -> bool:
        """Whether only a determiner, a title or an adjective stands between the verb and the name."""
        return last - first <= 6 and all(
            self.tokens[i].tag in INNER_TAGS
            or (self.tokens[i].tag in ("DT", ",") and i == last - 1)
            or (self.tokens[i].tag == "DT" and i == first)
            for i in range(first, last)
        )

    def _touching_left(self, at: int) -> Group | None:
        before = at
        while before > 0 and (self.words[before - 1] in ADVERBS or self.words[before - 1] in _HAVE):
            before -= 1
        return next((g for g in self.groups if g.last == before), None)

    def _left_of(self, at: int, *, passive: bool) -> list[Group]:
        """Return the groups that suffer what the participle says: its subject, or the words right before it."""
        end = at
        while end > 0 and (
            self.words[end - 1] in ADVERBS
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
            between = self.words[group.last : chosen[0].first]
            if group.last <= chosen[0].first and (
                between == ("and",) or (between in ((",", "and"), (",",)) and group.numeral)
            ):
                chosen.insert(0, group)
        return chosen

    def _subject(self, groups: Sequence[Group]) -> Group:
        counted = [g for g in groups if g.counted]
        free = [g for g in counted or groups if g.first == 0 or self.tokens[g.first - 1].tag not in ("IN", "TO")]
        return (free or counted or list(groups))[-1]

    def _only_subset(self, first: int, last: int) -> bool:
        return (
            first < last
            and self.words[first] in ("including", "mostly", "among", ",", "from", "in", "of")
            and last - first < 15
        )

    def _is_subset(self, group: Group) -> bool:
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
                or at - 1 in self._cue_places
            ):
                break
            if token.tag in ("VBD", "VBZ", "VBP", "MD") and word not in _BE | _HAVE:
                break
            at -= 1
        return at

    def _for_state(self, cue: Cue) -> Sequence[Group]:
        """`left 12 dead`, `12 dead`, `30 people are missing`, `took five soldiers hostage`."""
        if self.words[max(0, cue.at - 1) : cue.at] in (("the",), ("shot",)) and cue.outcome == "killed":
            if self.words[cue.at - 1] == "the":
                # "puts the dead at 130"
                return self._after_toll(cue.at + 1) if self.words[cue.at + 1 : cue.at + 2] == ("at",) else ()
            right = self._right_of(cue.at + 1)
            return right or self._left_of(cue.at - 1, passive=self._is_passive(cue.at - 1))
        groups = self._left_of(cue.at, passive=self._is_passive(cue.at))
        if groups and (self._is_passive(cue.at) or groups[-1].last == cue.at or groups[-1].counted):
            return groups
        return ()

    def _for_noun(self, cue: Cue) -> Sequence[Group]:
        """Return who `12 deaths`, `the deaths of 12 people`, `a toll of 31`, `claimed three lives`, `no casualties` count."""
        at = cue.at
        if self.words[at] == "death" and (beaten := self._to_death(at)) is not None:
            return beaten
        inside = [g for g in self.groups if g.first <= at <= g.last and g.counted and (g.numeral or g.maximum == 0)]
        if inside and (cue.grammar in ("noun", "bodies") or self._is_taken(inside[-1].first)):
            return inside[-1:]
        if cue.grammar == "toll":
            return self._after_toll(at + 1)
        if self.words[at + 1 : at + 2] == ("of",) and self.words[at] != "injuries":
            return self._right_of(at + 2)
        # "sustained injuries", "lost their lives": the subject of the verb before
        verbs = ("sustain", "suffer") if self.words[at] == "injuries" else ("los",) if cue.grammar == "lives" else ()
        verb = next((i for i in range(at - 1, max(-1, at - 5), -1) if self.words[i].startswith(verbs)), None)
        return self._left_of(verb, passive=True) if verbs and verb is not None else ()

    def _is_taken(self, at: int) -> bool:
        return any(word in _TAKES for word in self.words[max(0, at - 2) : at])

    def _after_toll(self, at: int) -> Sequence[Group]:
        for group in self.groups:
            if group.first >= at and group.counted:
                between = self.words[at : group.first]
                if len(between) <= _TOLL_REACH and not any(i in self._cue_places for i in range(at, group.first)):
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


def _violent(words: Sequence[str]) -> bool:
    """Whether somebody died of violence, not of an illness."""
    return any(
        word.startswith(("wound", "injur", "gunshot", "burn", "shot", "bullet", "shrapnel", "blast", "tortur"))
        for word in words
    )
