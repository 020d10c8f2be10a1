"""The example queries that come with the package, each with the title in its first comment."""

from __future__ import annotations

from dataclasses import dataclass

from kg.config import resource
from kg.errors import ConfigError
from kg.service.pages.asking import with_prefixes


@dataclass(frozen=True, slots=True)
class Example:
    """A query that a newcomer may run as it is."""

    name: str
    title: str
    query: str


def examples() -> tuple[Example, ...]:
    """Read the packaged example queries, by file name; none when no examples are installed."""
    try:
        folder = resource("examples") / "queries"
    except ConfigError:
        return ()
    return tuple(_read(path.stem, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.rq")))


def _read(name: str, query: str) -> Example:
    first = query.lstrip().split("\n", 1)[0]
    title = first.lstrip("# ").strip() if first.startswith("#") else name.replace("-", " ")
    return Example(name, title, with_prefixes(query))
