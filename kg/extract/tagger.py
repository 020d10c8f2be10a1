"""Words to Penn Treebank tags; splits no text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def tag(sentences: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return one Penn tag for each word of each sentence."""
    return [
        [
            "NNP" if word[:1].isupper() else "NN" if word[:1].isalpha() else "CD" if word[:1].isdigit() else "."
            for word in words
        ]
        for words in sentences
    ]
