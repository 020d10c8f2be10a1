from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from kg.extract.model import judge
from kg.extract.model.labels import NAME_LABELS, PART_LABELS, SPEECH_LABELS, STANCE_LABELS, TRIGGER_LABELS

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.extract.language.document import Document

STORY = (
    "Rebels shelled the harbour of Oslav on Monday, wounding two sailors.\n\n"
    "“We hit a warship,” said Omar Saleh, a spokesman of the Red Front. The army denied the claim."
)


def word(document: Document, sentence: int, text: str) -> int:
    return [t.text for t in document.sentences[sentence].tokens].index(text)


def test_every_word_is_judged_once_and_chances_add_up(document: Callable[..., Document]) -> None:
    text = document(STORY * 30)
    found = judge(text)
    words = sum(len(s.tokens) for s in text.sentences)
    assert words > 900
    assert found.bases[-1] == words
    for rows, labels in ((found.names, NAME_LABELS), (found.triggers, TRIGGER_LABELS)):
        assert rows.shape == (words, len(labels))
        assert np.allclose(rows.sum(1), 1, atol=1e-4)
    assert 0 <= found.about_conflict <= 1


def test_the_numbers_of_a_text_do_not_depend_on_what_was_read_before(document: Callable[..., Document]) -> None:
    first = judge(document(STORY))
    judge(document("The council met on Tuesday to talk about the budget of the harbour. " * 40))
    again = judge(document(STORY))
    assert first.triggers.tobytes() == again.triggers.tobytes()
    assert first.names.tobytes() == again.names.tobytes()


def test_an_attack_its_doer_and_its_victims_are_seen_in_a_plain_sentence(document: Callable[..., Document]) -> None:
    text = document(STORY)
    found = judge(text)
    at = word(text, 0, "shelled")
    assert found.triggers[at, 0] < 0.5
    assert found.triggers[word(text, 0, "harbour"), 0] > 0.5
    begin, rows = found.parts(0, at, at + 1)
    labels = [PART_LABELS[n] for n in rows.argmax(1)]
    assert labels[word(text, 0, "Rebels") - begin] == "perpetrator"
    assert labels[word(text, 0, "sailors") - begin] == "victim"


def test_a_cue_gives_its_claimant_and_content(document: Callable[..., Document]) -> None:
    text = document(STORY)
    found = judge(text)
    sentence = next(s.index for s in text.sentences if "said" in [t.text for t in s.tokens])
    cue = word(text, sentence, "said")
    base = found.bases[sentence]
    assert found.cues[base + cue] > 0.5
    begin, rows = found.speech(sentence, cue)
    labels = [SPEECH_LABELS[n] for n in rows.argmax(1)]
    assert labels[base + word(text, sentence, "Saleh") - begin] == "claimant"
    warship = base + word(text, sentence, "warship")
    assert labels[warship - begin] == "content"
    stance = found.stance(sentence, cue, [warship])
    assert stance.shape == (len(STANCE_LABELS),)
    assert stance.sum() == pytest.approx(1, abs=1e-4)


def test_war_is_told_from_a_council_meeting(document: Callable[..., Document]) -> None:
    peace = "The council of Brennick met on Tuesday and passed a budget for the new library, the mayor said. " * 3
    assert judge(document(STORY)).about_conflict > judge(document(peace)).about_conflict


def test_a_text_without_words_gives_no_rows(document: Callable[..., Document]) -> None:
    found = judge(document(""))
    assert found.names.shape == (0, len(NAME_LABELS))
    assert found.about_conflict == 0
