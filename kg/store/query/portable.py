"""A query's text made fit for an engine that is not ours: known prefixes declared, values where variables stood; asks nobody.

Our own engine takes prefixes and values beside the text; the SPARQL protocol has no room for either.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from kg.errors import QueryError
from kg.store.forms.terms import to_oxigraph
from kg.store.query.tokens import Token, closing, tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rdflib.term import Identifier

_MODIFIERS = ("having", "order", "limit", "offset", "values")


def declared(text: str, *, prefixes: Mapping[str, str], base: str = "") -> str:
    """Declare the known prefixes that a text uses and does not declare, and the base where it has relative IRIs.

    All on the first line, so that an engine's complaint names the line as the user counts.
    """
    found = tokens(text)
    own, has_base = _prologue(found)
    used = {token.text.partition(":")[0] for token in found if token.kind == "name"}
    head = [f"PREFIX {name}: <{prefixes[name]}>" for name in sorted((used & prefixes.keys()) - own)]
    relative = any(token.kind == "iri" and ":" not in token.text for token in found)
    if base and relative and not has_base:
        head.insert(0, f"BASE <{base}>")
    return " ".join([*head, text])


def _prologue(found: Sequence[Token]) -> tuple[set[str], bool]:
    own = {
        after.text.partition(":")[0]
        for token, after in pairwise(found)
        if token.word == "prefix" and after.kind == "name"
    }
    return own, any(token.word == "base" for token in found)


def prologue(text: str) -> str:
    """Return the declarations that a query begins with."""
    found = tokens(text)
    at = 0
    while at < len(found) and found[at].word in ("prefix", "base"):
        at += 3 if found[at].word == "prefix" else 2
    return text[: found[at].start] if at < len(found) else text


def last_limit(text: str) -> int | None:
    """Return the LIMIT of the query as a whole."""
    depth, limit = 0, None
    found = tokens(text)
    for token, after in pairwise(found):
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0 and token.word == "limit" and after.text.isdigit():
            limit = int(after.text)
    return limit


def with_values(text: str, values: Mapping[str, Identifier]) -> str:
    """Write terms where variables stand, as an engine does that is given them; a projected one keeps its name.

    A sub-SELECT that does not project a variable has one of its own of that name, which is left alone. Raises
    `QueryError` for a variable that the text itself gives a value (BIND, AS, VALUES), and for a term that is no IRI or literal.
    """
    if not values:
        return text
    terms = {name: str(to_oxigraph(term)) for name, term in values.items()}
    return _Writer(text, terms).written()


class _Writer:
    """Goes through one text and notes what is to stand where."""

    def __init__(self, text: str, terms: Mapping[str, str]) -> None:
        self._text = text
        self._terms = terms
        self._tokens = tokens(text)
        self._changes: list[tuple[int, int, str]] = []

    def written(self) -> str:
        self._query(0, len(self._tokens), frozenset(self._terms), is_whole=True)
        text = self._text
        for start, end, new in sorted(self._changes, reverse=True):
            text = text[:start] + new + text[end:]
        return text

    def _query(self, at: int, end: int, names: frozenset[str], *, is_whole: bool = False) -> None:
        """Write one query or sub-query from its first token on; `names` are the variables that mean ours in it."""
        while at < end:
            token = self._tokens[at]
            if token.word == "select":
                at = self._select(at, end, names, is_whole=is_whole)
            elif token.word == "describe":
                at = self._plain(at + 1, names)
            elif token.word == "group" and self._word(at + 1) == "by":
                at = self._group_by(at + 2, end, names)
            elif token.word == "order" and self._word(at + 1) == "by":
                at = self._order_by(at + 2, end, names)
            elif token.text == "{":
                inside = closing(self._tokens, at)
                if self._word(at + 1) == "select":
                    self._query(at + 1, inside, names & self._projected(at + 1, inside))
                else:
                    self._query(at + 1, inside, names)  # a group, in which no SELECT is the whole one
                at = inside + 1
            else:
                at = self._plain(at, names)

    def _word(self, at: int) -> str:
        return self._tokens[at].word if at < len(self._tokens) else ""

    def _projected(self, at: int, end: int) -> frozenset[str]:
        """Return our variables that the SELECT at this place lets through; a star lets all through."""
        head = list(self._head(at, end))
        if any(token.text == "*" for token, depth in head if depth == 0):
            return frozenset(self._terms)
        return frozenset(token.variable for token, depth in head if depth == 0) & self._terms.keys()

    def _head(self, at: int, end: int) -> Iterable[tuple[Token, int]]:
        """Yield what stands between SELECT and its pattern, with the brackets open before it."""
        depth = 0
        for token in self._tokens[at + 1 : end]:
            if token.text == "{" or (depth == 0 and token.word in ("where", "from")):
                return
            depth -= token.kind == "close"
            yield token, depth
            depth += token.kind == "open"

    def _select(self, at: int, end: int, names: frozenset[str], *, is_whole: bool) -> int:
        """Write a SELECT's projection: `?x` becomes `(term AS ?x)`. Returns the place behind it.

        A sub-SELECT has no more need to pass the variable on: whoever would take it has the term.
        """
        place = at + 1
        head = list(self._head(at, end))
        others = any(
            depth == 0 and (token.kind == "close" or (token.variable and token.variable not in names))
            for token, depth in head
        )
        for token, depth in head:
            if token.variable in names:
                term = self._terms[token.variable]
                if depth == 0 and is_whole:
                    self._change(token, f"({term} AS {token.text})")
                elif depth == 0:
                    self._change(token, "" if others else f"({term} AS {token.text}_given)")
                else:
                    self._given(place, token)
                    self._change(token, term)
            place += 1
        return place

    def _group_by(self, at: int, end: int, names: frozenset[str]) -> int:
        """Leave a given variable out of GROUP BY: it is constant."""
        start, kept, dropped = at, 0, []
        while at < end and self._tokens[at].word not in _MODIFIERS and self._tokens[at].text != "}":
            token = self._tokens[at]
            if token.kind == "open":
                inside = closing(self._tokens, at)
                for place in range(at, inside):
                    self._plain(place, names)
                at, kept = inside + 1, kept + 1
            elif token.variable in names:
                dropped.append(token)
                at += 1
            else:
                kept += 1
                at += 1
        for token in dropped:
            self._change(token, "" if kept else "(1)" if token is dropped[0] else "")
        return max(at, start)

    def _order_by(self, at: int, end: int, names: frozenset[str]) -> int:
        """Put brackets round a term that is ordered by: bare, it would read as the name of a function."""
        depth = 0
        while at < end and (depth or (self._tokens[at].word not in _MODIFIERS and self._tokens[at].text != "}")):
            token = self._tokens[at]
            if token.variable in names and depth == 0:
                self._change(token, f"({self._terms[token.variable]})")
            else:
                self._plain(at, names)
            depth += (token.kind == "open") - (token.kind == "close")
            at += 1
        return at

    def _plain(self, at: int, names: frozenset[str]) -> int:
        token = self._tokens[at]
        if token.variable in names:
            self._given(at, token)
            self._change(token, self._terms[token.variable])
        return at + 1

    def _given(self, at: int, token: Token) -> None:
        """Refuse what gives this variable a value in the text."""
        before = self._tokens[at - 1] if at else token
        if before.word in ("as", "values") or (before.text == "(" and self._word(at - 2) == "values"):
            raise QueryError(f"{token.text} cannot be given a value: the query gives it one itself")

    def _change(self, token: Token, new: str) -> None:
        self._changes.append((token.start, token.end, new))
