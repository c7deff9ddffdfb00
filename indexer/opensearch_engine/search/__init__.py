"""A query in the cluster's words, and a page of what it answers."""
