"""SERVICE and LOAD in a text that may not reach the network: what stands in for them, so that the rest still counts.

Refuses nothing: `guard` does. A refused text is parsed all the same, for who has made a mistake wants to know of that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.store.query.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.store.query.tokens import Token

_NOTHING = "INSERT DATA {}"
_LONGEST = 1_000_000  # characters; a token takes some hundred bytes, and what is longer is refused as it stands
Change = tuple[int, int, str]  # from, to, what stands there instead


def stand_in(text: str) -> str:
    """Write the network out of a query or update, for its syntax: it parses exactly where the text does.

    `SERVICE x {…}` has the form of `GRAPH x {…}`, and LOAD that of ADD. Places in the text stay where they were, but
    behind a LOAD that names no target.
    """
    if len(text) > _LONGEST:
        return text
    return _changed(text, _stand_ins(tokens(text)))


def without_silent_loads(update: str) -> str:
    """Let each `LOAD SILENT` do nothing: it fails here, and SILENT asks for its failure to count as success.

    SPARQL 1.1 Update, section 3.1.4.
    """
    if len(update) > _LONGEST:
        return update
    found = tokens(update)
    changes = []
    for at, token in enumerate(found):
        if token.word == "load" and _word(found, at + 1) == "silent" and (last := _last(found, at + 2)) is not None:
            is_whole = last + 1 == len(found) or found[last + 1].text == ";"
            if is_whole:
                changes.append((token.start, found[last].end, _NOTHING))
    return _changed(update, changes)


def _stand_ins(found: Sequence[Token]) -> Iterator[Change]:
    for at, token in enumerate(found):
        is_silent = _word(found, at + 1) == "silent"
        if token.word == "service":
            yield token.start, token.end, "GRAPH  "
            if is_silent:
                yield found[at + 1].start, found[at + 1].end, " " * len("silent")
        elif token.word == "load":
            source = at + 1 + is_silent
            last = _last(found, source)
            if last is not None:
                yield token.start, token.end, "ADD "
                if last == source:
                    yield found[source].end, found[source].end, " TO DEFAULT"
                else:
                    yield found[source + 1].start, found[source + 1].end, "TO  "


def _last(found: Sequence[Token], source: int) -> int | None:
    """Return the place of a LOAD's last token, `source` being its address's; `None` where it is no whole LOAD."""
    if source >= len(found) or found[source].kind not in ("iri", "name"):
        return None
    if _word(found, source + 1) != "into":
        return source
    is_target = source + 3 < len(found) and found[source + 3].kind in ("iri", "name")
    return source + 3 if _word(found, source + 2) == "graph" and is_target else None


def _word(found: Sequence[Token], at: int) -> str:
    return found[at].word if at < len(found) else ""


def _changed(text: str, changes: Iterator[Change] | list[Change]) -> str:
    pieces, last = [], 0
    for start, end, instead in changes:
        pieces += [text[last:start], instead]
        last = end
    return "".join([*pieces, text[last:]])
