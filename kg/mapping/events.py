"""Events: what kind, whether real, where, when, by what means, with what toll; who took part stands in `participations`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdflib import Literal, URIRef
from rdflib.namespace import RDFS, SDO, XSD

from kg.mapping.claims import claimant_node
from kg.mapping.codes import event_classes, place_precision, time_precision
from kg.mapping.labels import event_label
from kg.mapping.participations import add_participations
from kg.mapping.sheet import decimal
from kg.mapping.spans import add_evidence, add_mention
from kg.vocab import CN, CNV

if TYPE_CHECKING:
    from kg.mapping.sheet import Sheet
    from kg.model import Casualties, Event


def add_events(sheet: Sheet) -> None:
    """Write every event with all that hangs on it."""
    numbers = {event.id: n for n, event in enumerate(sheet.annotations.events, start=1)}
    for number, event in enumerate(sheet.annotations.events, start=1):
        node = sheet.part("event", number)
        _add_core(sheet, event, node)
        _add_place(sheet, event, number, node)
        _add_time(sheet, event, node)
        for predicate, other in ((CN.partOfEvent, event.part_of), (CN.inResponseTo, event.in_response_to)):
            if other in numbers and other != event.id:
                sheet.add(node, predicate, sheet.part("event", numbers[other]))
        add_participations(sheet, event, number, node)
        for rank, toll in enumerate(event.casualties, start=1):
            _add_count(sheet, toll, sheet.part("count", number, rank), node)


def _add_core(sheet: Sheet, event: Event, node: URIRef) -> None:
    triggers = (event.trigger, *event.also)
    sheet.type(node, *event_classes(event.type))
    sheet.add(node, RDFS.label, Literal(event_label(sheet, event), lang="en"))
    sheet.add(node, CN.actuality, CNV[event.actuality])
    sheet.add(node, CN.reportedIn, sheet.node)
    sheet.add(node, CN.confidence, decimal(event.score, places=4))
    sheet.add(node, CN.trigger, *(add_mention(sheet, trigger) for trigger in triggers))
    add_evidence(sheet, node, *triggers)
    if event.weapon:
        sheet.add(node, CN.weapon, CNV[event.weapon.code])
        sheet.add(node, CN.weaponText, event.weapon.span.text)


def _add_place(sheet: Sheet, event: Event, number: int, node: URIRef) -> None:
    for rank, place in enumerate(event.places, start=1):
        where = sheet.entity_node(place.entity)
        if where is None:
            where = sheet.part("place", number, rank)
            sheet.type(where, SDO.Place)
            sheet.add(where, SDO.name, place.span.text)
        sheet.add(node, CN.place, where)
        choice = sheet.choice(place.entity)
        if choice and choice.country:
            sheet.add(node, CN.country, URIRef(sheet.iris.entity(choice.country)))
    if event.places:
        sheet.add(node, CN.placePrecision, place_precision(sheet, event.places))


def _add_time(sheet: Sheet, event: Event, node: URIRef) -> None:
    sheet.add(node, CN.timePrecision, time_precision(event.time))
    if event.time is None:
        return
    sheet.add(node, CN.timeText, event.time.span.text)
    for predicate, day in ((CN.earliestDate, event.time.earliest), (CN.latestDate, event.time.latest)):
        if day:
            sheet.add(node, predicate, Literal(day, datatype=XSD.date))


def _add_count(sheet: Sheet, toll: Casualties, count: URIRef, event: URIRef) -> None:
    sheet.type(count, CN.CasualtyCount)
    sheet.add(count, CN.ofEvent, event)
    sheet.add(count, CN.outcome, CNV[toll.outcome])
    sheet.add(count, CN.countText, toll.span.text)
    sheet.add(count, CN.casualtyGroup, toll.group)
    for predicate, number in ((CN.countMin, toll.minimum), (CN.countMax, toll.maximum)):
        if number is not None:
            sheet.add(count, predicate, Literal(number, datatype=XSD.integer))
    sheet.add(count, CN.inOwnVoice, Literal(toll.according_to is None))
    claim = sheet.claim(toll.according_to)
    if claim:
        sheet.add(count, CN.accordingTo, claimant_node(sheet, *claim))
        sheet.add(sheet.part("claim", claim[0]), CN.aboutCount, count)
    add_evidence(sheet, count, toll.span)
