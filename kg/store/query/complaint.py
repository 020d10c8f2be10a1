"""Syntax errors of Oxigraph in people's words; parses nothing itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.store.query.guard import position, undeclared

if TYPE_CHECKING:
    from collections.abc import Iterable

_PLACE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_EXPECTED = re.compile(r'"(?:[^"\\]|\\.)+"|[A-Z]{2,}')
_MOST_EXPECTED = 8  # Oxigraph lists every token that could stand there; past a few they tell nothing


def explain(message: str, query: str, *, known: Iterable[str] = ()) -> str:
    """Say where and what: `line 2, column 10: the prefix foo: is not declared; known without are cn:, …`.

    `known` are the prefixes that need no declaration.
    """
    match = _PLACE.fullmatch(message)
    if match is None:
        return f"syntax error: {message}"
    # where a prefix is missing, Oxigraph often complains of something behind it
    known = tuple(known)
    if (found := undeclared(query, known)) is not None:
        listed = ", ".join(f"{name}:" for name in known)
        hint = f"; known without a declaration are {listed}" if listed else ""
        return f"{position(query, found[1])}: the prefix {found[0]}: is not declared{hint}"
    line, column, rest = int(match[1]), int(match[2]), match[3]
    where = f"line {line}, column {column}"
    wanted = _EXPECTED.findall(rest)
    if not rest.startswith("expected") or not wanted:
        return f"{where}: {rest if not rest.startswith('expected') else 'this does not fit here'}"
    if len(wanted) > _MOST_EXPECTED:
        return f"{where}: this does not fit here; expected {', '.join(wanted[:_MOST_EXPECTED])} or the like"
    return f"{where}: expected {' or '.join(wanted)}"
