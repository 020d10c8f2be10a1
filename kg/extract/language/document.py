"""The article as sentences of tagged tokens: what all finders of this room read; finds nothing itself.

Everything inside `kg.extract` counts in the view's offsets; `extractor` turns them into verbatim spans at the very end.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kg.extract.language.sentences import split
from kg.extract.language.tagger import tag

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from kg.model import Article, BlockKind, EntityType


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a mark, with its Penn Treebank tag.

    Marks: `.` `,` `:` ` `` ` `''` `-LRB-` `-RRB-` `$` `#`; a hyphen that parts a name from a word (`Iran` `-` `backed`) is HYPH,
    its word VBN or JJ. A possessive mark is POS, also where the source lost the apostrophe (`Syria` `s`).
    """

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
        at = bisect_right(self.sentences, offset, key=lambda sentence: sentence.start) - 1
        return self.sentences[at] if at >= 0 and offset < self.sentences[at].end else None


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
    text, blocks = article.view.text, article.blocks
    found = [(blocks[number].kind, ranges) for number, ranges in split(text, [(b.start, b.end) for b in blocks])]
    tags = tag([[text[start:end] for start, end in ranges] for _, ranges in found])
    sentences = tuple(
        Sentence(
            index,
            ranges[0][0],
            ranges[-1][1],
            block,
            tuple(Token(start, end, text[start:end], name) for (start, end), name in zip(ranges, names, strict=True)),
        )
        for index, ((block, ranges), names) in enumerate(zip(found, tags, strict=True))
    )
    published = article.metadata.published
    return Document(text, sentences, published.date() if isinstance(published, datetime) else published)


def words(sentence: Sentence) -> Iterator[Token]:
    """Yield the tokens that hold a letter or a digit."""
    return (token for token in sentence.tokens if any(c.isalnum() for c in token.text))
