"""The ontology as values for people: each term with its documentation, neighbours and alignments, and its RDF.

Read from the packaged files, not from a store: the terms are the same whatever a store holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from rdflib import OWL, RDF, RDFS, Graph, URIRef
from rdflib.namespace import DCTERMS, SKOS

from kg.config import resource
from kg.iris import CODES, ONTOLOGY
from kg.service.pages.words import local_name
from kg.vocab import PREFIXES, shorten

if TYPE_CHECKING:
    from rdflib.term import Node

_ABOUT: Final = URIRef(ONTOLOGY.rstrip("#"))
_KINDS: Final = {
    OWL.Class: "class",
    OWL.ObjectProperty: "property",
    OWL.DatatypeProperty: "property",
    SKOS.ConceptScheme: "scheme",
    SKOS.Concept: "code",
}
_MATCHES: Final = {
    SKOS.exactMatch: "the same as",
    SKOS.closeMatch: "close to",
    SKOS.broadMatch: "narrower than",
    SKOS.narrowMatch: "broader than",
    SKOS.relatedMatch: "related to",
    RDFS.subClassOf: "a kind of",
    RDFS.subPropertyOf: "a kind of",
}


@dataclass(frozen=True, slots=True)
class Alignment:
    """What another vocabulary calls a term: its name there, an address where it has one, and how near the two are."""

    vocabulary: str
    name: str
    iri: str
    relation: str


@dataclass(frozen=True, slots=True)
class Term:
    """A class, property or code; `kind` is `class`, `property`, `scheme` or `code`.

    `above` are the IRIs of its broader terms or of its list, `below` of narrower ones or of the codes of a list, `users`
    of the properties that lead from it or to it. `note` says why it is retired or not yet written, or is empty.
    """

    iri: str
    name: str
    label: str
    definition: str
    kind: str
    above: tuple[str, ...]
    below: tuple[str, ...] = ()
    scope: str = ""
    example: str = ""
    domain: str = ""
    range: str = ""
    users: tuple[str, ...] = ()
    alignments: tuple[Alignment, ...] = ()
    retired: bool = False
    heirs: tuple[str, ...] = ()
    note: str = ""

    @property
    def short(self) -> str:
        """The term with its prefix: `cn:Attack`."""
        return shorten(URIRef(self.iri))


@dataclass(frozen=True, slots=True)
class Ontology:
    """What the ontology says of itself."""

    title: str
    description: str
    version: str
    modified: str
    licence: str
    creator: str


@cache
def ontology() -> Ontology:
    """Return the ontology's own record."""
    graph = ontology_graph()

    def say(predicate: URIRef) -> str:
        return str(graph.value(_ABOUT, predicate) or "")

    return Ontology(
        say(DCTERMS.title),
        say(DCTERMS.description),
        say(OWL.versionInfo),
        say(DCTERMS.modified),
        say(DCTERMS.license),
        say(DCTERMS.creator),
    )


@cache
def terms() -> tuple[Term, ...]:
    """Return every term that is in use, by IRI; retired ones have to be asked for by name."""
    return tuple(each for each in _all().values() if not each.retired)


def term(name: str, *, is_code: bool = False) -> Term | None:
    """Return the term with this local name, also a retired one; `None` when there is none."""
    return _all().get(f"{CODES if is_code else ONTOLOGY}{name}")


def term_graph(found: Term) -> Graph:
    """Return all that the files say of one term, with the ontology's own record."""
    graph, node = _empty(), URIRef(found.iri)
    for triple in (*ontology_graph().triples((node, None, None)), *ontology_graph().triples((_ABOUT, None, None))):
        graph.add(triple)
    for neighbour in (*found.above, *found.below):
        for each in (RDFS.label, SKOS.prefLabel):
            for triple in ontology_graph().triples((URIRef(neighbour), each, None)):
                graph.add(triple)
    return graph


@cache
def ontology_graph() -> Graph:
    """Return the ontology with its codes, retired terms and alignments as one graph."""
    graph, folder = _empty(), resource("ontology")
    for name in ("conflict", "codes", "retired", "unproduced"):
        graph.parse(folder / f"{name}.ttl")
    for path in sorted((folder / "alignments").glob("*.ttl")):
        graph.parse(path)
    return graph


def _empty() -> Graph:
    graph = Graph(bind_namespaces="none")
    for prefix, iri in PREFIXES.items():
        graph.bind(prefix, iri)
    return graph


@cache
def _all() -> dict[str, Term]:
    graph = ontology_graph()
    names = sorted({str(s) for kind in _KINDS for s in graph.subjects(RDF.type, kind) if _is_ours(s)})
    return {name: _read(graph, URIRef(name)) for name in names}


def _is_ours(node: Node | None) -> bool:
    return isinstance(node, URIRef) and str(node).startswith((ONTOLOGY, CODES))


def _read(graph: Graph, node: URIRef) -> Term:
    def say(*predicates: URIRef) -> str:
        return str(next((value for p in predicates if (value := graph.value(node, p)) is not None), ""))

    def point(predicates: tuple[URIRef, ...], *, back: bool = False) -> tuple[str, ...]:
        found = (each for p in predicates for each in (graph.subjects(p, node) if back else graph.objects(node, p)))
        return tuple(sorted({str(each) for each in found if _is_ours(each)}))

    broader = (RDFS.subClassOf, RDFS.subPropertyOf, SKOS.inScheme)
    return Term(
        str(node),
        local_name(str(node)),
        say(RDFS.label, SKOS.prefLabel),
        say(SKOS.definition),
        next(word for kind, word in _KINDS.items() if (node, RDF.type, kind) in graph),
        point(broader),
        point(broader, back=True),
        say(SKOS.scopeNote),
        say(SKOS.example),
        say(RDFS.domain),
        say(RDFS.range),
        point((RDFS.domain, RDFS.range), back=True),
        tuple(sorted(_alignments(graph, node), key=lambda each: (each.vocabulary.lower(), each.name))),
        (node, OWL.deprecated, None) in graph,
        point((DCTERMS.isReplacedBy,)),
        say(SKOS.historyNote, SKOS.editorialNote),
    )


def _alignments(graph: Graph, node: URIRef) -> list[Alignment]:
    found = [
        Alignment(_vocabulary(str(target)), local_name(str(target)), str(target), relation)
        for predicate, relation in _MATCHES.items()
        for target in graph.objects(node, predicate)
        if isinstance(target, URIRef) and not _is_ours(target)
    ]
    codes = (str(code).partition(":") for code in graph.objects(node, SKOS.notation))
    return found + [Alignment(vocabulary, name, "", "coded as") for vocabulary, colon, name in codes if colon]


_VOCABULARIES: Final = (
    ("http://www.wikidata.org/", "Wikidata"),
    ("https://schema.org/", "schema.org"),
    ("http://semanticweb.cs.vu.nl/", "SEM"),
    ("http://linkedevents.org/", "LODE"),
    ("http://www.w3.org/ns/prov#", "PROV-O"),
    ("http://www.w3.org/ns/oa#", "Web Annotation"),
    ("http://groundedannotationframework.org/", "GRaSP"),
    ("http://cv.iptc.org/", "IPTC Media Topics"),
    ("http://www.newsreader-project.eu/", "CEO"),
    ("https://raw.githubusercontent.com/NextCenturyCorporation/", "AIF and LDC"),
)


def _vocabulary(iri: str) -> str:
    return next((name for start, name in _VOCABULARIES if iri.startswith(start)), shorten(URIRef(iri)))
