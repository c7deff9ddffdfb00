"""The engines that a contract holds for, and where each keeps the index of a test."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest

from corpus import Settings

ENGINES = ("embedded", "opensearch")


def placed(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    """Settings with the engine of a fixture's parameter, an index of its own to each data folder.

    Skips where there is no OpenSearch.
    """
    if request.param == "embedded":
        return settings
    url: str = request.getfixturevalue("opensearch")
    name = sha256(str(settings.data).encode()).hexdigest()[:12]
    return replace(
        settings, engine="opensearch", opensearch_url=url, opensearch_index=f"test{name}"
    )
