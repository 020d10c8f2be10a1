"""The terms that the graph is made of, in closed namespaces: a mistyped term raises; mints no instance IRIs (`iris` does).

The lists repeat `ontology/`, so that importing parses no Turtle; a test holds the two together.
"""

from __future__ import annotations

from typing import Final

from rdflib.namespace import ClosedNamespace, Namespace

from kg.iris import CODES, ONTOLOGY, WIKIDATA

CLASSES: Final = tuple(
    """
    Abduction Accusation AerialAttack Agreement AidDelivery ArmedAssault ArmedClash ArmedGroup Arrest Attack
    BombingAttack CasualtyCount ChemicalAttack Claim CoerciveMeasure Community Condemnation ConflictEvent Demand
    Denial Deployment DescribedParticipant DiplomaticEvent Displacement Facility ForceMovement HandoverOfControl
    HumanitarianEvent HumanRightsAbuse IndirectFireAttack Killing Mention Negotiation Participation
    PoliticalViolenceOther Protest ResponsibilityClaim Riot Sanction Sentence SpeechEvent StateForce Statement
    Strike SuicideAttack TargetedKilling TerritorialGain Threat UnnamedSource UnrestEvent ViolentEvent
    Withdrawal
    """.split()
)
PROPERTIES: Final = tuple(
    """
    aboutCount aboutEvent aboutParticipation accordingTo actuality allegedPerpetrator casualtyGroup certainty
    claimant claimStatus confidence conveyedBy countMax countMin country countText directQuotation earliestDate
    evidence inOwnVoice inResponseTo latestDate linkScore mentions ofEvent outcome participant partOfEvent
    perpetrator place placePrecision reportedIn reportedParticipation role stance target timePrecision timeText
    trigger victim weapon weaponText words
    """.split()
)
CONCEPTS: Final = tuple(
    """
    actuality addressee aircraft-bomb arson artillery asserts blade blames captured certain certainty chemical
    claims-responsibility claimStatus condemns contested corrected country day demands denies described detainee
    did-not-happen displaced doubts drone firearm giver grenade happened hypothetical ied injured instigator
    killed mine missile missing month mortar named-place ongoing open other outcome participant period
    perpetrator placePrecision planned possible probable receiver region rocket role settlement site speaker
    stance suicide-vest supports target threatens timePrecision unanchored uncontested unspecified unstated
    vehicle-bomb vicinity victim weapon week withdrawn year
    """.split()
)

# Each class with the classes above it, nearest first as far as that is defined: the graph states them all, so that a
# query for cn:Attack finds every kind of attack without inference.
ANCESTORS: Final = {
    "Abduction": (
        "ViolentEvent",
        "ConflictEvent",
    ),
    "Accusation": (
        "SpeechEvent",
        "ConflictEvent",
    ),
    "AerialAttack": (
        "Attack",
        "ViolentEvent",
        "ConflictEvent",
    ),
    "Agreement": (
        "DiplomaticEvent",
        "ConflictEvent",
    ),
    "AidDelivery": (
        "HumanitarianEvent",
        "ConflictEvent",
    ),
    "ArmedAssault": (
        "Attack",
        "ViolentEvent",
        "ConflictEvent",
    ),
    "ArmedClash": (
        "ViolentEvent",
        "ConflictEvent",
    ),
    "Arrest": (
        "CoerciveMeasure",
        "ConflictEvent",
    ),
    "Attack": (
        "ViolentEvent",
        "ConflictEvent",
    ),
    "BombingAttack": (
        "Attack",
        "ViolentEvent",
        "ConflictEvent",
    ),
    "ChemicalAttack": (
        "Attack",
        "ViolentEvent",
        "ConflictEvent",
    ),
    "CoerciveMeasure": ("ConflictEvent",),
    "Condemnation": (
        "SpeechEvent",
        "ConflictEvent",
    ),
    "Demand": (
        "SpeechEvent",
        "ConflictEvent",
    ),
    "Denial": (
        "SpeechEvent",
        "ConflictEvent",
    ),
    "Deployment": (
        "ForceMovement",
        "ConflictEvent",
    ),
    "DiplomaticEvent": ("ConflictEvent",),
    "Displacement": (
        "HumanitarianEvent",
        "ConflictEvent",
    ),
    "ForceMovement": ("ConflictEvent",),
    "HandoverOfControl": (
        "ForceMovement",
        "ConflictEvent",
    ),
    "HumanitarianEvent": ("ConflictEvent",),
    "HumanRightsAbuse": (
        "ViolentEvent",
        "ConflictEvent",
    ),
    "IndirectFireAttack": (
        "Attack",
        "ViolentEvent",
        "ConflictEvent",
    ),
    "Killing": (
        "ViolentEvent",
        "ConflictEvent",
    ),
    "Negotiation": (
        "DiplomaticEvent",
        "ConflictEvent",
    ),
    "PoliticalViolenceOther": (
        "ViolentEvent",
        "ConflictEvent",
    ),
    "Protest": (
        "UnrestEvent",
        "ConflictEvent",
    ),
    "ResponsibilityClaim": (
        "SpeechEvent",
        "ConflictEvent",
    ),
    "Riot": (
        "UnrestEvent",
        "ViolentEvent",
        "ConflictEvent",
    ),
    "Sanction": (
        "CoerciveMeasure",
        "ConflictEvent",
    ),
    "SpeechEvent": ("ConflictEvent",),
    "Statement": (
        "SpeechEvent",
        "ConflictEvent",
    ),
    "Strike": (
        "UnrestEvent",
        "ConflictEvent",
    ),
    "SuicideAttack": (
        "Attack",
        "ViolentEvent",
        "ConflictEvent",
    ),
    "TargetedKilling": (
        "Attack",
        "Killing",
        "ViolentEvent",
        "ConflictEvent",
    ),
    "TerritorialGain": (
        "ForceMovement",
        "ConflictEvent",
    ),
    "Threat": (
        "SpeechEvent",
        "ConflictEvent",
    ),
    "UnrestEvent": ("ConflictEvent",),
    "ViolentEvent": ("ConflictEvent",),
    "Withdrawal": (
        "ForceMovement",
        "ConflictEvent",
    ),
}

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
