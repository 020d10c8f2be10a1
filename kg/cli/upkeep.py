"""`kg validate` and `kg doctor`: is the graph well-formed, is the installation whole."""

from __future__ import annotations

import sys
from importlib.metadata import version as installed_version
from typing import TYPE_CHECKING, Literal

import click
from tqdm import tqdm

from kg import config as settings
from kg.cli.verbs import FAILED, main, with_store

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.service.checks import CheckReport
    from kg.service.validate import Report
    from kg.store import Store


@main.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "ttl", "nt", "jsonld", "rdf"]),
    default="table",
    show_default=True,
    help="A line for each violation, or SHACL's own report as RDF.",
)
@click.option("--checks/--no-checks", default=True, show_default=True, help="Also run ontology/checks over the whole.")
@with_store(create=False)
def validate(store: Store, *, form: str, checks: bool) -> None:
    """Check every article and incident of a store against the shapes of the ontology; needs the extra [validate].

    Exits with 1 where something breaks a shape or fails a check. A remote store is asked one article at a time.
    """
    from kg.service import validate as shapes  # noqa: PLC0415 - pySHACL is an extra
    from kg.service.checks import run_checks  # noqa: PLC0415

    found, reports = shapes.subjects(store), []
    for subject in tqdm(found, unit=" graphs", file=sys.stderr, disable=None):
        report = shapes.validate(store, subject)
        if report.violations:
            reports.append(report)
            if form == "table":
                _echo_violations(report)
    ran = list(run_checks(store)) if checks else []
    failed = [check for check in ran if check.faults]
    if form == "table":
        _echo_faults(failed)
    else:
        click.echo(shapes.merged(reports, failed).serialize(format=_RDFLIB_FORMATS.get(form, form)).rstrip())
    broken = {report.subject for report in reports}
    for kind, some in (("articles", [s for s in found if s.graph]), ("incidents", [s for s in found if not s.graph])):
        click.echo(f"{len(some)} {kind} checked, {len(broken.intersection(some))} with violations", err=True)
    if checks:
        idle = sum(check.examined == 0 for check in ran)
        click.echo(f"{len(ran)} checks run, {len(failed)} failed, {idle} had nothing to examine", err=True)
    if reports or failed:
        sys.exit(FAILED)


_RDFLIB_FORMATS = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml"}


def _echo_violations(report: Report) -> None:
    for violation in report.violations:
        click.echo(f"{report.subject.iri}\t{violation.focus}\t{violation.message}")


def _echo_faults(failed: list[CheckReport]) -> None:
    for report in failed:
        for node in report.faults:
            click.echo(f"{report.check.name}\t{node}\t{report.check.fault}")


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
        sys.exit(FAILED)
