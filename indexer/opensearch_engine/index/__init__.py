"""The cluster, its mappings, and how releases and words are written to it."""
