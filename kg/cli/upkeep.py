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

    from kg.store import Store


@main.command()
@with_store(create=False)
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
        sys.exit(FAILED)


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
