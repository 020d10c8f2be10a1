from __future__ import annotations

import pytest

from kg.extract.quantities.numbers import find_quantities, read_number


def only(text: str) -> tuple[str, int | None, int | None]:
    (found,) = find_quantities(text)
    return text[found.start : found.end], found.minimum, found.maximum


@pytest.mark.parametrize(
    ("text", "minimum", "maximum"),
    [
        ("at least nine fighters", 9, None),
        ("more than 1,800 injured", 1800, None),
        ("more than 1, 800 injured", 1800, None),
        ("up to 20 people", None, 20),
        ("around 60 soldiers", 60, 60),
        ("dozens of families", 12, None),
        ("scores of homes", 40, None),
        ("hundreds of people", 100, None),
        ("tens of thousands", 10_000, None),
        ("hundreds of thousands of people", 100_000, None),
        ("several guards", 3, None),
        ("two dozen men", 24, 24),
        ("half a dozen men", 6, 6),
        ("a dozen men", 12, 12),
        ("40 to 50 people", 40, 50),
        ("between 40 and 50 people", 40, 50),
        ("twenty-six people", 26, 26),
        ("two hundred and five people", 205, 205),
        ("2.5 million people", 2_500_000, 2_500_000),
    ],
)
def test_a_quantity_has_the_bounds_that_its_words_promise(text: str, minimum: int | None, maximum: int | None) -> None:
    assert only(text)[1:] == (minimum, maximum)


def test_the_hedge_is_part_of_the_quantity() -> None:
    assert only("at least nine fighters")[0] == "at least nine"


@pytest.mark.parametrize("text", ["a 15-year-old boy", "30% of voters", "$300 in cash", "the M23 rebels", "3.30pm"])
def test_ages_shares_prices_and_names_are_no_quantities(text: str) -> None:
    assert find_quantities(text) == ()


def test_two_quantities_of_a_list_stay_two() -> None:
    assert [q.minimum for q in find_quantities("14 fighters and five civilians")] == [14, 5]


def test_a_word_that_is_no_number_reads_as_none() -> None:
    assert read_number("soldiers") is None
