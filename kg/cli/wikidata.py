"""`kg wikidata`: what the index knows, grown and refreshed from Wikidata itself."""

from __future__ import annotations

import csv
import sys
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click
from tqdm import tqdm

from kg import config as settings
from kg.cli.verbs import FAILED, main, opened
from kg.errors import ConfigError

if TYPE_CHECKING:
    from kg.link import Linking

_RECENT_S = 12 * 3600.0  # a refresh that was cut off goes on from answers that are no older


@main.group()
def wikidata() -> None:
    """Ask Wikidata itself; every verb needs a contact address in the settings, which its operators can write to."""


def _linking() -> Linking:
    from kg.link import Linking  # noqa: PLC0415 - the index is mapped only when asked

    return Linking.of(replace(settings.load(), online=True))


@wikidata.command()
@click.argument("names", type=click.File("r", encoding="utf-8-sig"), metavar="NAMES.tsv")
def pack(names: TextIO) -> None:
    """Let the index know names: a TSV with the column name and, if you like, type, qid and context; - reads standard input.

    Items are looked up, kept in the folder of the setting `wikidata`, and known to every later build and look-up there. Names
    that are not clear are listed with their candidates and left out.
    """
    from kg.link.growing import grow, read_names  # noqa: PLC0415 - see above
    from kg.link.home import Home  # noqa: PLC0415

    wanted = read_names(names, names.name)
    linking = _linking()
    home = Home(Path(linking.home))
    holdings, today = home.read(), datetime.now(UTC).date().isoformat()
    out = csv.writer(sys.stdout, delimiter="\t", lineterminator="\n")
    out.writerow(["name", "qid", "label", "score", "problem"])
    failed = 0
    found = grow(linking.wikidata(), wanted, linking.index)
    for each in tqdm(found, total=len(wanted), unit=" names", file=sys.stderr, disable=None):
        if each.fetched:
            holdings = holdings.with_fetched(each.fetched, date=today, names={each.qid: [each.wanted.name]})
        failed += bool(each.problem)
        out.writerow([each.wanted.name, each.qid, each.label, f"{each.score:.2f}" if each.qid else "", each.problem])
    if len(wanted) > failed:
        home.write(holdings)
    click.echo(f"{len(wanted) - failed} names are known now in {home.folder}, {failed} are not", err=True)
    if failed:
        sys.exit(FAILED)


@wikidata.command()
@click.option("--store", "location", metavar="DIR", help="Refresh the entities of this store, too [build/store].")
@click.option("--index", "whole", is_flag=True, help="Refresh the whole packaged index, too: some hours.")
def refresh(location: str | None, whole: bool) -> None:
    """Pull the facts of entities anew: those of the store and those that were fetched before.

    What is new is written into the store and kept in the folder of the setting `wikidata`, so that later builds use it. A run
    that was cut off goes on where it was.
    """
    from kg.link.home import Home  # noqa: PLC0415 - see above
    from kg.link.index import packaged  # noqa: PLC0415
    from kg.service import refresh as pulling  # noqa: PLC0415

    config, linking = settings.load(), _linking()
    config = replace(config, store=location or config.store)
    home = Home(Path(linking.home))
    there = "://" in config.store or Path(config.store).exists()
    if location and not there:
        raise ConfigError(f"there is no store at {location}; make one with: kg build SOURCE… --store {location}")
    with opened(config, create=False) if there else nullcontext() as store:
        held = home.read()
        qids = [*(pulling.items_of(store) if store else ()), *held.dates]
        if whole:
            index = packaged()
            qids += [index.qid(number) for number in range(len(index))]
        qids = list(dict.fromkeys(qids))
        with tqdm(total=len(qids), unit=" items", file=sys.stderr, disable=None) as bar:
            recent = linking.wikidata(cache_s=_RECENT_S)

            def show(done: int) -> None:
                bar.update(done - bar.n)

            done = pulling.refresh(recent, qids, home, store=store, progress=show)
    for old, new in done.moved:
        click.echo(f"{old}\tmerged into\t{new}")
    for qid in done.gone:
        click.echo(f"{qid}\tdeleted")
    click.echo(f"{done.asked} items asked for, {done.changed} entities of the store refreshed", err=True)
    if done.unasked:
        click.echo(f"kg: {done.trouble}; {done.unasked} items are left, the same command goes on", err=True)
        sys.exit(FAILED)
