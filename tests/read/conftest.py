"""How the tests of this room read one article, and look at its blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from kg.errors import ItemError
from kg.model import Article
from kg.read import read

if TYPE_CHECKING:
    from collections.abc import Callable

# the same inputs in every run, and no clock: the machines that run these tests are shared
settings.register_profile("kg", deadline=None, derandomize=True, database=None)
settings.load_profile("kg")


@pytest.fixture
def read_one() -> Callable[..., Article]:
    def read_text(text: str, name: str = "story.txt", **options: object) -> Article:
        found = list(read(text.encode(), name, **options))  # type: ignore[arg-type]
        assert len(found) == 1
        assert isinstance(found[0], Article), found[0]
        return found[0]

    return read_text


@pytest.fixture
def fail_one() -> Callable[..., str]:
    def read_bytes(data: bytes, name: str = "story.txt") -> str:
        found = list(read(data, name))
        assert len(found) == 1
        assert isinstance(found[0], ItemError), found[0]
        assert found[0].item == name
        return found[0].reason

    return read_bytes


@pytest.fixture
def blocks() -> Callable[[Article], list[tuple[str, str]]]:
    def show(article: Article) -> list[tuple[str, str]]:
        return [(block.kind, article.view.text[block.start : block.end]) for block in article.blocks]

    return show
