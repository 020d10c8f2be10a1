"""`/sparql`: the query page for people, the SPARQL 1.1 Protocol for programs; evaluates nothing itself."""

from __future__ import annotations

import hmac
from itertools import chain
from typing import TYPE_CHECKING

from flask import Blueprint, Response, g, jsonify, make_response, render_template, request, stream_with_context

from kg.errors import QueryError
from kg.service import pages
from kg.vocab import PREFIXES
from kg.web.formats import wants_html
from kg.web.site import site

if TYPE_CHECKING:
    from collections.abc import Iterable

blueprint = Blueprint("endpoint", __name__)

_FIRST_QUERY = """# The latest events that happened, with their article
SELECT ?event ?label ?earliest ?headline WHERE {
  ?event cn:actuality cnv:happened ; rdfs:label ?label ; cn:reportedIn ?article .
  OPTIONAL { ?event cn:earliestDate ?earliest }
  OPTIONAL { ?article schema:headline ?headline }
}
ORDER BY DESC(?earliest)
LIMIT 50"""
_RESULTS = {
    "application/sparql-results+json": ("json", "application/json"),
    "application/sparql-results+xml": ("xml", "application/xml", "text/xml"),
    "text/csv": ("csv",),
    "text/tab-separated-values": ("tsv",),
}
_GRAPHS = {
    "text/turtle": ("ttl", "application/x-turtle"),
    "application/n-triples": ("nt", "text/plain"),
    "application/ld+json": ("jsonld", "application/json"),
    "application/rdf+xml": ("rdf", "application/xml", "text/xml"),
}


@blueprint.route("/sparql", methods=["GET", "POST"])
def sparql() -> Response:
    """Answer by the protocol, or show the query page to a browser that comes by GET."""
    try:
        if request.method == "GET":
            if wants_html(request) and "format" not in request.args and request.accept_mimetypes:
                return _page(request.args.get("query", ""))
            return _answer(request.args.get("query"))
        return _posted()
    except QueryError as error:
        return _refusal(error)


def _posted() -> Response:
    kind = request.mimetype
    if kind == "application/sparql-query":
        return _answer(request.get_data(as_text=True))
    if kind == "application/sparql-update":
        return _update(request.get_data(as_text=True))
    if kind == "application/x-www-form-urlencoded":
        if "update" in request.form:
            return _update(request.form["update"])
        return _answer(request.form.get("query"))
    raise QueryError(
        "POST a form with query= or update=, or a body of application/sparql-query or application/sparql-update",
        status=415,
    )


def _answer(query: str | None) -> Response:
    if not query:
        raise QueryError("the parameter query is missing; updates come by POST")
    store, config = site().store, site().config
    formats = _RESULTS if store.kind(query) in ("select", "ask") else _GRAPHS
    media = _negotiate(formats)
    found = store.query(
        query,
        media_type=media,
        default_graphs=tuple(_values("default-graph-uri")),
        named_graphs=tuple(_values("named-graph-uri")),
        timeout_s=min(request.values.get("timeout", config.timeout_s, type=float), config.timeout_s),
    )
    # the first bytes are made before the status is sent, so that an early error is still an error
    body = iter(found.body)
    first = next(body, b"")
    answer = Response(stream_with_context(chain((first,), body)), content_type=_content(found.media_type))
    answer.vary.add("Accept")
    answer.set_etag(f"{store.generation:x}", weak=True)
    return answer


def _update(update: str) -> Response:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if not site().token:
        raise QueryError("this server takes no updates: it was started without a token (KG_TOKEN)", status=403)
    if not hmac.compare_digest(given.encode(), site().token.encode()):
        raise QueryError("updates need the header Authorization: Bearer TOKEN", status=403)
    site().store.update(
        update,
        using_graphs=tuple(_values("using-graph-uri")),
        using_named_graphs=tuple(_values("using-named-graph-uri")),
    )
    return make_response("", 204)


def _values(name: str) -> Iterable[str]:
    return (*request.args.getlist(name), *request.form.getlist(name))


def _negotiate(formats: dict[str, tuple[str, ...]]) -> str:
    if asked := request.values.get("format"):
        for media, names in formats.items():
            if asked == media or asked in names:
                return media
        raise QueryError(f"format={asked} does not fit this query; known are {_named(formats)}", status=406)
    accept = request.accept_mimetypes
    if not accept:
        return next(iter(formats))
    spelled = {name: media for media, names in formats.items() for name in (media, *names) if "/" in name}
    best = max(spelled, key=lambda name: accept[name])
    if accept[best] <= 0:
        raise QueryError(f"nothing in Accept fits this query; known are {', '.join(formats)}", status=406)
    return spelled[best]


def _named(formats: dict[str, tuple[str, ...]]) -> str:
    return ", ".join(names[0] for names in formats.values())


def _content(media: str) -> str:
    return f"{media}; charset=utf-8" if media.startswith("text/") else media


def _refusal(error: QueryError) -> Response:
    """Say what is wrong in plain words, which editors and libraries show whole; JSON for those who ask for it."""
    if request.accept_mimetypes.best_match(["text/plain", "application/json"]) == "application/json":
        answer = make_response(jsonify(status=error.status, detail=str(error)), error.status)
    else:
        answer = make_response(f"{error}\n", error.status, {"Content-Type": "text/plain; charset=utf-8"})
    if error.status == 503:
        answer.headers["Retry-After"] = "5"
    answer.vary.add("Accept")
    return answer


def _page(asked: str) -> Response:
    """Show the editor; the page's own scripts read the settings that stand in it."""
    g.query_page = True
    found = pages.examples()
    terms = pages.terms(site().asker)
    settings = {
        "endpoint": f"{request.host_url}sparql",
        "base": site().store.base,
        "prefixes": dict(PREFIXES),
        "query": asked or _FIRST_QUERY,
        "asked": bool(asked),
        "examples": [{"title": example.title, "query": example.query} for example in found],
        "terms": [{"iri": term.iri, "kind": term.kind} for term in terms if term.kind in ("class", "property")],
    }
    answer = make_response(render_template("query.html", settings=settings, examples=found))
    answer.vary.add("Accept")
    return answer
