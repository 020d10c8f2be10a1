"""Where events took place, as counted points that a map or a list shows; draws nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.service.pages.asking import behind
from kg.service.pages.cards import Ref

if TYPE_CHECKING:
    from rdflib.term import Identifier

    from kg.service.pages.asking import Asker, Row


@dataclass(frozen=True, slots=True)
class Point:
    """A place with its events: degrees north and east; `event` is set where `count` is 1, `area` for a whole country."""

    place: Ref
    latitude: float
    longitude: float
    count: int
    event: Ref | None
    area: bool


@dataclass(frozen=True, slots=True)
class EventMap:
    """The points of one map, those with most events first; `behind` is their SPARQL."""

    points: tuple[Point, ...]
    behind: str

    def __bool__(self) -> bool:
        return bool(self.points)


def event_map(asker: Asker, name: str, **bound: Identifier | str) -> EventMap:
    """Read the points of a named query (`map`, `entity_map`, `event_map`)."""
    found = (_point(row) for row in asker.rows(name, **bound))
    return EventMap(tuple(point for point in found if point), behind(name, **bound))


def _point(row: Row) -> Point | None:
    """Read one row; a position that is none on Earth is left out rather than drawn somewhere."""
    try:
        latitude, longitude = float(str(row["latitude"])), float(str(row["longitude"]))
    except (KeyError, ValueError):
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    count = int(str(row["count"]))
    only = count == 1 and "eventLabel" in row
    return Point(
        place=Ref(str(row["place"]), str(row["label"])),
        latitude=latitude,
        longitude=longitude,
        count=count,
        event=Ref(str(row["event"]), str(row["eventLabel"])) if only else None,
        area="area" in row,
    )
