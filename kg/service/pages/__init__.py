"""The data behind the pages, as plain frozen values read from a store; writes no HTML and knows no Flask."""

from kg.service.pages.article import ArticlePage, article_page, trial_page
from kg.service.pages.asking import Asker, Page, with_prefixes
from kg.service.pages.cards import ClaimCard, EventCard, Evidence, Ref, Toll, Voice
from kg.service.pages.claim import ClaimPage, claim_page
from kg.service.pages.entity import EntityPage, entity_page
from kg.service.pages.event import EventPage, event_page
from kg.service.pages.examples import Example, examples
from kg.service.pages.map import EventMap, Point
from kg.service.pages.overview import NewArticle, Overview, newest_articles, overview
from kg.service.pages.resource import ResourcePage, resource_graph, resource_page
from kg.service.pages.search import SearchPage, search_page
from kg.service.pages.sitemap import SITE_KINDS, SITE_PART, SiteEntry, site_entries
from kg.service.pages.terms import Alignment, Ontology, Term, ontology, ontology_graph, term, term_graph, terms

__all__ = [
    "SITE_KINDS",
    "SITE_PART",
    "Alignment",
    "ArticlePage",
    "Asker",
    "ClaimCard",
    "ClaimPage",
    "EntityPage",
    "EventCard",
    "EventMap",
    "EventPage",
    "Evidence",
    "Example",
    "NewArticle",
    "Ontology",
    "Overview",
    "Page",
    "Point",
    "Ref",
    "ResourcePage",
    "SearchPage",
    "SiteEntry",
    "Term",
    "Toll",
    "Voice",
    "article_page",
    "claim_page",
    "entity_page",
    "event_page",
    "examples",
    "newest_articles",
    "ontology",
    "ontology_graph",
    "overview",
    "resource_graph",
    "resource_page",
    "search_page",
    "site_entries",
    "term",
    "term_graph",
    "terms",
    "trial_page",
    "with_prefixes",
]
