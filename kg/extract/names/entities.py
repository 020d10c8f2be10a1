"""Mentions of one name-bearer grouped within an article; finds no mentions, resolves no pronouns and links nothing.

A name joins the fullest name that it can stand for: the same name in another spelling, a known other name, a surname, an acronym,
a short form. Where two bearers fit, it joins the one named last; where none fits, it stays alone.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING

from kg.extract.language.document import NamedEntity
from kg.extract.language.sentences import country_names
from kg.names import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.extract.language.document import Document, Mention
    from kg.model import EntityType

_GROUPS = frozenset({"Organization", "ArmedGroup", "StateForce", "Government", "Media"})
_SPATIAL = frozenset({"Place", "Facility"})
_PARTICLES = frozenset("al el ul ad an ar as ash at az de la le der von van bin ibn".split())
_ARTICLES = frozenset("al el ar ad as".split())
_GENERIC = frozenset("the of for and in on".split())
# a first name may be spelt in several ways (Qassem, Qasem, Kassem); below this ratio it is another name
_SAME_FIRST_NAME = 0.7
_ACTS = frozenset({"VBD", "VBZ", "VBP", "MD"})
_STAYS = frozenset("in at near from outside around into across inside to via through toward towards".split())


@dataclass(slots=True)
class _Bearer:
    """One name-bearer so far: its mentions, and the names it goes by, folded."""

    family: str
    mentions: list[Mention] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    capitals: bool = False
    canonical: str | None = None
    last: int = -1

    def take(self, mention: Mention, name: str) -> None:
        self.mentions.append(mention)
        self.names.add(name)
        self.texts.add(mention.text)
        self.words.update(name.split())
        self.capitals = self.capitals or mention.text.isupper()
        self.last = mention.start


def group_mentions(document: Document, mentions: Sequence[Mention]) -> tuple[NamedEntity, ...]:
    """Return the name-bearers in order of first mention, with ids `e1`, `e2`, …; every mention is in exactly one."""
    ordered = sorted(mentions, key=lambda mention: mention.start)
    bearers: list[_Bearer] = []
    names = {id(mention): _name(document, mention) for mention in ordered}
    families = _families(ordered, names)
    # the fullest names first, so that a short name that stands before its full one still finds it
    full = sorted(ordered, key=lambda mention: (_shortness(names[id(mention)], families[id(mention)]), mention.start))
    introduced = _introduced(document, ordered)
    owners: dict[int, _Bearer] = {}
    settled: dict[tuple[str, str, str], _Bearer] = {}
    for mention in full:
        name, family = names[id(mention)], families[id(mention)]
        # a person's surname may stand for another bearer at each place; every other name is asked for once
        key = (family, name, mention.text)
        bearer = owners.get(introduced.get(id(mention), 0)) or settled.get(key) or _find(bearers, mention, name, family)
        if bearer is None:
            bearer = _Bearer(family, canonical=_aliases().get(name))
            bearers.append(bearer)
        bearer.take(mention, name)
        owners[id(mention)] = bearer
        if family != "Person" or " " in name:
            settled[key] = bearer
    for bearer in bearers:
        bearer.mentions.sort(key=lambda mention: mention.start)
    bearers.sort(key=lambda bearer: bearer.mentions[0].start)
    return tuple(
        NamedEntity(f"e{number}", _canonical(bearer), _type(bearer), tuple(bearer.mentions))
        for number, bearer in enumerate(bearers, start=1)
    )


def _introduced(document: Document, mentions: Sequence[Mention]) -> dict[int, int]:
    """Return which mention an acronym in brackets stands behind, whatever its letters: `National Electoral Council (CNE)`."""
    return {
        id(later): id(earlier)
        for earlier, later in pairwise(mentions)
        if document.text[earlier.end : later.start] == " ("
        and document.text[later.end : later.end + 1] == ")"
        and later.text.isupper()
        and " " in earlier.text
        and _family(earlier.type) == _family(later.type) != "Person"
    }


@cache
def _aliases() -> dict[str, str]:
    """Return folded name → canonical name."""
    table = files("kg.extract").joinpath("data", "names_aliases.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {fold(name): canonical for canonical, others in rows for name in (canonical, *others.split("|"))}


@cache
def _capitals() -> dict[str, str]:
    table = files("kg.extract").joinpath("data", "names_capitals.tsv").read_text(encoding="utf-8")
    return {
        fold(capital): country
        for capital, _, country in (line.partition("\t") for line in table.splitlines())
        if country
    }


def _name(document: Document, mention: Mention) -> str:
    """Fold the name; a capital that acts is the country."""
    text = re.sub(r"\b([A-Z])\. (?=[A-Z]\b)", r"\1.", mention.text)
    if text.endswith(" group") or text.startswith(("the ", "The ")):
        text = text.removesuffix(" group").removeprefix("the ").removeprefix("The ")
    name = fold(text)
    if mention.type == "Place" and name in _capitals() and _acts(document, mention):
        return fold(_capitals()[name])
    if mention.type == "Nationality":
        return _demonym(name)
    return name


@cache
def _demonyms() -> frozenset[str]:
    return frozenset(fold(name) for name, kind in country_names().items() if kind == "demonym")


def _demonym(name: str) -> str:
    """Return the singular: `syrians` → `syrian`, also for a people that no list knows."""
    return name[:-1] if len(name) > 4 and name.endswith("s") and not name.endswith("ss") else name


def _acts(document: Document, mention: Mention) -> bool:
    """Say whether a capital stands for its government: `Washington said`, `Moscow has denied`; not `in Moscow`."""
    sentence = document.sentence_at(mention.start)
    if sentence is None:
        return False
    at = next((n for n, token in enumerate(sentence.tokens) if token.start >= mention.end), len(sentence.tokens))
    first = next((n for n, token in enumerate(sentence.tokens) if token.start >= mention.start), 0)
    before = sentence.tokens[first - 1].text.lower() if first else ""
    after = sentence.tokens[at].tag if at < len(sentence.tokens) else ""
    return before not in _STAYS and not mention.text.isupper() and after in _ACTS


def _families(mentions: Sequence[Mention], names: dict[int, str]) -> dict[int, str]:
    """Return what kind of bearer each mention can have; one name has one kind but for demonyms and places."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for mention in mentions:
        votes[names[id(mention)]][_family(mention.type)] += 1
    return {
        id(mention): max(sorted(votes[name]), key=lambda family: votes[name][family])
        for mention in mentions
        for name in (names[id(mention)],)
    }


def _family(kind: EntityType) -> str:
    return "group" if kind in _GROUPS else "space" if kind in _SPATIAL else kind


def _shortness(name: str, family: str) -> tuple[int, int]:
    words = name.split()
    if family == "Person":
        return (0, -len(words)) if len(words) > 1 else (1, 0)
    return 0, -len(words)


def _find(bearers: Iterable[_Bearer], mention: Mention, name: str, family: str) -> _Bearer | None:
    """Return the bearer that this name stands for; among several the one named last before it, else the first after it."""
    words, capitals, canonical = set(name.split()), mention.text.isupper(), _aliases().get(name)
    fitting = [
        bearer
        for bearer in bearers
        if bearer.family == family
        # without a word in common only an acronym or a known other name can be the same: a cheap first look
        and (not words.isdisjoint(bearer.words) or capitals or bearer.capitals or (canonical and bearer.canonical))
        and _stands_for(name, mention, bearer)
    ]
    exact = [bearer for bearer in fitting if name in bearer.names or (canonical and bearer.canonical == canonical)]
    fitting = exact if family != "Person" and exact else fitting
    if not fitting:
        return None

    def distance(bearer: _Bearer) -> tuple[bool, int]:
        before = [m.start for m in bearer.mentions if m.start <= mention.start]
        return (not before, mention.start - max(before)) if before else (True, min(m.start for m in bearer.mentions))

    return min(fitting, key=distance)


def _stands_for(name: str, mention: Mention, bearer: _Bearer) -> bool:
    canonical = _aliases().get(name)
    if canonical and bearer.canonical:
        return canonical == bearer.canonical
    if bearer.family == "Person":
        return any(_same_person(name, other) for other in bearer.names)
    if name in bearer.names:
        return True
    if bearer.family == "group":
        return any(_short_form(name, other) or _short_form(other, name) for other in bearer.names) or any(
            _is_acronym(mention.text, other) or _is_acronym(other, mention.text) for other in bearer.texts
        )
    if bearer.family == "space" and _bare(name) in {_bare(other) for other in bearer.names}:
        return True
    return bearer.family in ("space", "Other") and any(
        _is_acronym(mention.text, other) or _is_acronym(other, mention.text) for other in bearer.texts
    )


def _bare(name: str) -> str:
    """Drop an Arabic article and the kind of place: `al raqqa` → `raqqa`, `tigris river` → `tigris`."""
    words = name.split()
    if len(words) > 1 and words[0] in _ARTICLES:
        words = words[1:]
    if len(words) > 1 and words[-1] == "river":
        words = words[:-1]
    return " ".join(words)


def _same_person(name: str, other: str) -> bool:
    one, two = ([word for word in full.split() if word not in _PARTICLES] for full in (name, other))
    if not one or not two or one == two:
        return name == other or one == two
    short, long = sorted((one, two), key=len)
    if len(short) == 1:
        return len(long) > 1 and (short[0] == long[-1] or (short[0] in long and len(short[0]) > 3))
    if short[-1] != long[-1]:
        return set(short) <= set(long) and short[0] == long[0]
    return short[0] in long or _same_first_name(short[0], long[0])


def _same_first_name(first: str, second: str) -> bool:
    """Say whether two first names are one: an initial, or another spelling (`Qassem`, `Kassem`)."""
    if len(first) == 1 or len(second) == 1:
        return first[0] == second[0]
    return first[-1] == second[-1] and SequenceMatcher(None, first, second).ratio() >= _SAME_FIRST_NAME


def _short_form(short: str, long: str) -> bool:
    """Say whether a group's short name is the beginning or the end of its long one: `observatory`, `nusra`."""
    few, many = short.split(), [word for word in long.split() if word != "the"]
    if not 0 < len(few) < len(many) or short in _aliases() or short in _demonyms() or len(short) < 4:
        return False
    head = re.split(r" (?:of|for|in|on|against) ", long)[0].split()
    if head[-len(few) :] == few and len(head) < len(many):
        return True
    return len(many) - len(few) < 3 and (
        many[-len(few) :] == few or (many[: len(few)] == few and len(many) - len(few) == 1)
    )


def _is_acronym(short: str, long: str) -> bool:
    """Say whether the letters of `short` are the initials of `long` (`SDF`, `Syrian Democratic Forces`)."""
    letters = [c for c in short if c.isalnum()]
    if not 1 < len(letters) < 9 or not all(c.isupper() or c.isdigit() for c in letters) or " " in short.strip():
        return False
    words = [part for word in long.split() for part in re.split(r"[-/]", word) if part and part[0].isalnum()]
    if len(words) < 2:
        return False
    small = "".join(word[0].upper() for word in words if word.lower() not in _GENERIC)
    return "".join(letters) in (small, "".join(word[0].upper() for word in words))


def _canonical(bearer: _Bearer) -> str:
    if bearer.canonical:
        return bearer.canonical
    if bearer.family == "Nationality":
        shortest = min(bearer.mentions, key=lambda mention: (len(mention.text), mention.start)).text
        return _written(shortest)
    texts = Counter(_written(" ".join(mention.text.split())) for mention in bearer.mentions)
    return max(texts, key=lambda text: (len(fold(text).split()), not text.isupper(), texts[text], len(text)))


def _written(text: str) -> str:
    """Write a name that stands in capitals as a name: `SAN SALVADOR` → `San Salvador`; acronyms stay."""
    words = text.split()
    if text.isupper() and (len(words) > 1 or len(text) > 5):
        small = ("OF", "AND", "THE", "FOR", "DE", "LA", "DEL")
        return " ".join(
            w.lower() if n and w in small else w.title() if len(w) > 3 or n == 0 or w.isalpha() else w
            for n, w in enumerate(words)
        )
    return text


def _type(bearer: _Bearer) -> EntityType:
    """Return the type that most mentions have; the fullest name decides a tie."""
    votes = Counter(mention.type for mention in bearer.mentions)
    weights = {m.type: max(len(o.text) for o in bearer.mentions if o.type == m.type) for m in bearer.mentions}
    return max(sorted(votes), key=lambda kind: (votes[kind], weights[kind]))
