"""Towns that have no item in the index, with the coordinates that GeoNames gives them; links nothing.

One mapped file: folded name → country, coordinates and size of each town that bears it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import marisa_trie

from kg.errors import ConfigError
from kg.link.index import PACKAGED
from kg.model import Located
from kg.names import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

FILE = "towns.marisa"
SOURCE = "geonames"
# GeoNames number, item number of the country, latitude and longitude in units of 1e-4 degrees (11 m), logarithm of the people
_SHAPE = "<IIiiB"
_SCALE = 1e4
_SIZE_SCALE = 12
# A name that several towns bear means the largest only where it has this many times the people of the next.
_CLEARLY_LARGER = 4.0
# Without a hint of the country, only a town of this size is meant.
_LARGE = 50_000


@dataclass(frozen=True, slots=True)
class Town:
    """One town. `country` is a QID; `geonames` its number there; `people` is rounded."""

    names: tuple[str, ...]
    geonames: int
    country: str
    latitude: float
    longitude: float
    people: int


class Towns:
    """The open file. Immutable; processes share it."""

    def __init__(self, folder: Path = PACKAGED) -> None:
        try:
            self._trie = marisa_trie.RecordTrie(_SHAPE).mmap(str(folder / FILE))
        except (OSError, RuntimeError) as error:
            raise ConfigError(f"{folder / FILE}: cannot be opened ({error}); reinstall conflict-news-kg") from error

    def located(self, name: str, countries: Mapping[str, float]) -> Located | None:
        """Return where the town of that name lies, if the name or the article's countries (QID → weight) leave one."""
        found = [_town(record) for record in self._trie.get(fold(name)) or ()]
        at_home = [town for town in found if countries.get(town.country, 0.0) > 0]
        if not at_home and (countries or not found or max(town.people for town in found) < _LARGE):
            return None
        ranked = sorted(at_home or found, key=lambda town: (-town.people, town.geonames))
        if len(ranked) > 1 and ranked[0].people < _CLEARLY_LARGER * ranked[1].people:
            return None
        best = ranked[0]
        return Located(
            best.latitude, best.longitude, best.country, SOURCE, f"https://sws.geonames.org/{best.geonames}/"
        )


def write(folder: Path, towns: Iterable[Town]) -> int:
    """Write the file and return how many names it holds; the same towns give the same bytes."""
    rows = set()
    for town in towns:
        size = min(255, round(_SIZE_SCALE * math.log(max(1, town.people))))
        record = (
            town.geonames,
            int(town.country[1:]),
            round(town.latitude * _SCALE),
            round(town.longitude * _SCALE),
            size,
        )
        rows |= {(fold(name), record) for name in town.names if fold(name)}
    folder.mkdir(parents=True, exist_ok=True)
    marisa_trie.RecordTrie(_SHAPE, sorted(rows)).save(str(folder / FILE))
    return len(rows)


def _town(record: tuple[int, int, int, int, int]) -> Town:
    geonames, country, latitude, longitude, size = record
    people = round(math.exp(size / _SIZE_SCALE))
    return Town((), geonames, f"Q{country}", latitude / _SCALE, longitude / _SCALE, people)


@cache
def packaged_towns() -> Towns:
    """Open the file that ships with the package, once for each process."""
    return Towns()
