"""Full-text search over one store: an SQLite index beside it, brought up to date as the store changes; makes no pages."""

from kg.service.search.index import Facets, Hit, SearchIndex, Wanted

__all__ = ["Facets", "Hit", "SearchIndex", "Wanted"]
