"""Which kind of thing an item is, from the evidence of the sources; knows no names of single items.

A kind is a finer type (`city`, `party`, `war`); each belongs to one entity type of the model (`KIND_TYPES`).
"""

from __future__ import annotations

import re

from kg.link.pack import KIND_TYPES
from kg.link.wikidata.classes import DROP, of_class, of_classes

__all__ = ["DROP", "PLACETYPES", "SOURCE_KINDS", "WHITELIST", "is_kind", "of_class", "of_classes", "of_label"]

# What the sources' own type columns say. `unknown` and `other` say nothing.
SOURCE_KINDS = {
    "person": "person",
    "organisation": "organisation",
    "party": "party",
    "militant-group": "militant-group",
    "military": "military",
    "media": "media",
    "base": "base",
    "weapon": "weapon",
    "event": "event",
    "ethnic": "ethnic",
    "country": "country",
    "admin": "admin",
    "city": "city",
    "place": "region",
    "government": "government",
    "work": DROP,
    "product": DROP,
    "position": DROP,
    "brand": DROP,
}

# Who's On First placetypes.
PLACETYPES = {
    "country": "country",
    "dependency": "country",
    "region": "admin",
    "macroregion": "admin",
    "county": "admin",
    "macrocounty": "admin",
    "localadmin": "admin",
    "disputed": "region",
    "empire": "region",
    "continent": "region",
    "marinearea": "region",
    "ocean": "region",
    "locality": "city",
    "borough": "district",
    "neighbourhood": "district",
    "macrohood": "district",
    "campus": "base",
    "venue": "facility",
}

# Labels whose words leave little doubt; used only where no source says more.
_LABEL_RULES: tuple[tuple[str, str], ...] = (
    (DROP, r"\b(season|film|album|song|episode|discography|in film|cuisine|culture of|music of|sports? in|cinema of|history of|at the \d{4}|at the .*(Olympics|Championships)|law of|literature|poetry|language|[Ww]omen's|[Mm]en's|swimming|athletics at|[Ss]couting|immigration to|list of|demographics|economy of|education in|television in|soccer in|football in|nationality law|citizenship)\b|^\d{4}\b.*(season|cup|open|grand prix|championship)"),
    ("base", r"\b(Air ?[Bb]ase|Airport|Airfield|Naval (Base|Station|Air Station)|Air Force Base|Army Base|Barracks)$|^(Camp|Fort|Forward Operating Base|RAF|FOB) [A-Z]"),
    ("event", r"^(Battle|Siege|Capture|Fall|Bombing|Assassination|Treaty|Invasion|Death|Murder|Killing|Shooting)s? of |\b(offensive|massacre|bombings?|attacks?|airstrikes?|shootings?|Accords?|ceasefire|coup d'état|protests|clashes|Agreement)$|^Operation [A-Z]"),
    ("war", r"\b(War|War \(.*\)|[Ii]nsurgency|[Rr]ebellion|[Uu]prising|[Ii]ntifada|Revolution|conflict)$"),
    ("military", r"\b(Armed Forces|Army|Navy|Air Force|Marine Corps|Coast Guard|Defen[cs]e Forces?|Special Forces|Regiment|Battalion|Infantry Division|Airborne Division|National Guard|Gendarmerie|Police)$"),
    ("government", r"^(Ministry|Department) of |^Government of |^(Cabinet|Parliament|Supreme Court|Congress|National Assembly|Senate) of |\bMinistry$"),
    ("media", r"\b(Times|Herald|Gazette|Tribune|Chronicle|News Agency|Broadcasting (Corporation|Company)|Television|Daily)$"),
    ("party", r"\bParty( of .*)?$"),
    ("organisation", r"^University of |\b(University|Institute|Corporation|Inc\.?|Ltd\.?|Bank|Agency|Council|Committee|Commission|Association|Federation|Foundation|F\.?C\.?|College|Hospital|Airlines|Airways|Company|Group|Society|Organi[sz]ation|Union)$"),
)  # fmt: skip
_LABELS = tuple((kind, re.compile(pattern)) for kind, pattern in _LABEL_RULES)

# Coarse types of the ELEVANT whitelist; an item may have several.
WHITELIST = {
    "Q215627": "person",
    "Q27096213": "region",
    "Q43229": "organisation",
    "Q1656682": "event",
    "Q33829": "ethnic",
}


def of_label(label: str) -> str | None:
    """Guess a kind from the item's own label, only where its words leave little doubt."""
    return next((kind for kind, rule in _LABELS if rule.search(label)), None)


def is_kind(kind: str) -> bool:
    """Tell whether the index knows this kind."""
    return kind in KIND_TYPES
