"""What a claim's page shows: who says what about what, and what else is said about the same events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rdflib import RDF, URIRef

from kg.service.pages.asking import behind
from kg.service.pages.cards import Cards, ClaimCard
from kg.service.pages.rows import ClaimRow, Rows
from kg.vocab import CN

if TYPE_CHECKING:
    from kg.service.pages.asking import Asker, Page


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """One claim, what it attributes (sentences in words), and the other claims about its events."""

    claim: ClaimCard
    attributes: tuple[tuple[str, str, str], ...]
    rivals: Page[ClaimRow]
    behind: str


def claim_page(asker: Asker, claim: str, *, number: int = 1) -> ClaimPage | None:
    """Read one claim by its IRI; `None` when the store has no such claim."""
    node = URIRef(claim)
    graph = asker.graph("claim_graph", claim=claim)
    if (node, RDF.type, CN.Claim) not in graph:
        return None
    cards = Cards(graph, asker.word)
    attributes = [
        (asker.word(cards.text(part, CN.role)), ref.label, ref.iri)
        for part in sorted(graph.objects(node, CN.aboutParticipation), key=str)
        for ref in cards.refs(part, CN.participant)
    ]
    return ClaimPage(
        claim=cards.claim(node),
        attributes=tuple(attributes),
        rivals=asker.page("rival_claims", Rows(asker.word).claim, {"claim_asked": claim}, number=number),
        behind=behind("claim_graph", claim=claim),
    )
