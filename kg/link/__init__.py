"""Names to Wikidata items, from an offline index; reads no article format and writes no RDF."""
