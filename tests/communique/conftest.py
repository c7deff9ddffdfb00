"""Shared by the tests of commands."""

from __future__ import annotations

import pytest

from indexer.jobs import probe
from tests.stalling import DEADLINE_S


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands run within a test await the index's answer for longer: the machine may be busy."""
    monkeypatch.setattr(probe, "LONGEST_S", DEADLINE_S)
