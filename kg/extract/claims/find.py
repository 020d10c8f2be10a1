"""Attributed statements: who takes which stance on what; decides nothing about what is true.

`find_claims` reads the article; `attach` ties the claims to the events they speak of, so that what only a claimant says is
never the outlet's own statement.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kg.extract.claims.attribution import find_attributions, find_openings
from kg.extract.claims.claimants import Claimants
from kg.extract.claims.learned import join_attributions
from kg.extract.claims.quotes import find_quotations
from kg.extract.claims.stance import read_stance
from kg.extract.events.drafts import DraftParticipant
from kg.model import SPEECH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.extract.claims.cues import Attribution, Range
    from kg.extract.claims.quotes import Quotation
    from kg.extract.events.drafts import DraftCasualties, DraftEvent
    from kg.extract.language.document import Document, NamedEntity
    from kg.extract.model import Judgements
    from kg.model import Stance


@dataclass(frozen=True, slots=True)
class ClaimDraft:
    """One source's statement, in ranges of the view; `accused` are the words for whom the claimant blames."""

    id: str
    claimant: Range
    entity: str | None
    unnamed: bool
    stance: Stance
    content: Range
    cue: Range
    frame: str = "say"
    direct: bool = False
    negated: bool = False
    accused: Range | None = None
    accused_entity: str | None = None
    about_events: tuple[str, ...] = ()


# shorter words in marks are a term or a scare quote, not a statement
_STATEMENT_WORDS = 5
# how many sentences a quotation may stand from its speaker's last words
_NEAR_SENTENCES = 3


def find_claims(
    document: Document, entities: Sequence[NamedEntity], judgements: Judgements | None = None
) -> tuple[ClaimDraft, ...]:
    """Return the claims of the article in the order of their claimants' words, numbered `c1`, `c2`, ….

    `Police said two men fired at the bus` → police, unnamed, asserts `two men fired at the bus`. A quotation that goes on
    without a new cue is a claim of its own with the last speaker as claimant.
    """
    read = find_attributions(document)
    if judgements is not None:
        read = join_attributions(document, read, judgements)
    fitted = [_fit(document, attribution, entities) for attribution in read]
    attributions = sorted(_distinct(fitted), key=lambda a: (a.cue, a.source))
    claimants = Claimants(document, entities)
    found: list[ClaimDraft] = []
    for attribution in attributions:
        source = claimants.resolve(attribution.source)
        content = document.text[attribution.content[0] : attribution.content[1]]
        if attribution.accused is not None and attribution.frame in ("say", "believe", "tell"):
            content = f"{document.text[slice(*attribution.accused)]} {content}"
        found.append(
            ClaimDraft(
                "",
                attribution.source,
                source.entity,
                source.unnamed,
                read_stance(attribution.stance, content, negated=attribution.negated),
                attribution.content,
                attribution.cue,
                attribution.frame,
                _is_direct(document, attribution),
                attribution.negated,
                attribution.accused,
                _entity_in(document, entities, attribution.accused),
            )
        )
    found.extend(_declared(document, found, claimants))
    found.extend(_continued(document, found))
    found.sort(key=lambda claim: (min(claim.content[0], claim.claimant[0]), claim.content[0]))
    return tuple(replace(claim, id=f"c{number}") for number, claim in enumerate(found, start=1))


def _is_direct(document: Document, attribution: Attribution) -> bool:
    """Whether the words are verbatim: in marks, told in the first person, or a name given in marks (`called it “…”`)."""
    content = document.text[slice(*attribution.content)]
    named = attribution.frame == "call" and any(mark in content for mark in '“"')
    return attribution.direct or named or bool(_FIRST_PERSON.search(_MARKED.sub("", content)))


def _fit(document: Document, attribution: Attribution, entities: Sequence[NamedEntity]) -> Attribution:
    """Give words back to the content where a lost comma left them with the source: `… in the town Fahd said`."""
    attribution = _with_whole_name(attribution, entities)
    start, end = attribution.source
    if not 0 <= start - attribution.content[1] < _GAP:
        return attribution
    persons = [
        m for e in entities if e.type == "Person" for m in e.mentions if start < m.start and end - 1 <= m.end <= end
    ]
    if not persons or not _PLACE_LINK.search(document.text[start : persons[0].start]):
        return attribution
    cut = persons[0].start
    content_end = attribution.content[0] + len(document.text[attribution.content[0] : cut].rstrip(" ,"))
    return replace(attribution, source=(cut, end), content=(attribution.content[0], content_end))


def _with_whole_name(attribution: Attribution, entities: Sequence[NamedEntity]) -> Attribution:
    """Widen a source that begins inside a name: `Doctors Without Borders`."""
    start, end = attribution.source
    begin = min((m.start for e in entities for m in e.mentions if m.start < start < m.end <= end), default=start)
    return (
        replace(attribution, source=(begin, end))
        if attribution.content[1] <= begin or end <= attribution.content[0]
        else attribution
    )


_MARKED = re.compile(r"[“\"][^”\"]*[”\"]?")
_GAP = 5  # characters between content and source: a comma, a space, an article
_PLACE_LINK = re.compile(r"\b(?:in|at|from|near|on)\s")


def _distinct(attributions: Sequence[Attribution]) -> list[Attribution]:
    """Keep one attribution for each source and content; of two readings of one cue the first stands."""
    seen: set[tuple[Range, Range]] = set()
    kept: list[Attribution] = []
    for attribution in attributions:
        key = (attribution.source, attribution.content)
        empty = attribution.content[1] - attribution.content[0] < 3
        swallowed = attribution.content[0] <= attribution.source[0] and attribution.source[1] <= attribution.content[1]
        again = any(a.source == attribution.source and _mostly_same(a.content, attribution.content) for a in kept)
        if key in seen or empty or swallowed or again:
            continue
        seen.add(key)
        kept.append(attribution)
    return kept


def _mostly_same(one: Range, two: Range) -> bool:
    shared = min(one[1], two[1]) - max(one[0], two[0])
    return shared > 0.7 * max(one[1] - one[0], two[1] - two[0])


def _entity_in(document: Document, entities: Sequence[NamedEntity], where: Range | None) -> str | None:
    """Return whom the accused's words name: the name they end in, or the nation before a noun; never `Iran` in `Iran-backed`."""
    if where is None:
        return None
    best: tuple[bool, int, str] | None = None
    for entity in entities:
        for mention in entity.mentions:
            if not (where[0] <= mention.start and mention.end <= where[1] + 1):
                continue
            after = document.text[mention.end : where[1]]
            if _BACKED.match(after) or (after.strip() and mention.start > where[0]):
                continue
            found = (not after.strip(), mention.end - mention.start, entity.id)
            best = max(best, found) if best else found
    return best[2] if best else None


_BACKED = re.compile(r"\s?[-‑–]|\s?(?:backed|linked|allied|aligned|sponsored|supported|led|held)\b")


def _continued(document: Document, claims: Sequence[ClaimDraft]) -> list[ClaimDraft]:
    """Give quotations without a cue of their own to who spoke last: `"A," he said. "B."`, and further paragraphs."""
    found: list[ClaimDraft] = []
    for quotation in find_quotations(document):
        words = document.text[quotation.start : quotation.end].split()
        if len(words) < _STATEMENT_WORDS or any(_overlap(quotation, claim) for claim in claims):
            continue
        speaker = _last_speaker(document, quotation, [*claims, *found])
        if speaker is not None and _stands_alone(document, quotation):
            content = document.text[quotation.start : quotation.end]
            stance = read_stance("asserts", content)
            found.append(
                replace(
                    speaker,
                    content=(quotation.start, quotation.end),
                    direct=True,
                    stance=stance,
                    negated=False,
                    accused=None,
                    accused_entity=None,
                )
            )
    return found


# a press statement: `The minister said:` and then his words without marks, one claim for each sentence
_DECLARATION_SENTENCES = 15
_FIRST_PERSON = re.compile(r"\b(?:I|[Ww]e|[Oo]ur|my|us)\b")


def _declared(document: Document, claims: Sequence[ClaimDraft], claimants: Claimants) -> list[ClaimDraft]:
    """Read what follows `X said:` at the end of a sentence as X's words, until the next quotation, cue or other block."""
    found: list[ClaimDraft] = []
    starts = [claim.cue[0] for claim in claims]
    for opening in find_openings(document):
        first = document.sentence_at(opening.cue[0])
        if first is None:
            continue
        source = claimants.resolve(opening.source)
        for sentence in document.sentences[first.index + 1 : first.index + 1 + _DECLARATION_SENTENCES]:
            words = document.text[sentence.start : sentence.end]
            other = any(sentence.start <= start < sentence.end for start in starts) and not _FIRST_PERSON.search(words)
            if other or sentence.block != "paragraph" or words[:1] in '"“' or words.rstrip().endswith(":"):
                break
            content = (sentence.start, sentence.end - words.rstrip()[-1:].count("."))
            stance = read_stance("asserts", words)
            found.append(
                ClaimDraft("", opening.source, source.entity, source.unnamed, stance, content, opening.cue, direct=True)
            )
    return found


def _overlap(quotation: Quotation, claim: ClaimDraft) -> bool:
    return claim.content[0] < quotation.end and quotation.start < claim.content[1]


def _stands_alone(document: Document, quotation: Quotation) -> bool:
    """Whether the quotation begins a sentence: a part of the outlet's own sentence is a term, not a statement."""
    sentence = document.sentence_at(quotation.open)
    return sentence is not None and quotation.open - sentence.start <= 1


def _last_speaker(document: Document, quotation: Quotation, claims: Sequence[ClaimDraft]) -> ClaimDraft | None:
    here = document.sentence_at(quotation.open)
    before = [c for c in claims if max(c.claimant[0], c.content[0]) < quotation.open]
    if here is None or not before:
        return None
    last = max(before, key=lambda claim: max(claim.content[1], claim.claimant[1]))
    there = document.sentence_at(max(last.claimant[0], last.content[1] - 1))
    return last if there is not None and here.index - there.index <= _NEAR_SENTENCES else None


# --- claims and events ------------------------------------------------------------------------------------------------


def attach(
    document: Document, claims: Sequence[ClaimDraft], events: Sequence[DraftEvent]
) -> tuple[tuple[ClaimDraft, ...], tuple[DraftEvent, ...]]:
    """Tie claims and events: what a claim is about, who is a participant only by a claim, which source gives a toll.

    A blaming claim adds the accused as perpetrator of the event it speaks of, with `claimed_by`; a participant or toll that
    stands inside a claim's content, and nowhere in the outlet's own words, hangs on that claim.
    """
    voices = [
        claim.claimant for claim in claims if claim.accused is not None and not _same(claim.claimant, claim.accused)
    ]
    tied = tuple(replace(claim, about_events=_about(document, claim, events)) for claim in claims)
    return tied, tuple(_under_claims(_without_voices(event, voices), tied) for event in events)


def _about(document: Document, claim: ClaimDraft, events: Sequence[DraftEvent]) -> tuple[str, ...]:
    """Return the events triggered inside the content, else those of its sentence that a blaming or short content means."""
    start, end = claim.content
    inside = [e.id for e in events if any(start <= a and b <= end and (a, b) != claim.cue for a, b in e.triggers)]
    if inside:
        return tuple(dict.fromkeys(inside))
    sentence = document.sentence_at(claim.cue[0])
    if sentence is None:
        return ()
    near = [
        e.id
        for e in events
        if any(sentence.start <= a < sentence.end and not _same(claim.cue, (a, b)) for a, b in e.triggers)
        and e.type not in SPEECH
    ]
    if claim.stance in ("asserts", "supports", "doubts"):
        return ()
    return tuple(dict.fromkeys(near[:1]))


def _without_voices(event: DraftEvent, voices: Sequence[Range]) -> DraftEvent:
    """Drop participants that only speak of the event: `attacks attributed to X by the Pentagon`."""
    if event.type in SPEECH:
        return event
    kept = tuple(
        p
        for p in event.participants
        if p.role in _SPEAKING or not any(_same((p.start, p.end), voice) for voice in voices)
    )
    return event if len(kept) == len(event.participants) else replace(event, participants=kept)


_SPEAKING = frozenset(("speaker", "addressee", "participant"))
# `condemned the strikes`, `the attacks were blamed on X`: the claimant takes the event for granted, and so does the outlet
_PRESUPPOSING = frozenset(("object", "blame", "call"))


def _same(one: Range, two: Range) -> bool:
    return one[0] < two[1] and two[0] < one[1]


def _under_claims(event: DraftEvent, claims: Sequence[ClaimDraft]) -> DraftEvent:
    about = [claim for claim in claims if event.id in claim.about_events]
    # a participant may stand in another claim's words than the triggers do: every claim is asked
    participants = [_under_claim(p, claims, event) for p in event.participants]
    for claim in about:
        if event.type in SPEECH or claim.negated:
            continue
        if claim.stance == "blames" and claim.accused is not None:
            participants = _with_perpetrator(participants, claim, claim.accused, claim.accused_entity)
        elif claim.stance == "claims-responsibility":
            participants = _with_perpetrator(participants, claim, claim.claimant, claim.entity)
    casualties = tuple(_toll_under_claim(toll, claims) for toll in event.casualties)
    return replace(event, participants=tuple(participants), casualties=casualties)


def _under_claim(participant: DraftParticipant, about: Sequence[ClaimDraft], event: DraftEvent) -> DraftParticipant:
    """Hang a participant on the claim in whose content it stands, or which accuses it."""
    if participant.claimed_by is not None or participant.role in ("speaker", "addressee"):
        return participant
    telling = [
        c for c in about if c.frame not in _PRESUPPOSING or (c.stance == "denies" and participant.role == "perpetrator")
    ]
    claim = _holding(telling, participant.start, participant.end)
    accused = next((c for c in about if c.accused and _same(c.accused, (participant.start, participant.end))), None)
    chosen = accused or claim
    if chosen is None or event.type in SPEECH:
        return participant
    return replace(participant, claimed_by=chosen.id)


def _toll_under_claim(toll: DraftCasualties, about: Sequence[ClaimDraft]) -> DraftCasualties:
    claim = _holding([c for c in about if c.frame not in _PRESUPPOSING], toll.start, toll.end)
    return toll if claim is None or toll.according_to is not None else replace(toll, according_to=claim.id)


def _holding(claims: Sequence[ClaimDraft], start: int, end: int) -> ClaimDraft | None:
    """Return the innermost claim whose content holds the range; a relayed statement counts for who said it first."""
    holding = [c for c in claims if c.content[0] <= start and end <= c.content[1]]
    return min(holding, key=lambda claim: (claim.content[1] - claim.content[0], -claim.claimant[0]), default=None)


def _with_perpetrator(
    participants: Sequence[DraftParticipant], claim: ClaimDraft, where: Range, entity: str | None
) -> list[DraftParticipant]:
    """Add who did it by this claim: the accused, or the claimant who takes responsibility. Who stands there already hangs on it."""
    kept: list[DraftParticipant] = []
    known = False
    for participant in participants:
        overlaps = _same(where, (participant.start, participant.end))
        if participant.role == "perpetrator" and overlaps:
            kept.append(replace(participant, claimed_by=participant.claimed_by or claim.id))
            known = True
        elif not overlaps or participant.role == "speaker":
            kept.append(participant)
            known = known or (participant.role == "perpetrator" and entity is not None and participant.entity == entity)
    return kept if known else [*kept, DraftParticipant("perpetrator", where[0], where[1], entity, claim.id)]
