"""Triples as lines of N-Triples, by graph: what a write exchanges; stores nothing.

Lines are compared as bytes, which is many times faster than terms; two ways to write one triple only cost a needless write.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_IRI = re.compile(r'[^<>"{}|^`\\\x00-\x20]+')
_OBJECT = re.compile(rb"(?:<[^>]*>|_:\S+) <[^>]*> <([^>]*)> \.")


@dataclass(slots=True)
class Lines:
    """Triples of several graphs. Lines end with ` .` and carry no line break."""

    graphs: dict[str, set[bytes]] = field(default_factory=dict)

    def add(self, graph: str, lines: Iterable[bytes]) -> None:
        """Add triples to one graph."""
        self.graphs.setdefault(graph, set()).update(lines)

    def __bool__(self) -> bool:
        return any(self.graphs.values())

    def without(self, other: Lines) -> Lines:
        """Return the triples that the other does not hold."""
        return Lines({graph: lines - other.graphs.get(graph, set()) for graph, lines in self.graphs.items()})

    def quads(self) -> bytes:
        """Write N-Quads."""
        pieces = []
        for graph, found in self.graphs.items():
            end = b" <%b> .\n" % checked(graph).encode()
            pieces += [line[:-1].rstrip() + end for line in found]
        return b"".join(pieces)

    def data(self) -> str:
        """Write the inside of INSERT DATA or DELETE DATA."""
        return "".join(
            _in_graph(graph, b"\n".join(map(_plain, lines)).decode()) for graph, lines in self.graphs.items() if lines
        )

    def objects(self, start: str) -> set[str]:
        """Return the IRIs that stand as objects and begin like this."""
        begin = start.encode()
        found = (_OBJECT.fullmatch(line) for lines in self.graphs.values() for line in lines if begin in line)
        return {match[1].decode() for match in found if match is not None and match[1].startswith(begin)}


def read(triples: bytes) -> set[bytes]:
    """Take N-Triples apart; raises `StoreError` for a line that is no triple by its looks (the engine looks closer)."""
    found = set()
    for raw in triples.splitlines():
        line = raw.strip()
        if not line or line.startswith(b"#"):
            continue
        if not line.endswith(b".") or not line.startswith((b"<", b"_:")):
            raise StoreError(f"this is no line of N-Triples: {line[:120].decode(errors='replace')}")
        found.add(line)
    return found


def _in_graph(graph: str, triples: str) -> str:
    return f"GRAPH <{checked(graph)}> {{\n{triples}\n}}\n" if graph else f"{triples}\n"


def has_blank(triples: Iterable[bytes]) -> bool:
    """Say whether a line holds a blank node: such lines have no name that outlives a write."""
    return any(line.startswith(b"_:") or b"> _:" in line for line in triples)


def subjects(lines: Iterable[bytes]) -> Iterator[str]:
    """Yield the IRIs that stand as subjects."""
    for line in lines:
        subject = line.partition(b" ")[0]
        if subject.startswith(b"<"):
            yield subject[1:-1].decode()


def checked(iri: str) -> str:
    """Return an IRI that may be written into an update between angle brackets; raises `StoreError` for anything else."""
    if not _IRI.fullmatch(iri):
        raise StoreError(f"{iri!r} is not an IRI")
    return iri


def _plain(line: bytes) -> bytes:
    """Rewrite a line with code point escapes: in SPARQL they count before a string is even read, so that one might end it."""
    if b"\\u" not in line and b"\\U" not in line:
        return line
    try:
        quads = list(ox.parse(line, format=ox.RdfFormat.N_TRIPLES))
    except SyntaxError as error:
        raise StoreError(f"this is no line of N-Triples: {line[:120].decode(errors='replace')}") from error
    return b"\n".join(f"{quad.triple} .".encode() for quad in quads)
