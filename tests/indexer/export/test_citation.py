"""References are read back by other programs' parsers, and say what the release says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import bibtexparser
import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st
from pylatexenc.latex2text import LatexNodes2Text

from corpus import Provenance, Release, Store
from indexer.export.bibliography import bibtex, csl, ris
from indexer.export.citation import Citation, apa, chicago, cite, one_line

CITED = Citation(
    key="sample_doj-0123456789abcdef",
    office="Department of Justice of Aldania",
    title="Two Men Plead Guilty",
    published=date(2018, 4, 27),
    url="https://www.justice.example/opa/pr/two-men",
    genre="Press release",
    number="18-512",
    language="en",
    topics=("Human Trafficking", "Tax"),
    accessed=date(2025, 3, 2),
    evidence="archived March 1, 2025, SHA-256 0a1b",
)
RELEASE = Release(
    id="sample_doj-0123456789abcdef",
    office="sample_doj",
    url="https://www.justice.example/opa/pr/two-men",
    language="en",
    title="Two Men",
    published=None,
    body=("One.",),
    place=None,
    signature=None,
    number=None,
    topics=(),
    components=(),
    kind=None,
    attachments=None,
    alternates=(),
    provenance=Provenance(
        url="https://www.justice.example/opa/pr/two-men",
        fetched_at=datetime(2025, 3, 1, tzinfo=UTC),
        sha256="0a1b",
        warc_file="sample_doj/1.warc.gz",
        warc_offset=0,
        reader="sample_doj",
        reader_version=1,
    ),
    first_seen=datetime(2025, 3, 1, tzinfo=UTC),
    last_seen=datetime(2025, 3, 2, tzinfo=UTC),
    version=1,
)
# Letters, marks, digits, signs and blanks of any script; no controls, no lone surrogates.
TEXTS = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), max_size=80)
# TeX joins these to one character, and says "modifier circumflex" for the circumflex.
LIGATURES = ("--", "''", "``", "?`", "!`", "<<", ">>", ",,")
# The properties of CSL's schema that are used, with the types it demands.
CSL_STRINGS = {
    *("id", "type", "genre", "title", "URL", "language", "archive", "archive_location", "note"),
    *("number", "keyword"),
}


def fields_of(entry: str) -> dict[str, str]:
    library = bibtexparser.parse_string(entry)
    assert not library.failed_blocks
    (found,) = library.entries
    return {"ID": found.key, "type": found.entry_type} | {f.key: f.value for f in found.fields}


def plain(tex: str) -> str:
    """What TeX would print; the judge knows braces only by their short names."""
    tex = tex.replace(r"\textbraceleft{}", r"\{").replace(r"\textbraceright{}", r"\}")
    return LatexNodes2Text(keep_comments=True, math_mode="verbatim").latex_to_text(tex)


def test_plain_text_in_two_manners() -> None:
    assert chicago(CITED) == (
        "Department of Justice of Aldania, “Two Men Plead Guilty,” press release no. 18-512,"
        " April 27, 2018, accessed March 2, 2025, https://www.justice.example/opa/pr/two-men"
        " (archived March 1, 2025, SHA-256 0a1b)."
    )
    assert apa(CITED) == (
        "Department of Justice of Aldania. (2018, April 27). Two Men Plead Guilty [Press release]."
        " Retrieved March 2, 2025, from https://www.justice.example/opa/pr/two-men"
        " (archived March 1, 2025, SHA-256 0a1b)."
    )


def test_what_is_unknown_is_left_out_and_undated_is_said() -> None:
    unknown = replace(CITED, published=None, number=None, topics=(), language="xx")

    assert "press release, n.d., accessed" in chicago(unknown)
    assert "(n.d.)." in apa(unknown)
    assert {"date", "year", "month", "langid", "keywords"}.isdisjoint(fields_of(bibtex(unknown)))
    assert {"date", "year", "note", "keywords"}.isdisjoint(rispy.loads(ris(unknown))[0])
    assert {"issued", "number", "keyword"}.isdisjoint(csl(unknown))


def test_a_title_that_asks_keeps_its_mark() -> None:
    assert "“Guilty?” press release" in chicago(replace(CITED, title="Guilty?"))


def test_every_release_reads_back_as_the_catalog_has_it(sample_store: Store) -> None:
    releases = [*sample_store.releases()]
    languages = {"en": "english", "ru": "russian", "kk": "kazakh"}

    assert {each.language for each in releases} == set(languages)
    for release in releases:
        cited = cite(release)
        entry = fields_of(bibtex(cited))
        assert entry["ID"] == release.id
        assert plain(entry["title"]) == release.title
        assert entry["url"] == release.url
        assert entry["urldate"] == release.last_seen.date().isoformat()
        assert entry["langid"] == languages[release.language]
        assert entry.get("date") == (release.published and release.published.isoformat())
        assert release.provenance.sha256 in entry["note"]
        (record,) = rispy.loads(ris(cited))
        assert record["type_of_reference"] == "ELEC"
        assert record["title"] == release.title
        assert record["urls"] == [release.url]
        assert record["accession_number"] == release.id
        assert record.get("keywords", []) == list(release.topics)
        assert record.get("date") == (release.published and f"{release.published:%Y/%m/%d}")
        assert release.provenance.sha256 in record["notes"][0]


def test_csl_keeps_to_its_schema(sample_store: Store) -> None:
    for release in sample_store.releases():
        item = csl(cite(release))
        others = {"author", "accessed", "issued"}
        assert {"id", "type"} <= set(item) <= CSL_STRINGS | others
        assert all(isinstance(item[name], str) for name in CSL_STRINGS & set(item))
        assert item["type"] == "webpage"
        assert item["author"] == [{"literal": cite(release).office}]
        day = release.published
        parts = {"date-parts": [[day.year, day.month, day.day]]} if day else None
        assert item.get("issued") == parts
        assert (item["title"], item["URL"]) == (release.title, release.url)


@given(TEXTS.filter(lambda text: not any(each in text for each in LIGATURES)))
def test_bibtex_prints_any_text_as_it_was(text: str) -> None:
    entry = bibtex(replace(CITED, title=one_line(text), office=one_line(text), number=None))

    assert plain(fields_of(entry)["title"]) == one_line(text).replace("^", "ˆ")


@given(TEXTS, TEXTS)
def test_bibtex_entries_never_run_into_each_other(text: str, url: str) -> None:
    strange = replace(CITED, title=text, office=text, url=url, number=text, topics=(text, text))

    library = bibtexparser.parse_string(bibtex(strange) + bibtex(replace(CITED, key="next")))

    assert not library.failed_blocks
    assert [each.key for each in library.entries] == [CITED.key, "next"]
    assert library.entries[1]["title"] == "{Two Men Plead Guilty}"


@given(st.text(max_size=80))
def test_ris_lines_are_one_a_fact_whatever_the_text(text: str) -> None:
    release = replace(RELEASE, title=f"T {text}", topics=(text,), number=f"1{text}")
    record = ris(cite(release), note=text)

    lines = record.split("\r\n")
    assert lines[-1] == ""
    assert lines[0] == "TY  - ELEC"
    assert lines[-2] == "ER  - "
    assert all(line[2:6] == "  - " and line[:2].isalnum() for line in lines[:-1])
    assert not any(
        character in line for line in lines for character in "\r\n\x0b\x0c\x1c\x85\u2028\u2029"
    )
    (read,) = rispy.loads(record)
    assert read["title"] == one_line(f"T {text}")


@pytest.mark.parametrize("text", ["a\nb", "a\r\n\r\nb", "a\x00b", " a\u2028 b ", "a\x85b", "a\tb"])
def test_one_line_is_one_line(text: str) -> None:
    assert one_line(text) == "a b"
