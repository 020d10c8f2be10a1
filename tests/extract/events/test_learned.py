from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from kg.extract.events.find import find_events
from kg.extract.model.labels import ACTUALITY_LABELS, NAME_LABELS, PART_LABELS, TRIGGER_LABELS
from kg.extract.model.reader import Judgements

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.extract.events.drafts import DraftEvent
    from kg.extract.language.document import Document

STORY = (
    "Troops of the army and rebels of the Red Front clashed near Oslav on Monday, the army said.\n\n"
    "The militants pulverised a bakery of the town with 20 soldiers inside. The rebels shelled the bridge."
)


class Told(Judgements):
    """Judgements that a test sets word by word."""

    def parts(self, sentence: int, first: int, last: int) -> tuple[int, np.ndarray]:  # noqa: ARG002
        rows = np.full((self.bases[-1], len(PART_LABELS)), 0.01, np.float32)
        rows[:, 0] = 1
        for word, role in _ROLES.items():
            for at in _places(word):
                rows[at] = 0.01
                rows[at, PART_LABELS.index(role)] = 0.9
        return 0, rows


_ROLES: dict[str, str] = {}
_WORDS: list[str] = []


def _places(word: str) -> list[int]:
    return [at for at, held in enumerate(_WORDS) if held == word]


@pytest.fixture
def told(document: Callable[..., Document]) -> Callable[..., tuple[DraftEvent, ...]]:
    def build(
        triggers: dict[str, tuple[str, float]], roles: dict[str, str] | None = None, *, about: float = 0.9
    ) -> tuple[DraftEvent, ...]:
        text = document(STORY)
        _WORDS[:] = [t.text for s in text.sentences for t in s.tokens]
        _ROLES.clear()
        _ROLES.update(roles or {})
        bases = np.cumsum([0, *(len(s.tokens) for s in text.sentences)]).tolist()
        rows = np.full((len(_WORDS), len(TRIGGER_LABELS)), 0.001, np.float32)
        rows[:, 0] = 0.97
        for word, (kind, chance) in triggers.items():
            for at in _places(word):
                rows[at, 0] = 1 - chance
                rows[at, TRIGGER_LABELS.index(kind)] = chance
        actuality = np.full((len(_WORDS), len(ACTUALITY_LABELS)), 0.2, np.float32)
        zero = np.zeros(len(_WORDS), np.float32)
        names = np.zeros((len(_WORDS), len(NAME_LABELS)), np.float32)
        judgements = Told(tuple(bases), names, rows, actuality, zero, zero, about, (), ())
        return find_events(text, (), judgements=judgements)

    return build


def triggers(text: str, events: tuple[DraftEvent, ...]) -> dict[str, str]:
    return {text[slice(*event.trigger)]: event.type for event in events}


def test_a_word_that_the_lexicon_lacks_is_a_trigger_where_the_model_is_sure(
    told: Callable[..., tuple[DraftEvent, ...]],
) -> None:
    assert triggers(STORY, told({"pulverised": ("Attack", 0.95)}))["pulverised"] == "Attack"
    assert "pulverised" not in triggers(STORY, told({"pulverised": ("Attack", 0.3)}))


def test_the_model_overrules_the_lexicon_where_it_sees_no_event(told: Callable[..., tuple[DraftEvent, ...]]) -> None:
    both = {"clashed": ("ArmedClash", 0.98), "shelled": ("IndirectFireAttack", 0.98)}
    assert set(triggers(STORY, told(both))) == {"clashed", "shelled"}
    assert set(triggers(STORY, told(both | {"shelled": ("IndirectFireAttack", 0.001)}))) == {"clashed"}


def test_a_participant_that_grammar_misses_comes_from_the_model(
    told: Callable[..., tuple[DraftEvent, ...]],
) -> None:
    sure = {"pulverised": ("Attack", 0.95)}
    (event,) = (e for e in told(sure, {"militants": "perpetrator", "bakery": "target"}) if e.type == "Attack")
    assert [(p.role, STORY[p.start : p.end]) for p in event.participants] == [
        ("perpetrator", "militants"),
        ("target", "bakery of the town"),
    ]


def test_a_participant_that_the_model_rules_out_is_dropped(told: Callable[..., tuple[DraftEvent, ...]]) -> None:
    sure = {"shelled": ("IndirectFireAttack", 0.98)}
    (event,) = (e for e in told(sure, {"rebels": "perpetrator"}) if e.type == "IndirectFireAttack")
    assert [STORY[p.start : p.end] for p in event.participants] == ["rebels"]


def test_an_article_that_the_model_holds_for_another_matter_gives_no_events(
    told: Callable[..., tuple[DraftEvent, ...]],
) -> None:
    sure = {"clashed": ("ArmedClash", 0.98)}
    assert told(sure)
    assert told(sure, about=0.001) == ()
