"""The store behind somebody else's SPARQL endpoint."""
