"""People in a sentence, counted or not: who can suffer an outcome; knows no outcome.

Nouns for people are `data/people.txt`, what is counted but no people `data/not_people.txt`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, cast

from kg.extract.quantities.numbers import Quantity, find_quantities

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from kg.extract.language.document import Sentence
    from kg.model import Outcome


@dataclass(frozen=True, slots=True)
class Group:
    """People in a sentence: tokens `first` to `last` (half-open), counted or not."""

    first: int
    last: int
    minimum: int | None
    maximum: int | None
    head: str
    counted: bool
    bare: bool
    numeral: bool = False


_NOUN_TAGS = frozenset({"NN", "NNS", "NNP", "NNPS"})
INNER_TAGS = frozenset({"JJ", "JJR", "JJS", "NN", "NNS", "NNP", "NNPS", "VBN", "VBG", "HYPH", "POS", "CD", "PRP$"})
_BEFORE_YEAR = frozenset("in since of from until by during before after , early late mid".split())
_NOT_INSIDE = frozenset("including excluding following according during".split())
_NOBODY = frozenset({"nobody", "no-one", "none"})
OTHERS = frozenset("others more another civilians people".split())


class People:
    """The groups of people of one sentence, in order; `a Briton and two Americans` is one group."""

    def __init__(
        self, text: str, sentence: Sentence, named: Sequence[tuple[int, int]], nations: AbstractSet[int] = frozenset()
    ) -> None:
        self.text = text
        self.tokens = sentence.tokens
        self.words = tuple(token.text.lower() for token in sentence.tokens)
        self._nations = nations
        self.groups = self._find_groups(sentence, named)

    def _find_groups(self, sentence: Sentence, named: Sequence[tuple[int, int]]) -> tuple[Group, ...]:
        if not any(word in outcome_words() for word in self.words):
            return ()
        groups: list[Group] = []
        for quantity in find_quantities(self.text, sentence.start, sentence.end):
            group = self._counted(quantity)
            if group and not (groups and group.first < groups[-1].last):
                groups.append(group)
        groups += [g for g in self._singles(named) if not any(g.first < o.last and o.first < g.last for o in groups)]
        return self._joined(sorted(groups, key=lambda group: group.first))

    def _counted(self, quantity: Quantity) -> Group | None:
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
        if bare and inside[-1] == inside[0] and self.words[first].isdigit() and 1900 <= int(self.words[first]) <= 2099:
            return None
        return Group(first, last, quantity.minimum, quantity.maximum, head, counted=True, bare=bare, numeral=True)

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
        if before.rstrip(".") in _months():
            # "since 8 July 435 people have died"
            return not word.isdigit() or int(word) <= 31 or len(word) == 4
        return after.rstrip(".") in _months()

    def _nominal(self, at: int) -> int:
        """Return where the noun group that begins at `at` ends."""
        end = at
        while at < len(self.tokens):
            tag, word = self.tokens[at].tag, self.words[at]
            if (
                word in _NOT_INSIDE
                or (word in outcome_words() and not self._is_modifier(at))
                or (tag == "CD" and end == at)
            ):
                break
            if tag in _NOUN_TAGS or word in OTHERS:
                end = at + 1
                if word == "others":
                    break
                if (
                    tag == "NNS"
                    and _is_person(word)
                    and self.words[at + 1 : at + 2] not in (("'s",), ("s",), ("’s",), ("'",), ("’",))
                ):
                    break
            elif tag not in INNER_TAGS and word not in ("'s", "s", "-"):
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
            if self.tokens[at].tag in _NOUN_TAGS or self.words[at] in OTHERS:
                head = self.words[at]
        return head

    def _singles(self, named: Sequence[tuple[int, int]]) -> Iterator[Group]:
        """Yield who is told without a number: `a woman`, `no one`, a person's name; others only as an open count."""
        at = 0
        while at < len(self.tokens):
            group = self._single(at, named)
            if group:
                yield group
                at = group.last
            else:
                at += 1

    def _single(self, at: int, named: Sequence[tuple[int, int]]) -> Group | None:
        return self._person_named(at, named) or self._nobody(at) or self._uncounted(at)

    def _person_named(self, at: int, named: Sequence[tuple[int, int]]) -> Group | None:
        token = self.tokens[at]
        for start, end in named:
            # "a Briton" is no name
            if start <= token.start < end and not (at and self.words[at - 1] in ("a", "an")):
                last = next((i for i in range(at, len(self.tokens)) if self.tokens[i].start >= end), len(self.tokens))
                return Group(at, last, 1, 1, "person", counted=False, bare=False)
        return None

    def _nobody(self, at: int) -> Group | None:
        word = self.words[at]
        if word in _NOBODY or (word == "no" and self.words[at + 1 : at + 2] == ("one",)):
            return Group(at, at + 1 + (word == "no"), 0, 0, "person", counted=True, bare=False)
        end = self._harm(at) if word in ("no", "any", "without") else None
        return Group(at, end, 0, 0, self.words[end - 1], counted=True, bare=False) if end is not None else None

    def _uncounted(self, at: int) -> Group | None:
        token, word = self.tokens[at], self.words[at]
        if word == "more" and self.words[at + 1 : at + 2] == ("than",):
            return None
        if token.tag in ("DT", "PRP$", "PDT") or word in ("many", "more", "some", "any", "other"):
            last = max(self._nominal(at + 1), at + 1 + self._is_demonym(at + 1))
            alone = last == at + 1 and word not in ("many", "some", "more")
            return None if alone else self._described(at, last)
        if token.tag in ("NNS", "NN", "JJ", "NNP") and (at == 0 or self.tokens[at - 1].tag not in INNER_TAGS):
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

    def _described(self, at: int, last: int) -> Group | None:
        head, word = self._head(at, last) or self.words[last - 1], self.words[at]
        if _is_thing(head) or not (
            head in OTHERS or head in ("many", "some") or _is_person(head) or self._is_demonym(last - 1)
        ):
            return None
        if word == "no":
            return Group(at, last, 0, 0, head, counted=True, bare=False)
        plural = self.tokens[last - 1].tag in ("NNS", "NNPS") or head in (
            "people",
            "police",
            "others",
            "more",
            "many",
            "some",
        )
        if plural:
            return Group(at, last, None, None, head, counted=False, bare=False)
        return Group(at, last, 1, 1, head, counted=word in ("a", "an", "another", "one"), bare=False)

    def _is_definite(self, group: Group) -> bool:
        """Whether the people are known already: `the militants` tells no new count."""
        return (
            not group.numeral and group.maximum is None and self.words[group.first] in ("the", "these", "those", "they")
        )

    def _joined(self, groups: Sequence[Group]) -> tuple[Group, ...]:
        """Add up `two women and a boy`; fighters and civilians stay two counts."""
        joined: list[Group] = []
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
                joined[-1] = Group(
                    last.first, group.last, low, high, group.head, counted=True, bare=False, numeral=numeral
                )
            else:
                joined.append(group)
        return tuple(joined)

    def _list_goes_on(self, group: Group) -> bool:
        return self.words[group.last : group.last + 1] in (("and",), (",",))


# larger counts are told apart (`1,183 rebels and 1,341 soldiers`), a handful is one group (`a Briton and two Americans`)
_MANY = 10


def _may_join(one: Group, two: Group) -> bool:
    if one.bare or one.maximum == 0 or two.maximum == 0 or max(one.minimum or 0, two.minimum or 0) >= _MANY:
        return False
    return ("civil" in one.head) == ("civil" in two.head) and two.head not in ("others", "more")


@cache
def outcome_words() -> dict[str, tuple[Outcome, str]]:
    """Return the words that tell an outcome, with it and with their grammar."""
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
