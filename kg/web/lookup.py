"""`/lookup` for type-ahead; `/reconcile` and `/reconcile/v1`, the Reconciliation API 0.2 and 1.0 draft; matches nothing itself."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from flask import Blueprint, Response, abort, current_app, g, make_response, redirect, render_template, request

from kg.errors import QueryError
from kg.iris import WIKIDATA
from kg.link import Linking
from kg.service import reconcile
from kg.service.reconcile import Directory, words
from kg.web.formats import is_browser
from kg.web.site import EXTENSION

if TYPE_CHECKING:
    from flask.blueprints import BlueprintSetupState

    from kg.service.reconcile import Known, Match

blueprint = Blueprint("lookup", __name__)

_DIRECTORY = "kg-directory"
_CALLBACK = re.compile(r"[A-Za-z_$][\w$.]{0,99}", re.ASCII)
_MOST, _USUAL = 50, 10  # entities of a type-ahead
_FARTHEST = 1000


@blueprint.record
def _open(state: BlueprintSetupState) -> None:
    site = state.app.extensions[EXTENSION]
    state.app.extensions[_DIRECTORY] = Directory(site.asker, Linking.of(site.config).index)


def directory() -> Directory:
    """Return the entities that the current app answers with."""
    return cast("Directory", current_app.extensions[_DIRECTORY])


# --- type-ahead -------------------------------------------------------------------------------------------------------


@blueprint.get("/lookup")
def lookup() -> Response:
    """Answer `q`, the beginning of a name, with entities: the store's first."""
    text, limit = request.args.get("q", ""), _whole("limit", _USUAL, 1, _MOST)
    found = reconcile.suggested(directory(), text, kind=_kind(), limit=limit)
    return _json({"query": text, "results": [_shown(entity) for entity in found]})


def _shown(entity: Known) -> dict[str, Any]:
    page = f"/page/entity/{quote(entity.id)}" if entity.in_store else None
    return {
        "id": entity.id,
        "label": entity.label,
        "description": entity.description,
        "types": _types(entity),
        "inStore": entity.in_store,
        "iri": f"{directory().base}{entity.id}",
        "page": page,
        "wikidata": f"{WIKIDATA}{entity.id}" if entity.id.startswith("Q") else None,
    }


# --- version 0.2 ------------------------------------------------------------------------------------------------------


@blueprint.route("/reconcile", methods=["GET", "POST"], strict_slashes=False)
def reconcile_0_2() -> Response:
    """Answer a batch of queries, a data extension, or with the manifest; people get a page."""
    if (queries := request.values.get("queries")) is not None:
        batch = reconcile.batch_0_2(queries)
        return _json({key: {"result": _result(reconcile.match(directory(), one))} for key, one in batch.items()})
    if (extension := request.values.get("extend")) is not None:
        meta, rows = reconcile.extend(directory(), *reconcile.extension(extension, where="extend"))
        # version 0.2 writes an empty object where there is no value
        filled = {row: {name: values or [{}] for name, values in cells.items()} for row, cells in rows.items()}
        return _json({"meta": meta, "rows": filled})
    if request.method == "POST":
        raise QueryError('send "queries" or "extend" as a field of a form')
    if is_browser(request) and not request.args:
        return _page()
    return _json(
        reconcile.manifest_0_2(_root("/reconcile"), entities=directory().base, version=_version()), varies=True
    )


def _result(found: tuple[Match, ...], *, named: bool = False) -> list[dict[str, Any]]:
    return [
        {
            "id": one.entity.id,
            "name": one.entity.label,
            "description": one.entity.description,
            "score": one.score,
            "match": one.certain,
            "type": _types(one.entity),
            "features": [
                {"id": name, **({"name": words.FEATURES[name].name} if named else {}), "value": value}
                for name, value in one.features().items()
            ],
        }
        for one in found
    ]


@blueprint.get("/reconcile/properties")
@blueprint.get("/reconcile/v1/extend/propose", endpoint="propose_1_0")
def propose() -> Response:
    """Propose what can be fetched for entities of a type."""
    kind, limit = request.args.get("type", ""), _whole("limit", _MOST, 1, _MOST)
    found = [_named(one) for one in reconcile.properties_for(kind)][:limit]
    return _json({"properties": found, "limit": limit, **({"type": kind} if kind else {})})


@blueprint.get("/reconcile/flyout/<what>")
def flyout(what: str) -> Response:
    """Tell in a few words of HTML what a suggestion is."""
    identifier = request.args.get("id", "")
    if what == "entity":
        known = directory().named_by(identifier) or directory().entity(identifier)
        html = render_template("flyout.html", entity=known, types=_types(known)) if known else ""
    else:
        said = _vocabulary(what).get(identifier)
        html = render_template("flyout.html", name=said.name, description=said.description) if said else ""
    if not html:
        abort(404, f"there is no {what} {identifier!r}")
    return _json({"id": identifier, "html": html})


def _vocabulary(what: str) -> dict[str, Any]:
    tables: dict[str, dict[str, Any]] = {"type": words.TYPES, "property": words.PROPERTIES}
    if what not in tables:
        abort(404, f"there are flyouts for entity, property and type, not for {what!r}")
    return tables[what]


# --- version 1.0 draft ------------------------------------------------------------------------------------------------


@blueprint.get("/reconcile/v1", strict_slashes=False)
def manifest_1_0() -> Response:
    """Say what the service can do; people get a page."""
    if is_browser(request) and not request.args:
        return _page()
    return _json(reconcile.manifest_1_0(_root("/reconcile/v1"), version=_version()), varies=True)


@blueprint.post("/reconcile/v1/match")
def match_1_0() -> Response:
    """Answer a batch of queries in their order."""
    batch = reconcile.batch_1_0(_body())
    return _json({"results": [{"candidates": _result(reconcile.match(directory(), one), named=True)} for one in batch]})


@blueprint.post("/reconcile/v1/extend")
def extend_1_0() -> Response:
    """Fetch properties of entities."""
    meta, rows = reconcile.extend(directory(), *reconcile.extension(_body(), where="the body"))
    listed = [
        {"id": row, "properties": [{"id": name, "values": values} for name, values in cells.items()]}
        for row, cells in rows.items()
    ]
    return _json({"meta": meta, "rows": listed})


# --- both versions ----------------------------------------------------------------------------------------------------


@blueprint.get("/reconcile/suggest/<what>")
@blueprint.get("/reconcile/v1/suggest/<what>", endpoint="suggest_1_0")
def suggest(what: str) -> Response:
    """Complete the beginning of an entity's, type's or property's name."""
    text, skip = request.args.get("prefix", ""), _whole("cursor", 0, 0, _FARTHEST)
    limit = _whole("limit", _USUAL if what == "entity" else _MOST, 1, _MOST)
    if what == "entity":
        # clients pass on whatever type the user typed; one that nobody knows is no reason to suggest nothing
        kind = words.type_id(request.args.get("type", ""))
        found = reconcile.suggested(directory(), text, kind=kind, limit=limit, skip=skip)
        return _json({"result": [_suggestion(entity) for entity in found]})
    if what == "type":
        types = reconcile.suggest_types(text)[skip : skip + limit]
        return _json({"result": [_type_suggestion(one) for one in types]})
    if what != "property":
        abort(404, f"entity, property and type can be suggested, not {what!r}")
    properties = reconcile.suggest_properties(text)[skip : skip + limit]
    return _json({"result": [_named(one) for one in properties]})


def _suggestion(entity: Known) -> dict[str, Any]:
    shown = {"id": entity.id, "name": entity.label, "notable": _types(entity)}
    return {**shown, "description": entity.description} if entity.description else shown


def _type_suggestion(one: words.Type) -> dict[str, Any]:
    found: dict[str, Any] = _named(one)
    return {**found, "broader": [words.type_object(one.broader)]} if one.broader else found


def _named(one: words.Type | words.Property) -> dict[str, Any]:
    return {"id": one.id, "name": one.name, "description": one.description}


@blueprint.get("/reconcile/preview")
@blueprint.get("/reconcile/v1/preview", endpoint="preview_1_0")
def preview() -> Response:
    """Show an entity in a small page that other sites may frame."""
    g.may_be_framed = True
    identifier = request.args.get("id", "")
    entity = directory().named_by(identifier) or directory().entity(identifier)
    if entity is None:
        abort(404, f"there is no entity {identifier!r}")
    country = directory().entity(entity.country) if entity.country not in ("", entity.id) else None
    counts = directory().counts(entity.id)
    return make_response(
        render_template("preview.html", entity=entity, types=_types(entity), country=country, counts=counts)
    )


@blueprint.get("/reconcile/view")
@blueprint.get("/reconcile/v1/view", endpoint="view_1_0")
def view() -> Response:
    """Lead to the entity's page here, or to its item where the store does not speak of it."""
    identifier = request.args.get("id", "")
    entity = directory().named_by(identifier) or directory().entity(identifier)
    if entity is None:
        abort(404, f"there is no entity {identifier!r}")
    place = f"/page/entity/{quote(entity.id)}" if entity.in_store else f"https://www.wikidata.org/wiki/{entity.id}"
    return make_response(redirect(place, 303))


def _page() -> Response:
    """Explain the service to people, with a form to try; the form is answered on the same page."""
    answer = make_response(
        render_template(
            "reconcile.html",
            root=_root("/reconcile"),
            types=tuple(words.TYPES.values()),
            properties=tuple(words.PROPERTIES.values()),
            features=tuple(words.FEATURES.values()),
            batch_size=reconcile.BATCH_SIZE,
        )
    )
    answer.vary.add("Accept")
    return answer


@blueprint.get("/reconcile/try")
def attempt() -> Response:
    """Answer the form of the page: one name and perhaps a type, candidates as a table."""
    name, kind = " ".join(request.args.get("name", "").split())[:200], _kind()
    question = reconcile.Question(name=name, types=(kind,) if kind else ())
    found = reconcile.match(directory(), question) if name else ()
    rows = [(one, _types(one.entity)) for one in found]
    return make_response(
        render_template("reconcile_try.html", name=name, kind=kind, types=tuple(words.TYPES.values()), rows=rows)
    )


def _types(entity: Known) -> list[dict[str, str]]:
    return [words.type_object(kind) for kind in entity.types]


def _kind() -> str:
    """Read the parameter `type`; what nobody knows is refused, because silence would look like no entities."""
    given = request.args.get("type", "")
    found = words.type_id(given) if given else ""
    if given and not found:
        raise QueryError(f"type={given} is unknown; known are {', '.join(words.TYPES)}")
    return found


def _whole(name: str, usual: int, least: int, most: int) -> int:
    given = request.args.get(name, "")
    if not given:
        return usual
    if not given.isascii() or not given.isdigit() or int(given[:9]) < least:
        raise QueryError(f"{name}={given} is not a whole number of at least {least}")
    return min(int(given[:9]), most)


def _body() -> str:
    try:
        return request.get_data().decode("utf-8")
    except UnicodeDecodeError as error:
        raise QueryError(f"the body is not UTF-8 (byte {error.start})") from error


@cache
def _version() -> str:
    try:
        return version("conflict-news-kg")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "0"


def _root(path: str) -> str:
    return f"{request.host_url.rstrip('/')}{path}"


def _json(value: object, *, varies: bool = False) -> Response:
    """Answer JSON, or JavaScript that calls `callback` with it, which version 0.2 asks for."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    callback = "" if request.path.startswith("/reconcile/v1") else request.args.get("callback", "")
    if not callback:
        answer = Response(text, mimetype="application/json")
    elif _CALLBACK.fullmatch(callback):
        # the comment keeps a chosen name from being the first bytes of the answer; two characters end a line in old JavaScript
        safe = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
        answer = Response(f"/**/{callback}({safe});", mimetype="application/javascript")
    else:
        raise QueryError("callback is not the name of a JavaScript function")
    answer.headers["Cache-Control"] = "no-cache"
    if varies:
        answer.vary.add("Accept")
    return answer
