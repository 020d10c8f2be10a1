"""Comunica, the query engine of the JavaScript world, against the running server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ..running import TOKEN  # noqa: TID252 - tests are no package with a name

if TYPE_CHECKING:
    from ..running import Running  # noqa: TID252

FOLDER = Path(__file__).parent / "comunica"
INSTALL = "npm install --prefix tests/clients/comunica"
COUNTS = "SELECT ?s ?n WHERE { ?s <http://x.example/count> ?n } ORDER BY ?n"


@pytest.fixture(scope="module")
def node() -> str:
    """Node, with Comunica installed; tests are skipped without, but not in CI, where a skipped check is no check."""
    found = shutil.which("node")
    reason = ""
    if found is None:
        reason = "node is not installed (Debian packages nodejs and npm)"
    elif not (FOLDER / "node_modules" / "@comunica" / "query-sparql").is_dir():
        reason = f"Comunica is not installed: {INSTALL}"
    if reason and os.environ.get("CI") == "true":
        pytest.fail(f"CI=true, but {reason}")
    if reason:
        pytest.skip(reason)
    return found or ""


def asked(node: str, *tasks: dict[str, Any]) -> list[Any]:
    done = subprocess.run(
        [node, "ask.mjs"], cwd=FOLDER, input=json.dumps(tasks).encode(), capture_output=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    answers: list[Any] = json.loads(done.stdout)
    assert len(answers) == len(tasks)
    return answers


def test_comunica_asks_of_every_kind_joins_documents_and_writes_with_the_token(node: str, server: Running) -> None:
    """All in one process, for the engine takes seconds to load."""
    endpoint = {"sources": [{"type": "sparql", "value": f"{server.address}/sparql"}]}
    guessed = {"sources": [f"{server.address}/sparql"]}
    graph = f"{server.address}/graphs?graph=http%3A%2F%2Fx.example%2Fg"
    label = "http://www.w3.org/2000/01/rdf-schema#label"
    writing = {"sources": endpoint["sources"], "destination": endpoint["sources"][0]}
    written = "INSERT DATA { GRAPH <http://x.example/comunica> { <http://x.example/c> <http://x.example/count> 9 } }"
    answers = asked(
        node,
        {"kind": "bindings", "query": COUNTS, "context": endpoint},
        {"kind": "bindings", "query": COUNTS, "context": guessed},
        {"kind": "boolean", "query": "ASK { ?s <http://x.example/count> 5 }", "context": endpoint},
        {"kind": "quads", "query": "CONSTRUCT WHERE { ?s <http://x.example/count> ?n }", "context": endpoint},
        {"kind": "bindings", "query": COUNTS, "context": {"sources": [graph]}},
        {
            "kind": "bindings",
            "query": f"SELECT ?l ?n WHERE {{ ?s <{label}> ?l ; <http://x.example/count> ?n }}",
            "context": {"sources": [*endpoint["sources"], graph]},
        },
        {"kind": "bindings", "query": "SELECT * WHERE { ?s ?p ?o . FILTER(false", "context": endpoint},
        {"kind": "void", "query": written, "context": writing, "token": "wrong"},
        {"kind": "void", "query": written, "context": writing, "token": TOKEN},
        {"kind": "void", "query": "DROP GRAPH <http://x.example/comunica>", "context": writing, "token": TOKEN},
    )
    selected, by_guess, boolean, quads, document, joined, broken, refused, done, dropped = answers
    assert [row["n"] for row in selected] == ["3", "4", "5"]
    assert by_guess == selected
    assert boolean is True
    assert sorted(quad[2] for quad in quads) == ["3", "4", "5"]
    assert [row["n"] for row in document] == ["4", "5"]
    assert {"l": 'comma, "quote"', "n": "4"} in joined
    assert "error" in broken
    assert "401" in refused["error"]
    assert done == "done", done
    assert dropped == "done", dropped
    assert server.query("ASK { GRAPH <http://x.example/comunica> {} }").text.count("true") == 0
