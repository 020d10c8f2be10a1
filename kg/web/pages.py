"""The pages that people read: overview, search, articles, entities, events, claims, any other thing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request

from kg.service import pages
from kg.service.pages.entity import LISTS
from kg.service.search import Wanted
from kg.web.formats import RDF_FORMATS
from kg.web.signposts import signs
from kg.web.site import site

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def home() -> Response:
    """Show the store at a glance."""
    return _page("overview.html", found=pages.overview(site().asker), examples=pages.examples()[:6])


@blueprint.get("/search")
def search() -> Response:
    """Show what holds the words and fits the filters, all kinds at once or one kind in pages."""
    event_type = request.args.get("type", "")
    asked = {name: request.args.get(name, "")[:200].strip() for name in ("actuality", "outlet", "place", "from", "to")}
    wanted = Wanted(
        text=request.args.get("q", "")[:200],
        kind=request.args.get("kind", ""),
        actuality=asked["actuality"],
        outlet=asked["outlet"],
        place=asked["place"],
        first=_day(asked["from"]),
        last=_day(asked["to"]),
    )
    found = pages.search_page(
        site().asker,
        site().search,
        wanted,
        event_type=event_type if event_type.isalnum() else "",
        number=_number("p"),
    )
    if found.lags:  # the same state of the store will soon give another answer
        return make_response(render_template("search.html", found=found, event_type=event_type))
    return _page("search.html", found=found, event_type=event_type)


def _day(words: str) -> str:
    """Return a day as given, a year or a month with its first day left to the index, nothing for other words."""
    return words if re.fullmatch(r"\d{4}(-\d\d){0,2}", words) else ""


@blueprint.get("/page/<path:path>")
def thing(path: str) -> AnyResponse:
    """Show one thing by its kind."""
    if path.endswith(".html"):
        return redirect(f"/page/{path.removesuffix('.html')}")
    kind, _, _ = path.partition("/")
    iri = f"{site().store.base}id/{path}"
    asker = site().asker
    match kind:
        case "article":
            return _found("article.html", pages.article_page(asker, iri), iri)
        case "entity":
            numbers = {name: _number(name) for name in LISTS}
            return _found("entity.html", pages.entity_page(asker, iri, numbers=numbers), iri)
        case "event":
            return _found("event.html", pages.event_page(asker, iri), iri)
        case "claim":
            return _found("claim.html", pages.claim_page(asker, iri, number=_number("p")), iri)
    return _found("resource.html", pages.resource_page(asker, iri), iri)


def _found(template: str, found: object, iri: str) -> Response:
    if found is None:
        abort(404, f"This store knows nothing under {iri}")
    answer = _page(template, found=found, iri=iri)
    path = iri.removeprefix(f"{site().store.base}id/")
    for suffix, (media, _) in RDF_FORMATS.items():
        answer.headers.add("Link", f'</data/{path}.{suffix}>; rel="alternate"; type="{media}"')
    answer.headers.add("Link", f'<{iri}>; rel="canonical"')
    for sign in signs(path):
        answer.headers.add("Link", sign.header())
    return answer


def _page(template: str, **values: object) -> Response:
    answer = make_response(render_template(template, **values))
    answer.set_etag(f"{site().store.generation:x}", weak=True)
    answer.cache_control.no_cache = True  # keep it, but ask whether it still holds
    answer.make_conditional(request)
    return answer


def _number(name: str) -> int:
    return request.args.get(name, 1, type=int)
