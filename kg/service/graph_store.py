"""The SPARQL 1.1 Graph Store HTTP Protocol: graphs as plain requests in, answers out; evaluates nothing itself."""

from __future__ import annotations

from email.parser import BytesParser
from email.policy import HTTP
from typing import TYPE_CHECKING
from uuid import uuid4

from kg.errors import QueryError, StoreError
from kg.service.exchange import Answer, Body, Parameters, Request, failure, refusal, tag_matches, text_of
from kg.service.negotiate import content_location, media_type, unacceptable
from kg.service.sparql import MAX_BODY, UPDATE, entity_tag, unauthorised
from kg.store.query.guard import on_graph

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

    from kg.config import Config
    from kg.store import Store

_ALLOW = ("Allow", "GET, HEAD, PUT, POST, DELETE, PATCH, OPTIONS")
_VARY = ("Vary", "Accept")
_DEFAULT = ""  # the name under which the store keeps its default graph
_SUFFIXES = {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
}


class GraphStoreService:
    """Reads and writes whole graphs of one store.

    A graph is named by `?graph=IRI`, by `?default` (the store's own default graph, not the union that queries see), or
    directly: any other `path` is resolved against the store's base. A POST to the graph store itself makes a new graph.
    """

    def __init__(self, store: Store, config: Config, *, path: str = "/graphs") -> None:
        self._store = store
        self._config = config
        self._path = path.rstrip("/")

    def answer(self, request: Request) -> Answer:
        """Answer one request; what is refused is an answer too, and only errors while a body streams are raised."""
        try:
            if len(request.body) > MAX_BODY:
                return refusal(413, f"the body is larger than {MAX_BODY:,} bytes")
            return self._answer(request)
        except QueryError as error:
            return failure(error)
        except StoreError as error:
            return failure(QueryError(str(error), status=503))

    def _answer(self, request: Request) -> Answer:
        parameters = Request(request.method, request.query_string).parameters()  # never those of a form in the body
        graph = self._graph(request, parameters)
        if request.method in ("GET", "HEAD"):
            return self._get(request, parameters, graph)
        handlers = {"PUT": self._put, "POST": self._post, "DELETE": self._delete, "PATCH": self._patch}
        handler = handlers.get(request.method)
        if handler is None:
            return refusal(405, f"{request.method} is not a method of the graph store protocol", _ALLOW)
        if not request.may_write:
            return unauthorised(self._config)
        return handler(request, graph)

    def _graph(self, request: Request, parameters: Parameters) -> str | None:
        """Return the graph that is meant; `None` is the graph store itself."""
        named = parameters.one("graph")
        is_default = bool(parameters.all("default"))
        if named is not None and is_default:
            raise QueryError("graph and default exclude each other")
        if is_default:
            return _DEFAULT
        if named is not None:
            if "://" not in named and not named.startswith("urn:"):
                raise QueryError(f"graph={named} is not an absolute IRI")
            return named
        if request.path.rstrip("/") in ("", self._path):
            return None
        return self._store.base.rstrip("/") + request.path

    # --- reading --------------------------------------------------------------------------------------------------

    def _get(self, request: Request, parameters: Parameters, graph: str | None) -> Answer:
        if graph is None:
            return refusal(400, "name a graph: ?graph=IRI or ?default")
        chosen = media_type("graph", accept=request.accept, name=parameters.one("format") or "")
        if chosen is None:
            return refusal(406, unacceptable("graph", parameters.one("format") or request.accept), _VARY)
        if graph != _DEFAULT and not self._store.has_graph(graph):
            return refusal(404, f"there is no graph {graph}")
        tag = entity_tag(self._store.generation, chosen)
        is_known = not self._store.is_remote  # nobody tells us when a graph elsewhere changes
        if is_known and request.if_none_match and tag_matches(request.if_none_match, tag):
            return Answer(304, (("ETag", tag), _VARY))
        found = self._store.query(
            "CONSTRUCT WHERE { ?s ?p ?o }",
            media_type=chosen,
            default_graphs=(graph,),
            timeout_s=self._config.timeout_s,
            gone=request.gone,
        )
        charset = "; charset=utf-8" if chosen.startswith("text/") else ""
        headers = (
            ("Content-Type", f"{chosen}{charset}"),
            _VARY,
            *((("ETag", entity_tag(found.generation, chosen)),) if is_known else ()),
            ("Cache-Control", "public, no-cache" if is_known else "no-store"),
            *content_location(request.path, request.query_string, chosen),
        )
        return Answer(200, headers, Body(found.body))

    # --- writing --------------------------------------------------------------------------------------------------

    def _put(self, request: Request, graph: str | None) -> Answer:
        if graph is None:
            return refusal(405, "PUT needs a graph: ?graph=IRI or ?default", _ALLOW)
        is_new = graph != _DEFAULT and not self._store.has_graph(graph)
        self._load(request, graph, replace=True)
        return self._done(201 if is_new else 204, graph if is_new else "")

    def _post(self, request: Request, graph: str | None) -> Answer:
        is_new = graph is None or (graph != _DEFAULT and not self._store.has_graph(graph))
        if graph is None:
            graph = f"{self._store.base.rstrip('/')}{self._path}/{uuid4().hex}"
        self._load(request, graph, replace=False)
        return self._done(201 if is_new else 204, graph if is_new else "")

    def _delete(self, request: Request, graph: str | None) -> Answer:  # noqa: ARG002 - one shape for all methods
        if graph is None:
            return refusal(405, "DELETE needs a graph: ?graph=IRI or ?default", _ALLOW)
        if graph == _DEFAULT:
            self._store.update("CLEAR DEFAULT")
        elif not self._store.has_graph(graph):
            return refusal(404, f"there is no graph {graph}")
        else:
            self._store.drop_graph(graph)
        return self._done(204)

    def _patch(self, request: Request, graph: str | None) -> Answer:
        """Carry out an update on one graph: its operations see and change that graph alone where they name none."""
        if request.media_type != UPDATE:
            return refusal(415, f"PATCH takes {UPDATE}", ("Accept-Patch", UPDATE))
        if graph is None:
            return refusal(405, "PATCH needs a graph: ?graph=IRI or ?default", _ALLOW)
        if graph != _DEFAULT and not self._store.has_graph(graph):
            return refusal(404, f"there is no graph {graph}")
        update = text_of(request.body)
        update = on_graph(update, graph) if graph != _DEFAULT else update
        self._store.update(update, timeout_s=self._config.timeout_s)
        return self._done(204)

    def _load(self, request: Request, graph: str, *, replace: bool) -> None:
        base = graph or self._store.base
        if request.media_type == "multipart/form-data":
            parts = list(_parts(request))
            if not parts:
                raise QueryError("the form holds no graph")
            for kind, body in parts:  # all are read before anything is written
                self._store.check_graph(body, media_type=kind, base=base)
            for number, (kind, body) in enumerate(parts):
                self._store.load_graph(graph, body, media_type=kind, replace=replace and number == 0, base=base)
            return
        self._store.load_graph(graph, request.body, media_type=request.media_type, replace=replace, base=base)

    def _done(self, status: int, created: str = "") -> Answer:
        headers = [("X-KG-Generation", str(self._store.generation))]
        if created:
            headers.append(("Location", created))
        return Answer(status, tuple(headers))


def _parts(request: Request) -> Iterator[tuple[str, bytes]]:
    """Yield media type and content of each file of a form (RFC 7578)."""
    head = f"Content-Type: {request.content_type}\r\nMIME-Version: 1.0\r\n\r\n".encode("latin-1", "replace")
    message: EmailMessage = BytesParser(policy=HTTP).parsebytes(head + request.body)
    if not message.is_multipart():
        raise QueryError("the form cannot be read: its boundary is missing")
    for part in message.iter_parts():
        body = part.get_payload(decode=True)
        if isinstance(body, bytes) and (part.get_filename() or body.strip()):
            kind = part.get_content_type() if part.get("Content-Type") else ""
            suffix = (part.get_filename() or "").rpartition(".")[2].lower()
            if kind in ("", "text/plain", "application/octet-stream"):
                kind = _SUFFIXES.get(suffix, kind)
            yield kind, body
