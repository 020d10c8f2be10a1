"""`kg build` and `kg remove`: articles into the graph and out of it."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from tqdm import tqdm

from kg import config as settings
from kg.cli.linking import linking_of
from kg.cli.verbs import FAILED, main, opened, with_store

if TYPE_CHECKING:
    from datetime import date, datetime

    from kg.link import Linking
    from kg.pipeline import BuildReport, Progress
    from kg.store import Store


@main.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE…")
@click.option(
    "--store", "location", metavar="DIR|URL", help="Folder of the store, or address of a SPARQL endpoint [build/store]."
)
@click.option("--base", metavar="IRI", help="Base of all instance IRIs; fixed when the store is made.")
@click.option("--jobs", type=click.IntRange(0), help="Processes that read and extract; 0 takes all cores [0].")
@click.option(
    "--date", "published", type=click.DateTime(["%Y-%m-%d"]), help="Publication date where the source says none."
)
@click.option("--failures", type=click.Path(dir_okay=False, path_type=Path), help="Where failed items are listed.")
@click.option(
    "--online", is_flag=True, help="Ask Wikidata for names that the index does not know (needs a contact address)."
)
@click.option("--force", is_flag=True, help="Build unchanged articles anew.")
def build(
    sources: tuple[str, ...],
    location: str | None,
    base: str | None,
    jobs: int | None,
    published: datetime | None,
    failures: Path | None,
    online: bool,
    force: bool,
) -> None:
    """Put articles into the graph: files, folders, globs, addresses, or - for standard input.

    Unchanged articles are skipped, each article lands whole or not at all, and a run that was cut off goes on when it
    is started again.
    """
    from kg.store import is_address  # noqa: PLC0415 - `kg --help` must not wait for the engine

    config = settings.load()
    config = replace(config, store=location or config.store, jobs=config.jobs if jobs is None else jobs)
    linking = linking_of(config.store, online=online)
    with opened(config, create=True, base=base) as store:
        report = run_build(
            sources,
            store,
            jobs=config.jobs,
            published=published.date() if published else None,
            force=force,
            linking=linking,
        )
    beside = Path() if is_address(config.store) else Path(config.store)
    listed = failures or beside / "failures.jsonl"
    _write_failures(report, listed)
    click.echo(_summary(report, listed), err=True)
    if report.failed:
        sys.exit(FAILED)


def run_build(
    sources: tuple[str, ...],
    store: Store,
    *,
    jobs: int = 0,
    published: date | None = None,
    force: bool = False,
    linking: Linking | None = None,
) -> BuildReport:
    """Build with a progress bar on stderr."""
    from kg import pipeline  # noqa: PLC0415 - the extractor's tables load only when something is built
    from kg.link import Linking  # noqa: PLC0415

    with tqdm(unit=" articles", file=sys.stderr, disable=None, dynamic_ncols=True) as bar:

        def show(now: Progress) -> None:
            bar.total = now.expected
            bar.update(now.done - bar.n)
            bar.set_postfix_str(f"{now.failed} failed, {Path(now.source).name[-40:]}", refresh=False)

        return pipeline.build(
            sources, store, jobs=jobs, published=published, force=force, linking=linking or Linking(), progress=show
        )


def _write_failures(report: BuildReport, path: Path) -> None:
    """List the failed items of this run; a run without failures leaves no list behind."""
    path.unlink(missing_ok=True)
    if report.failed:
        lines = (json.dumps({"item": e.item, "reason": e.reason}, ensure_ascii=False) for e in report.failed)
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _summary(report: BuildReport, listed: Path) -> str:
    counts = [f"{report.articles} built", f"{report.unchanged} unchanged", f"{len(report.failed)} failed"]
    if report.repeated:
        counts.append(f"{report.repeated} repeated")
    lines = [f"{', '.join(counts)}; {report.quads:,} quads in the store; {report.seconds:.1f} s"]
    shown = 10
    lines += [f"  {error}" for error in report.failed[:shown]]
    if report.failed:
        lines.append(f"  all failures: {listed}")
    return "\n".join(lines)


@main.command()
@click.argument("articles", nargs=-1, required=True, metavar="ARTICLE…")
@with_store(create=False)
def remove(store: Store, articles: tuple[str, ...]) -> None:
    """Drop what articles contributed, by IRI or by their 16 hex digits."""
    missing = [article for article in articles if not store.remove(article)]
    click.echo(f"{len(articles) - len(missing)} removed", err=True)
    for article in missing:
        click.echo(f"kg: no such article in the store: {article}", err=True)
    if missing:
        sys.exit(FAILED)
