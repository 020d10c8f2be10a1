"""Rival figures: the bare number that a second source sets against a toll just told; reads no first toll.

`The ministry said 12 people died. The rebels say 40.`
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.extract.quantities.numbers import Quantity, find_quantities

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.extract.language.document import Document
    from kg.model import Outcome

_GIVES = re.compile(
    r"\b(?:says?|said|counts?|counted|puts?\s+(?:it|the\s+(?:figure|number))\s+at|(?:spoke|spoken|speaks|talked)\s+of"
    r"|(?:figure|number|count)\s+(?:was|is|at|of)|claims?|claimed|reported|gave|gives)\s+(?:only\s+|it\s+was\s+)?[\"“']?$",
    re.IGNORECASE,
)
_CLOSES = re.compile(r"[\"”']?\s*(?:[.;,)]|$|\n)")
_REACH = 2  # sentences back to the toll that the figure answers


def rival_figures(
    document: Document, tolls: Sequence[tuple[int, Outcome]]
) -> Iterator[tuple[int, int, Quantity, Outcome]]:
    """Yield `(start, end, quantity, outcome)` of each bare number that a source gives where a toll stands before it.

    `tolls` are `(start, outcome)` of those already found; the outcome is the last one's.
    """
    told = sorted(tolls)
    for sentence in document.sentences:
        text = document.text[sentence.start : sentence.end]
        if not _GIVES.search(text) and not re.search(r"\d|hundred|thousand|teen|ty\b", text):
            continue
        for quantity in find_quantities(document.text, sentence.start, sentence.end):
            before = document.text[sentence.start : quantity.start]
            if not _GIVES.search(before) or not _CLOSES.match(document.text, quantity.end, sentence.end):
                continue
            first = document.sentences[max(0, sentence.index - _REACH)].start
            near = [outcome for start, outcome in told if first <= start < quantity.start]
            if near:
                yield quantity.start, quantity.end, quantity, near[-1]
