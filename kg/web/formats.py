"""The media types of linked data, and which one a Flask request asks for; serialises nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.service.negotiate import GRAPHS, choose, media_type

if TYPE_CHECKING:
    from flask import Request

HTML = "text/html"
RDF_FORMATS: dict[str, tuple[str, str]] = {
    suffix: (media, form)
    for (suffix, media), form in zip(GRAPHS.items(), ("turtle", "nt", "json-ld", "xml", "trig", "nquads"), strict=True)
}
"""Suffix → (media type, rdflib's name of the format)."""
_SUFFIX_OF = {media: suffix for suffix, media in GRAPHS.items()}


def is_browser(request: Request) -> bool:
    """Whether HTML is asked for by name, as browsers do, and nothing is asked for more."""
    return HTML in accept_of(request).lower() and wants_html(request)


def wants_html(request: Request) -> bool:
    """Whether an answer in HTML fits best; also for those who take anything or ask for nothing."""
    return choose(accept_of(request), (HTML, *_SUFFIX_OF)) == HTML


def rdf_suffix(request: Request) -> str | None:
    """Return the suffix of the RDF format that is asked for, by `format=` before `Accept`; `None` when none fits."""
    found = media_type("graph", accept=accept_of(request), name=request.args.get("format", ""))
    return _SUFFIX_OF[found] if found else None


def split_suffix(path: str) -> tuple[str, str]:
    """Take a known suffix off a path: `entity/Q796.ttl` → `("entity/Q796", "ttl")`, else `(path, "")`."""
    bare, dot, suffix = path.rpartition(".")
    return (bare, suffix) if dot and (suffix in RDF_FORMATS or suffix == "html") else (path, "")


def accept_of(request: Request) -> str:
    """Return the `Accept` header as it came."""
    return request.headers.get("Accept", "")
