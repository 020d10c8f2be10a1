"""`/sparql`: the query page for people, the protocol for programs; `/graphs` for whole graphs. Evaluates nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, g, make_response, render_template, request

from kg.service import pages
from kg.vocab import PREFIXES
from kg.web import access
from kg.web.formats import is_browser
from kg.web.short import asked_by
from kg.web.site import site

if TYPE_CHECKING:
    from kg.service.exchange import Answer, Request

blueprint = Blueprint("endpoint", __name__)

_FIRST_QUERY = """# The latest events that happened, with their article
SELECT ?event ?label ?earliest ?article ?headline WHERE {
  ?event cn:actuality cnv:happened ; rdfs:label ?label ; cn:reportedIn ?article .
  OPTIONAL { ?event cn:earliestDate ?earliest }
  OPTIONAL { ?article schema:headline ?headline }
}
ORDER BY DESC(?earliest)
LIMIT 50"""


@blueprint.route("/sparql", methods=["GET", "POST"])
def sparql() -> Response:
    """Answer by the protocol, or show the query page to a browser that comes by GET."""
    if request.method in ("GET", "HEAD") and is_browser(request) and "format" not in request.args:
        return _page(request.args.get("query", ""))
    return given(site().sparql.answer(asked()))


@blueprint.route("/graphs", methods=["GET", "POST", "PUT", "DELETE", "PATCH"])
def graphs() -> Response:
    """Read and write whole graphs by the Graph Store Protocol."""
    return given(site().graphs.answer(asked()))


def asked() -> Request:
    """Take the current request apart for the services, which know no Flask."""
    return asked_by(request.environ, request.get_data(cache=True), token=site().token)


def given(answer: Answer) -> Response:
    """Make a service's answer a Flask response; the body streams, and is closed when the client has gone."""
    return Response(answer.body, status=answer.status, headers=list(answer.headers))


def may_write() -> bool:
    """Whether the request carries this server's token; without a token nobody may write."""
    return access.may_write(request.headers.get("Authorization", ""), token=site().token)


def _page(query: str) -> Response:
    """Show the editor; the page's own scripts read the settings that stand in it."""
    g.query_page = True
    found = pages.examples()
    terms = pages.terms()
    settings = {
        "endpoint": f"{request.host_url}sparql",
        "base": site().store.base,
        "prefixes": dict(PREFIXES),
        "query": query or pages.with_prefixes(_FIRST_QUERY),
        "asked": bool(query),
        "examples": [{"title": example.title, "query": example.query} for example in found],
        "terms": [{"iri": term.iri, "kind": term.kind} for term in terms if term.kind in ("class", "property")],
    }
    answer = make_response(render_template("query.html", settings=settings, examples=found))
    answer.vary.add("Accept")
    return answer
