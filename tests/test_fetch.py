from __future__ import annotations

import gzip
import pickle
import socket
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from kg.errors import ConfigError, FetchError
from kg.fetch import Cache, Door, Policy, Request, ask_endpoint, fetch
from kg.fetch.guard import Guard, is_public
from kg.fetch.waiting import backoff, retry_after

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Server:
    """A web server on loopback that plays a list of answers, the last one for ever, and remembers what was asked."""

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.together = self.most_together = 0
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except (ConnectionError, TimeoutError, ValueError):
                    self.close_connection = True

            def answer(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                body = self.rfile.read(length) if length else self._chunked()
                with outer._lock:
                    headers = {name.lower(): value for name, value in self.headers.items()}
                    outer.asked.append((self.command, self.path, headers, body))
                    outer.together += 1
                    outer.most_together = max(outer.most_together, outer.together)
                    say = outer.answers.pop(0) if len(outer.answers) > 1 else outer.answers[0]
                try:
                    say(self)
                finally:
                    with outer._lock:
                        outer.together -= 1

            def _chunked(self) -> bytes:
                body = b""
                if self.headers.get("Transfer-Encoding") == "chunked":
                    while size := int(self.rfile.readline(), 16):
                        body += self.rfile.read(size)
                        self.rfile.readline()
                    self.rfile.readline()
                return body

            do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - the names that http.server calls

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.port = self.http.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        self.http.shutdown()
        self.http.server_close()


def says(body: bytes = b"fine", status: int = 200, **headers: str) -> Any:
    def say(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return say


def drips(handler: BaseHTTPRequestHandler) -> None:
    """A body that never ends, one byte at a time, so that no single read waits long."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b".")
        handler.wfile.flush()
        time.sleep(0.02)


def drips_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for at in range(200):
        handler.wfile.write(b"X-%d: y\r\n" % at)
        handler.wfile.flush()
        time.sleep(0.02)


def breaks_off(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    handler.wfile.write(b"only this")
    handler.close_connection = True


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.stop()


@contextmanager
def door(server: Server, policy: Policy | None = None, **options: Any) -> Iterator[Door]:
    with Door(policy, allowed=[f"127.0.0.1:{server.port}"], **options) as made:
        yield made


# --- what is asked -----------------------------------------------------------------------------------------------------


def test_a_request_says_who_asks_and_how_to_reach_them(server: Server) -> None:
    server.answers = [says()]
    with door(server, contact="desk@example.org") as out:
        assert out.ask(server.url).body == b"fine"
    agent = server.asked[0][2]["user-agent"]
    assert agent.startswith("conflict-news-kg/")
    assert "desk@example.org" in agent


def test_a_contact_of_two_lines_is_refused() -> None:
    with pytest.raises(ConfigError, match="one line"):
        Door(contact="a\r\nX-Evil: 1")


def test_method_headers_and_body_arrive(server: Server) -> None:
    server.answers = [says(b"", 204)]
    with door(server) as out:
        answer = out.ask(Request(server.url + "put", "PUT", {"Content-Type": "text/turtle"}, b"<a> <b> <c> .", (204,)))
    assert answer.status == 204
    method, path, headers, body = server.asked[0]
    assert (method, path, headers["content-type"], body) == ("PUT", "/put", "text/turtle", b"<a> <b> <c> .")


def test_a_body_can_be_a_stream(server: Server) -> None:
    server.answers = [says()]
    with door(server) as out:
        out.ask(Request(server.url, "POST", body=iter([b"one ", b"two"])))
    assert server.asked[0][3] == b"one two"


def test_an_answer_can_be_read_as_a_stream(server: Server) -> None:
    server.answers = [says(b"x" * 100_000)]
    with door(server) as out, out.stream(server.url) as exchange:
        assert exchange.headers["content-length"] == "100000"
        assert sum(map(len, exchange.chunks)) == 100_000


def test_a_stream_that_is_refused_names_what_the_server_says(server: Server) -> None:
    server.answers = [says(b"parse error at 3", 400)]
    with (
        door(server) as out,
        pytest.raises(FetchError, match="400 Bad Request: parse error at 3"),
        out.stream(server.url),
    ):
        pass


def test_a_packed_answer_is_unpacked(server: Server) -> None:
    server.answers = [says(gzip.compress(b"long" * 100), Content_Encoding="gzip")]
    with door(server) as out:
        assert out.ask(server.url).body == b"long" * 100
    assert server.asked[0][2]["accept-encoding"] == "gzip"


def test_the_endpoint_that_the_user_named_may_be_on_this_machine(server: Server) -> None:
    server.answers = [says(b"{}")]
    assert ask_endpoint(server.url, "ASK {}", accept="application/json", timeout_s=5) == b"{}"
    assert server.asked[0][3] == b"ASK {}"


def test_what_an_endpoint_complains_of_is_shown_but_no_markup(server: Server) -> None:
    server.answers = [says(b"no such prefix: foo", 400), says(b"<html>Bad</html>", 400)]
    with pytest.raises(FetchError, match="no such prefix: foo"):
        ask_endpoint(server.url, "x", accept="*/*", timeout_s=5)
    with pytest.raises(FetchError) as caught:
        ask_endpoint(server.url, "x", accept="*/*", timeout_s=5)
    assert "<html>" not in str(caught.value)


# --- bounds ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slow", [drips, drips_headers])
def test_the_deadline_holds_although_every_single_read_is_quick(server: Server, slow: Any) -> None:
    server.answers = [slow]
    with door(server, Policy(timeout_s=0.4)) as out:
        started = time.monotonic()
        with pytest.raises(FetchError, match=r"within 0\.4 s") as caught:
            out.ask(server.url)
    assert time.monotonic() - started < 2
    assert caught.value.temporary


def test_the_deadline_holds_where_nothing_comes_at_all() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with Door(Policy(timeout_s=0.3), allowed=["127.0.0.1"]) as out, pytest.raises(FetchError, match="no answer"):
            out.ask(f"http://127.0.0.1:{port}/")


def test_a_body_over_the_bound_is_an_error_also_when_it_is_packed(server: Server) -> None:
    server.answers = [says(b"x" * 5000), says(gzip.compress(b"x" * 5_000_000), Content_Encoding="gzip")]
    with door(server, Policy(max_bytes=1000)) as out:
        for _ in range(2):
            with pytest.raises(FetchError, match="more than 1,000 bytes"):
                out.ask(server.url)


def test_a_body_that_breaks_off_is_an_error(server: Server) -> None:
    server.answers = [breaks_off]
    with door(server) as out:
        with pytest.raises(FetchError, match="could not be fetched") as caught:
            out.ask(server.url)
        assert caught.value.temporary
        with pytest.raises(FetchError), out.stream(server.url) as exchange:
            list(exchange.chunks)


# --- the guard ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",  # noqa: S104
        "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:80ff:fffe",
    ],
)  # fmt: skip
def test_addresses_of_this_machine_and_its_network_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "198.35.26.96", "2620:0:860:ed1a::1", "64:ff9b::101:101"])
def test_addresses_of_the_world_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://example.org/", "gopher://example.org", "http://", "https:///path", "nonsense",
        "http://[::1", "http://example.org:99999/",
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(FetchError, match="address"):
        fetch(url)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "127.1", "0"])
def test_this_machine_is_refused_however_it_is_written(host: str, server: Server) -> None:
    server.answers = [says(b"secret")]
    with pytest.raises(FetchError):
        fetch(f"http://{host}:{server.port}/")
    assert server.asked == []


def test_only_the_named_port_of_a_private_host_is_allowed(server: Server) -> None:
    guard = Guard(frozenset({"127.0.0.1:1"}))
    with pytest.raises(FetchError, match="not a public address"):
        guard.check(server.url, server.url)


def test_a_redirect_to_a_private_address_is_refused(server: Server) -> None:
    inner = Server()
    inner.answers = [says(b"secret")]
    server.answers = [says(b"", 302, Location=inner.url)]
    with door(server) as out, pytest.raises(FetchError, match="not a public address"):
        out.ask(server.url)
    assert inner.asked == []
    inner.stop()


def test_a_name_that_means_another_machine_once_it_was_checked_is_refused(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers = [says(b"secret")]
    real, times = socket.getaddrinfo, []

    def rebinding(host: str, port: int, *rest: Any, **options: Any) -> Any:
        if host != "rebind.example":
            return real(host, port, *rest, **options)
        times.append(host)
        where = "93.184.216.34" if len(times) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (where, port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    with pytest.raises(FetchError, match=r"not a public address \(127"):
        fetch(f"http://rebind.example:{server.port}/")
    assert len(times) == 2
    assert server.asked == []


# --- redirects ---------------------------------------------------------------------------------------------------------


def test_redirects_are_followed_and_the_final_address_is_told(server: Server) -> None:
    server.answers = [says(b"", 301, Location="/one"), says(b"", 307, Location="two"), says(b"there")]
    with door(server) as out:
        answer = out.ask(server.url)
    assert (answer.body, answer.address) == (b"there", server.url + "two")


def test_endless_redirects_end(server: Server) -> None:
    server.answers = [says(b"", 302, Location="/again")]
    with door(server) as out, pytest.raises(FetchError, match="more than 5 redirects"):
        out.ask(server.url)
    assert len(server.asked) == 6


def test_credentials_do_not_travel_to_another_host(server: Server) -> None:
    other = Server()
    other.answers = [says()]
    server.answers = [says(b"", 307, Location=other.url)]
    with Door(allowed=["127.0.0.1"]) as out:
        out.ask(Request(server.url, headers={"Authorization": "Bearer x"}))
    assert server.asked[0][2]["authorization"] == "Bearer x"
    assert "authorization" not in other.asked[0][2]
    other.stop()


def test_a_post_becomes_a_get_after_303_and_stays_one_after_307(server: Server) -> None:
    server.answers = [says(b"", 303, Location="/a"), says(), says(b"", 307, Location="/b"), says()]
    with door(server) as out:
        out.ask(Request(server.url, "POST", {"Content-Type": "text/plain"}, b"body"))
        out.ask(Request(server.url, "POST", {"Content-Type": "text/plain"}, b"body"))
    assert [(method, body) for method, _, _, body in server.asked] == [
        ("POST", b"body"), ("GET", b""), ("POST", b"body"), ("POST", b"body"),
    ]  # fmt: skip


def test_cookies_are_not_kept(server: Server) -> None:
    server.answers = [says(Set_Cookie="a=b; Path=/")]
    with door(server) as out:
        out.ask(server.url)
        out.ask(server.url)
    assert "cookie" not in server.asked[1][2]


# --- trying again ------------------------------------------------------------------------------------------------------

PATIENT = Policy(attempts=4, first_wait_s=1.0, longest_wait_s=8.0, patience_s=1000)


def test_a_failing_server_is_asked_again_later_and_later(server: Server) -> None:
    server.answers = [says(b"", 503), breaks_off, says(b"", 502), says(b"at last")]
    waits: list[float] = []
    with door(server, PATIENT, sleep=waits.append, chance=lambda: 1.0) as out:
        assert out.ask(server.url).body == b"at last"
    assert waits == [1.0, 2.0, 4.0]


def test_waits_differ_by_chance_and_have_a_longest() -> None:
    assert backoff(0, first_s=2, longest_s=60, chance=0) == 1
    assert backoff(0, first_s=2, longest_s=60, chance=1) == 2
    assert backoff(50, first_s=2, longest_s=60, chance=1) == 60


def test_retry_after_is_obeyed_in_seconds_and_as_a_date(server: Server) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    server.answers = [says(b"", 429, Retry_After="7"), says(b"", 429, Retry_After=date), says()]
    waits: list[float] = []
    with door(server, PATIENT, sleep=waits.append) as out:
        out.ask(server.url)
    assert waits[0] == 7
    assert 35 < waits[1] <= 40


@pytest.mark.parametrize(("value", "seconds"), [(None, None), ("", None), ("soon", None), ("-3", 0), ("120", 120)])
def test_retry_after_is_read_where_it_can_be(value: str | None, seconds: float | None) -> None:
    assert retry_after(value) == seconds


def test_a_date_that_has_passed_asks_for_no_wait() -> None:
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0


def test_nobody_waits_longer_than_patience_lasts(server: Server) -> None:
    server.answers = [says(b"busy", 503, Retry_After="3600")]
    with (
        door(server, PATIENT, sleep=pytest.fail) as out,
        pytest.raises(FetchError, match="asks to wait 3600 s") as caught,
    ):
        out.ask(server.url)
    assert caught.value.status == 503
    assert len(server.asked) == 1


def test_a_refusal_is_final(server: Server) -> None:
    server.answers = [says(b"", 404)]
    with door(server, PATIENT, sleep=pytest.fail) as out, pytest.raises(FetchError, match="404 Not Found") as caught:
        out.ask(server.url)
    assert not caught.value.temporary
    assert len(server.asked) == 1


def test_what_may_do_harm_twice_is_sent_once(server: Server) -> None:
    server.answers = [says(b"", 503)]
    with door(server, PATIENT, sleep=lambda _: None) as out:
        for request in (Request(server.url, "POST", body=b"x"), Request(server.url, "PUT", body=iter([b"x"]))):
            with pytest.raises(FetchError):
                out.ask(request)
        assert len(server.asked) == 2
        with pytest.raises(FetchError):
            out.ask(Request(server.url, "POST", body=b"x", repeatable=True))
        assert len(server.asked) == 2 + 4


def test_an_answer_that_only_looks_fine_is_asked_for_again(server: Server) -> None:
    server.answers = [says(b"<html>Our servers are down"), says(b"{}")]
    with door(server, PATIENT, sleep=lambda _: None) as out:
        answer = out.ask(server.url, unwell=lambda got: "" if got.body.startswith(b"{") else "not JSON")
    assert answer.body == b"{}"


def test_a_host_that_stays_away_is_left_alone_for_a_while(server: Server) -> None:
    server.answers = [says(b"", 503)]
    with door(server, Policy(attempts=2, rest_s=60), sleep=lambda _: None) as out:
        with pytest.raises(FetchError, match="503"):
            out.ask(server.url)
        with pytest.raises(FetchError, match="not asked again for 60 s"):
            out.ask(server.url)
    assert len(server.asked) == 2


def test_requests_to_one_host_come_one_after_the_other_also_from_two_processes_cache(
    server: Server, tmp_path: Path
) -> None:
    def slow(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(0.05)
        says()(handler)

    server.answers = [slow]
    policy = Policy(serial=True)
    with (
        door(server, policy, cache=Cache(tmp_path / "c.sqlite")) as one,
        door(server, policy, cache=Cache(tmp_path / "c.sqlite")) as other,
    ):
        threads = [threading.Thread(target=out.ask, args=(server.url,)) for out in (one, one, other, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(server.asked) == 4
    assert server.most_together == 1


# --- the cache ---------------------------------------------------------------------------------------------------------


def test_an_answer_is_kept_until_it_expires(server: Server, tmp_path: Path) -> None:
    server.answers = [says(b"first", Content_Type="text/plain"), says(b"second")]
    with door(server, cache=Cache(tmp_path / "answers.sqlite")) as out:
        assert out.ask(server.url, cache_s=60).age_s is None
        again = out.ask(server.url, cache_s=60)
        assert (again.body, again.media_type) == (b"first", "text/plain")
        assert again.age_s is not None
        assert out.ask(server.url, cache_s=1e-9).body == b"second"
    assert len(server.asked) == 2


def test_what_is_kept_is_replayed_offline_however_old_and_nothing_else_is_asked(server: Server, tmp_path: Path) -> None:
    server.answers = [says(b"kept")]
    cache = Cache(tmp_path / "answers.sqlite")
    request = Request(server.url, "POST", {"Accept": "a/b"}, b"query", repeatable=True)
    with door(server, cache=cache) as out:
        out.ask(request, cache_s=60)
    server.stop()
    with door(server, cache=cache, offline=True) as out:
        assert out.ask(request).body == b"kept"
        for other in (Request(server.url, "POST", {"Accept": "c/d"}, b"query"), Request(server.url)):
            with pytest.raises(FetchError, match="offline, and no answer is kept"):
                out.ask(other)
        with pytest.raises(FetchError, match="offline"), out.stream(server.url):
            pass


def test_failures_and_answers_that_only_look_fine_are_never_kept(server: Server, tmp_path: Path) -> None:
    server.answers = [says(b"", 503), says(b"bad"), says(b"good")]
    cache = Cache(tmp_path / "answers.sqlite")
    with door(server, cache=cache) as out:
        with pytest.raises(FetchError):
            out.ask(server.url, cache_s=60)
        with pytest.raises(FetchError, match="looks bad"):
            out.ask(server.url, cache_s=60, unwell=lambda got: "looks bad" if got.body == b"bad" else "")
        assert cache.count() == 0
        assert out.ask(server.url, cache_s=60).body == b"good"
    assert cache.count() == 1


def test_what_was_given_to_somebody_in_particular_is_not_kept(server: Server, tmp_path: Path) -> None:
    server.answers = [says(b"private")]
    cache = Cache(tmp_path / "answers.sqlite")
    with door(server, cache=cache) as out:
        out.ask(Request(server.url, headers={"authorization": "Bearer x"}), cache_s=60)
    assert cache.count() == 0


def test_a_broken_cache_is_set_aside(server: Server, tmp_path: Path) -> None:
    server.answers = [says()]
    path = tmp_path / "answers.sqlite"
    path.write_bytes(b"this is no database, however long one reads it" * 100)
    with door(server, cache=Cache(path)) as out:
        assert out.ask(server.url, cache_s=60).body == b"fine"
        assert out.ask(server.url, cache_s=60).age_s is not None
    assert path.with_name("answers.sqlite.broken").exists()


def test_old_answers_can_be_forgotten(server: Server, tmp_path: Path) -> None:
    server.answers = [says()]
    cache = Cache(tmp_path / "answers.sqlite")
    with door(server, cache=cache) as out:
        out.ask(server.url, cache_s=60)
    assert cache.drop_older(3600) == 0
    assert cache.drop_older(-1) == 1
    assert cache.count() == 0


def test_an_error_survives_the_trip_back_from_a_worker() -> None:
    back = pickle.loads(pickle.dumps(FetchError("u", "why", status=503, temporary=True)))  # noqa: S301 - our own bytes
    assert (str(back), back.status, back.temporary) == ("u: why", 503, True)


def test_a_proxy_of_the_environment_is_used_and_private_targets_are_still_refused(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers = [says(b"by proxy")]
    monkeypatch.setenv("http_proxy", server.url)
    assert fetch("http://news.example/story")[0] == b"by proxy"
    assert server.asked[0][1] == "http://news.example/story"
    with pytest.raises(FetchError, match="not a public address"):
        fetch("http://10.0.0.1/")
