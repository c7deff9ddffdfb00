"""Fixtures of tests of the corpus."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture
def site(replica: Any) -> Iterator[Any]:
    """The saved www.justice.gov on loopback; a test may set its rules and read its log."""
    with replica.Replica("www.justice.gov") as opened:
        yield opened
