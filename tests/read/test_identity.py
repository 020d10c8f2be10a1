"""One id for the same words."""

from __future__ import annotations

import re

from kg.read import article_id


def test_an_id_is_sixteen_hex_digits() -> None:
    assert re.fullmatch(r"[0-9a-f]{16}", article_id("Shots were heard."))


def test_white_space_composition_and_a_byte_order_mark_do_not_change_the_id() -> None:
    assert article_id("\ufeffShots  were\r\nheard in S\u0301isak. ") == article_id("Shots were heard in \u015aisak.")


def test_other_words_have_another_id() -> None:
    assert article_id("Shots were heard.") != article_id("Shots were not heard.")
