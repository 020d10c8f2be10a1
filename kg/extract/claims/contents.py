"""What is said: the clause or quotation that belongs to a cue; resolves no names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extract.claims.cues import is_role, time_words
from kg.extract.claims.sources import WHO, Sources

if TYPE_CHECKING:
    from kg.extract.claims.cues import Cue, Range
    from kg.extract.claims.quotes import Quotation
    from kg.extract.language.phrases import NounPhrase, VerbGroup


class Contents(Sources):
    """Finds the content of a cue. `cues` are the cues of the sentence, in order."""

    cues: tuple[Cue, ...] = ()

    def _complement(self, cue: Cue, at: int) -> tuple[Range, bool] | None:
        """Return the clause or quotation after the cue, and whether it is verbatim; `None` where nothing follows."""
        at = self._skip_modifiers(cue, at)
        if at >= len(self.tokens):
            return None
        quote = next((q for q in self.quotations if q.open == self.tokens[at].start), None)
        if quote is None and at + 1 < len(self.tokens) and self.lower[at] in (",", ":", "that"):
            quote = next((q for q in self.quotations if q.open == self.tokens[at + 1].start), None)
        if quote is not None and (quote.close >= self.sentence.end - 2 or self._rest_is_short(quote.close)):
            return (quote.start, quote.end), True
        if self.lower[at] == ",":
            return None
        if self.lower[at] in (":", "-", "–", "—"):
            at += 1
        clause = False
        if at < len(self.tokens) and self.lower[at] in ("that", "how", "whether", "if"):
            clause = True
            at += self.lower[at] == "that"
            at += at < len(self.tokens) and self.lower[at] == ","
        end = self._clause_end(cue, at)
        if end - at < 2:
            return None
        if (
            not clause
            and not self._has_finite(at, end)
            and not (self.tokens[at].tag == "TO" or self._is_object_say(cue))
        ):
            return None
        return self._trim(at, end), False

    def _is_object_say(self, cue: Cue) -> bool:
        """Whether the verb takes a noun phrase too: `confirmed deaths at the base`, `announced a ceasefire`."""
        return self.lower[cue.group.head].startswith(
            (
                "confirm",
                "announc",
                "report",
                "declar",
                "alleg",
                "pledg",
                "promis",
                "admit",
                "reveal",
                "express",
                "acknowledg",
                "support",
                "order",
                "link",
            )
        )

    def _rest_is_short(self, offset: int) -> bool:
        return sum(token.start >= offset for token in self.tokens) < 5

    def _skip_modifiers(self, cue: Cue, at: int) -> int:
        """Step over the hearer, times and circumstances between cue and content: `told AFP on Friday in a statement that`."""
        if cue.frame in ("tell", "quoted") or self.lower[at : at + 1] in (("to",), ("with",)):
            at += self.lower[at : at + 1] in (("to",), ("with",))
            hearer = self.phrases.noun(self._skip_determiner(at))
            if hearer is not None and hearer.first <= at + 1:
                at = self._widen(hearer)[1]
                while self.lower[at : at + 1] == ("and",) and (
                    more := self.phrases.noun(self._skip_determiner(at + 1))
                ):
                    at = more.last
        for i in range(at, min(at + 15, len(self.tokens))):
            if self.phrases.verb(i) is not None or self.tokens[i].tag == "``":
                break
            # "that" before a verb begins a relative clause, not the content
            if self.lower[i] == "that" and i > at and self.phrases.verb(i + 1) is None:
                return i
        moved = True
        while moved and at < len(self.tokens):
            moved = False
            word = self.lower[at]
            if self.tokens[at].tag == "RB" and word not in ("not", "never", "so"):
                at, moved = at + 1, True
                continue
            start = (
                at + 1
                if word
                in ("on", "in", "at", "during", "by", "via", "through", "to", "after", "from", "late", "early", "for")
                else at
            )
            phrase = self.phrases.noun(self._skip_determiner(start))
            if phrase is None or phrase.first > start + 1:
                break
            time_word = self.lower[phrase.last - 1] in time_words()
            if time_word or (start > at and self._is_circumstance(phrase, word)):
                at, moved = max(phrase.last, phrase.full if not time_word else 0), True
        return at

    def _is_circumstance(self, phrase: NounPhrase, preposition: str) -> bool:
        """Whether the phrase can stand between cue and content, because content still follows."""
        end = phrase.full
        if end >= len(self.tokens):
            return True
        nouns = (
            "statement",
            "interview",
            "report",
            "conference",
            "briefing",
            "letter",
            "tweet",
            "speech",
            "telephone",
            "phone",
            "television",
            "comments",
            "message",
            "email",
            "e-mail",
            "remarks",
            "interviews",
        )
        if self.lower[phrase.head] in nouns or preposition == "to":
            return True
        return self.lower[end] in ("that", ":", ",", ".") or self.tokens[end].tag == "``"

    def _clause_end(self, cue: Cue, at: int) -> int:
        """Return where the content ends: the sentence, or a participle or verb that goes on with the same source."""
        end = len(self.tokens)
        if self._is_relative(cue):
            end = next((i for i in range(at, len(self.tokens)) if self.lower[i] in (",", "-", "–", "—", ")")), end)
        for other in self.cues:
            if other.group.first <= max(at, cue.last):
                continue
            before = self.lower[other.group.first - 1]
            if self.tokens[other.group.head].tag == "VBG" and (
                before in (",", "-", "–", "—", "and")
                or self.lower[other.group.head] in ("adding", "saying", "stressing")
            ):
                end = other.group.first - (before in (",", "-", "–", "—", "and"))
                break
            subject = self._subject_before(other.group.first)
            if subject is not None:
                start = subject[0]
                while start > 0 and self.tokens[start - 1].tag in ("DT", "PRP$"):
                    start -= 1
                trails = (
                    self.lower[start - 1] == "," and self._skip_modifiers(other, other.last) >= len(self.tokens) - 1
                )
                if start - 1 > at and (
                    trails or self.lower[start - 1] in ("while", "whilst", "although", "though", ";")
                ):
                    end = start - 1
                    break
            if (
                before in ("and", "but")
                and self._is_told(other.group)
                and self._subject_before(other.group.first) is None
            ):
                end = other.group.first - 1
                break
        # ", according to X" at the end belongs to the other source
        for i in range(at, end - 1):
            if self.lower[i : i + 2] == ("according", "to") and i > at:
                end = i
                break
        return end

    def _is_told(self, group: VerbGroup) -> bool:
        """Whether a verb goes on with the clause; the tagger takes `and accused rebels` for a participle now and then."""
        return group.finite or (self.tokens[group.head].tag == "VBN" and group.first == group.head)

    def _is_relative(self, cue: Cue) -> bool:
        """Whether the cue stands in a relative clause with its own subject: `X, which the army says carried out …`."""
        subject = self.phrases.noun(cue.group.first - 1)
        if subject is None:
            return False
        start = subject.first
        while start > 0 and self.tokens[start - 1].tag in ("DT", "PRP$"):
            start -= 1
        return (
            start > 1
            and self.lower[start - 1] in ("which", "who", "whom", "that")
            and self.tokens[start - 1].tag != "IN"
        )

    def _elsewhere(self, cue: Cue, until: int) -> tuple[Range, bool] | None:
        """Return the content that does not follow at once: before the source, or after the comma that ends the cue."""
        if self.tokens[cue.group.head].tag == "VBG" and not cue.group.progressive:
            return None
        left = self._left_content(until)
        if left is None or (not left[1] and not self._has_finite(0, until)):
            return self._after_parenthesis(cue) or left
        return left

    def _after_parenthesis(self, cue: Cue) -> tuple[Range, bool] | None:
        """Return what follows an inserted cue: `The mother, the officials said, did not fit …`."""
        at = self._skip_modifiers(cue, cue.last)
        if self.lower[at : at + 1] != (",",) or at + 3 > len(self.tokens):
            return None
        return self._trim(at + 1, self._clause_end(cue, at + 1)), False

    def _left_content(self, until: int) -> tuple[Range, bool] | None:
        """Return what stands before source and cue: a quotation that ends there, else the clause."""
        while until > 0 and self.tokens[until - 1].tag in ("DT", "PRP$", "PDT"):
            until -= 1
        offset = self.tokens[until].start if until < len(self.tokens) else self.sentence.end
        closing = [
            q
            for q in self.quotations
            if q.close <= offset and offset - q.close <= 3 and self.text[q.close : offset].strip(" ,-–—") == ""
        ]
        inside = [q for q in self.quotations if q.start <= offset < q.close]
        first = self._left_start(until)
        begin = self.tokens[first].start if first < len(self.tokens) else self.sentence.start
        if closing and (closing[-1].open <= begin + 3 or closing[-1].length * 2 > offset - begin):
            return self._verbatim_range(closing[-1]), True
        if inside and first < until:
            begin = max(begin, inside[0].start)
        if until - first < 2 or (not self._has_finite(first, until) and until - first < 4):
            return None
        return self._trim(first, until), False

    def _verbatim_range(self, quotation: Quotation) -> Range:
        """Return the quoted words without the comma before the closing mark."""
        words = self.text[quotation.start : quotation.end]
        return quotation.start, quotation.start + len(words.rstrip(" ,"))

    def _left_start(self, until: int) -> int:
        """Where the clause before the source begins: after an earlier cue's own complement, or with the sentence."""
        first = 0
        while first < until and (
            self.lower[first] in (",", "-", "–", "—", "”", '"', "''")
            or (self.lower[first] in ("but", "and", "meanwhile") and first == 0)
        ):
            first += 1
        return first

    def _verbatim(self, at: int) -> tuple[Range, bool]:
        """Return the content from token `at` on, inside its marks where it is quoted."""
        if at < len(self.tokens):
            quote = next((q for q in self.quotations if abs(q.open - self.tokens[at].start) <= 2), None)
            if quote is not None:
                return (quote.start, quote.end), True
        return self._trim(min(at, len(self.tokens) - 1), len(self.tokens)), False

    def _cut(self, first: int, last: int) -> int:
        """Cut a source off the content where the comma between them was lost: `… of the coalition Pentagon officials said`."""
        for at in range(last - 1, first, -1):
            common = self.tokens[at - 1].tag in ("NN", "NNS") and self.tokens[at - 1].text.islower()
            if common and self.tokens[at].tag in ("NNP", "NNPS") and not is_role(self.lower[at - 1]):
                return at
        return first

    def _relative_accused(self, cue: Cue) -> Range | None:
        """Return whom `which the army says carried out the attack` is about: the words before `which`."""
        if self.phrases.verb(cue.last) is None:
            return None
        subject = self.phrases.noun(cue.group.first - 1)
        at = subject.first if subject is not None else cue.group.first
        while at > 0 and self.lower[at - 1] not in WHO:
            at -= 1
        antecedent = self._antecedent(at - 1)
        return self._range(*antecedent) if antecedent is not None else None
