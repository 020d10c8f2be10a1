"""Uploaded graphs as N-Triples: what a body holds, whatever its format; writes to no store."""

from __future__ import annotations

import pyoxigraph as ox

from kg.errors import QueryError
from kg.store.forms.formats import GRAPHS


def to_triples(body: bytes, media_type: str, base: str) -> bytes:
    """Turn a graph in any RDF format into N-Triples.

    Raises `QueryError` 415 for a media type that is no RDF and 400 for a body that does not parse.
    """
    if media_type not in GRAPHS:
        raise QueryError(
            f"{media_type or 'no media type'} is no RDF format; send one of {', '.join(GRAPHS)}", status=415
        )
    try:
        quads = list(ox.parse(body, format=GRAPHS[media_type], base_iri=base or None, rename_blank_nodes=True))
    except (SyntaxError, ValueError) as error:
        raise QueryError(f"the body cannot be read as {media_type}: {error}") from error
    if any(not isinstance(quad.graph_name, ox.DefaultGraph) for quad in quads):
        raise QueryError("the body names graphs; a graph is sent without them")
    return ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES) or b""


def alone(quad: ox.Quad) -> ox.Triple:
    """Return the triple of a quad; raises `QueryError` where it names a graph."""
    if not isinstance(quad.graph_name, ox.DefaultGraph):
        raise QueryError("the body names graphs; a graph is sent without them")
    return quad.triple
