"""Which mentions tell of one event, what is part of what, and what answers what; finds no triggers and no roles.

Mentions join in the order of the text, each to the best earlier event that nothing speaks against.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kg.extract.drafts import DraftCasualties, DraftEvent, DraftParticipant, DraftPlace

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ATTACKS = frozenset(
    (
        "AerialAttack",
        "IndirectFireAttack",
        "BombingAttack",
        "SuicideAttack",
        "ArmedAssault",
        "ChemicalAttack",
        "Attack",
        "TargetedKilling",
        "Killing",
    )
)
_SPEECH = frozenset(("Threat", "Demand", "Condemnation", "Accusation", "Denial", "ResponsibilityClaim", "Statement"))
_GENERIC = frozenset(("Attack", "Killing"))
_CLOSE = frozenset(
    (
        frozenset(("BombingAttack", "SuicideAttack")),
        frozenset(("TargetedKilling", "ArmedAssault")),
        frozenset(("AerialAttack", "IndirectFireAttack")),
    )
)
_ANAPHORIC = frozenset(("the", "this", "that", "these", "those", "its", "their"))
import os
_JOIN = float(os.environ.get('JOIN','1.3'))
_FAR = 12  # sentences after which an unnamed repetition needs more than its type


@dataclass(frozen=True, slots=True)
class EventMention:
    """One trigger as found in its sentence, before it is joined with others of the same event."""

    event: DraftEvent
    sentence: int
    lemma: str
    determiner: str = ""
    plural: bool = False
    counted: bool = False
    headline: bool = False
    caption: bool = False
    verb: bool = False
    after: tuple[int, int] | None = None  # the trigger that this one answers, as view range
    place_names: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Group:
    members: list[EventMention] = field(default_factory=list)
    kind: str = ""
    places: set[str] = field(default_factory=set)
    actors: set[str] = field(default_factory=set)
    sufferers: set[str] = field(default_factory=set)

    def add(self, mention: EventMention) -> None:
        self.members.append(mention)
        self.places |= mention.place_names
        self.actors |= _entities(mention, "perpetrator", "participant", "speaker")
        self.sufferers |= _entities(mention, "target", "victim", "detainee")
        if not self.kind or (self.kind in _GENERIC and mention.event.type in ATTACKS):
            self.kind = mention.event.type
        elif self.kind == "BombingAttack" and mention.event.type == "SuicideAttack":
            self.kind = "SuicideAttack"


def _entities(mention: EventMention, *roles: str) -> set[str]:
    return {p.entity for p in mention.event.participants if p.role in roles and p.entity}


def merge(mentions: Sequence[EventMention], text: str) -> tuple[DraftEvent, ...]:
    """Join the mentions of one real event; return the events numbered in text order, with what answers what."""
    groups: list[_Group] = []
    for mention in mentions:
        scored = [
            (affinity, -at, group)
            for at, group in enumerate(reversed(groups))
            if (affinity := _affinity(group, mention)) >= _JOIN
        ]
        if scored:
            max(scored, key=lambda item: item[:2])[2].add(mention)
        else:
            group = _Group()
            group.add(mention)
            groups.append(group)
    return _finish(groups, text)


def _affinity(group: _Group, mention: EventMention) -> float:
    """How much speaks for one event; a contradiction is -1."""
    kind = mention.event.type
    score = _type_affinity(group.kind, kind)
    if score < 0:
        return -1
    last = group.members[-1]
    if _group_of(last.event.actuality) != _group_of(mention.event.actuality):
        return -1
    if group.places and mention.place_names:
        if group.places & mention.place_names:
            score += 1
        else:
            return -1
    actors = _entities(mention, "perpetrator", "participant", "speaker")
    if actors and group.actors:
        if actors & group.actors:
            score += 0.8
        elif kind in ATTACKS or kind in _SPEECH:
            return -1
    elif kind in _SPEECH:
        return -1 if actors or group.actors else score
    sufferers = _entities(mention, "target", "victim", "detainee")
    if sufferers and group.sufferers:
        score += 0.8 if sufferers & group.sufferers else -0.5
    if _times_conflict(group, mention):
        return -1
    if mention.determiner in _ANAPHORIC:
        score += 0.8
    if any(member.headline or member.caption for member in group.members):
        score += 0.4
    if mention.counted or mention.determiner in ("a", "an", "another"):
        score -= 0.5
    if mention.sentence == last.sentence and not mention.headline:
        score -= 0.4
    if any(member.lemma == mention.lemma for member in group.members):
        score += 0.3
    distance = mention.sentence - last.sentence
    return score + (0.3 if distance <= 2 else 0.0 if distance <= _FAR else -0.3)


def _type_affinity(one: str, two: str) -> float:
    if one == two:
        return 1.0
    if one in ATTACKS and two in ATTACKS:
        if one in _GENERIC or two in _GENERIC:
            return 0.8
        return 0.6 if frozenset((one, two)) in _CLOSE else -1
    return -1


def _group_of(actuality: str) -> str:
    return "real" if actuality in ("happened", "ongoing") else actuality


def _times_conflict(group: _Group, mention: EventMention) -> bool:
    time = mention.event.time
    if time is None or time.earliest is None or time.latest is None:
        return False
    for member in group.members:
        other = member.event.time
        if other is not None and other.earliest is not None and other.latest is not None:
            if time.latest < other.earliest or other.latest < time.earliest:
                return True
    return False


# --- the events ------------------------------------------------------------------------------------------------------


def _finish(groups: Sequence[_Group], text: str) -> tuple[DraftEvent, ...]:
    ordered = sorted(groups, key=lambda group: min(m.event.trigger[0] for m in group.members))
    events = [_join(f"v{number}", group, text) for number, group in enumerate(ordered, start=1)]
    by_trigger = {trigger: event.id for event in events for trigger in event.triggers}
    answers = {}
    for event, group in zip(events, ordered, strict=True):
        for mention in group.members:
            cause = by_trigger.get(mention.after) if mention.after else None
            if cause is not None and cause != event.id:
                answers.setdefault(event.id, cause)
    return tuple(replace(event, in_response_to=answers.get(event.id)) for event in events)


def _join(name: str, group: _Group, text: str) -> DraftEvent:
    members = group.members
    # a sentence of the body tells more than a headline or a caption
    main = next((m for m in members if not m.headline and not m.caption), members[0])
    events = [m.event for m in members]
    others = tuple(e.trigger for e in events if e.trigger != main.event.trigger)
    weapons = [e.weapon for e in events if e.weapon is not None]
    times = [e.time for e in events if e.time is not None]
    anchored = [t for t in times if t.earliest is not None]
    score = 1.0
    for event in events:
        score *= 1 - min(event.score, 0.97)
    return DraftEvent(
        name,
        group.kind,  # type: ignore[arg-type]
        main.event.trigger,
        _actuality(events),
        others,
        _participants((p for e in (main.event, *events) for p in e.participants), text),
        weapons[0] if weapons else None,
        _places(p for e in (main.event, *events) for p in e.places),
        main.event.time or (anchored or times or [None])[0],
        _casualties(c for e in events for c in e.casualties),
        score=round(1 - score, 3),
    )


def _actuality(events: Sequence[DraftEvent]) -> str:  # type: ignore[return]
    kinds = [e.actuality for e in events]
    return max(set(kinds), key=lambda kind: (kinds.count(kind), -kinds.index(kind)))


def _participants(found: Iterable[DraftParticipant], text: str) -> tuple[DraftParticipant, ...]:
    """Keep one span for each role and named entity, and each distinct unnamed one."""
    kept: dict[tuple[object, ...], DraftParticipant] = {}
    for p in found:
        kept.setdefault((p.role, p.entity) if p.entity else (p.role, text[p.start : p.end].lower()), p)
    return tuple(sorted(kept.values(), key=lambda p: p.start))


def _places(found: Iterable[DraftPlace]) -> tuple[DraftPlace, ...]:
    kept: dict[object, DraftPlace] = {}
    for place in found:
        kept.setdefault(place.entity or place.start, place)
    return tuple(kept.values())


def _casualties(found: Iterable[DraftCasualties]) -> tuple[DraftCasualties, ...]:
    kept: dict[tuple[object, ...], DraftCasualties] = {}
    for toll in found:
        key = (toll.outcome, toll.minimum, toll.maximum)
        if key not in kept or (kept[key].group is None and toll.group is not None):
            kept[key] = toll
    return tuple(sorted(kept.values(), key=lambda c: c.start))
