"""What a query may not do, found in its tokens before it is parsed: reach the network, or nest too deep.

Knows tokens only; the grammar is Oxigraph's. Oxigraph 0.5 fetches SERVICE and LOAD from any address, also loopback and
link-local ones, and recurses on brackets, so both must be refused before it sees them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from kg.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Kind = Literal["select", "ask", "graph"]

DEEPEST = (
    200  # brackets open at once; real queries stay under 20, Oxigraph's parser overflows its stack in the thousands
)
LONGEST = 1_000_000  # characters of a query
LONGEST_UPDATE = 16_000_000  # and of an update, which may carry data
_REMEMBERED = 4_000  # characters of a query whose outline is kept
_HALF = re.compile("[\ud800-\udfff]")
# SPARQL 1.1, section 19.2: code point escapes count anywhere, so a keyword may hide in them
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
# Every alternative is as wide as the grammar's token and no wider: what is swallowed here is not looked at again. The
# last one fires on a quote that opens no whole string; going on behind it would be wrong, and quadratic.
_TOKENS = re.compile(
    r"""
      [ \t\n\r.;,]+                                           # what begins no token
    | \#[^\n\r]*                                              # comment
    | <[^<>"{}|^`\\\x00-\x20]*(?:(?:\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})[^<>"{}|^`\\\x00-\x20]*)*>   # IRI
    | \"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*'''
    | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*'           # strings
    | [?$]\w+ | @[A-Za-z]+(?:-[A-Za-z0-9]+)*                  # variables, language tags
    | (?P<name>(?:\w[\w.-]*)?:(?:[\w:.%-]|\\[_~.\-!$&'()*+,;=/?\#@%])*) # prefixed names
    | (?P<word>[A-Za-z_]\w*)
    | (?P<open>[({\[]) | (?P<close>[)}\]])
    | (?P<broken>["'])
    """,
    re.VERBOSE | re.DOTALL,
)
_NETWORK = frozenset({"service", "load"})
_FORMS: dict[str, Kind] = {"select": "select", "ask": "ask", "construct": "graph", "describe": "graph"}
_NAMES_GRAPHS = frozenset({"with", "using", "graph", "clear", "drop", "create", "add", "move", "copy", "from"})
_FICKLE = frozenset({"now", "rand", "uuid", "struuid", "bnode"})


@dataclass(frozen=True, slots=True)
class Token:
    """A bare word or a bracket: `text` in lower case, where it starts, and how many brackets are open before it."""

    text: str
    start: int
    depth: int


@dataclass(frozen=True, slots=True)
class Outline:
    """What the tokens of a checked query tell: its kind (`None` where no query form opens it) and its habits."""

    kind: Kind | None
    has_dataset: bool
    is_fickle: bool


def tokens(text: str) -> Iterator[Token]:
    """Yield the bare words and brackets outside comments, strings and IRIs.

    Raises `QueryError` 400 for a string that is not closed and for brackets nested too deep.
    """
    depth = 0
    for match in _TOKENS.finditer(text):
        kind = match.lastgroup
        if kind == "word":
            yield Token(match[0].lower(), match.start(), depth)
        elif kind == "open":
            yield Token(match[0], match.start(), depth)
            depth += 1
            if depth > DEEPEST:
                raise QueryError(f"{position(text, match.start())}: more than {DEEPEST} brackets are open")
        elif kind == "close":
            depth -= 1
            yield Token(match[0], match.start(), depth)
        elif kind == "broken":
            raise QueryError(f"{position(text, match.start())}: this string is not closed")


def undeclared(text: str, known: Iterable[str]) -> tuple[str, int] | None:
    """Return the first prefix that is neither declared nor known, and where it stands."""
    declared = set(known)
    is_declaration = False
    for match in _TOKENS.finditer(text):
        kind = match.lastgroup
        if kind == "name":
            prefix = match[0].partition(":")[0]
            if is_declaration:
                declared.add(prefix)
            elif prefix not in declared and prefix != "_":  # _:b is a blank node
                return prefix, match.start()
        if kind in ("name", "word"):
            is_declaration = match[0].lower() == "prefix"
    return None


def check(text: str, *, longest: int = LONGEST) -> Outline:
    """Refuse a query or update that is too long (413), nests too deep (400) or would fetch something (403).

    The text is read twice, as it stands and with its code point escapes resolved: whichever way the engine reads them,
    no keyword can hide.
    """
    return _checked_before(text) if len(text) <= _REMEMBERED else _check(text, longest)


def _check(text: str, longest: int = LONGEST) -> Outline:
    if len(text) > longest:
        what = "query" if longest == LONGEST else "update"
        raise QueryError(f"the {what} is longer than {longest:,} characters", status=413)
    if not text.isascii() and _HALF.search(text):
        raise QueryError("the query holds half a character (a surrogate)")
    words = _words(text)
    found = set(words)
    if has_escapes(text):
        found |= _hidden_words(text)
    if asked := _NETWORK & found:
        raise QueryError(
            f"{min(asked).upper()} is not allowed: this store answers from its own graphs only", status=403
        )
    return Outline(
        next((_FORMS[word] for word in words if word in _FORMS), None), "from" in found, not _FICKLE.isdisjoint(found)
    )


def has_escapes(text: str) -> bool:
    """Say whether code point escapes stand in a text, in which a keyword may hide."""
    return "\\" in text and _ESCAPE.search(text) is not None


# one request asks twice, and clients repeat themselves; what is refused is not remembered
_checked_before = lru_cache(maxsize=512)(_check)


def _words(text: str) -> list[str]:
    """Return the bare words alone, with the errors that `tokens` raises, in half the time."""
    depth = 0
    found = []
    for match in _TOKENS.finditer(text):
        kind = match.lastgroup
        if kind == "word":
            found.append(match[0].lower())
        elif kind == "open":
            depth += 1
            if depth > DEEPEST:
                raise QueryError(f"{position(text, match.start())}: more than {DEEPEST} brackets are open")
        elif kind == "close":
            depth -= 1
        elif kind == "broken":
            raise QueryError(f"{position(text, match.start())}: this string is not closed")
    return found


def _hidden_words(text: str) -> set[str]:
    plain = _ESCAPE.sub(lambda match: _character(match[1] or match[2]), text)
    try:
        return {token.text for token in tokens(plain)}
    except QueryError:
        # an escaped quote inside a string unbalances this reading; then only the engine's own reading counts, unless
        # the escapes spell a keyword
        return {word.lower() for word in re.findall(r"\w+", plain)}


def _character(digits: str) -> str:
    code = int(digits, 16)
    return chr(code) if code <= 0x10FFFF else " "


def position(text: str, at: int) -> str:
    """Name a place in a text as people count: `line 2, column 10`."""
    return f"line {text.count(chr(10), 0, at) + 1}, column {at - text.rfind(chr(10), 0, at)}"


def with_using(update: str, default: tuple[str, ...], named: tuple[str, ...]) -> str:
    """Give every DELETE/INSERT … WHERE of an update this dataset, as the protocol's `using-graph-uri` asks.

    Raises `QueryError` 400 where the update names a dataset itself (SPARQL 1.1 Protocol, section 2.2.3), or an IRI is none.
    """
    for iri in (*default, *named):
        if not re.fullmatch(r'[^<>"{}|^`\\\x00-\x20]+', iri):
            raise QueryError(f"{iri!r} is not an IRI")
    clause = "".join([f"USING <{iri}> " for iri in default] + [f"USING NAMED <{iri}> " for iri in named])
    found = [token for token in tokens(update) if token.depth == 0]
    if any(token.text in ("using", "with") for token in found):
        raise QueryError("using-graph-uri and using-named-graph-uri cannot be combined with USING or WITH")
    pieces, last = [], 0
    for before, token in zip([Token("", 0, 0), *found], found, strict=False):
        if token.text != "where":
            continue
        if before.text == "delete":  # DELETE WHERE takes no USING; its long form does
            opening, closing = _braces(update, token.start)
            pattern = update[opening : closing + 1]
            pieces += [update[last : token.start], f"{pattern} {clause}WHERE "]
            last = opening
        else:
            pieces += [update[last : token.start], clause]
            last = token.start
    return "".join([*pieces, update[last:]])


def _braces(text: str, start: int) -> tuple[int, int]:
    marks = [token for token in tokens(text) if token.start >= start and token.depth == 0]
    opening = next((mark.start for mark in marks if mark.text == "{"), None)
    closing = next((mark.start for mark in marks if mark.text == "}"), None)
    if opening is None or closing is None:
        raise QueryError(f"{position(text, start)}: WHERE without a group")
    return opening, closing


def on_graph(update: str, graph: str) -> str:
    """Confine an update to one graph: every operation reads and changes that one alone, as PATCH on a graph asks.

    Raises `QueryError` 400 for an operation that names graphs itself or manages them.
    """
    if not re.fullmatch(r'[^<>"{}|^`\\\x00-\x20]+', graph):
        raise QueryError(f"{graph!r} is not an IRI")
    found = list(tokens(update))
    for token in found:
        if token.text in _NAMES_GRAPHS:
            raise QueryError(
                f"{position(update, token.start)}: {token.text.upper()} cannot stand in an update of one graph"
            )
    marks = [token for token in found if token.depth == 0]
    additions: list[tuple[int, str]] = []
    for number, token in enumerate(marks[:-1]):
        after = marks[number + 1].text
        if token.text in ("insert", "delete") and after in ("data", "where"):
            opening, closing = _braces(update, token.start)
            additions += [(opening + 1, f" GRAPH <{graph}> {{"), (closing, "} ")]
        elif token.text == "delete" or (token.text == "insert" and not _follows_delete(marks, number)):
            additions.append((token.start, f"WITH <{graph}> "))
    for at, text in sorted(additions, reverse=True):
        update = update[:at] + text + update[at:]
    return update


def _follows_delete(marks: list[Token], number: int) -> bool:
    """Say whether an INSERT belongs to the DELETE before it: `DELETE { … } INSERT { … } WHERE { … }`."""
    return [mark.text for mark in marks[max(0, number - 3) : number]] == ["delete", "{", "}"]
