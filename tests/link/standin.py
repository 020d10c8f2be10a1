"""A stand-in for Wikidata on loopback: the three interfaces, from a small invented world, and every way of misbehaving on demand."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections import deque
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

CLASSES = {
    "Q100": ("human", ()),
    "Q101": ("militia", ("Q103",)),
    "Q102": ("harbour town of Norland", ("Q104",)),
    "Q103": ("armed group", ()),
    "Q104": ("human settlement", ()),
    "Q105": ("sort of gathering", ("Q106",)),
    "Q106": ("congregation", ("Q103",)),
    "Q107": ("sovereign state", ()),
    "Q108": ("novel", ()),
}


def value(kind: str, content: Any, rank: str = "normal") -> dict[str, Any]:
    return {"mainsnak": {"snaktype": "value", "datavalue": {"type": kind, "value": content}}, "rank": rank}


def item_value(qid: str, rank: str = "normal") -> dict[str, Any]:
    return value("wikibase-entityid", {"entity-type": "item", "id": qid}, rank)


def nothing(snaktype: str, rank: str = "normal") -> dict[str, Any]:
    return {"mainsnak": {"snaktype": snaktype}, "rank": rank}


def day(text: str, precision: int, rank: str = "normal") -> dict[str, Any]:
    return value("time", {"time": text, "precision": precision}, rank)


def point(latitude: float, longitude: float, globe: str = "http://www.wikidata.org/entity/Q2") -> dict[str, Any]:
    return value("globecoordinate", {"latitude": latitude, "longitude": longitude, "globe": globe})


def entity(qid: str, label: str, *aliases: str, links: int = 20, language: str = "en", **claims: Any) -> dict[str, Any]:
    return {
        "type": "item",
        "id": qid,
        "labels": {language: {"language": language, "value": label}},
        "aliases": {"en": [{"language": "en", "value": alias} for alias in aliases]} if aliases else [],
        "descriptions": {"en": {"language": "en", "value": f"thing called {label}"}},
        "claims": claims,
        "sitelinks": {f"wiki{at}": {} for at in range(links)},
    }


def world() -> dict[str, dict[str, Any]]:
    """Items by number; their labels occur nowhere else, so that nothing but this stand-in can know them."""
    found = {
        "Q4000000901": entity("Q4000000901", "Zorvania", links=250, P31=[item_value("Q107")]),
        "Q4000000902": entity(
            "Q4000000902", "Quorl Brigade", "Quorlites", links=12, P31=[item_value("Q101")], P17=[item_value("Q4000000901")],
            P571=[day("+2014-00-00T00:00:00Z", 9)],
        ),
        "Q4000000903": entity(
            "Q4000000903", "Port Vexley", links=30, P31=[item_value("Q102")], P17=[item_value("Q4000000901")], P625=[point(12.5, 44.25)],
        ),
        "Q4000000904": entity(
            "Q4000000904", "Ilmar Dravenko", links=15, P31=[item_value("Q100")], P27=[item_value("Q4000000901")],
            P569=[day("+1957-03-00T00:00:00Z", 10)], P570=[day("+2020-01-03T00:00:00Z", 11)],
        ),
        "Q4000000905": entity("Q4000000905", "Assembly of Tessar", links=9, P31=[item_value("Q105")], P17=[item_value("Q4000000901")]),
        "Q4000000906": entity("Q4000000906", "The Vexley Mystery", links=3, P31=[item_value("Q108")]),
        "Q4000000907": entity("Q4000000907", "Vexleyport", links=2, language="fr", P31=[item_value("Q102")], P17=[item_value("Q4000000901")]),
    }  # fmt: skip
    for qid, (label, above) in CLASSES.items():
        found[qid] = entity(qid, label, P279=[item_value(one) for one in above])
    return found


def _soon() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=9), usegmt=True)


_LAG = {"error": {"code": "maxlag", "info": "Waiting for a database: 6 seconds lagged.", "lag": 6}}
_DOWN = b"<!DOCTYPE html><title>Wikimedia Error</title><p>Our servers are currently down"
# Answers that take the place of the right one: status, headers, body, media type (given that of the right one).
PLAYED: dict[str, Callable[[str], tuple[int, dict[str, str], bytes, str]]] = {
    "429 seconds": lambda _: (429, {"Retry-After": "7"}, b"slow down", "text/plain"),
    "429 date": lambda _: (429, {"Retry-After": _soon()}, b"slow down", "text/plain"),
    "503": lambda _: (503, {}, b"backend fetch failed", "text/plain"),
    "maxlag": lambda usual: (200, {"Retry-After": "5"}, json.dumps(_LAG).encode(), usual),
    "error page": lambda _: (200, {}, _DOWN, "text/html"),
    "other answer": lambda usual: (200, {}, b'{"batchcomplete": ""}', usual),
}


class StandIn:
    """`trouble` is played before the next answers, one for each request; `asked` remembers the requests."""

    def __init__(self) -> None:
        self.items = world()
        self.moved: dict[str, str] = {}
        self.gone: set[str] = set()
        self.trouble: deque[str] = deque()
        self.always = ""
        self.only_at = ""  # a path that trouble is kept to
        self.asked: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self.stalled_s = 3.0
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
                parts = urlsplit(self.path)
                query = parts.query or self.rfile.read(length).decode()
                given = {key: values[0] for key, values in parse_qs(query).items()}
                headers = {name.lower(): text for name, text in self.headers.items()}
                outer.asked.append((parts.path, given, headers))
                here = not outer.only_at or parts.path.startswith(outer.only_at)
                trouble = (outer.trouble.popleft() if outer.trouble else outer.always) if here else ""
                outer._play(self, trouble, parts.path, given)

            do_GET = do_POST = answer  # noqa: N815 - the names that http.server calls

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._http.server_address[1]}"
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def paths(self) -> list[str]:
        return [path for path, _, _ in self.asked]

    # --- misbehaving ------------------------------------------------------------------------------------------------------

    def _play(self, to: BaseHTTPRequestHandler, trouble: str, path: str, given: dict[str, str]) -> None:
        status, body, media_type = self._answer(path, given)
        headers: dict[str, str] = {}
        if trouble == "stall":
            time.sleep(self.stalled_s)
        elif trouble == "cut off":
            self._send(to, status, {"Content-Type": media_type}, body[:9], claimed=len(body))
            to.close_connection = True
            return
        elif trouble == "truncated":
            body = body[: len(body) // 2]
        elif trouble == "wrong type":
            media_type = "text/plain"
        elif trouble == "redirect":
            status, headers, body = 302, {"Location": to.path}, b""
        elif trouble:
            status, headers, body, media_type = PLAYED[trouble](media_type)
        if status == 200 and "gzip" in to.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"], body = "gzip", gzip.compress(body)
        self._send(to, status, {**headers, "Content-Type": media_type}, body)

    @staticmethod
    def _send(
        to: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes, claimed: int | None = None
    ) -> None:
        to.send_response(status)
        for name, text in headers.items():
            to.send_header(name, text)
        to.send_header("Content-Length", str(len(body) if claimed is None else claimed))
        to.end_headers()
        to.wfile.write(body)

    # --- answering --------------------------------------------------------------------------------------------------------

    def _answer(self, path: str, given: dict[str, str]) -> tuple[int, bytes, str]:
        if path == "/w/api.php" and given.get("action") == "wbsearchentities":
            return 200, json.dumps(self._search(given)).encode(), "application/json; charset=utf-8"
        if path == "/w/api.php" and given.get("action") == "wbgetentities":
            return 200, json.dumps(self._entities(given["ids"].split("|"))).encode(), "application/json; charset=utf-8"
        if path.startswith("/wiki/Special:EntityData/"):
            qid = path.rpartition("/")[2].removesuffix(".json")
            now = self.moved.get(qid, qid)
            if now not in self.items:
                return 404, b"<p>No entity", "text/html"
            return 200, json.dumps({"entities": {now: self.items[now]}}).encode(), "application/json"
        if path == "/sparql":
            return 200, json.dumps(self._above(given["query"])).encode(), "application/sparql-results+json"
        return 404, b"", "text/plain"

    def _search(self, given: dict[str, str]) -> dict[str, Any]:
        wanted = given["search"].casefold()
        hits = []
        for qid, found in self.items.items():
            names = [label["value"] for label in found["labels"].values()]
            names += [alias["value"] for aliases in (found["aliases"] or {}).values() for alias in aliases]
            if qid not in CLASSES and any(name.casefold().startswith(wanted) for name in names):
                hits.append({"id": qid, "label": names[0]})
        return {"search": hits[: int(given["limit"])], "success": 1}

    def _entities(self, qids: list[str]) -> dict[str, Any]:
        if len(qids) > 50:
            return {"error": {"code": "toomanyvalues", "info": "Too many values"}}
        found: dict[str, Any] = {}
        for qid in qids:
            now = self.moved.get(qid, qid)
            if qid in self.gone:
                found[qid] = {"id": qid, "missing": ""}
            elif now not in self.items:
                return {"error": {"code": "no-such-entity", "info": f"Could not find {qid}", "id": qid}}
            else:
                redirect = {"redirects": {"from": qid, "to": now}} if now != qid else {}
                found[qid] = {**self.items[now], **redirect}
        return {"entities": found, "success": 1}

    @staticmethod
    def _above(query: str) -> dict[str, Any]:
        rows, waiting = [], [word.removeprefix("wd:") for word in query.split() if word.startswith("wd:")]
        while waiting:
            lower = waiting.pop()
            for upper in CLASSES.get(lower, ("", ()))[1]:
                place = "http://www.wikidata.org/entity/"
                label = {"type": "literal", "value": CLASSES[upper][0]}
                rows.append(
                    {
                        "class": {"type": "uri", "value": place + lower},
                        "above": {"type": "uri", "value": place + upper},
                        "label": label,
                    }
                )
                waiting.append(upper)
        return {"head": {"vars": ["class", "above", "label"]}, "results": {"bindings": rows}}
