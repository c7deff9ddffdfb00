"""The shapes of paragraphs: read with the text, kept beside it, and no part of a version."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from corpus import Provenance, Settings, Store
from corpus.database import tables
from corpus.evidence.reparse import reparse_archive
from corpus.reading.page import fragment
from corpus.reading.paragraphs import paragraphs
from corpus.release import Draft, Paragraph, release_id

pytestmark = pytest.mark.each_catalog

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
URL = "https://prosecutor.example/releases/1"


def shapes(html: str) -> list[tuple[str, str]]:
    return [
        (each, each.shape) for each in paragraphs(fragment(html)) if isinstance(each, Paragraph)
    ]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>One</p><div>Two<p>Three</p></div>", [("One", ""), ("Two", ""), ("Three", "")]),
        ("<h3>Counts</h3>Text", [("Counts", "heading"), ("Text", "")]),
        ("<blockquote><p>Said</p></blockquote>", [("Said", "quote")]),
        ("<ul><li>A</li><li><p>B</p></li></ul>", [("A", "item"), ("B", "item")]),
        ("<ul><li><p>A</p><p>B</p></li></ul>", [("A", "item"), ("B", "more")]),
        ("<ul><li><p>***</p><p>B</p></li></ul>", [("B", "item")]),
        (
            "<ul><li>A<ul><li>B</li></ul>C</li></ul>",
            [("A", "item"), ("B", "item"), ("C", "more")],
        ),
        ("<ol><li>A</li>\n<li>B</li></ol>", [("A", "item 1"), ("B", "item 2")]),
        ("<ol start=4><li>A</li><li value=9>B</li></ol>", [("A", "item 4"), ("B", "item 9")]),
        ("<ol type=a><li>A</li><li>B</li></ol>", [("A", "item 1 a"), ("B", "item 2 a")]),
        ("<ol reversed><li>A</li><li>B</li></ol>", [("A", "item 2"), ("B", "item 1")]),
        ("<ol start=x><li>A</li></ol>", [("A", "item 1")]),
        ("<li>stray</li>", [("stray", "item")]),
        (
            "<table><tr><th>Who<th>Term</tr><tr><th>A<td>5 years</tr></table>",
            [("Who | Term", "head 1 2"), ("A | 5 years", "row 1 2")],
        ),
        (
            "<table><caption>Sum</caption><tr><td>A<td><td>C</tr></table>",
            [("Sum", ""), ("A | C", "row 1 3")],
        ),
        ("<table><tr><td colspan=2>A<td>C</tr></table>", [("A | C", "row 1 3")]),
        ("<table><tr><td rowspan=2>A<td>C</tr><tr><td>D</tr></table>", [("A | C", ""), ("D", "")]),
        (
            "<table><tr><td><p>A</p><p>B</p></td><td>C</td></tr></table>",
            [("A", ""), ("B", ""), ("C", "")],
        ),
    ],
)
def test_the_shape_of_every_construct(html: str, expected: list[tuple[str, str]]) -> None:
    assert shapes(html) == expected


def draft(body: list[str]) -> Draft:
    return Draft("Two Clerks Charged", AT.date(), body, "en")


def provenance(digest: str, at: datetime) -> Provenance:
    return Provenance(URL, at, digest, "sample_doj/1.warc.gz", 0, "sample_doj/pages", 1)


def add(store: Store, body: list[str], digest: str, at: datetime) -> str:
    with store.writing() as connection:
        seen = provenance(digest, at)
        return store.add(connection, "sample_doj", URL, draft(body), seen, at, frozenset())


def test_another_shape_of_the_same_words_is_no_new_version(store: Store) -> None:
    assert add(store, [Paragraph("One.", "item")], "0" * 64, AT) == "new"

    outcome = add(store, [Paragraph("One.", "")], "1" * 64, AT + timedelta(days=1))

    assert outcome == "same"
    assert len(store.versions(release_id("sample_doj", URL))) == 1


def test_shapes_are_kept_beside_a_text_that_stays_plain(store: Store) -> None:
    add(store, [Paragraph("A | B", "row 1 3"), Paragraph("Text."), "No shape."], "0" * 64, AT)

    release = store.get(release_id("sample_doj", URL))

    assert release
    assert (release.body, release.shapes) == (
        ("A | B", "Text.", "No shape."),
        ("row 1 3", "", ""),
    )


def test_an_older_record_gets_its_shapes_when_the_archive_is_read_anew(
    copy_settings: Settings, copy_store: Store
) -> None:
    told = {each.id: each.shapes for each in copy_store.releases("sample_doj")}
    assert any(any(each) for each in told.values())
    with copy_store.writing() as connection:
        connection.execute(update(tables.version).values(shapes=None, reader_version=1))
    assert {each.shapes for each in copy_store.releases("sample_doj")} == {()}

    report = reparse_archive("sample_doj", copy_settings, copy_store, is_applied=True)

    assert {each.facts for each in report.differences} == {("shapes",)}
    assert {each.id: each.shapes for each in copy_store.releases("sample_doj")} == told
    assert all(len(copy_store.versions(id_)) == 1 for id_ in told)
