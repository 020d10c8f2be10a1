"""The index on disk: its layout, and how it is written; knows neither sources nor look-ups.

Three files: `names.marisa` (folded names), `keys.marisa` (sound keys), `index.bin` (a JSON head, then flat sections that are read
where they lie). Entities are numbered by falling popularity, so a smaller number is the better known one. The same records
give the same bytes.
"""

from __future__ import annotations

import json
import struct
import sys
import zlib
from array import array
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

import marisa_trie

from kg.names import fold, sound_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from kg.model import EntityType

Code = Literal["B", "H", "I", "i"]
MAGIC = b"KGIX\x02\0\0\0"
BLOCK = 64
TYPES: tuple[EntityType, ...] = (
    "Person",
    "Organization",
    "ArmedGroup",
    "StateForce",
    "Government",
    "Media",
    "Place",
    "Facility",
    "Nationality",
    "Other",
)
KIND_TYPES: dict[str, EntityType] = {
    "person": "Person",
    "organisation": "Organization",
    "party": "Organization",
    "militant-group": "ArmedGroup",
    "military": "StateForce",
    "government": "Government",
    "media": "Media",
    "country": "Place",
    "historic-country": "Place",
    "admin": "Place",
    "city": "Place",
    "district": "Place",
    "region": "Place",
    "base": "Facility",
    "facility": "Facility",
    "ethnic": "Nationality",
    "weapon": "Other",
    "event": "Other",
    "war": "Other",
    "other": "Other",
}
KINDS = tuple(KIND_TYPES)
# How a name stands to its item, best first. `usual`: what a bare name means to a news reader; `variant`, `acronym`: made by rule;
# `surname`: one word that a person shares with a family.
NAME_KINDS = ("usual", "label", "alias", "variant", "acronym", "demonym", "surname")
_NAME_BITS = 3
# A slot holds its only posting, or with this bit the place in the postings where a count and then the postings stand.
MANY = 2**31
_SECTIONS: tuple[tuple[str, Code], ...] = (
    ("name_slots", "I"), ("name_posts", "I"), ("key_slots", "I"), ("key_posts", "I"), ("qids", "I"), ("by_qid", "I"),
    ("popularity", "B"), ("kinds", "B"), ("country_qids", "I"), ("countries", "H"), ("sources", "H"), ("placed", "I"), ("latitudes", "i"),
    ("longitudes", "i"), ("block_starts", "I"), ("blocks", "B"),
)  # fmt: skip
SECTION_CODES = dict(_SECTIONS)


@dataclass(frozen=True, slots=True)
class Record:
    """One item for the index. `names` are `(name, how it stands to the item)`, the label first; popularity is 0–255.

    `country` is a QID or empty; `sources` are names out of the list that the index is written with.
    """

    qid: str
    names: tuple[tuple[str, str], ...]
    kind: str
    popularity: int
    country: str = ""
    latitude: float | None = None
    longitude: float | None = None
    description: str = ""
    sources: tuple[str, ...] = ()


def unpack_post(post: int) -> tuple[int, int]:
    """Split a posting into the entity's number and the place in `NAME_KINDS`."""
    return post >> _NAME_BITS, post & (2**_NAME_BITS - 1)


def write(folder: Path, records: Iterable[Record], *, sources: Sequence[str], version: str = "", date: str = "") -> str:
    """Write an index into `folder` and return its version (given, or a hash of the content).

    `date` (ISO) says when its facts were fetched, where that is known for all of them.
    """
    order = sorted(records, key=lambda record: (-record.popularity, int(record.qid[1:])))
    names: dict[str, dict[int, int]] = {}
    keys: dict[str, set[int]] = {}
    for at, record in enumerate(order):
        for name, how in record.names:
            folded = fold(name)
            if not folded:
                continue
            rank = NAME_KINDS.index(how)
            posts = names.setdefault(folded, {})
            posts[at] = min(rank, posts.get(at, rank))
            if how in ("label", "alias", "usual") and (key := sound_key(name)):
                keys.setdefault(key, set()).add(at)
    sections = {code: array(kind) for code, kind in _SECTIONS}
    name_trie, key_trie = _weighted_trie(names, order), marisa_trie.Trie(sorted(keys))
    _posts(name_trie, {n: [(e << _NAME_BITS) | k for e, k in p.items()] for n, p in names.items()}, sections, "name")
    _posts(key_trie, {key: list(found) for key, found in keys.items()}, sections, "key")
    _facts(order, sections, sources)
    _texts(order, sections)
    folder.mkdir(parents=True, exist_ok=True)
    name_trie.save(str(folder / "names.marisa"))
    key_trie.save(str(folder / "keys.marisa"))
    head = {
        "version": version or _digest(sections),
        "entities": len(order),
        "names": len(names),
        "sources": list(sources),
        "date": date,
    }
    (folder / "index.bin").write_bytes(_assemble(head, sections))
    return str(head["version"])


def _weighted_trie(names: dict[str, dict[int, int]], order: list[Record]) -> marisa_trie.Trie:
    """Lay the names out so that walking below a prefix meets the well-known ones early.

    A branch weighs what its names weigh together, so one famous name must outweigh thousands of villages.
    """
    listed = sorted(names)
    weights = [2.0 ** (order[min(names[name])].popularity / 6) for name in listed]
    return marisa_trie.Trie(listed, order=marisa_trie.WEIGHT_ORDER, weights=weights)


def _digest(sections: dict[str, array[int]]) -> str:
    return sha256(b"".join(section.tobytes() for section in sections.values())).hexdigest()[:12]


def _posts(trie: marisa_trie.Trie, found: dict[str, list[int]], sections: dict[str, array[int]], prefix: str) -> None:
    by_id = [found[trie.restore_key(at)] for at in range(len(trie))]
    slots, lists = sections[f"{prefix}_slots"], sections[f"{prefix}_posts"]
    for posts in by_id:
        if len(posts) == 1:
            slots.append(posts[0])
        else:
            slots.append(MANY | len(lists))
            lists.extend([len(posts), *sorted(posts)])


def _facts(order: list[Record], sections: dict[str, array[int]], sources: Sequence[str]) -> None:
    bit = {source: 1 << at for at, source in enumerate(sources)}
    countries = ["", *sorted({record.country for record in order if record.country})]
    place_of = {country: at for at, country in enumerate(countries)}
    sections["country_qids"].extend(int(country[1:] or 0) for country in countries)
    for at, record in enumerate(order):
        sections["qids"].append(int(record.qid[1:]))
        sections["popularity"].append(max(0, min(255, record.popularity)))
        sections["kinds"].append(KINDS.index(record.kind))
        sections["countries"].append(place_of[record.country])
        sections["sources"].append(sum(bit[source] for source in set(record.sources)))
        if record.latitude is not None and record.longitude is not None:
            sections["placed"].append(at)
            sections["latitudes"].append(round(record.latitude * 1e5))
            sections["longitudes"].append(round(record.longitude * 1e5))
    sections["by_qid"].extend(sorted(range(len(order)), key=sections["qids"].__getitem__))


def _texts(order: list[Record], sections: dict[str, array[int]]) -> None:
    """Names as written and the description, 64 entities a block, so that reading one costs some tens of microseconds."""
    for start in range(0, len(order), BLOCK):
        lines = []
        for record in order[start : start + BLOCK]:
            shown = dict.fromkeys(name for name, how in record.names if how in ("label", "alias"))
            lines.append("\t".join([record.description, *shown]))
        sections["block_starts"].append(len(sections["blocks"]))
        sections["blocks"].frombytes(zlib.compress("\n".join(lines).encode(), 9))
    sections["block_starts"].append(len(sections["blocks"]))


def _assemble(head: dict[str, object], sections: dict[str, array[int]]) -> bytes:
    body, places = bytearray(), {}
    for name, section in sections.items():
        if sys.byteorder == "big":
            section.byteswap()
        places[name] = (len(body), len(section) * section.itemsize)
        body += section.tobytes()
        body += b"\0" * (-len(body) % 8)
    text = json.dumps({**head, "sections": places}, sort_keys=True).encode()
    text += b" " * (-len(text) % 8)
    return MAGIC + struct.pack("<Q", len(text)) + text + bytes(body)
