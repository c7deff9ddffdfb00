"""What offices borrow from each other: datelines, and the files that a text links to."""

from __future__ import annotations

import pytest

from corpus.reading.page import Page, fragment
from corpus.release import Attachment
from corpus.sources._parts import dateline, linked_files

PAGE = Page("https://www.office.example/news/one.aspx", b"")


@pytest.mark.parametrize(
    ("opening", "place"),
    [
        ("OAKLAND – The Attorney General", "OAKLAND"),
        ("OAKLAND—The Attorney General", "OAKLAND"),
        ("OAKLAND -- “We will,” she said", "OAKLAND"),
        ("SAN LUIS OBISPO - The Attorney General", "SAN LUIS OBISPO"),
        ("WINSTON-SALEM, N.C. - The Attorney General", "WINSTON-SALEM, N.C."),
        ("WASHINGTON, D.C. – The Attorney General", "WASHINGTON, D.C."),
        ("SACRAMENTO, Calif. – The Attorney General", "SACRAMENTO, Calif."),
        ("San Juan, Puerto Rico – The Attorney General", "San Juan, Puerto Rico"),
        ("COEUR D’ALENE, IDAHO – The Attorney General", "COEUR D’ALENE, IDAHO"),
        ("HARRISBURG (March 4, 2025) — The Attorney General", "HARRISBURG"),
        ("Richmond, VA - The Attorney General", "Richmond, VA"),
        ("Salem, Oregon—The Attorney General", "Salem, Oregon"),
        ("Charleston, West Virginia – The Attorney General", "Charleston, West Virginia"),
        ("MEDIA ADVISORY – The Attorney General", None),
        ("CORRECTION - The Attorney General", None),
        ("January 17th, 2026 - The Attorney General", None),
        ("Ferry Tickets, Fares – The Attorney General", None),
        ("The Attorney General – with others – sued", None),
        ("OAKLAND is a city", None),
        ("CO-DEFENDANTS of the captain", None),
    ],
)
def test_a_place_before_the_dash_is_the_dateline(opening: str, place: str | None) -> None:
    assert dateline([opening]) == place


def test_a_dateline_may_stand_below_labels_and_subheadings_but_not_far_down() -> None:
    above = ["STATEMENT – The court has spoken", "Riders may claim", "Fares will fall"]
    assert dateline([*above, "OAKLAND – Today"]) == "OAKLAND"
    assert dateline([*above, "More", "OAKLAND – Today"]) is None
    assert dateline([]) is None


def test_linked_files_are_the_offices_own_each_once_in_order() -> None:
    text = fragment(
        '<a href="/b.PDF#page=2">The <b>order</b></a> <a href="../a%20b.png"><img></a>'
        '<a href="http://office.example/c.docx?v=2">Third</a> <a href="/b.PDF">again</a>'
        '<a href="https://court.example/d.pdf">cited</a> <a href="two.aspx">a release</a>'
        '<a href="//[b.pdf">mistyped</a> <a href="">empty</a> <a href="mailto:a@b.pdf">post</a>'
    )
    assert linked_files(text, PAGE) == [
        Attachment("https://www.office.example/b.PDF", "The order"),
        Attachment("https://www.office.example/a%20b.png", "a b.png"),
        Attachment("http://office.example/c.docx?v=2", "Third"),
    ]


def test_a_folder_of_files_holds_files_whatever_their_names() -> None:
    text = fragment(
        '<a href="/Files/one.aspx">One</a> <a href="https://court.example/Files/two.aspx">Two</a>'
    )
    assert linked_files(text, PAGE) == []
    assert linked_files(text, PAGE, ("/Files/",)) == [
        Attachment("https://www.office.example/Files/one.aspx", "One")
    ]
