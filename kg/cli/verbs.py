"""What all verbs share: the group that turns errors into one line and an exit status, and the opening of a store; no verb itself.

Data go to stdout, progress and news to stderr.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import replace
from functools import update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from kg import config as settings
from kg.errors import ConfigError, ItemError, KgError, QueryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.config import Config
    from kg.store import Store


FAILED, WRONG_USE = 1, 2


class _Verbs(click.Group):
    """A group whose verbs turn our errors into one line and an exit status."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ItemError as error:
            click.echo(f"kg: {error}", err=True)
            ctx.exit(FAILED)
        except KgError as error:
            click.echo(f"kg: {error}", err=True)
            # a query that was stopped was no wrong use: it may end in time on another day
            is_stopped = isinstance(error, QueryError) and error.status in (503, 507)
            ctx.exit(FAILED if is_stopped else WRONG_USE)
        except BrokenPipeError:
            # the reader of our output has gone (`| head`): nothing is wrong, and nobody is left to tell
            sys.stderr.close()
            ctx.exit(0)
        except OSError as error:
            named = f"{error.filename}: " if error.filename else ""
            click.echo(f"kg: {named}{error.strerror or error}", err=True)
            ctx.exit(WRONG_USE)
        except UnicodeDecodeError:
            click.echo("kg: the input is not UTF-8 text", err=True)
            ctx.exit(WRONG_USE)
        except KeyboardInterrupt:
            click.echo("\nkg: interrupted; what was finished is kept, and the same command goes on from here", err=True)
            ctx.exit(FAILED)


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="conflict-news-kg", prog_name="kg")
def main() -> None:
    """Knowledge graphs from news about armed conflict.

    Articles become events, claims, tolls and entities in RDF; every statement leads back to its sentence and to whoever
    said it. Settings come from kg.toml, then KG_* variables, then these flags.
    """


def with_store(*, create: bool) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a verb an open store as its first argument, and the option that names it."""

    def decorate(verb: Callable[..., None]) -> Callable[..., None]:
        def run(location: str | None, **rest: Any) -> None:
            config = settings.load()
            with opened(replace(config, store=location or config.store), create=create) as store:
                verb(store, **rest)

        option = click.option(
            "--store",
            "location",
            metavar="DIR|URL",
            help="Folder of the store, or address of a SPARQL endpoint [build/store].",
        )
        return cast("Callable[..., None]", option(update_wrapper(run, verb)))

    return decorate


@contextmanager
def opened(config: Config, *, create: bool, base: str | None = None) -> Iterator[Store]:
    """Open the store of the settings; unless it may be made, a missing one is an error that says how to make it."""
    from kg.store import is_address, open_store  # noqa: PLC0415 - `kg --help` must not wait for the engine

    if not create and not is_address(config.store) and not Path(config.store).exists():
        raise ConfigError(
            f"there is no store at {config.store}; make one with: kg build SOURCE… --store {config.store}"
        )
    with open_store(config.store, base=base, create=create, config=config) as store:
        yield store
