from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from kg.extract.quantities.times import find_times

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.extract.language.document import Document

THURSDAY = date(2020, 3, 12)


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize(
    ("text", "words", "earliest", "latest"),
    [
        ("Rebels struck on Tuesday.", "Tuesday", "2020-03-10", "2020-03-10"),
        ("Rebels struck on Thursday.", "Thursday", "2020-03-12", "2020-03-12"),
        ("Talks will resume on Monday.", "Monday", "2020-03-16", "2020-03-16"),
        ("Rebels struck late on Tuesday.", "late on Tuesday", "2020-03-10", "2020-03-10"),
        ("Rebels struck last week.", "last week", "2020-03-02", "2020-03-08"),
        ("Rebels struck earlier this month.", "earlier this month", "2020-03-01", "2020-03-12"),
        ("Rebels struck on 28 March 2016.", "28 March 2016", "2016-03-28", "2016-03-28"),
        ("Rebels struck on March 5.", "March 5", "2020-03-05", "2020-03-05"),
        ("Rebels struck on December 5.", "December 5", "2019-12-05", "2019-12-05"),
        ("Rebels struck in early January.", "early January", "2020-01-01", "2020-01-10"),
        ("Rebels struck two weeks ago.", "two weeks ago", "2020-02-27", "2020-02-27"),
        ("Rebels struck overnight.", "overnight", "2020-03-11", "2020-03-12"),
        ("Rebels have struck since Monday.", "Monday", "2020-03-09", "2020-03-12"),
        ("Rebels struck in 2014.", "2014", "2014-01-01", "2014-12-31"),
        ("Rebels struck in the 1990s.", "1990s", "1990-01-01", "1999-12-31"),
        ("Rebels struck between 3 and 5 March.", "3 and 5 March", "2020-03-03", "2020-03-05"),
        ("Rebels struck at dawn yesterday.", "dawn yesterday", "2020-03-11", "2020-03-11"),
        ("Rebels struck in recent weeks.", "recent weeks", None, "2020-03-12"),
        ("Rebels struck during Ramadan.", "Ramadan", None, None),
    ],
)
def test_words_of_time_mean_days_before_publication(
    document: Callable[..., Document], text: str, words: str, earliest: str | None, latest: str | None
) -> None:
    (found,) = find_times(document(text, THURSDAY))
    assert (found.text.removeprefix("in ").removeprefix("between "), found.earliest, found.latest) == (
        words,
        day(earliest),
        day(latest),
    )


@pytest.mark.parametrize("text", ["Rebels struck on Tuesday.", "Rebels struck on March 5.", "Rebels struck last week."])
def test_without_a_publication_date_a_day_without_its_year_stays_open(
    document: Callable[..., Document], text: str
) -> None:
    (found,) = find_times(document(text))
    assert (found.earliest, found.latest) == (None, None)


def test_a_year_in_the_words_needs_no_publication_date(document: Callable[..., Document]) -> None:
    (found,) = find_times(document("Rebels struck on March 5, 2019."))
    assert found.earliest == found.latest == date(2019, 3, 5)


def test_days_told_after_a_full_date_are_counted_from_it(document: Callable[..., Document]) -> None:
    text = "Bombs tore through four trains on March 11, 2004. Protests followed the next day. Arrests came on March 13."
    found = find_times(document(text))
    assert [span.earliest for span in found] == [date(2004, 3, 11), date(2004, 3, 12), date(2004, 3, 13)]


def test_a_day_that_does_not_exist_stays_open(document: Callable[..., Document]) -> None:
    (found,) = find_times(document("Rebels struck on 31 February 2019."))
    assert found.earliest is None


def test_numbers_that_tell_no_time_are_left_alone(document: Callable[..., Document]) -> None:
    assert find_times(document("Some 2000 soldiers marched 30 miles with 14 guns.", THURSDAY)) == ()


def test_no_time_ends_before_it_begins(document: Callable[..., Document]) -> None:
    found = find_times(document("The truce was signed on 16 October 2020. Since then rebels have struck.", THURSDAY))
    assert len(found) == 2
    assert not [span for span in found if span.earliest and span.latest and span.earliest > span.latest]
