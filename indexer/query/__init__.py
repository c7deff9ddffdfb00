"""From what a person typed to a query tree over the fields of the index."""
