"""Linked data for programs: `/id` redirects, `/data` and `/graph` as RDF, the dataset description, dumps."""

from __future__ import annotations

import gzip
import io
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, stream_with_context
from rdflib import Dataset, Graph, URIRef

from kg.service import pages
from kg.vocab import PREFIXES
from kg.web import endpoint
from kg.web.formats import RDF_FORMATS, is_browser, rdf_suffix, split_suffix, wants_html
from kg.web.site import site

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from werkzeug.wrappers import Response as AnyResponse

blueprint = Blueprint("data", __name__)

DUMPS = ("nq", "trig", "ttl", "nt")


@blueprint.get("/id/<path:path>")
def identified(path: str) -> AnyResponse:
    """Send people to the page about a thing and programs to its data (303: the thing itself is no document)."""
    if wants_html(request) and "format" not in request.args:
        answer = redirect(f"/page/{path}", 303)
    elif suffix := rdf_suffix(request):
        answer = redirect(f"/data/{path}.{suffix}", 303)
    else:
        abort(406, _formats())
    answer.vary.add("Accept")
    return answer


@blueprint.get("/data/<path:path>")
def data(path: str) -> AnyResponse:
    """Write what is known of one thing in the format of the suffix, of `format=` or of Accept."""
    bare, suffix = split_suffix(path)
    if suffix == "html":
        return redirect(f"/page/{bare}", 303)
    iri = f"{site().store.base}id/{bare}"
    graph = pages.resource_graph(site().asker, iri)
    if graph is None:
        abort(404, f"This store knows nothing under {iri}")
    name = site().store.iris.article_graph(bare.rpartition("/")[2]) if bare.startswith("article/") else ""
    answer = _rdf(graph, suffix, name=name or f"{site().store.base}data/{bare}", location=f"/data/{bare}")
    answer.headers.add("Link", f'<{iri}>; rel="describes"')
    return answer


@blueprint.route("/graph/<path:path>", methods=["POST", "PUT", "DELETE", "PATCH"])
def written_graph(path: str) -> Response:  # noqa: ARG001 - the service reads the request's own path
    """Write one named graph under its own IRI (direct graph identification)."""
    return endpoint.given(site().graphs.answer(endpoint.asked()))


@blueprint.get("/graph/<path:path>")
def named_graph(path: str) -> AnyResponse:
    """Send one named graph; a browser that asks for an article's graph gets the article's page."""
    bare, suffix = split_suffix(path)
    if suffix and site().store.has_graph(f"{site().store.base}graph/{path}"):
        bare, suffix = path, ""  # somebody has put a graph under this very name
    iri = f"{site().store.base}graph/{bare}"
    if not suffix and is_browser(request) and bare.startswith("article/"):
        answer = redirect(f"/page/{bare}", 303)
        answer.vary.add("Accept")
        return answer
    wanted = suffix or rdf_suffix(request) or ("ttl" if wants_html(request) else None)
    if wanted is None:
        abort(406, _formats())
    if not site().store.ask("ASK { GRAPH ?graph { ?s ?p ?o } }", substitutions={"graph": URIRef(iri)}):
        abort(404, f"There is no graph {iri}")
    media = RDF_FORMATS[wanted][0]
    answer = Response(stream_with_context(site().store.dump(format=wanted, graph=iri)), content_type=_content(media))
    return _tagged(answer, wanted, location=f"/graph/{bare}.{wanted}", is_same_bytes=True)


@blueprint.get("/void.ttl")
def void_turtle() -> Response:
    """Write the description of the dataset."""
    return _rdf(_void(), "ttl", name="")


@blueprint.get("/.well-known/void")
def void() -> Response:
    """Write the description of the dataset in the format that is asked for."""
    return _rdf(_void(), "" if not wants_html(request) else "ttl", name="")


@blueprint.get("/dump/")
def dumps() -> Response:
    """List the dumps."""
    return make_response(render_template("dumps.html", formats=DUMPS))


@blueprint.get("/dump/<name>")
def dump(name: str) -> Response:
    """Stream the whole store, gzip-compressed: `graph.nq.gz`, or without the verbatim texts `graph-without-text.nq.gz`."""
    stem, _, rest = name.partition(".")
    suffix = rest.removesuffix(".gz")
    if stem not in ("graph", "graph-without-text") or suffix not in DUMPS or not rest.endswith(".gz"):
        abort(404, "There is no such dump; /dump/ lists them")
    body = site().store.dump(format=suffix, without_text=stem != "graph")
    answer = Response(stream_with_context(_gzip(body)), content_type="application/gzip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _void() -> Graph:
    return site().store.graph(site().store.iris.graph("void"))


def _rdf(graph: Graph, suffix: str, *, name: str, location: str = "") -> Response:
    wanted = suffix or rdf_suffix(request)
    if wanted is None:
        abort(406, _formats())
    media, form = RDF_FORMATS[wanted]
    if form in ("trig", "nquads") and name:
        dataset = Dataset()
        named = dataset.graph(URIRef(name))
        for triple in graph:
            named.add(triple)
        graph = dataset
    for prefix, iri in PREFIXES.items():
        graph.bind(prefix, iri)
    body = graph.serialize(format=form, encoding="utf-8")
    answer = make_response(body, {"Content-Type": _content(media)})
    return _tagged(answer, wanted, location=f"{location}.{wanted}" if location else "")


def _tagged(answer: Response, suffix: str, *, location: str, is_same_bytes: bool = False) -> Response:
    """Mark what the body depends on, and name the representation itself; caches may ask whether it still holds.

    Oxigraph writes a graph in the same bytes each time, rdflib only in the same meaning: its tag is a weak one.
    """
    answer.vary.add("Accept")
    if location:
        answer.headers["Content-Location"] = quote(location)
    answer.set_etag(f"{site().store.generation:x}-{suffix}", weak=not is_same_bytes)
    answer.cache_control.no_cache = True
    answer.make_conditional(request)
    return answer


def _content(media: str) -> str:
    return f"{media}; charset=utf-8" if media.startswith("text/") else media


def _formats() -> str:
    return f"Known formats: {', '.join(media for media, _ in RDF_FORMATS.values())}"


def _gzip(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Compress a stream; the clock stays out, so that the same store gives the same bytes."""
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0, filename="") as packed:
        for chunk in chunks:
            packed.write(chunk)
            if buffer.tell() > 65_536:
                yield buffer.getvalue()
                buffer.seek(0)
                buffer.truncate()
    yield buffer.getvalue()
