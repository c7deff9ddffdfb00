"""For tests that spoil index or catalog and ask at once how they are."""

from __future__ import annotations

import pytest

from indexer.jobs import probe


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer is kept for a second."""
    monkeypatch.setattr(probe, "FRESH_S", 0.0)
