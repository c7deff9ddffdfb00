"""axe finds nothing to complain of (WCAG 2.2 AA, best practices) on any page, in both themes."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.conftest import BACK, COPIED, EDITED, GONE, sample_id

pytestmark = pytest.mark.slow

# As axe names them; its rules for the levels A and AA of all versions.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": TAGS, "resultTypes": ["violations"]}
KAZAKH = quote("азаптау")
PATHS = [
    "/",
    "/?q=torture",
    "/?q=torture&year=2019&language=en&since=2017",
    f"/ru/?q={KAZAKH}",
    "/?q=xyzzy+torture&office=nobody",
    "/?q=torture&step=year&per=releases&size=10",
    "/?q=torture&office=sample_doj&topic=Human+Rights",
    "/concordance?q=torture&by=left",
    "/kk/concordance?q=torture",
    "/trends?q=torture&q=fraud&q=court&step=year",
    "/ru/trends?q=torture&per=words",
    "/collocates?q=torture&least=1",
    "/collocates?q=xyzzy",
    "/sample?q=torture&seed=1&codes=one,two",
    "/api/v1/docs",
    "/coverage",
    "/kk/coverage",
    "/edits",
    "/withheld",
    "/help",
    "/nowhere",
    *(f"/releases/{sample_id(each)}?q=torture" for each in (EDITED, GONE, BACK, COPIED)),
    f"/releases/{sample_id(EDITED)}/differences?from=1&to=3",
    f"/cases/{sample_id(EDITED)}",
]


# Each theme at one width: colors depend on the theme, room on the width.
@pytest.fixture(
    scope="module", params=[("light", 1280), ("dark", 360)], ids=["light-1280", "dark-360"]
)
def themed(request: pytest.FixtureRequest, browser: Browser, changed_site: str) -> Iterator[Page]:
    theme, width = request.param
    context = browser.new_context(
        color_scheme=theme, base_url=changed_site, viewport={"width": width, "height": 900}
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_nothing(themed: Page, path: str) -> None:
    themed.goto(path)
    for each in themed.locator("details summary").all():
        each.click()
    found = Axe().run(themed, options=OPTIONS).response["violations"]
    assert [(rule["id"], node["html"]) for rule in found for node in rule["nodes"]] == []
