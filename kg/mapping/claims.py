"""Who says what: claims as nodes of their own, never as facts; links no unnamed source to anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdflib import Literal, URIRef
from rdflib.namespace import SDO

from kg.iris import slug
from kg.mapping.spans import add_evidence
from kg.vocab import CN, CNV

if TYPE_CHECKING:
    from kg.mapping.sheet import Sheet
    from kg.model import Claim


def add_claims(sheet: Sheet) -> None:
    """Write every claim; what is about a participation or a count is written with these."""
    events = {event.id: n for n, event in enumerate(sheet.annotations.events, start=1)}
    for number, claim in enumerate(sheet.annotations.claims, start=1):
        node = sheet.part("claim", number)
        sheet.type(node, CN.Claim)
        sheet.add(node, CN.claimant, claimant_node(sheet, number, claim))
        sheet.add(node, CN.conveyedBy, sheet.node)
        sheet.add(node, CN.stance, CNV[claim.stance])
        sheet.add(node, SDO.text, claim.content.text)
        sheet.add(node, CN.directQuotation, Literal(claim.direct_quote))
        sheet.add(node, CN.aboutEvent, *(sheet.part("event", events[e]) for e in claim.about_events if e in events))
        add_evidence(sheet, node, claim.claimant.span, claim.content)


def claimant_node(sheet: Sheet, number: int, claim: Claim) -> URIRef:
    """Return the claimant's node: an entity, or a source that only this article knows, by the words it is given there.

    `number` tells apart the sources of two claims whose words hold nothing to name them by.
    """
    claimant = claim.claimant
    entity = sheet.entity_node(claimant.entity)
    if entity is not None and not claimant.unnamed:
        return entity
    words = " ".join(claimant.span.text.split())
    # the same words for the same institution are one source, as far as one article can tell
    name = slug(f"{words} {claimant.entity or ''}") if words else str(number)
    node = URIRef(sheet.iris.part("source", sheet.article.id, name))
    sheet.type(node, CN.UnnamedSource if claimant.unnamed else CN.DescribedParticipant)
    if (node, SDO.name, None) not in sheet.graph:  # "Police" and "police" are one source, with the first of its names
        sheet.add(node, SDO.name, words)
    sheet.add(node, SDO.affiliation, entity)
    return node
