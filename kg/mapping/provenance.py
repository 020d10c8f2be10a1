"""How an article's graph came to be: the run, the software, the index; holds no clock of its own."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final

from rdflib import Literal, URIRef
from rdflib.namespace import PROV, SDO, XSD

if TYPE_CHECKING:
    from datetime import datetime

    from kg.mapping.sheet import Sheet

SOFTWARE: Final = "conflict-news-kg"


def software_version() -> str:
    """Return the version of the installed distribution; empty when it runs from a bare checkout."""
    try:
        return version(SOFTWARE)
    except PackageNotFoundError:
        return ""


def add_provenance(sheet: Sheet, *, ended: datetime | None) -> None:
    """Write the activity that made the article's graph.

    It carries a time only if the caller gives one: the same input must give the same bytes.
    """
    graph, activity = URIRef(sheet.iris.article_graph(sheet.article.id)), sheet.part("activity", 1)
    sheet.type(activity, PROV.Activity)
    sheet.add(graph, PROV.wasGeneratedBy, activity)
    sheet.add(graph, PROV.wasDerivedFrom, sheet.node)
    sheet.add(activity, PROV.used, sheet.node)
    sheet.add(activity, PROV.wasAssociatedWith, _software(sheet))
    if sheet.links.index:
        sheet.add(activity, PROV.used, _index(sheet))
    if ended:
        sheet.add(activity, PROV.endedAtTime, Literal(ended, datatype=XSD.dateTime))


def _software(sheet: Sheet) -> URIRef:
    found = software_version()
    node = URIRef(sheet.iris.part("software", SOFTWARE, found or "unreleased"))
    sheet.type(node, PROV.SoftwareAgent)
    sheet.add(node, SDO.name, SOFTWARE)
    sheet.add(node, SDO.softwareVersion, found)
    return node


def _index(sheet: Sheet) -> URIRef:
    node = URIRef(sheet.iris.part("index", "wikidata", _tame(sheet.links.index)))
    sheet.type(node, PROV.Entity)
    sheet.add(node, SDO.version, sheet.links.index)
    return node


def _tame(text: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "-._") else "-" for c in text)
