"""`kg link`: one name looked up in Wikidata's index, and what people set right about names."""

from __future__ import annotations

import getpass
import json
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from kg import config as settings
from kg.cli.verbs import FAILED, main
from kg.errors import ConfigError, FetchError
from kg.model import ENTITY_TYPES, Correction

if TYPE_CHECKING:
    from pathlib import Path

    from kg.link import Linking
    from kg.model import Candidate, EntityType


def linking_of(location: str | None = None, *, online: bool = False) -> Linking:
    """Take the settings with the flags of a verb over them."""
    from kg.link import Linking  # noqa: PLC0415 - the index is mapped only when asked

    config = settings.load()
    return Linking.of(replace(config, store=location or config.store, online=online or config.online))


@main.command()
@click.argument("name", required=False)
@click.option("--context", default="", help="Words around the name, which help to choose.")
@click.option("--type", "kind", type=click.Choice(ENTITY_TYPES), help="What the name must be.")
@click.option("--limit", type=click.IntRange(1), default=10, show_default=True, help="Candidates at most.")
@click.option("--online", is_flag=True, help="Ask Wikidata as well (needs a contact address in the settings).")
@click.option("--set", "chosen", metavar="NAME QID", nargs=2, type=str, help="From now on NAME is this item.")
@click.option("--unlink", metavar="NAME", help="From now on NAME is no item.")
@click.option("--same", metavar="A B", nargs=2, type=str, help="From now on A is another name of B.")
@click.option("--reset", metavar="NAME", help="Take back what was set right about NAME.")
@click.option("--corrections", "listing", is_flag=True, help="List what was set right, by whom and when.")
@click.option("--note", default="", help="Why, for those who read the file of corrections.")
@click.option("--who", help="Who says so [the user's name].")
@click.option("--store", "location", metavar="DIR", help="Store beside which the corrections lie [build/store].")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line instead of a table.")
@click.pass_context
def link(  # noqa: PLR0913 - one verb asks and decides
    context_: click.Context,
    *,
    name: str | None,
    context: str,
    kind: EntityType | None,
    limit: int,
    online: bool,
    chosen: tuple[str, str] | None,
    unlink: str | None,
    same: tuple[str, str] | None,
    reset: str | None,
    listing: bool,
    note: str,
    who: str | None,
    location: str | None,
    as_json: bool,
) -> None:
    """Look a name up: ranked Wikidata items with the probability that each is meant; or set a name right.

    Corrections stand in a readable file beside the store, are applied by every later build, and show in the provenance of the
    articles that they concern.
    """
    decisions = [
        *([Correction(chosen[0], "set", chosen[1].upper())] if chosen else []),
        *([Correction(unlink, "unlink")] if unlink else []),
        *([Correction(same[0], "same", same[1])] if same else []),
        *([Correction(reset, "reset")] if reset else []),
    ]
    if bool(name) + len(decisions) + listing != 1:
        raise click.UsageError("give one NAME, or one of --set, --unlink, --same, --reset, --corrections", context_)
    if decisions:
        _decide(decisions[0], location, who=who or _user(), note=note)
    elif listing:
        _list(location)
    else:
        _look_up(name or "", linking_of(location, online=online), context, kind, limit, as_json=as_json)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number that has no name
        return f"user {os.getuid()}"


def _file(location: str | None) -> Path:
    from kg.link import corrections  # noqa: PLC0415 - see above

    return corrections.beside(location or settings.load().store)


def _decide(decision: Correction, location: str | None, *, who: str, note: str) -> None:
    from kg.link import corrections  # noqa: PLC0415 - see above

    path, when = _file(location), datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if decision.verb == "reset" and corrections.read(path).of(decision.name) is None:
        raise ConfigError(f"nothing is set right about {decision.name!r} in {path}; see kg link --corrections")
    corrections.add(path, replace(decision, who=who, when=when, note=note))
    click.echo(f"noted in {path}; the next kg build of the sources applies it", err=True)


def _list(location: str | None) -> None:
    from kg.link import corrections  # noqa: PLC0415 - see above

    path = _file(location)
    holds = set(corrections.read(path).by_name.values())
    for each in corrections.history(path):
        state = "" if each in holds else "  (no longer)"
        what = {"set": f"is {each.value}", "unlink": "is no item", "same": f"is {each.value}", "reset": "taken back"}
        why = f": {each.note}" if each.note else ""
        click.echo(f"{each.when}  {each.who}  “{each.name}” {what[each.verb]}{why}{state}")


def _look_up(name: str, linking: Linking, context: str, kind: EntityType | None, limit: int, *, as_json: bool) -> None:
    from kg.link.corrections import chosen as item_of  # noqa: PLC0415 - see above

    by_hand = linking.corrected().of(name)
    if by_hand is not None:
        click.echo(f"kg: set right by {by_hand.who} on {by_hand.when[:10]}: {by_hand.verb} {by_hand.value}", err=True)
    if by_hand is not None and by_hand.verb == "unlink":
        sys.exit(FAILED)
    if by_hand is not None and by_hand.verb == "set":
        found: tuple[Candidate, ...] = (item_of(linking.index, name, by_hand.value),)
    else:
        found = _asked(by_hand.value if by_hand else name, linking, context, kind, limit)
    for each in found:
        if as_json:
            row = {"qid": each.qid, "label": each.label, "score": round(each.score, 4), "type": each.type}
            click.echo(
                json.dumps({**row, "country": each.country, "description": each.description}, ensure_ascii=False)
            )
        else:
            said = f"  – {each.description}" if each.description else ""
            click.echo(f"{each.score:5.2f}  {each.qid:<12} {each.type:<12} {each.label}{said}")
    if not found:
        click.echo(f"kg: the index knows nothing like {name!r}", err=True)
        sys.exit(FAILED)


def _asked(name: str, linking: Linking, context: str, kind: EntityType | None, limit: int) -> tuple[Candidate, ...]:
    from kg.link import link as look_up  # noqa: PLC0415 - see above
    from kg.link.live import laid_over  # noqa: PLC0415
    from kg.link.wikidata import fetch_records  # noqa: PLC0415

    if linking.online:
        wikidata = linking.wikidata()
        try:
            fetched = fetch_records(wikidata, wikidata.search(name, limit=limit))
        except FetchError as error:
            click.echo(f"kg: {error}; answered from the index", err=True)
        else:
            with laid_over(linking.index, fetched) as index:
                return look_up(name, context=context, type=kind, limit=limit, index=index)
    return look_up(name, context=context, type=kind, limit=limit, index=linking.index)
