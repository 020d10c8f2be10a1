"""What kind of name-bearer a name stands for: the coarse label of the tagger refined to the ten types; finds no names.

Three sources, the surest first: names whose bearer is a fact (`data/names_types.tsv`), the head word of the name, the kinds
that the gazetteer knows. What none of them settles keeps its coarse type.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, get_args

from kg.extract.lexicon import word_lists
from kg.extract.nametagger import known_kinds
from kg.extract.sentences import country_names
from kg.model import EntityType
from kg.names import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

_COARSE: dict[str, EntityType] = {
    "PER": "Person",
    "ORG": "Organization",
    "LOC": "Place",
    "FAC": "Facility",
    "NAT": "Nationality",
    "OTH": "Other",
}
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*\.?")
_OF = re.compile(r"\s(?:of|for|in|at|on|against|and)\s", re.IGNORECASE)
_STATE_MARK = frozenset(
    {"national", "royal", "state", "federal", "presidential", "imperial", "republican", "united", "joint"}
)
_ARMED_MARK = frozenset(
    {
        "free",
        "liberation",
        "salvation",
        "resistance",
        "revolutionary",
        "people's",
        "peoples",
        "islamic",
        "conquest",
        "lord's",
        "defence",
        "defense",
        "god",
        "jesus",
        "islam",
        "sunna",
    }
)


@cache
def fixed_types() -> dict[str, EntityType]:
    """Return folded name → type, for names whose bearer does not change from article to article."""
    table = files("kg.extract").joinpath("data", "names_types.tsv").read_text(encoding="utf-8")
    kinds: dict[str, EntityType] = {kind.lower(): kind for kind in get_args(EntityType)}
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {fold(name): kinds[kind.lower()] for kind, names in rows for name in names.split("|")}


def coarse(label: str) -> EntityType:
    """Return the type that a coarse label stands for, before anything is known of the name."""
    return _COARSE[label]


def refine(name: str, label: str) -> EntityType:
    """Return the type of a name that the tagger gave this coarse label (`PER`, `ORG`, …)."""
    folded = fold(name)
    if fixed := fixed_types().get(folded):
        return fixed
    country = country_names().get(name)
    if country and label != "PER":
        return "Place" if country == "country" else "Nationality"
    if label in ("ORG", "FAC", "LOC", "OTH"):
        found = by_head(name, label)
        if found:
            return found
        kinds = known_kinds(folded)
        if label == "ORG":
            return next((kind for kind in ("ArmedGroup", "StateForce", "Media") if kind in kinds), "Organization")  # type: ignore[return-value]
    return _COARSE[label]


def by_head(name: str, label: str) -> EntityType | None:
    """Judge by the words of the name: `Aleppo Police Command` is a StateForce, `Ministry of Oil` Government."""
    words = [word.lower().replace("’", "'").rstrip(".") for word in _WORD.findall(name)]
    if not words:
        return None
    lists = word_lists()
    before = [w.lower().replace("’", "'") for w in _WORD.findall(_OF.split(name, maxsplit=1)[0])] or words
    head, some = before[-1], set(words)
    if len(words) > 1 and (some & lists["facility_head"] or words[0] in ("camp", "fort")) and not some & lists["force_head"]:
        return "Facility"
    if label in ("FAC", "LOC"):
        return "Facility" if len(words) > 1 and (head in lists["facility"] or words[0] in ("camp", "fort")) else None
    if label == "OTH":
        return None
    state = bool(some & _STATE_MARK) or _names_country(name)
    if some & lists["group_head"] or (
        head in ("army", "forces", "force", "units") and some & _ARMED_MARK and not _demonym_first(name)
    ):
        return "ArmedGroup"
    if some & lists["force_head"] and not some & {
        "news",
        "university",
        "club",
        "school",
        "academy",
        "party",
        "salvation",
    }:
        return "StateForce"
    if some & lists["government_head"]:
        return "Government"
    if some & lists["media_head"]:
        return "Media"
    if head in ("coalition", "alliance") and state and some & {"led", "international", "global", "us"}:
        return "StateForce"
    return None


def _names_country(name: str) -> bool:
    return any(word in country_names() for word in name.split())


def _demonym_first(name: str) -> bool:
    return country_names().get(name.split()[0]) is not None


def kinds_of(names: Sequence[str]) -> frozenset[str]:
    """Return the kinds that the gazetteer knows for any of these names."""
    return frozenset(kind for name in names for kind in known_kinds(fold(name)))
