"""An article to annotations: mentions, events, claims, times, tolls; links nothing and knows no RDF."""
