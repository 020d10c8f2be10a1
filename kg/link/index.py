"""Look-ups in the packaged index: by name, by beginning, by sound, with one slip, by QID; chooses nothing.

The files are mapped, not read, so that processes share them and opening costs milliseconds. An `Index` is immutable.
"""

from __future__ import annotations

import json
import mmap
import struct
import zlib
from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from heapq import nsmallest
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import marisa_trie

from kg.errors import ConfigError
from kg.link import pack
from kg.model import Candidate
from kg.names import fold, sound_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.model import EntityType

PACKAGED = Path(__file__).resolve().parent / "data"
_LETTERS = "abcdefghijklmnopqrstuvwxyz "
# Fewer letters and one slip makes another word of it.
_SHORTEST_SLIP = 5
_COORDINATE_SCALE = 1e5
_KEPT_BLOCKS = 64
_MAIN = frozenset(map(pack.NAME_KINDS.index, ("usual", "label")))
_DEMONYM = pack.NAME_KINDS.index("demonym")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the index knows of one entity. `names` has the label first; `kind` is one of `pack.KINDS`.

    `date` (ISO) is when the facts were fetched, empty where the sources are of several dates.
    """

    number: int
    qid: str
    names: tuple[str, ...]
    kind: str
    popularity: int
    country: str | None
    latitude: float | None
    longitude: float | None
    description: str
    sources: tuple[str, ...]
    date: str = ""

    @property
    def label(self) -> str:
        """The name that the item is shown under."""
        return self.names[0]

    @property
    def type(self) -> EntityType:
        """The entity type that the kind belongs to."""
        return pack.KIND_TYPES[self.kind]

    def numbered(self, number: int) -> Facts:
        """Give these facts under another number."""
        return replace(self, number=number)

    def candidate(self, score: float) -> Candidate:
        """Give these facts as a candidate with this probability."""
        return Candidate(
            qid=self.qid,
            label=self.label,
            score=score,
            type=self.type,
            aliases=self.names[1:],
            description=self.description or None,
            country=self.country,
            latitude=self.latitude,
            longitude=self.longitude,
            source="+".join(self.sources),
            as_of=self.date or None,
        )


class Index:
    """An open index. Entities are numbered by falling popularity."""

    def __init__(self, folder: Path = PACKAGED) -> None:
        try:
            with (folder / "index.bin").open("rb") as stream:
                self._map = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
            self._names = marisa_trie.Trie().mmap(str(folder / "names.marisa"))
            self._keys = marisa_trie.Trie().mmap(str(folder / "keys.marisa"))
        except (OSError, ValueError, RuntimeError) as error:
            raise ConfigError(
                f"{folder}: no index can be opened there ({error}); reinstall conflict-news-kg"
            ) from error
        if self._map[: len(pack.MAGIC)] != pack.MAGIC:
            raise ConfigError(f"{folder / 'index.bin'}: not an index of this version; build it again")
        (length,) = struct.unpack_from("<Q", self._map, len(pack.MAGIC))
        base = len(pack.MAGIC) + 8
        head = json.loads(self._map[base : base + length])
        self.version: str = head["version"]
        self._sources: list[str] = head["sources"]
        self._date: str = head.get("date", "")
        view = memoryview(self._map)
        start = base + length
        sections: dict[str, Any] = {
            name: view[start + at : start + at + size].cast(pack.SECTION_CODES[name])
            for name, (at, size) in head["sections"].items()
        }
        self._name_slots, self._name_posts = sections["name_slots"], sections["name_posts"]
        self._key_slots, self._key_posts = sections["key_slots"], sections["key_posts"]
        self._qids, self._by_qid = sections["qids"], sections["by_qid"]
        self._popularity, self._kinds = sections["popularity"], sections["kinds"]
        self._countries, self._country_qids = sections["countries"], sections["country_qids"]
        self._source_bits, self._placed = sections["sources"], sections["placed"]
        self._latitudes, self._longitudes = sections["latitudes"], sections["longitudes"]
        self._block_starts, self._blocks = sections["block_starts"], sections["blocks"]
        self._block = lru_cache(maxsize=_KEPT_BLOCKS)(self._read_block)

    def __len__(self) -> int:
        return len(self._qids)

    # --- names → entities ---------------------------------------------------------------------------------------------

    def exact(self, name: str) -> list[tuple[int, str]]:
        """Return `(entity, how the name stands to it)` for all that bear the name, the better known first."""
        return self._bearers(fold(name))

    def _bearers(self, folded: str) -> list[tuple[int, str]]:
        at = self._names.get(folded)
        if at is None:
            return []
        posts = _list(self._name_slots[at], self._name_posts)
        return [(entity, pack.NAME_KINDS[how]) for entity, how in map(pack.unpack_post, posts)]

    def starting(self, text: str, *, limit: int = 10, scan: int = 1000) -> list[tuple[int, str]]:
        """Return `(entity, folded name)` for names that begin so: those shown under it first, then by renown.

        Looks at no more than `scan` names; the files are laid out so that these hold the well-known ones.
        """
        found: dict[int, tuple[bool, str]] = {}
        slots, posts = self._name_slots, self._name_posts
        for name, at in islice(self._names.iteritems(fold(text)), scan):
            for post in _list(slots[at], posts):
                entity, how = pack.unpack_post(post)
                if how == _DEMONYM:
                    continue
                other = (how not in _MAIN, name)
                if entity not in found or other < found[entity]:
                    found[entity] = other
        ranked = nsmallest(limit, ((aside, entity, name) for entity, (aside, name) in found.items()))
        return [(entity, name) for _, entity, name in ranked]

    def slipped(self, name: str) -> list[tuple[int, str]]:
        """Return `(entity, folded name)` for names that differ by one letter more, less, other, or two letters swapped."""
        folded = fold(name)
        if len(folded) < _SHORTEST_SLIP or not folded.isascii():
            return []
        found: dict[int, str] = {}
        for other in _one_edit(folded):
            if other in self._names:
                for entity, how in self._bearers(other):
                    if how != "demonym":
                        found.setdefault(entity, other)
        return sorted(found.items())

    def sounding(self, name: str) -> list[int]:
        """Return the entities of which some name has the same sound key."""
        key = sound_key(name)
        at = self._keys.get(key) if key else None
        return [] if at is None else _list(self._key_slots[at], self._key_posts)

    def number(self, qid: str) -> int | None:
        """Return the entity with this QID, or `None`."""
        if not (qid[:1] == "Q" and qid[1:].isdigit()):
            return None
        wanted = int(qid[1:])
        at = bisect_left(self._by_qid, wanted, key=self._qids.__getitem__)
        return self._by_qid[at] if at < len(self._by_qid) and self._qids[self._by_qid[at]] == wanted else None

    def is_fetched(self, entity: int) -> bool:  # noqa: ARG002 - see `kg.link.layers`
        """Tell whether the user has fetched it from Wikidata; nothing in the packaged index is."""
        return False

    def qid(self, entity: int) -> str:
        """Return the item number of an entity."""
        return f"Q{self._qids[entity]}"

    # --- entities → facts ---------------------------------------------------------------------------------------------

    def popularity(self, entity: int) -> int:
        """Tell how well known it is, 0–255."""
        return int(self._popularity[entity])

    def kind(self, entity: int) -> str:
        """Return its finer type, one of `pack.KINDS`."""
        kind: str = pack.KINDS[self._kinds[entity]]
        return kind

    def country(self, entity: int) -> str | None:
        """Return the QID of its country, or `None`; a country is its own."""
        if self.kind(entity) == "country":
            return f"Q{self._qids[entity]}"
        qid = self._country_qids[self._countries[entity]]
        return f"Q{qid}" if qid else None

    def facts(self, entity: int) -> Facts:
        """Read all that is known of one entity."""
        description, *names = self._block(entity // pack.BLOCK)[entity % pack.BLOCK].split("\t")
        latitude, longitude = self._coordinates(entity)
        bits = self._source_bits[entity]
        return Facts(
            number=entity,
            qid=f"Q{self._qids[entity]}",
            names=tuple(names),
            kind=self.kind(entity),
            popularity=self.popularity(entity),
            country=self.country(entity),
            latitude=latitude,
            longitude=longitude,
            description=description,
            sources=tuple(name for at, name in enumerate(self._sources) if bits >> at & 1),
            date=self._date,
        )

    def _coordinates(self, entity: int) -> tuple[float, float] | tuple[None, None]:
        at = bisect_left(self._placed, entity)
        if at == len(self._placed) or self._placed[at] != entity:
            return None, None
        return self._latitudes[at] / _COORDINATE_SCALE, self._longitudes[at] / _COORDINATE_SCALE

    def _read_block(self, block: int) -> list[str]:
        packed = self._blocks[self._block_starts[block] : self._block_starts[block + 1]]
        return zlib.decompress(packed).decode().split("\n")


@cache
def packaged() -> Index:
    """Open the index that ships with the package, once for each process."""
    return Index()


def _list(slot: int, posts: memoryview) -> list[int]:
    if not slot & pack.MANY:
        return [slot]
    at = slot ^ pack.MANY
    return list(posts[at + 1 : at + 1 + posts[at]])


def _one_edit(word: str) -> Iterator[str]:
    yield from dict.fromkeys(_edits(word))


def _edits(word: str) -> Iterator[str]:
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        if tail:
            yield head + tail[1:]
            if len(tail) > 1 and tail[0] != tail[1]:
                yield head + tail[1] + tail[0] + tail[2:]
            for letter in _LETTERS:
                if letter != tail[0]:
                    yield head + letter + tail[1:]
        for letter in _LETTERS:
            yield head + letter + tail
