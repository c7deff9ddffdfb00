"""The researchers' tools in real Chromium, without scripts, on a desktop and on a phone."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

PATHS = [
    "/concordance?q=the&by=left&office=sample_doj",
    "/concordance",
    "/concordance?q=суд*",
    "/trends?q=fraud&q=the&q=и&q=court&measure=rate",
    "/trends?q=zzzz&step=day",
    "/collocates?q=the&least=2",
    "/collocates?q=the&least=2&stems=1&measure=log_dice",
]


@pytest.mark.parametrize("path", PATHS)
def test_tools_are_no_wider_than_the_screen(page: Page, path: str) -> None:
    page.goto(path)
    for each in page.locator("main details > summary").all():
        if not each.evaluate("it => it.parentElement.open"):
            each.click()
    wanted = page.viewport_size
    assert wanted
    assert page.evaluate("document.documentElement.scrollWidth") <= wanted["width"]
    levels = page.locator("h1, h2, h3").evaluate_all("all => all.map(e => Number(e.tagName[1]))")
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_from_results_to_a_place_in_its_release(page: Page) -> None:
    page.goto("/?q=torture&office=sample_doj")
    page.get_by_role("link", name="Concordance").click()
    expect(page.get_by_role("table", name="Mentions")).to_be_visible()
    expect(page.get_by_role("link", name="Concordance")).to_have_attribute("aria-current", "page")
    expect(page.locator(".chips li")).to_have_count(1)
    rows = page.get_by_role("row")
    expect(rows.nth(1).get_by_role("cell")).to_have_count(4)

    page.get_by_role("link", name="words after").click()
    expect(page).to_have_url(re.compile("by=right"))
    link = page.locator(".kwic .node a").last
    keyword = link.inner_text()
    link.click()

    expect(page).to_have_url(re.compile(r"/releases/sample_doj-[0-9a-f]{16}\?q=torture.*#p\d+"))
    number = re.search(r"#p(\d+)", page.url)
    assert number
    expect(page.locator(f"#p{number[1]}")).to_be_in_viewport()
    expect(page.locator(f"#p{number[1]} mark").first).to_be_visible()
    expect(page.locator(f"#p{number[1]}")).to_contain_text(keyword)


def test_keywords_stand_below_each_other_where_there_is_room(page: Page) -> None:
    page.goto("/concordance?q=the")
    wanted = page.viewport_size
    assert wanted
    boxes = [each.bounding_box() for each in page.locator(".kwic .node mark").all()]
    middles = {round(box["x"] + box["width"] / 2) for box in boxes if box}
    cells = page.locator(".kwic td.before > span").all()
    if wanted["width"] > 1000:
        assert max(middles) - min(middles) <= 2
        assert all(each.bounding_box()["height"] < 40 for each in cells[:5])  # type: ignore[index]
    else:
        assert all(0 <= middle <= wanted["width"] for middle in middles)


def test_queries_are_compared_by_a_form(page: Page) -> None:
    page.goto("/trends?q=court")
    page.get_by_label("Query 2").fill('"human rights"')
    page.locator(".comparing summary").click()
    page.get_by_label("Query 6").fill("tax")
    page.get_by_label("Measure").select_option("share")
    page.get_by_role("combobox", name="Interval", exact=True).select_option("year")
    page.get_by_role("button", name="Search").click()

    chart = page.get_by_role("img", name=re.compile('court, "human rights", tax'))
    expect(chart).to_be_visible()
    expect(page.locator(".legend li")).to_have_count(3)
    expect(page.get_by_role("combobox", name="Interval", exact=True)).to_have_value("year")
    width, figure_width = chart.evaluate(
        "(e) => [e, e.closest('figure')].map((each) => each.getBoundingClientRect().width)"
    )
    assert width == pytest.approx(figure_width, abs=2)
    room = chart.bounding_box()
    assert room
    dots = [each.bounding_box() for each in page.locator("figure .dot").all()]
    assert all(box and 0 <= box["x"] <= room["x"] + room["width"] for box in dots)
    for name, ending in (("data as CSV", "csv"), ("chart as SVG", "svg")):
        with page.expect_download() as download:
            page.get_by_role("link", name=name).click()
        assert download.value.suggested_filename.endswith(ending)


def test_words_around_are_counted_sorted_and_followed(page: Page) -> None:
    page.goto("/collocates")
    page.get_by_label("Find words near").fill("court")
    page.get_by_label("Window (words either side)").fill("3")
    page.get_by_label("Minimum count").fill("2")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".collocates tbody tr").first).to_be_visible()
    page.locator(".collocates thead").get_by_role("link", name="Word").click()
    words = page.locator(".collocates tbody th").all_inner_texts()
    assert words == sorted(words)
    page.locator(".collocates tbody th a").first.click()
    expect(page.locator(".kwic mark").first).to_contain_text(words[0], ignore_case=True)
    expect(page.locator(".kwic tbody tr").first).to_contain_text("court", ignore_case=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_curves_stand_out_from_the_paper(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto("/trends?" + "&".join(f"q={word}" for word in ("the", "of", "and", "to", "in", "a")))
    paper = luminance(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    colors = page.locator(".legend line").evaluate_all(
        "all => all.map(each => getComputedStyle(each).stroke)"
    )
    assert len(set(colors)) == 6
    for each in colors:
        lighter, darker = sorted((luminance(each), paper), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def luminance(color: str) -> float:
    """The relative luminance of an rgb() color (WCAG 2.2)."""
    parts = [int(each) / 255 for each in re.findall(r"\d+", color)[:3]]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
