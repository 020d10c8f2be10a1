"""The index on disk: every way to look something up, what a broken one says, and what the packaged one promises."""

from __future__ import annotations

import multiprocessing
import statistics
import time
from typing import TYPE_CHECKING

import pytest

from kg.errors import ConfigError
from kg.link import pack
from kg.link.index import PACKAGED, Index, packaged
from tests.benchmarks.looking_up import bounds

if TYPE_CHECKING:
    from pathlib import Path


def qids(index: Index, found: list[tuple[int, str]]) -> list[str]:
    return [index.facts(entity).qid for entity, _ in found]


def test_a_name_is_found_in_any_case_and_with_any_punctuation(index: Index) -> None:
    assert qids(index, index.exact("HARBIN-GATE")) == ["Q3"]
    assert index.exact("harbin gates") == []


def test_namesakes_come_best_known_first(index: Index) -> None:
    assert qids(index, index.exact("Milltown")) == ["Q4", "Q5", "Q13"]


def test_facts_come_back_as_they_were_packed(index: Index) -> None:
    number = index.number("Q3")
    assert number is not None
    facts = index.facts(number)
    assert (facts.label, facts.names, facts.kind, facts.type) == (
        "Harbin Gate",
        ("Harbin Gate", "Harben Gate"),
        "city",
        "Place",
    )
    assert (facts.popularity, facts.country, facts.sources) == (90, "Q1", ("atlas",))
    assert (facts.latitude, facts.longitude) == (12.34567, -45.5)


def test_an_entity_without_coordinates_has_none(index: Index) -> None:
    number = index.number("Q4")
    assert number is not None
    assert (index.facts(number).latitude, index.facts(number).longitude) == (None, None)


@pytest.mark.parametrize("qid", ["Q99", "X1", "", "Q", "Q1x"])
def test_what_is_no_qid_of_the_index_is_not_found(index: Index, qid: str) -> None:
    assert index.number(qid) is None


def test_one_slip_is_forgiven_and_two_are_not(index: Index) -> None:
    for slip in ("Harbn Gate", "Harbinn Gate", "Harbim Gate", "Habrin Gate"):
        assert qids(index, index.slipped(slip)) == ["Q3"], slip
    assert index.slipped("Hrbn Gate") == []


def test_short_names_get_no_second_chance(index: Index) -> None:
    assert index.slipped("PFM") == []


def test_another_transliteration_sounds_the_same(index: Index) -> None:
    assert [index.facts(entity).qid for entity in index.sounding("Kadeer Soulmany")] == ["Q6"]
    assert index.sounding("Ibrahim Soulmany") == []


def test_a_beginning_suggests_names_best_known_first_but_no_demonyms(index: Index) -> None:
    assert qids(index, index.starting("Norl")) == ["Q1", "Q9", "Q11"]
    assert qids(index, index.starting("Norl", limit=1)) == ["Q1"]


def test_the_same_records_give_the_same_bytes(folder: Path, records: tuple[pack.Record, ...], tmp_path: Path) -> None:
    pack.write(tmp_path, reversed(records), sources=("atlas", "press"))
    for name in ("index.bin", "names.marisa", "keys.marisa"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name


def test_other_records_give_another_version(folder: Path, records: tuple[pack.Record, ...], tmp_path: Path) -> None:
    pack.write(tmp_path, records[1:], sources=("atlas", "press"))
    assert Index(tmp_path).version != Index(folder).version


def test_a_missing_index_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no index can be opened"):
        Index(tmp_path)


def test_an_index_of_another_layout_is_refused(folder: Path, tmp_path: Path) -> None:
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "index.bin").write_bytes(b"OLDINDEX" + (folder / "index.bin").read_bytes()[8:])
    with pytest.raises(ConfigError, match="not an index of this version"):
        Index(tmp_path)


# --- the packaged index ---------------------------------------------------------------------------------------------------


def _label_of_best(name: str) -> str:
    return packaged().facts(packaged().exact(name)[0][0]).label


def test_the_packaged_index_opens_in_a_fifth_of_a_second() -> None:
    start = time.perf_counter()
    found = Index()
    assert time.perf_counter() - start < 0.2
    assert len(found) > 150_000


def test_the_packaged_files_stay_within_15_megabytes() -> None:
    assert 1e6 < sum(path.stat().st_size for path in PACKAGED.iterdir()) < 15e6


def test_an_exact_look_up_takes_less_than_a_fifth_of_a_millisecond() -> None:
    found = packaged()
    names = ["Baghdad", "Kata'ib Hezbollah", "Washington", "Nobody At All", "Associated Press"] * 40
    times = []
    for name in names:
        start = time.perf_counter()
        found.exact(name)
        times.append(time.perf_counter() - start)
    assert statistics.median(times) < 0.0002


def _label(name: str) -> str:
    return _label_of_best(name)


def test_processes_share_the_packaged_index() -> None:
    assert _label("Baghdad") == "Baghdad"
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map(_label, ["Baghdad", "Mosul", "Baghdad"]) == ["Baghdad", "Mosul", "Baghdad"]


def test_every_source_of_the_packaged_index_is_named_with_its_licence() -> None:
    text = (PACKAGED / "SOURCES.md").read_text(encoding="utf-8")
    found = packaged()
    named = {source for entity in range(0, len(found), 50) for source in found.facts(entity).sources}
    assert len(named) > 8
    assert not [source for source in named if f"| {source} |" not in text]


def test_the_packaged_index_keeps_within_its_bounds_with_a_factor_two_to_spare() -> None:
    found = bounds()
    assert found.size_mb <= 15
    assert found.memory_mb <= 50
    assert found.exact_ms <= 0.1
    assert found.slowest_fuzzy_ms <= 5
