"""Who acted on whom: the network of named actors as GraphML, for tools such as Gephi and Cytoscape.

http://graphml.graphdrawing.org/specification.html
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from kg.service.batches import LICENCE, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.store import Store

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <desc>{licence}</desc>
  <key id="label" for="node" attr.name="label" attr.type="string"/>
  <key id="type" for="node" attr.name="type" attr.type="string"/>
  <key id="wikidata" for="node" attr.name="wikidata" attr.type="string"/>
  <key id="relation" for="edge" attr.name="relation" attr.type="string"/>
  <key id="asserted" for="edge" attr.name="asserted" attr.type="boolean"/>
  <key id="weight" for="edge" attr.name="weight" attr.type="int"/>
  <graph id="actors" edgedefault="directed">
"""


def graphml(store: Store, *, without_text: bool = False) -> Iterator[bytes]:  # noqa: ARG001 - it holds no text
    """Yield the network: an edge for each pair and relation, weighted by events.

    `asserted` is false on edges that only sources claim: a blamed group and a guilty one are two edges.
    """
    edges: Counter[tuple[str, str, str, bool]] = Counter()
    labels: dict[str, str] = {}
    for row in rows(store, "acts"):
        relation = f"{_word(row['oneRole'])}-{_word(row['twoRole'])}"
        edges[row["one"], row["two"], relation, row["asserted"] == "true"] += 1
        labels[row["one"]], labels[row["two"]] = row["oneLabel"], row["twoLabel"]
    yield _HEAD.format(licence=escape(LICENCE)).encode()
    for row in rows(store, "entities"):
        if row["entity"] in labels:
            labels.pop(row["entity"])
            yield _node(row["entity"], row["label"], _word(row["type"]), row["wikidata"])
    for iri, label in sorted(labels.items()):
        yield _node(iri, label, "", "")
    for number, ((one, two, relation, asserted), weight) in enumerate(sorted(edges.items())):
        data = {"relation": relation, "asserted": str(asserted).lower(), "weight": str(weight)}
        inside = "".join(f'<data key="{key}">{escape(value)}</data>' for key, value in data.items())
        ends = f"source={quoteattr(one)} target={quoteattr(two)}"
        yield f'    <edge id="e{number}" {ends}>{inside}</edge>\n'.encode()
    yield b"  </graph>\n</graphml>\n"


def _node(iri: str, label: str, kind: str, wikidata: str) -> bytes:
    data = {"label": label, "type": kind, "wikidata": wikidata}
    inside = "".join(f'<data key="{key}">{escape(value)}</data>' for key, value in data.items() if value)
    return f"    <node id={quoteattr(iri)}>{inside}</node>\n".encode()


def _word(iri: str) -> str:
    return iri.rsplit("/", 1)[-1].rsplit("#", 1)[-1]
