"""What the values' words stand for in the ontology: classes of entities and events, precisions; writes nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rdflib.namespace import SDO

from kg.vocab import CN, CNV, ancestors

if TYPE_CHECKING:
    from rdflib import URIRef

    from kg.mapping.sheet import Sheet
    from kg.model import Candidate, EntityType, EventPlace, EventTime, EventType

ENTITY_CLASSES: Final[dict[EntityType, tuple[URIRef, ...]]] = {
    "Person": (SDO.Person,),
    "Organization": (SDO.Organization,),
    "ArmedGroup": (CN.ArmedGroup, SDO.Organization),
    "StateForce": (CN.StateForce, SDO.Organization),
    "Government": (SDO.GovernmentOrganization, SDO.Organization),
    "Media": (SDO.NewsMediaOrganization, SDO.Organization),
    "Place": (SDO.Place,),
    "Facility": (CN.Facility, SDO.Place),
    "Nationality": (CN.Community,),
    "Other": (SDO.Thing,),
}

# Finest first: an event with several places is located as precisely as its best one.
_PLACE_PRECISIONS: Final = ("site", "settlement", "named-place", "region", "vicinity", "country", "described")

_BESIDE: Final = re.compile(
    r"""(?: \b (?: near | nearby | outside | around | off | beyond | close\ to | not\ far\ from
                 | (?:on|in)\ the\ (?:outskirts|vicinity|suburbs)\ of | on\ the\ (?:road|way|highway)\ to )
          | (?<![\w-]) (?<!\bin\ the\ ) (?:north|south|east|west)(?:-?(?:east|west))?(?:ern)?(?:wards?)? \ of )
        \s+ (?: the\s+ )? (?: (?:capital|city|town|village|port|district) (?:\s+of)? \s+ )? $""",
    re.IGNORECASE | re.VERBOSE,
)
_REACH: Final = 60  # characters before a place name in which such words may stand
_SETTLEMENT: Final = r"(?:city|town|village|hamlet|port|capital|suburb|settlement|municipality)"
_REGION: Final = r"(?:province|region|governorate|district|oblast|county|department|state|valley|coast|peninsula)"
# what the words beside a name say it is: `the town of Orel`, `Anbar province`
_CALLED: Final = tuple(
    (code, re.compile(rf"\b{kind} of $", re.IGNORECASE), re.compile(rf"[ -]{kind}\b"))
    for code, kind in (("region", _REGION), ("settlement", _SETTLEMENT))
)
# what the index says of an item: `province of Afghanistan`, `city with millions of inhabitants`
_DESCRIBED: Final = (
    ("region", re.compile(rf"{_REGION}\b(?!.*\b{_SETTLEMENT}\b)")),
    ("settlement", re.compile(rf"\b{_SETTLEMENT}\b")),
)


def event_classes(kind: EventType) -> tuple[URIRef, ...]:
    """Return the class of an event and all classes above it."""
    return (CN[kind], *(CN[name] for name in ancestors(kind)))


def time_precision(time: EventTime | None) -> URIRef:
    """Say how precisely the days locate an event."""
    if time is None:
        return CNV.unstated
    if time.earliest is None and time.latest is None:
        return CNV.unanchored
    if time.earliest is None or time.latest is None:
        return CNV.open
    days = (time.latest - time.earliest).days + 1
    for limit, code in ((1, CNV.day), (7, CNV.week), (31, CNV.month), (366, CNV.year)):
        if days <= limit:
            return code
    return CNV.period


def place_precision(sheet: Sheet, places: tuple[EventPlace, ...]) -> URIRef:
    """Say how precisely the best of an event's places locates it."""
    return CNV[min((_precision(sheet, place) for place in places), key=_PLACE_PRECISIONS.index)]


def _precision(sheet: Sheet, place: EventPlace) -> str:
    entity, choice = sheet.entity(place.entity), sheet.choice(place.entity)
    if entity is None:
        return "described"
    if is_beside(sheet, place):
        return "vicinity"
    if entity.type == "Facility" or (choice and choice.type == "Facility"):
        return "site"
    if choice and choice.country == choice.qid:
        return "country"
    return _called(sheet, place) or _described(choice) or "named-place"


def _called(sheet: Sheet, place: EventPlace) -> str | None:
    """Say what kind of place the words beside its name make it."""
    text, start = sheet.article.text, _name_start(sheet, place)
    entity = sheet.entity(place.entity)
    end = next((m.end for m in entity.mentions if m.start == start), place.span.end) if entity else place.span.end
    before, after = text[max(0, start - _REACH) : start], text[end : end + _REACH]
    return next((code for code, left, right in _CALLED if left.search(before) or right.match(after)), None)


def _described(choice: Candidate | None) -> str | None:
    words = (choice.description or "") if choice else ""
    return next((code for code, pattern in _DESCRIBED if pattern.search(words)), None)


def _name_start(sheet: Sheet, place: EventPlace) -> int:
    """Return where the place's name begins within the words for the place."""
    entity, span = sheet.entity(place.entity), place.span
    name = next((m.start for m in entity.mentions if span.start <= m.start < span.end), None) if entity else None
    return span.start if name is None else name


def is_beside(sheet: Sheet, place: EventPlace) -> bool:
    """Say whether the words put the event near, outside or in a direction from the place, not in it.

    `outside Baghdad` → true, `in the north of Mali` → false.
    """
    start = _name_start(sheet, place)
    return _BESIDE.search(sheet.article.text[max(0, start - _REACH) : start]) is not None
