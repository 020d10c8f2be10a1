"""The command line: verbs over the rooms, and the only place that prints; decides nothing that a room could.

Data go to stdout, progress and news to stderr. Exit status: 0 fine, 1 something failed and is named, 2 wrong use or
nothing could be done.
"""

from __future__ import annotations

import csv
import json
import sys
from contextlib import contextmanager
from dataclasses import replace
from functools import update_wrapper
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import click
from tqdm import tqdm

from kg import config as settings
from kg.errors import ConfigError, ItemError, KgError
from kg.model import ENTITY_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime

    from kg.config import Config
    from kg.model import EntityType
    from kg.pipeline import BuildReport, Progress
    from kg.store import Store

_FAILED, _WRONG_USE = 1, 2
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
_EXPORT_FORMATS = ("nq", "trig", "ttl", "nt", "jsonld", "rdf")


class _Verbs(click.Group):
    """A group whose verbs turn our errors into one line and an exit status."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ItemError as error:
            click.echo(f"kg: {error}", err=True)
            ctx.exit(_FAILED)
        except KgError as error:
            click.echo(f"kg: {error}", err=True)
            ctx.exit(_WRONG_USE)
        except BrokenPipeError:
            # the reader of our output has gone (`| head`): nothing is wrong, and nobody is left to tell
            sys.stderr.close()
            ctx.exit(0)
        except OSError as error:
            named = f"{error.filename}: " if error.filename else ""
            click.echo(f"kg: {named}{error.strerror or error}", err=True)
            ctx.exit(_WRONG_USE)
        except UnicodeDecodeError:
            click.echo("kg: the input is not UTF-8 text", err=True)
            ctx.exit(_WRONG_USE)
        except KeyboardInterrupt:
            click.echo("\nkg: interrupted; what was finished is kept, and the same command goes on from here", err=True)
            ctx.exit(_FAILED)


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="conflict-news-kg", prog_name="kg")
def main() -> None:
    """Knowledge graphs from news about armed conflict.

    Articles become events, claims, tolls and entities in RDF; every statement leads back to its sentence and to whoever
    said it. Settings come from kg.toml, then KG_* variables, then these flags.
    """


def _with_store(*, create: bool) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a verb an open store as its first argument, and the option that names it."""

    def decorate(verb: Callable[..., None]) -> Callable[..., None]:
        def run(location: str | None, **rest: Any) -> None:
            config = settings.load()
            with _open(replace(config, store=location or config.store), create=create) as store:
                verb(store, **rest)

        option = click.option("--store", "location", metavar="DIR", help="Folder of the store [build/store].")
        return cast("Callable[..., None]", option(update_wrapper(run, verb)))

    return decorate


@contextmanager
def _open(config: Config, *, create: bool, base: str | None = None) -> Iterator[Store]:
    from kg.store import open_store  # noqa: PLC0415 - `kg --help` must not wait for the engine

    if not create and not Path(config.store).exists():
        raise ConfigError(
            f"there is no store at {config.store}; make one with: kg build SOURCE… --store {config.store}"
        )
    with open_store(config.store, base=base, create=create, config=config) as store:
        yield store


# --- building ---------------------------------------------------------------------------------------------------------


@main.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE…")
@click.option("--store", "location", metavar="DIR", help="Folder of the store [build/store].")
@click.option("--base", metavar="IRI", help="Base of all instance IRIs; fixed when the store is made.")
@click.option("--jobs", type=click.IntRange(0), help="Processes that read and extract; 0 takes all cores [0].")
@click.option(
    "--date", "published", type=click.DateTime(["%Y-%m-%d"]), help="Publication date where the source says none."
)
@click.option("--failures", type=click.Path(dir_okay=False, path_type=Path), help="Where failed items are listed.")
@click.option("--force", is_flag=True, help="Build unchanged articles anew.")
def build(
    sources: tuple[str, ...],
    location: str | None,
    base: str | None,
    jobs: int | None,
    published: datetime | None,
    failures: Path | None,
    force: bool,
) -> None:
    """Put articles into the graph: files, folders, globs, addresses, or - for standard input.

    Unchanged articles are skipped, each article lands whole or not at all, and a run that was cut off goes on when it
    is started again.
    """
    config = settings.load()
    config = replace(config, store=location or config.store, jobs=config.jobs if jobs is None else jobs)
    with _open(config, create=True, base=base) as store:
        report = run_build(
            sources, store, jobs=config.jobs, published=published.date() if published else None, force=force
        )
    listed = failures or Path(config.store) / "failures.jsonl"
    _write_failures(report, listed)
    click.echo(_summary(report, listed), err=True)
    if report.failed:
        sys.exit(_FAILED)


def run_build(
    sources: tuple[str, ...], store: Store, *, jobs: int = 0, published: date | None = None, force: bool = False
) -> BuildReport:
    """Build with a progress bar on stderr."""
    from kg import pipeline  # noqa: PLC0415 - the extractor's tables load only when something is built

    with tqdm(unit=" articles", file=sys.stderr, disable=None, dynamic_ncols=True) as bar:

        def show(now: Progress) -> None:
            bar.total = now.expected
            bar.update(now.done - bar.n)
            bar.set_postfix_str(f"{now.failed} failed, {Path(now.source).name[-40:]}", refresh=False)

        return pipeline.build(sources, store, jobs=jobs, published=published, force=force, progress=show)


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
@_with_store(create=False)
def remove(store: Store, articles: tuple[str, ...]) -> None:
    """Drop what articles contributed, by IRI or by their 16 hex digits."""
    missing = [article for article in articles if not store.remove(article)]
    click.echo(f"{len(articles) - len(missing)} removed", err=True)
    for article in missing:
        click.echo(f"kg: no such article in the store: {article}", err=True)
    if missing:
        sys.exit(_FAILED)


# --- asking -----------------------------------------------------------------------------------------------------------


@main.command()
@click.argument("query", metavar="'SPARQL'|FILE.rq")
@click.option("--store", "location", metavar="DIR", help="Folder of the store [build/store].")
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
    with _open(replace(config, store=location or config.store), create=False) as store:
        _answer(store, text, form, limit_s)


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
    "--format", "form", type=click.Choice(_EXPORT_FORMATS), default="nq", show_default=True, help="Of the export."
)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file instead of stdout.")
@click.option("--graph", metavar="IRI", help="Only this named graph.")
@click.option("--without-text", is_flag=True, help="Leave the articles' own words out.")
@_with_store(create=False)
def export(store: Store, form: str, output: Path | None, graph: str | None, without_text: bool) -> None:
    """Write the graph as linked data."""
    if graph and not graph.startswith(("http://", "https://", "urn:")):
        raise ConfigError(
            f"--graph {graph}: not an IRI; name one as it stands in the store, such as {store.iris.graph('entities')}"
        )
    if form in ("ttl", "nt", "rdf") and not graph:
        click.echo(f"kg: {form} holds one graph: the named graphs are merged; nq and trig keep them apart", err=True)
    chunks = store.dump(format=form, graph=graph, without_text=without_text)
    if output is None:
        for chunk in chunks:
            sys.stdout.buffer.write(chunk)
        return
    with output.open("wb") as file:
        file.writelines(tqdm(chunks, unit=" chunks", file=sys.stderr, disable=None))


@main.command()
@click.option("--store", "location", metavar="DIR", help="Folder of the store [build/store].")
@click.option("--host", help="Address to listen on [127.0.0.1].")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on [5000].")
def serve(location: str | None, host: str | None, port: int | None) -> None:
    """Serve a store: pages, the SPARQL endpoint, linked data."""
    from kg.web.serve import serve as serve_store  # noqa: PLC0415 - Flask loads only to serve

    config = settings.load()
    config = replace(config, store=location or config.store, host=host or config.host, port=port or config.port)
    serve_store(config)


@main.command()
@click.argument("target", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
@_with_store(create=False)
def backup(store: Store, target: Path) -> None:
    """Copy the store into a new folder, also while it is served or built; serving that folder restores it."""
    store.backup(target)
    click.echo(f"backed up to {target}; restore with: kg serve --store {target}", err=True)


# --- single stages ----------------------------------------------------------------------------------------------------


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

    failed = 0
    sources = tuple(iter_sources(files, published=published.date() if published else None))
    articles = (found for each in sources for found in ([each] if isinstance(each, ItemError) else each.read()))
    for article in tqdm(articles, total=len(sources), unit=" articles", file=sys.stderr, disable=None):
        if isinstance(article, ItemError):
            click.echo(f"kg: {article}", err=True)
            failed += 1
            continue
        annotations = pipeline.extractor()(article)
        links = None if no_links else pipeline.linker()(article, annotations)
        click.echo(dumps(to_json(article, annotations, links)))
    if failed:
        sys.exit(_FAILED)


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
        sys.exit(_FAILED)


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


# --- keeping in order -------------------------------------------------------------------------------------------------


@main.command()
@_with_store(create=False)
def validate(store: Store) -> None:
    """Check every article of a store against the shapes of the ontology (SHACL); needs the extra [validate]."""
    from kg.service.validate import validate_articles  # noqa: PLC0415 - pySHACL is an extra

    broken = 0
    checked = 0
    for report in tqdm(validate_articles(store), unit=" articles", file=sys.stderr, disable=None):
        checked += 1
        broken += bool(report.violations)
        for violation in report.violations:
            click.echo(f"{report.article}\t{violation.focus}\t{violation.message}")
    click.echo(f"{checked} articles checked, {broken} with violations", err=True)
    if broken:
        sys.exit(_FAILED)


@main.command()
def doctor() -> None:
    """Check the installation: the parts that are packaged, and what each says of itself."""
    from kg.link import OfflineLinker  # noqa: PLC0415 - doctor loads what it examines
    from kg.pipeline import version  # noqa: PLC0415

    checks: list[tuple[str, Callable[[], str]]] = [
        ("package", lambda: installed_version("conflict-news-kg")),
        ("python", lambda: sys.version.split()[0]),
        ("oxigraph", lambda: installed_version("pyoxigraph")),
        ("extractor, index, mapping", version),
        ("index", lambda: f"{len(OfflineLinker().index):,} items"),
        ("ontology", lambda: str(settings.resource("ontology"))),
        ("examples", lambda: str(settings.resource("examples"))),
        ("settings", lambda: repr(settings.load())),
    ]
    failed = False
    for name, check in checks:
        try:
            state: Literal["ok", "FAILED"] = "ok"
            found = check()
        except Exception as error:  # noqa: BLE001 - the doctor names every illness and goes on
            state, found, failed = "FAILED", f"{error.__class__.__name__}: {error}", True
        click.echo(f"{state:<7} {name:<26} {found}")
    if failed:
        sys.exit(_FAILED)
