"""What is read is what a browser shows: no hidden text, no footnote marks, paragraphs where it
begins new lines; in time that grows with the page and no faster.
"""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

import pytest
from bs4 import BeautifulSoup

from corpus.errors import PageError
from corpus.reading.html_tree import MOST_ELEMENTS
from corpus.reading.page import Page, fragment, one
from corpus.reading.paragraphs import clean, paragraphs, text


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<pre>One\n\nTwo</pre>", ["One", "Two"]),
        ("<pre>One\nline\n \t\nTwo\n</pre>", ["One\nline", "Two"]),
        ("<pre>\r\nOne\r\n\r\n    Two   spaced\r\n</pre>", ["One", "Two spaced"]),
        ("<pre><b>One\n\nTwo</b> more</pre>", ["One", "Two more"]),
        ("<listing>One\n\nTwo</listing>", ["One", "Two"]),
        ("<xmp>One\n\nTwo</xmp>", ["One", "Two"]),
        ("<plaintext>One\n\nTwo", ["One", "Two</div>"]),
        ("<div style='white-space: pre-wrap'>One\n\nTwo</div>", ["One", "Two"]),
        ("<p style='color:red;WHITE-SPACE:pre-line'>One\n\nTwo</p>", ["One", "Two"]),
        ("<pre style='white-space:normal'>One\n\nTwo</pre>", ["One Two"]),
        ("<p>One\n\nTwo</p>", ["One Two"]),
        ("<table><tr><td><pre>One\n\nTwo</pre></td><td>A</td></tr></table>", ["One", "Two", "A"]),
    ],
)
def test_lines_of_preformatted_text_are_kept_and_empty_ones_part_paragraphs(
    html: str, expected: list[str]
) -> None:
    assert paragraphs(fragment(html)) == expected


def test_a_part_of_a_preformatted_text_is_preformatted() -> None:
    soup = fragment("<pre>Head<span id='text'>One\n\nTwo</span></pre>")
    assert paragraphs(one(soup, "#text", "page")) == ["One", "Two"]


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>not</p>",
        "<p hidden='until-found'>not</p>",
        "<span hidden=''>not</span>",
        "<div style='display:none'><p>not</p></div>",
        "<b style='Color:red; DISPLAY : None !important'>not</b>",
        "<div style='visibility:hidden'><p>not</p></div>",
        "<span style='visibility: collapse'>not<br>not</span>",
        "<dialog>not</dialog>",
        "<video controls>not <a href='/v'>download</a></video>",
        "<audio><p>not</p></audio>",
        "<canvas>not</canvas>",
        "<object>not</object>",
        "<iframe>not</iframe>",
        "<noframes><p>not</p></noframes>",
        "<noembed>not</noembed>",
        "<progress>70 %</progress>",
        "<meter>7 of 10</meter>",
        "<textarea>not</textarea>",
        "<datalist><option>not</datalist>",
        "<template><p>not</p></template>",
        "<select><option>not</select>",
        "<svg><title>not</title></svg>",
    ],
)
def test_what_no_browser_shows_is_none_of_the_offices_words(hidden: str) -> None:
    soup = fragment(f"<p>The court </p>{hidden}<p>ruled.</p>")
    assert paragraphs(soup) == ["The court", "ruled."]
    assert text(soup) == "The court ruled."


@pytest.mark.parametrize(
    "shown",
    [
        "<p aria-hidden='true'>told</p>",
        "<p class='hidden'>told</p>",
        "<p data-hidden>told</p>",
        "<p style='display:block'>told</p>",
        "<p style='background:url(display-none.png)'>told</p>",
        "<dialog open>told</dialog>",
        "<details><summary>told</summary></details>",
        "<div style='visibility:hidden'>not<p style='visibility:visible'>told</p></div>",
        "<div style='visibility:inherit'>told</div>",
    ],
)
def test_what_a_browser_shows_is_read(shown: str) -> None:
    assert paragraphs(fragment(shown)) == ["told"]


def test_what_a_reader_has_asked_for_is_read_though_a_script_may_have_to_show_it() -> None:
    soup = fragment("<div id='text' style='display:none'><p>told</p></div>")
    assert paragraphs(one(soup, "#text", "page")) == ["told"]


def test_a_hidden_item_has_no_number() -> None:
    items = paragraphs(fragment("<ol><li>A<li hidden>B<li>C</ol>"))
    assert [getattr(each, "shape", "") for each in items] == ["item 1", "item 2"]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("found guilty<sup>2</sup> today", "found guilty today"),
        ("found guilty <sup>2</sup>.", "found guilty ."),
        ("found guilty.<sup>[2]</sup>", "found guilty."),
        ("guilty”<sup>(12)</sup>", "guilty”"),
        ("guilty<sup>*</sup>, fled<sup>†</sup>", "guilty, fled"),
        ("guilty<sup>1, 2</sup>", "guilty"),
        ("guilty<sup>1</sup><sup>,</sup><sup>2</sup>", "guilty"),
        ("on Sept. 29<sup>,</sup> from noon", "on Sept. 29, from noon"),
        ("guilty<sup>; </sup>fled<sup>,</sup>", "guilty; fled,"),
        ("guilty<a href='#fn1'><sup>1</sup></a>", "guilty"),
        ("guilty<sup id='r1'><a href='#fn1'>1</a></sup>", "guilty"),
        ("guilty<sup><a href='#a'>a</a></sup>", "guilty"),
        ("in 2018<sup>3</sup> and $5<sup>00</sup>", "in 2018 and $5"),
        ("18 U.S.C. § 1956<sup>2</sup>", "18 U.S.C. § 1956"),
        ("виновен<sup>2</sup> в 2018<sup>1</sup> году", "виновен в 2018 году"),
        # Not marks.
        ("the 16<sup>th</sup> of May", "the 16th of May"),
        ("1<sup>er</sup> mai, 2<sup>nd</sup>", "1er mai, 2nd"),
        ("M<sup>c</sup>Donald, n<sup>o</sup> 5", "McDonald, no 5"),
        ("Brand<sup>®</sup>", "Brand®"),
        ("100 m<sup>2</sup>, 5 km<sup>2</sup>", "100 m2, 5 km2"),
        ("20 м<sup>3</sup> газа, CO<sub>2</sub>, CO<sup>2</sup>", "20 м3 газа, CO2, CO2"),
        ("5<sup>1</sup>/<sub>2</sub> years", "5 1/2 years"),
        ("PM<sup>2.5</sup>", "PM2.5"),
        ("H<sub>2</sub>O, x<sub>12</sub>", "H2O, x12"),
        # The footnote itself.
        ("<sup>1</sup> See the indictment.", "1 See the indictment."),
        # Articles that were put in between others later.
        ("по ст. 205<sup>1</sup> УК РФ", "по ст. 205.1 УК РФ"),
        ("статьями 205<sup>1</sup>, 205<sup>2</sup>", "статьями 205.1, 205.2"),
        ("ҚК 205<sup>1</sup>-бабы", "ҚК 205-1-бабы"),
        ("Article 144<sup>1</sup> of the Code", "Article 144.1 of the Code"),
        ("статья 105<sup>*</sup>", "статья 105"),
    ],
)
def test_a_footnotes_mark_is_no_part_of_a_word_and_other_superscripts_are(
    html: str, expected: str
) -> None:
    assert paragraphs(fragment(f"<p>{html}</p>")) == [expected]
    assert text(fragment(f"<h1>{html}</h1>")) == expected


def test_a_mark_at_the_start_of_a_line_begins_a_footnote() -> None:
    notes = "<p>guilty<sup>1</sup><br><sup>1</sup> Not final.</p><p><sup>2</sup>Of two.</p>"
    assert paragraphs(fragment(notes)) == ["guilty\n1 Not final.", "2Of two."]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("said <q>guilty</q> twice", "said “guilty” twice"),
        ("<q>He said <q>no</q>, twice</q>", "“He said ‘no’, twice”"),
        ("<q>One <b>two</b></q>.", "“One two”."),
        ("<q>guilty<sup>2</sup></q>", "“guilty”"),
        ("“guilty”", "“guilty”"),
        ("<q hidden>no</q>guilty", "guilty"),
    ],
)
def test_a_quotation_has_its_marks(html: str, expected: str) -> None:
    assert paragraphs(fragment(html)) == [expected]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("a</p>b</p>c", ["a", "b", "c"]),
        ("<p>a<div>b</div>c</p>d", ["a", "b", "c", "d"]),
        ("<p>a<ul><li>b</ul>c</p>d", ["a", "b", "c", "d"]),
        ("<b>a</p>b</b>", ["a", "b"]),
        ("<table><tr><td>a</p>b</td><td>c</td></tr></table>", ["a", "b", "c"]),
        ("<ul><li>a</p>b</li></ul>", ["a", "b"]),
        ("a</P\n>b</p x>c", ["a", "b", "c"]),
        ("a</br>b", ["a\nb"]),
        ("a</br></BR>b", ["a", "b"]),
        ("<h2>a</h3>b", ["a", "b"]),
        ("<h1>a</H2><p>b", ["a", "b"]),
        # No break: what ends nothing that would begin a line.
        ("a</b>b</span>c", ["abc"]),
        ("<p>a</b>b</p>c", ["ab", "c"]),
        ("<p>a<b>b</p>c</b>", ["ab", "c"]),
        ("a<!-- </p> -->b", ["ab"]),
        ("a<script>'</p>'</script>b", ["ab"]),
    ],
)
def test_stray_end_tags_are_read_as_browsers_read_them(html: str, expected: list[str]) -> None:
    assert paragraphs(fragment(html)) == expected


def test_stray_end_tags_move_no_element_that_a_selector_finds() -> None:
    soup = fragment(
        "<h2 class='news'>T</h2></p><p title='a</p>b'>2/1/2026</p><title>x</p>y</title>"
    )
    assert text(one(soup, "h2.news + p", "page")) == "2/1/2026"
    assert one(soup, "title", "page").string == "x</p>y"


def test_an_element_as_one_line_has_a_space_where_a_line_begins() -> None:
    assert text(fragment("<h1>Two<br>Charged</h1>")) == "Two Charged"
    assert text(fragment("<h1><div>Two</div><div>Charged</div></h1>")) == "Two Charged"
    assert text(fragment("<td>One<b> bold</b><i>er</i></td>")) == "One bolder"


def test_text_around_a_block_in_an_inline_element_goes_on_in_its_line() -> None:
    html = "x<span>Before<p>In</p>after</span>y"
    assert paragraphs(fragment(html)) == ["xBefore", "In", "aftery"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("the judge\x92s \x93no\x94\x85", "the judge’s “no”…"),
        ("a\x01b\x7fc", "abc"),
        ("&amp;amp;lt;b&amp;gt;", "<b>"),
        ("&#38;#38;amp;", "&"),
        ("&AMP;amp;quot;", '"'),
        ("&#x26;#x26;nothing;", "&nothing;"),
    ],
)
def test_what_was_meant_is_read(words: str, expected: str) -> None:
    assert clean(words) == expected


# Work that must grow with the page, not with its square. Each is a page of some size.
GROWING: dict[str, Callable[[int], str]] = {
    "nested blocks": lambda n: "<div>" * n + "x" + "</div>" * n,
    "nested blocks with text": lambda n: "<div>x" * n,
    "nested inline": lambda n: "<b>" * n + "x" + "</b>" * n,
    "nested inline with text": lambda n: "<font>x" * n,
    "nested lists": lambda n: "<ul><li>x" * n,
    "nested tables": lambda n: "<table><tr><td>x" * n,
    "nested single cells": lambda n: "<table><tr><td>" * n + "x",
    "nested rowspans": lambda n: "<table><tr><td rowspan=2>" * n + "x",
    "nested marks": lambda n: "x" + "<sup>" * n + "2",
    "nested quotations": lambda n: "<q>x" * n,
    "paragraphs": lambda n: "<p>x</p>" * n,
    "lines": lambda n: "x<br>" * n,
    "marks": lambda n: "x<sup>2</sup>" * n,
    "stray ends": lambda n: "x</p>" * n,
    "references": lambda n: "&" + "amp;" * n,
    "references of figures": lambda n: "&#38;" + "#38;" * n,
    "marks upon a letter": lambda n: "a" + "\u0315\u0300\u0327" * n,
    "attributes": lambda n: "<p " + "".join(f"a{i}=1 " for i in range(n)) + ">x",
    "no end of a tag": lambda n: "<p>x</p>" + "<a b='" * n,
    "no end of a comment": lambda n: "<p>x</p></p>" + "<!--" * n,
    "spaces": lambda n: "x" + " \n" * n + "x",
}


def work_s(html: str) -> float:
    soup = fragment(html)
    clock = process_time()
    paragraphs(soup)
    return process_time() - clock


@pytest.mark.parametrize("name", GROWING)
def test_the_work_of_reading_grows_no_faster_than_the_page(name: str) -> None:
    few = min(work_s(GROWING[name](1_000)) for _ in range(2))
    # Eight times the page; its square would be 64 times. A busy machine has a second try.
    assert any(work_s(GROWING[name](8_000)) < 32 * few + 0.5 for _ in range(2))


def test_text_that_is_nested_deeper_than_the_stack_is_read_whole() -> None:
    for name in ("nested blocks", "nested lists", "nested tables", "nested inline with text"):
        html = f"<p>Before</p>{GROWING[name](3_000)}"
        assert "".join(paragraphs(fragment(html))).count("x") in (1, 3_000)


def test_a_page_of_too_many_elements_is_not_taken_apart() -> None:
    with pytest.raises(PageError, match="1,000,001 elements") as raised:
        Page("u", b"<p>" * (MOST_ELEMENTS + 1)).soup()
    assert raised.value.rule == "too_large"


def test_a_tree_of_any_parser_is_read() -> None:
    soup = BeautifulSoup("<p>One</p><p hidden>no</p>", "html.parser")
    assert paragraphs(soup) == ["One"]
