"""Cues with an object: blame, accusation, condemnation, denial, and who is quoted by whom; resolves no names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kg.extract.claims.contents import Contents
from kg.extract.claims.cues import Attribution

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.extract.claims.cues import Cue, Range


class Frames(Contents):
    """Reads the cues whose content is a noun phrase, active and passive."""

    def _with_object(self, cue: Cue, base: Attribution, at: int) -> Attribution | None:
        at = (
            self._skip_modifiers(cue, at)
            if self.tokens[min(at, len(self.tokens) - 1)].tag in ("RB", "IN")
            and cue.frame == "object"
            and cue.last - cue.group.head == 1
            else at
        )
        if (
            cue.frame == "object"
            and at == cue.group.head + 1
            and self.tokens[min(at, len(self.tokens) - 1)].tag == "IN"
        ) and self.lower[at] != "that":
            return None
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
                    self.tokens[i + 1].tag == "VBG"
                    or self.lower[i + 1] in ("while", "after", "as", "whilst", "but", "which", "who")
                )
            ):
                end = i
                break
            if self.lower[i] == "but" and i > begin:
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

    def _accused(self, cue: Cue, begin: int, end: int) -> Range | None:
        """Return X of `blamed X for Y` and `accused X of Y` name X; `blamed Y on X` and `attributed Y to X` name what follows."""
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

    def _is_reduced_passive(self, cue: Cue) -> bool:
        """`attacks attributed to X by the Pentagon`: a participle without `were`, told by a `by` or `to` after it."""
        if (
            self.tokens[cue.group.head].tag not in ("VBN", "VBD")
            or cue.group.first != cue.group.head
            or cue.frame not in ("blame", "accuse", "object", "quote")
        ):
            return False
        after = self.lower[cue.last : cue.last + 1]
        return after == ("by",) or (after in (("on",), ("to",)) and cue.frame == "blame")

    def _passive(self, cue: Cue) -> Iterator[Attribution]:
        """Read `The attacks were blamed by A on B`, `… was condemned by A`, `… attributed to B by A`."""
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

    def _subject_range(self, cue: Cue) -> tuple[int, int] | None:
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

    def _quoting(self, cue: Cue) -> Iterator[Attribution]:
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

    def _quoted(self, cue: Cue) -> Iterator[Attribution]:
        """Read `The minister was quoted by state TV as saying …`."""
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
