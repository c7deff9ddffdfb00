"""The choice of an engine, above all engines, so that none imports upward."""

from __future__ import annotations

from corpus import Settings
from corpus.errors import SettingsError
from indexer.engine.interface import Engine


def open_engine(settings: Settings) -> Engine:
    """The engine that the settings name."""
    if settings.engine == "opensearch":
        try:
            from indexer.opensearch_engine import OpenSearchEngine
        except ModuleNotFoundError as error:
            raise SettingsError(
                f"{error.name} is not installed; run `pip install 'communique[opensearch]'`."
            ) from None
        return OpenSearchEngine(settings)
    from indexer.whoosh_engine import WhooshEngine

    return WhooshEngine(settings.index, settings.memory_mb)
