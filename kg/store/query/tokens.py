"""SPARQL text as tokens with their places, for those who change a text without misreading it; knows no grammar."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kg.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Sequence

TokenKind = Literal["iri", "string", "variable", "tag", "name", "word", "number", "open", "close", "mark"]

# SPARQL 1.1, section 19.8. Blanks and comments lie between tokens. What no other alternative takes is one mark.
_TOKEN = re.compile(
    r"""
      (?P<skip>[\s]+|\#[^\n\r]*)
    | (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>)
    | (?P<string>\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''
                |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
    | (?P<variable>[?$]\w+)
    | (?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    | (?P<name>_:[\w](?:[\w.-]*[\w-])?|(?:[^\W\d_](?:[\w.-]*[\w-])?)?:(?:(?:[\w:]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])
                (?:(?:[\w:.-]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])*(?:[\w:-]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]))?)?)
    | (?P<number>(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?)
    | (?P<word>[A-Za-z_]\w*)
    | (?P<open>[({\[])
    | (?P<close>[)}\]])
    | (?P<mark>\^\^|&&|\|\||[!<>]=|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_CLOSING = {"(": ")", "{": "}", "[": "]"}


@dataclass(frozen=True, slots=True)
class Token:
    """`text` as written, from `start` to `end`; words can be compared by `word`, which is lower case and empty otherwise."""

    kind: TokenKind
    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        """The bare word in lower case, empty for any other token."""
        return self.text.lower() if self.kind == "word" else ""

    @property
    def variable(self) -> str:
        """The name of the variable without its mark, empty for any other token."""
        return self.text[1:] if self.kind == "variable" else ""


def tokens(text: str) -> tuple[Token, ...]:
    """Take a text apart. What does not fit the grammar comes as single marks, and is left for the engine to refuse."""
    found = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind != "skip":
            found.append(Token(kind, match[0], match.start(), match.end()))  # type: ignore[arg-type]  # the groups are the kinds
    return tuple(found)


def closing(found: Sequence[Token], at: int) -> int:
    """Return the place of the bracket that closes the one at `at`; raises `QueryError` 400 where none does."""
    waiting: list[str] = []
    for place in range(at, len(found)):
        token = found[place]
        if token.kind == "open":
            waiting.append(_CLOSING[token.text])
        elif token.kind == "close":
            if not waiting or waiting.pop() != token.text:
                break
            if not waiting:
                return place
    raise QueryError(f"the bracket {found[at].text} is not closed")
