"""Values to RDF: one article, its annotations and links become one contribution; stores nothing and reads no text itself.

`build_graph` gives people the article's named graph as an rdflib graph; `map_article` gives the store canonical bytes.
"""

from __future__ import annotations

from kg.mapping.contribution import MAPPING_VERSION, build_graph, map_article
from kg.mapping.datasets import ontology_triples, void_triples

__all__ = ["MAPPING_VERSION", "build_graph", "map_article", "ontology_triples", "void_triples"]
