"""A query tree on arrays: what matches, its scores, and a page of it."""
