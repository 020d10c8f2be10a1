"""Who stands where around a trigger: subject, object, agent, prepositional phrases; gives no roles their names.

Works on chunks from left to right, with the short cuts of news English: reduced passives, headlines, shared subjects.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.extract.language.phrases import NounPhrase, Phrases, VerbGroup

_RELATIVES = frozenset(("who", "which", "that", "whose", "whom"))
_STOPS = frozenset(
    (
        ";",
        ".",
        "who",
        "which",
        "that",
        "where",
        "when",
        "while",
        "after",
        "before",
        "because",
        "but",
        "although",
        "since",
        "as",
        "if",
        ":",
    )
)
_SUBORDINATORS = frozenset(
    ("after", "before", "since", "until", "as", "because", "though", "although", "than", "that", "when", "while", "if")
)
_SKIPPED = frozenset(("RB", "RP", "RBR", "DT", "PRP$", "PDT"))
_TRANSITIVE = (
    "killed wounded injured arrested detained kidnapped abducted displaced destroyed shot captured jailed targeted hit"
    " attacked shelled bombed murdered seized besieged assassinated executed hurt evacuated massacred".split()
)
_BREAKS = frozenset((";", "``", ":", "if", "when", "while", "after", "before", "because"))
_CONJUNCTIONS = frozenset(("that", "as", "while", "than"))
_HOPS = 3
_MAX_PHRASES = 8  # how far to the right a trigger governs


@dataclass(frozen=True, slots=True)
class Prepositional:
    """A preposition and the phrases that it governs."""

    preposition: str
    at: int
    phrases: tuple[NounPhrase, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """What surrounds one verb; `subject` and `object` are the grammatical ones, `passive` tells how to read them."""

    group: VerbGroup
    passive: bool
    subject: tuple[NounPhrase, ...]
    object: tuple[NounPhrase, ...]
    prepositional: tuple[Prepositional, ...]

    def after(self, *prepositions: str) -> tuple[NounPhrase, ...]:
        """Return the phrases after any of these prepositions."""
        return tuple(p for pp in self.prepositional if pp.preposition in prepositions for p in pp.phrases)

    @property
    def agents(self) -> tuple[NounPhrase, ...]:
        """Who does it."""
        return self.after("by") if self.passive else self.subject

    @property
    def patients(self) -> tuple[NounPhrase, ...]:
        """Whom it is done to."""
        return self.subject if self.passive else self.object


def clause(phrases: Phrases, group: VerbGroup) -> Clause:
    """Read the clause around a verb group."""
    direct = _object(phrases, group.head)
    passive = group.passive or _reduced(phrases, group, direct)
    end = direct[-1].full if direct else group.head + 1
    subject = _reduced_subject(phrases, group) if passive and not group.passive and not group.finite else ()
    return Clause(group, passive, subject or find_subject(phrases, group), direct, prepositional(phrases, end))


def prepositional(phrases: Phrases, at: int) -> tuple[Prepositional, ...]:
    """Return the prepositional phrases that follow position `at` within the clause."""
    found: list[Prepositional] = []
    seen = 0
    while at < len(phrases.lower) and seen < _MAX_PHRASES:
        word, tag = phrases.lower[at], phrases.tokens[at].tag
        group = phrases.verb(at)
        if word in _STOPS or (group is not None and group.finite and tag != "VBN") or _new_part(phrases, at):
            break
        if tag in ("IN", "TO") or word in ("including", "targeting", "against", "involving"):
            following = _skip(phrases, at + 1)
            phrase = phrases.noun(following)
            if phrase is not None and phrase.first == following:
                held = phrases.conjuncts(phrase, paired=word == "between")
                found.append(Prepositional(word, at, held))
                at = held[-1].full
                seen += 1
                continue
        at += 1
    return tuple(found)


def _new_part(phrases: Phrases, at: int) -> bool:
    """Tell whether a comma ends what the trigger governs: something other than a time or a place follows."""
    if phrases.lower[at] != "," or at + 1 >= len(phrases.lower):
        return False
    following = phrases.lower[at + 1]
    return phrases.tokens[at + 1].tag not in ("IN", "VBG") or following in ("with", "by", "of", "for", "to")


def _skip(phrases: Phrases, at: int) -> int:
    while at < len(phrases.lower) and phrases.noun_at[at] < 0 and phrases.tokens[at].tag in _SKIPPED:
        at += 1
    return at


def _object(phrases: Phrases, head: int) -> tuple[NounPhrase, ...]:
    at = _skip(phrases, head + 1)
    if (
        at < len(phrases.lower)
        and phrases.lower[at] in ("at", "more", "as", "nearly")
        and phrases.tokens[at].tag != "NNP"
    ):
        at = next(
            (
                i
                for i in range(at, min(at + 4, len(phrases.lower)))
                if phrases.noun_at[i] >= 0 and phrases.tokens[i].tag == "CD"
            ),
            at,
        )
    phrase = phrases.noun(at)
    return phrases.conjuncts(_past_owner(phrases, phrase)) if phrase is not None and phrase.first == at else ()


def _past_owner(phrases: Phrases, phrase: NounPhrase) -> NounPhrase:
    """Return the phrase that this one owns, if any: of `Syria's army` the army."""
    while phrase.owned and (following := phrases.noun(phrase.last + 1)) is not None and following.owner is not None:
        phrase = following
    return phrase


def _reduced(phrases: Phrases, group: VerbGroup, direct: tuple[NounPhrase, ...]) -> bool:
    """Tell whether a bare participle is a passive: `5 killed in Kabul blast`, `the men arrested on Friday`."""
    if group.first != group.head or direct:
        return False
    tag, word = phrases.tokens[group.head].tag, phrases.lower[group.head]
    if tag not in ("VBN", "VBD"):
        return False
    following = phrases.lower[group.head + 1] if group.head + 1 < len(phrases.lower) else "."
    return (
        following == "by"
        or tag == "VBN"
        or (
            word in _TRANSITIVE
            and following in ("in", "by", "on", "near", "at", "after", "during", ".", ",", "and", "as")
        )
    )


def _reduced_subject(phrases: Phrases, group: VerbGroup) -> tuple[NounPhrase, ...]:
    at = group.first - 1
    while at >= 0 and phrases.tokens[at].tag.startswith("RB"):
        at -= 1
    phrase = phrases.noun(at)
    return (phrase, *_left_conjuncts(phrases, phrase)) if phrase is not None else ()


def find_subject(phrases: Phrases, group: VerbGroup, hops: int = _HOPS) -> tuple[NounPhrase, ...]:
    """Return the subject phrases of a verb group: over relative clauses, shared subjects and infinitives."""
    at = group.first - 1
    while at >= 0 and phrases.tokens[at].tag.startswith("RB"):
        at -= 1
    if at >= 0 and phrases.tokens[at].tag == "CC":  # "seized a school and began shelling": the first verb's subject
        other = _coordinated(phrases, group, at)
        return find_subject(phrases, other, hops - 1) if other is not None and hops else ()
    while at >= 0:
        if (other := phrases.verb(at)) is not None:
            return find_subject(phrases, other, hops - 1) if hops and _shares(phrases, group, other) else ()
        if phrases.lower[at] in _BREAKS:
            return ()
        phrase = phrases.noun(at)
        if phrase is None or phrases.lower[at] in _RELATIVES or phrases.tokens[at].tag == "WP":
            at -= 1
            continue
        start = _first_start(phrases, phrase)
        if start and _hangs(phrases, phrase, start - 1, group):
            at = start - 2
            continue
        phrase = _explained(phrases, phrase)
        return (phrase, *_left_conjuncts(phrases, phrase))
    return ()


def _explained(phrases: Phrases, phrase: NounPhrase) -> NounPhrase:
    """Return whom an apposition explains: for the anarchist in `Koch, an anarchist from Brooklyn, was jailed` Koch."""
    start = _phrase_start(phrases, phrase)
    if phrase.determiner not in ("a", "an", "the") or start < 2 or phrases.lower[start - 1] != ",":
        return phrase
    before = phrases.noun(start - 2)
    named = before is not None and phrases.tokens[before.head].tag in ("NNP", "NNPS")
    return before if before is not None and named else phrase


def _hangs(phrases: Phrases, phrase: NounPhrase, at: int, group: VerbGroup) -> bool:
    """Tell whether the word before a phrase makes it part of something else: `near Afrin`; not in `after rebels shelled`."""
    word = phrases.lower[at]
    if word in _SUBORDINATORS and phrase.full >= group.first - 1:
        return False
    return (phrases.tokens[at].tag in ("IN", "TO") and word not in _CONJUNCTIONS) or word == "including"


def _coordinated(phrases: Phrases, group: VerbGroup, at: int) -> VerbGroup | None:
    """Return the verb that `and` joins this one to: the nearest of the same form, else the nearest."""
    before = [other for other in phrases.verbs if other.head < at]
    tag = phrases.tokens[group.first].tag
    same = [other for other in before if phrases.tokens[other.first].tag == tag]
    return next(reversed(same or before), None)


def _shares(phrases: Phrases, group: VerbGroup, other: VerbGroup) -> bool:
    """Tell whether a verb may take the subject of the verb to its left: it is no clause of its own, or that one is relative."""
    if not group.finite or phrases.lower[group.first] == "to":
        return True
    between = phrases.lower[other.head + 1 : group.first]
    relative = other.first > 0 and phrases.lower[other.first - 1] in _RELATIVES
    # a participle behind its noun: "the strikes carried out in response were condemned"
    return "," in between or relative or not (other.first < other.head or _object(phrases, other.head))


def _phrase_start(phrases: Phrases, phrase: NounPhrase) -> int:
    """Where the phrase begins with its determiner and its owners, and with the head that an `of` hangs it on."""
    start = phrase.first
    owner = phrase
    while owner.owner is not None:
        owner = phrases.nouns[owner.owner]
        start = owner.first
    while start and phrases.tokens[start - 1].tag in ("DT", "PRP$", "PDT"):
        start -= 1
    return start


def head_of_chain(phrases: Phrases, phrase: NounPhrase) -> NounPhrase:
    """Climb `of`: for `Tokhar` in `outskirts of Tokhar` return the outskirts."""
    start = _phrase_start(phrases, phrase)
    while start > 1 and phrases.lower[start - 1] == "of" and (before := phrases.noun(start - 2)) is not None:
        phrase = before
        start = _phrase_start(phrases, phrase)
    return phrase


def _first_start(phrases: Phrases, phrase: NounPhrase) -> int:
    """Where the first of the phrases joined by `and` begins: the preposition before it governs them all."""
    joined = _left_conjuncts(phrases, phrase)
    return min((_phrase_start(phrases, p) for p in (phrase, *joined)), default=phrase.first)


def _left_conjuncts(phrases: Phrases, phrase: NounPhrase) -> tuple[NounPhrase, ...]:
    found: list[NounPhrase] = []
    start = _phrase_start(phrases, phrase)
    while start > 1 and (phrases.lower[start - 1] == "and" or (found and phrases.lower[start - 1] == ",")):
        before = phrases.noun(start - 2)
        if before is None:
            break
        before = head_of_chain(phrases, before)
        if before in found:
            break
        found.append(before)
        start = _phrase_start(phrases, before)
    return tuple(found)
