"""Forms and query strings: the quick way of decoding says what Python's own says."""

from __future__ import annotations

import random
from urllib.parse import parse_qsl, urlencode

import pytest

from kg.errors import QueryError
from kg.service.exchange import FORM, Request

PARTS = (
    *("%41", "%C3%A9", "%C3", "%ff", "%0A", "%0D%0A", "%3D", "%3d", "=", "==", "&", "&&", "+", "%", "%4", "%zz", "a"),
    *("query", "_", ".", "\n", "\r\n", " ", "é", "%25", "%26", "%2B", "~", "=\n", "%00", ";", "\t "),
)


def test_any_text_is_decoded_as_python_does_it() -> None:
    chance, seen = random.Random(7), set()  # noqa: S311 - guards nothing
    for _ in range(5000):
        text = "".join(chance.choice(PARTS) for _ in range(chance.randrange(0, 16)))
        request = Request("POST", content_type=FORM, body=text.encode())
        try:
            expected = tuple(parse_qsl(text, keep_blank_values=True, errors="strict"))
        except UnicodeDecodeError:
            seen.add("refused")
            with pytest.raises(QueryError, match="UTF-8"):
                request.parameters()
        else:
            seen.add("read")
            assert request.parameters().pairs == expected, text
    assert seen == {"refused", "read"}


def test_a_query_comes_through_a_form_unchanged() -> None:
    query = 'SELECT * { ?s ?p "100 % = a+b & ü\n\r\n\t\\"" }'
    request = Request("POST", content_type=FORM, body=urlencode({"query": query, "format": "csv"}).encode())
    assert request.parameters().one("query") == query


def test_a_thousand_fields_and_no_more_are_read() -> None:
    many = "&".join(f"n{number}=1" for number in range(1000))
    assert len(Request("GET", query_string=many).parameters().pairs) == 1000
    with pytest.raises(QueryError):
        Request("GET", query_string=f"{many}&one=more").parameters()
