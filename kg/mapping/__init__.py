"""Values to RDF: one article, its annotations and links become one contribution; stores nothing."""
