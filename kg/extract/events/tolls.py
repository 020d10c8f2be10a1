"""Which event each toll belongs to, and whom the tolls make victims; reads no numbers.

A toll goes to an event of its own sentence, else to one told just before.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from kg.extract.events.drafts import DraftCasualties, DraftEvent, DraftParticipant
from kg.extract.events.relations import count_of
from kg.model import ATTACKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.extract.events.relations import EventMention
    from kg.extract.language.document import Document, NamedEntity
    from kg.extract.quantities.casualties import Toll
    from kg.model import Outcome, RoleName

_TAKES_TOLL = ATTACKS | {
    "ArmedClash", "Protest", "Riot", "Displacement", "Abduction", "Arrest", "PoliticalViolenceOther", "HumanRightsAbuse",
}  # fmt: skip
_HARMED: dict[Outcome, RoleName] = {
    "killed": "victim",
    "injured": "victim",
    "missing": "victim",
    "captured": "detainee",
}
_BARE = re.compile(
    r"(?:(?:more than|over|at least|about|around|nearly|some|up to|as many as|as high as) )*[\d, ]+", re.IGNORECASE
)
_CARRY = 2  # sentences that a toll may look back for its event


def with_tolls(mentions: Sequence[EventMention], tolls: Sequence[Toll], document: Document) -> list[EventMention]:
    """Give each toll to the nearest event that can have one."""
    given: dict[int, list[DraftCasualties]] = defaultdict(list)
    able: dict[int, list[int]] = defaultdict(list)
    for number, mention in enumerate(mentions):
        if mention.event.type in _TAKES_TOLL:
            able[mention.sentence].append(number)
    for toll in tolls:
        if (sentence := document.sentence_at(toll.start)) is None:
            continue
        for back in range(_CARRY + 1):
            fitting = [n for n in able[sentence.index - back] if _suits(mentions[n].event, toll)]
            if fitting:
                nearest = min(fitting, key=lambda n: abs(mentions[n].event.trigger[0] - toll.start))
                given[nearest if not back else fitting[-1]].append(_casualties(toll))
                break
    return [
        replace(mention, event=replace(mention.event, casualties=tuple(given[n]))) if n in given else mention
        for n, mention in enumerate(mentions)
    ]


def with_victims(
    events: Sequence[DraftEvent], tolls: Sequence[Toll], entities: Sequence[NamedEntity], text: str
) -> tuple[DraftEvent, ...]:
    """Make those whom an event's tolls count its victims or detainees, each count once."""
    return tuple(_with_victims(event, tolls, entities, text) for event in events)


def _with_victims(event: DraftEvent, tolls: Sequence[Toll], entities: Sequence[NamedEntity], text: str) -> DraftEvent:
    kept = {(c.start, c.end) for c in event.casualties}
    counts = {count_of(c) for c in event.casualties}
    repeated = [toll for toll in tolls if count_of(_casualties(toll)) in counts and (toll.start, toll.end) not in kept]
    people = [p for p in event.participants if not (p.role == "victim" and any(_over(p, toll) for toll in repeated))]
    for toll in event.casualties:
        role = _role(event, toll)
        if role is not None and toll.maximum != 0 and _says_who(toll, text) and not any(_over(p, toll) for p in people):
            people.append(DraftParticipant(role, toll.start, toll.end, _named_in(toll, entities)))
    return replace(event, participants=tuple(sorted(people, key=lambda p: p.start)))


def _role(event: DraftEvent, toll: DraftCasualties) -> RoleName | None:
    if event.type == "Arrest":
        return "detainee"
    return "victim" if event.type == "Abduction" else _HARMED.get(toll.outcome)


def _says_who(toll: DraftCasualties, text: str) -> bool:
    """Tell whether a count names its people: `three soldiers`, `dozens`; a bare `264` is a number and nobody."""
    return not _BARE.fullmatch(text[toll.start : toll.end])


def _over(participant: DraftParticipant, toll: Toll | DraftCasualties) -> bool:
    return participant.start < toll.end and toll.start < participant.end


def _named_in(toll: DraftCasualties, entities: Sequence[NamedEntity]) -> str | None:
    inside = (e.id for e in entities for m in e.mentions if toll.start <= m.start and m.end <= toll.end)
    return next(inside, None)


def _suits(event: DraftEvent, toll: Toll) -> bool:
    kind = event.type
    if toll.outcome == "displaced":
        return kind in ("Displacement", "ArmedClash") or kind in ATTACKS
    if toll.outcome == "captured":
        return kind in ("Arrest", "Abduction", "ArmedClash")
    return kind not in ("Displacement", "Arrest", "Abduction") or (kind == "Abduction" and toll.outcome == "missing")


def _casualties(toll: Toll) -> DraftCasualties:
    return DraftCasualties(toll.outcome, toll.start, toll.end, toll.minimum, toll.maximum, toll.group)
