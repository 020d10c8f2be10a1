"""`kg extract` and `kg evaluate`: annotations of articles, and their score; no store."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from tqdm import tqdm

from kg.cli.linking import linking_of
from kg.cli.verbs import FAILED, main
from kg.errors import ItemError

if TYPE_CHECKING:
    from datetime import datetime


@main.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line (the only format; kept for clarity).")
@click.option("--no-links", is_flag=True, help="Do not look the names up.")
@click.option(
    "--date", "published", type=click.DateTime(["%Y-%m-%d"]), help="Publication date where the source says none."
)
def extract(files: tuple[str, ...], as_json: bool, no_links: bool, published: datetime | None) -> None:  # noqa: ARG001
    """Write the annotations of articles, one JSON object per line; no store is needed."""
    from kg import pipeline  # noqa: PLC0415 - the extractor's tables load only when something is read
    from kg.jsonl import dumps, to_json  # noqa: PLC0415
    from kg.read import iter_sources  # noqa: PLC0415

    failed, linking = 0, linking_of()
    sources = tuple(iter_sources(files, published=published.date() if published else None))
    articles = (found for each in sources for found in ([each] if isinstance(each, ItemError) else each.read()))
    for article in tqdm(articles, total=len(sources), unit=" articles", file=sys.stderr, disable=None):
        if isinstance(article, ItemError):
            click.echo(f"kg: {article}", err=True)
            failed += 1
            continue
        annotations = pipeline.extractor()(article)
        links = None if no_links else pipeline.linker(linking)(article, annotations)
        click.echo(dumps(to_json(article, annotations, links)))
    if failed:
        sys.exit(FAILED)


@main.command()
@click.argument("gold", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("found", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Figures as JSON instead of a table.")
def evaluate(gold: Path, found: Path, as_json: bool) -> None:
    """Score annotations (FOUND, JSON Lines) against a folder of gold ones (NAME.json beside NAME.txt)."""
    from kg.evaluate import evaluate as score  # noqa: PLC0415 - keep `kg --help` quick

    result = score(gold, found)
    if as_json:
        figures = {
            s.layer: {"precision": s.precision, "recall": s.recall, "f1": s.f1, "gold": s.gold} for s in result.scores
        }
        click.echo(json.dumps({"documents": result.documents, "missing": list(result.missing), "layers": figures}))
        return
    click.echo(f"{'layer':<28} precision  recall      F1   right of found, gold")
    for s in result.scores:
        click.echo(f"{s.layer:<28} {s.precision:9.3f} {s.recall:7.3f} {s.f1:7.3f}   {s.right} of {s.found}, {s.gold}")
    click.echo(f"{result.documents} documents, {len(result.missing)} missing in {found.name}", err=True)
    if result.without_conflict:
        click.echo(
            f"{result.false_events} events on {result.without_conflict} articles that are not about conflict", err=True
        )
