"""The ontology under its own addresses: for people as pages, for programs as RDF; a term is a document of its own.

`/ontology` is the whole, `/ontology/Attack` a class or property, `/ontology/codes/rocket` a code, `/ontology/0.2.0` the
version; each takes a suffix (`.ttl`) or `format=` or looks at Accept. Needs no store.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request
from markupsafe import Markup, escape
from rdflib import Dataset, URIRef

from kg.config import resource
from kg.iris import CODES, ONTOLOGY
from kg.service import pages
from kg.service.pages.questions import questions
from kg.vocab import shorten
from kg.web.formats import RDF_FORMATS, rdf_suffix, split_suffix, wants_html

if TYPE_CHECKING:
    from rdflib import Graph
    from werkzeug.wrappers import Response as AnyResponse

blueprint = Blueprint("ontology", __name__)

_VERSION: Final = re.compile(r"\d+(?:\.\d+)+")
_NAMED: Final = re.compile(r"\b(cnv?):([A-Za-z][\w-]*)")
_FILES: Final = {"shapes.ttl": "text/turtle", "context.jsonld": "application/ld+json"}
_GROUPS: Final = (
    ("Events", "ConflictEvent"),
    ("Who took part", "Participation"),
    ("Casualties", "CasualtyCount"),
    ("Claims", "Claim"),
    ("Incidents", "Incident"),
)


@blueprint.get("/ontology")
def whole() -> AnyResponse:
    """Show the ontology to people; send programs to its RDF (303: what they asked for has several forms)."""
    if wants_html(request) and "format" not in request.args:
        return _page("ontology.html", **_contents())
    suffix = rdf_suffix(request)
    if suffix is None:
        abort(406, _formats())
    answer = redirect(f"/ontology.{suffix}", 303)
    answer.vary.add("Accept")
    return answer


@blueprint.get("/ontology.<suffix>")
def whole_as(suffix: str) -> Response:
    """Write the ontology with its codes, retired terms and alignments."""
    return _rdf(pages.ontology_graph(), suffix, name=ONTOLOGY.rstrip("#"))


@blueprint.get("/ontology/documentation")
def documentation() -> Response:
    """Show the documentation that pyLODE has made of the ontology."""
    body = (resource("ontology") / "documentation.html").read_text(encoding="utf-8")
    return _page("ontology_documentation.html", about=pages.ontology(), body=body)


@blueprint.get("/ontology/examples/<name>.ttl")
def example(name: str) -> Response:
    """Send the example of a class."""
    text = _example(name)
    if not text:
        abort(404, f"There is no example of cn:{name}")
    return _text(text, "text/turtle")


@blueprint.get("/codes/<path:name>")
def code_address(name: str) -> AnyResponse:
    """Lead from the address of a code, as its namespace has it, to its document."""
    return redirect(f"/ontology/codes/{name}", 303)


@blueprint.get("/ontology/<path:path>")
def part(path: str) -> AnyResponse:
    """Show one term, one code, one version or one of the files beside the ontology."""
    if path in _FILES:
        return _text((resource("ontology") / path).read_text(encoding="utf-8"), _FILES[path])
    bare, suffix = split_suffix(path)
    if _VERSION.fullmatch(bare):
        return _version(bare, suffix)
    name = bare.removeprefix("codes/")
    found = pages.term(name, is_code=bare.startswith("codes/"))
    if found is None:
        abort(404, f"The ontology has no term {name!r}; /ontology lists them all")
    if suffix == "html":
        return redirect(f"/ontology/{bare}", 303)
    if suffix or not wants_html(request) or "format" in request.args:
        return _rdf(pages.term_graph(found), suffix, name=found.iri, location=f"/ontology/{bare}")
    answer = _page("ontology_term.html", term=found, about=pages.ontology(), example=_example(name), **_links())
    for each, (media, _) in RDF_FORMATS.items():
        answer.headers.add("Link", f'</ontology/{bare}.{each}>; rel="alternate"; type="{media}"')
    answer.headers.add("Link", f'<{found.iri}>; rel="describes"')
    return answer


def term_href(iri: str) -> str:
    """Return the page of a term on this server, or the IRI itself for a term of somebody else."""
    if iri.startswith(ONTOLOGY):
        return f"/ontology/{iri.removeprefix(ONTOLOGY)}"
    return f"/ontology/codes/{iri.removeprefix(CODES)}" if iri.startswith(CODES) else iri


def linked(text: str) -> Markup:
    """Make the terms that a note names lead to their pages: `is cn:Arrest`, `cnv:rocket`."""
    return Markup(_NAMED.sub(_link, str(escape(text))))  # noqa: S704 - escaped just here, and only known terms are added


def _link(match: re.Match[str]) -> str:
    found = pages.term(match[2], is_code=match[1] == "cnv")
    return f'<a href="{term_href(found.iri)}">{match[0]}</a>' if found else match[0]


def _version(number: str, suffix: str) -> AnyResponse:
    current = pages.ontology().version
    if number != current:
        abort(404, f"This server holds version {current} of the ontology, not {number}")
    return redirect(f"/ontology.{suffix}" if suffix else "/ontology", 303)


def _contents() -> dict[str, object]:
    found = pages.terms()
    tree = [term for term in found if _is_event(term)]
    properties = [term for term in found if term.kind == "property"]
    groups = [
        (title, [each for each in properties if each.domain.removeprefix(ONTOLOGY) == name]) for title, name in _GROUPS
    ]
    rest = [each for each in properties if not any(each in group for _, group in groups)]
    return {
        "about": pages.ontology(),
        "terms": found,
        "roots": [term for term in tree if term.name == "ConflictEvent"],
        "others": [term for term in found if term.kind == "class" and term not in tree],
        "groups": [*groups, ("Text, places, times and the rest", rest)],
        "questions": questions(),
        "learned": len([term for term in found if term.kind in {"class", "property"} and term not in tree]),
        **_links(),
    }


def _is_event(term: pages.Term) -> bool:
    return term.kind == "class" and (
        term.name == "ConflictEvent" or any(_is_event(each) for iri in term.above if (each := _by_iri(iri)))
    )


def _by_iri(iri: str) -> pages.Term | None:
    is_code = iri.startswith(CODES)
    return pages.term(iri.removeprefix(CODES if is_code else ONTOLOGY), is_code=is_code)


def _links() -> dict[str, object]:
    return {"term_href": term_href, "linked": linked, "by_iri": _by_iri, "shorten": lambda iri: shorten(URIRef(iri))}


def _example(name: str) -> str:
    path = resource("ontology") / "examples" / f"{name}.ttl"
    return path.read_text(encoding="utf-8") if name.isalnum() and path.is_file() else ""


def _page(template: str, **values: object) -> Response:
    answer = make_response(render_template(template, **values))
    answer.vary.add("Accept")
    return _tagged(answer)


def _text(text: str, media: str) -> Response:
    content = f"{media}; charset=utf-8" if media.startswith("text/") else media
    return _tagged(make_response(text, {"Content-Type": content}))


def _rdf(graph: Graph, suffix: str, *, name: str, location: str = "") -> Response:
    wanted = suffix or rdf_suffix(request)
    if wanted is None:
        abort(406, _formats())
    if wanted not in RDF_FORMATS:
        abort(404, f"There is no format {wanted!r}. {_formats()}")
    media, form = RDF_FORMATS[wanted]
    if form in ("trig", "nquads"):
        dataset = Dataset()
        named = dataset.graph(URIRef(name))
        for triple in graph:
            named.add(triple)
        for prefix, iri in graph.namespaces():
            dataset.bind(prefix, iri)
        graph = dataset
    answer = _text(graph.serialize(format=form), media)
    answer.vary.add("Accept")
    if location:
        answer.headers["Content-Location"] = f"{location}.{wanted}"
    return answer


def _tagged(answer: Response) -> Response:
    """Let caches keep an answer and ask whether it still holds."""
    answer.add_etag()
    answer.cache_control.no_cache = True
    answer.make_conditional(request)
    return answer


def _formats() -> str:
    return f"Known formats: {', '.join(media for media, _ in RDF_FORMATS.values())}"
