"""Running text to sentences of tokens with exact offsets; tags nothing and knows no names but those of countries.

Hyphens part a name from a common word (`Iran-backed`, `pro-Assad`, `US-Russia`), never the parts of a name (`al-Assad`).
Clitics are tokens (`Syria` `'s`, `did` `n't`), also where the source lost the apostrophe (`Syria` `s`) or the space before it.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from kg.extract.language.lexicon import word_classes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Range = tuple[int, int]

# a list or a table without full stops is cut, so that no later stage meets a sentence of any length
_LONGEST = 400
_LETTER = r"(?:[^\W_]|[\u0300-\u036f])"
_TOKEN = re.compile(
    rf"""
    (?P<link>https?://\S+|www\.[^\s,;]+|[\w.+-]+@[\w-]+\.[\w.-]*\w)
  | (?P<handle>[@\#]\w+)
  | (?P<initials>(?:[A-Za-z]\.){{2,}}(?![a-z]{{0,2}}\.)|[A-Z](?:\.[A-Z])+(?![\w.]))
  | (?P<lost>['’]\ s\b)
  | (?P<number>\d+(?:[.,:]\d+)*(?:st|nd|rd|th|s|m|bn|k|km|kg|mm)?(?!{_LETTER})(?:-{_LETTER}{{2,}}(?:-{_LETTER}+)*)?)
  | (?P<word>{_LETTER}+(?:[’'ʼʻʿʾ`&]{_LETTER}+|[-‑]{_LETTER}+)*)
  | (?P<dots>\.\.+|…|\.(?:\ \.)+)
  | (?P<dash>--+|[–—―])
  | (?P<double>''|``|«|»)
  | \S
    """,
    re.VERBOSE,
)
_PLAIN = re.compile(rf"{_LETTER}+")
_CLITIC = re.compile(r"(?P<clitic>[nN]['’][tT]|['’`](?:s|S|re|RE|ve|VE|ll|LL|d|m))$")
_LOST_NOT = re.compile(r"^(do|does|did|is|was|were|has|have|had|would|could|should|are)(nt)$", re.IGNORECASE)
_SUFFIXES = (
    "backed led linked based held controlled sponsored allied aligned supported born run funded made trained armed affiliated"
    " dominated administered occupied imposed brokered mediated owned style era bound wide inspired majority ruled registered"
    " flagged engineered supplied built language speaking installed friendly educated protected chaired hosted organized"
    " organised drafted proposed appointed besieged related only type"
).split()
_PREFIXES = frozenset("anti pro non ex post pre mid former neo trans inter intra pan counter un".split())
_SUFFIXED = re.compile(rf"^(?P<head>.+?)[-‑](?P<tail>(?i:{'|'.join(_SUFFIXES)})|[a-z]{{2,}}ed)$")
_GLUED = re.compile(r"^(?P<head>[A-Z]\w+?)(?P<tail>backed|linked|based|controlled|sponsored|held|led)$")
_DATED = re.compile(r"^(?P<head>[A-Z][A-Za-z]*[a-z])(?P<tail>(?:1[5-9]|20)\d\d)$")  # a year that lost its blank
# an abbreviation keeps its full stop; after the first kind a capital goes on with the sentence, after the second it may end
_TITLES = frozenset(
    "gen lt col maj capt cpl sgt pvt cmdr brig adm pres gov sen rep rev hon prof dr mr mrs ms messrs st mt ft no nos vs lieut"
    " fr sr supt insp det amb min dep asst art fig vol op cf al ave blvd rd".split()
)
_ABBREVIATIONS = frozenset(
    "jan feb mar apr jun jul aug sept sep oct nov dec mon tue wed thu fri sat inc ltd co corp bros jr etc est dept univ"
    " approx ca eg ie pp ed eds a.m p.m".split()
)
_NUMBERED = frozenset(
    {"no", "nos", "art", "fig", "vol", "op", "mar", "sat", "sun", "fri", "min", "det", "ed", "al", "co", "est", "rep"}
)
_STARTERS = frozenset(
    "the a an he she it they we i this that these those his her its their our but and in on at after before when while if as"
    " for from with by under there here meanwhile however also according since during since many most some several one two"
    " no not what who why how where last earlier later both other another such all despite although though so then".split()
)
_OPENING = frozenset("“‘«„([{``")
_CLOSING = frozenset("”’»)]}")
_TERMINAL = frozenset(".!?…")
_NAME_CAP = re.compile(r"[A-ZÀ-ÞĀ-Ž]")


@cache
def country_names() -> dict[str, str]:
    """Return the packaged names: `Iraq` → `country`, `Iraqis` → `demonym`."""
    return {name: kind for name, kind, _ in _countries()}


@cache
def usual_countries() -> dict[str, str]:
    """Return the usual name of each name's country: `Iraqis` → `Iraq`, `U.S.` → `United States`."""
    return {name: country for name, _, country in _countries() if country}


@cache
def _countries() -> tuple[tuple[str, str, str], ...]:
    table = files("kg.extract").joinpath("data", "names_countries.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines())
    return tuple((name, kind, country) for name, kind, country in rows)


def split(text: str, ranges: Iterable[Range]) -> Iterator[tuple[int, tuple[Range, ...]]]:
    """Yield `(number of the range, token ranges)` for each sentence; a sentence never crosses the end of a range.

    >>> [[text[a:b] for a, b in tokens] for _, tokens in split("Gen. Ali left. He didn't stay.", [(0, 30)])]
    [['Gen.', 'Ali', 'left', '.'], ['He', 'did', "n't", 'stay', '.']]
    """
    counts = Counter(_PLAIN.findall(text)) if lost_apostrophes(text) else None
    for number, (start, end) in enumerate(ranges):
        tokens = list(_tokens(text, start, end, counts=counts))
        for first, last in _sentences(text, tokens):
            for at in range(first, last, _LONGEST):
                yield number, tuple(tokens[at : min(at + _LONGEST, last)])


def lost_apostrophes(text: str) -> bool:
    """Say whether the text has no clitic with an apostrophe: then a plural s on a name is most often a lost possessive."""
    return not re.search(r"\w['’`](?:s|t|re|ll|ve)\b", text)


def _tokens(text: str, start: int, end: int, *, counts: Counter[str] | None) -> Iterator[Range]:
    at = start
    while match := _TOKEN.search(text, at, end):
        first, at = match.span()
        if match.lastgroup == "word":
            if dotted := _keeps_stop(text, first, at, end):
                at = dotted
                yield first, at
            else:
                yield from _word(text, first, at, counts=counts)
        elif match.lastgroup == "link":
            bare = first + len(match[0].rstrip(".,;:!?)]”’\"'"))
            yield first, bare
            at = bare
        else:
            yield first, at


def _word(text: str, first: int, last: int, *, counts: Counter[str] | None) -> Iterator[Range]:
    word = text[first:last]
    cut = clitic.start("clitic") if (clitic := _CLITIC.search(word)) else _lost_clitic(word, counts) if counts else 0
    if not cut:
        yield from _parts(text, first, last)
        return
    yield from _parts(text, first, first + cut)
    yield first + cut, last


def _keeps_stop(text: str, first: int, last: int, end: int) -> int:
    """Return the offset behind the full stop that belongs to this word, or 0."""
    if last >= end or text[last] != ".":
        return 0
    word, following = text[first:last], text[last + 1 : min(last + 4, end)]
    if len(word) == 1 and word.isupper():
        initials = re.search(r"\b[A-Z]\. $", text[max(0, first - 4) : first])
        keeps = word != "I" or bool(initials or re.match(r"\s?[A-Z]\w", following))
    else:
        keeps = _is_abbreviation(word, following)
    return last + 1 if keeps else 0


def _is_abbreviation(word: str, following: str) -> bool:
    folded, capital = word.lower(), word[0].isupper()
    if folded not in _TITLES and folded not in _ABBREVIATIONS:
        return False
    if following[:1].isalpha():  # a lost blank: only a title is ever glued to the name behind it
        return folded in _TITLES and capital and folded not in _NUMBERED
    if folded in _NUMBERED:
        return following.strip()[:1].isdigit() or (capital and folded in ("co", "rep", "al", "min"))
    if not following.strip():
        return folded in ("inc", "ltd", "corp", "jr", "etc")
    return capital or folded in ("vs", "etc", "approx", "ca", "eg", "ie", "cf", "pp")


def _lost_clitic(word: str, counts: Counter[str]) -> int:
    """Return where a clitic without its apostrophe begins (`Syrias` → 5, `didnt` → 3), or 0."""
    if match := _LOST_NOT.match(word):
        return match.start(2)
    if len(word) < 5 or word[-1] != "s" or word[-2] == "s" or not word[0].isupper() or word.isupper():
        return 0
    names, stem = country_names(), word[:-1]
    if word in names or names.get(stem) == "demonym":
        return 0
    if names.get(stem) == "country":
        return len(stem)
    if stem.lower() in word_classes():
        return 0
    # a name that the text also has bare, but not as a common word (`Rebels` beside `Rebel`)
    last = stem.rpartition("-")[2]
    return len(stem) if counts[last] > 1 and not counts[last.lower()] and not counts[f"{last.lower()}s"] else 0


def _parts(text: str, first: int, last: int) -> Iterator[Range]:
    """Part a name from the common word that a hyphen ties to it."""
    word = text[first:last]
    cut, width = _hyphen(word)
    if not cut:
        yield first, last
        return
    yield from _parts(text, first, first + cut)
    if width:
        yield first + cut, first + cut + width
    yield from _parts(text, first + cut + width, last)


def _hyphen(word: str) -> Range:
    names = country_names()
    if match := _SUFFIXED.match(word):
        head = match["head"]
        return (match.end("head"), 1) if _NAME_CAP.match(head) else (0, 0)
    if "-" in word:
        head, _, tail = word.partition("-")
        if head.lower() in _PREFIXES and _NAME_CAP.match(tail) and (head.islower() or len(head) < 4 or head == "Anti"):
            return len(head), 1
        if head in names and tail in names:
            return len(head), 1
        return 0, 0
    match = _GLUED.match(word) or _DATED.match(word)
    return (match.end("head"), 0) if match and (match["head"] in names or match["tail"].isdigit()) else (0, 0)


def _sentences(text: str, tokens: list[Range]) -> Iterator[Range]:
    first = at = 0
    quoted = False
    while at < len(tokens):
        start, end = tokens[at]
        word = text[start:end]
        if word in ('"', "''", "``"):
            quoted = not quoted
        at += 1
        if not _may_end(word):
            continue
        at, quoted = _after_closers(text, tokens, at, quoted=quoted)
        if _ends(text, tokens, at, word):
            yield first, at
            first, quoted = at, quoted and at < len(tokens)
    if first < len(tokens):
        yield first, len(tokens)


def _may_end(word: str) -> bool:
    return word[-1] in _TERMINAL


def _after_closers(text: str, tokens: list[Range], at: int, *, quoted: bool) -> tuple[int, bool]:
    """Skip the marks that close what the sentence opened; a straight quote closes when it touches or when one is open."""
    while at < len(tokens):
        start, end = tokens[at]
        word = text[start:end]
        touches = start == tokens[at - 1][1]
        if word in ('"', "''") and (touches or quoted) and not (not touches and text[end : end + 1].isalnum()):
            quoted = False
        elif not (word in _CLOSING and touches) and not (touches and len(word) == 1 and word in "!?.'"):
            break
        at += 1
    return at, quoted


def _ends(text: str, tokens: list[Range], at: int, word: str) -> bool:
    """Decide whether the sentence ends before token `at`, when `word` was its last with a full stop."""
    if at >= len(tokens):
        return True
    start, end = tokens[at]
    following = text[start:end]
    capital = (
        following[0].isupper()
        or following[0].isdigit()
        or following[0] in "“‘\"'`«([@#-–—•*"
        or not following[0].isascii()
    )
    if word in _TERMINAL or word.startswith("..") or word == "…":
        if word in "!?" or word == ".":
            return capital and not (word != "." and text[tokens[at - 1][0]] in '”"’' and following[0].islower())
        return following[0].isupper() and text[start - 1].isspace()
    stem = word[:-1].lower()
    if stem in _TITLES or (len(word) == 2 and word[0].isupper()):
        return False
    return following.lower() in _STARTERS and following[0].isupper()
