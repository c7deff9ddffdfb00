"""What may enter and what not, on pages named by their defect."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from corpus import office
from corpus.errors import PageError
from corpus.gate import check, check_page
from corpus.page import Page
from corpus.release import Draft

DEFECTS = Path(__file__).parent / "pages" / "defects"
URL = "https://www.justice.gov/opa/pr/defect"
TODAY = date(2026, 1, 15)
DOJ = office("us_doj")


def defect(name: str) -> Page:
    return Page(URL, (DEFECTS / name).read_bytes())


def draft_of(name: str) -> Draft:
    return DOJ.route("pages").release(defect(name))


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("bot_wall.html", "bot_wall"),
        ("bot_wall_ru.html", "bot_wall"),
        ("soft_404.html", "soft_404"),
        ("soft_404_kk.html", "soft_404"),
    ],
)
def test_walls_and_error_pages_are_no_releases_and_are_named(name: str, rule: str) -> None:
    refusal = check_page(defect(name))
    assert refusal
    assert (refusal.url, refusal.rule) == (URL, rule)
    with pytest.raises(PageError):
        draft_of(name)


@pytest.mark.parametrize("name", ["furniture.html", "no_date.html", "two_titles.html"])
def test_pages_that_lack_a_part_or_have_one_twice_are_not_read(name: str) -> None:
    with pytest.raises(PageError):
        draft_of(name)


def test_a_listing_shorter_than_it_says_is_refused() -> None:
    with pytest.raises(PageError, match="2 releases, where page 0 of 9"):
        DOJ.route("interface").links(defect("short_listing.json"))


@pytest.mark.parametrize(
    ("name", "rule", "reason"),
    [
        ("no_title.html", "no_title", "It has no title."),
        ("empty_body.html", "empty_body", "Its body is empty."),
        ("future_date.html", "impossible_date", "Its date, 2999-01-01, is in the future."),
        ("epoch_date.html", "impossible_date", "Its date, 1814-03-01, is too early."),
    ],
)
def test_a_defective_draft_is_refused_with_the_reason(name: str, rule: str, reason: str) -> None:
    refusal = check(draft_of(name), URL, DOJ, TODAY)
    assert refusal
    assert (refusal.url, refusal.rule, refusal.reason) == (URL, rule, reason)


def test_a_draft_without_a_date_is_refused_only_where_the_office_dates_its_releases() -> None:
    draft = Draft("A Title", None, ["A text."], "en")
    refusal = check(draft, URL, DOJ, TODAY)
    assert refusal
    assert refusal.rule == "no_date"


def test_tomorrow_is_no_future_in_another_time_zone_but_the_day_after_is() -> None:
    tomorrow, later = TODAY + timedelta(days=1), TODAY + timedelta(days=2)
    assert check(Draft("A Title", tomorrow, ["A text."], "en"), URL, DOJ, TODAY) is None
    assert check(Draft("A Title", later, ["A text."], "en"), URL, DOJ, TODAY)


def test_a_release_of_sixty_characters_enters() -> None:
    draft = draft_of("short_release.html")
    assert len(draft.body[0]) <= 65
    assert check_page(defect("short_release.html")) is None
    assert check(draft, URL, DOJ, TODAY) is None


def test_a_release_that_speaks_of_denied_access_in_its_title_enters() -> None:
    draft = draft_of("about_access_denied.html")
    assert "Access Denied" in draft.title
    assert check_page(defect("about_access_denied.html")) is None
    assert check(draft, URL, DOJ, TODAY) is None
