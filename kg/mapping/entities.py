"""Entities and their mentions; facts that hold in every article go apart from what one article says.

Asks no index: the facts are those that came with the links.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdflib import Literal, URIRef
from rdflib.namespace import DC, GEO, RDFS, SDO, XSD

from kg.mapping.canonical import canonical
from kg.mapping.codes import ENTITY_CLASSES
from kg.mapping.sheet import Sheet, Writer, decimal
from kg.mapping.spans import add_mention
from kg.model import EntityFacts
from kg.vocab import CN, SF, WD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.iris import Iris
    from kg.model import Candidate, EntityType, Located


def add_entities(sheet: Sheet) -> None:
    """Write the article's entities: that it mentions them, each mention, and the score of each link."""
    for entity in sheet.annotations.entities:
        node = sheet.entity_node(entity.id)
        if node is None:  # the id repeats; an entity always has a node
            continue
        sheet.add(sheet.node, SDO.mentions, node)
        for mention in entity.mentions:
            sheet.add(add_mention(sheet, mention), CN.mentions, node)
        choice = sheet.choice(entity.id)
        if choice and choice.type == "Other":  # the index does not know what it is; this article does
            sheet.type(node, *ENTITY_CLASSES[entity.type])
    for node, score in _scores(sheet).items():
        sheet.add(node, CN.linkScore, decimal(score, places=4))


def _scores(sheet: Sheet) -> dict[URIRef, float]:
    """Return one score for each linked node: the best, where several names of the article lead to one item."""
    scores: dict[URIRef, float] = {}
    for link in (*sheet.links.entities, *sheet.links.names):
        if link.choice:
            node = URIRef(sheet.iris.entity(link.choice.qid))
            scores[node] = max(link.choice.score, scores.get(node, 0.0))
    return scores


def entity_facts(sheet: Sheet) -> tuple[EntityFacts, ...]:
    """Return the facts of every entity that the article or its metadata names, sorted by IRI."""
    facts: dict[str, EntityFacts] = {}
    for choice in _choices(sheet):
        found = item_facts(choice, sheet.iris)
        facts[found.iri] = found
    for entity in sheet.annotations.entities:
        if sheet.choice(entity.id) is None:
            iri = sheet.iris.unlinked(entity.name, entity.type.lower())
            found = _unlinked(iri, entity.name, entity.type, sheet=sheet, located=sheet.located(entity.id))
            if found.iri not in facts or sheet.located(entity.id):
                facts[found.iri] = found
    for found in _makers(sheet):
        facts[found.iri] = found
    return tuple(facts[iri] for iri in sorted(facts))


def _choices(sheet: Sheet) -> Iterable[Candidate]:
    known = {entity.id for entity in sheet.annotations.entities}
    yield from (link.choice for link in sheet.links.entities if link.choice and link.entity in known)
    yield from (link.choice for link in sheet.links.names if link.choice)


def item_facts(item: Candidate, iris: Iris, *, known_as: str = "") -> EntityFacts:
    """Return the facts of an item. `known_as` is the number that the graph has it under, where the item was merged since."""
    iri = iris.entity(known_as or item.qid)
    node, facts = URIRef(iri), Writer()
    _describe(facts, node, item.label, None if item.type == "Other" else item.type)
    facts.add(node, SDO.sameAs, WD[item.qid], *([WD[known_as]] if known_as else []))
    facts.add(node, SDO.alternateName, *(alias for alias in item.aliases if alias != item.label))
    facts.add(node, SDO.description, item.description)
    if item.country:
        facts.add(node, CN.country, URIRef(iris.entity(item.country)))
        if item.country == item.qid:
            facts.type(node, SDO.Country)
    _locate(facts, node, URIRef(iris.geometry(iri)), item)
    facts.add(node, DC.source, item.source)
    facts.add(node, DC.date, Literal(item.as_of, datatype=XSD.date) if item.as_of else None)
    return EntityFacts(iri, canonical(facts.graph))


def _locate(facts: Writer, node: URIRef, point: URIRef, item: Candidate | Located) -> None:
    if item.latitude is None or item.longitude is None:
        return
    north, east = decimal(item.latitude, places=6), decimal(item.longitude, places=6)
    facts.add(node, SDO.latitude, north)
    facts.add(node, SDO.longitude, east)
    facts.type(node, GEO.Feature)
    facts.add(node, GEO.hasGeometry, point)
    facts.type(point, SF.Point)
    # longitude comes first in the default reference system, CRS84 (OGC GeoSPARQL, section 8.5)
    facts.add(point, GEO.asWKT, Literal(f"POINT({east} {north})", datatype=GEO.wktLiteral))


def _makers(sheet: Sheet) -> Iterator[EntityFacts]:
    """Yield the facts of those who made the article and its photos, as far as no item has them."""
    metadata = sheet.article.metadata
    for name in (*metadata.authors, *(image.creator for image in metadata.images)):
        if name:
            yield _unlinked(sheet.person_node(name), name, "Person")
    for name in (metadata.publisher, metadata.agency):
        if name and sheet.name_choice(name) is None:
            yield _unlinked(sheet.media_node(name), name, "Media")


def _unlinked(
    iri: str, name: str, kind: EntityType, *, sheet: Sheet | None = None, located: Located | None = None
) -> EntityFacts:
    facts, node = Writer(), URIRef(iri)
    _describe(facts, node, name, kind)
    if sheet and located:
        _locate(facts, node, URIRef(sheet.iris.geometry(iri)), located)
        facts.add(node, CN.country, URIRef(sheet.iris.entity(located.country)))
        facts.add(node, SDO.sameAs, URIRef(located.iri) if located.iri else None)
        facts.add(node, DC.source, located.source)
    return EntityFacts(str(iri), canonical(facts.graph))


def _describe(facts: Writer, node: URIRef, name: str, kind: EntityType | None) -> None:
    if kind:
        facts.type(node, *ENTITY_CLASSES[kind])
    facts.add(node, SDO.name, name)
    facts.add(node, RDFS.label, name)
