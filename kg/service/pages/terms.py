"""The ontology as a list that people read; the ontology itself is RDF in the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.service.pages.words import local_name

if TYPE_CHECKING:
    from kg.service.pages.asking import Asker


@dataclass(frozen=True, slots=True)
class Term:
    """A class, property or code; `kind` is `class`, `property`, `scheme` or `code`, `above` its broader terms or list."""

    iri: str
    name: str
    label: str
    definition: str
    kind: str
    above: tuple[str, ...]


_KINDS = {
    "Class": "class",
    "ObjectProperty": "property",
    "DatatypeProperty": "property",
    "ConceptScheme": "scheme",
    "Concept": "code",
}


def terms(asker: Asker) -> tuple[Term, ...]:
    """Read every term of the ontology and its code lists, by IRI."""
    found: dict[str, Term] = {}
    above: dict[str, set[str]] = {}
    for row in asker.rows("labels"):
        iri, kind = str(row["term"]), _KINDS.get(local_name(str(row["kind"])), "")
        above.setdefault(iri, set()).update(str(row[name]) for name in ("above", "scheme") if name in row)
        if kind and (iri not in found or not found[iri].kind):
            found[iri] = Term(iri, local_name(iri), str(row["label"]), str(row.get("definition", "")), kind, ())
    return tuple(
        Term(t.iri, t.name, t.label, t.definition, t.kind, tuple(sorted(above[t.iri]))) for t in found.values()
    )
