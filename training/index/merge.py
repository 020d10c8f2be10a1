"""Many rows to one record for each item: label, names, kind, country, coordinates, popularity; reads and writes no file.

Every rule is about kinds of evidence, never about one item; the tables of `conflict-actors/` carry what was found out item by item.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import kinds

from kg.link.pack import Record
from kg.names import acronyms, fold, similarity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sources import Row

PLACES = frozenset({"country", "historic-country", "admin", "city", "district", "region", "base", "facility"})
_FORCES = frozenset({"militant-group", "military"})
_MOST_ALIASES = 24
_WELL_KNOWN = 12
_DOUBTFUL_LABEL = 7
_SURE_TYPE = 3
_WITH_ACRONYMS = frozenset({"organisation", "party", "militant-group", "military", "government", "media"})
_DISAMBIGUATION = re.compile(r"\s*\([^()]*\)$")
_OFFICE = re.compile(
    r"^((prime )?minister|president|king|queen|chancellor|secretary|governor|emperor) of\b", re.IGNORECASE
)
_INITIAL = re.compile(r"(?<=\S) \w\.(?= \S)")
_INITIALS = re.compile(r"(?<=[^\W\d]{2})(?: (?:\w\.)+)+(?= \S{2})")


@dataclass(slots=True)
class Item:
    """All that the sources say about one QID, while it is being merged."""

    qid: str
    labels: list[tuple[int, str]] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    kinds: list[tuple[int, str]] = field(default_factory=list)
    countries: list[tuple[int, str]] = field(default_factory=list)
    place: tuple[float, float] | None = None
    population: int = 0
    languages: int = 0
    count: int = 0
    sources: list[str] = field(default_factory=list)
    description: str = ""
    state: str = ""
    forced: str = ""
    removed: set[str] = field(default_factory=set)
    weak: set[str] = field(default_factory=set)
    usual: list[str] = field(default_factory=list)
    demonyms: list[str] = field(default_factory=list)
    boost: int = 0

    def add_names(self, names: Iterable[str]) -> None:
        """Keep each spelling once, the first as it was written."""
        for name in names:
            if name:
                self.names.setdefault(name.casefold(), name)

    def label(self) -> str:
        """Choose the label of the best source that still has its name; a bare code gives way to a real name."""
        kept = sorted((trust, label) for trust, label in self.labels if label.casefold() not in self.removed)
        trust, best = kept[0] if kept else (0, "")
        best = best or next((n for n in self.names.values() if n.casefold() not in self.removed), "")
        if len(best) <= 3 and best.isupper() and trust >= _DOUBTFUL_LABEL:
            longer = [n for n in self.names.values() if len(n) > 3 and n.isascii() and n.casefold() not in self.removed]
            best = min(longer, key=len) if longer else best
        return _DISAMBIGUATION.sub("", best) or best


def add(items: dict[str, Item], row: Row, *, label_trust: int, type_trust: int) -> None:
    """Add one source's row; a gazetteer's row whose name or kind contradicts what is known of the QID is left out."""
    item = items.get(row.qid)
    if item is not None and row.source == "whosonfirst" and not _same(item, row):
        return
    if item is None:
        item = items[row.qid] = Item(row.qid)
    item.labels.append((label_trust + (10 if row.guessed_label else 0), row.label))
    names = [name for name in (row.label, *row.aliases) if _is_name(name, row)]
    keys = {name.casefold() for name in names}
    if row.source == "rigour":
        item.weak |= keys - item.names.keys() - {row.label.casefold()}
    elif row.source != "whosonfirst":
        item.weak -= keys
    item.add_names(names)
    if row.kind:
        item.kinds.append((type_trust, row.kind))
    if row.country:
        item.countries.append((type_trust, row.country))
    if row.latitude is not None and row.longitude is not None and item.place is None:
        item.place = (row.latitude, row.longitude)
    item.population = max(item.population, row.population)
    item.languages = max(item.languages, row.languages)
    item.count = max(item.count, row.count)
    item.description = item.description or row.description
    item.state = item.state or row.state
    if row.source not in item.sources:
        item.sources.append(row.source)


def _same(item: Item, row: Row) -> bool:
    kind = min(item.kinds)[1] if item.kinds else None
    if kind and kind != kinds.DROP and kind not in PLACES:
        return False
    known = list(item.names.values())[:40]
    words = set(fold(row.label).split()) - {"al", "el", "the", "of", "de"}
    return any(words & set(fold(name).split()) for name in known) or any(similarity(row.label, n) >= 0.5 for n in known)


def _is_name(name: str, row: Row) -> bool:
    """Country and language codes, flags and numbered homonyms (`Tripoli1`) are no names of places."""
    if not any(character.isalpha() for character in name) or len(name) > 90 or "�" in name:
        return False
    if row.source == "natural-earth" and name[-1].isdigit():
        return False
    if row.kind == "person" and _OFFICE.search(name):
        return False
    return not (
        row.source == "xfactr"
        and row.kind in PLACES
        and len(name) <= 3
        and name.isascii()
        and fold(name) not in ("us", "usa", "uk")
    )


# --- kinds ------------------------------------------------------------------------------------------------------------


def kind_of(item: Item) -> str | None:
    """Settle the kind by the best evidence; `None` when nothing says what the item is, or that it does not belong here."""
    if item.forced:
        return item.forced if item.forced != kinds.DROP else None
    votes = sorted(item.kinds)
    found = {kind for _, kind in votes} - {kinds.DROP}
    best = votes[0][1] if votes else None
    if best is None:
        best = kinds.of_label(item.label())
    elif best == kinds.DROP:
        sure = votes[0][0] <= _SURE_TYPE
        best = None if sure or "person" not in found else "person"
    elif best in ("organisation", "region", "facility") and (
        special := found & (_FORCES | {"country", "city", "admin", "media", "base", "party"})
    ):
        trusted = [kind for trust, kind in votes if kind in special and trust <= 3]
        best = trusted[0] if trusted else best
    if best == "city" and "country" in found and "rigour" in item.sources:
        best = "country"
    if best == "admin" and "city" in found and "natural-earth" in item.sources:
        best = "city"  # a capital that is also a federal unit
    return None if best == kinds.DROP else best


def people_by_first_name(items: Iterable[Item]) -> set[str]:
    """Collect the first names that at least five known persons bear, and hardly anything else: evidence for untyped rows."""
    persons: Counter[str] = Counter()
    others: Counter[str] = Counter()
    for item in items:
        words = item.label().split()
        if len(words) in (2, 3) and item.kinds:
            (persons if min(item.kinds)[1] == "person" else others)[words[0]] += 1
    return {name for name, count in persons.items() if count >= 5 and count >= 4 * others[name]}


# --- popularity -------------------------------------------------------------------------------------------------------

_PRIORS = {
    "country": 60, "historic-country": -25, "admin": 12, "city": 0, "region": 12, "district": -15, "militant-group": 28,
    "military": 22, "government": 18, "media": 12, "war": 16, "event": 4, "ethnic": 10, "party": 8, "base": 4, "weapon": 8,
    "person": 6, "organisation": 6, "facility": 0, "other": 0,
}  # fmt: skip


def popularity(item: Item, kind: str) -> int:
    """Estimate how well known an item is, 0–255: languages that name it, people who live there, sources that know it, its kind.

    Sitelinks are not to be had offline. An item without any evidence but one list stays near its kind's prior.
    """
    value = float(_PRIORS[kind]) + 3.2 * item.languages + 4 * (len(set(item.sources)) - 1) + item.boost
    if kind in ("city", "admin", "country", "region") and item.population:
        # a province's population is its towns' too, so it counts for less
        value += (9 if kind == "city" else 5) * max(0.0, math.log10(item.population + 1) - 3)
    if item.count and item.kinds:
        value += 3 * math.log2(item.count + 1)
    return max(0, min(255, round(value)))


# --- names ------------------------------------------------------------------------------------------------------------

_PREFIXES = (
    ("United States Department of ", ("Department of {}", "{} Department", "US {} Department", "US Department of {}")),
    ("Ministry of ", ("{} Ministry",)),
    ("United States ", ("US {}", "American {}")),
    ("Islamic Republic of ", ("{}",)),
)
_COMPANY = re.compile(r",?\s+(Inc\.?|Corporation|Corp\.?|Company|Co\.|Ltd\.?|plc|PLC|AG|Group|NV|S\.A\.|SE)$")
# What follows a name of two words or more that stands by itself: `Federal Reserve System`, `Dow Chemical Company`.
_BODY = re.compile(
    r"\s+(System|Administration|Agency|Organi[sz]ation|Service|Group|Industries|Holdings|Limited|S\.p\.A\.|International)$"
)
_ADMIN_WORDS = re.compile(
    r"\s+(governorate|province|region|oblast|district|county|state|department|prefecture|raion|vilayet)$", re.IGNORECASE
)


def variants(label: str, kind: str) -> list[str]:
    """Make further names by rule: `George W. Bush` → `George Bush`; `Idlib Governorate` → `Idlib province`, `Idlib`."""
    made = []
    if kind == "person":
        made += [_INITIAL.sub("", label), _INITIALS.sub("", label)]
    for prefix, shapes in _PREFIXES:
        if label.startswith(prefix) and kind != "person":
            made += [shape.format(label[len(prefix) :]) for shape in shapes]
    if kind == "military" and label.endswith((" Armed Forces", " Army", " Ground Forces")):
        made += [
            re.sub(r" (Armed|Ground) Forces$| Army$", f" {word}", label)
            for word in ("military", "army", "forces", "armed forces")
        ]
    if kind == "admin" and (bare := _ADMIN_WORDS.sub("", label)) != label:
        made += [bare, f"{bare} province", f"{bare} governorate"]
    if kind in PLACES and "," in label:
        made.append(label.split(",", maxsplit=1)[0])
    if kind == "organisation" and (bare := _COMPANY.sub("", label)) != label:
        made.append(bare)
    if kind in ("organisation", "government") and len((bare := _BODY.sub("", label)).split()) > 1:
        made.append(bare)
    if label.startswith("The "):
        made.append(label[4:])
    return [name for name in made if name != label]


def record(item: Item, kind: str, country: str, source_names: tuple[str, ...]) -> Record:
    """Turn a merged item into a record of the index."""
    label = item.label()
    names: list[tuple[str, str]] = [(label, "label")]
    aliases = [name for key, name in item.names.items() if key not in item.removed and name != label]
    aliases.sort(key=lambda name: not name.isascii())
    names += [(name, "alias") for name in aliases[:_MOST_ALIASES]]
    demonyms = {fold(name) for name in item.demonyms}
    names = [
        (name, _standing(name, how, label, kind)) for name, how in names if how == "label" or fold(name) not in demonyms
    ]
    taken = {fold(name) for name, _ in names}
    names += [(name, "variant") for name in variants(label, kind) if fold(name) not in taken]
    if kind in _WITH_ACRONYMS and _DISAMBIGUATION.sub("", label) == label:
        names += [(name, "acronym") for name in acronyms(label) if name not in taken]
    names += [(name, "usual") for name in item.usual]
    names += [(name, "demonym") for name in item.demonyms]
    at = item.place if kind in PLACES else None
    return Record(
        qid=item.qid,
        names=tuple(dict.fromkeys(names)),
        kind=kind,
        popularity=popularity(item, kind),
        country=country,
        latitude=at[0] if at else None,
        longitude=at[1] if at else None,
        description=item.description,
        sources=tuple(source for source in source_names if source in item.sources),
    )


def _standing(name: str, how: str, label: str, kind: str) -> str:
    """Call a lone word that is part of a person's longer name a name shared with others, whatever the source calls it."""
    words = fold(name).split()
    longer = kind == "person" and len(words) == 1 and how == "alias" and words[0] in fold(label).split()
    return "surname" if longer else how


def keep_weak_territory_names_away(items: dict[str, Item]) -> None:
    """Drop an alias that only gazetteers give, where it is a name of another well-known item.

    The territories file counts `Gaza` and `West Bank` as names of Palestine, because it screens persons by their country.
    """
    owners: dict[str, set[str]] = defaultdict(set)
    for item in items.values():
        if item.languages >= _WELL_KNOWN:
            for key in item.names.keys() - item.weak:
                owners[fold(key)].add(item.qid)
    for item in items.values():
        item.removed |= {key for key in item.weak if owners.get(fold(key), set()) - {item.qid}}


def give_shared_names_to_the_better_known(items: dict[str, Item]) -> None:
    """Take a bare name from a row of one hand-made list when a better witnessed item of the same kind bears it as label.

    The list of African groups calls each branch by its mother's name (`Islamic State` in Algeria, in Libya).
    """
    holders: dict[str, list[Item]] = defaultdict(list)
    for item in items.values():
        holders[fold(item.label())].append(item)
    for shared in holders.values():
        best = max(shared, key=lambda item: (len(item.sources), item.languages))
        for item in shared:
            if item is not best and item.sources == ["triad"] and len(item.names) > 1:
                item.removed.add(item.label().casefold())
