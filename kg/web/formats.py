"""The media types of linked data, and which one a request asks for; serialises nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from werkzeug import Request

HTML = "text/html"
# suffix → (media type, rdflib's name of the format); the order breaks ties
RDF_FORMATS: dict[str, tuple[str, str]] = {
    "ttl": ("text/turtle", "turtle"),
    "nt": ("application/n-triples", "nt"),
    "jsonld": ("application/ld+json", "json-ld"),
    "rdf": ("application/rdf+xml", "xml"),
    "trig": ("application/trig", "trig"),
    "nq": ("application/n-quads", "nquads"),
}
_SUFFIX_OF = {media: suffix for suffix, (media, _) in RDF_FORMATS.items()} | {
    "application/turtle": "ttl",
    "application/x-turtle": "ttl",
    "text/plain": "nt",
    "application/json": "jsonld",
    "application/xml": "rdf",
    "text/xml": "rdf",
}


def wants_html(request: Request) -> bool:
    """Whether a person is asking: HTML is at least as welcome as every RDF format, or nothing was asked for."""
    accept = request.accept_mimetypes
    if not accept:
        return True
    html = max(accept[HTML], accept["application/xhtml+xml"])
    return html > 0 and html >= max((accept[media] for media in _SUFFIX_OF), default=0)


def rdf_suffix(request: Request) -> str | None:
    """Return the suffix of the RDF format that is asked for, by `format=` before `Accept`; `None` when none fits."""
    if asked := request.args.get("format"):
        return asked if asked in RDF_FORMATS else _SUFFIX_OF.get(asked)
    accept = request.accept_mimetypes
    if not accept:
        return "ttl"
    best = max(_SUFFIX_OF, key=lambda media: accept[media])
    return _SUFFIX_OF[best] if accept[best] > 0 else None


def split_suffix(path: str) -> tuple[str, str]:
    """Take a known suffix off a path: `entity/Q796.ttl` → `("entity/Q796", "ttl")`, else `(path, "")`."""
    bare, dot, suffix = path.rpartition(".")
    return (bare, suffix) if dot and (suffix in RDF_FORMATS or suffix == "html") else (path, "")
