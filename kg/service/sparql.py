"""The SPARQL 1.1 Protocol: requests as plain values in, answers out; evaluates nothing itself and knows no Flask."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from kg.errors import QueryError, StoreError
from kg.service.description import describe
from kg.service.exchange import FORM, Answer, Body, Parameters, Request, failure, refusal, tag_matches, text_of
from kg.service.federation import Asked, Federation
from kg.service.negotiate import GRAPHS, choose, content_location, media_type, unacceptable
from kg.store.query.guard import check
from kg.store.query.network import without_silent_loads

if TYPE_CHECKING:
    from kg.config import Config
    from kg.store import Store
    from kg.store.query.guard import Kind, Outline

QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
MAX_BODY = 16_000_000  # bytes; an update larger than this belongs into `kg build`
_ALLOW = ("Allow", "GET, HEAD, POST, OPTIONS")
_VARY = ("Vary", "Accept")
_LONGEST_REMEMBERED = 500  # characters of an Accept header whose outcome is kept


class SparqlService:
    """Answers protocol requests about one store, within the deadline and limits of the settings."""

    def __init__(self, store: Store, config: Config) -> None:
        self._store = store
        self._config = config
        self._federation = Federation(store, config.federation)

    def answer(self, request: Request) -> Answer:
        """Answer one request; what is refused is an answer too, and only errors while a body streams are raised."""
        try:
            return self._answer(request)
        except QueryError as error:
            return failure(error)
        except StoreError as error:
            return failure(QueryError(str(error), status=503))

    def _answer(self, request: Request) -> Answer:
        if len(request.body) > MAX_BODY:
            return refusal(413, f"the body is larger than {MAX_BODY:,} bytes")
        if request.method in ("GET", "HEAD"):
            return self._get(request, request.parameters())
        if request.method == "POST":
            return self._post(request, request.parameters())
        return refusal(405, f"{request.method} is not a method of the SPARQL protocol", _ALLOW)

    def _get(self, request: Request, parameters: Parameters) -> Answer:
        if parameters.all("update"):
            return refusal(400, "an update is sent by POST")
        query = parameters.one("query")
        if query is not None:
            return self._query(request, parameters, query)
        return self._description(request, parameters)

    def _post(self, request: Request, parameters: Parameters) -> Answer:
        if request.media_type == QUERY:
            return self._query(request, parameters, _direct(request, parameters, "query"))
        if request.media_type == UPDATE:
            return self._update(request, parameters, _direct(request, parameters, "update"))
        if request.media_type != FORM:
            return refusal(415, f"POST takes {FORM}, {QUERY} or {UPDATE}, not {request.media_type or 'no media type'}")
        query, update = parameters.one("query"), parameters.one("update")
        if (query is None) == (update is None):
            return refusal(400, "a form needs either query or update")
        if update is not None:
            return self._update(request, parameters, update)
        return self._query(request, parameters, query or "")

    # --- queries --------------------------------------------------------------------------------------------------

    def _query(self, request: Request, parameters: Parameters, query: str) -> Answer:
        timeout_s = self._timeout(parameters)
        is_federated = self._federation.concerns(query)
        if is_federated:
            ends = time.monotonic() + timeout_s
            query = self._joined(query, request, parameters, timeout_s)
            timeout_s = max(0.001, ends - time.monotonic())
        outline = self._checked(query, timeout_s)
        if is_federated or self._store.is_remote:
            outline = replace(outline, is_fickle=True)  # elsewhere it may change at any time, and nobody tells us
        if outline.kind is None:
            raise QueryError("this is no query: SELECT, ASK, CONSTRUCT or DESCRIBE is missing")
        chosen = _chosen(request, parameters, outline.kind)
        if chosen is None:
            asked = ", ".join(parameters.all("format")) or request.accept
            return refusal(406, unacceptable(outline.kind, asked), _VARY)
        if self._is_current(request, outline, chosen):
            return Answer(304, self._headers(outline, chosen, self._store.generation), (b"",))
        found = self._store.query(
            query,
            media_type=chosen,
            default_graphs=parameters.all("default-graph-uri"),
            named_graphs=parameters.all("named-graph-uri"),
            timeout_s=timeout_s,
            gone=request.gone,
            at_least=request.at_least,
        )
        body = tuple(found.body) if found.length is not None else Body(found.body)
        headers = self._headers(outline, chosen, found.generation, cacheable=request.method != "POST")
        if request.method != "POST":
            headers = (*headers, *content_location(request.path, request.query_string, chosen))
        if found.length is not None:
            headers = (*headers, ("Content-Length", str(found.length)))
        return Answer(200, headers, body)

    def _joined(self, query: str, request: Request, parameters: Parameters, timeout_s: float) -> str:
        """Return the query with the answers of other endpoints in it; a mistake in its syntax is told before they are asked."""
        self._store.parse(query, timeout_s=timeout_s)
        datasets = parameters.all("default-graph-uri"), parameters.all("named-graph-uri")
        return self._federation.resolve(query, Asked(*datasets, timeout_s=timeout_s, gone=request.gone))

    def _checked(self, text: str, timeout_s: float, *, is_update: bool = False) -> Outline:
        """Refuse what may not be asked; a mistake in its syntax is told first."""
        try:
            return check(text)
        except QueryError as error:
            if error.status == 403:
                self._store.parse(text, is_update=is_update, timeout_s=timeout_s)
            raise

    def _permitted(self, update: str, timeout_s: float) -> str:
        """Return an update as it may be carried out: `LOAD SILENT` fails in silence, any other LOAD is refused."""
        try:
            check(update)
        except QueryError as error:
            if error.status != 403:
                raise
            update = without_silent_loads(update)
            self._checked(update, timeout_s, is_update=True)
        return update

    def _timeout(self, parameters: Parameters) -> float:
        asked = parameters.one("timeout")
        if not asked:
            return self._config.timeout_s
        try:
            seconds = float(asked)
        except ValueError:
            raise QueryError(f"timeout={asked} is not a number of seconds") from None
        if not 0 < seconds < float("inf"):
            raise QueryError(f"timeout={asked} is not a number of seconds above 0")
        return min(seconds, self._config.timeout_s)

    def _is_current(self, request: Request, outline: Outline, chosen: str) -> bool:
        if request.method == "POST" or outline.is_fickle or not request.if_none_match:
            return False
        return tag_matches(request.if_none_match, entity_tag(self._store.generation, chosen))

    def _headers(
        self, outline: Outline, chosen: str, generation: int, *, cacheable: bool = True
    ) -> tuple[tuple[str, str], ...]:
        charset = "; charset=utf-8" if chosen.startswith("text/") else ""
        header = "; header=present" if chosen == "text/csv" else ""
        headers = [("Content-Type", f"{chosen}{charset}{header}"), _VARY, ("X-KG-Generation", str(generation))]
        if outline.is_fickle or not cacheable:
            return (*headers, ("Cache-Control", "no-store"))
        return (*headers, ("ETag", entity_tag(generation, chosen)), ("Cache-Control", "public, no-cache"))

    def _description(self, request: Request, parameters: Parameters) -> Answer:
        chosen = _chosen(request, parameters, "graph")
        if chosen is None:
            asked = choose(request.accept, ("application/sparql-results+json", "text/csv"))
            return refusal(400 if asked else 406, f"send a query, or accept one of {', '.join(GRAPHS.values())}", _VARY)
        headers = [("Content-Type", chosen), _VARY, ("Cache-Control", "no-cache")]
        return Answer(200, tuple(headers), (describe(self._store, chosen),))

    # --- updates --------------------------------------------------------------------------------------------------

    def _update(self, request: Request, parameters: Parameters, update: str) -> Answer:
        if not request.may_write:
            return unauthorised(self._config)
        if parameters.all("default-graph-uri") or parameters.all("named-graph-uri"):
            return refusal(400, "an update takes using-graph-uri and using-named-graph-uri")
        timeout_s = self._timeout(parameters)
        self._store.update(
            self._permitted(update, timeout_s),
            using_graphs=parameters.all("using-graph-uri"),
            using_named_graphs=parameters.all("using-named-graph-uri"),
            timeout_s=timeout_s,
        )
        return Answer(204, (("X-KG-Generation", str(self._store.generation)),))


def unauthorised(config: Config) -> Answer:
    """Answer a write without the token: 401 where there is one, 403 where writing is off."""
    if config.token:
        return refusal(401, "writing needs the token", ("WWW-Authenticate", 'Bearer realm="kg"'))
    return refusal(403, "writing over HTTP is off; it is turned on by setting KG_TOKEN")


def _chosen(request: Request, parameters: Parameters, kind: Kind) -> str | None:
    """Choose the media type: the first `format=` that fits (SPARQLWrapper sends several), else by `Accept`."""
    names = parameters.all("format") or ("",)
    is_short = len(request.accept) + sum(map(len, names)) <= _LONGEST_REMEMBERED
    choose_one = _remembered if is_short else media_type
    found = (choose_one(kind, accept=request.accept, name=name) for name in names)
    return next(filter(None, found), None)


_remembered = lru_cache(maxsize=512)(media_type)  # a client sends one header all its life


def entity_tag(generation: int, chosen: str) -> str:
    """Make a strong entity tag: it changes with the store and differs between media types."""
    return f'"{generation:x}-{_mark(chosen)}"'


@lru_cache(maxsize=64)
def _mark(chosen: str) -> str:
    return sha256(chosen.encode()).hexdigest()[:6]


def _direct(request: Request, parameters: Parameters, name: str) -> str:
    """Return the body of a direct POST, which leaves no room for the same thing as a parameter."""
    if parameters.all("query") or parameters.all("update"):
        raise QueryError(f"the {name} stands in the body; it cannot be a parameter too")
    charset = request.content_type.lower().partition("charset=")[2].strip('" ;') or "utf-8"
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise QueryError(f"the charset {charset} is not supported; send UTF-8", status=415)
    return text_of(request.body)
