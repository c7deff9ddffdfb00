"""Real pages are read exactly: expectations come from the replica's own labels at test time."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from corpus import Settings, Store, office
from corpus.crawling.crawl import crawl
from corpus.reading.page import Page, one
from corpus.reading.visible_text import UNREAD
from corpus.sources.us_doj import RELEASE

STRIDE = 7
BODY = ".field--name-field-pr-body > .field__items > .field__item"
SEED = "releases/30117.html"
PROJECT = "prokuratura-mangistau"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def letters(words: str) -> str:
    return "".join(c for c in words if c.isalnum())


@pytest.fixture(scope="module")
def justice(replica: Any) -> Path:
    root: Path = replica.unpack("www.justice.gov")
    return root


def test_labelled_pages_are_read_exactly_and_alike_by_both_routes(justice: Path) -> None:
    source = office("us_doj")
    pages, interface = source.routes[1], source.routes[0]
    assert (pages.name, interface.name) == ("pages", "interface")
    items = {each["url"]: each for each in lines(justice / "api" / "press_releases.jsonl")}
    labels = lines(justice / "labels.jsonl")[::STRIDE]
    assert len(labels) > 1000
    for label in labels:
        url = label["url"]
        page = Page(url, (justice / label["file"]).read_bytes())
        draft = pages.release(page)
        actual = (letters(draft.title), draft.published, draft.topics, draft.components)
        expected = (letters(label["title"]), date.fromisoformat(label["date"]))
        assert actual == (*expected, label["topics"], label["components"]), url
        assert (draft.number or "") == (label["number"] or ""), url
        item = interface.release(Page(interface.start, json.dumps(items[url]).encode()))
        assert (item.url, item.title, item.published) == (url, draft.title, draft.published), url
        assert item.body == draft.body, url
        assert (item.number, item.topics) == (draft.number, draft.topics), url


def test_no_body_loses_or_doubles_a_letter_of_its_field(justice: Path) -> None:
    pages = office("us_doj").route("pages")
    for label in lines(justice / "labels.jsonl")[3 :: STRIDE * 7]:
        page = Page(label["url"], (justice / label["file"]).read_bytes())
        field = one(page.soup(RELEASE), BODY, page.url)
        for tag in field.find_all(UNREAD):
            tag.decompose()
        body = "".join(pages.release(page).body)
        assert Counter(letters(body)) == Counter(letters(field.get_text())), page.url


@pytest.mark.parametrize("number", [0, 60, 120, 177])
def test_a_listing_names_its_fifty_releases_and_the_next_page(justice: Path, number: int) -> None:
    pages = office("us_doj").route("pages")
    url = f"{pages.start}&page={number}"
    listing = pages.links(Page(url, (justice / "listing" / f"{number:03}.html").read_bytes()))
    assert len({link.url for link in listing.links}) == 50
    assert listing.next == f"{pages.start}&page={number + 1}"


def test_the_seed_release_of_kazakhstan_is_read_exactly(replica: Any) -> None:
    root: Path = replica.unpack("prokuror.gov.kz")
    [label] = [each for each in lines(root / "labels.jsonl") if each["file"] == SEED]
    page = Page(label["url"], (root / SEED).read_bytes())
    draft = office("kz_gpo").route("pages").release(page)
    assert draft.title == label["title"]
    assert draft.published == date(2018, 4, 27) == date.fromisoformat(label["date"])
    assert (draft.place, draft.language) == ("Astana", "en")
    assert len(draft.body) == 15
    assert draft.signature
    assert len(draft.body) + 1 == label["paragraphs"]
    assert {each.language for each in draft.alternates} == {"kk", "ru"}


def test_the_releases_of_mangystau_are_read_as_labelled(replica: Any) -> None:
    root: Path = replica.unpack("www.gov.kz")
    route = office("kz_mangystau").route("interface")
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
