"""The graph as files for other tools: tables, a map, a network, articles; serialises no RDF, which every store does."""

from kg.service.exports.geojson import geojson
from kg.service.exports.graphml import graphml
from kg.service.exports.ninjs import ninjs
from kg.service.exports.package import tables

__all__ = ["geojson", "graphml", "ninjs", "tables"]
