"""Attributions: which words give a source, which cue, and what the source is said to say; resolves no names.

The cue verbs are `data/cues_claims.tsv`. All offsets count in the view.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, cast

from kg.extract.inflection import inflect_verb
from kg.extract.phrases import chunk
from kg.extract.quotes import Quotation, find_quotations
from kg.model import STANCES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.extract.document import Document, Sentence
    from kg.extract.phrases import NounPhrase, Phrases, VerbGroup
    from kg.model import Stance

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Attribution:
    """A source, its cue and the content, as ranges of the view; `accused` are the words for whom the source blames."""

    source: Range
    cue: Range
    content: Range
    stance: Stance
    frame: str
    direct: bool = False
    negated: bool = False
    accused: Range | None = None


@dataclass(frozen=True, slots=True)
class _Cue:
    """A cue verb where it stands: tokens `first` to `last` (half-open)."""

    first: int
    last: int
    stance: Stance
    frame: str
    group: VerbGroup


_EDGES = frozenset([",", ".", ";", ":", "-", "–", "—", "(", '"', "”", "''", "and", "but"])
_SKIPPED = frozenset("also further then later again meanwhile however yesterday today tomorrow separately".split())
_LINKS = frozenset("of for in at from with to near on within inside around between about against".split())
_WHO = frozenset("who which that whom where".split())


def find_attributions(document: Document) -> tuple[Attribution, ...]:
    """Return every attribution in order of its content, quotations without a cue of their own not yet among them."""
    quotations = find_quotations(document)
    found: list[Attribution] = []
    for sentence in document.sentences:
        found.extend(_Reading(document, sentence, quotations).attributions())
    return tuple(found)


def find_openings(document: Document) -> tuple[Attribution, ...]:
    """Return sources and cues of sentences that end in `X said:`, their words following in the next sentences without marks."""
    found = []
    for sentence in document.sentences:
        if document.text[sentence.start : sentence.end].rstrip().endswith(":"):
            reading = _Reading(document, sentence, ())
            opening = reading.opening()
            if opening is not None:
                found.append(opening)
    return tuple(found)


class _Reading:
    """One sentence while it is read."""

    def __init__(self, document: Document, sentence: Sentence, quotations: Sequence[Quotation]) -> None:
        self.text = document.text
        self.document = document
        self.sentence = sentence
        self.tokens = sentence.tokens
        self.phrases: Phrases = chunk(sentence)
        self.lower = self.phrases.lower
        self.quotations = [q for q in quotations if q.open < sentence.end and sentence.start < q.close]
        self.cues = tuple(self._find_cues())

    def attributions(self) -> Iterator[Attribution]:
        """Yield what the sentence attributes, cue by cue."""
        yield from self._according()
        yield from self._labels()
        yield from self._nominal()
        previous: Attribution | None = None
        for cue in self.cues:
            for attribution in self._read(cue, previous):
                yield attribution
                previous = attribution

    def opening(self) -> Attribution | None:
        """Return the source of a cue that ends the sentence, before its colon."""
        for cue in reversed(self.cues):
            source = self._source(cue, None)
            if source is None or cue.frame not in ("say", "tell", "quoted"):
                continue
            if self._skip_modifiers(cue, cue.last) >= len(self.tokens) - 1:
                where = self._range(source[0], source[1])
                return Attribution(where, self._range(cue.first, cue.last), (0, 0), cue.stance, cue.frame)
        return None

    # --- cues ---

    def _find_cues(self) -> Iterator[_Cue]:
        for group in self.phrases.verbs:
            word = self.lower[group.head]
            following = self.lower[group.head + 1] if group.head + 1 < len(self.lower) else ""
            entry, width = _lexicon().get(f"{word} {following}"), 2
            if entry is None:
                entry, width = _lexicon().get(word), 1
            relayed = self.lower[max(0, group.first - 1)] == "as" and entry is not None and entry[1] == "say"
            if entry and not relayed and not self._is_idle(group):
                yield _Cue(group.first, group.head + width, entry[0], entry[1], group)

    def _is_idle(self, group: VerbGroup) -> bool:
        """Whether the verb attributes nothing: `to say`, `should say`, `said to be`, `claimed the lives`."""
        if group.infinitive or group.modal in ("would", "could", "should", "must", "may", "might"):
            went_on = group.infinitive and self.lower[max(0, group.first - 2) : group.first] == ("went", "on")
            return not went_on and (self.lower[group.head] != "say" or group.modal != "would")
        after = self.lower[group.head + 1 : group.head + 4]
        if (
            after[:2] in (("to", "be"), ("to", "have"))
            and not group.progressive
            and self.lower[group.head] in ("said", "reported", "believed", "thought")
        ):
            return True
        if self.lower[group.head].startswith("claim") and any(
            w in ("lives", "life") for w in self.lower[group.head : group.head + 5]
        ):
            return True
        return False

    # --- one cue ---

    def _read(self, cue: _Cue, previous: Attribution | None) -> Iterator[Attribution]:
        if (
            cue.group.passive
            or self._is_reduced_passive(cue)
            or (self.tokens[cue.group.head].tag == "VBN" and self.lower[cue.last : cue.last + 1] == ("by",))
        ):
            yield from self._passive(cue)
            return
        if cue.frame == "quote":
            yield from self._quoting(cue)
            return
        source = self._source(cue, previous)
        if source is None:
            return
        built = self._active(cue, source)
        if built is not None:
            yield from self._shared(built)

    def _active(self, cue: _Cue, source: tuple[int, int, bool]) -> Attribution | None:
        first, last, inverted = source
        if self.lower[first:last] in (("i",), ("we",), ("you",), ("me",), ("us",), ("there",), ("what",)):
            return None
        where = self._range(first, last)
        base = Attribution(
            where, self._range(cue.first, cue.last), (0, 0), cue.stance, cue.frame, negated=cue.group.negated
        )
        after = last if inverted else cue.last
        if cue.frame in ("object", "blame", "accuse", "call"):
            return self._with_object(cue, base, after)
        found = None if inverted else self._complement(cue, after)
        if found is None and cue.frame != "believe":
            if not inverted and first < cue.first:
                first = self._cut(first, last)
                base = replace(base, source=self._range(first, last))
            found = self._elsewhere(cue, min(first, cue.first))
        if found is None or (cue.frame == "quoted" and not found[1]):
            return None
        accused = self._relative_accused(cue) if self._is_relative(cue) else None
        return replace(base, content=found[0], direct=found[1], accused=accused)

    def _relative_accused(self, cue: _Cue) -> Range | None:
        """Return whom `which the army says carried out the attack` is about: the words before `which`."""
        if self.phrases.verb(cue.last) is None:
            return None
        subject = self.phrases.noun(cue.group.first - 1)
        at = subject.first if subject is not None else cue.group.first
        while at > 0 and self.lower[at - 1] not in _WHO:
            at -= 1
        antecedent = self._antecedent(at - 1)
        return self._range(*antecedent) if antecedent is not None else None

    def _cut(self, first: int, last: int) -> int:
        """Cut a source off the content where the comma between them was lost: `… of the coalition Pentagon officials said`."""
        for at in range(last - 1, first, -1):
            common = self.tokens[at - 1].tag in ("NN", "NNS") and self.tokens[at - 1].text.islower()
            if common and self.tokens[at].tag in ("NNP", "NNPS") and not is_role(self.lower[at - 1]):
                return at
        return first

    def _elsewhere(self, cue: _Cue, until: int) -> tuple[Range, bool] | None:
        """Return the content that does not follow at once: before the source, or after the comma that ends the cue."""
        if self.tokens[cue.group.head].tag == "VBG" and not cue.group.progressive:
            return None
        left = self._left_content(until)
        if left is None or (not left[1] and not self._has_finite(0, until)):
            return self._after_parenthesis(cue) or left
        return left

    def _after_parenthesis(self, cue: _Cue) -> tuple[Range, bool] | None:
        """`The mother, the officials said, did not fit …`: what follows the inserted cue."""
        at = self._skip_modifiers(cue, cue.last)
        if self.lower[at : at + 1] != (",",) or at + 3 > len(self.tokens):
            return None
        return self._trim(at + 1, self._clause_end(cue, at + 1)), False

    def _shared(self, attribution: Attribution) -> Iterator[Attribution]:
        yield attribution

    # --- who ---

    def _source(self, cue: _Cue, previous: Attribution | None) -> tuple[int, int, bool] | None:
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

    def _may_invert(self, cue: _Cue, before: tuple[int, int] | None) -> bool:
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

    def _quotes_before(self, at: int) -> bool:
        return any(q.close <= self.tokens[at].start for q in self.quotations)

    def _is_voice(self, phrase: NounPhrase) -> bool:
        """Whether a phrase after `said` may be who says it."""
        if phrase.determiner in ("his", "her", "its", "their", "my", "our"):
            return is_role(self.lower[phrase.head])
        return self._can_speak(phrase) or self.tokens[phrase.head].tag in ("PRP", "NNS")

    def _is_time(self, phrase: NounPhrase) -> bool:
        return self.lower[phrase.last - 1] in _times() or self.lower[phrase.first] in _times()

    def _clause_follows(self, phrase: NounPhrase) -> bool:
        at = self._widen(phrase)[1]
        group = self.phrases.verb(at)
        return group is not None and group.finite

    def _closes_quote(self, offset: int) -> bool:
        return any(q.close == offset for q in self.quotations)

    def _subject_before(self, at: int) -> tuple[int, int] | None:
        """Return the noun phrase that is the subject of the verb group at `at`, widened by its prepositions."""
        step = at - 1
        while step >= 0 and (self.tokens[step].tag in ("RB", "RBR") or self.lower[step] in _SKIPPED):
            step -= 1
        step = self._before_time(step)
        if step >= 0 and self.lower[step] in _WHO:
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
            if inserted is not None:
                return inserted
        return self._extend(phrase)

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
            and self.lower[phrase.last - 1] in _times()
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
        if self.lower[first] in _WHO or self.tokens[first].tag in ("VBG", "VBN", "CD", "IN"):
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
            earlier = self.phrases.noun(start - 2)
            if earlier is None or earlier.last != start - 1:
                break
            if (
                link in _LINKS
                and (link in ("of", "for", "at", "in", "from", "with") and self._is_speaker(earlier))
                or (link in ("and", "&") and not self._clause_between(earlier))
            ):
                first = earlier.first
            else:
                break
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

    def _is_speaker(self, phrase: NounPhrase) -> bool:
        head = self.lower[phrase.head]
        if head in ("one", "two", "some", "many", "most", "several", "both", "all", "members", "dozens"):
            return True
        return is_role(head) or self.tokens[phrase.head].tag in ("NNP", "NNPS")

    def _widen(self, phrase: NounPhrase) -> tuple[int, int]:
        """Widen a source to the right over `of`, `for`, `at`."""
        last = phrase.full
        while last + 1 < len(self.tokens) and self.lower[last] in ("of", "for", "at", "in", "from"):
            following = self.phrases.noun(self._skip_determiner(last + 1))
            if following is None or not self._is_speaker(phrase) or self.lower[following.head] in _times():
                break
            last = following.last
        return phrase.first, last

    def _is_continuation(self, cue: _Cue) -> bool:
        """Whether the cue goes on with an earlier subject: `, adding`, `and said`, `saying`."""
        first = cue.group.first
        before = self.lower[first - 1] if first else ""
        if self.tokens[cue.group.head].tag == "VBG":
            return True
        return before in ("and", "but", ",") or self.tokens[first - 1].tag == "RB" if first else False

    def _main_subject(self, cue: _Cue) -> tuple[int, int, bool] | None:
        """Return the subject of the nearest finite verb before the cue that has one."""
        for group in reversed(self.phrases.verbs):
            if group.first < cue.group.first and group.finite:
                subject = self._subject_before(group.first)
                if subject is not None:
                    return (*subject, False)
        return None

    # --- what ---

    def _complement(self, cue: _Cue, at: int) -> tuple[Range, bool] | None:
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

    def _is_object_say(self, cue: _Cue) -> bool:
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

    def _skip_modifiers(self, cue: _Cue, at: int) -> int:
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
            if self.phrases.verb(i) is not None or self.tokens[i].tag in ("``", "WDT"):
                break
            if self.lower[i] == "that" and i > at and self.tokens[i].tag in ("IN", "DT"):
                return i
        moved = True
        while moved and at < len(self.tokens):
            moved = False
            word = self.lower[at]
            if self.tokens[at].tag in ("RB",) and word not in ("not", "never", "so"):
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
            time_word = self.lower[phrase.last - 1] in _times()
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

    def _clause_end(self, cue: _Cue, at: int) -> int:
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
                if start - 1 > at and self.lower[start - 1] in ("while", "whilst", "although", "though", ";"):
                    end = start - 1
                    break
            if before in ("and", "but") and other.group.finite and self._subject_before(other.group.first) is None:
                end = other.group.first - 1
                break
        # ", according to X" at the end belongs to the other source
        for i in range(at, end - 1):
            if self.lower[i : i + 2] == ("according", "to") and i > at:
                end = i
                break
        return end

    def _is_relative(self, cue: _Cue) -> bool:
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
            or self.lower[first] in ("but", "and", "meanwhile")
            and first == 0
        ):
            first += 1
        return first

    def _has_finite(self, first: int, last: int, *, relative: bool = True) -> bool:
        for group in self.phrases.verbs:
            if first <= group.first < last and (group.finite or self.tokens[group.head].tag in ("VBN", "VBD")):
                if not relative and group.first and self.lower[group.first - 1] in _WHO:
                    continue
                return True
        return False

    # --- frames with an object ---

    def _with_object(self, cue: _Cue, base: Attribution, at: int) -> Attribution | None:
        at = (
            self._skip_modifiers(cue, at)
            if self.tokens[min(at, len(self.tokens) - 1)].tag in ("RB", "IN")
            and cue.frame == "object"
            and cue.last - cue.group.head == 1
            else at
        )
        if at >= len(self.tokens) or self.lower[at] in (".", ",", ";"):
            left = (
                self._left_content(self._first_token(base.source))
                if cue.stance in ("denies", "condemns") and at >= len(self.tokens) - 1
                else None
            )
            return replace(base, content=left[0], direct=left[1]) if left else None
        begin = at + (self.lower[at] == "that")
        end = self._clause_end(cue, begin)
        for i in range(begin, end):
            if (
                self.lower[i] in (",", "-", "–")
                and i + 1 < end
                and (
                    self.tokens[i + 1].tag in ("VBG",)
                    or self.lower[i + 1] in ("while", "after", "as", "whilst", "but", "which", "who")
                )
            ):
                end = i
                break
            if (
                self.lower[i] in ("saying", "and")
                and self.phrases.verb(i + (self.lower[i] == "and")) is not None
                and i > begin
            ):
                group = self.phrases.verb(i + (self.lower[i] == "and"))
                if group is not None and (group.finite or self.lower[i] == "saying"):
                    end = i
                    break
        if end <= begin:
            return None
        accused = None
        if cue.frame in ("blame", "accuse"):
            accused = self._accused(cue, begin, end)
        if (
            cue.frame == "call"
            and not any(self.tokens[begin].start < q.open < self.tokens[end - 1].end for q in self.quotations)
            and self.lower[begin] not in ("it", "them")
        ):
            return None
        return replace(base, content=self._trim(begin, end), accused=accused)

    def _accused(self, cue: _Cue, begin: int, end: int) -> Range | None:
        """`blamed X for Y` and `accused X of Y` name X; `blamed Y on X` and `attributed Y to X` name what follows."""
        links = (
            ("on", "to")
            if self.lower[cue.group.head].startswith("attribut") or "for" not in self.lower[begin:end]
            else ()
        )
        for i in range(end - 1, begin, -1):
            if cue.frame == "blame" and self.lower[i] in links:
                phrase = self.phrases.noun(self._skip_determiner(i + 1))
                if phrase is not None:
                    return self._range(phrase.first, phrase.full)
        phrase = self.phrases.noun(self._skip_determiner(begin))
        return self._range(phrase.first, phrase.last) if phrase is not None else None

    def _is_reduced_passive(self, cue: _Cue) -> bool:
        """`attacks attributed to X by the Pentagon`: a participle without `were`, told by a `by` or `to` after it."""
        if (
            self.tokens[cue.group.head].tag not in ("VBN", "VBD")
            or cue.group.first != cue.group.head
            or cue.frame not in ("blame", "accuse", "object", "quote")
        ):
            return False
        after = self.lower[cue.last : cue.last + 1]
        return after in (("by",), ("to",)) or (after == ("on",) and cue.frame == "blame")

    def _passive(self, cue: _Cue) -> Iterator[Attribution]:
        """`The attacks were blamed by A on B`, `… was condemned by A`, `A was quoted by B as saying …`, `… was attributed to B by A`."""
        if cue.frame == "quote":
            yield from self._quoted(cue)
            return
        window = range(cue.last, min(len(self.tokens), cue.last + 25))
        by = next((i for i in window if self.lower[i] == "by" and self._agent(i) is not None), None)
        if by is None:
            return
        source = self._agent(by)
        subject = self._subject_range(cue)
        if source is None or subject is None:
            return
        accused = None
        if cue.frame == "blame":
            for i in window:
                if (
                    self.lower[i] in ("on", "to")
                    and (phrase := self.phrases.noun(self._skip_determiner(i + 1)))
                    and phrase.first != source.first
                ):
                    accused = self._range(phrase.first, phrase.full)
                    break
        elif cue.frame == "accuse":
            accused = self._range(*subject)
        content = self._trim(*subject)
        stance = cue.stance
        if self.lower[cue.group.head] == "claimed":
            stance = "claims-responsibility"
        elif cue.frame in ("say", "tell", "believe", "call", "quoted"):
            return
        if cue.frame == "accuse":
            content = self._trim(subject[0], self._clause_end(cue, cue.last))
        for phrase in self.phrases.conjuncts(source):
            where = self._range(*self._widen(phrase))
            yield Attribution(
                where,
                self._range(cue.first, cue.last),
                content,
                stance,
                cue.frame,
                accused=accused,
                negated=cue.group.negated,
            )

    def _agent(self, by: int) -> NounPhrase | None:
        phrase = self.phrases.noun(self._skip_determiner(by + 1))
        return phrase if phrase is not None and phrase.first <= by + 2 else None

    def _subject_range(self, cue: _Cue) -> tuple[int, int] | None:
        """Return the whole subject of a passive verb, with what describes it."""
        last = cue.group.first
        first = last
        while first > 0:
            word = self.lower[first - 1]
            group = self.phrases.verb(first - 1)
            if word in (";", ":"):
                break
            if group is not None and group.finite:
                own = self._first_free_noun(first, last)
                if own is not None:
                    first = own
                    break
            if word in ("that", "and", "but", "while", "although", "though") and self._is_noun_next(first):
                break
            first -= 1
        while first < last and self.lower[first] in (",", "and", "but"):
            first += 1
        return (first, last) if last > first else None

    def _is_noun_next(self, at: int) -> bool:
        return self.phrases.noun(self._skip_determiner(at)) is not None

    def _first_free_noun(self, first: int, last: int) -> int | None:
        """Return where the first noun phrase between begins that hangs on no preposition: the subject of what follows."""
        for phrase in self.phrases.nouns:
            if first <= phrase.first < last:
                start = phrase.first
                while start > first and self.tokens[start - 1].tag in ("DT", "PRP$", "PDT"):
                    start -= 1
                if self.tokens[start - 1].tag not in ("IN", "TO"):
                    return start
        return None

    def _quoting(self, cue: _Cue) -> Iterator[Attribution]:
        """`State TV quoted the minister as saying …`: one claim for the relay, one for the quoted."""
        relay = self._subject_before(cue.group.first)
        quoted = self.phrases.noun(self._skip_determiner(cue.last))
        marker = next(
            (
                i
                for i in range(cue.last, len(self.tokens) - 1)
                if self.lower[i] == "as" and self.lower[i + 1] in ("saying", "telling", "stating", "reporting")
            ),
            None,
        )
        if marker is not None and quoted is not None:
            at = marker + 2 + (self.lower[marker + 2 : marker + 3] == ("that",))
            content = self._verbatim(at)
            cue_range = self._range(cue.first, cue.last)
            for span in ([relay] if relay else []) + [self._widen(quoted)]:
                yield Attribution(self._range(*span), cue_range, content[0], cue.stance, cue.frame, direct=content[1])
        elif quoted is not None and cue.group.head + 1 == cue.last and self.tokens[cue.group.head].tag == "VBG":
            left = self._left_content(self._comma_before(cue.group.first))
            if left:
                yield Attribution(
                    self._range(*self._widen(quoted)),
                    self._range(cue.first, cue.last),
                    left[0],
                    cue.stance,
                    cue.frame,
                    direct=left[1],
                )

    def _quoted(self, cue: _Cue) -> Iterator[Attribution]:
        """`The minister was quoted by state TV as saying …`."""
        subject = self._subject_before(cue.group.first)
        marker = next(
            (
                i
                for i in range(cue.last, len(self.tokens) - 1)
                if self.lower[i] == "as" and self.lower[i + 1].endswith("ing")
            ),
            None,
        )
        if subject is None or marker is None:
            return
        content = self._verbatim(marker + 2 + (self.lower[marker + 2 : marker + 3] == ("that",)))
        cue_range = self._range(cue.first, cue.last)
        yield Attribution(self._range(*subject), cue_range, content[0], cue.stance, cue.frame, direct=content[1])
        by = next((i for i in range(cue.last, marker) if self.lower[i] == "by"), None)
        relay = self._agent(by) if by is not None else None
        if relay is not None:
            yield Attribution(
                self._range(*self._widen(relay)), cue_range, content[0], cue.stance, cue.frame, direct=content[1]
            )

    def _verbatim(self, at: int) -> tuple[Range, bool]:
        """Return the content from token `at` on, inside its marks where it is quoted."""
        if at < len(self.tokens):
            quote = next((q for q in self.quotations if abs(q.open - self.tokens[at].start) <= 2), None)
            if quote is not None:
                return (quote.start, quote.end), True
        return self._trim(min(at, len(self.tokens) - 1), len(self.tokens)), False

    # --- without a verb ---

    def _according(self) -> Iterator[Attribution]:
        """`According to X, …` and `…, according to X`."""
        for at in range(len(self.tokens) - 2):
            if self.lower[at] != "according" or self.lower[at + 1] != "to":
                continue
            begin = at + 2 + (self.lower[at + 2] == "to")
            phrase = self.phrases.noun(self._skip_determiner(begin))
            if phrase is None or phrase.first > begin + 2 or self.tokens[begin].tag == "PRP$":
                continue
            sources = self.phrases.conjuncts(self._issuer(phrase) or phrase)
            last = self._widen(sources[-1])[1]
            cue = self._range(at, at + 2)
            if at <= 1:
                comma = next((i for i in range(last, len(self.tokens)) if self.lower[i] == ","), None)
                start = (
                    comma + 1
                    if comma is not None and comma - last < 20 and not self._has_finite(last, comma, relative=False)
                    else last
                )
                content = self._verbatim(start) if start < len(self.tokens) else None
            elif self._is_adverbial(at) and self.lower[last : last + 1] == (",",) and last + 2 < len(self.tokens):
                content = self._verbatim(last + 1)
            else:
                content = self._left_content(at)
            if content is None or content[0][1] <= content[0][0]:
                continue
            for source in sources:
                where = self._range(*self._widen(source))
                yield Attribution(where, cue, content[0], "asserts", "according", direct=content[1])

    def _nominal(self) -> Iterator[Attribution]:
        """`American requests that …`, `Obama's request for …`, `Israel's claim that …`: a noun of saying with its owner."""
        for phrase in self.phrases.nouns:
            entry = _nouns().get(self.lower[phrase.head])
            link = self.lower[phrase.last : phrase.last + 1]
            if entry is None or link not in (("that",), ("for",)) or (entry == "asserts" and link == ("for",)):
                continue
            owner = self._owner(phrase)
            if owner is None:
                continue
            end = self._nominal_end(phrase.last + 1, clause=link == ("that",))
            if end - phrase.last > 2:
                content = self._trim(phrase.last + 1, end)
                yield Attribution(
                    self._range(*owner), self._range(phrase.head, phrase.head + 1), content, entry, "noun"
                )

    def _owner(self, phrase: NounPhrase) -> tuple[int, int] | None:
        if phrase.owner is not None:
            owner = self.phrases.nouns[phrase.owner]
            return owner.first, owner.last
        modifiers = range(phrase.first, phrase.head)
        names = [
            i
            for i in modifiers
            if self.tokens[i].text[:1].isupper() and self.tokens[i].tag in ("NNP", "NNPS", "JJ", "NN")
        ]
        return (names[0], names[-1] + 1) if names and phrase.first > 0 else None

    def _nominal_end(self, at: int, *, clause: bool) -> int:
        """Return where the content of a noun of saying ends: before the verb of the clause that the noun is subject of."""
        own = clause
        for group in self.phrases.verbs:
            if group.first < at or not group.finite:
                continue
            if not own:
                return group.first
            own = False
        return len(self.tokens)

    def _is_adverbial(self, at: int) -> bool:
        """Whether only a time or link word stands between the last clause and `according to`: `although yesterday, according to …`."""
        if self.lower[at - 1] != ",":
            return False
        first = next(
            (i for i in range(at - 2, -1, -1) if self.lower[i] in (",", ";", "but", "and", "although", "that", "so")), 0
        )
        return not self._has_finite(first, at) and at - first < 8

    def _issuer(self, phrase: NounPhrase) -> NounPhrase | None:
        """Return who gave the paper: `information provided by the ministry`, `a statement issued on Friday by the army`."""
        at = phrase.last
        if at >= len(self.tokens) or self.tokens[at].tag not in ("VBN", "VBD"):
            return None
        by = next((i for i in range(at, min(at + 6, len(self.tokens))) if self.lower[i] == "by"), None)
        return self._agent(by) if by is not None else None

    def _labels(self) -> Iterator[Attribution]:
        """Headlines and transcripts: `Army: 5 killed`, `5 killed: police`."""
        colon = next((i for i, word in enumerate(self.lower) if word == ":"), None)
        if colon is None or self.sentence.index > 2 and self.sentence.block != "headline":
            return
        left, right = self.phrases.noun(colon - 1), self.phrases.noun(self._skip_determiner(colon + 1))
        if (
            left is not None
            and left.first <= 1
            and left.last == colon
            and self._can_speak(left)
            and self._has_finite(colon + 1, len(self.tokens))
        ):
            content = self._verbatim(colon + 1)
            yield Attribution(
                self._range(left.first, left.last),
                self._range(colon, colon + 1),
                content[0],
                "asserts",
                "label",
                direct=content[1],
            )
        elif (
            right is not None
            and right.last >= len(self.tokens) - 1
            and self._can_speak(right)
            and self._has_finite(0, colon)
        ):
            yield Attribution(
                self._range(right.first, right.last),
                self._range(colon, colon + 1),
                self._trim(0, colon),
                "asserts",
                "label",
            )

    def _can_speak(self, phrase: NounPhrase) -> bool:
        return is_role(self.lower[phrase.head]) or any(
            self.tokens[i].tag in ("NNP", "NNPS") for i in range(phrase.first, phrase.last)
        )

    # --- ranges ---

    def _range(self, first: int, last: int) -> Range:
        return self.tokens[first].start, self.tokens[max(first, last - 1)].end

    def _trim(self, first: int, last: int) -> Range:
        """Return the range of the tokens without the marks around them."""
        opened = any(word in ("“", '"', "``") for word in self.lower[first : last - 1])
        while (
            last - 1 > first and self.lower[last - 1] in _EDGES and not (opened and self.tokens[last - 1].tag == "''")
        ):
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


def is_role(word: str) -> bool:
    """Whether a noun names people or papers that speak: `officials`, `spokesman`, `report`."""
    return (
        word in _roles()
        or word.removesuffix("s") in _roles()
        or word.endswith(("man", "men", "woman", "women", "person"))
    )


@cache
def _lexicon() -> dict[str, tuple[Stance, str]]:
    found: dict[str, tuple[Stance, str]] = {}
    lines = (files("kg.extract") / "data" / "cues_claims.tsv").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        if not line or line.startswith("#"):
            continue
        verb, irregular, stance, frame = line.split("\t")
        if stance not in STANCES:
            raise ValueError(f"cues_claims.tsv line {number}: {stance} is no stance")
        head, _, particle = verb.partition(" ")
        forms = (head, *irregular.split()) if irregular else inflect_verb(head)
        for form in forms:
            found[f"{form} {particle}".strip()] = (cast("Stance", stance), frame)
    return found


@cache
def _nouns() -> dict[str, Stance]:
    """Nouns of saying that may own a content."""
    found: dict[str, Stance] = {}
    for stance, nouns in _NOUNS_OF_SAYING.items():
        found.update(dict.fromkeys(nouns, stance))
    return found


_NOUNS_OF_SAYING: dict[Stance, tuple[str, ...]] = {
    "demands": ("request", "requests", "demand", "demands", "call", "calls", "appeal", "appeals"),
    "asserts": ("claim", "claims", "statement", "assertion", "assertions", "insistence", "announcement", "warning"),
    "blames": ("accusation", "accusations", "allegation", "allegations"),
    "denies": ("denial", "denials"),
}


@cache
def _roles() -> frozenset[str]:
    return frozenset((files("kg.extract") / "data" / "speakers.txt").read_text(encoding="utf-8").split())


@cache
def _times() -> frozenset[str]:
    return frozenset(
        "monday tuesday wednesday thursday friday saturday sunday today yesterday tomorrow week month year night morning evening"
        " afternoon day january february march april may june july august september october november december".split()
    )
