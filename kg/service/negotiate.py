"""Which media type an answer takes: `Accept` with q-values, short format names; serialises nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.store.query.guard import Kind

RESULTS = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "geojson": "application/geo+json",
}
GRAPHS = {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
    "trig": "application/trig",
    "nq": "application/n-quads",
}
# a geometry needs columns; what an ASK answers has none
_OFFERS: Mapping[Kind, Mapping[str, str]] = {
    "select": RESULTS,
    "ask": {name: offer for name, offer in RESULTS.items() if name != "geojson"},
    "graph": GRAPHS,
}
_SHORT = {offer: name for name, offer in {**RESULTS, **GRAPHS}.items()}
_LONGEST_ADDRESS = 4_000  # characters of a header that proxies pass on
# names that clients use for the same thing; an answer names the registered one
_ALSO = {
    "application/json": "application/sparql-results+json",
    "text/json": "application/sparql-results+json",
    "application/xml": "application/sparql-results+xml",
    "text/xml": "application/sparql-results+xml",
    "application/turtle": "text/turtle",
    "application/x-turtle": "text/turtle",
    "text/n3": "text/turtle",
    "text/rdf+n3": "text/turtle",
    "text/ntriples": "application/n-triples",
    "text/plain": "application/n-triples",
    "application/x-trig": "application/trig",
    "text/x-nquads": "application/n-quads",
}
_ALSO_GRAPH = {
    "application/json": "application/ld+json",
    "application/xml": "application/rdf+xml",
    "text/xml": "application/rdf+xml",
}
_NAMES = {
    "turtle": "ttl",
    "ntriples": "nt",
    "json-ld": "jsonld",
    "rdfxml": "rdf",
    "nquads": "nq",
    "srx": "xml",
    "srj": "json",
    "n3": "ttl",
    "rdf+xml": "rdf",
    "json+ld": "jsonld",
}
_NOUNS = {"select": "a SELECT", "ask": "an ASK", "graph": "an RDF graph"}
# clients name one format for every kind of answer; a graph in it is meant so
_GRAPH_NAMES = {"xml": "rdf", "json": "jsonld"}


@dataclass(frozen=True, slots=True)
class Range:
    """One entry of an `Accept` header; `quality` is 0–1, `exact` grows with how much of the type it fixes."""

    media_type: str
    quality: float
    exact: int

    def covers(self, media_type: str) -> bool:
        """Say whether a media type falls into this range."""
        if self.exact == 0:
            return True
        if self.exact == 1:
            return media_type.startswith(self.media_type[:-1])
        return media_type == self.media_type


def accepted(header: str) -> tuple[Range, ...]:
    """Read an `Accept` header (RFC 9110, section 12.5.1); entries that are none are passed over."""
    found = []
    for entry in header.split(","):
        media_type, *parameters = (part.strip().lower() for part in entry.split(";"))
        if "/" not in media_type:
            continue
        quality = next((_quality(value[2:]) for value in parameters if value.startswith("q=")), 1.0)
        exact = 0 if media_type == "*/*" else 1 if media_type.endswith("/*") else 2
        found.append(Range(media_type, quality, exact))
    return tuple(found)


def _quality(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0


def choose(header: str, offered: Sequence[str]) -> str | None:
    """Return the offered media type that the header likes best, `None` when it likes none.

    The most exact range that covers a type gives its quality; ties go to the earlier offer. No header accepts anything.
    """
    ranges = accepted(header)
    if not ranges:
        return offered[0] if not header.strip() else None
    best = max(offered, key=lambda media_type: _liking(media_type, ranges))
    return best if _liking(best, ranges) > 0 else None


def _liking(media_type: str, ranges: tuple[Range, ...]) -> float:
    # another name of the type counts where the client wrote it out; a range means registered names
    same = _aliases(media_type)
    covering = [
        (found.exact, found.quality) for found in ranges if found.covers(media_type) or found.media_type in same
    ]
    return max(covering, default=(0, 0.0))[1]


def _aliases(media_type: str) -> tuple[str, ...]:
    graph = [name for name, meant in _ALSO_GRAPH.items() if meant == media_type]
    return (media_type, *graph, *(name for name, meant in _ALSO.items() if meant == media_type))


def media_type(kind: Kind, *, accept: str, name: str = "") -> str | None:
    """Return the media type for an answer of this kind; a short name or media type given with `format=` wins over `Accept`."""
    offers = _OFFERS[kind]
    if not name:
        return choose(accept, tuple(offers.values()))
    name = name.strip().lower()
    name = _GRAPH_NAMES.get(name, name) if kind == "graph" else name
    if found := offers.get(_NAMES.get(name, name)):
        return found
    # a blank in a media type is a plus sign that a form has eaten
    return choose(name.replace(" ", "+"), tuple(offers.values())) if "/" in name else None


def unacceptable(kind: Kind, asked: str) -> str:
    """Say what there is, to somebody who has asked for something else."""
    there = ", ".join(f"{offer} (format={name})" for name, offer in _OFFERS[kind].items())
    return f"{_NOUNS[kind]} cannot be answered as {asked or 'that'}; there is {there}"


def content_location(path: str, query_string: str, media_type: str) -> tuple[tuple[str, str], ...]:
    """Make the header that names the chosen representation itself: the same address with its format; none for a very long one."""
    if not query_string.startswith("format=") and "&format=" not in query_string:
        query_string += f"{'&' if query_string else ''}format={_SHORT[media_type]}"
    address = f"{path}?{query_string}"
    return (("Content-Location", address),) if address.isascii() and len(address) <= _LONGEST_ADDRESS else ()
