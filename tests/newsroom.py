"""An office's side of a crawl: releases that a test edits in the real markup, and their listing.

What a page states is read here from its elements, not by the readers that are tested.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import Tag

from corpus.crawling.sample_site import PAGES
from corpus.reading.visible_text import UNREAD

ROW = '<div class="views-row"><div class="views-field views-field-title"><a href="{}">'
PAGER = '<ul class="pager"><li class="pager__item--next"><a href="{}&amp;page={}">'
LISTING = "/news?items_per_page=50&f[0]=type:press_release"
TITLE, DAY, ARTICLE = "h1#node-title", ".field--name-field-pr-date [content]", "article"
BODY = ".field--name-field-pr-body > .field__items > .field__item"
TOPICS = ".field--name-field-pr-topic > .field__items"


@dataclass(frozen=True)
class Stated:
    """What a page states, letters and digits alone: spaces are the layout's."""

    title: str
    published: date
    body: str
    topics: tuple[str, ...]


def letters(words: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFC", words) if c.isalnum())


class Newsroom:
    """The pages of one office by path. `pages()` are those that stand now, for a site to serve.

    `layout` is what its template makes of every page, and `lists` whether it lists anything.
    """

    def __init__(self, host: str, listing: bytes, releases: dict[str, bytes], per_page: int):
        self.host, self.per_page, self.lists = host, per_page, True
        self.template = BeautifulSoup(listing, "lxml")
        self.written = {path: BeautifulSoup(page, "lxml") for path, page in releases.items()}
        self.listed: list[str] = []
        self.gone: dict[str, int] = {}
        self.layout: Callable[[str], str] = lambda html: html
        self._html: dict[str, str] = {}
        self._stated: dict[str, Stated] = {}

    @property
    def newest(self) -> date:
        return max(self.stated(path).published for path in self.written)

    # what an office does

    def publish(self, *paths: str) -> None:
        """List releases, the last one first."""
        for path in paths:
            self.listed.insert(0, path)

    def remove(self, path: str, status: int, *, is_listed: bool = True) -> None:
        """Take a page away; many offices forget the line in the listing."""
        self.gone[path] = status
        if not is_listed:
            self.listed.remove(path)

    def put_back(self, path: str) -> None:
        del self.gone[path]
        if path not in self.listed:
            self.listed.append(path)

    def retitle(self, path: str, title: str) -> None:
        self._edited(path, TITLE).string = title

    def lengthen(self, path: str, words: str) -> None:
        paragraph = self.written[path].new_tag("p")
        paragraph.string = words
        self._edited(path, BODY).append(paragraph)

    def redate(self, path: str, days: int) -> None:
        day = self.stated(path).published + timedelta(days)
        shown = self._edited(path, DAY)
        shown["content"] = f"{day}T00:00:00-04:00"
        shown.string = f"{day:%A, %B %d, %Y}"

    def tag(self, path: str, topic: str) -> None:
        """Add a topic, in the field that the page has or in a new one."""
        items = self.written[path].select_one(TOPICS)
        if items is None:
            field = '<div class="field field--name-field-pr-topic"><div class="field__items"></div>'
            self._edited(path, ARTICLE).append(BeautifulSoup(field, "html.parser"))
        item = self.written[path].new_tag("div", attrs={"class": "field__item even"})
        item.string = topic
        self._edited(path, TOPICS).append(item)

    # what can be seen of it

    def stated(self, path: str) -> Stated:
        if path not in self._stated:
            self._stated[path] = self._read(path)
        return self._stated[path]

    def _read(self, path: str) -> Stated:
        page = self.written[path]
        body = copy(_the(page, BODY))
        for tag in body.find_all(UNREAD):
            tag.decompose()
        return Stated(
            letters(_the(page, TITLE).get_text()),
            date.fromisoformat(str(_the(page, DAY)["content"])[:10]),
            letters(body.get_text()),
            tuple(letters(item.get_text()) for item in page.select(f"{TOPICS} > .field__item")),
        )

    def stands(self) -> dict[str, Stated | int]:
        """What each release states that was ever listed, or the status of what is gone."""
        paths = [*self.listed, *(path for path in self.gone if path not in self.listed)]
        return {path: self.gone.get(path) or self.stated(path) for path in paths}

    def pages(self) -> dict[str, bytes | int]:
        found: dict[str, bytes | int] = {"/robots.txt": b"User-agent: *\nDisallow: /search\n"}
        for path in self.stands():
            if path not in self._html:
                self._html[path] = str(self.written[path])
            html = self.layout(self._html[path]).encode()
            found[path] = self.gone.get(path) or html
        shown = self.listed if self.lists else []
        for start in range(0, max(1, len(shown)), self.per_page):
            is_last = start + self.per_page >= len(shown)
            rows = shown[start : start + self.per_page]
            number = start // self.per_page
            path = f"{LISTING}&page={number}" if number else LISTING
            found[path] = self.layout(self._listing(rows, None if is_last else number + 1)).encode()
        return found

    def _listing(self, paths: list[str], next_: int | None) -> str:
        page = copy(self.template)
        rows = _the(page, ".view-content:has(.views-field-title)")
        rows.clear()
        for path in paths:
            title = _the(self.written[path], TITLE).get_text()
            rows.append(BeautifulSoup(ROW.format(path), "html.parser"))
            rows.select("a")[-1].string = title
        for pager in page.select("ul.pager"):
            pager.decompose()
        if next_:
            rows.insert_after(BeautifulSoup(PAGER.format(LISTING, next_), "html.parser"))
        return str(page)

    def _edited(self, path: str, selector: str) -> Tag:
        for made in (self._html, self._stated):
            made.pop(path, None)
        return _the(self.written[path], selector)


def _the(tag: Tag, selector: str) -> Tag:
    found = tag.select_one(selector)
    assert found, selector
    return found


def sample_newsroom() -> Newsroom:
    """The invented department that comes with the program."""
    routes = json.loads((PAGES / "sample_doj" / "routes.json").read_text(encoding="utf-8"))
    files = {path: PAGES / "sample_doj" / route["file"] for path, route in routes.items()}
    releases = {path: file.read_bytes() for path, file in files.items() if "/pr/" in path}
    return Newsroom("www.justice.example", files[LISTING].read_bytes(), releases, per_page=8)


@cache
def sample_pages(releases: int | None = None) -> dict[str, bytes | int]:
    """Its pages when it has published so many of its releases, or all; made once, not to change."""
    room = sample_newsroom()
    room.publish(*[*room.written][:releases])
    return room.pages()


def saved_newsroom(replica: Any, number: int) -> Newsroom:
    """The newest releases of the saved site."""
    root: Path = replica.unpack("www.justice.gov")
    lines = (root / "labels.jsonl").read_text(encoding="utf-8").splitlines()[:number]
    labels = [json.loads(line) for line in lines]
    releases = {
        each["url"].removeprefix("https://www.justice.gov"): (root / each["file"]).read_bytes()
        for each in labels
    }
    listing = (root / "listing" / "000.html").read_bytes()
    return Newsroom("www.justice.gov", listing, releases, per_page=25)
