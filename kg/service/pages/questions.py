"""The competency questions of the ontology: what it is made to answer, each with its query; asks none of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from kg.config import resource
from kg.service.pages.asking import with_prefixes


@dataclass(frozen=True, slots=True)
class Question:
    """One question in words and in SPARQL."""

    words: str
    query: str


@cache
def questions() -> tuple[Question, ...]:
    """Return the questions in their order."""
    texts = (path.read_text(encoding="utf-8") for path in sorted((resource("ontology") / "questions").glob("*.rq")))
    return tuple(Question(text.partition("\n")[0].removeprefix("# "), with_prefixes(text)) for text in texts)
