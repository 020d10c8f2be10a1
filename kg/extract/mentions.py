"""Names in the document, with their types: the tagger's labels joined, settled at their edges, and carried through the article.

Groups no mentions (that is `entities`). Spans follow the exchange format: no title, article or possessive ending; a demonym and a
unique state institution are one mention.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from kg.extract.document import Mention
from kg.extract.lexicon import word_lists
from kg.extract.nametagger import is_first_name, label_names
from kg.extract.nametypes import refine
from kg.extract.sentences import country_names
from kg.extract.tagger import sentence_case

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.extract.document import Document, Token
    from kg.model import EntityType

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
_NOT_AHEAD = re.compile(
    r"\s+(?:officials?|officers?|chiefs?|spokes\w+|commanders?|generals?|leaders?|sources?|personnel|operations?|base|bases|action"
    r"|aircraft|helicopters?|presence|intervention|campaign|equipment|aid|checkpoints?|convoys?|vehicles?|posts?|positions?)\b",
    re.IGNORECASE,
)
_CLITICS = frozenset({"'s", "’s", "'", "’", "s", "`s", "' s", "’ s"})
_NEVER = frozenset("foreign interior prime state affairs mr i we he she it they".split())
_INNER = frozenset("of for the and in on al-".split())
_OFFICE_ENDS = frozenset("affairs defence defense state interior secretary ministry office command council".split())
# common nouns that follow a name and are no part of it
_AFTER_NAMES = frozenset(
    "province city town village district region governorate county state neighborhood neighbourhood suburb area group organization"
    " organisation newspaper agency summit agreement talks fighters militants forces troops soldiers officials border countryside"
    " river airport base airbase camp".split()
)
_ACRONYM = re.compile(r"(?:[A-Z][A-Za-z]?\.?){2,8}(?:-[A-Z]{1,5}|-\d+)?s?")
# a person, a food or a common noun as well as a country: left to the tagger
_AMBIGUOUS = frozenset(
    "Georgia Jordan Chad Turkey Guinea Jersey Island Dominica Western English Polish Karen Niger Cuba Pole Poles Finn Dane"
    " Welsh America Wales Samoa Monaco Israelite Congo European Coptic West".split()
)


@dataclass(slots=True)
class _Found:
    """A run of tokens `first:last` of the document that carries a coarse label."""

    first: int
    last: int
    label: str


@dataclass(slots=True)
class _Pages:
    """The document's tokens in one row, and what is found over them."""

    document: Document
    tokens: list[Token] = field(default_factory=list)
    starts: set[int] = field(default_factory=set)
    ends: list[int] = field(default_factory=list)
    upper: set[int] = field(default_factory=set)
    taken: dict[int, _Found] = field(default_factory=dict)

    def put(self, first: int, last: int, label: str) -> None:
        found = _Found(first, last, label)
        for at in range(first, last):
            self.taken[at] = found

    def drop(self, found: _Found) -> None:
        for at in range(found.first, found.last):
            self.taken.pop(at, None)

    def free(self, first: int, last: int) -> bool:
        return not any(at in self.taken for at in range(first, last))

    def found(self) -> list[_Found]:
        return [found for at, found in sorted(self.taken.items()) if found.first == at]

    def words(self, found: _Found) -> tuple[str, ...]:
        return tuple(token.text for token in self.tokens[found.first : found.last])

    def text(self, first: int, last: int) -> str:
        return self.document.text[self.tokens[first].start : self.tokens[last - 1].end]


def find_mentions(document: Document) -> tuple[Mention, ...]:
    """Return the names of the article, sorted, none over another."""
    pages = _read(document)
    _settle_edges(pages)
    _add_countries(pages)
    _carry_names(pages)
    _carry_surnames(pages)
    acronyms = _bind_acronyms(pages)
    _vote(pages)
    _join_institutions(pages)
    return tuple(_mentions(pages, acronyms))


def _read(document: Document) -> _Pages:
    pages = _Pages(document)
    for sentence, labels in zip(document.sentences, label_names(document), strict=True):
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


def _settle_edges(pages: _Pages) -> None:
    """Cut what is no part of a name from the edges, part what are two names, and drop what no name can be."""
    for found in pages.found():
        pages.drop(found)
        for first, last, label in _parted(pages, found):
            start, end = _trimmed(pages, first, last, label)
            words = [token.text.lower() for token in pages.tokens[start:end]]
            if words and not all(word in _never() for word in words) and not (len(words) == 1 and len(words[0]) < 2):
                pages.put(start, end, label)


@cache
def _never() -> frozenset[str]:
    lists = word_lists()
    return frozenset().union(*(lists[name] for name in ("title", "month", "day", "the", "in", "by", "speech"))) | _NEVER


def _parted(pages: _Pages, found: _Found) -> Iterator[tuple[int, int, str]]:
    """Part `Quincy , Massachusetts`, `US Army Col. Ali Hassan`, `Iranian group Hezbollah` and a tagged line break."""
    tokens, first = pages.tokens, found.first
    titles = word_lists()["title"]
    for at in range(found.first + 1, found.last):
        word, label = tokens[at].text, found.label
        if label == "LOC" and word == ",":
            yield first, at, label
            first = at + 1
        elif label in ("ORG", "LOC") and first < at < found.last - 1 and word.lower() in titles and word[0].isupper() and word.endswith("."):
            yield first, at, label
            yield at + 1, found.last, "PER"
            return
        elif label in ("ORG", "LOC") and at - first > 0 and _begins_person(pages, at, found.last):
            if not _is_office(pages, first, at):
                yield first, at, label
            yield at, found.last, "PER"
            return
    small = [at for at in range(first, found.last) if tokens[at].text[0].islower() and tokens[at].text not in _INNER]
    if found.label == "ORG" and small and country_names().get(tokens[first].text) and small[-1] < found.last - 1 and small[0] == first + 1:
        if not STATE_WORDS.match(pages.document.text, tokens[first].end):
            yield first, first + 1, "NAT" if country_names()[tokens[first].text] == "demonym" else "LOC"
            first = small[-1] + 1
    yield first, found.last, found.label


def _begins_person(pages: _Pages, at: int, last: int) -> bool:
    """Say whether an office ends and its holder's name begins here: `… for Near Eastern Affairs David Schenker`."""
    words = [token.text for token in pages.tokens[at:last]]
    before = pages.tokens[at - 1].text
    return (
        1 < len(words) < 4
        and all(word[0].isupper() and word.isalpha() for word in words)
        and before.lower() in _OFFICE_ENDS
        and is_first_name(words[0])
    )


def _is_office(pages: _Pages, first: int, last: int) -> bool:
    """Say whether these words go on from a title: `Secretary of` + `State for Near Eastern Affairs`."""
    before = [token.text.lower() for token in pages.tokens[max(0, first - 2) : first]]
    return any(word in word_lists()["title"] for word in before)


def _trimmed(pages: _Pages, first: int, last: int, label: str) -> tuple[int, int]:
    tokens, lists = pages.tokens, word_lists()
    institution = country_names().get(tokens[first].text) and STATE_WORDS.match(pages.document.text, tokens[first].end)
    least = first + 1 + len(institution[0].split()) if institution else first + 1
    while last > first and (
        tokens[last - 1].text in _CLITICS
        or not _alive(tokens[last - 1].text)
        or (last > least and tokens[last - 1].text in _AFTER_NAMES and label != "FAC")
    ):
        last -= 1
    while first < last and (
        tokens[first].text.lower() in lists["the"]
        or not _alive(tokens[first].text)
        or (last - first > 1 and label in ("PER", "LOC") and tokens[first].text.lower() in lists["title"])
        or (last - first > 1 and label == "LOC" and tokens[first].text.islower() and tokens[first].text in lists["place"])
    ):
        first += 1
    return first, last


def _alive(word: str) -> bool:
    return any(c.isalnum() for c in word)


def _add_countries(pages: _Pages) -> None:
    """Mark countries and demonyms that the tagger left out."""
    names, tokens = country_names(), pages.tokens
    for at, token in enumerate(tokens):
        if not token.text[0].isupper() or at in pages.taken:
            continue
        for size in (3, 2, 1):
            text = " ".join(t.text for t in tokens[at : at + size])
            kind = names.get(text)
            if kind and text not in _AMBIGUOUS and len(text) > 1 and pages.free(at, at + size):
                pages.put(at, at + size, "NAT" if kind == "demonym" else "LOC")
                break


def _carry_names(pages: _Pages) -> None:
    """Mark a name that was found once wherever it stands again, unless it is mostly no name there."""
    labels: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for found in pages.found():
        labels[pages.words(found)][found.label] += 1
    small = {token.text for token in pages.tokens if token.text[0].islower()}
    by_first: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for words in labels:
        if len(words) > 1 or (words[0][0].isupper() and len(words[0]) > 1 and words[0].lower() not in small):
            by_first[words[0]].append(words)
    for at, token in enumerate(pages.tokens):
        for words in sorted(by_first.get(token.text, ()), key=len, reverse=True):
            last = at + len(words)
            if tuple(t.text for t in pages.tokens[at:last]) == words and _may_carry(pages, at, last, labels[words]):
                for inner in [pages.taken[i] for i in range(at, last) if i in pages.taken]:
                    pages.drop(inner)
                pages.put(at, last, labels[words].most_common(1)[0][0])
                break


def _may_carry(pages: _Pages, first: int, last: int, labels: Counter[str]) -> bool:
    """Say whether a known name may stand here: nothing is marked, or only parts of it and the whole is well attested."""
    inside = [pages.taken[at] for at in range(first, last) if at in pages.taken]
    if not inside:
        before = pages.tokens[first - 1].text if first else ""
        after = pages.tokens[last].text if last < len(pages.tokens) else ""
        # part of a longer capitalised run: another name
        return not (before[:1].isupper() and first not in pages.starts and first - 1 in pages.taken) and not (
            after[:1].isupper() and last - first == 1 and last not in pages.starts and last in pages.taken
        )
    whole = all(first <= found.first and found.last <= last for found in inside)
    return whole and last - first > 1 and labels.total() > 1 and inside[0].last - inside[0].first < last - first


def _carry_surnames(pages: _Pages) -> None:
    """Mark a person's last name, and a first name of two, where it stands alone."""
    small = {token.text for token in pages.tokens if token.text[0].islower()}
    known = country_names()
    parts = set()
    for found in pages.found():
        words = pages.words(found)
        if found.label == "PER" and len(words) > 1:
            for part in (
                words[-1],
                words[-1].partition("-")[2] if words[-1].lower().startswith(("al-", "el-")) else "",
            ):
                if (
                    len(part) > 2
                    and part[0].isupper()
                    and part not in known
                    and part.lower() not in small
                    and part.lower() not in word_lists()["title"]
                ):
                    parts.add(part)
            if words[-1].lower().startswith(("al-", "el-")):
                parts.add(words[-1])
    for at, token in enumerate(pages.tokens):
        if token.text in parts and at not in pages.taken:
            after = pages.tokens[at + 1].text if at + 1 < len(pages.tokens) else ""
            if not (after[:1].isupper() and at + 1 not in pages.starts and after.isalpha()):
                pages.put(at, at + 1, "PER")


def _bind_acronyms(pages: _Pages) -> dict[str, tuple[int, int, str]]:
    """Mark acronyms introduced in brackets behind a name (`Syrian Democratic Forces (SDF)`) everywhere; return what they stand for."""
    bound: dict[str, tuple[int, int, str]] = {}
    tokens = pages.tokens
    for found in pages.found():
        at = found.last
        if at + 2 < len(tokens) and tokens[at].text in "([" and tokens[at + 2].text in ")]":
            word = tokens[at + 1].text
            if _ACRONYM.fullmatch(word) and found.label not in ("PER", "NAT") and _stands_for(word, pages.words(found)):
                bound[word] = (found.first, found.last, found.label)
    for at, token in enumerate(tokens):
        if token.text in bound:
            if at in pages.taken and pages.taken[at].last - pages.taken[at].first > 1:
                continue
            pages.put(at, at + 1, bound[token.text][2])
    return bound


def _stands_for(acronym: str, words: Sequence[str]) -> bool:
    letters = [c.lower() for c in acronym if c.isupper()]
    initials = [part[0].lower() for word in words for part in re.split(r"[-/]", word) if part]
    if len(words) < 2 or not letters:
        return False
    at = 0
    for letter in initials:
        if at < len(letters) and letters[at] == letter:
            at += 1
    return at >= len(letters) - 1


def _vote(pages: _Pages) -> None:
    """Give all mentions of one name the label that most of them have; a longer name by the same words votes for a person."""
    votes: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for found in pages.found():
        key = tuple(word.lower() for word in pages.words(found))
        votes[key][found.label] += 1
        if found.label == "PER" and len(key) > 1:
            votes[key[-1:]]["PER"] += 1
    for found in pages.found():
        counter = votes[tuple(word.lower() for word in pages.words(found))]
        found.label = max(sorted(counter), key=lambda label: (counter[label], label == found.label))


def _join_institutions(pages: _Pages) -> None:
    """Let `Iraqi` and `army` be one mention, and keep `Iraqi` alone before `army officials`."""
    known = country_names()
    for found in pages.found():
        name = pages.text(found.first, found.last)
        if found.label == "PER" and found.last < len(pages.tokens) and pages.tokens[found.last].text == "regime":
            pages.drop(found)
            pages.put(found.first, found.last + 1, "ORG")
            continue
        adjective = known.get(name) == "demonym" or name in ("US", "U.S.", "UK", "U.K.", "UN", "EU")
        if found.label not in ("NAT", "LOC") or not (adjective or found.label == "NAT"):
            continue
        end = pages.tokens[found.last - 1].end
        match = STATE_WORDS.match(pages.document.text, end)
        if not match or "\n\n" in match[0] or _NOT_AHEAD.match(pages.document.text, match.end()):
            continue
        last = found.last
        while last < len(pages.tokens) and pages.tokens[last].start < match.end():
            last += 1
        if not any(at in pages.starts for at in range(found.last, last)):
            for at in range(found.last, last):
                if at in pages.taken:
                    pages.drop(pages.taken[at])
            pages.drop(found)
            pages.put(found.first, last, "ORG")


def _mentions(pages: _Pages, acronyms: dict[str, tuple[int, int, str]]) -> Iterator[Mention]:
    kinds: dict[str, EntityType] = {
        acronym: refine(pages.text(first, last), label) for acronym, (first, last, label) in acronyms.items()
    }
    for found in pages.found():
        start, end = pages.tokens[found.first].start, pages.tokens[found.last - 1].end
        text = pages.document.text[start:end]
        yield Mention(start, end, text, kinds.get(text) or refine(" ".join(text.split()), found.label))
