"""The distributed engine: an index on an OpenSearch cluster; an alias names the live build."""

from indexer.opensearch_engine.engine import OpenSearchEngine

__all__ = ["OpenSearchEngine"]
