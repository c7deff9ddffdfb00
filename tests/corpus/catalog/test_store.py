"""The store: every version kept, none invented, nothing lost."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st
from sqlalchemy import text

from corpus import Attachment, Draft, Provenance, Settings, Store, office
from corpus.catalog import store as catalog_store
from corpus.catalog.store import Outcome, Visit
from corpus.crawling.crawl import crawl
from corpus.crawling.sample_site import SampleSite
from corpus.database import tables
from corpus.database.tables import FORMAT
from corpus.errors import StoreError
from corpus.release import LinkedRelease, RecordLocation, release_id, sha256
from tests.statements import sent

pytestmark = pytest.mark.each_catalog

NOON = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
URL = "https://office.example/pr/1"
ID = release_id("us_doj", URL)
DRAFT = Draft(
    *("A Title", date(2026, 1, 14), ["One.", "Two."], "en"),
    topics=["Tax"],
    number="26-1",
    subtitle="",
    links=[],
)
LINK = LinkedRelease("https://www.justice.gov/opa/pr/2", "an earlier one")
FILE = Attachment("https://office.example/file/1", "The judgment")
SILENT = frozenset({"attachments"})


def add(
    store: Store,
    draft: Draft,
    at: datetime = NOON,
    silent: frozenset[str] = frozenset(),
    url: str = URL,
) -> Outcome:
    digest = sha256(repr((draft, silent)).encode())
    found = Provenance(url, at, digest, "us_doj/a.warc.gz", 42, "us_doj/pages", 1)
    with store.writing() as connection:
        return store.add(connection, "us_doj", url, draft, found, at, silent)


def test_a_release_is_new_once_and_then_the_same(store: Store) -> None:
    assert [add(store, DRAFT), add(store, DRAFT, NOON + HOUR)] == ["new", "same"]
    release = store.get(ID)
    assert release
    assert (release.title, release.body, release.version) == ("A Title", ("One.", "Two."), 1)
    assert (release.first_seen, release.last_seen) == (NOON, NOON + HOUR)
    assert release.provenance.fetched_at == NOON
    assert store.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Another Title"},
        {"published": date(2026, 1, 13)},
        {"published": None},
        {"body": ["One.", "Two, amended."]},
        {"body": ["One."]},
        {"number": "26-2"},
        {"number": None},
        {"topics": []},
        {"components": ["Tax Division"]},
        {"attachments": [FILE]},
        {"subtitle": "Or Two"},
        {"links": [LINK]},
    ],
    ids=lambda change: "-".join(change),
)
def test_a_stated_fact_that_differs_makes_a_version_and_keeps_the_old_one(
    store: Store, change: dict[str, object]
) -> None:
    edited = replace(DRAFT, **change)  # type: ignore[arg-type]
    add(store, DRAFT)
    assert add(store, edited, NOON + HOUR) == "changed"
    release = store.get(ID)
    assert release
    assert release.version == 2
    assert (release.title, list(release.body)) == (edited.title, edited.body)
    assert release.published == edited.published
    first, second = store.versions(ID)
    assert (first.number, first.title, first.observed_at) == (1, "A Title", NOON)
    assert (second.number, second.title, second.observed_at) == (2, edited.title, NOON + HOUR)
    assert add(store, edited, NOON + 2 * HOUR) == "same"


@pytest.mark.each_catalog
def test_a_subtitle_and_links_that_were_not_read_before_make_no_version(store: Store) -> None:
    stated = replace(DRAFT, subtitle="Or Two", links=[LINK])
    add(store, replace(DRAFT, subtitle=None, links=None))
    unread = store.get(ID)
    assert unread
    assert (unread.subtitle, unread.links) == (None, None)
    assert [add(store, stated, NOON + HOUR), add(store, DRAFT, NOON + 2 * HOUR)] == [
        "same",
        "changed",
    ]
    first, second = store.versions(ID)
    assert (first.facts["subtitle"], first.facts["links"]) == ("Or Two", (LINK,))
    assert (second.facts["subtitle"], second.facts["links"]) == ("", ())


@pytest.mark.each_catalog
def test_a_release_knows_what_links_to_it_unless_withheld(store: Store) -> None:
    other, third = (f"https://www.justice.gov/opa/pr/{number}" for number in (3, 4))
    add(store, replace(DRAFT, links=[replace(LINK, url=URL.replace("office", "other"))]))
    add(store, replace(DRAFT, links=[LINK], published=date(2026, 1, 20)), url=other)
    add(store, replace(DRAFT, links=[replace(LINK, text="")]), url=third)
    add(store, replace(DRAFT, links=[replace(LINK, url=f"{LINK.url}0")]), url=f"{URL}5")
    ids = [release_id("us_doj", url) for url in (other, third)]
    assert store.linking(LINK.url) == ids
    add(store, DRAFT, NOON + HOUR, url=LINK.url)
    store.withhold(ids[0], "by order")
    assert store.linking(LINK.url) == ids[1:]
    store.withhold(release_id("us_doj", LINK.url), "by order")
    release = store.get(ids[1])
    assert release
    assert release.links == ()
    assert store.versions(ids[1])[0].facts["links"] == ()


def test_a_text_that_returns_to_what_it_was_is_a_third_version(store: Store) -> None:
    for title in ("A", "B", "A"):
        add(store, replace(DRAFT, title=title))
    assert [version.title for version in store.versions(ID)] == ["A", "B", "A"]


@pytest.mark.parametrize("is_silent_first", [True, False])
def test_a_route_that_is_silent_of_attachments_adds_no_version(
    store: Store, is_silent_first: bool
) -> None:
    spoken = replace(DRAFT, attachments=[FILE])
    ways = [(DRAFT, SILENT), (spoken, frozenset[str]())]
    for draft, silent in ways if is_silent_first else reversed(ways):
        add(store, draft, silent=silent)
    release = store.get(ID)
    assert release
    assert (release.version, release.attachments) == (1, (FILE,))


def test_attachments_are_unknown_where_no_route_tells_of_them(store: Store) -> None:
    add(store, DRAFT, silent=SILENT)
    release = store.get(ID)
    assert release
    assert release.attachments is None


def test_no_attachments_told_of_later_are_learned_as_none(store: Store) -> None:
    add(store, DRAFT, silent=SILENT)
    add(store, DRAFT)
    release = store.get(ID)
    assert release
    assert (release.attachments, release.version) == ((), 1)


def test_a_silent_route_that_sees_an_edit_keeps_what_it_is_silent_of(store: Store) -> None:
    add(store, replace(DRAFT, attachments=[FILE]))
    assert add(store, replace(DRAFT, title="Edited"), silent=SILENT) == "changed"
    release = store.get(ID)
    assert release
    assert release.attachments == (FILE,)


def test_the_same_bytes_read_otherwise_replace_the_version_and_add_none(store: Store) -> None:
    with store.writing() as connection:
        for number, title in enumerate(["A Titel", "A Title"], start=1):
            found = Provenance(URL, NOON, "0" * 64, "us_doj/a.warc.gz", 42, "us_doj/pages", number)
            draft = replace(DRAFT, title=title, place=f"Place {number}")
            outcome = store.add(connection, "us_doj", URL, draft, found, NOON, frozenset())
    release = store.get(ID)
    assert release
    assert (outcome, release.version, release.title) == ("same", 1, "A Title")
    assert (release.place, release.provenance.reader_version) == ("Place 2", 2)
    assert store.revision() == 2, "an index has to hear of it"


def test_every_change_takes_the_next_revision_and_seeing_again_takes_none(store: Store) -> None:
    assert store.revision() == 0
    add(store, DRAFT, silent=SILENT)
    assert store.revision() == 1
    add(store, DRAFT, silent=SILENT)
    assert store.revision() == 1
    add(store, DRAFT)  # attachments learned: an index has to hear of it
    assert store.revision() == 2
    add(store, replace(DRAFT, title="Edited"))
    assert store.revision() == 3


def test_releases_after_a_revision_are_those_that_changed_since_in_order(store: Store) -> None:
    for n in range(4):
        add(store, DRAFT, url=f"https://office.example/pr/{n}")
    seen = store.revision()
    add(store, replace(DRAFT, title="Edited"), url="https://office.example/pr/2")
    add(store, DRAFT, url="https://office.example/pr/9")
    assert [each.url[-1] for each in store.releases(after_revision=seen)] == ["2", "9"]
    assert [each.url[-1] for each in store.releases()] == ["0", "1", "3", "2", "9"]
    assert list(store.releases(office="kz_gpo")) == []


def test_releases_are_streamed_and_all_there(store: Store) -> None:
    for n in range(1203):
        add(store, DRAFT, url=f"https://office.example/pr/{n}")
    stream = store.releases()
    assert isinstance(stream, Iterator)
    assert next(stream).url == "https://office.example/pr/0"
    assert len({release.id for release in stream}) == 1202


def test_many_are_given_as_each_alone(copy_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog_store, "RELEASES_AT_ONCE", 4)
    held = [*copy_store.releases("sample_gpo")]
    translated = next(each for each in held if each.alternates)
    url = translated.alternates[0].url
    withheld = {held[0].id, held[-1].id, copy_store.id_of("sample_gpo", url)} - {translated.id}
    for id_ in withheld & {each.id for each in held}:
        copy_store.withhold(id_, "By order of a court.")
    ids = [*(each.id for each in held[:12]), *withheld, translated.id, "x-0", ""]

    @tried(max_examples=40, deadline=None)
    @given(st.lists(st.sampled_from(ids), max_size=15), st.booleans())
    def compare(chosen: list[str], with_withheld: bool) -> None:
        alone = [copy_store.get(each, with_withheld=with_withheld) for each in chosen]
        assert copy_store.get_many(iter(chosen), with_withheld=with_withheld) == [
            *filter(None, alone)
        ]
        versions = {each: copy_store.versions(each) for each in chosen}
        assert copy_store.versions_of(chosen) == {k: v for k, v in versions.items() if v}

    compare()


@pytest.mark.parametrize("size", [1, 2, 3])
def test_many_are_read_with_one_statement_for_two_hundred(store: Store, size: int) -> None:
    ids = [f"us_doj-{number}" for number in range(200 * size)]
    with sent(store) as statements:
        store.get_many(ids)
    assert len(statements) == size


def test_a_transaction_that_fails_leaves_nothing_behind(store: Store) -> None:
    found = Provenance(URL, NOON, "0" * 64, "us_doj/a.warc.gz", 42, "us_doj/pages", 1)

    def fail_after_adding() -> None:
        with store.writing() as connection:
            store.add(connection, "us_doj", URL, DRAFT, found, NOON, frozenset())
            connection.execute(text("SELECT nonsense"))

    with pytest.raises(StoreError, match="nonsense"):
        fail_after_adding()
    assert (store.count(), store.revision()) == (0, 0)


def test_a_transaction_for_reading_leaves_nothing_behind(store: Store) -> None:
    add(store, DRAFT)
    with store.reading() as connection:
        connection.execute(tables.release.update(), {"office": "nobody"})
    release = store.get(ID)
    assert release
    assert release.office == "us_doj"


def test_a_visit_replaces_the_earlier_one_of_its_url_and_language(store: Store) -> None:
    first = Visit('"1"', None, NOON, "0" * 64, RecordLocation("us_doj/a.warc.gz", 1))
    second = replace(first, etag='"2"', location=RecordLocation("us_doj/b.warc.gz", 2))
    with store.writing() as connection:
        for visit in (first, second):
            store.add_visit(connection, "us_doj", URL, "", visit)
        store.add_visit(connection, "us_doj", URL, "ru", first)
    assert store.visit("us_doj", URL, "") == second
    assert store.visit("us_doj", URL, "ru") == first
    assert store.visit("us_doj", URL, "kk") is None


def test_visits_are_given_by_url_in_one_statement(store: Store) -> None:
    visit = Visit(None, None, NOON, "0" * 64, RecordLocation("us_doj/a.warc.gz", 1))
    urls = [f"{URL}/{number}" for number in range(9)]
    with store.writing() as connection:
        for url in urls[:6]:
            store.add_visit(connection, "us_doj", url, "", visit)
        store.add_visit(connection, "us_doj", urls[8], "en", visit)
    with sent(store) as statements:
        assert store.visits("us_doj", urls[2:], "") == dict.fromkeys(urls[2:6], visit)
    assert len(statements) == 1


def test_coverage_counts_releases_dates_and_languages_of_an_office(store: Store) -> None:
    for n, (day, language) in enumerate([(1, "en"), (9, "ru"), (None, "en"), (5, "en")]):
        published = date(2026, 1, day) if day else None
        add(store, replace(DRAFT, published=published, language=language), url=f"{URL}/{n}")
    [coverage] = store.coverage()
    assert (coverage.office, coverage.releases, coverage.undated) == ("us_doj", 4, 1)
    assert (coverage.first, coverage.last) == (date(2026, 1, 1), date(2026, 1, 9))
    assert coverage.languages == {"en": 3, "ru": 1}


def test_runs_gives_the_last_run_of_each_office(store: Store) -> None:
    store.add_run("us_doj", NOON, {"new": 1})
    store.add_run("us_doj", NOON + HOUR, {"new": 2})
    store.add_run("kz_gpo", NOON, {"new": 3})
    assert store.runs() == {"us_doj": (NOON + HOUR, {"new": 2}), "kz_gpo": (NOON, {"new": 3})}


def test_what_was_stored_is_there_when_the_catalog_is_opened_again(settings: Settings) -> None:
    first = Store(settings)
    add(first, DRAFT)
    before = first.get(ID)
    first.close()
    second = Store(settings)
    assert second.get(ID) == before
    assert second.revision() == 1
    second.close()


@pytest.mark.sqlite
def test_a_catalog_of_a_newer_format_is_refused_and_left_as_it_is(
    settings: Settings, tmp_path: Path
) -> None:
    Store(settings).close()
    path = settings.data / "catalog.sqlite"
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE about SET value = ? WHERE key = 'format'", (FORMAT + 1,))
        connection.execute("DROP TABLE run")  # as a newer format might have renamed it
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match=rf"of communique \(format {FORMAT + 1}, .* Update the"):
        Store(settings)
    assert path.read_bytes() == before


@pytest.mark.sqlite
def test_a_file_that_is_no_catalog_is_refused_and_left_as_it_is(settings: Settings) -> None:
    settings.data.mkdir()
    path = settings.data / "catalog.sqlite"
    path.write_text("a letter to the editor, long enough to be none of SQLite's headers" * 20)
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"catalog\.sqlite cannot be opened: .*\.$"):
        Store(settings)
    assert path.read_bytes() == before


def test_a_data_folder_that_cannot_be_made_gives_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"^The catalog sqlite:.* cannot be opened: .*\.$"):
        Store(Settings(data=tmp_path / "file" / "data"))


def test_a_database_that_nobody_can_reach_gives_a_sentence() -> None:
    with pytest.raises(StoreError, match=r"^The catalog nonsense cannot be opened: .*\.$"):
        Store(Settings(catalog="nonsense"))


class OddSite(SampleSite):
    """An interface that says what is no character, in a title and in an address."""

    def answer(self, path: str, language: str) -> tuple[bytes, str] | None:
        found = super().answer(path, language)
        if found is None or "/api/" not in path:
            return found
        answer = json.loads(found[0])
        first, second, third = answer["results"][:3]
        first["title"] = f"\0\ud800{first['title']}"
        second["url"] += "\0"
        third["url"] += "-" + "x" * 3000
        return json.dumps(answer).encode(), found[1]


def test_what_is_no_character_ends_no_run(settings: Settings, store: Store) -> None:
    with OddSite("sample_doj") as site:
        mirrors = dict.fromkeys(office("sample_doj").route("interface").hosts, site.url)
        report = crawl("sample_doj", settings, store, route="interface", mirrors=mirrors, delay_s=0)
    assert (report.error, report.quarantined) == (None, None)
    assert {each.rule for each in report.refused} == {
        "broken_address",
        "long_address",
    }
    assert report.new == store.count() > 3
    assert sum(each.title.startswith("\ufffd\ufffd") for each in store.releases()) == 1
    assert store.runs(good=True)["sample_doj"]
