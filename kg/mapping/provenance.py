"""How an article's graph came to be: the run, the software, the extractor, the index; holds no clock of its own."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final

from rdflib import Literal, URIRef
from rdflib.namespace import DC, PROV, RDFS, SDO, XSD

from kg.mapping.canonical import canonical
from kg.mapping.sheet import Writer
from kg.model import EntityFacts

if TYPE_CHECKING:
    from datetime import datetime

    from kg.mapping.sheet import Sheet
    from kg.model import Correction

SOFTWARE: Final = "conflict-news-kg"


def software_version() -> str:
    """Return the version of the installed distribution; empty when it runs from a bare checkout."""
    try:
        return version(SOFTWARE)
    except PackageNotFoundError:
        return ""


def add_provenance(sheet: Sheet, *, extractor: str, ended: datetime | None) -> None:
    """Write the activity that made the article's graph.

    `extractor` is the version of the rules and the model that read the text; empty when people did. The activity
    carries a time only if the caller gives one: the same input must give the same bytes.
    """
    graph, activity = URIRef(sheet.iris.article_graph(sheet.article.id)), sheet.part("activity", 1)
    sheet.type(activity, PROV.Activity)
    sheet.add(graph, PROV.wasGeneratedBy, activity)
    sheet.add(graph, PROV.wasDerivedFrom, sheet.node)
    sheet.add(activity, PROV.used, sheet.node)
    sheet.add(activity, PROV.wasAssociatedWith, _software(sheet))
    if extractor:
        sheet.add(activity, PROV.used, _extractor(sheet, extractor))
    if sheet.links.index:
        sheet.add(activity, PROV.used, _index(sheet))
    _add_corrections(sheet, activity)
    if ended:
        sheet.add(activity, PROV.endedAtTime, Literal(ended, datatype=XSD.dateTime))


def _add_corrections(sheet: Sheet, activity: URIRef) -> None:
    """Write what people set right about this article's links: what, who and when, each once."""
    concerned: dict[Correction, list[URIRef | None]] = {}
    for link in sheet.links.entities:
        if link.correction:
            concerned.setdefault(link.correction, []).append(sheet.entity_node(link.entity))
    for link in sheet.links.names:
        if link.correction:
            concerned.setdefault(link.correction, []).append(sheet.media_node(link.entity))
    for number, (correction, nodes) in enumerate(concerned.items(), start=1):
        node = sheet.part("correction", number)
        sheet.type(node, PROV.Entity)
        sheet.add(node, RDFS.label, _said(correction))
        sheet.add(node, SDO.about, *nodes)
        sheet.add(node, DC.creator, correction.who)
        if correction.when:
            sheet.add(node, PROV.generatedAtTime, Literal(correction.when, datatype=XSD.dateTime))
        sheet.add(node, RDFS.comment, correction.note)
        sheet.add(activity, PROV.used, node)


def _said(correction: Correction) -> str:
    if correction.verb == "unlink":
        return f"“{correction.name}” is no item"
    return f"“{correction.name}” is {'' if correction.verb == 'set' else 'the same as '}{correction.value}"


def tool_facts(sheet: Sheet, *, extractor: str) -> tuple[EntityFacts, ...]:
    """Return the facts of the software, the extractor and the index.

    They are the same for every article, so they go where entities go: said in each article's graph, every one of them
    would come back as often as there are articles when all graphs are asked at once.
    """
    software, found = Writer(), software_version()
    node = _software(sheet)
    software.type(node, PROV.SoftwareAgent)
    software.add(node, SDO.name, SOFTWARE)
    software.add(node, SDO.softwareVersion, found)
    facts = [EntityFacts(str(node), canonical(software.graph))]
    if extractor:
        facts.append(_tool(_extractor(sheet, extractor), "extractor", extractor))
    if sheet.links.index:
        facts.append(_tool(_index(sheet), "index", sheet.links.index))
    return tuple(facts)


def _tool(node: URIRef, name: str, found: str) -> EntityFacts:
    facts = Writer()
    facts.type(node, PROV.Entity)
    facts.add(node, SDO.name, name)
    facts.add(node, SDO.version, found)
    return EntityFacts(str(node), canonical(facts.graph))


def _software(sheet: Sheet) -> URIRef:
    return URIRef(sheet.iris.part("software", SOFTWARE, software_version() or "unreleased"))


def _extractor(sheet: Sheet, found: str) -> URIRef:
    return URIRef(sheet.iris.part("extractor", SOFTWARE, _tame(found)))


def _index(sheet: Sheet) -> URIRef:
    return URIRef(sheet.iris.part("index", "wikidata", _tame(sheet.links.index)))


def _tame(text: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "-._") else "-" for c in text)
