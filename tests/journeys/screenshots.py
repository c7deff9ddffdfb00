"""The README's pictures, taken of invented releases: `make screenshots`."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.conftest import EDITED, sample_id

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
LARGEST_BYTES = 200_000
# What each shows: the fixture that serves it, and the page.
PICTURES = {
    "results": ("site", "/?q=torture"),
    "release-diff": ("changed_site", f"/releases/{sample_id(EDITED)}/differences?from=1&to=3"),
    "trends": ("site", "/trends?q=torture&q=fraud&step=year"),
    "coverage": ("site", "/coverage"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_taken(name: str, request: pytest.FixtureRequest, browser: Browser) -> None:
    fixture, path = PICTURES[name]
    size = {"width": 1440, "height": 900}
    page = browser.new_page(viewport=size, base_url=request.getfixturevalue(fixture))
    page.goto(path)
    file = FOLDER / f"{name}.png"
    page.screenshot(path=file)
    page.close()
    assert file.stat().st_size < LARGEST_BYTES
