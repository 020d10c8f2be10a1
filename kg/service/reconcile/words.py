"""The types, properties and features that the reconciliation service speaks of; holds no entity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from kg.model import EntityType

ENTITY_TYPES: Final = frozenset(
    "Person Organization ArmedGroup StateForce Government Media Place Facility Nationality Other".split()
)


@dataclass(frozen=True, slots=True)
class Type:
    """A class of entities; `broader` is the identifier of the type above it, or empty."""

    id: str
    name: str
    description: str
    broader: str = ""


@dataclass(frozen=True, slots=True)
class Property:
    """An attribute that can be matched or fetched. `value` says what a fetched value is; `types` whose it is (all if empty)."""

    id: str
    name: str
    description: str
    value: str
    types: frozenset[str] = frozenset()
    fetched: bool = True


@dataclass(frozen=True, slots=True)
class Feature:
    """One number or truth that a score is made of, as clients may weigh it themselves."""

    id: str
    name: str
    description: str


def _types(*rows: tuple[str, str, str, str]) -> dict[str, Type]:
    return {row[0]: Type(*row) for row in rows}


# The types of the annotation format, then the finer kinds that the index tells apart.
TYPES: Final = _types(
    ("Person", "Person", "a human being", ""),
    ("Organization", "Organization", "a body of people under one name", ""),
    ("ArmedGroup", "Armed group", "a militia, rebel or terrorist group", "Organization"),
    ("StateForce", "State force", "an army, police or service of a state", "Organization"),
    ("Government", "Government body", "a ministry, parliament, court or office", "Organization"),
    ("Media", "News medium", "a newspaper, agency or broadcaster", "Organization"),
    ("Place", "Place", "somewhere on the map", ""),
    ("Facility", "Facility", "a base, bridge, camp, building or plant", "Place"),
    ("Nationality", "People or community", "a nationality, an ethnic or a religious group", ""),
    ("Other", "Other", "weapons, wars, treaties and whatever else has a name", ""),
    ("party", "Political party", "a political party", "Organization"),
    ("country", "Country", "a state of today", "Place"),
    ("historic-country", "Former country", "a state that is no more", "Place"),
    ("admin", "Administrative area", "a province, governorate, state or district", "Place"),
    ("city", "City or town", "a settlement", "Place"),
    ("district", "Part of a town", "a quarter or suburb", "Place"),
    ("region", "Region", "a region, mountain, sea, river or island", "Place"),
    ("base", "Military base", "a base, airfield or port of armed forces", "Facility"),
    ("weapon", "Weapon", "a weapon or weapons system", "Other"),
    ("event", "Event", "something that happened", "Other"),
    ("war", "War", "a war or campaign", "Other"),
)
_PLACES: Final = frozenset({"Place"})
PROPERTIES: Final = {
    found.id: found
    for found in (
        Property("country", "Country", "the country it lies in or belongs to", "entity"),
        Property("description", "Description", "a few words on what it is", "str"),
        Property("alias", "Other names", "further names it is known by", "str"),
        Property("type", "Type", "what kind of thing it is", "str"),
        Property("wikidata", "Wikidata item", "the address of its Wikidata item", "str"),
        Property("latitude", "Latitude", "degrees north", "float", _PLACES),
        Property("longitude", "Longitude", "degrees east", "float", _PLACES),
        Property("coordinates", "Coordinates", "the point in WKT, longitude first", "str", _PLACES),
        Property("events", "Events in the store", "reported events it has a part in or is the place of", "int"),
        Property("articles", "Articles in the store", "articles that mention it", "int"),
        Property("firstSeen", "First seen", "publication of the first article that mentions it", "date"),
        Property("lastSeen", "Last seen", "publication of the latest article that mentions it", "date"),
        Property("context", "Context", "any text that the name stands in; only weighed", "str", fetched=False),
    )
}
FEATURES: Final = {
    found.id: found
    for found in (
        Feature("name_similarity", "Similarity of the name", "0 to 1: how the name stands to the entity's own names"),
        Feature("probability", "Probability", "0 to 1: the trained ranker's, for a name in news about conflict"),
        Feature("share", "Share", "0 to 1: the part of all candidates' probability that is this one's"),
        Feature("popularity", "Popularity", "0 to 255: how well known the item is; 0 for what has no item"),
        Feature("in_store", "In the store", "whether an article of this store speaks of it"),
        Feature("type_match", "Type agrees", "whether it has the type that was asked for"),
        Feature("property_match", "Properties agree", "-1 to 1: properties that agree less those that do not"),
    )
}


def lineage(kind: str) -> tuple[str, ...]:
    """Return a type and all above it, nearest first: `base` → `base`, `Facility`, `Place`."""
    found = []
    while kind:
        found.append(kind)
        kind = TYPES[kind].broader
    return tuple(found)


def type_id(given: str) -> str:
    """Read a type as clients write it: an identifier in any case, or an IRI that ends in one; empty when unknown."""
    name = given.strip().rstrip("/").rpartition("#")[2].rpartition("/")[2].rpartition(":")[2].casefold()
    return next((known for known in TYPES if name in (known.casefold(), TYPES[known].name.casefold())), "")


def entity_type(kind: str) -> EntityType | None:
    """Return the type of the annotation format that a type belongs to."""
    found = next((name for name in lineage(kind) if name in ENTITY_TYPES), None)
    return cast("EntityType", found) if found else None


def type_object(kind: str) -> dict[str, str]:
    """Write a type as the protocol wants it."""
    return {"id": kind, "name": TYPES[kind].name}
