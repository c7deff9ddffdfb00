"""Fixtures of tests of the corpus."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="session")
def justice(replica: Any) -> Iterator[Any]:
    """The saved www.justice.gov on loopback; it takes half a second to end."""
    with replica.Replica("www.justice.gov") as opened:
        yield opened


@pytest.fixture
def site(justice: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The same for one test, which may set its rules and routes and read its log."""
    for name, own in (("rules", []), ("log", []), ("routes", {**justice.routes})):
        monkeypatch.setattr(justice, name, own)
    return justice


@pytest.fixture
def small(site: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """That site with its sixty newest releases alone, so that a whole walk is short."""
    newest = site.items("press_releases")[:60]
    monkeypatch.setattr(site, "items", lambda name: newest)
    return site
