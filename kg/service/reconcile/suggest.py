"""Type-ahead: entities, types and properties by the beginning of a name; scores nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.link import weigh
from kg.names import fold
from kg.service.reconcile.words import PROPERTIES, TYPES, lineage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.service.reconcile.entities import Directory, Known
    from kg.service.reconcile.words import Property, Type

_FEWEST_FUZZY = 4  # letters before a misspelt beginning is worth a guess
_FILTERED = 400  # names looked at when only one type is wanted
_ENOUGH_STORE = 50


def suggested(directory: Directory, text: str, *, kind: str = "", limit: int = 10, skip: int = 0) -> tuple[Known, ...]:
    """Return entities with a name that begins so: the store's first, then the well-known ones of the index.

    An identifier or address gives its entity. Where no name begins so, look-alikes are returned.
    """
    found: dict[str, Known] = {}
    for entity in _offers(directory, text, kind, limit + skip):
        if entity.id not in found and (not kind or kind in lineage(entity.kind)):
            found[entity.id] = entity
            if len(found) == limit + skip:
                break
    return tuple(found.values())[skip:]


def _offers(directory: Directory, text: str, kind: str, limit: int) -> Iterator[Known]:
    begin = fold(text)
    if (told := directory.named_by(text)) is not None:
        yield told
    if not begin:
        return
    any_found = False
    for entity in directory.starting(text, limit=_FILTERED if kind else max(limit, _ENOUGH_STORE)):
        any_found = True
        yield entity
    for number, _ in directory.index.starting(text, limit=_FILTERED if kind else limit + _ENOUGH_STORE):
        any_found = True
        if not kind or _may_be(directory, number, kind):
            yield directory.numbered(number)
    if not any_found and len(begin) >= _FEWEST_FUZZY:
        for one, _ in weigh(text, index=directory.index):
            yield directory.numbered(one.entity)


def _may_be(directory: Directory, number: int, kind: str) -> bool:
    """Tell from the flat columns whether an item may have a type, before its names are unpacked."""
    found = directory.index.kind(number)
    return kind not in TYPES or found not in TYPES or kind in lineage(found)


def suggest_types(text: str) -> tuple[Type, ...]:
    """Return the types with a word that begins so, all of them for an empty text."""
    return tuple(one for one in TYPES.values() if _begins(text, one.id, one.name))


def suggest_properties(text: str) -> tuple[Property, ...]:
    """Return the properties with a word that begins so, all of them for an empty text."""
    return tuple(one for one in PROPERTIES.values() if _begins(text, one.id, one.name))


def _begins(text: str, *names: str) -> bool:
    begin = fold(text)
    return any(f" {fold(name)}".find(f" {begin}") >= 0 for name in names)
