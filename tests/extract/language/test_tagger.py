from __future__ import annotations

import time

import pytest

from kg.extract.language.tagger import sentence_case, tag

# our own sentences with the tags that we give them by hand: the floor of a tagger that works at all
SAMPLE = """
Two/CD rockets/NNS hit/VBD the/DT base/NN on/IN Friday/NNP ,/, killing/VBG a/DT soldier/NN ./.
The/DT army/NN has/VBZ denied/VBN that/IN its/PRP$ planes/NNS bombed/VBD the/DT village/NN ./.
“/`` We/PRP will/MD not/RB leave/VB ,/, ”/'' said/VBD Colonel/NNP Daoud/NNP ./.
Protesters/NNS who/WP were/VBD marching/VBG to/TO the/DT palace/NN clashed/VBD with/IN police/NN ./.
The/DT minister/NN 's/POS visit/NN comes/VBZ days/NNS after/IN the/DT deadliest/JJS attack/NN in/IN years/NNS ./.
More/JJR than/IN 40/CD people/NNS are/VBP missing/VBG and/CC dozens/NNS were/VBD wounded/VBN ./.
Iran/NNP -/HYPH backed/VBN fighters/NNS quickly/RB took/VBD the/DT northern/JJ town/NN ./.
"""


def pairs() -> list[list[tuple[str, str]]]:
    rows = [[word.rsplit("/", 1) for word in line.split()] for line in SAMPLE.strip().splitlines()]
    return [[(word, name) for word, name in row] for row in rows]


def test_most_words_of_plain_news_get_their_tag() -> None:
    gold = pairs()
    found = tag([[word for word, _ in row] for row in gold])
    scored = [(a, b) for row, names in zip(gold, found, strict=True) for (_, a), b in zip(row, names, strict=True)]
    assert len(scored) == 79
    assert sum(a == b for a, b in scored) / len(scored) >= 0.95


def test_the_score_falls_when_the_words_are_shuffled() -> None:
    gold = pairs()
    found = tag([[word for word, _ in reversed(row)] for row in gold])
    scored = [(a, b) for row, names in zip(gold, found, strict=True) for (_, a), b in zip(row, names, strict=True)]
    assert sum(a == b for a, b in scored) / len(scored) < 0.6


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ('" Go " , he said .', ["``", "VB", "''", ",", "PRP", "VBD", "."]),
        ("( $ 5 ) — #", ["-LRB-", "$", "CD", "-RRB-", ":", "#"]),
        ("the rebels ' base", ["DT", "NNS", "POS", "NN"]),
    ],
)
def test_marks_have_fixed_tags(sentence: str, expected: list[str]) -> None:
    assert tag([sentence.split()])[0] == expected


def test_headlines_in_title_case_are_not_all_names() -> None:
    words = "Troops Kill Six Protesters During Raid in Northern Village".split()
    assert sentence_case(words) == "title"
    names = tag([words])[0]
    assert names[1] in ("VB", "VBP")
    assert names[3] == "NNS"
    assert names.count("NNP") <= 3


def test_cases_are_told_apart() -> None:
    assert sentence_case("REBELS ATTACK ARMY BASE".split()) == "upper"
    assert sentence_case("Rebels attacked the army base in Mosul".split()) == "text"


def test_empty_input_stays_empty() -> None:
    assert tag([]) == []
    assert tag([[]]) == [[]]
    assert tag([[], ["Go"], []])[1:] == [tag([["Go"]])[0], []]


def test_tagging_alone_or_in_a_batch_is_the_same() -> None:
    sentences = [[word for word, _ in row] for row in pairs()]
    assert tag(sentences) == [tag([sentence])[0] for sentence in sentences]


def test_tagging_is_fast_enough_for_a_corpus() -> None:
    sentences = [[word for word, _ in row] for row in pairs()] * 60
    tag(sentences[:7])
    began = time.process_time()
    tag(sentences)
    assert sum(map(len, sentences)) / (time.process_time() - began) > 8_000
