"""What the tests of this room share: a text of their own as an article, read by the room's own analysis."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from kg.extract.language.document import Document, Mention, NamedEntity, analyse
from kg.model import Article, Block, Metadata, View

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from kg.model import EntityType


@pytest.fixture
def document() -> Callable[..., Document]:
    """A function from a text (paragraphs parted by blank lines) and a publication date to a document."""

    def build(text: str, published: date | None = None) -> Document:
        blocks = tuple(Block("paragraph", m.start(), m.end()) for m in re.finditer(r"[^\n]+(?:\n[^\n]+)*", text))
        view = View(text, ((0, 0, len(text)),))
        return analyse(Article("0" * 16, "story", text, view, blocks, Metadata(published=published), "story.txt"))

    return build


@pytest.fixture
def entity() -> Callable[..., NamedEntity]:
    """A function that makes an entity of all places where the names stand in a document."""

    def build(document: Document, number: int, kind: EntityType, *names: str) -> NamedEntity:
        mentions = tuple(
            Mention(m.start(), m.end(), m[0], kind)
            for name in names
            for m in re.finditer(rf"\b{re.escape(name)}\b", document.text)
        )
        assert mentions, f"none of {names} stands in the text"
        return NamedEntity(f"e{number}", names[0], kind, mentions)

    return build
