"""Questions to Wikidata: search by name, items by number, classes above a class; believes no answer that is not what it asked for.

Follows the etiquette of Wikimedia's APIs (mediawiki.org, "API:Etiquette"): one request at a time, `maxlag`, `Retry-After`, a
contact address. Every failure is a `FetchError`; what is read out of the answers stands in `items`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from kg.errors import FetchError
from kg.fetch import Policy, Request
from kg.link.wikidata.items import LANGUAGES, SUBCLASS, Item, read_item

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kg.fetch import Answer, Door

BATCH = 50  # ids that one wbgetentities may ask for
_MAXLAG_S = 5  # what the etiquette asks of bots
CACHE_S = 30 * 86_400.0  # what an item says changes slowly
_JSON = "application/json"
_RESULTS = "application/sparql-results+json"
# Error codes that mean "not now" (mediawiki.org, "API:Errors and warnings"); every other code is a refusal.
_LATER = ("maxlag", "readonly", "ratelimited", "internal_api_error")
_UNKNOWN_ID = "no-such-entity"
_QID = re.compile(r"Q[1-9]\d{0,11}")
_MOST_SAID = 300
_MOST_SEARCHED = 250  # characters; the API refuses longer ones
_ABOVE = f"""
SELECT DISTINCT ?class ?above ?label WHERE {{
  VALUES ?start {{ %s }}
  ?start wdt:{SUBCLASS}* ?class . ?class wdt:{SUBCLASS} ?above .
  OPTIONAL {{ ?above rdfs:label ?label FILTER(LANG(?label) = "en") }}
}}
"""
# How a door to Wikidata behaves: patient with one request, but a build must not wait for a host that stays away.
POLICY = Policy(timeout_s=30, patience_s=120, attempts=5, first_wait_s=1, longest_wait_s=30, serial=True, rest_s=120)


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where Wikidata is."""

    api: str = "https://www.wikidata.org/w/api.php"
    data: str = "https://www.wikidata.org/wiki/Special:EntityData/"
    sparql: str = "https://query.wikidata.org/sparql"


@dataclass(frozen=True, slots=True)
class Found:
    """Items by the number that was asked for. `moved` leads from merged items to what they are now; `gone` were deleted."""

    items: dict[str, Item]
    moved: dict[str, str]
    gone: frozenset[str]


class Wikidata:
    """Asks through one door. `cache_s`: how old a kept answer may be."""

    def __init__(self, door: Door, endpoints: Endpoints | None = None, *, cache_s: float = CACHE_S) -> None:
        self._door = door
        self._at = endpoints or Endpoints()
        self._cache_s = cache_s

    def search(self, name: str, *, limit: int = 7) -> tuple[str, ...]:
        """Return the items that a name may mean, as Wikidata ranks them."""
        asked = {"action": "wbsearchentities", "search": name[:_MOST_SEARCHED], "language": "en", "uselang": "en"}
        found = self._api({**asked, "type": "item", "limit": str(limit)}, holds="search")
        return tuple(
            hit["id"] for hit in found["search"] if isinstance(hit, dict) and _QID.fullmatch(str(hit.get("id")))
        )

    def items(self, qids: Iterable[str]) -> Found:
        """Fetch items, 50 at a time; each one asked for is in the answer as an item, as moved or as gone."""
        wanted = [qid for qid in dict.fromkeys(qids) if _QID.fullmatch(qid)]
        items: dict[str, Item] = {}
        moved: dict[str, str] = {}
        for start in range(0, len(wanted), BATCH):
            for asked, item in self._batch(wanted[start : start + BATCH]):
                items[item.qid] = item
                if asked != item.qid:
                    moved[asked] = item.qid
        # the batch forgets what it does not know; the item's own page says whether it was merged or deleted
        for qid in [qid for qid in wanted if qid not in items and qid not in moved]:
            page = self.entity_data(qid)
            if page is not None:
                items[page.qid] = page
                if page.qid != qid:
                    moved[qid] = page.qid
        return Found(items, moved, frozenset(qid for qid in wanted if qid not in items and qid not in moved))

    def entity_data(self, qid: str) -> Item | None:
        """Fetch one item from its own page, following a merge; `None` when it is gone."""
        request = Request(f"{self._at.data}{qid}.json", headers={"Accept": _JSON}, accepted=(200, 404, 410))
        answer = self._door.ask(request, cache_s=self._cache_s, unwell=_unwell_page)
        if answer.status != 200:
            return None
        entities = _entities(json.loads(answer.body))
        found = entities.get(qid) or next(iter(entities.values()), None)
        return _present(found)

    def above(self, classes: Sequence[str]) -> dict[str, tuple[tuple[str, str], ...]]:
        """Return for each class in the tree over these ones the classes right above it, as `(id, English label)`."""
        wanted = " ".join(f"wd:{qid}" for qid in dict.fromkeys(classes) if _QID.fullmatch(qid))
        if not wanted:
            return {}
        query = " ".join((_ABOVE % wanted).split())
        headers = {"Accept": _RESULTS, "Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode({"query": query}).encode()
        request = Request(self._at.sparql, "POST", headers, body, repeatable=True)
        answer = self._door.ask(request, cache_s=self._cache_s, unwell=_unwell_results)
        tree: dict[str, list[tuple[str, str]]] = {}
        for row in json.loads(answer.body)["results"]["bindings"]:
            lower, upper = _local(row, "class"), _local(row, "above")
            if lower and upper:
                tree.setdefault(lower, []).append((upper, str(row.get("label", {}).get("value", ""))))
        return {lower: tuple(sorted(set(uppers))) for lower, uppers in tree.items()}

    # --- asking -------------------------------------------------------------------------------------------------------

    def _batch(self, qids: list[str]) -> Iterator[tuple[str, Item]]:
        """Yield `(number asked for, item)`; an unknown number makes the API refuse the whole batch, so it is asked without."""
        while qids:
            asked = {"action": "wbgetentities", "ids": "|".join(qids), "languages": "|".join(LANGUAGES)}
            props = "info|labels|aliases|descriptions|claims|sitelinks"
            found = self._api({**asked, "props": props, "redirects": "yes"}, holds="entities")
            if "entities" in found:
                break
            unknown = str(found["error"].get("id", ""))
            if unknown not in qids:
                raise FetchError(self._at.api, f"refused: {found['error']}"[:_MOST_SAID])
            qids = [qid for qid in qids if qid != unknown]
        else:
            return
        for key, entity in found["entities"].items():
            item = _present(entity)
            if item is not None:
                yield key, item

    def _api(self, parameters: dict[str, str], *, holds: str) -> dict[str, Any]:
        """Ask the action API; `holds` is the key without which an answer is none."""
        query = urlencode({**parameters, "format": "json", "formatversion": "1", "maxlag": str(_MAXLAG_S)})

        def unwell(answer: Answer) -> str:
            found, complaint = _parsed(answer, _JSON)
            if complaint or "error" not in found:
                return complaint or (
                    "" if isinstance(found.get(holds), (dict, list)) else f"an answer without “{holds}”"
                )
            error = found["error"] if isinstance(found["error"], dict) else {"code": str(found["error"])}
            code, said = str(error.get("code", "")), str(error.get("info", ""))
            if code.startswith(_LATER):
                return f"{code}: {said}"[:_MOST_SAID]
            if code != _UNKNOWN_ID:
                raise FetchError(self._at.api, f"refused ({code}: {said})"[:_MOST_SAID])
            return ""

        answer = self._door.ask(
            Request(f"{self._at.api}?{query}", headers={"Accept": _JSON}), cache_s=self._cache_s, unwell=unwell
        )
        found: dict[str, Any] = json.loads(answer.body)
        return found


def _parsed(answer: Answer, media_type: str) -> tuple[dict[str, Any], str]:
    """Return the JSON object of an answer, or what keeps it from being one: error pages come with status 200, too."""
    if answer.media_type != media_type:
        return {}, f"not {media_type} but {answer.media_type or 'an answer without type'}"
    try:
        found = json.loads(answer.body)
    except ValueError:
        return {}, "JSON that breaks off or is broken"
    return (found, "") if isinstance(found, dict) else ({}, "JSON that is no object")


def _unwell_page(answer: Answer) -> str:
    if answer.status != 200:
        return ""
    found, complaint = _parsed(answer, _JSON)
    return complaint or ("" if _entities(found) else "an answer without “entities”")


def _unwell_results(answer: Answer) -> str:
    found, complaint = _parsed(answer, _RESULTS)
    results = found.get("results")
    rows = results.get("bindings") if isinstance(results, dict) else None
    return complaint or ("" if isinstance(rows, list) else "an answer without results")


def _entities(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    entities = found.get("entities")
    return (
        {key: value for key, value in entities.items() if isinstance(value, dict)} if isinstance(entities, dict) else {}
    )


def _present(entity: object) -> Item | None:
    if not isinstance(entity, dict) or "missing" in entity or not _QID.fullmatch(str(entity.get("id", ""))):
        return None
    return read_item(entity)


def _local(row: dict[str, Any], name: str) -> str:
    found = str(row.get(name, {}).get("value", "")).rpartition("/")[2]
    return found if _QID.fullmatch(found) else ""
