"""A researcher's walk through the pages in real Chromium, scripts off."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from waitress.server import create_server

from corpus import Settings
from webui import create_app

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("needs Debian's chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def site(sample_settings: Settings) -> Iterator[str]:
    app = create_app(sample_settings)
    server = create_server(app, host="127.0.0.1", port=0)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(timeout=5)
    store, engine = app.extensions["communique"]
    engine.close()
    store.close()


@pytest.fixture(params=[(1280, 900), (360, 780)], ids=["desktop", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Page]:
    width, height = request.param
    context = browser.new_context(
        viewport={"width": width, "height": height}, java_script_enabled=False, base_url=site
    )
    yield context.new_page()
    context.close()


def test_search_follow_back_narrow_share(page: Page, browser: Browser) -> None:
    page.goto("/")
    page.get_by_label("Search the releases").fill("torture")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".hits mark").first).to_have_text("torture", ignore_case=True)
    before = page.locator(".summary .total").inner_text()

    page.locator(".hits h2 a").first.click()
    expect(page.locator(".text mark").first).to_be_visible()
    expect(page.locator(".facts")).to_contain_text("SHA-256")

    page.go_back()
    expect(page.locator(".summary .total")).to_have_text(before)
    page.locator(".filters").get_by_role("link", name="Department of Justice of Aldania").click()
    page.locator(".filters").get_by_role("link", name="2019").click()
    expect(page.locator(".chips li")).to_have_count(2)
    narrowed = page.locator(".hits h2").all_inner_texts()
    assert 0 < len(narrowed) < int(before)

    other = browser.new_context(java_script_enabled=False).new_page()
    other.goto(page.url)
    assert other.locator(".hits h2").all_inner_texts() == narrowed
    other.context.close()


@pytest.mark.parametrize(
    "path", ["/", "/?q=torture&year=2019", "/?q=xyzzy", "/offices", "/help", "/nowhere"]
)
def test_no_page_is_wider_than_the_screen(page: Page, path: str) -> None:
    page.goto(path)

    wanted = page.viewport_size
    assert wanted
    assert page.locator("body").bounding_box()["width"] <= wanted["width"]  # type: ignore[index]
    page.mouse.wheel(500, 0)
    assert page.locator(".brand").bounding_box()["x"] >= 0  # type: ignore[index]


def test_keyboard_alone_reaches_the_results(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.get_by_label("Search the releases").focus()
    page.keyboard.type('"human trafficking"')
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("q="))
    expect(page.locator(".hits h2 a").first).to_be_visible()
