"""Values in words: names of terms, dates, counts and ranges as people read them; asks no store."""

from __future__ import annotations

import re
from datetime import date

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

_PART = re.compile(r"/([a-z]+)/[0-9a-f]{16}-([\w-]+)$")
_SPAN = re.compile(r"#char=(\d+),(\d+)$")


def local_name(iri: str) -> str:
    """Return what follows the last `#`, `/` or `:`."""
    return re.split(r"[#/:]", iri.rstrip("/#"))[-1]


def humanise(iri: str) -> str:
    """Take a term's name apart: `…#IndirectFireAttack` → `indirect fire attack`, `…/claim/<article>-3` → `claim 3`."""
    if part := _PART.search(iri):
        return f"{part[1]} {part[2]}"
    if span := _SPAN.search(iri):
        return f"characters {span[1]}–{span[2]}"
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[-_]", " ", local_name(iri))
    return spaced if spaced.isupper() else spaced.lower()


def day(text: str) -> str:
    """Write an ISO date or date-time as `3 January 2020`; anything else as it stands."""
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        return text
    return f"{found.day} {_MONTHS[found.month - 1]} {found.year}"


def month(text: str) -> str:
    """Write `2020-01` as `January 2020`."""
    year, _, number = text.partition("-")
    return f"{_MONTHS[int(number) - 1]} {year}" if number.isdigit() and 1 <= int(number) <= 12 else text


def days(earliest: str, latest: str) -> str:
    """Write the days between which something lies: `3 January 2020`, `1–10 January 2020`, `until 4 May 2019`."""
    if not earliest or not latest:
        bound = "from" if earliest else "until"
        return f"{bound} {day(earliest or latest)}" if earliest or latest else ""
    if earliest == latest:
        return day(earliest)
    if earliest[:7] == latest[:7]:
        return f"{int(earliest[8:10])}–{day(latest)}"
    if earliest[:4] == latest[:4]:
        return f"{day(earliest).rpartition(' ')[0]} – {day(latest)}"
    return f"{day(earliest)} – {day(latest)}"


def count(minimum: int | None, maximum: int | None) -> str:
    """Write a count and how open it is: `3`, `12 or more`, `up to 20`, `10–15`."""
    if minimum is None:
        return "number not given" if maximum is None else f"up to {maximum}"
    if maximum is None:
        return f"{minimum} or more"
    return str(minimum) if minimum == maximum else f"{minimum}–{maximum}"
