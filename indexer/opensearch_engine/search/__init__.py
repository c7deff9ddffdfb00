"""A query in the cluster's DSL, and a page of its results."""
