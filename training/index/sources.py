"""The per-source TSVs as rows of one shape; decides nothing about what they are worth.

Each row says what one source says about one item. `SOURCES` is ordered: the first has the best labels.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import kinds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

csv.field_size_limit(10**9)


@dataclass(frozen=True, slots=True)
class Row:
    """What one source says about one item. `country` is a QID or a code of the source; `languages` counts X-FACTR languages."""

    source: str
    qid: str
    label: str
    aliases: tuple[str, ...] = ()
    kind: str | None = None
    country: str = ""
    latitude: float | None = None
    longitude: float | None = None
    population: int = 0
    languages: int = 0
    count: int = 0
    guessed_label: bool = False
    description: str = ""
    state: str = ""


# (name, file, label trust: lower is better, type trust)
SOURCES: tuple[tuple[str, str, int, int], ...] = (
    ("rigour", "rigour-territories/territories.tsv", 0, 0),
    ("natural-earth", "natural-earth/ne_places.tsv", 2, 1),
    ("congress", "congress-legislators/congress.tsv", 3, 1),
    ("everypolitician", "everypolitician-scrapers/ep_people.tsv", 3, 1),
    ("media-cred", "wiki-media-cred/us_newspapers.tsv", 2, 1),
    ("media-cred", "wiki-media-cred/us_cities.tsv", 3, 2),
    ("triad", "triad-africa/triad.tsv", 6, 3),
    ("xfactr", "xfactr-aliases/xfactr.tsv", 7, 2),
    ("elevant", "elevant-names/elevant.tsv", 1, 6),
    ("whosonfirst", "whosonfirst/wof_places.tsv", 4, 5),
    ("name-suggestion", "name-suggestion-index/nsi.tsv", 8, 7),
    ("fewrel", "fewrel/fewrel.tsv", 9, 9),
)
# Of the brands and operators only forces and authorities concern the news: no shops, no schools.
_PUBLIC_BODY = re.compile(r"nsi=operators/(amenity/police|military/|office/government)")
NAMES = (*dict.fromkeys(name for name, *_ in SOURCES), "conflict-actors", "curated", "demonyms", "geonames", "usage")


def table(path: Path) -> list[dict[str, str]]:
    """Read one TSV with a header line, which may begin with `#`."""
    with path.open(encoding="utf-8", newline="") as stream:
        lines = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [{key.lstrip("#"): value or "" for key, value in line.items() if key is not None} for line in lines]


def rows(folder: Path, name: str, file: str) -> Iterator[Row]:
    """Yield the rows of one source."""
    for line in table(folder / file):
        extra = line.get("extra", "")
        if name == "name-suggestion" and not _PUBLIC_BODY.search(extra):
            continue
        yield Row(
            source=name,
            qid=line["qid"],
            label=line["label"].strip(),
            aliases=tuple(alias for alias in line["aliases"].split("|") if alias),
            kind=_kind(name, line, extra),
            country=line.get("country", ""),
            latitude=_number(line.get("lat", "")),
            longitude=_number(line.get("lon", "")),
            population=int(_number(line.get("population", "")) or 0),
            languages=int(_field(extra, "nlang") or 0),
            count=int(_field(extra, "n") or 0) if name == "elevant" else 0,
            guessed_label="label=guess" in extra,
            description=_description(name, extra),
            state=_field(extra, "state") if file.endswith("us_cities.tsv") else "",
        )


def _kind(name: str, line: dict[str, str], extra: str) -> str | None:
    said = kinds.SOURCE_KINDS.get(line.get("type", ""))
    if name == "xfactr":
        said = kinds.of_classes(_classes(extra)) or said
    elif name == "elevant":
        said = _whitelisted(_field(extra, "elevant_type").split())
    elif name == "name-suggestion":
        said = "government" if "office" in extra else "military"
    elif name == "whosonfirst":
        said = kinds.PLACETYPES.get(line["placetype"])
    elif name == "rigour" and _field(extra, "code") == line["country"].casefold() and "region=None" not in extra:
        said = "country"
    elif name == "rigour" and line["type"] == "country" and "region=None" in extra:
        said = "historic-country"
    return said


def _whitelisted(found: list[str]) -> str | None:
    """Read ELEVANT's coarse types; several at once mean that the item was typed by a wide net, and only a person is sure."""
    known = [kinds.WHITELIST[qid] for qid in found if qid in kinds.WHITELIST]
    if not found or found == ["OTHER"]:
        return None
    if not known or (known[0] == "person" and len(found) > 1 and "Q43229" not in found):
        return kinds.DROP  # a position or an occupation counts as a kind of person there
    return (
        known[0]
        if len(found) == 1
        else ("region" if known[0] == "region" else "organisation" if "organisation" in known else known[0])
    )


def _classes(extra: str) -> list[str]:
    part = re.search(r"P31=(.*?);(?:nlang|label)=", extra)
    found = [piece.split(",", 1)[1] for piece in part[1].split(";") if "," in piece] if part else []
    # class labels in another script come from vandalism that the dump kept
    return [label for label in found if label.isascii() or re.match(r"[A-Za-zÀ-ſ' -]+$", label)]


def _description(name: str, extra: str) -> str:
    if name == "xfactr":
        return ", ".join(label for label in _classes(extra)[:2] if label != "human")
    if name == "everypolitician":
        return _field(extra, "pos").split("|")[0][:80]
    return ""


def _field(extra: str, name: str) -> str:
    found = re.search(rf"(?:^|;){name}=([^;]*)", extra)
    return found[1] if found else ""


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
