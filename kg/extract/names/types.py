"""What kind of name-bearer a name stands for: the coarse label of the tagger refined to the ten types; finds no names.

Three sources, the surest first: names whose bearer is a fact (`data/names_types.tsv`), the head word of the name, the kinds
that the gazetteer knows. What none of them settles keeps its coarse type.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import get_args

from kg.extract.language.lexicon import word_classes, word_lists
from kg.extract.language.sentences import country_names
from kg.extract.names.tagger import is_first_name, is_last_name, known_kinds
from kg.model import EntityType
from kg.names import fold

_COARSE: dict[str, EntityType] = {
    "PER": "Person",
    "ORG": "Organization",
    "LOC": "Place",
    "FAC": "Facility",
    "NAT": "Nationality",
    "OTH": "Other",
}
_SUBKINDS: tuple[EntityType, ...] = ("ArmedGroup", "StateForce", "Media")
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*\.?")
_DEMONYM = re.compile(r"(?:[aeo]ns?|ese|ish|ics?|is?|ites?|ards?|ers?)$", re.IGNORECASE)
_OF = re.compile(r"\s(?:of|for|in|at|on|against|and)\s", re.IGNORECASE)
# words, or names of others as well: left to the tagger
_WORDS = frozenset(
    "WHO AU ISI SAS PLA ANA SAF ANC AP RT MENA SPA ITV PTI ANI Observatory Apple Labour Dawn Fox Guardian Petra Mehr Fars Focus"
    " Contras Houthi Spiegel Basij ANSA EFE WAM NATO-led Shabab Central Fatah ABC Tass Azov Wagner".split()
)
_HEADS: tuple[tuple[EntityType, str], ...] = (
    ("StateForce", "force_head"),
    ("Government", "government_head"),
    ("Media", "media_head"),
)
_NO_FORCE = frozenset({"news", "university", "club", "school", "academy", "party", "salvation", "council"})
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


@cache
def fixed_names() -> dict[str, str]:
    """Return name as written → coarse label, for groups and bodies that are meant wherever the name stands in capitals."""
    table = files("kg.extract").joinpath("data", "names_types.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {
        name: "ORG"
        for kind, names in rows
        for name in names.split("|")
        if kind in ("ArmedGroup", "StateForce", "Organization", "Media") and name not in _WORDS and not name.islower()
    }


def refine(name: str, label: str) -> EntityType:
    """Return the type of a name that the tagger gave this coarse label (`PER`, `ORG`, …)."""
    folded = fold(name)
    return fixed_types().get(folded) or _of_country(name, label) or _of_words(name, folded, label) or _COARSE[label]


def _of_country(name: str, label: str) -> EntityType | None:
    kind = country_names().get(name) if label != "PER" else None
    return None if kind is None else "Place" if kind == "country" else "Nationality"


def _of_words(name: str, folded: str, label: str) -> EntityType | None:
    if label in ("ORG", "OTH") and _is_person(name, folded, surname=label == "ORG"):
        return "Person"
    kinds = known_kinds(folded)
    if label == "NAT" and not _DEMONYM.search(name) and "Place" in kinds:
        return "Place"
    if label in ("ORG", "FAC", "LOC") and (found := by_head(name, label)):
        return found
    return next((kind for kind in _SUBKINDS if kind in kinds), None) if label == "ORG" else None


def by_head(name: str, label: str) -> EntityType | None:
    """Judge by the words of the name: `Aleppo Police Command` is a StateForce, `Ministry of Oil` Government."""
    words = [word.lower().replace("’", "'").rstrip(".") for word in _WORD.findall(name)]
    if not words:
        return None
    before = [word.lower() for word in _WORD.findall(_OF.split(name, maxsplit=1)[0])] or words
    if len(words) > 1 and (place := _kind_of_place(words, before[-1], label)):
        return place
    return _kind_of_group(name, words, before[-1]) if label == "ORG" else None


def _kind_of_place(words: list[str], head: str, label: str) -> EntityType | None:
    lists, some = word_lists(), set(words)
    if (some & lists["facility_head"] or words[0] in ("camp", "fort")) and not some & lists["force_head"]:
        return "Facility"
    if label not in ("FAC", "LOC"):
        return None
    if "-" in head and head.rpartition("-")[2] in lists["media_head"]:
        return "Media"
    if head in ("square", "street", "park", "road", "avenue", "highway"):
        return "Place"
    return "Facility" if head in lists["facility"] else None


def _kind_of_group(name: str, words: list[str], head: str) -> EntityType | None:
    lists, some = word_lists(), set(words)
    rebel = (
        head in ("army", "forces", "force", "units")
        and some & _ARMED_MARK
        and name.split(maxsplit=1)[0] not in country_names()
    )
    if some & lists["group_head"] or rebel:
        return "ArmedGroup"
    for kind, listed in _HEADS:
        if some & lists[listed] and not (kind == "StateForce" and some & _NO_FORCE):
            return kind
    if head in ("coalition", "alliance") and some & {"led", "international", "global"}:
        return "StateForce"
    return None


def _is_person(name: str, folded: str, *, surname: bool) -> bool:
    """Say whether a name of two to four words is built like a person's and known as nothing else."""
    words = name.split()
    if not 1 < len(words) < 5 or not all(
        word[0].isupper() or word.lower().startswith(("al-", "bin")) for word in words
    ):
        return False
    if not all(word.replace("-", "").replace("'", "").replace("’", "").isalpha() for word in words) or name.isupper():
        return False
    if any(word_classes().get(word.lower()) not in (None, "name_part") for word in words) or known_kinds(folded):
        return False
    return words[0] in ("Abu", "Abdul", "Abdel") or (
        is_first_name(words[0]) and (is_last_name(words[-1]) or not surname)
    )
