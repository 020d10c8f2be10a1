"""Who speaks: the noun phrase that is the source of a cue, before it or after; resolves no names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extract.claims.cues import is_role, time_words
from kg.extract.language.phrases import chunk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.extract.claims.cues import Attribution, Cue, Range, Words
    from kg.extract.claims.quotes import Quotation
    from kg.extract.language.document import Document, Sentence
    from kg.extract.language.phrases import NounPhrase, Phrases

EDGES = frozenset([",", ".", ";", ":", "-", "–", "—", "(", '"', "”", "''", "and", "but"])
SKIPPED = frozenset("also further then later again meanwhile however yesterday today tomorrow separately".split())
LINKS = frozenset("of for in at from with to".split())
_SETTLED = frozenset(
    "based located headquartered stationed linked affiliated loyal close allied living familiar".split()
)
WHO = frozenset("who which that whom where".split())


class Clauses:
    """A sentence with its phrases and quotations, and the questions that all grammar of saying asks of it."""

    def __init__(self, document: Document, sentence: Sentence, quotations: Sequence[Quotation]) -> None:
        self.text = document.text
        self.document = document
        self.sentence = sentence
        self.tokens = sentence.tokens
        self.phrases: Phrases = chunk(sentence)
        self.lower = self.phrases.lower
        self.quotations = [q for q in quotations if q.open < sentence.end and sentence.start < q.close]

    def _has_finite(self, first: int, last: int, *, relative: bool = True) -> bool:
        for group in self.phrases.verbs:
            if first <= group.first < last and (group.finite or self.tokens[group.head].tag in ("VBN", "VBD")):
                if not relative and group.first and self.lower[group.first - 1] in WHO:
                    continue
                return True
        return False

    def _can_speak(self, phrase: NounPhrase) -> bool:
        return is_role(self.lower[phrase.head]) or any(
            self.tokens[i].tag in ("NNP", "NNPS") for i in range(phrase.first, phrase.last)
        )

    def _is_speaker(self, phrase: NounPhrase) -> bool:
        head = self.lower[phrase.head]
        if head in ("one", "two", "some", "many", "most", "several", "both", "all", "members", "dozens"):
            return True
        return is_role(head) or self.tokens[phrase.head].tag in ("NNP", "NNPS")

    def _is_time(self, phrase: NounPhrase) -> bool:
        return self.lower[phrase.last - 1] in time_words() or self.lower[phrase.first] in time_words()

    def _range(self, first: int, last: int) -> Range:
        return self.tokens[first].start, self.tokens[max(first, last - 1)].end

    def _trim(self, first: int, last: int) -> Range:
        """Return the range of the tokens without the marks around them."""
        opened = any(word in ("“", '"', "``") for word in self.lower[first : last - 1])
        while last - 1 > first and self.lower[last - 1] in EDGES and not (opened and self.tokens[last - 1].tag == "''"):
            last -= 1
        while first + 1 < last and self.lower[first] in (",", ":", ";", "-", "–", "—", '"', "“", "``"):
            first += 1
        return self._range(first, last)

    def _first_token(self, where: Range) -> int:
        return next((i for i, token in enumerate(self.tokens) if token.start >= where[0]), 0)

    def _comma_before(self, at: int) -> int:
        return at - 1 if at and self.lower[at - 1] == "," else at

    def _skip_determiner(self, at: int) -> int:
        while at < len(self.tokens) and self.tokens[at].tag in ("DT", "PRP$", "PDT", "``"):
            at += 1
        return at

    def _closes_quote(self, offset: int) -> bool:
        return any(q.close == offset for q in self.quotations)

    def _quotes_before(self, at: int) -> bool:
        return any(q.close <= self.tokens[at].start for q in self.quotations)


class Sources(Clauses):
    """Finds the source of a cue."""

    def _source(self, cue: Cue, previous: Attribution | None) -> tuple[int, int, bool] | None:
        """Return the source's tokens and whether it stands after the cue."""
        at = cue.group.first
        if self.tokens[cue.group.head].tag == "VBG" and not cue.group.progressive:
            near = self.phrases.noun(at - 1)
            if near is not None and self._is_with(near):
                return (*self._extend(near), False)
            going_on = self._earlier_source(previous) or self._main_subject(cue)
            if going_on is not None:
                return going_on
        before = self._subject_before(at)
        if self._may_invert(cue, before):
            after = self.phrases.noun(self._skip_determiner(cue.last))
            if after is not None and after.first <= cue.last + 2 and not self._is_time(after) and self._is_voice(after):
                return (*self._widen(after), True)
        if before is not None:
            return (*before, False)
        if self._is_continuation(cue):
            return self._earlier_source(previous) or self._main_subject(cue)
        return None

    def _is_with(self, phrase: NounPhrase) -> bool:
        """Whether a phrase is the subject of a participle: `with the official SANA agency confirming …`."""
        at = phrase.first
        while at > 0 and self.tokens[at - 1].tag in ("DT", "PRP$"):
            at -= 1
        return at > 0 and self.lower[at - 1] == "with"

    def _earlier_source(self, previous: Attribution | None) -> tuple[int, int, bool] | None:
        """Return the source of the cue before this one, which `, adding` and `and said` go on with."""
        if previous is None or previous.frame == "believe":
            return None
        inside = [i for i, t in enumerate(self.tokens) if previous.source[0] <= t.start < previous.source[1]]
        return (inside[0], inside[-1] + 1, False) if inside else None

    def _may_invert(self, cue: Cue, before: tuple[int, int] | None) -> bool:
        """Whether `said X` is possible: words to attribute stand before the cue, no subject between."""
        if before is not None and not self._has_finite(0, before[0]) and not self._quotes_before(before[0]):
            return False
        if (
            cue.frame not in ("say", "tell", "quoted")
            or cue.group.first == 0
            or self.tokens[cue.group.head].tag == "VBG"
        ):
            return False
        mark = self.lower[cue.group.first - 1]
        if mark in ("”", '"', "''", "»", ",", "'", "’", "?", "!", "-", "–", "—") or self._closes_quote(
            self.tokens[cue.group.first - 1].end
        ):
            after = self.phrases.noun(self._skip_determiner(cue.last))
            return (
                after is not None
                and after.first <= cue.last + 2
                and (before is None or mark not in (",", "-", "–", "—") or not self._clause_follows(after))
            )
        after = self.phrases.noun(self._skip_determiner(cue.last))
        # marks were lost: "… down by the army said the Observatory which relies on …"
        return (
            after is not None
            and after.first <= cue.last + 1
            and cue.frame == "say"
            and self.lower[cue.group.head] == "said"
            and not self._clause_follows(after)
            and not self._has_finite(after.full, len(self.tokens), relative=False)
        )

    def _is_voice(self, phrase: NounPhrase) -> bool:
        """Whether a phrase after `said` may be who says it."""
        if phrase.determiner in ("his", "her", "its", "their", "my", "our"):
            return is_role(self.lower[phrase.head])
        told = phrase.determiner in ("a", "an", "one", "another", "the")
        return self._can_speak(phrase) or told or self.tokens[phrase.head].tag in ("PRP", "NNS")

    def _clause_follows(self, phrase: NounPhrase) -> bool:
        at = self._widen(phrase)[1]
        group = self.phrases.verb(at)
        return group is not None and group.finite

    def _subject_before(self, at: int) -> tuple[int, int] | None:
        """Return the noun phrase that is the subject of the verb group at `at`, widened by its prepositions."""
        step = at - 1
        while step >= 0 and (self.tokens[step].tag in ("RB", "RBR") or self.lower[step] in SKIPPED):
            step -= 1
        step = self._before_time(step)
        if step >= 0 and self.lower[step] in WHO:
            return self._antecedent(step)
        if step > 0 and self.lower[step] == ")":
            opening = next((i for i in range(step - 1, max(-1, step - 12), -1) if self.lower[i] == "("), None)
            if opening is not None and opening > 0:
                step = opening - 1
        if step >= 0 and self.lower[step] in (",", "-", "–", "—"):
            return self._before_insertion(step)
        phrase = self.phrases.noun(step)
        if phrase is None or step != phrase.last - 1:
            return None
        if not self._can_speak(phrase) and self.tokens[phrase.head].tag != "PRP":
            # an insertion whose second comma was lost: "Blair, speaking at a summit said"
            inserted = self._before_insertion(step + 1, mark=",")
            if inserted is not None and self._is_participial(inserted, step):
                return inserted
        return self._extend(phrase)

    def _is_participial(self, subject: Words, last: int) -> bool:
        """Whether the insertion after a subject begins with a participle or a relative pronoun."""
        comma = next((i for i in range(subject[0], last) if self.lower[i] == ","), last)
        return comma + 1 < last and (self.tokens[comma + 1].tag == "VBG" or self.lower[comma + 1] in WHO)

    def _antecedent(self, at: int) -> tuple[int, int] | None:
        """Return the noun phrase that the relative pronoun at `at` takes up, where the pronoun is the cue's subject."""
        step = at - 1
        if step >= 0 and self.lower[step] in (",", "-", "–", "—"):
            step -= 1
        phrase = self.phrases.noun(step)
        return self._extend(phrase) if phrase is not None and phrase.last == step + 1 else None

    def _before_time(self, step: int) -> int:
        """Step back over a time word between subject and cue: `the ministry on Tuesday said`, `Huang yesterday vowed`."""
        phrase = self.phrases.noun(step)
        if (
            phrase is not None
            and phrase.last - phrase.first <= 2
            and self.lower[phrase.last - 1] in time_words()
            and phrase.first > 0
        ):
            step = phrase.first - 1
            if self.lower[step] in ("on", "in", "early", "late"):
                step -= 1
        return step

    def _before_insertion(self, comma: int, *, mark: str = "") -> tuple[int, int] | None:
        """Return the subject before an apposition or relative clause that ends at `comma`."""
        mark = opening = mark or self.lower[comma]
        for at in range(comma - 1, -1, -1):
            if self.lower[at] != opening:
                continue
            phrase = self.phrases.noun(at - 1)
            if phrase is None or phrase.last != at or not self._is_insertion(at + 1, comma):
                if mark == ",":
                    continue
                return None
            first, _ = self._extend(phrase)
            return first, comma
        return None

    def _is_insertion(self, first: int, last: int) -> bool:
        """Whether the words between two commas only describe: a noun phrase or a relative clause, no clause of its own."""
        if first >= last or last - first > 30:
            return False
        if self.lower[first] in WHO or self.tokens[first].tag in ("VBG", "VBN", "CD", "IN"):
            return True
        return not any(g.finite for g in self.phrases.verbs if first <= g.first < last)

    def _extend(self, phrase: NounPhrase) -> tuple[int, int]:
        """Widen a subject to the left over `of`, `for`, `at` …: `a spokesman for the ministry`, and `A and B`."""
        first, last = phrase.first, phrase.last
        while first > 0:
            start = first
            while start > 0 and self.tokens[start - 1].tag in ("DT", "PRP$", "PDT", "POS"):
                start -= 1
            if start <= 1:
                break
            link = self.lower[start - 1]
            # "a group based in the capital", "officials familiar with the talks"
            step = start - 3 if self.lower[start - 2] in _SETTLED else start - 2
            earlier = self.phrases.noun(step)
            if earlier is None or earlier.last != step + 1:
                break
            hangs = link in LINKS and self._is_speaker(earlier)
            if not hangs and (link not in ("and", "&") or self._clause_between(earlier)):
                break
            first = earlier.first
        if phrase.owner is not None:
            owner = self.phrases.nouns[phrase.owner]
            first = min(first, owner.first)
        return first, last

    def _clause_between(self, phrase: NounPhrase) -> bool:
        """Whether `X and Y said` may join two clauses: a verb stands right before X."""
        start = phrase.first
        while start > 0 and self.tokens[start - 1].tag in ("DT", "PRP$"):
            start -= 1
        return start > 0 and (self.phrases.verb(start - 1) is not None or self.tokens[start - 1].tag in ("IN", "TO"))

    def _widen(self, phrase: NounPhrase) -> tuple[int, int]:
        """Widen a source to the right over `of`, `for`, `at`."""
        last = phrase.full
        while last + 1 < len(self.tokens) and self.lower[last] in ("of", "for", "at", "in", "from"):
            following = self.phrases.noun(self._skip_determiner(last + 1))
            if following is None or not self._is_speaker(phrase) or self.lower[following.head] in time_words():
                break
            last = following.last
        return phrase.first, last

    def _is_continuation(self, cue: Cue) -> bool:
        """Whether the cue goes on with an earlier subject: `, adding`, `and said`, `saying`."""
        first = cue.group.first
        before = self.lower[first - 1] if first else ""
        if self.tokens[cue.group.head].tag == "VBG":
            return True
        return before in ("and", "but", ",") or self.tokens[first - 1].tag == "RB" if first else False

    def _main_subject(self, cue: Cue) -> tuple[int, int, bool] | None:
        """Return the subject of the nearest finite verb before the cue that has one."""
        for group in reversed(self.phrases.verbs):
            if group.first < cue.group.first and group.finite:
                subject = self._subject_before(group.first)
                if subject is not None:
                    return (*subject, False)
        return None

    def _agent(self, by: int) -> NounPhrase | None:
        phrase = self.phrases.noun(self._skip_determiner(by + 1))
        return phrase if phrase is not None and phrase.first <= by + 2 else None
