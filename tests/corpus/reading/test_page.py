"""Strict reading: what a helper is sure of it gives, and in doubt it raises."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from bs4.filter import SoupStrainer
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.errors import PageError
from corpus.reading.dates import read_iso_date, read_slashed_date
from corpus.reading.page import Page, at_most_one, attribute, fragment, next_page, one, some, target
from corpus.reading.paragraphs import clean, paragraphs, text
from corpus.reading.visible_text import BLOCKS, UNREAD

DEFECTS = Path(__file__).parents[2] / "pages" / "defects"
TABLE = "<table><tr><td>In</td></tr></table>"
TWO = fragment('<p class="a">One</p><p class="a" title=" ">Two</p><b id="x" title=" T ">B</b>')


def test_one_gives_the_only_match_and_some_all_of_them() -> None:
    assert text(one(TWO, "#x", "page")) == "B"
    assert [text(tag) for tag in some(TWO, ".a", "page")] == ["One", "Two"]
    assert at_most_one(TWO, ".b", "page") is None
    assert attribute(one(TWO, "#x", "page"), "title", "page") == "T"


@pytest.mark.parametrize(
    ("reading", "words"),
    [
        (lambda: one(TWO, ".a", "the page"), "the page: '.a' matches 2 times"),
        (lambda: one(TWO, ".b", "the page"), "the page: nothing matches '.b'"),
        (lambda: some(TWO, ".b", "the page"), "the page: nothing matches '.b'"),
        (lambda: at_most_one(TWO, ".a", "the page"), "the page: '.a' matches 2 times"),
        (lambda: attribute(TWO.select(".a")[1], "title", "the page"), "the page: <p> has no"),
        (lambda: attribute(TWO.select(".a")[0], "title", "the page"), "the page: <p> has no"),
        (lambda: read_iso_date("yesterday", "the page"), "the page: 'yesterday' is not an ISO"),
        (lambda: read_iso_date("2016-02-30", "the page"), "the page: '2016-02-30' is not an ISO"),
        (lambda: read_slashed_date("13/2/2026", "the page"), "the page: '13/2/2026' is not a date"),
        (
            lambda: read_slashed_date("2026-02-13", "the page"),
            "the page: '2026-02-13' is not a date",
        ),
        (lambda: target(one(TWO, "#x", "p"), Page("the page", b"")), "the page: <b> has no 'href'"),
    ],
)
def test_in_doubt_a_helper_raises_and_names_the_page(
    reading: Callable[[], object], words: str
) -> None:
    with pytest.raises(PageError) as raised:
        reading()
    assert str(raised.value).startswith(words)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>One</p><p>Two</p>", ["One", "Two"]),
        ("One<br>Two", ["One\nTwo"]),
        ("One<br><br>Two", ["One", "Two"]),
        ("One<br>  <br>\n Two", ["One", "Two"]),
        ("One<b> bold</b><i>er</i>", ["One bolder"]),
        ("One<span>Two<br><br>Three</span>Four", ["OneTwo", "ThreeFour"]),
        ("Before<p>In</p>after", ["Before", "In", "after"]),
        ("<span>Before<p>In</p>after</span>", ["Before", "In", "after"]),
        ("<ul><li>One<ul><li>Deep</li></ul>end</li></ul>", ["One", "Deep", "end"]),
        ("<dl><dt>Who</dt><dd>All</dd></dl>", ["Who", "All"]),
        ("<table><tr><th>Who</th><td>All</td></tr></table>", ["Who | All"]),
        ("<table><tr><td>A</td><td></td><td>B</td></tr></table>", ["A | B"]),
        ("<table><tr><td><p>A</p><p>B</p></td><td>C</td></tr></table>", ["A", "B", "C"]),
        ("<table><tr>stray<td>A</td></tr></table>", ["stray | A"]),
        (f"<table><tr><td>{TABLE}</td><td>Out</td></tr></table>", ["In | Out"]),
        ("<blockquote><div><div>Deep</div></div></blockquote>", ["Deep"]),
        ("<details><summary>More</summary>Told</details>", ["More", "Told"]),
        ("One<!-- not told -->Two", ["OneTwo"]),
        ("One<script>var x = 1;</script><style>b {}</style>Two", ["OneTwo"]),
        ("<b>One<script>x</script></b><noscript><p>Not</p></noscript>", ["One"]),
        ("con\u00advict\u200bed", ["convicted"]),
        ("One\n  two\u00a0three", ["One two three"]),
        ("Cafe\u0301", ["Caf\u00e9"]),
        ("<p>Text</p><p># # #</p><p>* * *</p><p>&nbsp;</p>", ["Text"]),
        ("<p>a &lt;b&gt; &amp; c</p>", ["a <b> & c"]),
        ("", []),
    ],
)
def test_paragraphs_of_every_construct(html: str, expected: list[str]) -> None:
    assert paragraphs(fragment(html)) == expected


def test_a_page_that_stands_in_a_form_as_a_whole_keeps_its_inline_text() -> None:
    soup = fragment("<form><div id='body'>Plain <b>bold</b> plain</div></form>")
    assert paragraphs(one(soup, "#body", "page")) == ["Plain bold plain"]


WORDS = st.text("abc XYZ 059 жқё é\n.-", min_size=1, max_size=8)
INLINE = ["b", "a", "span", "em", "font", "sup"]


def _element(name: str, children: list[str]) -> str:
    return f"<{name}>{''.join(children)}</{name}>"


# Only what HTML lets nest as it is written: a <p> would be closed by any block inside of it.
NESTABLE = ["div", "section", "blockquote", "article", "center", "fieldset"]
TREES = st.recursive(
    st.one_of(WORDS, st.sampled_from(["<br>", "<!-- c9 -->", "<script>s9</script>", "<hr>"])),
    lambda inner: st.one_of(
        st.builds(_element, st.sampled_from(NESTABLE + INLINE), st.lists(inner, max_size=4)),
        st.builds(lambda cells: _table(cells), st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda items: _list(items), st.lists(inner, min_size=1, max_size=3)),
    ),
    max_leaves=20,
)


def _table(cells: list[str]) -> str:
    return _element("table", [_element("tr", [_element("td", [cell]) for cell in cells])])


def _list(items: list[str]) -> str:
    return _element("ul", [_element("li", [item]) for item in items])


def letters(words: str) -> Counter[str]:
    """How often each letter and digit occurs: what a reader may neither lose nor double."""
    return Counter(c for c in unicodedata.normalize("NFC", words) if c.isalnum())


@given(st.lists(TREES, max_size=5))
@example(["<span><div>a</div><b>b</b></span>"])
@example(["<table><tr>a<td>b</td><b>c</b></tr></table>"])
def test_paragraphs_lose_and_double_no_letter_of_the_visible_text(trees: list[str]) -> None:
    soup = fragment("".join(trees))
    visible = "".join(
        string
        for string in soup.find_all(string=True)
        if type(string).__name__ == "NavigableString" and not string.find_parent(UNREAD)
    )
    assert letters("".join(paragraphs(soup))) == letters(visible)


@given(st.lists(TREES, max_size=5))
def test_paragraphs_come_clean_and_in_the_order_of_the_page(trees: list[str]) -> None:
    soup = fragment("".join(trees))
    found = paragraphs(soup)
    for paragraph in found:
        assert paragraph.strip() == paragraph
        assert "\n\n" not in paragraph
        assert "  " not in paragraph
    for tag in soup.find_all(UNREAD):
        tag.decompose()
    visible = [c for c in unicodedata.normalize("NFC", soup.get_text()) if c.isalnum()]
    assert [c for c in "".join(found) if c.isalnum()] == visible


def test_blocks_are_told_from_what_is_not_read() -> None:
    assert not set(BLOCKS) & set(UNREAD)


def test_broken_json_is_refused() -> None:
    page = Page("https://office.example/api", (DEFECTS / "broken.json").read_bytes())
    with pytest.raises(
        PageError, match=r"^https://office\.example/api should be JSON, but cannot be parsed"
    ):
        page.json()


def test_a_strainer_parses_only_what_it_lets_through() -> None:
    soup = Page("u", b"<h1>Head</h1><article>Text</article>").soup(SoupStrainer("article"))
    assert text(soup) == "Text"


def test_clean_folds_white_space_and_drops_what_is_invisible() -> None:
    assert clean("  a\u00ad\u200bb\n\t c\u00a0d ") == "ab c d"


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("2018-04-13T00:00:00-04:00", date(2018, 4, 13)),
        ("2024-03-01T23:40:00+05:00", date(2024, 3, 1)),
        ("2024-03-01", date(2024, 3, 1)),
    ],
)
def test_the_day_of_a_stamp_is_the_one_of_its_own_offset(stamp: str, expected: date) -> None:
    assert read_iso_date(stamp, "page") == expected


def test_a_slashed_date_has_its_month_first() -> None:
    assert read_slashed_date("2/11/2026", "page") == date(2026, 2, 11)
    assert read_slashed_date("02/01/2026", "page") == date(2026, 2, 1)


def test_a_link_leads_to_an_absolute_address() -> None:
    page = Page("https://office.example/news/", b"")
    assert target(one(fragment('<a href=" ../x?a=1&amp;b=2 ">X</a>'), "a", "p"), page) == (
        "https://office.example/x?a=1&b=2"
    )


@pytest.mark.parametrize(
    ("charset", "href", "leads_to"),
    [
        ("windows-1251", "/д?q=д&a=b#д", "/%D0%B4?q=%E4&a=b"),
        ("utf-8", "/д?q=д", "/%D0%B4?q=%D0%B4"),
        ("koi8-r", "?q=д", "/news?q=%C4"),
        ("windows-1251", "?q=%D0%B4+&eacute;", "/news?q=%D0%B4+%26%23233%3B"),
        ("windows-1251", "https://h.example/?д=[0]|x", "/?%E4=[0]|x"),
    ],
)
def test_a_link_s_query_is_in_the_encoding_of_its_page(
    charset: str, href: str, leads_to: str
) -> None:
    html = f'<meta charset="{charset}"><a href="{href}">'
    page = Page("https://h.example/news", html.encode(charset))
    assert target(one(page.soup(), "a", page.url), page) == f"https://h.example{leads_to}"


@pytest.mark.parametrize(
    ("base", "leads_to"),
    [
        ('<base href="/a/">', "https://h.example/a/x"),
        ('<base href="//other.example/a/b">', "https://other.example/a/x"),
        ('<base target="_top"><base href="../c/"><base href="/d/">', "https://h.example/c/x"),
        ('<base href="https://user@h.example/a/">', "https://h.example/news/x"),
        ('<base href="data:text/html,x">', "https://h.example/news/x"),
        ('<base href="http://[bad">', "https://h.example/news/x"),
        ('<base href="">', "https://h.example/news/x"),
        ("<p>&lt;base href=/a/></p>", "https://h.example/news/x"),
    ],
)
def test_relative_links_start_from_the_page_s_base(base: str, leads_to: str) -> None:
    html = f"<html><head>{base}</head><body><a href='x'>X</a></body></html>"
    page = Page("https://h.example/news/list", html.encode())
    assert target(one(page.soup(), "a", page.url), page) == leads_to


def test_a_pager_leads_to_the_next_page_and_on_the_last_one_nowhere() -> None:
    page = Page("https://office.example/news?page=1", b"")
    pager = fragment('<a class="next" href="?page=2">Next</a>')
    assert next_page(pager, "a.next", page) == "https://office.example/news?page=2"
    assert next_page(fragment("<a>1</a>"), "a.next", page) is None
    with pytest.raises(PageError, match="'a' matches 2 times"):
        next_page(fragment("<a href='/1'>1</a><a href='/2'>2</a>"), "a", page)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("R&amp;amp;D", "R&D"),
        ("R&amp;amp;amp;D", "R&D"),
        ("the judge&amp;#8217;s &amp;#x201C;no&amp;#x201D;", "the judge’s “no”"),
        ("a&amp;nbsp;b", "a b"),
        ("con&amp;shy;sumers", "consumers"),
        # No references: addresses, and what has no name in HTML.
        ("?a=1&amp;copy=2&amp;lt", "?a=1&copy=2&lt"),
        ("R&amp;D; A&amp;nothing;", "R&D; A&nothing;"),
    ],
)
def test_what_was_encoded_twice_reads_as_it_was_meant(html: str, expected: str) -> None:
    assert text(fragment(html)) == expected
    assert paragraphs(fragment(f"<p>{html}</p>")) == [expected]
