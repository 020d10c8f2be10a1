"""The terms that the graph is made of, in closed namespaces: a mistyped term raises.

Mints no instance IRIs (`iris` does). The lists repeat `ontology/`, so that importing parses no Turtle; a test holds the
two together.
"""

from __future__ import annotations

import re
from typing import Final

from rdflib import URIRef
from rdflib.namespace import ClosedNamespace, Namespace

from kg.iris import CODES, ONTOLOGY, WIKIDATA

CLASSES: Final = (
    "Abduction", "Accusation", "AerialAttack", "Agreement", "AidDelivery", "ArmedAssault", "ArmedClash", "ArmedGroup",
    "Arrest", "Attack", "BombingAttack", "CasualtyCount", "CasualtyRange", "ChemicalAttack", "Claim", "CoerciveMeasure", "Community",
    "Condemnation", "ConflictEvent", "Demand", "Denial", "Deployment", "DescribedParticipant", "DiplomaticEvent",
    "Displacement", "Facility", "ForceMovement", "HandoverOfControl", "HumanitarianEvent", "HumanRightsAbuse",
    "Incident", "IndirectFireAttack", "Killing", "Mention", "Negotiation", "Participation", "PoliticalViolenceOther", "Protest",
    "ResponsibilityClaim", "Riot", "Sanction", "Sentence", "SpeechEvent", "StateForce", "Statement", "Strike",
    "SuicideAttack", "TargetedKilling", "TerritorialGain", "Threat", "UnnamedSource", "UnrestEvent", "ViolentEvent",
    "Withdrawal",
)  # fmt: skip
PROPERTIES: Final = (
    "aboutCount", "aboutEvent", "aboutParticipation", "accordingTo", "actuality", "allegedPerpetrator",
    "casualtyGroup", "certainty", "claimant", "claimStatus", "confidence", "conveyedBy", "countMax", "countMin",
    "country", "countText", "dateEvidence", "directQuotation", "earliestDate", "evidence", "fingerprint", "inOwnVoice", "inResponseTo",
    "latestDate", "linkScore", "mentions", "ofEvent", "ofIncident", "outcome", "participant", "partOfEvent", "perpetrator", "place",
    "placeEvidence", "placePrecision", "reportedIn", "reportedParticipation", "reportOf", "restsOn", "role", "stance", "target", "timePrecision", "timeText",
    "trigger", "victim", "weapon", "weaponText", "words",
)  # fmt: skip
CONCEPTS: Final = (
    "actuality", "addressee", "aircraft-bomb", "arson", "artillery", "asserts", "blade", "blames", "captured",
    "certain", "certainty", "chemical", "claims-responsibility", "claimStatus", "condemns", "contested", "corrected",
    "country", "day", "demands", "denies", "described", "detainee", "did-not-happen", "displaced", "doubts", "drone",
    "firearm", "giver", "grenade", "happened", "hypothetical", "ied", "injured", "instigator", "killed", "mine",
    "missile", "missing", "month", "mortar", "named-place", "ongoing", "open", "other", "outcome", "participant",
    "period", "perpetrator", "placePrecision", "planned", "possible", "probable", "receiver", "region", "rocket",
    "role", "settlement", "site", "speaker", "stance", "suicide-vest", "supports", "target", "threatens",
    "timePrecision", "unanchored", "uncontested", "unspecified", "unstated", "vehicle-bomb", "vicinity", "victim",
    "weapon", "week", "withdrawn", "year",
)  # fmt: skip

_NARROWER: Final = {
    "Attack": (
        "AerialAttack", "ArmedAssault", "BombingAttack", "ChemicalAttack", "IndirectFireAttack", "SuicideAttack",
        "TargetedKilling",
    ),
    "CoerciveMeasure": ("Arrest", "Sanction"),
    "ConflictEvent": (
        "CoerciveMeasure", "DiplomaticEvent", "ForceMovement", "HumanitarianEvent", "SpeechEvent", "UnrestEvent",
        "ViolentEvent",
    ),
    "DiplomaticEvent": ("Agreement", "Negotiation"),
    "ForceMovement": ("Deployment", "HandoverOfControl", "TerritorialGain", "Withdrawal"),
    "HumanitarianEvent": ("AidDelivery", "Displacement"),
    "Killing": ("TargetedKilling",),
    "SpeechEvent": ("Accusation", "Condemnation", "Demand", "Denial", "ResponsibilityClaim", "Statement", "Threat"),
    "UnrestEvent": ("Protest", "Riot", "Strike"),
    "ViolentEvent": (
        "Abduction", "ArmedClash", "Attack", "HumanRightsAbuse", "Killing", "PoliticalViolenceOther", "Riot",
    ),
}  # fmt: skip


def ancestors(name: str) -> tuple[str, ...]:
    """Return the names of all classes above the class `name`, sorted.

    `AerialAttack` → `Attack`, `ConflictEvent`, `ViolentEvent`.
    """
    above = {parent for parent, children in _NARROWER.items() if name in children}
    return tuple(sorted(above.union(*(ancestors(parent) for parent in above))))


CN: Final = ClosedNamespace(ONTOLOGY, [*CLASSES, *PROPERTIES])
CNV: Final = ClosedNamespace(CODES, list(CONCEPTS))
OA: Final = ClosedNamespace(
    "http://www.w3.org/ns/oa#",
    [
        "SpecificResource",
        "TextPositionSelector",
        "TextQuoteSelector",
        "end",
        "exact",
        "hasSelector",
        "hasSource",
        "start",
    ],
)
SF: Final = ClosedNamespace("http://www.opengis.net/ont/sf#", ["Point"])
WD: Final = Namespace(WIKIDATA)

PREFIXES: Final = {
    "cn": ONTOLOGY,
    "cnv": CODES,
    "schema": "https://schema.org/",
    "prov": "http://www.w3.org/ns/prov#",
    "oa": "http://www.w3.org/ns/oa#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "dct": "http://purl.org/dc/terms/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "sf": "http://www.opengis.net/ont/sf#",
    "geof": "http://www.opengis.net/def/function/geosparql/",
    "void": "http://rdfs.org/ns/void#",
    "wd": WIKIDATA,
    "wdt": "http://www.wikidata.org/prop/direct/",
}
"""Prefixes that queries may use without declaring them."""

_LOCAL: Final = re.compile(r"[\w-]*")


def shorten(term: object) -> str:
    """Write an IRI with its known prefix where that is readable, any other term as it is: `cn:Attack`, `wd:Q796`."""
    text = str(term)
    if isinstance(term, URIRef):
        for prefix, iri in PREFIXES.items():
            if text.startswith(iri) and _LOCAL.fullmatch(text, len(iri)):
                return f"{prefix}:{text[len(iri) :]}"
    return text
