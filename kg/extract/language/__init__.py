"""English text to tagged sentences, phrases and clauses; knows no names but those of countries, and no events."""
