"""A layout that has changed is refused in words, never read as something else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from corpus import office
from corpus.errors import PageError
from corpus.reading.page import Page

PAGES = Path(__file__).parents[2] / "pages"


def saved(name: str, file: str, old: str = "", new: str = "") -> Page:
    """A sample page, with some of its markup replaced."""
    path = PAGES / name / "pages" / file
    html = path.read_text(encoding="utf-8")
    assert old in html
    url = path.with_suffix(".url").read_text(encoding="utf-8").strip()
    return Page(url, html.replace(old, new).encode())


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("us_oh_ag", 'class="news"', 'class="headline"', "'h2.news'"),
        ("us_oh_ag", "<p>3/4/2025</p>", "<p>4 March</p>", "'4 March' is not a date"),
        ("us_oh_ag", 'class="newsbody"', 'class="text"', "'.newsbody'"),
        ("us_or_ag", 'class="page-main-title"', "", "'h1.page-main-title'"),
        ("us_or_ag", 'class="date"', "", "'.date'"),
        ("us_or_ag", "single-article", "story", "'article.single-article'"),
        ("us_pa_ag", "news-heading-wrapper", "heading", "'.news-heading-wrapper'"),
        ("us_pa_ag", "<span>March 4, 2025</span>", "", "'.meta > span'"),
        ("us_pa_ag", 'id="content"', 'id="story"', "'.content-area > #content'"),
        ("us_va_ag", "com-content-article__body", "body", "com-content-article__body"),
        ("us_va_ag", "<title>", "<title>One</title><title>", "'head > title' matches 2 times"),
    ],
)
def test_a_release_in_another_layout_is_refused(name: str, old: str, new: str, words: str) -> None:
    with pytest.raises(PageError, match=re.escape(words)):
        office(name).routes[0].release(saved(name, "release.html", old, new))


@pytest.mark.parametrize(
    ("name", "old"),
    [
        ("us_oh_ag", 'class="ohio-news"'),
        ("us_oh_ag", 'class="news-date"'),
        ("us_or_ag", "results-item"),
        ("us_or_ag", " on January 8, 2025"),
        ("us_pa_ag", 'class="title"'),
        ("us_pa_ag", "03/04/2025"),
        ("us_va_ag", 'class="list-title"'),
    ],
)
def test_a_listing_in_another_layout_is_refused(name: str, old: str) -> None:
    with pytest.raises(PageError):
        office(name).routes[0].links(saved(name, "listing.html", old))


def test_a_letterhead_whose_end_is_unknown_is_refused() -> None:
    old = "Attorney General Vale Opens a Clinic in Marrow Creek</strong>"
    page = saved("us_va_ag", "letterhead_without_contact.html", old, "A Clinic Opens</strong>")
    with pytest.raises(PageError, match="its letterhead does not end as those known do"):
        office("us_va_ag").routes[0].release(page)


def test_a_release_of_another_project_is_refused() -> None:
    route = office("kz_mangystau").routes[0]
    item = {"id": 1, "lang": "ru", "project": "prokuror", "title": "Т", "tags": []}
    item |= {"created_date": "2025-03-04T10:00:00+05:00", "body": "<p>Текст.</p>"}
    page = Page(route.start, json.dumps([item]).encode(), "ru")
    with pytest.raises(PageError, match="item 1 is of 'prokuror', not of the requested project"):
        route.links(page)
