"""What people set right: the file, what it does to links, and that it can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.errors import ConfigError
from kg.link import OfflineLinker, corrections
from kg.link.corrections import CorrectedLinker
from kg.model import Annotations, Article, Correction, Entity, EntityType, Metadata, Span, View

if TYPE_CHECKING:
    from pathlib import Path

    from kg.link.index import Index


def article(publisher: str | None = None) -> Article:
    return Article("0" * 16, "test", "", View("", ()), (), Metadata(publisher=publisher), "test")


def annotated(*names: tuple[str, EntityType]) -> Annotations:
    entities = tuple(Entity(f"e{at}", name, kind, (Span(0, len(name), name),)) for at, (name, kind) in enumerate(names))
    return Annotations("test", True, entities=entities)


def decide(path: Path, *decisions: tuple[str, str, str]) -> corrections.Corrections:
    for name, verb, value in decisions:
        corrections.add(path, Correction(name, verb, value, "desk", "2026-11-23T10:00:00Z"))  # type: ignore[arg-type]
    return corrections.read(path)


def test_a_set_name_is_that_item_whatever_the_linker_thinks(index: Index, tmp_path: Path) -> None:
    found = decide(tmp_path / "c.tsv", ("Milltown", "set", "Q5"), ("The Guild", "set", "Q777"))
    links = CorrectedLinker(OfflineLinker(index), found, index)(
        article(), annotated(("Milltown", "Place"), ("the guild", "Organization"), ("Norland", "Place"))
    )
    town, guild, country = links.entities
    assert town.choice is not None
    assert (town.choice.qid, town.choice.score, town.choice.label) == ("Q5", 1.0, "Milltown")
    assert town.correction is not None
    assert town.correction.who == "desk"
    assert guild.choice is not None
    assert (guild.choice.qid, guild.choice.source) == ("Q777", "by hand"), "an item that the index does not know"
    assert country.correction is None


def test_an_unlinked_name_is_no_item_also_in_the_metadata(index: Index, tmp_path: Path) -> None:
    found = decide(tmp_path / "c.tsv", ("Norland", "unlink", ""), ("The Daily Lantern", "unlink", ""))
    links = CorrectedLinker(OfflineLinker(index), found, index)(
        article("The Daily Lantern"), annotated(("Norland", "Place"))
    )
    assert [link.choice for link in (*links.entities, *links.names)] == [None, None]
    assert OfflineLinker(index)(article("The Daily Lantern"), annotated()).names[0].choice is not None


def test_a_name_that_is_the_same_as_another_takes_its_name_and_its_item(index: Index, tmp_path: Path) -> None:
    found = decide(tmp_path / "c.tsv", ("the Front", "same", "People's Front of Norland"))
    names = annotated(("the Front", "ArmedGroup"), ("Unheard Band", "ArmedGroup"))
    assert [entity.name for entity in found.renamed(names).entities] == ["People's Front of Norland", "Unheard Band"]
    links = CorrectedLinker(OfflineLinker(index), found, index)(article(), names)
    assert links.entities[0].choice is not None
    assert links.entities[0].choice.qid == "Q8"
    assert links.entities[0].correction is not None


def test_names_that_are_each_other_decide_nothing(index: Index, tmp_path: Path) -> None:
    found = decide(tmp_path / "c.tsv", ("Alpha", "same", "Beta"), ("Beta", "same", "Alpha"))
    names = annotated(("Alpha", "Person"))
    assert found.of("Alpha") is None
    assert found.renamed(names) == names
    CorrectedLinker(OfflineLinker(index), found, index)(article(), names)


def test_the_last_decision_holds_and_reset_takes_it_back_but_the_file_forgets_nothing(tmp_path: Path) -> None:
    path = tmp_path / "c.tsv"
    assert not corrections.read(path)
    decide(path, ("Milltown", "set", "Q5"), ("milltown", "set", "Q4"))
    held = corrections.read(path).of("MILLTOWN")
    assert held is not None
    assert held.value == "Q4"
    assert decide(path, ("Milltown", "reset", "")).of("Milltown") is None
    assert [each.verb for each in corrections.history(path)] == ["set", "set", "reset"]
    assert path.read_text(encoding="utf-8").startswith("name\tverb\tvalue\twho\twhen\tnote\n")


def test_only_decisions_whose_words_all_stand_in_a_text_may_concern_it(tmp_path: Path) -> None:
    found = decide(tmp_path / "c.tsv", ("Gen. Qadir Solmani", "set", "Q6"), ("Milltown", "unlink", ""))
    assert [each.name for each in found.about("In Milltown, rain.")] == ["Milltown"]
    assert [each.name for each in found.about("GEN QADIR SOLMANI left.")] == ["Gen. Qadir Solmani"]
    assert found.about("Solmani left.") == ()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("x\ty\n", "must name the columns"),
        ("name\tverb\tvalue\twho\twhen\tnote\nA\tset\tQ1\n", "line 2: 3 columns"),
        ("name\tverb\tvalue\twho\twhen\tnote\nA\tmake\tQ1\tme\t\t\n", "'make' is none of"),
        ("name\tverb\tvalue\twho\twhen\tnote\nA\tset\tP31\tme\t\t\n", "'P31' is no Wikidata item"),
        ("name\tverb\tvalue\twho\twhen\tnote\n…\tset\tQ1\tme\t\t\n", "is no name"),
        ("name\tverb\tvalue\twho\twhen\tnote\nA\tsame\ta\tme\t\t\n", "already the same"),
    ],
)
def test_a_line_that_says_nothing_sensible_is_named(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "c.tsv").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=named):
        corrections.read(tmp_path / "c.tsv")


def test_tabs_and_line_breaks_in_a_note_do_not_break_the_file(tmp_path: Path) -> None:
    path = tmp_path / "c.tsv"
    corrections.add(path, Correction("A", "set", "Q1", "me", "2026-01-01T00:00:00Z", 'see\tthe "report"\nof May'))
    assert corrections.history(path)[0].note == 'see the "report" of May'


@pytest.mark.parametrize(
    ("store", "file"),
    [
        ("build/store", "build/store.corrections.tsv"), ("graph/", "graph.corrections.tsv"),
        ("https://triples.example/ds", "build/triples-example-ds.corrections.tsv"),
    ],
)  # fmt: skip
def test_the_file_lies_beside_the_store(store: str, file: str) -> None:
    assert str(corrections.beside(store)) == file
