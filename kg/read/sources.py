"""Folders, globs, files, addresses and standard input to sources, one by one; reads no article itself until asked.

A source is a small picklable value, so that a worker process can read it.
"""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import ItemError, ReadError
from kg.fetch import fetch
from kg.model import Metadata
from kg.read import decoding, fields
from kg.read.reader import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from kg.model import Article

_STDIN = "-"
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_MAX_RECORDS_BYTES = 2_000_000_000
_NO_ARTICLE = re.compile(r"^(?:readme|license|licence|changelog|source|contributing)(?:\..*)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Source:
    """One file, address or stream to read. `name` is how the user would call it; `read` does the work.

    `data` holds what was read already (standard input). `published` counts for articles that state no date.
    """

    name: str
    data: bytes | None = None
    published: date | None = None

    def read(self) -> Iterator[Article | ItemError]:
        """Yield the source's articles, and an error for each item that cannot be read; raise nothing."""
        try:
            data, overrides = self._load()
        except ItemError as error:
            yield error
            return
        yield from read(data, self.name, overrides=overrides, published=self.published)

    def _load(self) -> tuple[bytes, Metadata | None]:
        if self.data is not None:
            return self.data, None
        if _ADDRESS.match(self.name):
            data, address = fetch(self.name)
            return data, Metadata(url=address)
        path = Path(self.name)
        try:
            size = path.stat().st_size
            # a small file is looked at before it is judged: a page may be larger than a text
            if size > decoding.MAX_PAGE_BYTES:
                decoding.check_size(size, self.name, self.name)
            if size > _MAX_RECORDS_BYTES:
                raise ReadError(self.name, f"has {size:,} bytes, more than {_MAX_RECORDS_BYTES:,}; split it")
            return path.read_bytes(), sidecar(path)
        except OSError as error:
            raise ReadError(self.name, f"cannot be read ({error.strerror or error})") from error


def read_path(path: str | Path, *, published: date | None = None) -> Iterator[Article | ItemError]:
    """Read one file (or address, or `-`): its articles, and an error for each item that cannot be read."""
    for source in iter_sources([str(path)], published=published):
        if isinstance(source, ItemError):
            yield source
        else:
            yield from source.read()


def read_article(path: str | Path, *, published: date | None = None) -> Article:
    """Read the one article of a file or address; raise `ReadError` where there is none or more than one."""
    found = list(read_path(path, published=published))
    if len(found) != 1:
        raise ReadError(str(path), f"holds {len(found)} articles; read them one by one with kg.read.read_path")
    if isinstance(found[0], ItemError):
        raise found[0]
    return found[0]


def iter_sources(sources: Iterable[str], *, published: date | None = None) -> Iterator[Source | ReadError]:
    """Yield a source for each file, address and stream that the user's words name, each once, folders in sorted order.

    Folders and globs leave out sidecars, hidden files, READMEs and files of no known suffix; a file named outright is taken
    as it is. What names nothing is a `ReadError`.
    """
    seen: set[str] = set()
    for words in sources:
        for found in _expand(words):
            if isinstance(found, ReadError):
                yield found
            elif found not in seen:
                seen.add(found)
                data = sys.stdin.buffer.read() if found == _STDIN else None
                yield Source(found, data, published)


def _expand(words: str) -> Iterator[str | ReadError]:
    if words == _STDIN or _ADDRESS.match(words):
        yield words
        return
    path = Path(words)
    if path.is_dir():
        closed: list[OSError] = []
        files = sorted(file for file in _below(path, closed) if file.is_file() and _is_wanted(file, path))
        yield from map(str, files)
        # rglob would pass over a folder without permission as if it were empty
        for error in closed:
            yield ReadError(str(error.filename), f"cannot be listed ({error.strerror or error})")
        if not files and not closed:
            yield ReadError(words, f"holds no article; files end in {' '.join(decoding.SUFFIXES)}")
    elif path.exists():
        yield words
    elif has_magic(words):
        matches = sorted(Path(name) for name in glob(words, recursive=True))  # noqa: PTH207 - an absolute pattern is no Path glob
        files = [file for file in matches if file.is_file() and _is_wanted(file, file.parent)]
        yield from map(str, files)
        if not files:
            yield ReadError(words, "matches no article file")
    else:
        yield ReadError(words, "does not exist")


def _below(folder: Path, closed: list[OSError]) -> Iterator[Path]:
    """Yield what lies in a folder and the folders below it, hidden ones left out; `closed` takes those that cannot be listed."""
    for here, folders, names in os.walk(folder, onerror=closed.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(here, name) for name in names)


def _is_wanted(file: Path, folder: Path) -> bool:
    if any(part.startswith(".") for part in file.relative_to(folder).parts) or _NO_ARTICLE.match(file.name):
        return False
    return decoding.by_suffix(file.name) is not None and not is_sidecar(file)


def is_sidecar(file: Path) -> bool:
    """Tell whether a file is `NAME.json` beside a text or page of the same name."""
    if file.suffix.lower() != ".json":
        return False
    return any(
        file.with_suffix(suffix).is_file() for suffix, form in decoding.SUFFIXES.items() if form in ("text", "html")
    )


def sidecar(file: Path) -> Metadata | None:
    """Read the metadata in `NAME.json` beside `NAME.txt`; raise `ReadError` when it is no JSON object or its date is none."""
    beside = file.with_suffix(".json")
    if beside == file or not beside.is_file() or not is_sidecar(beside):
        return None
    try:
        record = json.loads(beside.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise ReadError(str(file), f"its sidecar {beside.name} cannot be read ({error})") from error
    if not isinstance(record, dict):
        raise ReadError(str(file), f"its sidecar {beside.name} is not a JSON object")
    stated = fields.metadata(record)
    if stated.published is None and (value := fields.pick(record, "published")) is not None:
        raise ReadError(
            str(file), f"its sidecar {beside.name} gives the date {value!r}, which is none; write YYYY-MM-DD"
        )
    return stated
