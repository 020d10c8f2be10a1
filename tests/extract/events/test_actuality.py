from __future__ import annotations

import pytest

from kg.extract.events.actuality import judge
from kg.extract.events.triggers import find_triggers
from kg.extract.language.document import analyse
from kg.extract.language.phrases import chunk
from kg.model import Article
from kg.read import read


@pytest.mark.parametrize(
    ("text", "actuality"),
    [
        ("Rebels attacked the town on Monday.", "happened"),
        ("The rebels will attack the town.", "planned"),
        ("Officials received reports of imminent attacks planned against the embassy.", "planned"),
        ("Police foiled an attack on the embassy.", "planned"),
        ("The army plans to attack the town.", "planned"),
        ("The rebels could attack the town.", "hypothetical"),
        ("The president warned of a possible attack on the town.", "hypothetical"),
        ("The rebels did not attack the town.", "did-not-happen"),
        ("The rebels are attacking the town.", "ongoing"),
        ("The army continues to attack the town.", "ongoing"),
    ],
)
def test_the_words_around_a_trigger_tell_whether_it_happened(text: str, actuality: str) -> None:
    article = next(read(f"Headline of the day\n\n{text}\n".encode(), "test.txt"))
    assert isinstance(article, Article)
    phrases = chunk(analyse(article).sentences[-1])
    triggers = [trigger for trigger in find_triggers(0, phrases) if trigger.entry.lemma == "attack"]
    assert [judge(phrases, trigger) for trigger in triggers] == [actuality]
