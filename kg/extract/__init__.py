"""An article to annotations: mentions, events, claims, times, tolls; links nothing and knows no RDF."""

from kg.extract.extractor import EXTRACTOR_VERSION, RuleExtractor, extract
from kg.rooms import callable_room

__all__ = ["EXTRACTOR_VERSION", "RuleExtractor", "extract"]

callable_room(__name__, extract)
