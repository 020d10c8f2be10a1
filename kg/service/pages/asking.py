"""Named queries put to a store: bound values, pages of rows, and the text that a person may run again; reads no rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from rdflib import Literal, URIRef

from kg.service.pages.words import humanise
from kg.vocab import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rdflib import Graph
    from rdflib.term import Identifier

    from kg.store import Store

Row = dict[str, "Identifier"]
Bound = Mapping[str, "Identifier | str"]
T = TypeVar("T")

PAGE_SIZE = 20
MAX_PAGE = 10_000  # beyond it an offset costs more than any reader gets out of it
_PREFIX_USE = re.compile(r"(?<![\w:?$-])([a-z]+):(?=[A-Za-z])")
_IRI_OR_STRING = re.compile(r"<[^<>\s]*>|\"(?:[^\"\\]|\\.)*\"")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list: `number` counts from 1, `more` says whether another follows; `behind` is its SPARQL."""

    items: tuple[T, ...]
    number: int
    more: bool
    behind: str

    def __bool__(self) -> bool:
        return bool(self.items)


class Asker:
    """Puts the queries of `kg/service/queries` to one store. Safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._kept: dict[str, tuple[int, object]] = {}

    def rows(self, name: str, **bound: Identifier | str) -> list[Row]:
        """Answer a named SELECT with its variables bound to these values (a `str` is an IRI)."""
        return list(self.store.select(query_text(name), substitutions=_terms(bound)))

    def first(self, name: str, **bound: Identifier | str) -> Row | None:
        """Return the first row of a named SELECT, or `None`."""
        return next(iter(self.rows(name, **bound)), None)

    def graph(self, name: str, **bound: Identifier | str) -> Graph:
        """Answer a named CONSTRUCT."""
        return self.store.construct(query_text(name), substitutions=_terms(bound))

    def page(
        self, name: str, read: Callable[[Row], T], bound: Bound, *, number: int = 1, size: int = PAGE_SIZE
    ) -> Page[T]:
        """Answer one page of a named SELECT. The numbers are our own integers; no other value enters the text."""
        number = min(max(int(number), 1), MAX_PAGE)
        text = f"{query_text(name)}\nLIMIT {size + 1:d} OFFSET {(number - 1) * size:d}"
        found = list(self.store.select(text, substitutions=_terms(bound)))
        return Page(tuple(read(row) for row in found[:size]), number, len(found) > size, behind(name, **bound))

    def those(
        self, name: str, variable: str, iris: Sequence[str], read: Callable[[Row], T]
    ) -> tuple[dict[str, T], str]:
        """Answer a named SELECT about these things alone; return what was read by IRI, and the query as a person may run it."""
        values = " ".join(URIRef(iri).n3() for iri in iris)
        text = query_text(name).replace("WHERE {", f"WHERE {{\n  VALUES ?{variable} {{ {values} }}", 1)
        found = self.store.select(text) if iris else ()
        return {str(row[variable]): read(row) for row in found}, with_prefixes(text)

    def word(self, term: Identifier | str | None) -> str:
        """Say a class, property or code in words: the ontology's label, else its own name taken apart."""
        if term is None:
            return ""
        return self.kept("labels", self._labels).get(str(term)) or humanise(str(term))

    def _labels(self) -> dict[str, str]:
        return {str(row["term"]): str(row["label"]) for row in self.rows("labels")}

    def kept(self, name: str, make: Callable[[], T]) -> T:
        """Return what was made under this name for the store as it is now, or make it."""
        generation = self.store.generation
        found = self._kept.get(name)
        if found is None or found[0] != generation:
            found = self._kept[name] = (generation, make())
        return cast("T", found[1])


def _terms(bound: Bound) -> dict[str, Identifier]:
    return {name: value if isinstance(value, (URIRef, Literal)) else URIRef(value) for name, value in bound.items()}


@cache
def query_text(name: str) -> str:
    """Read one query of this room."""
    return (files("kg.service") / "queries" / f"{name}.rq").read_text(encoding="utf-8")


def behind(name: str, **bound: Identifier | str) -> str:
    """Write a named query as a person would run it: prefixes declared, values in a `VALUES` block. Never run by us."""
    text = query_text(name)
    if bound:
        terms = _terms(bound)
        variables = " ".join(f"?{variable}" for variable in terms)
        values = " ".join(term.n3() for term in terms.values())
        block = f"WHERE {{\n  VALUES ({variables}) {{ ({values}) }}"
        text = re.sub(r"WHERE\s*\{", lambda _: block, text, count=1)
    return with_prefixes(text)


def with_prefixes(query: str) -> str:
    """Declare the known prefixes that a query uses and does not declare: editors and other stores want them."""
    declared = {prefix.lower() for prefix in re.findall(r"(?i)\bPREFIX\s+([\w-]*):", query)}
    used = sorted(
        {prefix for prefix in _PREFIX_USE.findall(_IRI_OR_STRING.sub("", query)) if prefix in PREFIXES} - declared
    )
    lines = [f"PREFIX {prefix}: <{PREFIXES[prefix]}>" for prefix in used]
    title, _, rest = query.strip().partition("\n")
    if title.startswith("#"):  # the title stays the first line
        return "\n".join([title, *lines, rest])
    return "\n".join([*lines, query.strip()])
