"""Every example is read, and says what it should."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.model import Article
from kg.read import Source, iter_sources

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
EXPECTED = {
    "mosul-declared-retaken-2017": ("Iraq's prime minister declares victory in Mosul", "2017-07-11", "The Placeholder Post"),
    "solhan-massacre-2021": ("Gunmen kill at least 132 villagers in Burkina Faso", "2021-06-06", "The Specimen Tribune"),
    "marawi-combat-ends-2017": ("Philippines ends combat operations in Marawi", "2017-10-23", "The Sample Gazette"),
    "pretoria-agreement-2022": ("Ethiopia and Tigray forces agree to stop fighting", "2022-11-03", "The Northgate Observer"),
    "sudan-jeddah-ceasefire-2023": ("Sudan's rival forces sign week-long ceasefire in Jeddah", "2023-05-21", "The Mockingbird Mail"),
    "colombia-farc-ceasefire-2016": ("Colombia and FARC rebels agree on a lasting ceasefire", "2016-06-23", "The Sample Gazette"),
    "derry-bloody-sunday-feature-2022": ("Fifty years on, the day that changed Derry", "2022-01-29", "The Example Courier"),
    "el-salvador-peace-accords-1992": ("El Salvador's foes sign peace after 12 years of war", "1992-01-17", "The Sample Gazette"),
    "gaza-al-ahli-hospital-claims-2023": ("Tolls and blame disputed after blast at Gaza hospital", "2023-10-19", "The Placeholder Post"),
    "iraq-last-us-convoy-2011": ("Last American convoy leaves Iraq", "2011-12-19", "The Placeholder Post"),
    "kramatorsk-station-missile-2022": ("Missile kills at least 50 at Kramatorsk train station", "2022-04-08", "The Example Courier"),
    "kunduz-hospital-general-changes-account-2015": ("U.S. general says Afghans asked for strike that hit hospital", "2015-10-06", "The Mockingbird Mail"),
    "kunduz-hospital-strike-first-reports-2015": ("Air strike hits Kunduz hospital, killing 19, aid group says", "2015-10-04", "The Example Courier"),
    "kunduz-hospital-toll-rises-2015": ("Aid group raises Kunduz hospital toll to 42", "2015-12-13", None),
    "mali-gao-french-withdrawal-2022": ("French troops leave Gao, ending nine years in Mali", "2022-08-16", "The Specimen Tribune"),
    "myanmar-protests-bloodshed-2021": ("At least 18 killed as Myanmar police fire on protesters, U.N. says", "2021-03-01", "The Northgate Observer"),
    "omagh-real-ira-claim-1998": ("Splinter group says it planted Omagh bomb", "1998-08-19", "The Example Courier"),
    "sarajevo-market-shelling-1995": ("Mortar attack on Sarajevo market kills 37", "1995-08-29", None),
    "sri-lanka-easter-toll-revised-2019": ("Sri Lanka cuts Easter bombing toll by more than 100", "2019-04-26", "The Specimen Tribune"),
    "sudan-khartoum-march-2019": ("Protests in Sudan leave at least seven dead", "2019-07-01", "The Mockingbird Mail"),
    "syria-ghouta-chemical-attack-tolls-2013": ("Tolls differ widely as U.S. blames Syria for gas attack", "2013-08-31", "The Northgate Observer"),
    "tianjin-warehouse-explosions-2015": ("Toll in Tianjin warehouse blasts rises to 112, with 95 missing", "2015-08-16", None),
    "yemen-school-bus-strike-2018": ("Coalition air strike kills dozens of children in northern Yemen", "2018-08-10", "The Mockingbird Mail"),
}  # fmt: skip


@pytest.fixture(scope="module")
def found() -> dict[str, Article]:
    read = [item for source in iter_sources([str(EXAMPLES)]) if isinstance(source, Source) for item in source.read()]
    assert all(isinstance(item, Article) for item in read), read
    return {item.name: item for item in read if isinstance(item, Article)}


def test_the_folder_holds_exactly_the_examples_listed_here(found: dict[str, Article]) -> None:
    assert found.keys() == EXPECTED.keys()


@pytest.mark.parametrize("name", EXPECTED)
def test_an_example_says_its_headline_day_and_publisher(found: dict[str, Article], name: str) -> None:
    stated = found[name].metadata
    assert (stated.headline, stated.published and stated.published.isoformat()[:10], stated.publisher) == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_an_example_is_of_the_promised_length_and_reads_without_furniture(found: dict[str, Article], name: str) -> None:
    article = found[name]
    assert 150 <= len(article.view.text.split()) <= 360
    for words in ("??", "Newspapers", "Most read", "rights reserved", "Read more", "By "):
        assert not any(article.view.text[block.start :].startswith(words) for block in article.blocks)


def test_no_two_examples_are_the_same_article(found: dict[str, Article]) -> None:
    assert len({article.id for article in found.values()}) == len(EXPECTED)


def test_the_readme_lists_every_example(found: dict[str, Article]) -> None:
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert not [name for name in found if name not in readme]
