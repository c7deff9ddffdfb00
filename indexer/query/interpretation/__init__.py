"""What the words, phrases, patterns and values of a query mean as nodes over the index's fields."""
