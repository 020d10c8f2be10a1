"""SELECT results as CSV (SPARQL 1.1 Query Results CSV and TSV Formats); evaluates nothing.

Oxigraph's own CSV leaves an IRI that holds a comma unquoted, and every span of ours does (`#char=61,280`, RFC 5147).
"""

from __future__ import annotations

import re
from typing import IO, TYPE_CHECKING

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Iterator

_SPECIAL = re.compile(r'[",\r\n]')
_CHUNK = 256  # rows written at once


def write_csv(found: ox.QuerySolutions, out: IO[bytes]) -> None:
    """Write the solutions row by row."""
    names = [variable.value for variable in found.variables]
    held = [",".join(names)]
    for line in _lines(found, len(names)):
        held.append(line)
        if len(held) >= _CHUNK:
            _flush(held, out)
    _flush(held, out)


def _lines(found: ox.QuerySolutions, width: int) -> Iterator[str]:
    special = _SPECIAL.search
    columns = range(width)
    for row in found:
        cells = []
        for at in columns:
            term = row[at]
            if term is None:
                cells.append("")
                continue
            value = term.value if not isinstance(term, (ox.BlankNode, ox.Triple)) else str(term)
            cells.append('"' + value.replace('"', '""') + '"' if special(value) else value)
        yield ",".join(cells)


def _flush(held: list[str], out: IO[bytes]) -> None:
    out.write("".join(f"{line}\r\n" for line in held).encode())
    held.clear()
