"""The packaged word lists: titles, institutions, kinds of place and of group; decides nothing itself.

`data/names_words.tsv` holds a class and its words on each line, written for this project.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def word_lists() -> dict[str, frozenset[str]]:
    """Return class → words, all in small letters."""
    table = files("kg.extract").joinpath("data", "names_words.tsv").read_text(encoding="utf-8")
    lists: dict[str, frozenset[str]] = {}
    for line in table.splitlines():
        if line and not line.startswith("#"):
            name, _, entries = line.partition("\t")
            lists[name] = lists.get(name, frozenset()) | frozenset(entry.strip() for entry in entries.split(","))
    return lists


@cache
def word_classes() -> dict[str, str]:
    """Return word → the classes it is in, joined: `army` → `force`."""
    classes: dict[str, list[str]] = {}
    for name, entries in sorted(word_lists().items()):
        for entry in entries:
            classes.setdefault(entry, []).append(name)
    return {word: "+".join(names) for word, names in classes.items()}
