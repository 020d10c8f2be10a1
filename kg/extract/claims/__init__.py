"""Attributed statements, and the events that they are about; decides nothing about what is true."""

from kg.extract.claims.find import attach, find_claims

__all__ = ["attach", "find_claims"]
