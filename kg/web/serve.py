"""A store behind waitress on one address; builds the examples first when asked to and the store is empty.

Takes the port before anything else is done, so that a busy port costs no build.
"""

from __future__ import annotations

import errno
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from kg import config as settings
from kg.config import resource
from kg.errors import KgError
from kg.store import alone_serving, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from kg.config import Config
    from kg.store import Store

_WRONG_USE = 2


def main() -> None:
    """Be `python server.py`: settings from `kg.toml` and `KG_*`; an empty store gets the examples first."""
    try:
        serve(settings.load(), examples=True)
    except KgError as error:
        click.echo(f"kg: {error}", err=True)
        sys.exit(_WRONG_USE)


def serve(config: Config, *, examples: bool = False) -> None:
    """Serve the store until interrupted; with `examples`, an empty store is filled with the packaged articles first.

    Raises `KgError` with one clear line for a busy port, a missing permission and a broken store.
    """
    listener = listen(config.host, config.port)
    try:
        with _opened(config) as store, alone_serving(config.store):
            if examples and not store.is_remote and len(store) == 0:
                build_examples(store)
            describe(store)
            _run(store, config, listener)
    finally:
        listener.close()


@contextmanager
def _opened(config: Config) -> Iterator[Store]:
    """Open the store, whose processes start while the rest of this one loads: after a crash, tenths of a second count."""
    import kg.store.embedded.store  # noqa: PLC0415 - before the thread, so that its processes start at once

    with ThreadPoolExecutor(1) as beside:
        opening = beside.submit(open_store, config.store, config=config, serving=True)
        import kg.web.listening  # noqa: F401, PLC0415

        store = opening.result()
    with store:
        yield store


def application(config: Config) -> Flask:
    """Open the store and return the app for a WSGI server of the user's choice."""
    from kg.web.app import create_app  # noqa: PLC0415 - see `_opened`

    store = open_store(config.store, config=config, serving=True)
    describe(store)
    return create_app(store, config, token=config.token)


def describe(store: Store) -> None:
    """Put the ontology and the description of the dataset into their graphs, so that they fit what is served.

    A store behind an endpoint is served as it is: its builder writes these, and who serves it may not be let to write.
    """
    from kg.mapping import ontology_triples, void_triples  # noqa: PLC0415 - see `_opened`

    if store.is_remote or not store.is_writable:
        return
    articles = store.select("SELECT (COUNT(DISTINCT ?a) AS ?n) WHERE { ?a a schema:NewsArticle }").rows[0][0]
    store.replace_graph(store.iris.graph("ontology"), ontology_triples())
    void = void_triples(store.iris, quads=len(store), articles=int(str(articles)))
    store.replace_graph(store.iris.graph("void"), void)


def listen(host: str, port: int) -> socket.socket:
    """Take the address; raise `KgError` that says why it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise KgError(_why(host, port, error)) from error
    return listener


def _why(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is in use; stop the other server or choose another with --port or KG_PORT"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"no permission to listen on {host}:{port}; choose a port above 1023 with --port or KG_PORT"
    return f"cannot listen on {host}:{port}: {error.strerror or error}"


def build_examples(store: Store) -> None:
    """Fill an empty store with the packaged articles, with a progress bar on standard error."""
    from tqdm import tqdm  # noqa: PLC0415

    from kg import pipeline  # noqa: PLC0415 - the extractor's tables load only when something is built

    folder = str(resource("examples"))
    with tqdm(desc="Building the graph of the examples", unit=" articles", file=sys.stderr, disable=None) as bar:

        def advance(standing: pipeline.Progress) -> None:
            bar.update(standing.done - bar.n)

        report = pipeline.build([folder], store, progress=advance)
    for failure in report.failed:
        click.echo(f"kg: {failure}", err=True)
    if not report.articles:
        raise KgError(f"no article could be built from {folder}")


def _run(store: Store, config: Config, listener: socket.socket) -> None:
    """Serve from this process, or from workers, until interrupted."""
    from kg.web.listening import run  # noqa: PLC0415 - see `_opened`
    from kg.web.workers import supervise  # noqa: PLC0415

    shown = f"[{config.host}]" if ":" in config.host else config.host
    address = f"http://{shown}:{listener.getsockname()[1]}/"

    def say() -> None:
        click.echo(f"Serving {config.store} on {address} (stop with Ctrl-C)", err=True)

    if config.workers > 1:
        store.rest()
        supervise(config, listener, ready=say)
    else:
        run(store, config, listener, ready=say)
