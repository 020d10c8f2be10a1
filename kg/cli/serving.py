"""`kg serve` and `kg backup`: a store in service, and a copy of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg import config as settings
from kg.cli.verbs import main, with_store

if TYPE_CHECKING:
    from kg.store import Store


@main.command()
@click.option(
    "--store", "location", metavar="DIR|URL", help="Folder of the store, or address of a SPARQL endpoint [build/store]."
)
@click.option("--host", help="Address to listen on [127.0.0.1].")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on [5000].")
@click.option("--workers", type=click.IntRange(1, 64), help="Front processes, for machines with many cores [1].")
def serve(location: str | None, host: str | None, port: int | None, workers: int | None) -> None:
    """Serve a store: pages, the SPARQL endpoint, linked data."""
    from kg.web.serve import serve as serve_store  # noqa: PLC0415 - Flask loads only to serve

    config = settings.load()
    config = replace(config, store=location or config.store, host=host or config.host, port=port or config.port)
    config = replace(config, workers=workers or config.workers)
    serve_store(config)


@main.command()
@click.argument("target", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
@with_store(create=False)
def backup(store: Store, target: Path) -> None:
    """Copy the store into a new folder, also while it is served or built; serving that folder restores it."""
    store.backup(target)
    click.echo(f"backed up to {target}; restore with: kg serve --store {target}", err=True)
