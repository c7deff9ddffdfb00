"""The embedded engine: Whoosh's index in folders `index/<build>/`, the live one named by the file
`index/LIVE`.
"""

from indexer.whoosh_engine.engine import WhooshEngine

__all__ = ["WhooshEngine"]
