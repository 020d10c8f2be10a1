"""`kg reconcile`: a column of names in a CSV file, each with its item."""

from __future__ import annotations

import csv
import sys
from contextlib import nullcontext
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click
from tqdm import tqdm

from kg.cli.linking import linking_of
from kg.cli.verbs import main
from kg.errors import ConfigError
from kg.model import ENTITY_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.link import Linking
    from kg.model import EntityType

_ADDED = ("qid", "label", "score", "match")
_REMEMBERED = 50_000  # names that come again are looked up once
_FLUSHED_EVERY = 500  # rows; what a run that is cut off may lose


@main.command()
@click.argument("table", type=click.File("r", encoding="utf-8-sig"), metavar="FILE.csv")
@click.option("--column", required=True, help="The column that holds the names.")
@click.option("--type", "kind", type=click.Choice(ENTITY_TYPES), help="What the names must be.")
@click.option(
    "--context-column", "contexts", multiple=True, help="A column whose words help to choose; may be repeated."
)
@click.option(
    "--threshold", type=click.FloatRange(0, 1), default=0.5, show_default=True, help="Least probability of a match."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file instead of stdout; one that is there and begins the same way is gone on with.",
)
@click.option("--store", "location", metavar="DIR", help="Store whose corrections hold [build/store].")
def reconcile(
    table: TextIO,
    column: str,
    kind: EntityType | None,
    contexts: tuple[str, ...],
    threshold: float,
    output: Path | None,
    location: str | None,
) -> None:
    """Add the columns qid, label, score and match to a CSV file of names; - reads standard input.

    The best candidate stands in each row, however weak; match says whether it reached the threshold.
    """
    rows = csv.DictReader(table)
    columns = list(rows.fieldnames or ())
    for wanted in (column, *contexts):
        if wanted not in columns:
            raise ConfigError(f"{table.name}: no column {wanted!r}; there are {', '.join(columns) or 'none'}")
    look_up = _look_up(linking_of(location), kind, threshold)
    head = [*columns, *(name for name in _ADDED if name not in columns)]
    done = _resumed(output, head, rows, column) if output else None
    if done:
        click.echo(f"kg: {done} rows are in {output} already; going on from there", err=True)
    with output.open("a", encoding="utf-8", newline="") if output else nullcontext(sys.stdout) as stream:
        out = csv.DictWriter(stream, head, lineterminator="\n", extrasaction="ignore")
        if done is None:
            out.writeheader()
        bar = tqdm(rows, initial=done or 0, unit=" rows", file=sys.stderr, disable=None)
        for number, row in enumerate(bar, start=1):
            context = " ".join(row[name] or "" for name in contexts)
            out.writerow({**row, **look_up(row[column] or "", context)})
            if number % _FLUSHED_EVERY == 0:
                stream.flush()


def _look_up(linking: Linking, kind: EntityType | None, threshold: float) -> Callable[[str, str], dict[str, str]]:
    from kg.link import link  # noqa: PLC0415 - the index is mapped only when asked
    from kg.link.corrections import chosen  # noqa: PLC0415

    by_hand = linking.corrected()

    @lru_cache(maxsize=_REMEMBERED)
    def look_up(name: str, context: str) -> dict[str, str]:
        decided = by_hand.of(name)
        if decided and decided.verb == "unlink":
            best = None
        elif decided and decided.verb == "set":
            best = chosen(linking.index, name, decided.value)
        else:
            asked = decided.value if decided else name
            best = next(iter(link(asked, context=context, type=kind, limit=1, index=linking.index)), None)
        if best is None:
            return dict.fromkeys(_ADDED, "") | {"match": "false"}
        match = "true" if best.score >= threshold else "false"
        return {"qid": best.qid, "label": best.label, "score": f"{best.score:.3f}", "match": match}

    return look_up


def _resumed(output: Path, head: list[str], rows: Iterator[dict[str, str]], column: str) -> int | None:
    """Take the rows that a run wrote before it was cut off out of `rows`, and count them; half a row at the end is cut away.

    `None` where not even the header is there.
    """
    if not output.exists():
        return None
    with output.open("rb+") as stream:
        whole = stream.read()
        kept = _whole_rows(whole)
        stream.truncate(kept)
    if not kept:
        return None
    with output.open(encoding="utf-8", newline="") as written:
        earlier = csv.DictReader(written)
        if list(earlier.fieldnames or ()) != head:
            raise ConfigError(f"{output}: is there already and has other columns; name another file, or delete it")
        done = 0
        for row in earlier:
            here = next(rows, None)
            if here is None or (here[column] or "") != (row[column] or ""):
                raise ConfigError(f"{output}: row {done + 1} is not that of the input; name another file, or delete it")
            done += 1
    return done


def _whole_rows(written: bytes) -> int:
    """Return where the last whole row ends: line breaks inside quotes end none."""
    quoted, end = False, 0
    for at, byte in enumerate(written):
        if byte == 0x22:
            quoted = not quoted
        elif byte == 0x0A and not quoted:
            end = at + 1
    return end
