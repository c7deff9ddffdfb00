"""The choice of an engine, above all engines, so that none imports upward."""

from __future__ import annotations

from corpus import Settings
from corpus.errors import SettingsError
from indexer.engine.interface import Engine
from indexer.engine.withholding import Withheld, nothing


def open_engine(settings: Settings, withheld: Withheld = nothing) -> Engine:
    """The engine that the settings name; it never shows what is `withheld`."""
    if settings.engine == "opensearch":
        try:
            from indexer.opensearch_engine import OpenSearchEngine
        except ModuleNotFoundError as error:
            raise SettingsError(
                f"{error.name} is not installed. In the checkout, run `.venv/bin/pip install"
                " --constraint constraints.txt --editable '.[opensearch]'`."
            ) from None
        return OpenSearchEngine(settings, withheld)
    from indexer.whoosh_engine import WhooshEngine

    return WhooshEngine(settings.index, settings.memory_mb, withheld)
