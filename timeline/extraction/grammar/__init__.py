"""Sentences, tokens, word forms, numbers, phrases and clauses: the grammar that every other stage reads."""
