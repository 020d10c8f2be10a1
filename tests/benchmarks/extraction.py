"""Articles a second through each stage, beside one pass of a regular expression over the same text.

Run with `python -m tests.benchmarks.extraction [ARTICLES]`.
"""

from __future__ import annotations

import re
import sys

from kg import pipeline
from kg.iris import Iris
from kg.mapping import map_article
from tests.benchmarks.texts import articles
from tests.benchmarks.yardstick import measure, report

NAMES_AND_NUMBERS = re.compile(
    r"\b(?:[A-Z][\w'-]+(?:\s+[A-Z][\w'-]+)*|\d[\d,.]*|(?:kill|attack|shell|bomb|clash)\w*)\b"
)


def main(number: int = 40) -> str:
    """Measure and lay out."""
    sample, iris = articles(number), Iris()
    extract, link = pipeline.extractor(), pipeline.linker()
    found = [extract(article) for article in sample]
    links = [link(article, each) for article, each in zip(sample, found, strict=True)]
    whole = list(zip(sample, found, links, strict=True))
    return report(
        f"extraction: {number} articles of {len(sample[0].text)} characters",
        measure("regular expression", lambda: [NAMES_AND_NUMBERS.findall(a.text) for a in sample], items=number),
        measure("extract", lambda: [extract(article) for article in sample], items=number),
        measure("link", lambda: [link(article, each) for article, each, _ in whole], items=number),
        measure(
            "map", lambda: [map_article(a, f, k, iris=iris, fingerprint="bench") for a, f, k in whole], items=number
        ),
    )


if __name__ == "__main__":
    print(main(*map(int, sys.argv[1:2])))  # noqa: T201 - a program for people
