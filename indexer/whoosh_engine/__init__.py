"""The embedded engine: Whoosh's index in folders `index/<build>/`; `LIVE-<format>` names one."""

from indexer.whoosh_engine.engine import WhooshEngine

__all__ = ["WhooshEngine"]
