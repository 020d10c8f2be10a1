"""Queries of both versions of the protocol read into one form; whatever is wrong is named, and nothing is answered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from kg.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Sequence

Strict = Literal["any", "should", "all"]
BATCH_SIZE = 50
DEFAULT_LIMIT, MOST_CANDIDATES = 10, 100
_MOST_LETTERS = 1000  # of one name; longer cells are no names
_STRICTS: dict[object, Strict] = {"any": "any", "should": "should", "all": "all"}
_QUANTIFIERS = ("any", "all", "none")


@dataclass(frozen=True, slots=True)
class Condition:
    """What a property should have: `values` are texts or identifiers, of which any, all or none must agree."""

    property: str
    values: tuple[str, ...]
    required: bool = False
    quantifier: str = "any"


@dataclass(frozen=True, slots=True)
class Question:
    """One query. Without a name and an identifier, only the conditions choose."""

    name: str = ""
    ids: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    strict: Strict = "should"
    limit: int = DEFAULT_LIMIT
    conditions: tuple[Condition, ...] = ()


def batch_0_2(text: str) -> dict[str, Question]:
    """Read the parameter `queries`; raises `QueryError` 400 for what is no batch, 413 for more than `BATCH_SIZE`."""
    found = _parsed(text, "queries")
    if not isinstance(found, dict):
        raise QueryError("queries is not a JSON object of queries by their keys")
    _check_size(found, "queries")
    return {key: _question_0_2(query, f"queries.{key}") for key, query in found.items()}


def batch_1_0(text: str) -> tuple[Question, ...]:
    """Read the body of a match request; raises like `batch_0_2`."""
    found = _parsed(text, "the body")
    if not isinstance(found, dict) or not isinstance(found.get("queries"), list):
        raise QueryError('the body is not a JSON object with an array "queries"')
    _check_size(found["queries"], "queries")
    return tuple(_question_1_0(query, f"queries[{at}]") for at, query in enumerate(found["queries"]))


def extension(text: str, *, where: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Read a data extension query: the identifiers and the properties that are asked for."""
    found = _parsed(text, where)
    if not isinstance(found, dict):
        raise QueryError(f"{where} is not a JSON object")
    ids, wanted = found.get("ids"), found.get("properties")
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise QueryError(f"{where}.ids is not an array of strings")
    if not isinstance(wanted, list) or not all(
        isinstance(one, dict) and isinstance(one.get("id"), str) for one in wanted
    ):
        raise QueryError(f'{where}.properties is not an array of objects with an "id"')
    _check_size(ids, f"{where}.ids")
    return tuple(dict.fromkeys(ids)), tuple(dict.fromkeys(one["id"] for one in wanted))


def _parsed(text: str, where: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise QueryError(f"{where} is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise QueryError(f"{where} is nested too deeply") from error


def _check_size(found: Sequence[object] | dict[str, object], where: str) -> None:
    if len(found) > BATCH_SIZE:
        raise QueryError(f"{where} holds {len(found)}; at most {BATCH_SIZE} are taken at once", status=413)


def _question_0_2(query: object, where: str) -> Question:
    if not isinstance(query, dict):
        raise QueryError(f"{where} is not an object")
    properties = query.get("properties") or []
    if not isinstance(properties, list):
        raise QueryError(f"{where}.properties is not an array")
    if query.get("query") is None and not properties:
        raise QueryError(f'{where} has neither "query" nor "properties"')
    types = query.get("type") or []
    given = query.get("type_strict") or "should"
    strict = _STRICTS.get(given) if isinstance(given, str) else None
    if strict is None:
        raise QueryError(f"{where}.type_strict is {given!r}; it may be any, should or all")
    return Question(
        name=_name(query.get("query", ""), f"{where}.query"),
        types=_texts(types, f"{where}.type"),
        strict=strict,
        limit=_limit(query.get("limit"), f"{where}.limit"),
        conditions=tuple(_setting_0_2(one, f"{where}.properties[{at}]") for at, one in enumerate(properties)),
    )


def _setting_0_2(found: object, where: str) -> Condition:
    if not isinstance(found, dict) or not isinstance(found.get("pid"), str) or "v" not in found:
        raise QueryError(f'{where} is not an object with "pid" and "v"')
    return Condition(found["pid"], _values(found["v"], f"{where}.v"))


def _question_1_0(query: object, where: str) -> Question:
    if not isinstance(query, dict):
        raise QueryError(f"{where} is not an object")
    conditions = query.get("conditions")
    if not isinstance(conditions, list) or not conditions:
        raise QueryError(f"{where}.conditions is not an array with at least one condition")
    name, ids, rest = "", list[str](), []
    for at, found in enumerate(conditions):
        here = f"{where}.conditions[{at}]"
        if not isinstance(found, dict) or "propertyValue" not in found:
            raise QueryError(f'{here} is not an object with "propertyValue"')
        values, kind = _values(found["propertyValue"], f"{here}.propertyValue"), found.get("matchType")
        if kind == "name":
            name = name or _name(values[0] if values else "", here)
        elif kind == "id":
            ids.extend(values)
        elif kind == "property":
            rest.append(_condition_1_0(found, values, here))
        else:
            raise QueryError(f"{here}.matchType is {kind!r}; it may be name, id or property")
    kind = query.get("type")
    if kind is not None and not isinstance(kind, str):
        raise QueryError(f"{where}.type is not a string")
    limit = _limit(query.get("limit"), f"{where}.limit")
    return Question(name, tuple(ids), (kind,) if kind else (), "should", limit, tuple(rest))


def _condition_1_0(found: dict[str, Any], values: tuple[str, ...], where: str) -> Condition:
    if not isinstance(found.get("propertyId"), str):
        raise QueryError(f"{where}.propertyId is missing")
    quantifier, required = found.get("matchQuantifier") or "any", found.get("required", False)
    if quantifier not in _QUANTIFIERS:
        raise QueryError(f"{where}.matchQuantifier is {quantifier!r}; it may be any, all or none")
    if not isinstance(required, bool):
        raise QueryError(f"{where}.required is not true or false")
    return Condition(found["propertyId"], values, required, quantifier)


def _name(found: object, where: str) -> str:
    if not isinstance(found, str):
        raise QueryError(f"{where} is not a string")
    return " ".join(found[:_MOST_LETTERS].split())


def _texts(found: object, where: str) -> tuple[str, ...]:
    """Read one text or several; type objects count as their identifiers."""
    listed = found if isinstance(found, list) else [found]
    texts = [one.get("id") if isinstance(one, dict) else one for one in listed]
    known = tuple(one for one in texts if isinstance(one, str))
    if len(known) < len(texts):
        raise QueryError(f"{where} is neither a string nor an array of strings")
    return known


def _values(found: object, where: str) -> tuple[str, ...]:
    """Read property values: entities as their identifiers, truths and numbers as JSON writes them."""
    values = []
    for one in found if isinstance(found, list) else [found]:
        value = one.get("id") if isinstance(one, dict) else one
        if not isinstance(value, (str, int, float)):
            raise QueryError(f'{where} is neither a text, a number nor an object with an "id"')
        values.append(value.strip() if isinstance(value, str) else json.dumps(value))
    return tuple(value for value in values if value)


def _limit(found: object, where: str) -> int:
    if found is None:
        return DEFAULT_LIMIT
    if isinstance(found, bool) or not isinstance(found, (int, float)) or not found >= 1:
        raise QueryError(f"{where} is not a number of at least 1")
    return int(min(found, MOST_CANDIDATES))
