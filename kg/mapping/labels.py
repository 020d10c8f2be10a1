"""A short label for an event, from its type, participants and place; never names whom only a claimant accuses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg.mapping.codes import is_beside

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.mapping.sheet import Sheet
    from kg.model import Actuality, Event, EventPlace, EventType, Participant, RoleName, Span

# The type in words, and the word that leads to the one who suffers it, is addressed, or is what it is about.
_WORDS: Final[dict[EventType, tuple[str, str]]] = {
    "AerialAttack": ("air or drone strike", "on"),
    "IndirectFireAttack": ("shelling or rocket attack", "on"),
    "BombingAttack": ("bombing", "of"),
    "SuicideAttack": ("suicide attack", "on"),
    "ArmedAssault": ("armed assault", "on"),
    "ChemicalAttack": ("chemical attack", "on"),
    "Attack": ("attack", "on"),
    "ArmedClash": ("armed clash", "over"),
    "TargetedKilling": ("targeted killing", "of"),
    "Killing": ("killing", "of"),
    "Abduction": ("abduction", "of"),
    "Arrest": ("arrest", "of"),
    "Protest": ("protest", "against"),
    "Riot": ("riot", "against"),
    "Strike": ("strike", "against"),
    "Sanction": ("sanction", "against"),
    "Deployment": ("deployment", "against"),
    "Withdrawal": ("withdrawal", "of"),
    "HandoverOfControl": ("handover of control", "to"),
    "TerritorialGain": ("territorial gain", "against"),
    "Negotiation": ("negotiation", "with"),
    "Agreement": ("agreement", "with"),
    "Displacement": ("displacement", "of"),
    "HumanRightsAbuse": ("human rights abuse", "of"),
    "AidDelivery": ("delivery of aid", "to"),
    "Threat": ("threat", "to"),
    "Demand": ("demand", "to"),
    "Condemnation": ("condemnation", "of"),
    "Accusation": ("accusation", "against"),
    "Denial": ("denial", "to"),
    "ResponsibilityClaim": ("claim of responsibility", "to"),
    "Statement": ("statement", "to"),
    "PoliticalViolenceOther": ("political violence", "against"),
}
_MARKS: Final[dict[Actuality, str]] = {
    "happened": "{}",
    "ongoing": "{}",
    "planned": "Planned or feared: {}",
    "hypothetical": "Hypothetical: {}",
    "did-not-happen": "Did not happen: {}",
}
_DOERS: Final[tuple[RoleName, ...]] = ("perpetrator", "speaker", "giver")
_OBJECTS: Final[tuple[RoleName, ...]] = ("victim", "detainee", "target", "addressee", "receiver")
_LONGEST_NAME: Final = 40
_DATELINE: Final = re.compile(r"[A-Z]{3}[^!?“]{0,120}(?: [—–-]{1,2} |: )")


def event_label(sheet: Sheet, event: Event) -> str:
    """Compose a label such as `Air or drone strike by United States on Qassem Soleimani in Baghdad`."""
    words, leading = _WORDS[event.type]
    told = [p for p in event.participants if p.claimed_by is None]
    parts = [words]
    if doers := _names(sheet, told, _DOERS, at_most=1):
        parts.append(f"by {doers[0]}")
    if sides := _names(sheet, told, ("participant",), at_most=2):
        parts.append(f"between {sides[0]} and {sides[1]}" if len(sides) > 1 else f"with {sides[0]}")
    objects = [name for name in _names(sheet, told, _OBJECTS, at_most=2) if name not in doers]
    if objects:
        parts.append(f"{leading} {' and '.join(objects)}")
    if where := _where(sheet, event, objects):
        parts.append(where)
    label = _MARKS[event.actuality].format(" ".join(parts))
    return label[0].upper() + label[1:]


def _names(
    sheet: Sheet, participants: Iterable[Participant], roles: tuple[RoleName, ...], *, at_most: int
) -> list[str]:
    ranked = sorted((p for p in participants if p.role in roles), key=lambda p: roles.index(p.role))
    first = [p for p in ranked if p.role == ranked[0].role]
    return list(dict.fromkeys(_name(sheet, p) for p in first))[:at_most]


def _name(sheet: Sheet, participant: Participant) -> str:
    # "Turkish troops" says more than the country that the words are linked to, and no more than the text
    entity = sheet.entity(participant.entity)
    named = entity is not None and any(m.text == participant.span.text for m in entity.mentions)
    if entity and named:
        return _short(entity.name)
    return _short(_mid_sentence(sheet, participant.span))


def _mid_sentence(sheet: Sheet, span: Span) -> str:
    """Return the words with the capital gone that only their place at the head of a sentence gives them."""
    heads = any(_leads(sheet.article.text[start : span.start]) for start, _ in sheet.sentences([span]))
    proper = any(m.start <= span.start < m.end for e in sheet.annotations.entities for m in e.mentions)
    lone = len(span.text) > 1 and span.text[1].isupper()
    return span.text if not heads or proper or lone else span.text[:1].lower() + span.text[1:]


def _leads(before: str) -> bool:
    """Say whether nothing, or nothing but a dateline, stands before the words in their sentence."""
    return not before or _DATELINE.fullmatch(before) is not None


def _short(name: str) -> str:
    name = " ".join(name.split())
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{name[:_LONGEST_NAME].rpartition(' ')[0] or name[:_LONGEST_NAME]} …"


def _where(sheet: Sheet, event: Event, already: list[str]) -> str:
    for place in event.places:
        entity = sheet.entity(place.entity)
        name = _short(entity.name if entity else place.span.text)
        if name not in already:
            return f"{_preposition(sheet, place)} {name}" if entity else f"({name})"
    return ""


def _preposition(sheet: Sheet, place: EventPlace) -> str:
    if is_beside(sheet, place):
        return "near"
    entity = sheet.entity(place.entity)
    return "at" if entity and entity.type == "Facility" else "in"
