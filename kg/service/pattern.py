"""SERVICE clauses in the text of a query: where they stand, which variables they share with what is joined with them.

Reads tokens and brackets, not the grammar; what is not understood is left as it is, and for the engine to refuse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

from kg.errors import QueryError
from kg.store.query.tokens import Token, closing, tokens
from kg.vocab import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Sequence

_IRI = re.compile(r'[^<>"{}|^`\\\x00-\x20]+')
_TAG = re.compile(r"[A-Za-z]+(?:-[A-Za-z0-9]+)*")
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
# behind one of these the rest of a group is not simply joined with what stands before it
_ORDERED = frozenset({"optional", "minus", "bind", "service", "filter"})
_UNPLAIN = frozenset({"true", "false", "a"})


@dataclass(frozen=True, slots=True)
class Clause:
    """One SERVICE clause: `start` and `end` in the text, its endpoint, the inside of its group.

    `is_nested`: it stands inside another, so that what is joined with it lies elsewhere. `is_plain`: nothing but triples, which may be put beside a VALUES block without a group of their own.
    """

    start: int
    end: int
    endpoint: str
    is_silent: bool
    is_nested: bool
    pattern: str

    @property
    def is_plain(self) -> bool:
        return all(
            token.text not in ("{", "}") and (not token.word or token.word in _UNPLAIN)
            for token in tokens(self.pattern)
        )

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables of the pattern in their order."""
        return tuple(dict.fromkeys(token.variable for token in tokens(self.pattern) if token.variable))


def clauses(query: str) -> tuple[Clause, ...]:
    """Return the SERVICE clauses in their order, those inside another before it.

    Raises `QueryError` 400 for one without a fixed address.
    """
    if "service" not in query.lower():
        return ()
    found: list[Clause] = []
    read = tokens(query)
    _collect(query, read, 0, len(read), found, is_nested=False)
    return tuple(found)


def _collect(query: str, read: Sequence[Token], at: int, end: int, found: list[Clause], *, is_nested: bool) -> None:
    while at < end:
        if read[at].word != "service":
            at += 1
            continue
        start, at = at, at + 1
        is_silent = at < end and read[at].word == "silent"
        at += is_silent
        if at < end and read[at].variable:
            raise QueryError(f"SERVICE {read[at].text}: an endpoint must be named, not be the value of a variable")
        if at + 1 >= end or read[at + 1].text != "{":
            raise QueryError("SERVICE needs the address of an endpoint and a group in braces")
        endpoint, opening = _iri(read, read[at]), at + 1
        at = closing(read, opening)
        _collect(query, read, opening + 1, at, found, is_nested=True)
        pattern = query[read[opening].end : read[at].start]
        found.append(Clause(read[start].start, read[at].end, endpoint, is_silent, is_nested, pattern))


def _iri(read: Sequence[Token], token: Token) -> str:
    if token.kind == "iri":
        return token.text[1:-1]
    if token.kind == "name":
        prefix, _, local = token.text.partition(":")
        known = dict(PREFIXES)
        for at, each in enumerate(read[:-2]):
            if each.word == "prefix" and read[at + 2].kind == "iri":
                known[read[at + 1].text.partition(":")[0]] = read[at + 2].text[1:-1]
        if prefix in known and "\\" not in local:
            return known[prefix] + local
    raise QueryError(f"SERVICE {token.text}: this is no address of an endpoint")


def needed(query: str, clause: Clause) -> tuple[str, ...]:
    """Return the variables of a clause that the rest of the query speaks of; all of them where it takes all."""
    outside = [token for token in tokens(query) if not clause.start <= token.start < clause.end]
    takes_all = any(
        token.text == "*" and (before.word in ("select", "distinct", "reduced", "describe") or before.text == "(")
        for before, token in pairwise(outside)
    )
    named = {token.variable for token in outside}
    return tuple(name for name in clause.variables if takes_all or name in named)


def joined(query: str, clause: Clause) -> tuple[tuple[str, ...], str] | None:
    """Return the variables that a clause shares with what it is joined with, and that pattern with its dataset, to be asked for.

    Rows of the clause that agree with none of these bindings cannot be part of any solution, so none need be fetched.
    `None` where nothing is shared, or where the text does not allow the conclusion.
    """
    read = tokens(query)
    at = next(place for place, token in enumerate(read) if token.start == clause.start)
    opened = _enclosing(read, at)
    own = set(clause.variables)
    first, last, is_optional = at, closing(read, _brace(read, at)), False
    for level in range(len(opened) - 1, -1, -1):
        opening = opened[level]
        kind = _kind(read, opened[: level + 1])
        before, after = _elements(read, opening, first, last)
        parts = [_text(query, read, before)]
        if not is_optional:
            parts.append(_text(query, read, after))
        text = " .\n".join(filter(None, parts))
        shared = tuple(name for name in dict.fromkeys(t.variable for t in tokens(text) if t.variable) if name in own)
        if shared:
            graph = _graph(read, opened[: level + 1])
            inside = f"GRAPH {graph} {{ {text}\n}}" if graph else text
            return shared, f"{_dataset(query, read)} WHERE {{ {inside}\n}}"
        if kind not in ("group", "optional", "graph"):
            return None
        is_optional = is_optional or kind == "optional"
        first, last = _whole_element(read, opening, kind)
    return None


def _brace(read: Sequence[Token], at: int) -> int:
    return next(place for place in range(at, len(read)) if read[place].text == "{")


def _enclosing(read: Sequence[Token], at: int) -> list[int]:
    """Return the braces that are open at a place, the outermost first."""
    opened: list[int] = []
    for place, token in enumerate(read[:at]):
        if token.kind == "open":
            opened.append(place)
        elif token.kind == "close" and opened:
            opened.pop()
    return [place for place in opened if read[place].text == "{"]


def _kind(read: Sequence[Token], opened: Sequence[int]) -> str:
    """Say what the innermost of these groups is to the one around it: `where` is one on its own."""
    opening = opened[-1]
    if read[opening + 1].word == "select":
        return "select"
    before = read[opening - 1]
    if len(opened) < 2 or before.word in ("where", "minus", "exists"):
        return "where"
    if read[opened[-2] + 1].word == "select":
        return "where"  # of a SELECT without the word
    if before.word == "optional":
        return "optional"
    return "graph" if read[opening - 2].word == "graph" else "group"


def _elements(read: Sequence[Token], opening: int, first: int, last: int) -> tuple[list[int], list[int]]:
    """Return the places of the tokens of a group before an element and behind it, as far as they are simply joined with it.

    FILTERs are left out: they may speak of what the element brings.
    """
    end = closing(read, opening)
    before = _without_filters(read, list(range(opening + 1, first)))
    after: list[int] = []
    place = last + 1
    while place < end and read[place].word not in _ORDERED and read[place].text != "{":
        if read[place].kind == "open":
            inside = closing(read, place)
            after += range(place, inside + 1)
            place = inside + 1
        elif read[place].word in ("graph", "values", "union"):
            break
        else:
            after.append(place)
            place += 1
    return before, after


def _without_filters(read: Sequence[Token], places: list[int]) -> list[int]:
    """Leave out the FILTERs of a group itself; those of groups inside it belong to these."""
    kept: list[int] = []
    at = depth = 0
    while at < len(places):
        token = read[places[at]]
        if token.word != "filter" or depth:
            depth += (token.kind == "open") - (token.kind == "close")
            kept.append(places[at])
            at += 1
            continue
        # FILTER ( … ), FILTER name ( … ), FILTER <function> ( … ), FILTER [NOT] EXISTS { … }
        while at < len(places) and read[places[at]].kind != "open":
            at += 1
        if at < len(places):
            at += closing(read, places[at]) - places[at] + 1
    return kept


def _whole_element(read: Sequence[Token], opening: int, kind: str) -> tuple[int, int]:
    """Return the first and the last place of the element that a group is, with its keywords and all arms of its UNION."""
    first, last = opening, closing(read, opening)
    if kind == "optional":
        return first - 1, last
    if kind == "graph":
        return first - 2, last
    while first > 1 and read[first - 1].word == "union":
        depth, first = 1, first - 3
        while depth and first > 0:
            depth += (read[first].kind == "close") - (read[first].kind == "open")
            first -= bool(depth)
    while last + 2 < len(read) and read[last + 1].word == "union":
        last = closing(read, last + 2)
    return first, last


def _graph(read: Sequence[Token], opened: Sequence[int]) -> str:
    """Return the name of the graph in which the innermost of these groups is matched, empty for the default graph."""
    for level in range(len(opened), 0, -1):
        if _kind(read, opened[:level]) == "graph":
            return read[opened[level - 1] - 1].text
    return ""


def _dataset(query: str, read: Sequence[Token]) -> str:
    """Return the dataset clauses of a query."""
    found = []
    for at, token in enumerate(read[:-1]):
        if token.word == "from":
            last = at + 2 if read[at + 1].word == "named" else at + 1
            found.append(query[token.start : read[min(last, len(read) - 1)].end])
    return " ".join(found)


def _text(query: str, read: Sequence[Token], places: Sequence[int]) -> str:
    """Return the text of tokens as it is written, run by run."""
    runs = (
        [place for _, place in run]
        for _, run in groupby(enumerate(places), key=lambda numbered: numbered[1] - numbered[0])
    )
    return "\n".join(query[read[run[0]].start : read[run[-1]].end] for run in runs).strip(" .\n")


def terms_of(binding: dict[str, Any], blank: str) -> str:
    """Write one value of JSON results as a term of SPARQL; a blank node gets a name that begins with `blank`.

    Raises `ValueError` for what is no term.
    """
    value, kind = str(binding["value"]), binding["type"]
    if kind == "uri" and _IRI.fullmatch(value):
        return f"<{value}>"
    if kind == "bnode" and re.fullmatch(r"[\w.:-]+", value):
        return f"<{blank}{value}>"
    if kind not in ("literal", "typed-literal"):
        raise ValueError(value)
    text = f'"{value.translate(_ESCAPES)}"'
    if (tag := binding.get("xml:lang")) and _TAG.fullmatch(tag):
        return f"{text}@{tag}"
    if (datatype := binding.get("datatype")) and _IRI.fullmatch(datatype):
        return f"{text}^^<{datatype}>"
    return text
