"""The tables that correct the sources item by item: conflict actors, removals, retypings, curated types, demonyms, usual names.

Decides only which of their rows may be used: rows that rest on a source whose licence forbids it stay out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import kinds
from merge import Item
from sources import table

from kg.names import fold

if TYPE_CHECKING:
    from pathlib import Path

# Evidence that may not be passed on (CC BY-NC, or a licence not yet checked); a row needs another witness beside these.
_CLOSED = re.compile(r"opensanctions|partyfacts", re.IGNORECASE)
_POINT = re.compile(r"Point\((-?[\d.]+) (-?[\d.]+)\)")
_ACTOR_TRUST = 1

_LANDS = ("country", "admin", "historic-country", "region")
# `Iraqis`, `Germans`, `Swedes`; but the Chinese, the Swiss, Scottish and Frenchmen have no such plural.
_PLURAL = re.compile(
    r"(?<!m)(?<!wom)(?:an|on|in|er|ot|ek|ek|ak|al|i|o|b|t|d|akh|ar|ik|av|ien|ina|ite|Turk|Finn|Dane|Pole|Swede|ene|ine|Czech|Greek|Afghan|German|Roman)$"
)


def may_use(evidence: str) -> bool:
    """Tell whether at least one witness of a row is free to use."""
    return any(not _CLOSED.search(part) for part in re.split(r" \+ |; ", evidence) if part.strip())


def apply(items: dict[str, Item], folder: Path) -> None:
    """Apply all tables in the order in which each may correct the one before."""
    for line in table(folder / "curated_types.tsv"):
        _correct(items, line["qid"], line["type"], line["country"], line["aliases"].split("|"), "curated", best=True)
    actors = folder / "conflict-actors"
    for line in table(actors / "actors.tsv"):
        if may_use(line["evidence"]):
            item = items.setdefault(line["qid"], Item(line["qid"]))
            item.labels.append((_ACTOR_TRUST, line["label"]))
            _correct(
                items,
                line["qid"],
                line["type"],
                line["country_qid"],
                [line["label"], *line["aliases"].split("|")],
                "conflict-actors",
            )
            _place(item, line["evidence"])
    for line in table(actors / "alias_and_type_fixes.tsv"):
        if line["qid"] in items and may_use(line["evidence"]):
            _correct(
                items,
                line["qid"],
                line["type_should_be"],
                line["country_qid"],
                line["aliases_to_add"].split("|"),
                "conflict-actors",
            )
            _place(items[line["qid"]], line["evidence"])
    for line in table(actors / "retype.tsv"):
        if line["qid"] in items:
            items[line["qid"]].forced = kinds.SOURCE_KINDS.get(line["new_type"], kinds.DROP)
    for line in table(actors / "alias_removals.tsv"):
        if line["qid"] in items:
            items[line["qid"]].removed |= {name.casefold() for name in line["remove"].split("|")}


def _correct(
    items: dict[str, Item], qid: str, kind: str, country: str, names: list[str], source: str, *, best: bool = False
) -> None:
    item = items.get(qid)
    if item is None:
        return
    if best and not _clashes(item, names):
        item.labels.append((0, names[0]))
    if best and _clashes(item, names):
        return  # the table was made by looking names up, and one name may have found another bearer of the acronym
    item.add_names(names)
    item.forced = kinds.SOURCE_KINDS.get(kind, "") or item.forced
    if country:
        item.countries.append((-1, country))
    if source not in item.sources:
        item.sources.append(source)
    item.boost = max(item.boost, 14 if best else 4)


def _clashes(item: Item, names: list[str]) -> bool:
    """Tell whether the item shares nothing but an acronym with the names that a table wants to give it."""
    long = {word for name in names for word in fold(name).split() if len(word) > 4}
    own = {word for name in item.names.values() for word in fold(name).split() if len(word) > 4}
    return (
        bool(long and own)
        and not long & own
        and not all(name.casefold() in item.names for name in names[:1] if len(name) > 5)
    )


def _place(item: Item, evidence: str) -> None:
    if item.place is None and (found := _POINT.search(evidence)):
        item.place = (float(found[2]), float(found[1]))


def give_demonyms(items: dict[str, Item], path: Path) -> list[str]:
    """Tell what the people of a country are called; return the countries that are not there.

    The table is our own and names countries by their labels; the best known country or land of that name is meant.
    """
    lands: dict[str, list[Item]] = {}
    for item in items.values():
        if item.forced in _LANDS:
            for key, name in item.names.items():
                if key not in item.removed:
                    lands.setdefault(fold(name), []).append(item)
    missing = []
    for line in table(path):
        found = lands.get(fold(line["country"]), [])
        if not found:
            missing.append(line["country"])
            continue
        best = min(found, key=lambda item: (_LANDS.index(item.forced), -item.languages, -len(item.sources), item.qid))
        for word in line["words"].split("|"):
            best.demonyms += [word, f"{word}s"] if _PLURAL.search(word) else [word]
        if "demonyms" not in best.sources:
            best.sources.append("demonyms")
    return missing


def give_usual_names(items: dict[str, Item], path: Path, codes: dict[str, str]) -> list[str]:
    """Mark what a bare name means to a news reader; return the lines whose item is not there.

    The table names items by label, kind and country code (`-`: any), and the QID is looked up: the best known bearer counts.
    """
    bearers: dict[str, list[Item]] = {}
    for item in items.values():
        for key, name in item.names.items():
            if key not in item.removed:
                bearers.setdefault(fold(name), []).append(item)
    missing = []
    for line in table(path):
        found = [item for item in bearers.get(fold(line["label"]), []) if _meant(item, line, codes)]
        if not found:
            missing.append(line["name"])
            continue
        best = max(
            found, key=lambda item: (fold(item.label()) == fold(line["label"]), item.languages + 4 * len(item.sources))
        )
        best.usual.append(line["name"])
        best.add_names([line["name"]])
        best.removed.discard(line["name"].casefold())
        if "usage" not in best.sources:
            best.sources.append("usage")
    return missing


def _meant(item: Item, line: dict[str, str], codes: dict[str, str]) -> bool:
    countries = {codes.get(code, code) for _, code in item.countries}
    at_home = line["country"] in ("-", "") or codes.get(line["country"], "?") in countries
    return at_home and line["kind"] in ("-", item.forced)
