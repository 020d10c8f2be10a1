"""What people set right by hand: a readable file beside the store, applied to every link on every build; ranks nothing.

One line for each decision, in the order in which they were taken; the last one about a name holds, `reset` takes it back, and
nothing is ever deleted.
"""

from __future__ import annotations

import csv
import re
from dataclasses import astuple, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from kg.errors import ConfigError
from kg.iris import slug
from kg.model import Candidate, Correction
from kg.names import fold, without_titles

if TYPE_CHECKING:
    from kg.link.index import Index
    from kg.model import Annotations, Article, Entity, Link, Linker, Links

_COLUMNS = tuple(column.name for column in fields(Correction))
_VERBS = ("set", "unlink", "same", "reset")
_QID = re.compile(r"Q[1-9]\d{0,11}")
_LONGEST_CHAIN = 8
SOURCE = "by hand"


@dataclass(frozen=True, slots=True, eq=False)
class Corrections:
    """The decisions that hold, by folded name."""

    by_name: dict[str, Correction] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.by_name)

    def of(self, name: str) -> Correction | None:
        """Return what was decided about a name, following `same` to the end; a circle decides nothing."""
        key, last = fold(name), None
        for _ in range(_LONGEST_CHAIN):
            found = self.by_name.get(key)
            if found is None:
                return last
            last = found
            if found.verb != "same":
                return found
            key = fold(found.value)
        return None

    def of_entity(self, entity: Entity) -> Correction | None:
        """Return what was decided about an entity: by its name, else by another name that the article gives it."""
        names = [entity.name, without_titles(entity.name), *sorted({mention.text for mention in entity.mentions})]
        return next((found for name in names if (found := self.of(name))), None)

    def renamed(self, annotations: Annotations) -> Annotations:
        """Give entities that are the same as another its name, so that they come to stand under one node."""
        if not self.by_name:
            return annotations
        return replace(annotations, entities=tuple(map(self._renamed, annotations.entities)))

    def _renamed(self, entity: Entity) -> Entity:
        found, name = self.by_name.get(fold(entity.name)), entity.name
        for _ in range(_LONGEST_CHAIN):
            if found is None or found.verb != "same":
                return replace(entity, name=name)
            name = found.value
            found = self.by_name.get(fold(name))
        return entity

    def about(self, text: str) -> tuple[Correction, ...]:
        """Return the decisions that may concern a text: all words of the name stand in it."""
        if not self.by_name:
            return ()
        words = set(fold(text).split())
        return tuple(found for key, found in sorted(self.by_name.items()) if words.issuperset(key.split()))


class CorrectedLinker:
    """A `model.Linker` that lets people have the last word."""

    def __init__(self, linker: Linker, corrections: Corrections, index: Index) -> None:
        self._linker, self._corrections, self._index = linker, corrections, index

    def __call__(self, article: Article, annotations: Annotations) -> Links:
        links = self._linker(article, self._corrections.renamed(annotations))
        entities = {entity.id: entity for entity in annotations.entities}
        decided = tuple(
            self._decided(link, entities[link.entity].name, self._corrections.of_entity(entities[link.entity]))
            for link in links.entities
        )
        names = tuple(self._decided(link, link.entity, self._corrections.of(link.entity)) for link in links.names)
        return replace(links, entities=decided, names=names)

    def _decided(self, link: Link, name: str, correction: Correction | None) -> Link:
        if correction is None:
            return link
        if correction.verb == "set":
            return replace(link, choice=chosen(self._index, name, correction.value), correction=correction)
        if correction.verb == "unlink":
            return replace(link, choice=None, correction=correction)
        return replace(link, correction=correction)


def chosen(index: Index, name: str, qid: str) -> Candidate:
    """Return the item that somebody chose; one that the index does not know has no facts but its name."""
    number = index.number(qid)
    if number is None:
        return Candidate(qid, name, 1.0, source=SOURCE)
    return index.facts(number).candidate(1.0)


def beside(store: str) -> Path:
    """Return where the corrections of a store lie: beside its folder; for a store elsewhere, in the folder `build`."""
    if "://" in store:
        return Path("build") / f"{slug(store.partition('://')[2])}.corrections.tsv"
    path = Path(store)
    return path.with_name(f"{path.name}.corrections.tsv")


def read(path: Path) -> Corrections:
    """Read the decisions that hold; none where there is no file. Raises `ConfigError` for a line that says nothing sensible."""
    by_name: dict[str, Correction] = {}
    for found in history(path):
        if found.verb == "reset":
            by_name.pop(fold(found.name), None)
        else:
            by_name[fold(found.name)] = found
    return Corrections(by_name)


def history(path: Path) -> list[Correction]:
    """Read every decision that was ever taken, oldest first."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        lines = list(csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    if not lines or tuple(lines[0]) != _COLUMNS:
        raise ConfigError(f"{path}: its first line must name the columns {', '.join(_COLUMNS)}")
    found = []
    for number, line in enumerate(lines[1:], start=2):
        if not line:
            continue
        if len(line) != len(_COLUMNS):
            raise ConfigError(f"{path}, line {number}: {len(line)} columns instead of {len(_COLUMNS)}")
        row = dict(zip(_COLUMNS, line, strict=True))
        if row["verb"] not in _VERBS:
            raise ConfigError(f"{path}, line {number}: {row['verb']!r} is none of {', '.join(_VERBS)}")
        correction = Correction(**cast("dict[str, Any]", row))
        check(correction, f"{path}, line {number}")
        found.append(correction)
    return found


def check(correction: Correction, where: str) -> None:
    """Raise `ConfigError` for a decision that cannot be applied."""
    if not fold(correction.name):
        raise ConfigError(f"{where}: {correction.name!r} is no name")
    if correction.verb == "set" and not _QID.fullmatch(correction.value):
        raise ConfigError(f"{where}: {correction.value!r} is no Wikidata item; one looks like Q42")
    if correction.verb == "same" and not fold(correction.value):
        raise ConfigError(f"{where}: {correction.value!r} is no name that {correction.name!r} could be the same as")
    if correction.verb == "same" and fold(correction.value) == fold(correction.name):
        raise ConfigError(f"{where}: {correction.name!r} is already the same as {correction.value!r}")


def add(path: Path, correction: Correction) -> None:
    """Write one more decision to the end of the file."""
    tidy = Correction(*(" ".join(str(value).split()) for value in astuple(correction)))  # type: ignore[arg-type]
    check(tidy, "kg link")
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as stream:
        lines = csv.writer(stream, delimiter="\t", quoting=csv.QUOTE_NONE, lineterminator="\n", quotechar=None)
        if fresh:
            lines.writerow(_COLUMNS)
        lines.writerow(astuple(tidy))
