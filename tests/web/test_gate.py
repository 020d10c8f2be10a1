"""What every request passes: gzip both ways, read access, foreign origins, the log."""

from __future__ import annotations

import gzip
import io
import json
import logging
import time
import zlib
from base64 import b64encode
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kg.config import Config
from kg.errors import ConfigError, QueryError
from kg.service.sparql import MAX_BODY
from kg.web.access import may_read, may_write
from kg.web.app import create_app
from kg.web.compression import Packed, packed, takes_gzip, unpacked
from kg.web.gate import Gate
from kg.web.logs import JsonLines, RequestLog, start_logging

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

    from kg.store import Store

ALL = "SELECT * WHERE { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 200"
GZIP = {"Accept-Encoding": "gzip"}
READER, WRITER = "may read", "may write"  # guard nothing


@pytest.fixture(scope="module")
def closed(newsroom: Store) -> FlaskClient:
    """A server that only the holders of a token may read."""
    config = replace(Config(), token=WRITER, read_token=READER)
    return create_app(newsroom, config, token=WRITER).test_client()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def basic(token: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"anybody:{token}".encode()).decode()}


# --- gzip out -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/", "text/html"),
        ("/search?q=a", "text/html"),
        ("/static/site.css", "*/*"),
        (f"/sparql?query={ALL}", "application/sparql-results+json"),
        (f"/sparql?query={ALL}", "text/csv"),
        ("/sparql?query=CONSTRUCT WHERE { ?s ?p ?o }", "text/turtle"),
        ("/graph/ontology", "application/rdf+xml"),
        ("/void.ttl", "text/turtle"),
    ],
)
def test_what_is_large_and_text_comes_packed_and_is_the_same(client: FlaskClient, path: str, accept: str) -> None:
    with client.get(path, headers={"Accept": accept}) as plain:
        assert plain.data
    with client.get(path, headers={"Accept": accept, **GZIP}) as small:
        assert small.data
    assert plain.status_code == small.status_code == 200
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    assert len(small.data) < len(plain.data) / 2
    for answer in (plain, small):
        assert "Accept-Encoding" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("accept", "taken"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5, deflate", True),
        ("*", True),
        ("x-gzip", True),
        ("", False),
        ("identity", False),
        ("gzip;q=0", False),
        ("gzip; q=0.0, *", False),
        ("gzip;q=nonsense", False),
        ("br", False),
    ],
)
def test_gzip_is_used_only_where_the_header_takes_it(accept: str, taken: bool) -> None:
    assert takes_gzip(accept) is taken


def test_small_answers_and_archives_are_left_as_they_are(client: FlaskClient) -> None:
    small = client.get("/sparql?query=ASK {}&format=json", headers=GZIP)
    assert small.status_code == 200
    archive = client.get("/dump/graph.nq.gz", headers=GZIP)
    assert "Content-Encoding" not in archive.headers
    assert archive.mimetype == "application/gzip"
    head = client.head("/", headers={**GZIP, "Accept": "text/html"})
    assert "Content-Encoding" not in head.headers


def test_a_packed_body_has_a_strong_tag_of_its_own_and_both_tags_still_hold(client: FlaskClient) -> None:
    path = f"/sparql?query={ALL}&format=csv"
    plain, small = client.get(path), client.get(path, headers=GZIP)
    tags = [plain.headers["ETag"], small.headers["ETag"]]
    assert tags[0] != tags[1]
    assert not any(tag.startswith("W/") for tag in tags)
    for tag in tags:
        again = client.get(path, headers={**GZIP, "If-None-Match": tag})
        assert again.status_code == 304
        assert again.headers["ETag"] == tag
        assert "Accept-Encoding" in again.headers["Vary"]
        assert not again.data
    assert client.get(path, headers={"If-None-Match": '"other-gz"'}).status_code == 200


def test_a_stream_is_packed_piece_by_piece_and_its_first_piece_does_not_wait() -> None:
    given: list[int] = []

    def rows() -> Iterator[bytes]:
        for number in range(3):
            given.append(number)
            yield b"row %d\n" % number * 1000
            time.sleep(0.06)

    body = Packed(rows())
    first = next(body)
    assert given == [0]
    reader = zlib.decompressobj(31)
    assert reader.decompress(first) == b"row 0\n" * 1000
    assert reader.decompress(b"".join(body)) == b"row 1\n" * 1000 + b"row 2\n" * 1000
    assert reader.eof


def test_a_stream_that_breaks_off_is_no_whole_gzip_and_frees_its_source() -> None:
    freed = []

    def rows() -> Iterator[bytes]:
        try:
            yield b"x" * 10_000
            raise QueryError("stopped", status=503)
        finally:
            freed.append(True)

    body = Packed(rows())
    pieces = [next(body)]
    with pytest.raises(QueryError):
        pieces += list(body)
    body.close()
    assert freed
    with pytest.raises(EOFError):
        gzip.decompress(b"".join(pieces))


# --- gzip in ------------------------------------------------------------------------------------------------------


def posted(client: FlaskClient, body: bytes, coding: str = "gzip") -> tuple[int, str]:
    kind = "application/sparql-query"
    answer = client.post("/sparql", data=body, content_type=kind, headers={"Content-Encoding": coding})
    return answer.status_code, answer.text


def test_a_packed_request_is_unpacked(client: FlaskClient) -> None:
    status, text = posted(client, gzip.compress(b"ASK { ?s ?p ?o }"))
    assert status == 200
    assert json.loads(text)["boolean"] is True
    assert posted(client, gzip.compress(b"ASK ") + gzip.compress(b"{ ?s ?p ?o }"))[0] == 200
    assert posted(client, b"ASK {}", "identity")[0] == 200


@pytest.mark.parametrize(
    ("body", "coding", "status", "why"),
    [
        (b"ASK {}", "gzip", 400, "not gzip"),
        (gzip.compress(b"ASK {}")[:-6], "gzip", 400, "ends too early"),
        (b"ASK {}", "br", 415, "br is not supported"),
        (gzip.compress(b" " * (MAX_BODY + 1)), "gzip", 413, "when unpacked"),
    ],
)
def test_a_request_that_cannot_be_unpacked_is_refused_with_the_reason(
    client: FlaskClient, body: bytes, coding: str, status: int, why: str
) -> None:
    found = posted(client, body, coding)
    assert found[0] == status
    assert why in found[1]


def test_a_bomb_is_not_unpacked_beyond_the_bound() -> None:
    bomb = gzip.compress(b"\0" * 200_000_000)
    started = time.process_time()
    with pytest.raises(QueryError, match="larger than 1,000"):
        unpacked(bomb, most=1_000)
    assert time.process_time() - started < 0.05
    assert unpacked(packed(b"x" * 1_000), most=1_000) == b"x" * 1_000


# --- access -------------------------------------------------------------------------------------------------------


PATHS = ["/", "/sparql?query=ASK {}", "/graphs?default", "/void.ttl", "/dump/", "/metrics", "/static/site.css", "/none"]


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_read_without_a_token_where_one_is_set(closed: FlaskClient, path: str) -> None:
    for headers in ({}, bearer("wrong"), bearer(""), basic("wrong"), {"Authorization": "Basic nonsense"}):
        answer = closed.get(path, headers=headers)
        assert answer.status_code == 401
        schemes = [value.partition(" ")[0] for value in answer.headers.getlist("WWW-Authenticate")]
        assert schemes == ["Bearer", "Basic"]
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Authorization: Bearer" in answer.text
    assert closed.head(path).status_code == 401


@pytest.mark.parametrize("path", PATHS[:-1])
def test_the_readers_token_the_writers_and_a_password_open_it(closed: FlaskClient, path: str) -> None:
    for headers in (bearer(READER), bearer(WRITER), basic(READER), {"Authorization": f"bearer  {READER} "}):
        with closed.get(path, headers=headers) as answer:
            assert answer.status_code == 200


def test_life_is_told_without_a_token(closed: FlaskClient) -> None:
    assert closed.get("/healthz").status_code == 200


def test_only_the_writers_bearer_token_writes(closed: FlaskClient) -> None:
    update = {"update": "INSERT DATA {}"}
    assert closed.post("/sparql", data=update, headers=bearer(READER)).status_code == 401
    # a browser would send a password by itself with the form of a foreign page
    assert closed.post("/sparql", data=update, headers=basic(WRITER)).status_code == 401
    assert closed.post("/sparql", data=update, headers=bearer(WRITER)).status_code == 204


def test_what_few_may_read_is_kept_out_of_shared_caches(closed: FlaskClient, client: FlaskClient) -> None:
    path = f"/sparql?query={ALL}"
    assert client.get(path).headers["Cache-Control"] == "public, no-cache"
    assert closed.get(path, headers=bearer(READER)).headers["Cache-Control"] == "private, no-cache"


def test_an_empty_token_opens_no_writing_and_bounds_no_reading() -> None:
    assert not may_write("Bearer ", token="")
    assert may_read("", read_token="", token=WRITER)
    assert not may_read("Bearer ", read_token=READER, token="")
    assert not may_read("Bearer \udcff", read_token=READER, token="")


# --- foreign origins ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/sparql?query=ASK {}", 200),
        ("GET", "/sparql?query=ASK {", 400),
        ("GET", "/sparql?query=ASK {}&format=png", 406),
        ("PUT", "/sparql", 405),
        ("GET", "/graphs?graph=http://x.example/none", 404),
        ("PUT", "/graphs?default", 401),
        ("GET", "/no/such/page", 404),
        ("GET", "/healthz", 200),
        ("GET", "/queries", 401),
        ("GET", "/id/entity/Q1", 303),
    ],
)
def test_scripts_of_any_origin_may_read_answers_and_errors(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == status
    assert answer.headers.getlist("Access-Control-Allow-Origin") == ["*"]
    assert "ETag" in answer.headers["Access-Control-Expose-Headers"]


def test_a_preflight_is_answered_without_a_token(closed: FlaskClient) -> None:
    asked = {"Origin": "http://x.example", "Access-Control-Request-Method": "PUT"}
    answer = closed.options("/graphs?default", headers=asked)
    assert answer.status_code == 204
    assert "PUT" in answer.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert closed.options("/sparql").status_code == 401  # no preflight: a request like any other


# --- the log ------------------------------------------------------------------------------------------------------


def test_each_request_is_one_object_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def app(_environ: object, start_response: object) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])  # type: ignore[operator]
        return [b"four", b"more"]

    gate = Gate(app, most=10, log=RequestLog())  # type: ignore[arg-type]
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/x", "QUERY_STRING": "a=1", "REMOTE_ADDR": "127.0.0.1"}
    with caplog.at_level(logging.INFO, "kg.requests"):
        body = gate(environ, lambda *_: None)
        assert b"".join(body) == b"fourmore"
        body.close()  # type: ignore[attr-defined]
    (record,) = caplog.records
    said = json.loads(JsonLines().format(record))
    assert said["event"] == "request"
    assert (said["method"], said["path"], said["query_string"]) == ("GET", "/x", "a=1")
    assert (said["status"], said["bytes"], said["whole"]) == (200, 8, True)
    assert said["time"].endswith("+00:00")


def test_other_messages_and_tracebacks_are_objects_too() -> None:
    record = logging.LogRecord("waitress", logging.ERROR, "", 0, "it is %s", ("broken",), None)
    try:
        json.loads("why")
    except ValueError as error:
        record.exc_info = (type(error), error, error.__traceback__)
    said = json.loads(JsonLines().format(record))
    assert said["message"] == "it is broken"
    assert "JSONDecodeError" in said["traceback"]


def test_an_unknown_form_of_log_is_refused() -> None:
    with pytest.raises(ConfigError, match="text, json"):
        start_logging("xml")


def test_the_log_goes_to_standard_error_in_the_form_of_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    said = io.StringIO()
    monkeypatch.setattr("sys.stderr", said)
    start_logging("json")
    logging.getLogger("kg.queries").warning("slow", extra={"kg": {"event": "slow query", "query": "ASK {}"}})
    assert json.loads(said.getvalue())["query"] == "ASK {}"
    start_logging("text")
    logging.getLogger("waitress").warning("plain")
    assert said.getvalue().endswith("kg: plain\n")
