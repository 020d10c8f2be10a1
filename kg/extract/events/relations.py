"""Which mentions tell of one event, what is part of what, and what answers what; finds no triggers and no roles.

Mentions join in the order of the text, each to the best earlier event that nothing speaks against.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kg.extract.events.drafts import DraftCasualties, DraftEvent, DraftParticipant, DraftPlace
from kg.extract.events.places import is_country
from kg.model import ATTACKS, SPEECH

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from kg.model import Actuality, EventType

_GENERIC = frozenset(("Attack", "Killing"))
_CLOSE = frozenset(
    (
        frozenset(("BombingAttack", "SuicideAttack")),
        frozenset(("TargetedKilling", "ArmedAssault")),
    )
)
_INDEFINITE = frozenset(("a", "an", "another"))
_DOERS = ("perpetrator", "participant", "speaker")
_SUFFERERS = ("target", "victim", "detainee")
_ANAPHORIC = frozenset(("the", "this", "that", "these", "those", "its", "their"))
_JOIN = 1.3  # chosen on the training documents: higher splits one event, lower melts several
_NEAR = 2
_NEW = 1.2  # what an indefinite article weighs against an event that the body has told already
_WITHIN = 6  # sentences in which the members of `three attacks` are told one by one
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
    rank: str = ""  # `first`, `deadliest`, `one`: one of several that are told together
    after: tuple[int, int] | None = None  # the trigger that this one answers, as view range
    place_names: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Group:
    members: list[EventMention] = field(default_factory=list)
    kind: EventType | None = None
    places: set[str] = field(default_factory=set)
    actors: set[str] = field(default_factory=set)
    sufferers: set[str] = field(default_factory=set)

    def add(self, mention: EventMention) -> None:
        self.members.append(mention)
        self.places |= mention.place_names
        self.actors |= _entities(mention, *_DOERS)
        self.sufferers |= _entities(mention, *_SUFFERERS)
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
    kind = _type_affinity(group.kind, mention.event.type)
    if kind < 0 or _contradicts(group, mention):
        return -1
    shared = _shared(group, mention)
    if mention.event.actuality in ("planned", "hypothetical") and shared <= 0:
        return -1  # what is only feared or planned is vague: two of them are one only by name
    return kind + shared + _manner(group, mention)


def _contradicts(group: _Group, mention: EventMention) -> bool:
    """Tell whether place, doer, time or actuality forbid that the two are one."""
    kind = mention.event.type
    if any(mention.after == m.event.trigger or m.after == mention.event.trigger for m in group.members):
        return True
    if _group_of(group.members[-1].event.actuality) != _group_of(mention.event.actuality):
        return True
    if group.places and mention.place_names and not group.places & mention.place_names:
        return True
    if mention.rank and _ranked_apart(group, mention):
        return True
    actors = _entities(mention, *_DOERS)
    if kind in SPEECH:
        return not actors & group.actors and bool(actors or group.actors)
    rivals = kind in ATTACKS and actors and group.actors and not actors & group.actors
    # "a drone strike" after "bombing raids"
    single = mention.determiner in _INDEFINITE and _told(group) and all(m.plural for m in group.members if not m.verb)
    return bool(rivals) or single or _times_conflict(group, mention)


def _ranked_apart(group: _Group, mention: EventMention) -> bool:
    """Tell whether `the first` is another one than the group: that is of several, or `the second`."""
    ranks = {member.rank for member in group.members if member.rank}
    return mention.rank not in ranks if ranks else _several(group)


def _several(group: _Group) -> bool:
    """Tell whether the group speaks of several events at once: `a wave of attacks`."""
    nouns = [member for member in group.members if not member.verb]
    return any(member.plural for member in nouns) and not any(member.rank for member in nouns)


def _told(group: _Group) -> bool:
    return any(not member.headline and not member.caption for member in group.members)


def _shared(group: _Group, mention: EventMention) -> float:
    """Weigh the places, doers and victims that both name."""
    score = 0.0
    if group.places & mention.place_names:
        score += 1
    if group.actors & _entities(mention, *_DOERS):
        score += 0.8
    sufferers = _entities(mention, *_SUFFERERS)
    if sufferers and group.sufferers:
        score += 0.8 if sufferers & group.sufferers else -0.5
    return score


def _manner(group: _Group, mention: EventMention) -> float:
    """Weigh how the mention speaks: `the attack` points back, `another attack`, `three attacks` do not."""
    last = group.members[-1]
    score = 0.8 if mention.determiner in _ANAPHORIC else 0.0
    if any(member.headline or member.caption for member in group.members):
        score += 0.4
    if mention.counted or mention.determiner in _INDEFINITE:
        score -= _NEW if _told(group) else 0.5
    if mention.sentence == last.sentence and not mention.headline:
        score -= 0.4
    if any(member.lemma == mention.lemma for member in group.members):
        score += 0.3
    if not mention.verb and mention.plural != any(m.plural for m in group.members if not m.verb):
        score -= 0.2
    distance = mention.sentence - last.sentence
    return score + (0.3 if distance <= _NEAR else 0.0 if distance <= _FAR else -0.3)


def _type_affinity(one: str | None, two: str) -> float:
    if one == two:
        return 1.0
    if one in ATTACKS and two in ATTACKS:
        if one in _GENERIC or two in _GENERIC:
            return 0.8
        return 0.6 if frozenset((str(one), two)) in _CLOSE else -1
    return -1


def _group_of(actuality: str) -> str:
    return "real" if actuality in ("happened", "ongoing") else actuality


def _times_conflict(group: _Group, mention: EventMention) -> bool:
    interval = _interval(mention)
    others = [found for member in group.members if (found := _interval(member)) is not None]
    return interval is not None and any(interval[1] < first or last < interval[0] for first, last in others)


def _interval(mention: EventMention) -> tuple[date, date] | None:
    time = mention.event.time
    if time is None or time.earliest is None or time.latest is None:
        return None
    return time.earliest, time.latest


# --- the events ------------------------------------------------------------------------------------------------------


def _finish(groups: Sequence[_Group], text: str) -> tuple[DraftEvent, ...]:
    ordered = sorted(groups, key=lambda group: min(m.event.trigger[0] for m in group.members))
    events = [_join(f"v{number}", group, text) for number, group in enumerate(ordered, start=1)]
    by_trigger = {trigger: event.id for event in events for trigger in event.triggers}
    answers: dict[str, str] = {}
    for event, group in zip(events, ordered, strict=True):
        for mention in group.members:
            cause = by_trigger.get(mention.after) if mention.after else None
            if cause is not None and cause != event.id:
                answers.setdefault(event.id, cause)
    wholes = {
        event.id: events[whole].id
        for number, event in enumerate(events)
        if (whole := _whole(ordered, number)) is not None
    }
    return tuple(replace(event, in_response_to=answers.get(event.id), part_of=wholes.get(event.id)) for event in events)


def _whole(groups: Sequence[_Group], number: int) -> int | None:
    """Return the events told together just before that this one, told by its rank, is one of."""
    part = groups[number]
    ranked = next((member for member in part.members if member.rank), None)
    if ranked is None:
        return None
    for at in range(number - 1, -1, -1):
        whole = groups[at]
        if not _several(whole) or _type_affinity(whole.kind, str(part.kind)) < 0 or _times_conflict(whole, ranked):
            continue
        told = max(m.sentence for m in whole.members if m.sentence <= ranked.sentence)
        if ranked.sentence - told <= _WITHIN:
            return at
    return None


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
        group.kind or main.event.type,
        main.event.trigger,
        _actuality(events),
        others,
        _participants((p for e in events for p in e.participants), text),
        weapons[0] if weapons else None,
        _places((p for e in (main.event, *events) for p in e.places), text),
        main.event.time or next(iter(anchored or times), None),
        _casualties(c for e in events for c in e.casualties),
        score=round(1 - score, 3),
    )


def _actuality(events: Sequence[DraftEvent]) -> Actuality:
    kinds = [e.actuality for e in events]
    return max(set(kinds), key=lambda kind: (kinds.count(kind), -kinds.index(kind)))


def _participants(found: Iterable[DraftParticipant], text: str) -> tuple[DraftParticipant, ...]:
    """Keep one span for each role and named entity, and each unnamed one whose noun no other span of its role has.

    `the terrorists` told again as `terrorist` adds nobody; `three civilians` beside `five civilians` may.
    """
    kept: dict[tuple[object, ...], DraftParticipant] = {}
    for p in found:
        words = text[p.start : p.end].lower()
        kept.setdefault((p.role, p.entity) if p.entity else (p.role, _noun(words)), p)
    return tuple(sorted(kept.values(), key=lambda p: p.start))


def _noun(words: str) -> str:
    """Return what tells an unnamed participant from others: its words when it is counted, else its noun."""
    plain = words.split(" of ", maxsplit=1)[0]
    return words if any(char.isdigit() for char in words) else plain.split()[-1].rstrip("s")


def _places(found: Iterable[DraftPlace], text: str) -> tuple[DraftPlace, ...]:
    """Keep one span for each place, countries behind what lies in them, unnamed ones only where no name tells more."""
    kept: dict[object, DraftPlace] = {}
    for place in found:
        kept.setdefault(place.entity or place.start, place)
    named = [place for place in kept.values() if place.entity]
    local = [place for place in named if not is_country(text[place.start : place.end])]
    return tuple(local + [p for p in named if p not in local] if local else [*kept.values()])


def count_of(toll: DraftCasualties) -> tuple[object, ...]:
    """Return what makes two tolls one: the outcome and the number, and for a single person who it is."""
    return (toll.outcome, toll.minimum, toll.maximum, toll.group if toll.maximum == 1 else None)


def _casualties(found: Iterable[DraftCasualties]) -> tuple[DraftCasualties, ...]:
    kept: dict[tuple[object, ...], DraftCasualties] = {}
    for toll in found:
        key = count_of(toll)
        if key not in kept or (kept[key].group is None and toll.group is not None):
            kept[key] = toll
    return tuple(sorted(kept.values(), key=lambda c: c.start))
