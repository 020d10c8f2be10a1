"""The choice among candidates: features react to the article, probabilities behave, weights are read or refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from kg.errors import ConfigError
from kg.link import choose
from kg.link.candidates import candidates

if TYPE_CHECKING:
    from pathlib import Path

    from kg.link.index import Index
    from kg.model import EntityType


def test_the_country_of_the_article_tells_namesakes_apart(index: Index) -> None:
    found = candidates(index, "Milltown")
    for country, qid in (("Q1", "Q4"), ("Q2", "Q5")):
        setting = choose.Setting({country: 1.0})
        ranked = choose.score(index, "Milltown", found, type="Place", setting=setting, ranker=choose.packaged_ranker())
        assert index.facts(ranked[0][0].entity).qid == qid


def test_probabilities_of_rivals_sum_to_no_more_than_one(index: Index) -> None:
    found = candidates(index, "Milltown")
    ranker = choose.Ranker({"fame": 5.0}, 3.0, 0.5)
    ranked = choose.score(index, "Milltown", found, type="Place", setting=choose.Setting(), ranker=ranker)
    assert sum(value for _, value in ranked) == pytest.approx(1.0)


def test_a_type_that_contradicts_the_text_makes_a_candidate_unlikely(index: Index) -> None:
    def best(kind: EntityType) -> float:
        ranker, setting = choose.packaged_ranker(), choose.Setting({"Q1": 1.0})
        found = candidates(index, "Norland Armed Forces")
        return choose.score(index, "Norland Armed Forces", found, type=kind, setting=setting, ranker=ranker)[0][1]

    assert best("StateForce") > best("Place") + 0.1


def test_weights_that_cannot_be_read_are_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "ranker.json"
    path.write_text(json.dumps({"weights": {}}), encoding="utf-8")
    with pytest.raises(ConfigError, match="no usable weights"):
        choose.read_ranker(path)


def test_the_packaged_threshold_prefers_no_link_to_a_coin_toss() -> None:
    assert choose.packaged_ranker().threshold >= 0.5
