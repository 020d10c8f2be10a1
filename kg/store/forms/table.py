"""The answer of a SELECT as a value: rows of rdflib terms, and how people look at them; runs no query."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from rdflib import Literal, URIRef

from kg.errors import ConfigError
from kg.vocab import shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib.term import Identifier

_WIDEST = 60  # characters of a cell in a terminal
_SHOWN_ROWS = 100  # a notebook cell with more helps nobody


@dataclass(frozen=True, slots=True)
class Table:
    """Variables in the query's order and one tuple per solution; `None` is an unbound variable."""

    variables: tuple[str, ...]
    rows: tuple[tuple[Identifier | None, ...], ...]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Identifier]]:
        """Yield each row as a dictionary of its bound variables."""
        for row in self.rows:
            yield {name: term for name, term in zip(self.variables, row, strict=True) if term is not None}

    def column(self, variable: str) -> tuple[Identifier | None, ...]:
        """Return one column; raises `KeyError` for a variable the query does not have."""
        if variable not in self.variables:
            raise KeyError(variable)
        at = self.variables.index(variable)
        return tuple(row[at] for row in self.rows)

    def to_csv(self) -> str:
        """Write CSV with a header line and plain values."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.variables)
        writer.writerows([("" if term is None else str(term)) for term in row] for row in self.rows)
        return out.getvalue()

    def to_text(self) -> str:
        """Lay the rows out in columns for a terminal: IRIs shortened, wide cells cut, the count at the end."""
        cells = [["" if term is None else _cut(shorten(term)) for term in row] for row in self.rows]
        columns = zip(self.variables, *cells, strict=True)
        widths = [max(map(len, column)) for column in columns]
        lines = [self.variables, ["─" * width for width in widths], *cells]
        laid = ("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)
        return "\n".join([*laid, f"{len(self)} row{'' if len(self) == 1 else 's'}"])

    def to_dataframe(self) -> Any:
        """Return a pandas DataFrame with Python values; raises `ConfigError` where pandas is not installed."""
        try:
            import pandas as pd  # noqa: PLC0415 - not a dependency: only who asks for a DataFrame needs it
        except ImportError as error:
            raise ConfigError("to_dataframe needs pandas: pip install pandas") from error
        values = [[term.toPython() if isinstance(term, Literal) else term for term in row] for row in self.rows]
        return pd.DataFrame(values, columns=list(self.variables))

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(name)}</th>" for name in self.variables)
        body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in self.rows[:_SHOWN_ROWS])
        more = len(self) - _SHOWN_ROWS
        note = f"<p>and {more:,} more rows</p>" if more > 0 else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}"


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _WIDEST else f"{line[: _WIDEST - 1]}…"


def _cell(term: Identifier | None) -> str:
    if term is None:
        return "<td></td>"
    if isinstance(term, URIRef) and str(term).startswith(("http://", "https://")):
        return f'<td><a href="{escape(term, quote=True)}">{escape(shorten(term))}</a></td>'
    return f"<td>{escape(str(term))}</td>"
