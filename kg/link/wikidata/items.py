"""An item's JSON as plain values: names with fallback languages, the best statements, dates as far as they are known.

Follows the Wikibase JSON data model (doc.wikimedia.org/Wikibase, "JSON"); asks nobody.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

# In this order: the first language that has a label gives it. `mul` holds names that are the same in all languages.
LANGUAGES = ("en", "en-us", "en-gb", "en-ca", "mul", "fr", "de", "es", "it", "pt", "nl", "sv", "pl", "tr", "id")
# Names are taken from these only: an article in English uses no other spelling.
_ENGLISH = frozenset({"en", "en-us", "en-gb", "en-ca", "mul"})
CLASS, SUBCLASS, COUNTRY, CITIZENSHIP, PLACE = "P31", "P279", "P17", "P27", "P625"
BORN, DIED, BEGAN, ENDED = "P569", "P570", "P571", "P576"
_EARTH = "http://www.wikidata.org/entity/Q2"
_TIME = re.compile(r"([+-])(\d{1,16})-(\d\d)-(\d\d)T")
# Precisions of a time value: 9 a year, 10 a month, 11 a day; below 9 decades and centuries, above 11 hours, never used.
_YEAR, _MONTH, _DAY = 9, 10, 11


@dataclass(frozen=True, slots=True)
class Moment:
    """The days that a date may mean, inclusive: a year without month is all of its days."""

    earliest: date
    latest: date


@dataclass(frozen=True, slots=True)
class Item:
    """What we take from one item. `names` has the label first; classes, countries are item ids of best rank.

    `since` and `until` are birth and death, or beginning and end. `links` counts the Wikipedias and sister sites that have a page.
    """

    qid: str
    names: tuple[str, ...]
    description: str = ""
    classes: tuple[str, ...] = ()
    supers: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    since: Moment | None = None
    until: Moment | None = None
    links: int = 0

    @property
    def label(self) -> str:
        """The name that it is shown under, or its number where no language that we read has one."""
        return self.names[0] if self.names else self.qid


def read_item(found: dict[str, Any]) -> Item:
    """Read an item's JSON; what is missing or odd in it is left out, never guessed."""
    claims = _mapping(found.get("claims"))
    latitude, longitude = _coordinates(claims)
    since, until = _moment(claims, BORN, BEGAN), _moment(claims, DIED, ENDED)
    return Item(
        qid=str(found["id"]),
        names=_names(found),
        description=_first(_mapping(found.get("descriptions"))),
        classes=_targets(claims, CLASS),
        supers=_targets(claims, SUBCLASS),
        countries=_targets(claims, COUNTRY) or _targets(claims, CITIZENSHIP),
        latitude=latitude,
        longitude=longitude,
        since=since,
        until=until,
        links=len(_mapping(found.get("sitelinks"))),
    )


def _mapping(value: object) -> dict[str, Any]:
    """Read a JSON object; an empty one comes as an empty list from some versions of the API."""
    return value if isinstance(value, dict) else {}


def _names(found: dict[str, Any]) -> tuple[str, ...]:
    labels, aliases = _mapping(found.get("labels")), _mapping(found.get("aliases"))
    names = [_first(labels)]
    for language in LANGUAGES:
        if language in _ENGLISH:
            names += [_value(labels.get(language)), *map(_value, aliases.get(language) or [])]
    return tuple(dict.fromkeys(name for name in names if name))


def _first(texts: dict[str, Any]) -> str:
    """Return the text of the first language that has one, also under the fallback that the API itself chose."""
    return next((text for language in LANGUAGES if (text := _value(texts.get(language)))), "")


def _value(term: object) -> str:
    text = term.get("value") if isinstance(term, dict) else None
    return " ".join(text.split()) if isinstance(text, str) else ""


def best(claims: dict[str, Any], prop: str) -> list[Any]:
    """Return the values of best rank: preferred ones, else normal ones, never deprecated ones.

    `somevalue` (there is one, unknown) and `novalue` (there is none) have no value to return, but they count for the rank: a
    preferred `novalue` says that older values hold no more.
    """
    listed = claims.get(prop)
    statements = [s for s in listed if isinstance(s, dict)] if isinstance(listed, list) else []
    ranked = [s for s in statements if s.get("rank") == "preferred"] or [
        s for s in statements if s.get("rank", "normal") == "normal"
    ]
    values = []
    for statement in ranked:
        snak = _mapping(statement.get("mainsnak"))
        if snak.get("snaktype") == "value" and "value" in _mapping(snak.get("datavalue")):
            values.append(snak["datavalue"]["value"])
    return values


def _targets(claims: dict[str, Any], prop: str) -> tuple[str, ...]:
    found = (_mapping(value).get("id") for value in best(claims, prop))
    return tuple(dict.fromkeys(qid for qid in found if isinstance(qid, str) and qid[:1] == "Q" and qid[1:].isdigit()))


def _coordinates(claims: dict[str, Any]) -> tuple[float, float] | tuple[None, None]:
    for value in map(_mapping, best(claims, PLACE)):
        latitude, longitude = value.get("latitude"), value.get("longitude")
        if value.get("globe", _EARTH) != _EARTH or not isinstance(latitude, (int, float)):
            continue  # a crater on the moon is no place in the news
        if isinstance(longitude, (int, float)) and -90 <= latitude <= 90 and -180 <= longitude <= 180:
            return float(latitude), float(longitude)
    return None, None


def _moment(claims: dict[str, Any], *props: str) -> Moment | None:
    for prop in props:
        found = [moment for value in best(claims, prop) if (moment := read_time(value))]
        if found:
            return Moment(min(m.earliest for m in found), max(m.latest for m in found))
    return None


def read_time(value: object) -> Moment | None:
    """Read a time value; month and day may be 00 and count only as far as the precision says.

    `None` for what a calendar day cannot hold: years before 1 and dates less exact than a year.
    """
    known = _mapping(value)
    parts = _TIME.match(str(known.get("time", "")))
    precision = known.get("precision")
    if parts is None or parts[1] == "-" or not isinstance(precision, int) or precision < _YEAR:
        return None
    year, month, day = int(parts[2]), int(parts[3]), int(parts[4])
    if not 1 <= year <= date.max.year:
        return None
    if precision < _MONTH or not 1 <= month <= 12:
        return Moment(date(year, 1, 1), date(year, 12, 31))
    last = calendar.monthrange(year, month)[1]
    if precision < _DAY or not 1 <= day <= last:
        return Moment(date(year, month, 1), date(year, month, last))
    return Moment(date(year, month, day), date(year, month, day))
