"""Texts to terms: the same for indexing, for queries and for highlighting."""
