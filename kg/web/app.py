"""The Flask app over one open store: its blueprints, headers and errors; builds no graph and opens no store."""

from __future__ import annotations

from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from time import monotonic
from typing import TYPE_CHECKING
from weakref import finalize

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from kg.errors import KgError, QueryError
from kg.service.graph_store import GraphStoreService
from kg.service.pages import Asker
from kg.service.search import SearchIndex
from kg.service.sparql import MAX_BODY, SparqlService
from kg.web import data, endpoint, lookup, ontology, operations, pages, signposts, syndication, trial
from kg.web.assets import dress
from kg.web.formats import is_browser
from kg.web.gate import Gate
from kg.web.logs import RequestLog
from kg.web.peers import Peers
from kg.web.present import register
from kg.web.protection import protection
from kg.web.short import ShortWay
from kg.web.site import EXTENSION, Site, site

if TYPE_CHECKING:
    from kg.config import Config
    from kg.store import Store


def create_app(store: Store, config: Config, *, token: str = "", peers: Peers | None = None) -> Flask:
    """Make the app for an open store; an empty `token` closes the writing routes. `peers` are its server's other processes."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY + 1  # the service itself refuses what is one byte too long
    services = SparqlService(store, config), GraphStoreService(store, config)
    app.extensions[EXTENSION] = served = Site(
        store, config, token, Asker(store), _search(store, config), *services, peers or Peers()
    )
    served.peers.offer(operations.answers(served))
    for blueprint in (
        pages.blueprint,
        endpoint.blueprint,
        data.blueprint,
        operations.blueprint,
        lookup.blueprint,
        ontology.blueprint,
        trial.blueprint,
        signposts.blueprint,
        syndication.blueprint,
    ):
        app.register_blueprint(blueprint)
    register(app)
    app.before_request(_start)
    app.after_request(_finish)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(KgError, _kg_error)
    log = RequestLog() if config.log == "json" else None
    gate = Gate(ShortWay(app.wsgi_app, served), most=MAX_BODY, token=token, read_token=config.read_token, log=log)
    app.wsgi_app = gate  # type: ignore[method-assign]  # Flask's own way to wrap an app
    return app


def _search(store: Store, config: Config) -> SearchIndex:
    """Open the search index beside the store's folder, or where nothing is to be left behind."""
    folder = Path(config.store)
    if store.is_remote or not (store.is_writable and folder.is_dir()):
        folder = Path(mkdtemp(prefix="kg-search-"))
        finalize(store, rmtree, folder, ignore_errors=True)
    return SearchIndex(store, folder / "search.sqlite")


def _start() -> None:
    g.started = monotonic()


def _finish(answer: Response) -> Response:
    site().metrics.count(request.endpoint or "none", answer.status_code, monotonic() - g.get("started", monotonic()))
    if request.endpoint == "static":
        answer = dress(answer)
    # the query editor measures its columns with inline styles; a preview is shown inside the page of whoever reconciles
    inline_styles, framed = bool(g.get("query_page")), bool(g.get("may_be_framed"))
    for name, value in protection(inline_styles=inline_styles, framed=framed):
        answer.headers[name] = value
    return answer


def _http_error(error: HTTPException) -> Response:
    return _failure(error.code or 500, error.name, error.description or "")


def _kg_error(error: KgError) -> Response:
    status = error.status if isinstance(error, QueryError) else 503
    answer = _failure(status, "The question could not be answered", str(error))
    if status == 503:
        answer.headers["Retry-After"] = "5"
    return answer


def _failure(status: int, title: str, detail: str) -> Response:
    """Answer an error in the asker's own way: a page for people, JSON for programs."""
    if is_browser(request):
        answer = make_response(render_template("error.html", status=status, title=title, detail=detail), status)
    else:
        answer = make_response(jsonify(status=status, title=title, detail=detail), status)
    answer.vary.add("Accept")
    return answer
