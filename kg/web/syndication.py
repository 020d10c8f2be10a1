"""What crawlers and feed readers ask for: robots.txt, a map of the site, an Atom feed; decides nothing about a page."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from flask import Blueprint, Response, abort, make_response

from kg.service import pages
from kg.service.batches import rows_of
from kg.web.site import site

if TYPE_CHECKING:
    from collections.abc import Iterable

blueprint = Blueprint("syndication", __name__)

_NEWEST = 30
_TOLD = 8  # events in a feed entry
# searches and queries lead on without end
_ROBOTS = """User-agent: *
Disallow: /sparql
Disallow: /search
Disallow: /try
Disallow: /lookup
Disallow: /reconcile
Disallow: /data/
Disallow: /graph/

Sitemap: {base}sitemap.xml
"""


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Keep crawlers on the pages about things."""
    return _typed(_ROBOTS.format(base=site().store.base), "text/plain")


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """List the parts of the site's map (https://www.sitemaps.org/protocol.html)."""
    base = site().store.base
    counts = dict(pages.overview(site().asker).counts)
    parts = [
        f"<sitemap><loc>{base}sitemap/{kind}-{number}.xml</loc></sitemap>"
        for kind in pages.SITE_KINDS
        for number in range(1, -(-counts.get(kind, 0) // pages.SITE_PART) + 1)
    ]
    return _sitemap("sitemapindex", parts)


@blueprint.get("/sitemap/<kind>-<int:number>.xml")
def sitemap_part(kind: str, number: int) -> Response:
    """List some pages of one kind."""
    if kind not in pages.SITE_KINDS or number < 1:
        abort(404, f"There is no map of {kind}")
    base = site().store.base
    lines = []
    for entry in pages.site_entries(site().asker, kind, number):
        page = f"{base}page/{entry.iri.removeprefix(f'{base}id/')}"
        day = f"<lastmod>{entry.day}</lastmod>" if entry.day else ""
        lines.append(f"<url><loc>{escape(page)}</loc>{day}</url>")
    return _sitemap("urlset", lines)


@blueprint.get("/feed.atom")
def feed() -> Response:
    """Tell the newest articles with the events they report (RFC 4287)."""
    here, store = site(), site().store
    newest = pages.newest_articles(here.asker, size=_NEWEST)
    told: dict[str, list[str]] = {}
    for row in rows_of(store, "events", [row.article.iri for row in newest]):
        if row["actuality"] in ("happened", "ongoing"):
            told.setdefault(row["article"], []).append(row["label"])
    entries = [_entry(row, told.get(row.article.iri, ()), store.base) for row in newest]
    latest = max((_moment(row.day) for row in newest), default=_moment(""))
    head = (
        f"<title>Conflict News</title><id>{store.base}feed.atom</id><updated>{latest}</updated>"
        f'<link rel="self" type="application/atom+xml" href="{store.base}feed.atom"/><link href="{store.base}"/>'
    )
    return _typed(
        f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">{head}\n{"".join(entries)}</feed>\n',
        "application/atom+xml",
    )


def _entry(row: pages.NewArticle, events: Iterable[str], base: str) -> str:
    page = f"{base}page/{row.article.iri.removeprefix(f'{base}id/')}"
    summary = "; ".join(list(events)[:_TOLD])
    return (
        f"<entry><title>{escape(row.article.label)}</title><id>{escape(row.article.iri)}</id>"
        f"<link href={quoteattr(page)}/><updated>{_moment(row.day)}</updated>"
        f"<author><name>{escape(row.publisher or 'unknown outlet')}</name></author>"
        f"<summary>{escape(summary)}</summary></entry>\n"
    )


def _moment(day: str) -> str:
    """Say a day as the moment that Atom wants; an undated article stands at the beginning of time."""
    return f"{day[:10] or '1970-01-01'}T00:00:00Z"


def _sitemap(root: str, lines: Iterable[str]) -> Response:
    body = "\n".join(lines)
    return _typed(
        f'<?xml version="1.0" encoding="utf-8"?>\n<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{body}\n</{root}>\n',
        "application/xml",
    )


def _typed(body: str, media_type: str) -> Response:
    answer = make_response(body)
    answer.content_type = f"{media_type}; charset=utf-8"
    answer.cache_control.no_cache = True
    return answer
