"""`kg link` and `kg reconcile`: names looked up in Wikidata."""

from __future__ import annotations

import csv
import json
import sys
from typing import TYPE_CHECKING, Any

import click
from tqdm import tqdm

from kg.cli.verbs import FAILED, main
from kg.errors import ConfigError
from kg.model import ENTITY_TYPES

if TYPE_CHECKING:
    from kg.model import EntityType


@main.command()
@click.argument("name")
@click.option("--context", default="", help="Words around the name, which help to choose.")
@click.option("--type", "kind", type=click.Choice(ENTITY_TYPES), help="What the name must be.")
@click.option("--limit", type=click.IntRange(1), default=10, show_default=True, help="Candidates at most.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line instead of a table.")
def link(name: str, context: str, kind: EntityType | None, limit: int, as_json: bool) -> None:
    """Look a name up in the packaged index: ranked Wikidata items with the probability that each is meant."""
    from kg.link import link as look_up  # noqa: PLC0415 - the index is mapped only when asked

    found = look_up(name, context=context, type=kind, limit=limit)
    for each in found:
        if as_json:
            row = {"qid": each.qid, "label": each.label, "score": round(each.score, 4), "type": each.type}
            click.echo(
                json.dumps({**row, "country": each.country, "description": each.description}, ensure_ascii=False)
            )
        else:
            click.echo(f"{each.score:5.2f}  {each.qid:<12} {each.type:<12} {each.label}")
    if not found:
        click.echo(f"kg: the index knows nothing like {name!r}", err=True)
        sys.exit(FAILED)


@main.command()
@click.argument("table", type=click.File("r", encoding="utf-8-sig"), metavar="FILE.csv")
@click.option("--column", required=True, help="The column that holds the names.")
@click.option("--type", "kind", type=click.Choice(ENTITY_TYPES), help="What the names must be.")
@click.option(
    "--threshold", type=click.FloatRange(0, 1), default=0.5, show_default=True, help="Least probability of a match."
)
def reconcile(table: Any, column: str, kind: EntityType | None, threshold: float) -> None:
    """Add the columns qid, label and score to a CSV file of names; - reads standard input."""
    from kg.link import link as look_up  # noqa: PLC0415 - the index is mapped only when asked

    rows = csv.DictReader(table)
    columns = list(rows.fieldnames or ())
    if column not in columns:
        raise ConfigError(f"{table.name}: no column {column!r}; there are {', '.join(columns) or 'none'}")
    out = csv.DictWriter(sys.stdout, [*columns, "qid", "label", "score"], lineterminator="\n", extrasaction="ignore")
    out.writeheader()
    for row in tqdm(rows, unit=" rows", file=sys.stderr, disable=None):
        best = next(iter(look_up(row[column] or "", type=kind, limit=1)), None)
        match = {"qid": "", "label": "", "score": ""}
        if best and best.score >= threshold:
            match = {"qid": best.qid, "label": best.label, "score": f"{best.score:.3f}"}
        out.writerow({**row, **match})
