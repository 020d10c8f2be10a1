"""What an event's page shows: the report itself and the claims about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rdflib import URIRef

from kg.service.pages.asking import behind
from kg.service.pages.cards import Cards, ClaimCard, EventCard, Ref
from kg.service.pages.map import EventMap, event_map
from kg.vocab import CN

if TYPE_CHECKING:
    from kg.service.pages.asking import Asker


@dataclass(frozen=True, slots=True)
class EventPage:
    """One event report, the claims about it, and the events that are parts of it or answers to it."""

    event: EventCard
    claims: tuple[ClaimCard, ...]
    parts_of_it: tuple[Ref, ...]
    responses: tuple[Ref, ...]
    map: EventMap
    behind: str


def event_page(asker: Asker, event: str) -> EventPage | None:
    """Read one event by its IRI; `None` when the store has no such event."""
    node = URIRef(event)
    graph = asker.graph("event_graph", event=event)
    if (node, CN.actuality, None) not in graph:
        return None
    cards = Cards(graph, asker.word)
    return EventPage(
        event=cards.event(node),
        claims=cards.claims(),
        parts_of_it=_pointing(asker, "event_parts", event),
        responses=_pointing(asker, "event_responses", event),
        map=event_map(asker, "event_map", event=event),
        behind=behind("event_graph", event=event),
    )


def _pointing(asker: Asker, name: str, event: str) -> tuple[Ref, ...]:
    return tuple(Ref(str(row["other"]), str(row["label"])) for row in asker.rows(name, event=event))
