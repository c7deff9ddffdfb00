"""A researcher's walk through the pages in real Chromium, without scripts unless they are tried."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import EDITED, GONE, sample_id


@pytest.fixture(params=[(1280, 900), (360, 780)], ids=["desktop", "phone"])
def scripted(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Page]:
    """A page with scripts, which must say nothing on the console."""
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, base_url=site)
    opened, said = context.new_page(), []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    yield opened
    context.close()
    assert said == []


def test_search_follow_back_narrow_share(page: Page, browser: Browser) -> None:
    page.goto("/")
    page.get_by_label("Search press releases").fill("torture")
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
    "path", ["/", "/?q=torture&year=2019", "/?q=xyzzy", "/coverage", "/help", "/nowhere"]
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
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.get_by_label("Search press releases").focus()
    page.keyboard.type('"human trafficking"')
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("q="))
    expect(page.locator(".hits h2 a").first).to_be_visible()


def test_completions_are_chosen_by_keyboard(scripted: Page) -> None:
    page = scripted
    page.goto("/")
    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="Search press releases")
    expect(box).to_be_focused()
    expect(box).to_have_attribute("aria-expanded", "false")
    page.keyboard.type("human traff")
    options = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    expect(options.first).to_have_text("human trafficking")
    expect(box).to_have_attribute("aria-expanded", "true")

    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", "completion-0")
    expect(box).to_have_value("human trafficking")
    page.keyboard.press("ArrowUp")
    expect(box).to_have_value("human traff")
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(box).to_have_value("human traff")
    expect(box).to_have_attribute("aria-expanded", "false")

    page.keyboard.type("i")
    expect(options.first).to_have_text("human trafficking")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"q=human\+trafficking$"))
    expect(page.locator(".hits mark").first).to_be_visible()


def test_a_completion_is_chosen_by_pointer_and_enter_alone_takes_what_was_typed(
    scripted: Page,
) -> None:
    page = scripted
    page.goto("/?year=2016")
    page.get_by_role("combobox").fill("tortu")
    page.get_by_role("option", name="torture", exact=True).click()
    expect(page).to_have_url(re.compile(r"q=torture&year=2016$"))

    page.get_by_role("combobox").fill("traff")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"q=traff&year=2016$"))


def test_how_the_query_was_read_opens_by_keyboard(page: Page) -> None:
    page.goto("/?q=tortu*+OR+fraud")
    told = page.locator("details.reading")
    expect(told.get_by_text("words beginning with")).to_be_hidden()

    told.locator("summary").focus()
    page.keyboard.press("Enter")

    expect(told.get_by_text("words beginning with “tortu”")).to_be_visible()
    expect(told.locator(".expansions").first).to_contain_text("torturing")


def test_the_offices_table_needs_no_sideways_scroll(page: Page) -> None:
    page.goto("/coverage")
    table = page.locator("table.cards")

    assert table.evaluate("it => it.scrollWidth <= it.parentElement.clientWidth")
    expect(page.get_by_text("Releases", exact=True)).to_have_count(1)


def test_from_what_changed_to_the_words_that_differ(page: Page, changed_site: str) -> None:
    page.goto(f"{changed_site}/edits")
    page.locator(".filters").get_by_role("link", name="Edited").click()
    expect(page.locator(".hits li")).to_have_count(2)
    page.locator(".hits").get_by_role("link", name="Changes").first.click()
    expect(page.locator(".text ins")).to_have_text("The verdict was set aside on appeal.")

    page.get_by_label("From").select_option("1")
    page.get_by_role("button", name="Compare").click()
    expect(page).to_have_url(re.compile(r"from=1&to=3$"))
    expect(page.locator(".differing del").first).to_have_text("Torturing")
    folded = page.locator("details p").first
    expect(folded).to_be_hidden()
    page.locator("details summary").focus()
    page.keyboard.press("Enter")
    expect(folded).to_be_visible()

    page.get_by_role("link", name="Back to the release").click()
    expect(page.locator(".history li")).to_have_count(3)
    with page.expect_download() as download:
        page.locator(".history a[download]").first.click()
    assert download.value.suggested_filename.endswith("-version-1.html")


def test_what_was_added_and_removed_is_said_to_those_who_hear_the_page(
    page: Page, changed_site: str
) -> None:
    page.goto(f"{changed_site}/releases/{sample_id(EDITED)}/differences?from=1&to=2")
    said = page.locator(".differing").aria_snapshot()
    assert "Torturing" in said
    marks = "e => [getComputedStyle(e, '::before').content, getComputedStyle(e).textDecorationLine]"
    before, line = page.locator("del").last.evaluate(marks)
    assert ("removed" in before, line) == (True, "line-through")
    before, line = page.locator("ins").last.evaluate(marks)
    assert ("added" in before, line) == (True, "underline")


@pytest.mark.parametrize(
    "path",
    [
        "/edits",
        "/coverage",
        f"/releases/{sample_id(EDITED)}",
        f"/releases/{sample_id(EDITED)}/differences?from=1&to=3",
        f"/releases/{sample_id(GONE)}",
    ],
)
def test_pages_over_time_are_no_wider_than_the_screen(
    page: Page, changed_site: str, path: str
) -> None:
    page.goto(f"{changed_site}{path}")
    for each in page.locator("details summary").all():
        each.click()
    wanted = page.viewport_size
    assert wanted
    assert page.evaluate("document.documentElement.scrollWidth") <= wanted["width"]


def test_the_chart_fills_its_room_and_has_a_name(page: Page, changed_site: str) -> None:
    page.goto(f"{changed_site}/coverage")
    figure = page.get_by_role("img", name="Releases by Department of Justice of Aldania")
    expect(figure).to_be_visible()
    room = page.locator("figure").bounding_box()
    bars = [bar.bounding_box() for bar in page.locator("rect.bar").all()]
    assert room
    assert min(bar["x"] for bar in bars if bar) == pytest.approx(room["x"], abs=2)
    right = max(bar["x"] + bar["width"] for bar in bars if bar)
    assert right == pytest.approx(room["x"] + room["width"], abs=3)


def test_the_address_of_a_paragraph_shows_itself_and_leads_to_it(page: Page) -> None:
    page.goto("/?q=torture")
    page.locator(".hits h2 a").first.click()
    paragraph = page.locator("#p2")
    plain = paragraph.evaluate("each => getComputedStyle(each).backgroundColor")

    link = paragraph.get_by_role("link", name="Link to paragraph 2")
    link.focus()
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/releases/.*#p2$"))
    expect(paragraph).not_to_have_css("background-color", plain)
    expect(link).to_have_css("opacity", "1")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def bars(page: Page) -> list[dict[str, float]]:
    """Where the bars of the timeline stand that have hits."""
    found = [bar.bounding_box() for bar in page.locator("svg.bars rect.bar").all()]
    return [dict(box) for box in found if box]


def test_a_bar_leads_to_its_releases(page: Page) -> None:
    page.goto("/?q=fraud&step=year")
    link = page.locator("svg.bars a").last
    wanted = link.get_attribute("href")
    told = link.locator("title").text_content() or ""
    link.locator("rect.bar").click()
    assert wanted
    expect(page).to_have_url(re.compile(re.escape(wanted) + "$"))
    expect(page.locator(".summary .total")).to_have_text(re.findall(r": (\d+) of", told)[0])
    expect(page.locator(".chips li")).to_have_count(1)


def test_the_timeline_can_be_read_and_followed_as_a_table(page: Page) -> None:
    page.goto("/?q=fraud&step=year")
    table = page.locator("#time-table")
    expect(table).to_be_hidden()
    page.get_by_text("Show data table").click()
    expect(table).to_be_visible()
    table.get_by_role("link").first.click()
    expect(page).to_have_url(re.compile("since=.*until="))
    expect(page.get_by_role("button", name="Keyboard shortcuts")).to_be_hidden()


def test_dragging_over_bars_selects_the_time_from_the_first_to_the_last(scripted: Page) -> None:
    page = scripted
    page.goto("/?q=fraud&step=year")
    before = page.locator(".hits").bounding_box()
    places = bars(page)
    first, last = places[1], places[-1]
    page.mouse.move(first["x"] + 1, first["y"] + 1)
    page.mouse.down()
    page.mouse.move(last["x"] + last["width"] / 2, last["y"] + 1, steps=5)
    told = page.locator(".picked").inner_text()
    assert page.locator(".hits").bounding_box() == before
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"since=\d{4}-01-01&until=\d{4}-12-31$"))
    years = re.findall(r"(\d{4})-", page.url)
    assert told.startswith(f"{years[0]} – {years[1]}: ")
    expect(page.locator(".summary .total")).to_have_text(told.rpartition(": ")[2])


def test_a_range_is_chosen_by_keyboard(scripted: Page) -> None:
    page = scripted
    page.goto("/?q=fraud&step=year")
    page.locator(".sorts a").last.focus()
    page.keyboard.press("Tab")
    expect(page.locator("svg.bars a").first).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator("svg.bars a").nth(1)).to_be_focused()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    told = page.locator(".picked").inner_text()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"since=\d{4}-01-01&until=\d{4}-12-31$"))
    first, last = (int(year) for year in re.findall(r"(\d{4})-", page.url))
    assert last == first + 2
    expect(page.locator(".summary .total")).to_have_text(told.rpartition(": ")[2])


def test_keys_move_through_hits_and_can_be_turned_off(scripted: Page) -> None:
    page = scripted
    page.goto("/?q=fraud")
    hits = page.locator(".hits h2 a")
    page.keyboard.press("j")
    expect(hits.first).to_be_focused()
    page.keyboard.press("j")
    expect(hits.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(hits.first).to_be_focused()

    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    dialog.get_by_role("checkbox").uncheck()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
    page.reload()
    page.keyboard.press("j")
    expect(hits.first).not_to_be_focused()
    page.keyboard.press("?")
    expect(dialog).to_be_hidden()

    page.get_by_role("button", name="Keyboard shortcuts").click()
    dialog.get_by_role("checkbox").check()
    page.keyboard.press("Escape")
    page.get_by_role("combobox").fill("j")
    page.get_by_role("combobox").press("k")
    expect(page.get_by_role("combobox")).to_have_value("jk")
    page.goto("/?q=fraud")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/releases/"))


def test_a_bar_leads_from_one_marked_word_to_the_next(page: Page) -> None:
    page.goto(f"/releases/{sample_id(EDITED)}?q=torture+OR+court+OR+detainee")
    marks = page.locator("mark[id]")
    assert marks.count() > 3
    assert not page.locator(".text .step").first.is_visible()

    page.get_by_role("link", name="Jump to first match").click()
    expect(page.locator("#m1 .step")).to_be_visible()
    assert page.get_by_role("link", name="Previous match").count() == 0
    page.keyboard.press("Tab")  # goes on from the marked word, into the bar
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#m2$"))
    expect(page.locator("#m2")).to_be_in_viewport()

    bar = page.locator("#m2 .step")
    box = bar.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= page.viewport_size["width"]  # type: ignore[index]
    bar.get_by_role("link", name="Previous match").click()
    expect(page).to_have_url(re.compile("#m1$"))
    page.locator("#m1 .step").get_by_role("link", name="Close").click()
    assert page.locator(".text .step:visible").count() == 0


def test_on_paper_stand_text_address_and_retrieval_alone(page: Page) -> None:
    page.goto(f"/releases/{sample_id(EDITED)}?q=torture")
    page.emulate_media(media="print", color_scheme="dark")

    shown = page.locator("body").inner_text()
    assert "https://www.justice.example" in shown
    assert "SHA-256 of the original page" in shown
    for gone in (".site nav", ".languages", ".back", ".similar", ".citation", ".skip", ".here"):
        assert page.locator(f"{gone}:visible").count() == 0
    for of in ("body", ".text p", ".facts dd", "mark"):
        expect(page.locator(of).first).to_have_css("color", "rgb(0, 0, 0)")
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
