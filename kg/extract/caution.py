"""The last check before somebody stands as a perpetrator in the outlet's own voice; finds nobody new.

A group that is only suspected, accused or blamed must never read as guilty. So the check is one-sided: where the sentence
hedges, the perpetrator goes to the claim that says so, and where there is none it is dropped. Losing a true perpetrator costs
a reader one click to the sentence; a false one costs somebody their name.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.extract.claims.find import ClaimDraft
    from kg.extract.events.drafts import DraftEvent, DraftParticipant
    from kg.extract.language.document import Document, Sentence

_NEAR = 80  # characters between a source and its cue, within which they stand in one clause
# words that make a deed somebody's word, suspicion or denial; "claimed responsibility" and "claimed 12 lives" are no hedges
_HEDGE = re.compile(
    r"\b(?:alleg(?:ed|edly|es?|ing|ations?)|reportedly|purported(?:ly)?|suppos(?:ed|edly)|presum(?:ed|ably)|apparent(?:ly)?"
    r"|suspect(?:ed|s)?|suspicions?|accus(?:e[ds]?|ing|ations?)|blam(?:e[ds]?|ing)|believed|thought to|said to (?:be|have)"
    r"|rumou?r(?:ed|s)|attributed|pinned on|point(?:s|ed|ing)? (?:the |a )?finger"
    r"|den(?:y|ies|ied|ying|ials?)|reports? (?:of|that)|unconfirmed|unverified"
    r"|under (?:fire|attack|criticism) (?:from|for|over)|likely (?:carried|fired|launched|by)|if confirmed"
    r"|claim(?:s|ed|ing)?(?! (?:full )?responsibility| (?:\w+ ){0,3}lives)(?: that| to| the| it|\b)"
    r"|according to|sa(?:id|ys|y) the)\b",
    re.IGNORECASE,
)
# who reports, watches or speaks has not done the deed that the sentence tells
_TELLERS = re.compile(
    r"\b(?:monitors?|monitoring group|observatory|watchdog|reports?|media|news agency|television|radio|newspapers?|activists|sources?"
    r"|witness(?:es)?|spokes(?:man|woman|person)|statements?|survey|study|investigators?|inquiry|rights groups?)$",
    re.IGNORECASE,
)
_TIE = re.compile(r"\b(?:by|from|between|with|of|against)\b", re.IGNORECASE)
_HARMED = re.compile(
    r"\b(?:civilians?|people|persons?|children|women|victims?|residents|bodies|casualties|dead|wounded|refugees|patients|passengers"
    r"|pilgrims|worshippers|mourners|shoppers|pupils|students)\b",
    re.IGNORECASE,
)


def keep_accusations_attributed(
    document: Document, claims: Sequence[ClaimDraft], events: Iterable[DraftEvent]
) -> tuple[DraftEvent, ...]:
    """Return the events without a perpetrator in the outlet's own voice whom the text only suspects, accuses or quotes.

    `Suspected rebels shelled Oslav` → nobody; `…, who the army says shelled Oslav` → the army's claim.
    """
    return tuple(_checked(document, claims, event) for event in events)


def _checked(document: Document, claims: Sequence[ClaimDraft], event: DraftEvent) -> DraftEvent:
    own = [p for p in event.participants if p.role == "perpetrator" and p.claimed_by is None]
    if not own:
        return event
    kept = [p if p not in own else _judged(document, claims, event, p) for p in event.participants]
    return replace(event, participants=tuple(dict.fromkeys(p for p in kept if p is not None)))


def _judged(
    document: Document, claims: Sequence[ClaimDraft], event: DraftEvent, doer: DraftParticipant
) -> DraftParticipant | None:
    """Return the perpetrator as it may stand: in the outlet's voice, on a claimant's word, or not at all."""
    words = document.text[doer.start : doer.end]
    sentence = document.sentence_at(doer.start)
    if sentence is None or _TELLERS.search(words) or _HARMED.search(words) or _is_harmed(event, doer):
        return None
    if not any(sentence.start <= start < sentence.end for start, _ in event.triggers):
        return None  # a doer told apart from the deed is a guess
    if _speaks(claims, event, doer) or _stands_loose(document, sentence, event, doer):
        return None
    if not _HEDGE.search(document.text, sentence.start, sentence.end):
        return doer
    said = _claim_over(claims, doer)
    return replace(doer, claimed_by=said.id) if said else None


def _is_harmed(event: DraftEvent, doer: DraftParticipant) -> bool:
    """Whether the event holds the same words or the same bearer of a name as its victim or target."""
    return any(
        p.role in ("victim", "target")
        and ((p.start < doer.end and doer.start < p.end) or (doer.entity is not None and p.entity == doer.entity))
        for p in event.participants
    )


def _stands_loose(document: Document, sentence: Sentence, event: DraftEvent, doer: DraftParticipant) -> bool:
    """Whether the doer follows the deed and nothing ties it there: `Following the attack the government joined talks`."""
    told = [(start, end) for start, end in event.triggers if sentence.start <= start < sentence.end]
    if any(start >= doer.start for start, _ in told):
        return False
    return not _TIE.search(document.text, max(end for _, end in told), max(doer.start, sentence.start))


def _speaks(claims: Sequence[ClaimDraft], event: DraftEvent, doer: DraftParticipant) -> bool:
    """Whether the doer is the source of a claim about the event, and does not claim it for itself."""
    return any(
        claim.stance != "claims-responsibility"
        and claim.claimant[0] < doer.end
        and doer.start < claim.claimant[1]
        and (event.id in claim.about_events or claim.cue[0] - doer.end < _NEAR)
        for claim in claims
    )


def _claim_over(claims: Sequence[ClaimDraft], doer: DraftParticipant) -> ClaimDraft | None:
    """Return the innermost claim whose content holds the doer's words, unless it denies or doubts them."""
    around = [c for c in claims if c.content[0] <= doer.start and doer.end <= c.content[1]]
    around += [c for c in claims if c.accused is not None and c.accused[0] < doer.end and doer.start < c.accused[1]]
    fitting = [c for c in around if c.stance not in ("denies", "doubts")]
    return min(fitting, key=lambda c: c.content[1] - c.content[0], default=None)
