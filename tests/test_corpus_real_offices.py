"""The saved pages of smaller offices are read exactly, every one of them, and crawled.

Expectations come from the replica's own labels at test time.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from corpus import Settings, Store, office
from corpus.crawl import crawl
from corpus.page import Page, one
from corpus.release import Draft

# The element of each office's template that holds the text and, at Ohio's and Virginia's, more.
FIELDS = {
    "us_oh_ag": ".newsbody",
    "us_or_ag": "article.single-article",
    "us_pa_ag": ".content-area > #content",
    "us_va_ag": ".com-content-article__body",
}
OLDER = {
    "us_oh_ag": "/Media/News-Releases?page=2",
    "us_or_ag": "/media/news-media-releases/oregon-doj-news/?sf_paged=2",
    "us_pa_ag": "/taking-action/page/2/",
    "us_va_ag": None,
}
LISTED = {"us_oh_ag": 10, "us_or_ag": 5, "us_pa_ag": 30, "us_va_ag": 10}
FURNITURE = ("share", "print", "email", "posted in", "topic:", "media contact", "for media", "-30-")
PROJECT = "prokuratura-mangistau"


def letters(words: str) -> str:
    return "".join(each for each in words if each.isalnum())


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def root_of(name: str, replica: Any) -> Path:
    root: Path = replica.unpack(office(name).routes[0].hosts[0])
    return root


def read_all(name: str, replica: Any) -> list[tuple[dict[str, Any], Page, Draft]]:
    """Every labelled page of an office, with what was read from it."""
    root = root_of(name, replica)
    found = []
    for label in lines(root / "labels.jsonl"):
        page = Page(label["url"], (root / label["file"]).read_bytes())
        found.append((label, page, office(name).routes[0].release(page)))
    assert found
    return found


@pytest.mark.parametrize("name", FIELDS)
def test_every_title_and_date_is_as_labelled(name: str, replica: Any) -> None:
    for label, _, draft in read_all(name, replica):
        assert draft.title == label["title"]
        assert draft.published == (label["date"] and date.fromisoformat(label["date"]))
        assert bool(draft.published) == office(name).gives_dates


@pytest.mark.parametrize("name", FIELDS)
def test_no_body_loses_doubles_or_gains_a_letter(name: str, replica: Any) -> None:
    for label, page, draft in read_all(name, replica):
        field = one(page.soup(), FIELDS[name], page.url)
        before, _, after = letters(field.get_text()).partition(letters("".join(draft.body)))
        signature = letters(draft.signature or "")
        if name == "us_va_ag":
            # The letterhead and the headline, which may not be set as the title is.
            assert before.startswith("CommonwealthofVirginiaOfficeoftheAttorneyGeneral")
            assert before.casefold().endswith(letters(label["title"]).casefold())
            assert after == ""
        else:
            assert (before, after) == ("", f"{signature}30" if name == "us_oh_ag" else "")
            assert bool(signature) == (name == "us_oh_ag")


@pytest.mark.parametrize("name", FIELDS)
def test_no_body_holds_a_paragraph_of_the_page_around_it(name: str, replica: Any) -> None:
    for _, page, draft in read_all(name, replica):
        soup = page.soup()
        one(soup, FIELDS[name], page.url).decompose()
        around = set(soup.stripped_strings)
        assert len(around) > 50
        assert not around & set(draft.body)
        for paragraph in draft.body:
            assert not paragraph.lower().startswith(FURNITURE), paragraph
            assert letters(paragraph) != letters(draft.title)


@pytest.mark.parametrize("name", FIELDS)
def test_a_listing_names_its_releases_newest_first_and_the_older_page(
    name: str, replica: Any
) -> None:
    root, route = root_of(name, replica), office(name).routes[0]
    listing = route.links(Page(route.start, (root / "listing" / "0.html").read_bytes()))
    urls = [link.url for link in listing.links]
    assert len(set(urls)) == len(urls) == LISTED[name]
    labels = lines(root / "labels.jsonl")
    assert {label["url"] for label in labels} <= set(urls)
    days = {link.url: link.published for link in listing.links}
    for label in labels:
        assert days[label["url"]] == (label["date"] and date.fromisoformat(label["date"]))
    known = [day for day in days.values() if day]
    assert known == sorted(known, reverse=True)
    parts = urlsplit(listing.next or "")
    assert (listing.next and parts._replace(scheme="", netloc="").geturl()) == OLDER[name]


@pytest.mark.parametrize("name", FIELDS)
def test_facts_beside_the_text_are_read(name: str, replica: Any) -> None:
    drafts = [draft for _, _, draft in read_all(name, replica)]
    # The one saved release of Oregon has no dateline.
    assert all(draft.place for draft in drafts) == (name != "us_or_ag")
    assert all(draft.topics for draft in drafts) == (name in ("us_or_ag", "us_pa_ag"))
    assert all(draft.kind for draft in drafts) == (name == "us_pa_ag")
    assert any(draft.attachments for draft in drafts) == (name == "us_oh_ag")


@pytest.mark.parametrize("name", FIELDS)
def test_a_crawl_keeps_what_was_saved_and_reports_the_rest(
    name: str, replica: Any, settings: Settings, store: Store
) -> None:
    root, host = root_of(name, replica), office(name).routes[0].hosts[0]
    with replica.Replica(host) as site:
        first = crawl(name, settings, store, mirrors={host: site.url}, delay_s=0)
        again = crawl(name, settings, store, mirrors={host: site.url}, delay_s=0)
    labels = lines(root / "labels.jsonl")
    assert (first.error, first.refused, first.listed) == (None, [], LISTED[name])
    assert (first.new, len(first.missing)) == (
        len(labels),
        LISTED[name] - len(labels) + bool(OLDER[name]),
    )
    assert (again.new, again.changed, again.same) == (0, 0, len(labels))
    held = {release.title: release for release in store.releases(name)}
    assert {label["title"] for label in labels} == set(held)
    for label in labels:
        published = held[label["title"]].published
        assert (published and published.isoformat()) == label["date"]


def test_the_releases_of_mangystau_are_read_as_labelled(replica: Any) -> None:
    root = root_of("kz_mangystau", replica)
    route = office("kz_mangystau").routes[0]
    labels = {each["id"]: each for each in lines(root / "labels.jsonl")}
    items = [each for each in lines(root / "api" / "news.jsonl") if each["project"] == PROJECT]
    assert items
    for item in items:
        label = labels[item["id"]]
        [draft] = route.links(Page(route.start, json.dumps([item]).encode(), item["lang"])).drafts
        assert (draft.url, draft.title) == (label["url"], label["title"])
        assert (draft.published, draft.language) == (date.fromisoformat(label["date"]), "ru")
        assert len(draft.body) + bool(draft.signature) == label["paragraphs"]


def test_a_crawl_of_mangystau_takes_none_of_the_general_prosecutors(
    replica: Any, settings: Settings, store: Store
) -> None:
    host = "www.gov.kz"
    with replica.Replica(host) as site:
        report = crawl("kz_mangystau", settings, store, mirrors={host: site.url}, delay_s=0)
    assert (report.error, report.refused, report.new) == (None, [], 1)
    assert all(f"/entities/{PROJECT}/" in each.url for each in store.releases())
