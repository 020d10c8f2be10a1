"""What a query may not do, found in its tokens before it is parsed: reach the network, or nest too deep.

Knows tokens only; the grammar is Oxigraph's. Oxigraph 0.5 fetches SERVICE and LOAD from any address, also loopback and
link-local ones, and recurses on brackets, so both must be refused before it sees them.
"""

from __future__ import annotations

import re

from kg.errors import QueryError

_DEEPEST = (
    200  # brackets open at once; real queries stay under 20, Oxigraph's parser overflows its stack in the thousands
)
_LONGEST = 1_000_000  # characters
# SPARQL 1.1, section 19.2: code point escapes count anywhere, so a keyword may hide in them
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_TOKENS = re.compile(
    r"""
      \#[^\n\r]*                                              # comment
    | <[^<>"{}|^`\\\x00-\x20]*>                               # IRI
    | \"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*'''
    | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*'           # strings
    | [?$]\w+ | @[A-Za-z-]+                                   # variables, language tags
    | [\w.-]*:[^\s()\[\]{};,"'<>^|/*+?!=&]*                   # prefixed names
    | (?P<word>[A-Za-z_]\w*)
    | (?P<open>[({\[]) | (?P<close>[)}\]])
    """,
    re.VERBOSE | re.DOTALL,
)
_NETWORK = frozenset({"service", "load"})
_FORMS = frozenset({"select", "ask", "construct", "describe"})


def words(text: str) -> list[str]:
    """Return the bare words of a query in lower case; raises `QueryError` where it is too long or nests too deep."""
    if len(text) > _LONGEST:
        raise QueryError(f"the query is longer than {_LONGEST:,} characters", status=413)
    plain = _ESCAPE.sub(lambda match: _character(match[1] or match[2]), text)
    found, depth = [], 0
    for match in _TOKENS.finditer(plain):
        if match["word"]:
            found.append(match["word"].lower())
        elif match["open"]:
            depth += 1
            if depth > _DEEPEST:
                raise QueryError(f"the query nests more than {_DEEPEST} brackets deep")
        elif match["close"]:
            depth -= 1
    return found


def _character(digits: str) -> str:
    code = int(digits, 16)
    return chr(code) if code <= 0x10FFFF else " "


def refuse_network(text: str) -> None:
    """Raise `QueryError` 403 for a query or update that would fetch from somewhere."""
    if asked := sorted(_NETWORK.intersection(words(text))):
        raise QueryError(f"{asked[0].upper()} is not allowed: this store answers from its own graphs only", status=403)


def query_form(text: str) -> str | None:
    """Return `select`, `ask`, `construct` or `describe`, whichever opens the query; `None` for anything else."""
    return next((word for word in words(text) if word in _FORMS), None)
