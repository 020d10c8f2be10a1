"""The edges of the names that the tagger marked: runs parted, titles, articles and common nouns cut off; adds no names."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from kg.extract.language.lexicon import word_classes, word_lists
from kg.extract.names.pages import AMBIGUOUS, STATE_WORDS, country_label, is_country
from kg.extract.names.tagger import is_first_name, known, known_kinds
from kg.names import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.extract.names.pages import Found, Pages

_CLITICS = frozenset({"'s", "’s", "'", "’", "s", "`s", "' s", "’ s"})
_NEVER = frozenset("tv radio foreign interior prime state affairs mr i we he she it they".split())
_INNER = frozenset("of for the and in on al-".split())
_LOWER_STARTS = frozenset("al el bin ibn abu de da van von der di la le ez ash international global".split())
_OFFICES = frozenset("state defence defense foreign interior homeland justice finance health war information".split())
_OFFICE_ENDS = frozenset("affairs defence defense state interior secretary ministry office command council".split())
# common nouns that follow a name and are no part of it
_AFTER_NAMES = frozenset(
    "province city town village district region governorate county state neighborhood neighbourhood suburb area group organization"
    " organisation newspaper agency summit agreement talks fighters militants forces troops soldiers officials border countryside"
    " river airport base airbase camp".split()
)


def settle_edges(pages: Pages) -> None:
    """Cut what is no part of a name from the edges, part what are two names, and drop what no name can be."""
    for found in pages.found():
        pages.drop(found)
        if _names_an_office(pages, found):
            continue
        for first, last, label in _parted(pages, found):
            start, end = _trimmed(pages, first, last, label)
            words = [token.text.lower() for token in pages.tokens[start:end]]
            if words and not all(word in _never() for word in words) and not (len(words) == 1 and len(words[0]) < 2):
                pages.put(start, end, label)


@cache
def _never() -> frozenset[str]:
    lists = word_lists()
    return frozenset().union(*(lists[name] for name in ("title", "month", "day", "the", "in", "by", "speech"))) | _NEVER


def _parted(pages: Pages, found: Found) -> Iterator[tuple[int, int, str]]:
    """Part runs of several names: `Quincy , Massachusetts`, `US Army Col. Ali Hassan`, `Iranian group Hezbollah`."""
    tokens, first, label = pages.tokens, found.first, found.label
    if places := _places_in_a_row(pages, found):
        yield from places
        return
    for at in range(found.first + 1, found.last):
        word = tokens[at].text
        if (label == "LOC" and word == ",") or (
            word in "-–" and is_country(tokens[at - 1].text) and is_country(tokens[at + 1].text)
        ):
            yield first, at, country_label(tokens[first].text, label) if at - first == 1 else label
            first = at + 1
        elif label in ("ORG", "LOC", "FAC") and at > first and _begins_person(pages, at, found.last):
            cut = at - 1 if _is_title(tokens[at - 1].text) else at
            if cut > first and not _is_office(pages, first):
                yield first, cut, label
            yield at, found.last, "PER"
            return
    if label == "ORG" and (cut := _place_before_institution(pages, first, found.last)):
        yield first, cut, "LOC"
        first = cut
    if label == "ORG" and (after := _behind_adjective(pages, first, found.last)):
        yield first, first + 1, country_label(tokens[first].text, "LOC")
        first = after
    yield (
        first,
        found.last,
        country_label(tokens[first].text, label) if found.last - first == 1 and first > found.first else label,
    )


def _is_title(word: str) -> bool:
    return word[0].isupper() and word.lower() in word_lists()["title"]


def _places_in_a_row(pages: Pages, found: Found) -> list[tuple[int, int, str]]:
    """Part places that stand without commas (`Rif Dimashq Daraa`), when the gazetteer knows each and not the whole."""
    texts = [token.text for token in pages.tokens[found.first : found.last]]
    if (
        found.label not in ("LOC", "ORG")
        or len(texts) < 2
        or not all(text[0].isupper() or "-" in text for text in texts)
    ):
        return []
    kinds = known(texts)
    starts = [at for at, kind in enumerate(kinds) if kind[0] == "B"]
    if len(starts) < 2 or starts[0] != 0 or "0" in kinds:
        return []
    names = [texts[a:b] for a, b in zip(starts, [*starts[1:], len(texts)], strict=True)]
    if not all("Place" in known_kinds(fold(" ".join(name))) for name in names) or texts[0] in AMBIGUOUS:
        return []
    return [(found.first + a, found.first + b, "LOC") for a, b in zip(starts, [*starts[1:], len(texts)], strict=True)]


def _place_before_institution(pages: Pages, first: int, last: int) -> int:
    """Return where `Syrian Army` begins in `Hama Syrian Army` (a comma or a full stop is lost), or 0."""
    texts = [token.text for token in pages.tokens[first:last]]
    for at in range(1, len(texts) - 1):
        institution = is_country(texts[at]) and STATE_WORDS.match(pages.document.text, pages.tokens[first + at].end)
        if institution and "Place" in known_kinds(fold(" ".join(texts[:at]))):
            return first + at
    return 0


def _behind_adjective(pages: Pages, first: int, last: int) -> int:
    """Return where the name begins behind a demonym and common nouns (`Iranian - backed group Hezbollah`), or 0."""
    tokens = pages.tokens
    at = first + 1
    while at < last and (tokens[at].text.islower() or tokens[at].text == "-") and tokens[at].text not in _INNER:
        at += 1
    whole = not is_country(tokens[first].text) or STATE_WORDS.match(pages.document.text, tokens[first].end)
    return 0 if whole or at == first + 1 or at == last else at


def _names_an_office(pages: Pages, found: Found) -> bool:
    """Say whether this only ends a title: `Secretary of` + `State for Near Eastern Affairs`, `Minister of` + `Defence`."""
    before = [token.text for token in pages.tokens[max(0, found.first - 2) : found.first]]
    if len(before) < 2 or before[1] not in ("of", "for") or not _is_title(before[0]):
        return False
    only_office = not any(_begins_person(pages, at, found.last) for at in range(found.first + 1, found.last))
    return found.label == "ORG" and only_office and pages.tokens[found.first].text.lower() in _OFFICES


def _begins_person(pages: Pages, at: int, last: int) -> bool:
    """Say whether an office ends and its holder's name begins here: `… for Near Eastern Affairs David Schenker`."""
    words = [token.text for token in pages.tokens[at:last]]
    before = pages.tokens[at - 1].text
    if len(words) > 4 or not all(word[0].isupper() or word in word_lists()["name_part"] for word in words):
        return False
    if word_classes().get(words[-1].lower()) or words[0] in ("of", "and", "for") or not words[-1][0].isupper():
        return False
    if _is_title(before) and (
        len(words) > 1 or before.endswith(".") or before.lower() in ("envoy", "president", "minister")
    ):
        return not _is_title(words[0])
    return len(words) > 1 and before.lower() in _OFFICE_ENDS and is_first_name(words[0])


def _is_office(pages: Pages, first: int) -> bool:
    """Say whether these words go on from a title: `Secretary of` + `State for Near Eastern Affairs`."""
    return any(_is_title(token.text) for token in pages.tokens[max(0, first - 2) : first])


def _trimmed(pages: Pages, first: int, last: int, label: str) -> tuple[int, int]:
    tokens, lists = pages.tokens, word_lists()
    institution = is_country(tokens[first].text) and STATE_WORDS.match(pages.document.text, tokens[first].end)
    least = first + 1 + len(institution[0].split()) if institution else first + 1
    while last > first and (
        tokens[last - 1].text in _CLITICS
        or not _alive(tokens[last - 1].text)
        or (last > least and tokens[last - 1].text in _AFTER_NAMES and label != "FAC")
        or (last > least and tokens[last - 1].text.islower() and not word_classes().get(tokens[last - 1].text))
        or (last > least and tokens[last - 1].text in _INNER)
    ):
        last -= 1
    while first < last and (
        tokens[first].text.lower() in lists["the"]
        or not _alive(tokens[first].text)
        or (last - first > 1 and tokens[first].text.islower() and tokens[first].text not in _LOWER_STARTS)
        or (last - first > 1 and label in ("PER", "LOC") and tokens[first].text.lower() in lists["title"])
        or (
            last - first > 1
            and label == "LOC"
            and tokens[first].text.islower()
            and tokens[first].text in lists["place"]
        )
    ):
        first += 1
    return first, last


def _alive(word: str) -> bool:
    return any(c.isalnum() for c in word)
