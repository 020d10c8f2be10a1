"""Each kind of bad input is one named error, and never an exception."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import ReadError
from kg.model import Article
from kg.read import decoding, read

if TYPE_CHECKING:
    from collections.abc import Callable

    Fail = Callable[..., str]
    Read = Callable[..., Article]

BODY = "Gunmen attacked a checkpoint near the town of Arlen on Friday and killed two soldiers, the army said."


@pytest.mark.parametrize("data", [b"", b" \n\t ", b"\xef\xbb\xbf", b"\x00\x00"])
def test_an_empty_file_is_an_error(fail_one: Fail, data: bytes) -> None:
    assert "is empty" in fail_one(data)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.7 ...", "a PDF"),
        (b"PK\x03\x04....", "ZIP"),
        (b"\x89PNG\r\n\x1a\n", "image"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"text\x00with\x00zeros", "binary"),
        (b"shots \x07 were heard", "control character U+0007"),
    ],
)
def test_binary_data_is_an_error_that_says_what_it_is(fail_one: Fail, data: bytes, what: str) -> None:
    assert what in fail_one(data)


def test_too_much_text_is_refused_before_any_work(fail_one: Fail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "decode", lambda *_: pytest.fail("the text was decoded"))
    assert "more than the 5,000,000" in fail_one(b"Shots were heard. " * 300_000)


def test_a_record_with_too_much_text_is_refused(fail_one: Fail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.read.records.MAX_TEXT_BYTES", 50)
    assert "more than the 50 bytes" in fail_one(json.dumps({"text": BODY}).encode(), "a.json")


def test_cp1252_is_read() -> None:
    (article,) = read("“It is over,” an officer in Orléans said.".encode("cp1252"), "story.txt")
    assert isinstance(article, Article)
    assert article.text == "“It is over,” an officer in Orléans said."


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_texts_with_a_byte_order_mark_are_read(encoding: str) -> None:
    (article,) = read(f"“{BODY}”".encode(encoding), "story.txt")
    assert isinstance(article, Article)
    assert article.view.text == f"“{BODY}”"


def test_a_byte_of_no_encoding_is_an_error_with_its_place(fail_one: Fail) -> None:
    assert "byte 0x81 at 13" in fail_one(b"Shots were he\x81ard in the town.")


def test_damaged_utf_8_is_an_error_and_not_read_as_cp1252(fail_one: Fail) -> None:
    assert "damaged UTF-8: byte 0xe2" in fail_one(
        "“Over,” he said, “over".encode() + b"\xe2\x80 now, and that was all."
    )


def test_a_page_in_the_charset_it_names_is_read() -> None:
    page = f'<html><head><meta charset="iso-8859-2"><title>Wojna</title></head><body><article><h1>Strzały w Łodzi dziś</h1><p>{BODY}</p></article></body></html>'
    (article,) = read(page.encode("iso-8859-2"), "page.html")
    assert isinstance(article, Article)
    assert article.metadata.headline == "Strzały w Łodzi dziś"


def test_a_page_in_another_charset_than_it_names_is_an_error(fail_one: Fail) -> None:
    page = b'<html><head><meta charset="ascii-armour"><meta charset="utf-16"></head>\xff\xfe\x81</html>'
    assert "cannot be decoded" in fail_one(page, "page.html")


@pytest.mark.parametrize(
    "page", ["<html><body></body></html>", "<html><body><nav><a href='/'>Home</a></nav></body></html>"]
)
def test_a_page_without_an_article_is_an_error(fail_one: Fail, page: str) -> None:
    assert "without an article" in fail_one(page.encode(), "page.html")


def test_a_text_of_furniture_only_is_an_error(fail_one: Fail) -> None:
    assert "holds no article text" in fail_one(b"https://a.example/2016/03/28/arlen\nRead more: Arlen\n")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{", "is not JSON"),
        ("[]", "empty JSON array"),
        ("7", "neither an object nor an array"),
        ("[7]", "is not a JSON object"),
        ('{"title": "Arlen"}', "has no text"),
        ('{"text": "  "}', "has no text"),
        ('{"text": {"a": 1}}', "has no text"),
        ('{"text": "half \\ud800 a character"}', "lone surrogate"),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_a_bad_json_file_is_an_error(fail_one: Fail, text: str, what: str) -> None:
    assert what in fail_one(text.encode(), "a.json")


def test_a_bad_line_of_json_lines_is_its_own_error_and_the_others_go_on() -> None:
    lines = [
        json.dumps({"text": BODY}),
        "{broken",
        json.dumps({"title": "no text"}),
        "",
        json.dumps({"text": BODY + " More."}),
    ]
    found = list(read("\n".join(lines).encode(), "a.jsonl"))
    assert [type(item) for item in found] == [Article, ReadError, ReadError, Article]
    assert [item.item for item in found if isinstance(item, ReadError)] == ["a.jsonl line 2", "a.jsonl line 3"]


@given(st.binary(max_size=300), st.sampled_from(["a.txt", "a.html", "a.json", "a.jsonl", "a", "-"]))
def test_no_bytes_make_the_reader_raise(data: bytes, name: str) -> None:
    for item in read(data, name):
        assert isinstance(item, (Article, ReadError))


@given(st.text(max_size=300))
def test_every_text_keeps_its_words(text: str) -> None:
    for item in read(text.encode("utf-8", "ignore"), "a.txt"):
        if isinstance(item, Article):
            assert item.text == text.encode("utf-8", "ignore").decode()
