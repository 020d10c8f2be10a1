"""Dates as pages write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from kg.read import dates


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("2020-03-28", date(2020, 3, 28)),
        ("28 March 2020", date(2020, 3, 28)),
        ("Sat 28 Mar 2020", date(2020, 3, 28)),
        ("Saturday, March 28, 2020", date(2020, 3, 28)),
        ("March 28 2020", date(2020, 3, 28)),
        ("Jun 182016", date(2016, 6, 18)),
        ("28th of March 2020", date(2020, 3, 28)),
        ("Sept. 5, 1998", date(1998, 9, 5)),
        ("30 OCT 89", date(1989, 10, 30)),
        ("28/03/2020", date(2020, 3, 28)),
        ("03/28/2020", date(2020, 3, 28)),
        ("05.04.2017", date(2017, 4, 5)),
        ("17-12-2014", date(2014, 12, 17)),
        ("20200328", date(2020, 3, 28)),
        ("2020-03-28T10:15:00", date(2020, 3, 28)),
        ("2020-03-28T10:15:00Z", datetime(2020, 3, 28, 10, 15, tzinfo=UTC)),
        ("2020-03-28T10:15:00+05:30", datetime(2020, 3, 28, 10, 15, tzinfo=timezone(timedelta(hours=5, minutes=30)))),
        ("Sat, 28 Mar 2020 10:15:00 +0000", datetime(2020, 3, 28, 10, 15, tzinfo=UTC)),
        ("28 March 2020 10:15 GMT", datetime(2020, 3, 28, 10, 15, tzinfo=UTC)),
        (1585390500, datetime(2020, 3, 28, 10, 15, tzinfo=UTC)),
        (1585390500000, datetime(2020, 3, 28, 10, 15, tzinfo=UTC)),
        ("Published on 28 March 2020", date(2020, 3, 28)),
        (date(2020, 3, 28), date(2020, 3, 28)),
        (datetime(2020, 3, 28, 10), date(2020, 3, 28)),  # noqa: DTZ001 - a time without its offset is only a day
    ],
)
def test_a_stated_date_is_read(words: object, expected: date) -> None:
    assert dates.parse(words) == expected
    assert type(dates.parse(words)) is type(expected)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "yesterday",
        "March 28",
        "4/5/2017",
        "09-06-2016",
        "31 February 2020",
        "2020",
        True,
        None,
        [],
        "1e400",
        "x 99",
    ],
)
def test_what_is_no_whole_date_is_none(words: object) -> None:
    assert dates.parse(words) is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/2016/03/28/story", date(2016, 3, 28)),
        ("https://a.example/world/2016/mar/28/story", date(2016, 3, 28)),
        ("https://a.example/article/28/03/2016/story", date(2016, 3, 28)),
        ("https://a.example/news/story-2016-03-28.html", date(2016, 3, 28)),
        ("https://a.example/stories/201603280304.html", date(2016, 3, 28)),
        ("https://a.example/stories/3185856/story", None),
        ("https://a.example/2016/story", None),
        ("https://a.example/2016/13/45/story", None),
        ("https://a.example/story?day=/2016/03/28/", None),
    ],
)
def test_an_address_states_a_day_only_in_its_path(url: str, expected: date | None) -> None:
    assert dates.in_url(url) == expected


def test_a_match_ends_where_the_date_and_its_time_end() -> None:
    text = "Fri 07 Apr 2017 at 0914 Troops left."
    found = dates.match(text)
    assert found is not None
    assert text[found[1] :] == " Troops left."
