"""Who took which part in an event: always as a node that says on whose word, and as a shortcut where that is safe.

The rule of the shortcuts, which no other module may write:
- only on events that happened or go on, so that no plan or supposition reads as a deed;
- `perpetrator`, `target` and `victim` only in the article's own voice;
- `allegedPerpetrator` where a claimant says so, unless the claim denies or doubts it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rdflib import Literal
from rdflib.namespace import SDO

from kg.mapping.claims import claimant_node
from kg.mapping.spans import add_evidence
from kg.vocab import CN, CNV

if TYPE_CHECKING:
    from rdflib import URIRef

    from kg.mapping.sheet import Sheet
    from kg.model import Event, Participant

REAL: Final = ("happened", "ongoing")
_SHORTCUTS: Final = {"perpetrator": CN.perpetrator, "target": CN.target, "victim": CN.victim}
_CONTRARY: Final = ("denies", "doubts")


def add_participations(sheet: Sheet, event: Event, number: int, node: URIRef) -> None:
    """Write every participation of an event, and the shortcuts that follow from it."""
    for rank, participant in enumerate(event.participants, start=1):
        part = sheet.part("participation", number, rank)
        who = _participant_node(sheet, participant, number, rank)
        sheet.type(part, CN.Participation)
        sheet.add(node, CN.reportedParticipation, part)
        sheet.add(part, CN.role, CNV[participant.role])
        sheet.add(part, CN.participant, who)
        sheet.add(part, CN.words, participant.span.text)
        sheet.add(part, CN.inOwnVoice, Literal(participant.claimed_by is None))
        add_evidence(sheet, part, participant.span)
        claim = sheet.claim(participant.claimed_by)
        if claim:
            sheet.add(part, CN.accordingTo, claimant_node(sheet, *claim))
            sheet.add(sheet.part("claim", claim[0]), CN.aboutParticipation, part)
        shortcut = _shortcut(sheet, event, participant)
        if shortcut:
            sheet.add(node, shortcut, who)


def _shortcut(sheet: Sheet, event: Event, participant: Participant) -> URIRef | None:
    if event.actuality not in REAL:
        return None
    if participant.claimed_by is None:
        return _SHORTCUTS.get(participant.role)
    claim = sheet.claim(participant.claimed_by)
    if participant.role != "perpetrator" or (claim and claim[1].stance in _CONTRARY):
        return None
    return CN.allegedPerpetrator


def _participant_node(sheet: Sheet, participant: Participant, number: int, rank: int) -> URIRef:
    named = sheet.entity_node(participant.entity)
    if named is not None:
        return named
    node = sheet.part("participant", number, rank)
    sheet.type(node, CN.DescribedParticipant)
    sheet.add(node, SDO.name, participant.span.text)
    return node
