"""The article's tokens in one row, with the names found over them so far; decides nothing about a name.

Also holds what the steps of `mentions` and `nameedges` share: the words of state institutions, and which words are countries.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.extract.language.sentences import country_names
from kg.extract.language.tagger import sentence_case
from kg.extract.names.tagger import label_names

if TYPE_CHECKING:
    from kg.extract.language.document import Document, Token
    from kg.extract.model import Judgements

# what a demonym in front makes unique; a bare "forces", "troops" or "officials" is none
STATE_WORDS = re.compile(
    r"\s+(?:(?:state|national|federal|interim|transitional|central|arab|royal|democratic|coalition)\s+)?"
    r"(?:army|military|government(?!\s+(?:forces|troops|soldiers|army|officials?))|regime(?!\s+(?:forces|troops|soldiers))|police"
    r"|security\s+forces|armed\s+forces|special\s+forces|air\s+force|navy|coast\s*guard|marines|parliament|cabinet|gendarmerie"
    r"|supreme\s+court|presidency|peshmerga|border\s+guards?|intelligence(?=\s+(?:service|agency|said|has|agencies))"
    r"|(?:foreign|defen[cs]e|interior|health|justice|oil|information|finance)\s+ministry"
    r"|(?:foreign|defen[cs]e|justice|state|treasury)\s+(?:department|office)"
    r"|ministry\s+of\s+(?:foreign\s+affairs|defen[cs]e|interior|health|justice|information|industry))\b",
    re.IGNORECASE,
)
NOT_AHEAD = re.compile(
    r"\s+(?:officials?|officers?|chiefs?|spokes\w+|commanders?|generals?|leaders?|sources?|personnel|operations?|base|bases|action"
    r"|aircraft|helicopters?|presence|intervention|campaign|equipment|aid|checkpoints?|convoys?|vehicles?|posts?|positions?)\b",
    re.IGNORECASE,
)
# a person, a food or a common noun as well as a country: left to the tagger
AMBIGUOUS = frozenset(
    "Georgia Jordan Chad Turkey Guinea Jersey Island Dominica Western English Polish Karen Niger Pole Poles Finn Dane"
    " Welsh Wales Samoa Monaco Israelite Congo European Coptic West".split()
)


@dataclass(slots=True)
class Found:
    """A run of tokens `first:last` of the document that carries a coarse label."""

    first: int
    last: int
    label: str


@dataclass(slots=True)
class Pages:
    """The document's tokens in one row, and what is found over them.

    `starts` are the first tokens of sentences, `upper` the tokens of headlines and of lines in capitals.
    """

    document: Document
    tokens: list[Token] = field(default_factory=list)
    starts: set[int] = field(default_factory=set)
    upper: set[int] = field(default_factory=set)
    taken: dict[int, Found] = field(default_factory=dict)

    def put(self, first: int, last: int, label: str) -> None:
        """Mark `first:last`; what was marked there before must have been dropped."""
        found = Found(first, last, label)
        for at in range(first, last):
            self.taken[at] = found

    def drop(self, found: Found) -> None:
        """Unmark a name."""
        for at in range(found.first, found.last):
            self.taken.pop(at, None)

    def free(self, first: int, last: int) -> bool:
        """Say whether nothing is marked in `first:last`."""
        return not any(at in self.taken for at in range(first, last))

    def found(self) -> list[Found]:
        """Return the names so far, in order."""
        return [found for at, found in sorted(self.taken.items()) if found.first == at]

    def words(self, found: Found) -> tuple[str, ...]:
        """Return the words of a name."""
        return tuple(token.text for token in self.tokens[found.first : found.last])

    def text(self, first: int, last: int) -> str:
        """Return the view's text over `first:last`."""
        return self.document.text[self.tokens[first].start : self.tokens[last - 1].end]


def read_names(document: Document, judgements: Judgements | None = None) -> Pages:
    """Put the tagger's labels over the tokens."""
    pages = Pages(document)
    for sentence, labels in zip(document.sentences, label_names(document, judgements), strict=True):
        base = len(pages.tokens)
        pages.starts.add(base)
        pages.tokens.extend(sentence.tokens)
        if sentence_case([token.text for token in sentence.tokens]) != "text":
            pages.upper.update(range(base, len(pages.tokens)))
        first = 0
        while first < len(labels):
            last = first + 1
            if labels[first] != "O":
                while last < len(labels) and labels[last].startswith("I-"):
                    last += 1
                pages.put(base + first, base + last, labels[first][2:])
            first = last
    return pages


def is_country(word: str) -> bool:
    """Say whether this is a country or a demonym."""
    return word in country_names()


def country_label(word: str, label: str) -> str:
    """Return `LOC` for a country, `NAT` for a demonym, else `label`."""
    kind = country_names().get(word)
    return "NAT" if kind == "demonym" else "LOC" if kind == "country" else label
