"""`kg query` and `kg export`: what the graph holds, as answers and as files."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from tqdm import tqdm

from kg import config as settings
from kg.cli.verbs import main, opened, with_store
from kg.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.config import Config
    from kg.store import Store


_RESULT_FORMATS = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "jsonld": "application/ld+json",
    "geojson": "application/geo+json",
}
_GRAPH_FORMATS = ("nq", "trig", "ttl", "nt", "jsonld", "rdf")
_TABLE_FORMATS = ("csv", "geojson", "graphml", "ninjs")


@main.command()
@click.argument("query", metavar="'SPARQL'|FILE.rq")
@click.option(
    "--store", "location", metavar="DIR|URL", help="Folder of the store, or address of a SPARQL endpoint [build/store]."
)
@click.option("--endpoint", metavar="URL", help="Ask this SPARQL endpoint instead of a store.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", *_RESULT_FORMATS]),
    default="table",
    show_default=True,
    help="Of the answer.",
)
@click.option(
    "--timeout", "timeout_s", type=click.FloatRange(0, min_open=True), help="Seconds the query may take [30]."
)
def query(query: str, location: str | None, endpoint: str | None, form: str, timeout_s: float | None) -> None:
    """Answer one query. The known prefixes (cn:, cnv:, schema:, …) need no declaration."""
    text = Path(query).read_text(encoding="utf-8") if query.endswith(".rq") else query
    config = settings.load()
    limit_s = timeout_s or config.timeout_s
    if endpoint:
        from kg.fetch import ask_endpoint  # noqa: PLC0415 - only here is the network wanted

        accept = _RESULT_FORMATS.get(form, "text/tab-separated-values, text/turtle;q=0.9")
        sys.stdout.buffer.write(ask_endpoint(endpoint, text, accept=accept, timeout_s=limit_s))
        return
    with opened(replace(config, store=location or config.store), create=False) as store:
        _answer(store, _joined(store, text, config, limit_s), form, limit_s)


def _joined(store: Store, text: str, config: Config, timeout_s: float) -> str:
    """Return a query with the answers of those endpoints in it that the settings let SERVICE ask."""
    if not config.federation:
        return text
    from kg.service.federation import Asked, Federation  # noqa: PLC0415 - only who lists endpoints waits for the network's library

    federation = Federation(store, config.federation)
    return federation.resolve(text, Asked(timeout_s=timeout_s)) if federation.concerns(text) else text


def _answer(store: Store, text: str, form: str, timeout_s: float) -> None:
    if form != "table":
        for chunk in store.query(text, media_type=_RESULT_FORMATS[form], timeout_s=timeout_s).body:
            sys.stdout.buffer.write(chunk)
        return
    kind = store.kind(text)
    if kind == "ask":
        click.echo("true" if store.ask(text, timeout_s=timeout_s) else "false")
    elif kind == "graph":
        click.echo(store.construct(text, timeout_s=timeout_s).serialize(format="turtle"), nl=False)
    else:
        click.echo(store.select(text, timeout_s=timeout_s).to_text())


@main.command()
@click.option(
    "--format",
    "form",
    type=click.Choice([*_GRAPH_FORMATS, *_TABLE_FORMATS]),
    default="nq",
    show_default=True,
    help="Of the export.",
)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file instead of stdout.")
@click.option("--graph", metavar="IRI", help="Only this named graph.")
@click.option("--without-text", is_flag=True, help="Leave the articles' own words out.")
@with_store(create=False)
def export(store: Store, form: str, output: Path | None, graph: str | None, without_text: bool) -> None:
    """Write the graph: as linked data (nq, trig, ttl, nt, jsonld, rdf), or for other tools.

    csv is a zipped Frictionless package of six tables; geojson holds the events as points, graphml the network of actors,
    ninjs the articles, one a line.
    """
    if output is None and form == "csv" and sys.stdout.isatty():
        raise ConfigError("csv is a zip file of tables: name one with -o FILE.zip")
    chunks = _exported(store, form, graph, without_text=without_text)
    if output is None:
        for chunk in chunks:
            sys.stdout.buffer.write(chunk)
        return
    # an export that breaks off leaves what stood there before
    unfinished = output.with_name(f"{output.name}.part")
    with (
        unfinished.open("wb") as file,
        tqdm(unit="B", unit_scale=True, file=sys.stderr, disable=None, dynamic_ncols=True) as bar,
    ):
        for chunk in chunks:
            file.write(chunk)
            bar.update(len(chunk))
    unfinished.replace(output)


def _exported(store: Store, form: str, graph: str | None, *, without_text: bool) -> Iterator[bytes]:
    if form in _TABLE_FORMATS:
        from kg.service import exports  # noqa: PLC0415 - only here are the tables wanted

        if graph:
            raise ConfigError(f"--graph goes with linked data only; {form} tells of all articles")
        write = {"csv": exports.tables, "geojson": exports.geojson, "graphml": exports.graphml, "ninjs": exports.ninjs}
        return write[form](store, without_text=without_text)
    if graph and not graph.startswith(("http://", "https://", "urn:")):
        raise ConfigError(
            f"--graph {graph}: not an IRI; name one as it stands in the store, such as {store.iris.graph('entities')}"
        )
    if form in ("ttl", "nt", "rdf") and not graph:
        click.echo(f"kg: {form} holds one graph: the named graphs are merged; nq and trig keep them apart", err=True)
    return store.dump(format=form, graph=graph, without_text=without_text)
