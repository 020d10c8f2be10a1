"""What made an article's graph: the software, the extractor with its model, the index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdflib import RDF, Graph
from rdflib.namespace import PROV, SDO

from kg.mapping import map_article

if TYPE_CHECKING:
    from kg.iris import Iris
    from kg.model import Annotations, Article, Links


def test_a_run_names_its_software_its_extractor_and_its_index(
    article: Article, annotations: Annotations, links: Links, iris: Iris
) -> None:
    found = map_article(article, annotations, links, iris=iris, fingerprint="f", extractor="3 with model 0.4")
    graph = Graph().parse(data=found.triples, format="nt")
    for facts in found.entities:
        graph.parse(data=facts.triples, format="nt")
    activity = next(graph.subjects(RDF.type, PROV.Activity))
    used = {
        str(graph.value(node, SDO.name)): str(graph.value(node, SDO.version))
        for node in graph.objects(activity, PROV.used)
    }
    assert used["extractor"] == "3 with model 0.4"
    assert used["index"] == "2026-01"
    software = graph.value(activity, PROV.wasAssociatedWith)
    assert (software, RDF.type, PROV.SoftwareAgent) in graph


def test_annotations_made_by_people_name_no_extractor(
    article: Article, annotations: Annotations, links: Links, iris: Iris
) -> None:
    found = map_article(article, annotations, links, iris=iris, fingerprint="f")
    assert b"/id/extractor/" not in found.triples
    assert not any("/id/extractor/" in facts.iri for facts in found.entities)
