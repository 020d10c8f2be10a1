"""The article as sentences of tagged tokens: what all finders of this room read; finds nothing itself.

Everything inside `kg.extract` counts in the view's offsets; `extractor` turns them into verbatim spans at the very end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from kg.model import Article, BlockKind, EntityType


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a mark, with its Penn Treebank tag."""

    start: int
    end: int
    text: str
    tag: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence; `index` is its place in the document, `block` the part of the article that it stands in."""

    index: int
    start: int
    end: int
    block: BlockKind
    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A whole article for the finders. `published` anchors relative times; `None` where the source gives no date."""

    text: str
    sentences: tuple[Sentence, ...]
    published: date | None

    def sentence_at(self, offset: int) -> Sentence | None:
        """Return the sentence that holds this offset of the view."""
        return next((s for s in self.sentences if s.start <= offset < s.end), None)


@dataclass(frozen=True, slots=True)
class Mention:
    """A name found in the view, with the type its own words and context suggest."""

    start: int
    end: int
    text: str
    type: EntityType


@dataclass(frozen=True, slots=True)
class NamedEntity:
    """Mentions of one name-bearer, grouped; `id` is `e1`, `e2`, … in order of first mention."""

    id: str
    name: str
    type: EntityType
    mentions: tuple[Mention, ...]


def analyse(article: Article) -> Document:
    """Split the article's blocks into sentences and tokens, and tag them."""
    raise NotImplementedError


def words(sentence: Sentence) -> Iterator[Token]:
    """Yield the tokens that hold a letter or a digit."""
    return (token for token in sentence.tokens if any(c.isalnum() for c in token.text))
