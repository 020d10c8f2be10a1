"""Attributions: which words give a source, which cue, and what the source is said to say; resolves no names.

The cue verbs are `data/cues_claims.tsv`. All offsets count in the view.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kg.extract.claims.cues import Attribution, Cue, cue_nouns, cue_verbs
from kg.extract.claims.frames import Frames
from kg.extract.claims.quotes import find_quotations

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.extract.claims.quotes import Quotation
    from kg.extract.language.document import Document, Sentence
    from kg.extract.language.phrases import NounPhrase, VerbGroup


def find_attributions(document: Document) -> tuple[Attribution, ...]:
    """Return every attribution in order of its content, quotations without a cue of their own not yet among them."""
    quotations = find_quotations(document)
    found: list[Attribution] = []
    for sentence in document.sentences:
        found.extend(Reading(document, sentence, quotations).attributions())
    return tuple(found)


# what may follow a noun of saying: `claim that`, `request for`, `threat to`
_OPENS = (("that",), ("for",), ("to",))


def find_openings(document: Document) -> tuple[Attribution, ...]:
    """Return sources and cues of sentences that end in `X said:`, their words following in the next sentences without marks."""
    found = []
    for sentence in document.sentences:
        if document.text[sentence.start : sentence.end].rstrip().endswith(":"):
            reading = Reading(document, sentence, ())
            opening = reading.opening()
            if opening is not None:
                found.append(opening)
    return tuple(found)


class Reading(Frames):
    """One sentence while its attributions are read."""

    def __init__(self, document: Document, sentence: Sentence, quotations: Sequence[Quotation]) -> None:
        super().__init__(document, sentence, quotations)
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

    def _find_cues(self) -> Iterator[Cue]:
        for group in self.phrases.verbs:
            word = self.lower[group.head]
            following = self.lower[group.head + 1] if group.head + 1 < len(self.lower) else ""
            entry, width = cue_verbs().get(f"{word} {following}"), 2
            if entry is None:
                entry, width = cue_verbs().get(word), 1
            relayed = self.lower[max(0, group.first - 1)] == "as" and entry is not None and entry[1] == "say"
            if entry and not relayed and not self._is_idle(group):
                yield Cue(group.first, group.head + width, entry[0], entry[1], group)

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
        return self.lower[group.head].startswith("claim") and any(
            w in ("lives", "life") for w in self.lower[group.head : group.head + 5]
        )

    def _read(self, cue: Cue, previous: Attribution | None) -> Iterator[Attribution]:
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
            yield built

    def _active(self, cue: Cue, source: tuple[int, int, bool]) -> Attribution | None:
        first, last, inverted = source
        if self.lower[first:last] in (("i",), ("we",), ("you",), ("me",), ("us",), ("there",), ("what",)):
            return None
        if cue.frame == "believe" and (self._is_relative(cue) or self.lower[first:last] == ("it",)):
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
            entry = cue_nouns().get(self.lower[phrase.head])
            link = self.lower[phrase.last : phrase.last + 1]
            if entry is None:
                continue
            owner, at = self._owner(phrase), phrase.last
            if owner is None and link == ("by",) and (agent := self._agent(phrase.last)) is not None:
                owner, at = (agent.first, agent.last), self._widen(agent)[1]
                link = self.lower[at : at + 1]
            elif owner is None and self.lower[phrase.head] == "reports":
                owner = (phrase.first, phrase.last)
            if owner is None or link not in _OPENS or (link == ("for",) and entry != "demands"):
                continue
            if link == ("to",) and (self.phrases.verb(at) is None or entry not in ("threatens", "demands")):
                continue
            end = self._nominal_end(at + 1, clause=link == ("that",))
            if end - at > 2:
                content = self._trim(at + (link != ("to",)), end)
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
        if colon is None or (self.sentence.index > 2 and self.sentence.block != "headline"):
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
