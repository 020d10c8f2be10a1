from __future__ import annotations

import pytest

from kg.extract.language.document import Sentence, Token
from kg.extract.language.phrases import NounPhrase, Phrases, chunk


def tagged(words: str) -> Phrases:
    tokens, at = [], 0
    for pair in words.split():
        text, _, tag = pair.rpartition("/")
        tokens.append(Token(at, at + len(text), text, tag))
        at += len(text) + 1
    return chunk(Sentence(0, 0, at, "paragraph", tuple(tokens)))


def words(phrases: Phrases, phrase: NounPhrase) -> str:
    return " ".join(token.text for token in phrases.tokens[phrase.first : phrase.full])


def test_noun_phrases_drop_articles_and_reach_over_of() -> None:
    phrases = tagged("the/DT outskirts/NNS of/IN the/DT village/NN of/IN Tokhar/NNP were/VBD hit/VBN")
    assert words(phrases, phrases.nouns[0]) == "outskirts of the village of Tokhar"


def test_a_possessive_parts_the_owner_from_what_it_owns() -> None:
    phrases = tagged("Turkey/NNP 's/POS attack/NN")
    owner, owned = phrases.nouns
    assert (owner.owned, owned.owner) == (True, 0)


def test_lists_are_read_to_their_end_and_appositions_are_not() -> None:
    phrases = tagged("killed/VBD Brown/NNP ,/, Green/NNP and/CC Black/NNP ,/, the/DT driver/NN ./.")
    assert [words(phrases, p) for p in phrases.conjuncts(phrases.nouns[0])] == ["Brown", "Green", "Black"]


@pytest.mark.parametrize(
    ("text", "passive", "negated", "modal"),
    [
        ("may/MD have/VB been/VBN killed/VBN", True, False, "may"),
        ("did/VBD not/RB attack/VB", False, True, ""),
        ("have/VBP shelled/VBN", False, False, ""),
    ],
)
def test_verb_groups_know_voice_negation_and_modal(text: str, passive: bool, negated: bool, modal: str) -> None:
    (group,) = tagged(text).verbs
    assert (group.passive, group.negated, group.modal) == (passive, negated, modal)
    assert group.head == len(text.split()) - 1


def test_a_participle_inside_a_phrase_is_no_verb() -> None:
    phrases = tagged("the/DT Iran/NNP -/HYPH backed/VBN militias/NNS fled/VBD")
    assert [phrases.lower[group.head] for group in phrases.verbs] == ["fled"]


def test_a_governed_plural_that_was_tagged_a_verb_is_a_noun() -> None:
    phrases = tagged("to/TO deter/VB further/JJ militia/NN strikes/VBZ without/IN risk/NN")
    assert words(phrases, phrases.nouns[0]) == "further militia strikes"
    free = tagged("The/DT army/NN strikes/VBZ rebels/NNS")
    assert [free.lower[group.head] for group in free.verbs] == ["strikes"]
