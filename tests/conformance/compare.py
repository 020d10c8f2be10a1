"""Whether two answers are the same but for the names of blank nodes and the order of rows; evaluates nothing."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib import RDF, BNode, Graph, Literal, Namespace, URIRef

if TYPE_CHECKING:
    from collections.abc import Sequence

XSD = "http://www.w3.org/2001/XMLSchema#"
RS = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")
Row = tuple[tuple[str, str], ...]  # names of variables and terms as N-Triples, sorted


def rows_of(found: ox.QuerySolutions) -> list[Row]:
    """Take solutions apart."""
    names = [variable.value for variable in found.variables]
    return [
        tuple(sorted((name, _written(term)) for name, term in zip(names, row, strict=True) if term is not None))
        for row in found
    ]


def _written(term: object) -> str:
    # language tags do not tell capitals from small letters
    if not isinstance(term, ox.Literal):
        return str(term)
    if term.language:
        return f"{term.value!r}@{term.language.lower()}"
    return f'"{plain_number(term)}"^^{term.datatype}'


def plain_number(term: ox.Literal) -> str:
    """Write a number in one way only: the store keeps values, not spellings, so that 1.0E6 comes back as 1000000."""
    kind = term.datatype.value.removeprefix(XSD)
    try:
        if kind in ("decimal", "double", "float", "integer"):
            return str(Decimal(term.value).normalize())
    except ArithmeticError:
        return term.value
    if kind == "boolean":
        return {"1": "true", "0": "false"}.get(term.value, term.value)
    return term.value


def rows_of_graph(graph: Graph) -> list[Row] | bool:
    """Read a result set that is written in RDF."""
    top = graph.value(predicate=RDF.type, object=RS.ResultSet)
    boolean = graph.value(top, RS.boolean)
    if boolean is not None:
        return bool(boolean.toPython())
    rows = []
    for solution in graph.objects(top, RS.solution):
        bindings = []
        for binding in graph.objects(solution, RS.binding):
            value = graph.value(binding, RS.value)
            bindings.append((str(graph.value(binding, RS.variable)), _written(_term(value))))
        rows.append(tuple(sorted(bindings)))
    return rows


def _term(term: object) -> object:
    if isinstance(term, URIRef):
        return ox.NamedNode(str(term))
    if isinstance(term, BNode):
        return ox.BlankNode(str(term))
    if isinstance(term, Literal):
        datatype = ox.NamedNode(str(term.datatype)) if term.datatype else None
        return (
            ox.Literal(str(term), language=term.language) if term.language else ox.Literal(str(term), datatype=datatype)
        )
    return term


def same_rows(expected: Sequence[Row], found: Sequence[Row]) -> bool:
    """Compare as multisets; blank nodes are matched one to one over all rows."""
    if len(expected) != len(found):
        return False
    plain = Counter(row for row in expected if not _blank(row))
    if plain != Counter(row for row in found if not _blank(row)):
        return False
    return _match([row for row in expected if _blank(row)], [row for row in found if _blank(row)], {})


def _blank(row: Row) -> bool:
    return any(term.startswith("_:") or "_:" in term.split('"')[0] for _, term in row)


def _match(expected: list[Row], found: list[Row], names: dict[str, str]) -> bool:
    if not expected:
        return True
    first, rest = expected[0], expected[1:]
    for at, candidate in enumerate(found):
        more = _unify(first, candidate, names)
        if more is not None and _match(rest, [*found[:at], *found[at + 1 :]], more):
            return True
    return False


def _unify(one: Row, other: Row, names: dict[str, str]) -> dict[str, str] | None:
    if [name for name, _ in one] != [name for name, _ in other]:
        return None
    known = dict(names)
    for (_, left), (_, right) in zip(one, other, strict=True):
        if left.startswith("_:") and right.startswith("_:"):
            taken = known.get(left)
            if taken is None and right not in known.values():
                known[left] = right
            elif taken != right:
                return None
        elif left != right:
            return None
    return known


def same_quads(expected: list[ox.Quad], found: list[ox.Quad]) -> bool:
    """Compare datasets by their canonical form."""
    forms = []
    for quads in (expected, found):
        dataset = ox.Dataset(quads)
        dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
        forms.append(dataset)
    return bool(forms[0] == forms[1])
