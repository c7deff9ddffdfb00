"""Random JSON, HTML and headers for every office's readers: what comes out is a listing or a draft,
or the reader is in doubt; no reader breaks.

Most of it are sample pages of which a few pieces were exchanged, to come far into the readers.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.errors import PageError
from corpus.reading.page import Page
from corpus.reading.reader import read_listing, read_release
from corpus.reading.source import Listing, Route
from corpus.release import Draft
from tests.corpus.sources.test_offices import CASES, PAGES, ROUTES, saved_page

IN_DOUBT = {"unreadable", "not_a_page"}
KINDS = [
    *("", "text/html", "text/html; charset=utf-8", "application/json", "application/pdf"),
    *("text/html; charset=latin1", "text/html; charset=utf-16", "text/html; charset=x-none"),
    *("application/json; charset=windows-1251", ";;charset==;\udcff", "image/png"),
]
WORDS = st.one_of(
    st.sampled_from(
        [
            *("", " ", "\0", "\ud800", "²", "٣", "<p>", "&amp;", "yesterday", "2018-02-30"),
            *("99999999999999999999", "-99999999999999", "1e5", "April 27, 2018", "13/13/2018"),
            *("http://[x/", "javascript:x", "//", "?page=x", "mailto:x", "https://:0/", "x" * 3000),
        ]
    ),
    st.text(max_size=8),
)
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**20), 10**20),
        st.sampled_from([1e999, -1e999, float("nan"), 10**400, 0.5]),
        WORDS,
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
TAGS = ["a", "p", "div", "h1", "table", "tr", "td", "ul", "li", "time", "script", "form", "q"]
NAMES = st.sampled_from([*TAGS, "sup", "base", "br"])


def read_whatever(route: Route, page: Page) -> None:
    for reading, kind in ((read_listing, Listing), (read_release, Draft)):
        error: PageError | None = None
        try:
            assert isinstance(reading(route, page, 20), kind)
        except PageError as raised:
            error = raised
        assert error is None or (error.rule in IN_DOUBT and page.url in str(error)), error
        assert str(error).encode()


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths to all values in a value."""
    if not isinstance(value, dict | list):
        return [at]
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    return [at, *(place for key, each in inner for place in places(each, (*at, key)))]


def exchanged(data: st.DataObject, value: Any) -> Any:
    """JSON with some values exchanged or taken out."""
    for _ in range(data.draw(st.integers(1, 3))):
        inner = places(value)[1:]
        if not inner:
            return data.draw(VALUES)
        *outer, last = data.draw(st.sampled_from(inner))
        within = value
        for key in outer:
            within = within[key]
        if data.draw(st.booleans()):
            within[last] = data.draw(VALUES)
        else:
            del within[last]
    return value


def disturbed(data: st.DataObject, html: bytes) -> str:
    """A page with some elements and attributes exchanged, taken out, or there twice."""
    soup = BeautifulSoup(html, "lxml")
    for _ in range(data.draw(st.integers(1, 3))):
        tags = soup.find_all(True)
        tag = tags[data.draw(st.integers(0, len(tags) - 1))] if tags else soup.new_tag("p")
        words = data.draw(WORDS).encode(errors="replace").decode()
        match data.draw(st.integers(0, 5)):
            case 0:
                tag.extract()
            case 1 if tag.attrs:
                tag[data.draw(st.sampled_from([*tag.attrs]))] = words
            case 2 if tag.attrs:
                del tag[data.draw(st.sampled_from([*tag.attrs]))]
            case 3:
                tag.string = words
            case 4:
                tag.name = data.draw(NAMES)
            case _ if tag.parent:
                tag.insert_after(BeautifulSoup(str(tag), "lxml"))
    return str(soup)


def spoiled(data: st.DataObject, body: bytes) -> bytes:
    """Bytes with some exchanged."""
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(body)))
        piece = data.draw(
            st.sampled_from([b"", b"'", b'"', b"[", b"\xff", b"/*", b"<", b"\n", b"\\"])
        )
        body = body[:at] + piece + body[at + data.draw(st.integers(0, 3)) :]
    return body


def cases(name: str, route: Route) -> list[Path]:
    return [each for each in CASES if each.parent == PAGES / name / route.name]


@pytest.mark.parametrize(("name", "route"), ROUTES, ids=lambda v: getattr(v, "name", v))
@given(st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_reader_breaks_on_a_page_that_is_nearly_right(
    name: str, route: Route, data: st.DataObject
) -> None:
    page = saved_page(data.draw(st.sampled_from(cases(name, route))))
    if page.body.lstrip()[:1] in (b"[", b"{"):
        words = json.dumps(exchanged(data, json.loads(page.body)))
        body = words.encode(errors="surrogatepass")
    elif data.draw(st.booleans()) or b"</" not in page.body:
        body = spoiled(data, page.body)
    else:
        body = disturbed(data, page.body).encode(errors="replace")
    kind = data.draw(st.sampled_from(KINDS))
    language = data.draw(st.sampled_from([page.language, None, "kk"]))
    read_whatever(route, Page(page.url, body, language, kind))


RANDOM = st.one_of(
    st.binary(max_size=60),
    VALUES.map(lambda value: json.dumps(value).encode()),
    st.lists(st.tuples(NAMES, WORDS), max_size=8).map(
        lambda tags: "".join(f"<{n} class='{w}' href='{w}'>{w}" for n, w in tags).encode(
            errors="replace"
        )
    ),
    st.sampled_from([b"[" * 100_000, b'{"a":' * 100_000, b"1" * 5_000, b'{"results": [NaN]}']),
    st.sampled_from([b"<div>" * 3_000, b"<ul><li>x" * 3_000, b"&amp;" + b"amp;" * 9_000, b"</p>"]),
)


@pytest.mark.parametrize(("name", "route"), ROUTES, ids=lambda v: getattr(v, "name", v))
@given(st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_reader_breaks_on_what_is_no_page_at_all(
    name: str, route: Route, data: st.DataObject
) -> None:
    url = saved_page(data.draw(st.sampled_from(cases(name, route)))).url
    kind = data.draw(st.sampled_from(KINDS))
    read_whatever(route, Page(url, data.draw(RANDOM), None, kind))
