"""Data extension: facts about entities and counts from the store, as the protocol's values; finds no entity by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.iris import WIKIDATA
from kg.service.reconcile.words import PROPERTIES, lineage, type_id

if TYPE_CHECKING:
    from kg.service.reconcile.entities import Directory, Known
    from kg.service.reconcile.words import Property

Value = dict[str, Any]


def properties_for(kind: str) -> tuple[Property, ...]:
    """Return the properties that can be fetched for a type; for all types when it is empty or unknown."""
    above = lineage(type_id(kind))
    found = (one for one in PROPERTIES.values() if one.fetched)
    return tuple(one for one in found if not above or not one.types or one.types & set(above))


def extend(
    directory: Directory, ids: tuple[str, ...], names: tuple[str, ...]
) -> tuple[list[Value], dict[str, dict[str, list[Value]]]]:
    """Return the columns and, by identifier and property, the values; what is unknown has none."""
    wanted = {name: PROPERTIES.get(name) for name in names}
    meta: list[Value] = []
    for name, known in wanted.items():
        column: Value = {"id": name, "name": known.name if known else name}
        if known and known.value == "entity":
            column["type"] = {"id": "country", "name": "Country"}
        meta.append(column)
    rows: dict[str, dict[str, list[Value]]] = {}
    for identifier in ids:
        entity = directory.named_by(identifier) or directory.entity(identifier)
        rows[identifier] = {
            name: _values(directory, entity, name) if entity and known and known.fetched else []
            for name, known in wanted.items()
        }
    return meta, rows


def _values(directory: Directory, entity: Known, name: str) -> list[Value]:
    if name in ("events", "articles", "firstSeen", "lastSeen"):
        return _counted(directory, entity, name)
    if name == "country":
        country = directory.entity(entity.country) if entity.country else None
        if country is None:
            return []
        return [{"id": country.id, "name": country.label}]
    if name in ("latitude", "longitude", "coordinates"):
        return _located(entity, name)
    texts = {
        "description": [entity.description],
        "alias": list(entity.names[1:]),
        "type": [entity.kind],
        "wikidata": [f"{WIKIDATA}{entity.id}"] if entity.number is not None or entity.id.startswith("Q") else [],
    }
    return [{"str": text} for text in texts.get(name, []) if text]


def _located(entity: Known, name: str) -> list[Value]:
    if entity.latitude is None or entity.longitude is None:
        return []
    if name == "coordinates":
        return [{"str": f"POINT({entity.longitude} {entity.latitude})"}]
    return [{"float": entity.latitude if name == "latitude" else entity.longitude}]


def _counted(directory: Directory, entity: Known, name: str) -> list[Value]:
    counts = directory.counts(entity.id)
    if name in ("events", "articles"):
        return [{"int": counts.events if name == "events" else counts.articles}]
    day = (counts.first if name == "firstSeen" else counts.last)[:10]
    return [{"date": f"{day}T00:00:00Z"}] if day else []
