"""What the templates need to show values: local links, asset addresses, the timeline's geometry; reads no store."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from flask import g, request, url_for

from kg.service.pages.words import month
from kg.vocab import WD
from kg.web.site import site

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Flask

    from kg.service.pages.article import ArticlePage
    from kg.service.pages.map import EventMap
    from kg.service.pages.overview import Bar

_STATIC = Path(__file__).resolve().parent / "static"


def register(app: Flask) -> None:
    """Make the filters and functions known to the templates."""
    app.jinja_env.filters["href"] = href
    app.jinja_env.filters["graph_href"] = graph_href
    app.jinja_env.filters["sparql_href"] = sparql_href
    app.jinja_env.filters["anchor"] = anchor
    app.jinja_env.filters["data_href"] = data_href
    app.jinja_env.filters["capital"] = capital
    app.jinja_env.filters["thousands"] = thousands
    app.jinja_env.globals["asset"] = asset
    app.jinja_env.globals["described"] = described
    app.jinja_env.globals["turned"] = turned
    app.jinja_env.globals["timeline"] = timeline
    app.jinja_env.globals["map_points"] = map_points
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def href(iri: str) -> str:
    """Return the page of a thing of this store on this server, else the IRI itself if it is a web address.

    A span leads to its place in the article's page: the page's element ids are the IRIs' own fragments.
    """
    base = site().store.base
    if "unstored" in g:
        return _trial_href(iri, base)
    if iri.startswith(f"{base}id/"):
        path, _, fragment = iri[len(base) + 3 :].partition("#")
        return f"/page/{quote(path)}" + (f"#{fragment}" if fragment else "")
    return iri if iri.startswith(("http://", "https://")) else ""


def _trial_href(iri: str, base: str) -> str:
    """Return where a thing stands when the article on show is in no store: in this page, in the store, or at Wikidata."""
    path = iri.removeprefix(f"{base}id/")
    kind, _, name = path.partition("/")
    if kind == "article" and "#" in name:
        return f"#{name.partition('#')[2]}"
    if kind in ("event", "claim") and name.startswith(f"{g.unstored}-"):
        return f"#{kind}-{quote(name)}"
    if kind == "entity" and iri not in g.known:
        return f"{WD}{name}" if re.fullmatch(r"Q[1-9]\d*", name) else ""
    return f"/page/{quote(path)}" if kind == "entity" else ""


def graph_href(iri: str) -> str:
    """Return the local address of a named graph."""
    base = site().store.base
    return f"/{quote(iri[len(base) :])}" if iri.startswith(f"{base}graph/") else href(iri)


def data_href(iri: str, suffix: str) -> str:
    """Return the local address of a thing's RDF in one format."""
    base = site().store.base
    return f"/data/{quote(iri[len(base) + 3 :].partition('#')[0])}.{suffix}"


def sparql_href(query: str) -> str:
    """Return the query page with this query in the editor."""
    return f"/sparql?{urlencode({'query': query}, quote_via=quote)}"


def anchor(iri: str) -> str:
    """Return the fragment of a span's IRI, which is the id of its place in the article's page."""
    return iri.rpartition("#")[2]


def capital(text: str) -> str:
    """Write the first letter large and leave the others as they are."""
    return text[:1].upper() + text[1:]


def thousands(number: int) -> str:
    """Write a number with thin spaces: 12 345."""
    return f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def asset(name: str) -> str:
    """Return the address of a static file; it changes with the content, so that browsers may keep it for ever."""
    return url_for("static", filename=name, v=_version(name))


@cache
def _version(name: str) -> str:
    return sha256((_STATIC / name).read_bytes()).hexdigest()[:12]


def described(found: ArticlePage) -> dict[str, object]:
    """Describe an article in schema.org's words, by reference: this page is about it, and is not its publisher."""
    article: dict[str, object] = {"@type": "NewsArticle", "@id": found.ref.iri, "headline": found.headline}
    if found.published_day:
        article["datePublished"] = found.published_day
    if found.authors:
        article["author"] = [{"@type": "Person", "name": author.label} for author in found.authors]
    if found.publisher:
        article["publisher"] = {"@type": "NewsMediaOrganization", "name": found.publisher.label}
    if found.url.startswith(("http://", "https://")):
        article["url"] = found.url
    article["mentions"] = [{"@id": entity.iri, "name": entity.label} for entity, _ in found.entities]
    return {"@context": "https://schema.org", "@type": "AboutPage", "mainEntity": article}


def turned(parameter: str, number: int) -> str:
    """Return this page's address with one list turned to another page."""
    arguments = {**request.args.to_dict(), parameter: str(number)}
    return f"{request.path}?{urlencode(arguments)}#list-{parameter}"


def map_points(found: EventMap) -> list[dict[str, object]]:
    """Write the points of a map as its script reads them: names, local links, degrees and counts."""
    return [
        {
            "name": point.place.label,
            "href": href(point.place.iri),
            "latitude": point.latitude,
            "longitude": point.longitude,
            "count": point.count,
            "area": point.area,
            **({"event": point.event.label, "event_href": href(point.event.iri)} if point.event else {}),
        }
        for point in found.points
    ]


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """One bar in the units of the drawing; `label` is set where the axis has room for one."""

    x: float
    y: float
    width: float
    height: float
    title: str
    label: str
    period: str


WIDTH, HEIGHT, FLOOR = 720, 150, 122


def timeline(bars: Iterable[Bar]) -> tuple[DrawnBar, ...]:
    """Lay out the timeline: bars up to the tallest, at most eight labels below."""
    found = tuple(bars)
    if not found:
        return ()
    tallest, step = max(bar.count for bar in found), WIDTH / len(found)
    every = max(1, -(-len(found) // 8))
    drawn = []
    for number, bar in enumerate(found):
        height = round((FLOOR - 14) * bar.count / tallest, 1)
        name = month(bar.period)
        label = (name if len(bar.period) == 4 else f"{name[:3]} {bar.period[:4]}") if number % every == 0 else ""
        width = round(min(step * 0.82, 46), 1)
        x = round(number * step + (step - width) / 2, 1)
        title = f"{name}: {bar.count} {'event' if bar.count == 1 else 'events'}"
        drawn.append(DrawnBar(x, FLOOR - height, width, height, title, label, bar.period))
    return tuple(drawn)
