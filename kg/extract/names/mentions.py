"""Names in the document, with their types: the tagger's labels settled at their edges and carried through the article.

Groups no mentions (that is `entities`). Spans follow the exchange format: no title, article or possessive ending; a demonym and a
unique state institution are one mention.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from kg.extract.language.document import Mention
from kg.extract.language.lexicon import word_lists
from kg.extract.language.sentences import country_names, lost_apostrophes
from kg.extract.names.edges import settle_edges
from kg.extract.names.pages import AMBIGUOUS, NOT_AHEAD, STATE_WORDS, country_label, is_country, read_names
from kg.extract.names.tagger import is_last_name, known_kinds
from kg.extract.names.types import fixed_names, refine
from kg.names import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.extract.language.document import Document
    from kg.extract.model import Judgements
    from kg.extract.names.pages import Found, Pages
    from kg.model import EntityType

_ACRONYM = re.compile(r"(?:[A-Z][A-Za-z]?\.?){2,8}(?:-[A-Z]{1,5}|-\d+)?s?")


def find_mentions(document: Document, judgements: Judgements | None = None) -> tuple[Mention, ...]:
    """Return the names of the article, sorted, none over another."""
    pages = read_names(document, judgements)
    settle_edges(pages)
    _add_known(pages)
    _carry_names(pages)
    _carry_surnames(pages)
    acronyms = _bind_acronyms(pages)
    _vote(pages)
    _join_institutions(pages)
    return tuple(_mentions(pages, acronyms))


def _add_known(pages: Pages) -> None:
    """Mark countries, demonyms, well-known groups and towns in a dateline's capitals, where the tagger left them out."""
    tokens, fixed = pages.tokens, fixed_names()
    for at, token in enumerate(tokens):
        if not token.text[0].isupper() or at in pages.taken:
            continue
        for size in (3, 2, 1):
            text = " ".join(t.text for t in tokens[at : at + size])
            label = country_label(text, fixed.get(text, "") if at not in pages.upper else "")
            if (
                label
                and text not in AMBIGUOUS
                and len(text) > 1
                and at + size <= len(tokens)
                and pages.free(at, at + size)
            ):
                pages.put(at, at + size, label)
                break
        else:
            if (
                token.text.isupper()
                and at not in pages.upper
                and len(token.text) > 4
                and "Place" in known_kinds(fold(token.text))
            ):
                pages.put(at, at + 1, "LOC")


def _carry_names(pages: Pages) -> None:
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


def _may_carry(pages: Pages, first: int, last: int, labels: Counter[str]) -> bool:
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


def _carry_surnames(pages: Pages) -> None:
    """Mark a person's last name where it stands alone, with its article (`al-Assad`) or without."""
    small = {token.text for token in pages.tokens if token.text[0].islower()}
    never = country_names().keys() | word_lists()["title"]
    surnames = set()
    for found in pages.found():
        words = pages.words(found)
        if found.label == "PER" and len(words) > 1:
            article, _, bare = words[-1].rpartition("-")
            surnames.add(words[-1])
            if article.lower() in ("al", "el"):
                surnames.add(bare)
    surnames = {
        name
        for name in surnames
        if len(name) > 2 and name[-1] != "." and (name[0].isupper() or "-" in name) and name.lower() not in small
    }
    for at, token in enumerate(pages.tokens):
        if (
            token.text in surnames
            and at not in pages.taken
            and token.text not in never
            and token.text.lower() not in never
        ):
            after = pages.tokens[at + 1].text if at + 1 < len(pages.tokens) else ""
            if not (after[:1].isupper() and at + 1 not in pages.starts and after.isalpha()):
                pages.put(at, at + 1, "PER")


def _bind_acronyms(pages: Pages) -> dict[str, tuple[int, int, str]]:
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


def _vote(pages: Pages) -> None:
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


def _join_institutions(pages: Pages) -> None:
    """Let `Iraqi` and `army` be one mention, and keep `Iraqi` alone before `army officials`."""
    known = country_names()
    for found in pages.found():
        name = pages.text(found.first, found.last)
        if (
            found.label in ("PER", "ORG")
            and found.last < len(pages.tokens)
            and pages.tokens[found.last].text == "regime"
        ):
            pages.drop(found)
            pages.put(found.first, found.last + 1, "ORG")
            continue
        adjective = known.get(name) == "demonym" or name in ("US", "U.S.", "UK", "U.K.", "UN", "EU")
        if found.label not in ("NAT", "LOC") or not (adjective or found.label == "NAT"):
            continue
        end = pages.tokens[found.last - 1].end
        match = STATE_WORDS.match(pages.document.text, end)
        if not match or "\n\n" in match[0] or NOT_AHEAD.match(pages.document.text, match.end()):
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


def _mentions(pages: Pages, acronyms: dict[str, tuple[int, int, str]]) -> Iterator[Mention]:
    kinds: dict[str, EntityType] = {
        acronym: refine(pages.text(first, last), label) for acronym, (first, last, label) in acronyms.items()
    }
    lost = lost_apostrophes(pages.document.text)
    for found in pages.found():
        start, end = pages.tokens[found.first].start, pages.tokens[found.last - 1].end
        if lost and _has_lost_possessive(pages, found):
            end -= 1
        text = pages.document.text[start:end]
        yield Mention(start, end, text, kinds.get(text) or refine(" ".join(text.split()), found.label))


def _has_lost_possessive(pages: Pages, found: Found) -> bool:
    """Say whether the s of `Bashar al-Assads` is none of the name: the gazetteer knows the surname, or the name, only without it."""
    word, name = pages.tokens[found.last - 1].text, pages.text(found.first, found.last)
    if len(word) < 5 or not word.endswith("s") or word.endswith("ss") or word.isupper():
        return False
    known, other = known_kinds(fold(name[:-1])), known_kinds(fold(name))
    if found.label == "PER":
        parts = (word, word.rpartition("-")[2])
        surname = any(is_last_name(part[:-1]) for part in parts) and not any(is_last_name(part) for part in parts)
        return "Person" not in other and (surname or "Person" in known)
    return found.label in ("LOC", "ORG") and bool(known) and not other and not is_country(name)
