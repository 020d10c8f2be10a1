"""SELECT results as CSV (SPARQL 1.1 Query Results CSV and TSV Formats); evaluates nothing.

Oxigraph's own CSV leaves an IRI that holds a comma unquoted, and every span of ours does (`#char=61,280`, RFC 5147). Its TSV
tells every cell apart, so that is what is turned into CSV, some thousand rows at a time.
"""

from __future__ import annotations

import re
from typing import IO, TYPE_CHECKING

import pyoxigraph as ox

if TYPE_CHECKING:
    from typing_extensions import Buffer

_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_MEANT = {b"t": b"\t", b"n": b"\n", b"r": b"\r", b"b": b"\b", b"f": b"\f"}
_CHUNK = 1 << 16  # bytes turned at once


def write_csv(found: ox.QuerySolutions, out: IO[bytes]) -> None:
    """Write the solutions row by row."""
    turning = _Turning(out)
    found.serialize(turning, ox.QueryResultsFormat.TSV)  # type: ignore[arg-type]  # it only writes
    turning.finish()


class _Turning:
    """A file to which TSV is written and out of which CSV comes."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._held = bytearray()
        self._begun = False

    def write(self, data: Buffer) -> int:
        piece = bytes(data)
        self._held += piece
        if len(self._held) >= _CHUNK:
            self._turn()
        return len(piece)

    def flush(self) -> None:
        """Nothing to do: what is held is less than a row, or waits for more."""

    def finish(self) -> None:
        """Write what is left."""
        self._turn()

    def _turn(self) -> None:
        end = self._held.rfind(b"\n") + 1
        if not end:
            return
        lines = bytes(self._held[: end - 1]).split(b"\n")
        del self._held[:end]
        if not self._begun:
            self._begun = True
            lines[0] = lines[0].replace(b"?", b"")
        self._out.write(b"\r\n".join([_row(line) for line in lines]) + b"\r\n")


def _row(line: bytes) -> bytes:
    if b'"' not in line and b"," not in line and b"<<" not in line:
        return line.translate(None, b"<>").replace(b"\t", b",")
    return b",".join([_cell(cell) for cell in line.split(b"\t")])


def _cell(cell: bytes) -> bytes:
    """Turn one term: an IRI in angles, a literal in quotation marks with what it is of, or what stands for itself."""
    sign = cell[:1]
    if sign == b'"':
        value = cell[1 : cell.rindex(b'"')]
        if b"\\" in value:
            value = _ESCAPED.sub(lambda found: _MEANT.get(found[1], found[1]), value)
    elif sign == b"<" and cell[1:2] != b"<":
        value = cell[1:-1]
    else:
        value = cell
    if b'"' in value:
        return b'"' + value.replace(b'"', b'""') + b'"'
    return b'"' + value + b'"' if b"," in value or b"\n" in value or b"\r" in value else value
