"""Where compiled code is kept between processes."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from corpus import Settings

VARIABLE = "NUMBA_CACHE_DIR"


def keep_compiled_code(settings: Settings) -> None:
    """Keep it in the data folder where it cannot be kept beside the sources.

    Must be called before the engine is imported: Numba looks for its place then.
    """
    indexer = find_spec("indexer")  # which does not import it
    if VARIABLE in os.environ or (indexer and os.access(Path(str(indexer.origin)).parent, os.W_OK)):
        return
    if settings.data.is_dir() and os.access(settings.data, os.W_OK):
        os.environ[VARIABLE] = str(settings.data / "compiled")
