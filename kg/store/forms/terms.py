"""Terms between two worlds, rdflib and Oxigraph; all conversion of this room stands here, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib import BNode, Literal, URIRef

from kg.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rdflib.term import Identifier

OxTerm = ox.NamedNode | ox.BlankNode | ox.Literal
_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"


def from_oxigraph(term: OxTerm | ox.Triple) -> Identifier:
    """Turn a term of Oxigraph into rdflib's."""
    match term:
        case ox.NamedNode():
            return URIRef(term.value)
        case ox.BlankNode():
            return BNode(term.value)
        case ox.Literal():
            if term.language:
                return Literal(term.value, lang=term.language)
            datatype = term.datatype.value
            return Literal(term.value, datatype=None if datatype == _XSD_STRING else URIRef(datatype))
    raise QueryError("the answer holds a triple term, which rdflib cannot represent; ask for JSON instead")


def to_oxigraph(term: Identifier) -> OxTerm:
    """Turn a term of rdflib into Oxigraph's."""
    match term:
        case URIRef():
            return ox.NamedNode(str(term))
        case BNode():
            return ox.BlankNode(str(term))
        case Literal():
            if term.language:
                return ox.Literal(str(term), language=term.language)
            return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype)) if term.datatype else None)
    raise QueryError(f"{term!r} is not a term that a query can hold")


def substitutions(values: Mapping[str, Identifier] | None) -> dict[ox.Variable, OxTerm | ox.Triple]:
    """Turn variable names and rdflib terms into what Oxigraph substitutes in a query."""
    return {ox.Variable(name): to_oxigraph(term) for name, term in (values or {}).items()}
