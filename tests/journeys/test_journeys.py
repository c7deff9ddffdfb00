"""What people come for, walked to its end in a browser: with scripts and without, on a phone and a
large screen, and by the keyboard alone.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from corpus import Store
from indexer.analysis.analyzer import words
from tests.conftest import EDITED, sample_id

pytestmark = pytest.mark.slow

WAYS = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 360, "height": 780}},
    "no-scripts": {"viewport": {"width": 1280, "height": 900}, "java_script_enabled": False},
    "dark-4k": {"viewport": {"width": 3840, "height": 2160}, "color_scheme": "dark"},
}


@pytest.fixture(params=WAYS)
def reader(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Page]:
    yield from opened(browser, site, WAYS[request.param])


@pytest.fixture(params=WAYS)
def journalist(
    request: pytest.FixtureRequest, browser: Browser, changed_site: str
) -> Iterator[Page]:
    yield from opened(browser, changed_site, WAYS[request.param])


def opened(browser: Browser, base: str, way: dict[str, object]) -> Iterator[Page]:
    """A page that keeps to our own host, sets no cookie and never scrolls sideways."""
    context: BrowserContext = browser.new_context(base_url=base, **way)  # type: ignore[arg-type]
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    yield page
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert context.cookies() == []
    assert [url for url in asked if not url.startswith((base, "data:", "blob:"))] == []
    context.close()


def test_a_historian_dates_the_first_use_of_a_word(reader: Page, sample_store: Store) -> None:
    held = [each for each in sample_store.releases() if each.published]
    dated = [
        each.published
        for each in held
        if {"bribe", "bribes"} & {*words(each.title), *words("\n".join(each.body))}
    ]
    first = min(day for day in dated if day)

    reader.goto("/")
    reader.get_by_role("searchbox").or_(reader.get_by_role("combobox")).first.fill("bribe")
    reader.get_by_role("button", name="Search").click()
    reader.get_by_role("link", name="Trends").click()
    told = reader.locator(".legend li").first
    expect(told).to_contain_text("Earliest")
    link = told.get_by_role("link", name=re.compile(r"^\d+ \w+ \d{4}$")).first
    assert link.inner_text() == f"{first.day} {first:%B} {first.year}"

    link.click()
    expect(reader.locator("article.release mark").first).to_have_text(
        re.compile("brib", re.IGNORECASE)
    )
    shown = reader.locator("article.release header time").first.get_attribute("datetime")
    assert shown == first.isoformat()


def test_a_journalist_follows_a_release_through_its_versions(journalist: Page) -> None:
    page = journalist
    page.goto(f"/releases/{sample_id(EDITED)}")
    expect(page.locator(".note").first).to_contain_text("Edited 2 times")
    expect(page.locator(".history li")).to_have_count(3)

    page.locator(".history").get_by_role("link", name=re.compile("Changes from")).first.click()
    expect(page.locator(".differing del").first).to_have_text("Torturing")
    page.get_by_label("From").select_option("1")
    page.get_by_label("To").select_option("3")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".text ins").last).to_contain_text("set aside on appeal")
    with page.expect_download() as download:
        page.locator(".sides a[download]").first.click()
    assert download.value.suggested_filename == f"{sample_id(EDITED)}-version-1.html"


def test_a_researcher_tables_sentences_without_typing_a_stage(
    reader: Page, sample_store: Store
) -> None:
    reader.goto("/")
    box = reader.get_by_role("searchbox").or_(reader.get_by_role("combobox")).first
    box.fill("prison since 2012")
    box.press("Enter")
    reader.locator("#filters").get_by_role("link", name=re.compile(r"^Sentenced\b")).click()
    with reader.expect_download() as download:
        reader.locator(".downloads").get_by_role("link", name="CSV").click()
    text = download.value.path().read_text(encoding="utf-8-sig")

    rows = [*csv.DictReader(io.StringIO(text, newline=""))]
    assert len(rows) > 2
    for row in rows:
        release = sample_store.get(row["id"])
        assert release
        stages = [each.value for each in release.facts or () if each.kind == "stage"]
        assert row["stage"].split("; ") == stages
        assert "sentenced" in stages
        assert row["office"] == "sample_doj"
        assert row["published"] >= "2012"
        assert bool(row["prison"]) == bool(row["prison_words"])
    assert {"264", "300"} <= {row["prison"] for row in rows}


def test_a_reader_sees_the_words_behind_a_value(reader: Page) -> None:
    reader.goto("/?q=fentanyl&stage=sentenced")
    reader.locator("ol.hits h2 a").first.click()
    reader.locator("section[aria-labelledby=stated]").get_by_role("link", name="264 months").click()
    mark = reader.locator("article.release mark")
    expect(mark).to_have_count(1)
    expect(mark).to_contain_text(re.compile("22 years", re.IGNORECASE))


def test_an_ngo_takes_all_hits_on_torture_into_a_spreadsheet(reader: Page) -> None:
    reader.goto("/?q=torture+OR+пытки+OR+азаптау")
    total = int(reader.locator(".summary .total").inner_text())
    with reader.expect_download() as download:
        reader.locator(".downloads").get_by_role("link", name="CSV").click()
    raw = download.value.path().read_bytes()

    assert raw.startswith(b"\xef\xbb\xbf")  # by which Excel knows UTF-8
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert len(rows) == total > 2
    assert {row["language"] for row in rows} == {"en", "ru", "kk"}
    for row in rows:
        assert date.fromisoformat(row["published"])
        assert row["query"] == "torture OR пытки OR азаптау"
        assert row["build"]
        text = {*words(row["title"]), *words(row["text"])}
        assert any(word.startswith(("tortur", "пыт", "азапта")) for word in text)


def test_by_keyboard_alone_from_the_first_page_to_a_citation(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site)
    page = context.new_page()
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("/")
    page.keyboard.type("torture")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.locator(".summary .total")).to_be_visible()

    page.keyboard.press("j")
    hit = page.locator(".hits h2 a").first
    expect(hit).to_be_focused()
    title = hit.inner_text()
    assert hit.evaluate("each => getComputedStyle(each).outlineStyle") != "none"
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(title)

    summary = page.locator(".citation summary")
    for _ in range(60):
        if summary.evaluate("each => each === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".citation .copy").first).to_contain_text("SHA-256")
    context.close()


@pytest.mark.parametrize("path", ["/?q=torture", "/?q=court&size=100&step=year"])
def test_a_results_page_is_small_and_needs_few_requests(
    browser: Browser, site: str, path: str
) -> None:
    context = browser.new_context(base_url=site)
    page = context.new_page()
    sizes: dict[str, int] = {}
    page.on(
        "requestfinished",
        lambda asked: sizes.update({asked.url: asked.sizes()["responseBodySize"]}),
    )
    page.goto(path, wait_until="networkidle")
    own = {url: size for url, size in sizes.items() if not url.startswith("data:")}
    assert len(own) <= 3, [*own]
    assert sum(own.values()) < 100_000
    context.close()


def test_nothing_moves_while_a_page_loads(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site)
    page = context.new_page()
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver(list => list.getEntries()"
        ".forEach(each => { window.shift += each.value; }))"
        ".observe({type: 'layout-shift', buffered: true});"
    )
    for path in ("/?q=torture", "/trends?q=torture", "/concordance?q=torture", "/coverage"):
        page.goto(path, wait_until="networkidle")
        assert page.evaluate("window.shift") == 0
    context.close()


def test_a_reader_follows_a_case_in_two_actions(reader: Page, sample_store: Store) -> None:
    case = sample_store.cases()[0]
    one, other = sorted(sample_store.get_many(case.releases[:2]), key=lambda each: each.id)
    reader.goto(f"/?q=title:({one.title.replace(':', ' ')})")
    reader.get_by_role("link", name=one.title).first.click()
    section = reader.get_by_role("region", name="This case")
    expect(section.get_by_text("a link may be wrong")).to_be_visible()
    section.get_by_role("listitem").get_by_role("link", name=other.title).first.click()
    expect(reader.get_by_role("heading", level=1, name=other.title)).to_be_visible()
