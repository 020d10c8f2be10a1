"""Knowledge graphs from news about armed conflict: articles in, RDF with evidence out."""
