"""What an entity's page shows: facts with their source, roles in events, claims by and about it, articles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rdflib import DC, RDF, SDO, URIRef

from kg.service.pages.asking import behind
from kg.service.pages.cards import Cards, Ref, most_specific
from kg.service.pages.map import EventMap, event_map
from kg.service.pages.rows import ArticleRow, ClaimRow, EventRow, Rows
from kg.vocab import CN, WD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.service.pages.asking import Asker, Page, Row


@dataclass(frozen=True, slots=True)
class EntityPage:
    """Everything that an entity's page shows. `same_as` is the Wikidata item; `score` the lowest link probability."""

    ref: Ref
    type_word: str
    description: str
    aliases: tuple[str, ...]
    country: Ref | None
    coordinates: str
    same_as: str
    score: str
    sources: tuple[str, ...]
    map: EventMap
    roles: Page[EventRow]
    here: Page[EventRow]
    claims_by: Page[ClaimRow]
    claims_about: Page[ClaimRow]
    companions: Page[tuple[Ref, int]]
    articles: Page[ArticleRow]
    behind: str


LISTS = ("roles", "here", "claims_by", "claims_about", "articles")


def entity_page(asker: Asker, entity: str, *, numbers: Mapping[str, int] | None = None) -> EntityPage | None:
    """Read one entity by its IRI; `numbers` says which page of which of the `LISTS`; `None` when nothing is known."""
    graph = asker.graph("entity_graph", entity=entity)
    node, at = URIRef(entity), {**dict.fromkeys(LISTS, 1), **(numbers or {})}
    if (node, None, None) not in graph:
        return None
    cards, rows = Cards(graph, asker.word), Rows(asker.word)
    bound = {"entity": entity}
    kind = most_specific(str(value) for value in graph.objects(node, RDF.type))
    return EntityPage(
        ref=cards.ref(node),
        type_word=asker.word(kind) if kind else "",
        description=cards.text(node, SDO.description),
        aliases=tuple(sorted(str(alias) for alias in graph.objects(node, SDO.alternateName))),
        country=next(iter(cards.refs(node, CN.country)), None),
        coordinates=_coordinates(cards, node),
        same_as=next((str(o) for o in graph.objects(node, SDO.sameAs) if str(o).startswith(str(WD))), ""),
        score=min((str(score) for score in graph.objects(node, CN.linkScore)), default=""),
        sources=tuple(sorted({name for source in graph.objects(node, DC.source) for name in str(source).split("+")})),
        map=event_map(asker, "entity_map", entity=entity),
        roles=asker.page("entity_events", rows.event, bound, number=at["roles"]),
        here=asker.page("place_events", rows.event, bound, number=at["here"]),
        claims_by=asker.page("claims_by", rows.claim, bound, number=at["claims_by"]),
        claims_about=asker.page("claims_about", rows.claim, bound, number=at["claims_about"]),
        companions=asker.page("companions", _companion, bound, size=12),
        articles=asker.page("entity_articles", rows.article, bound, number=at["articles"]),
        behind=behind("entity_graph", entity=entity),
    )


def _coordinates(cards: Cards, node: URIRef) -> str:
    north, east = cards.text(node, SDO.latitude), cards.text(node, SDO.longitude)
    if not north or not east:
        return ""
    latitude, longitude = float(north), float(east)
    return (
        f"{abs(latitude):.3f}° {'N' if latitude >= 0 else 'S'}, {abs(longitude):.3f}° {'E' if longitude >= 0 else 'W'}"
    )


def _companion(row: Row) -> tuple[Ref, int]:
    return Ref(str(row["other"]), str(row["label"])), int(row["events"])
