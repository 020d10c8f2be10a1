"""The pages of the site, for crawlers: some addresses at a time, as most sitemaps are read in parts; writes no XML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.service.pages.asking import Asker

_QUERIES = {"articles": "site_articles", "entities": "site_entities"}
SITE_KINDS = tuple(_QUERIES)
SITE_PART = 5000  # addresses in one file; the protocol allows 50,000


@dataclass(frozen=True, slots=True)
class SiteEntry:
    """A thing with a page; `day` is when it last changed (ISO 8601), empty where that is not known."""

    iri: str
    day: str


def site_entries(asker: Asker, kind: str, number: int) -> tuple[SiteEntry, ...]:
    """Return the part of that number (from 1) of the things of a kind (`SITE_KINDS`)."""
    found = asker.page(_QUERIES[kind], lambda row: row, {}, number=number, size=SITE_PART)
    return tuple(SiteEntry(str(row["thing"]), str(row.get("day", ""))[:10]) for row in found.items)
