"""The commands that look after the evidence, as they are typed."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from filelock import FileLock
from sqlalchemy import delete, update

from communique.main import main
from corpus import Settings, Store, office
from corpus.catalog import near_duplicates
from corpus.crawling.sample_site import SampleSite
from corpus.database import tables
from corpus.warc.reader import records
from corpus.warc.record import Record
from indexer import Query, open_engine
from indexer.engine.document import document
from tests.corpus.evidence.test_backup import assert_whole, crawl_on, text
from tests.corpus.evidence.test_reparse import misread, whole_page
from tests.corpus.evidence.test_verify import lose_catalog, newest_file, state
from tests.corpus.evidence.test_warc_import import Foreign, page_of
from tests.stalling import Stalling

pytestmark = pytest.mark.slow


def call(settings: Settings, *arguments: str) -> Result:
    env = {"COMMUNIQUE_DATA": str(settings.data), "COMMUNIQUE_CATALOG": settings.catalog}
    return CliRunner().invoke(main, list(arguments), env=env)


def assert_repaired(settings: Settings, *told: str) -> None:
    """Found first, mended then, and well at last."""
    found = call(settings, "verify")
    assert found.exit_code == 1
    assert all(each in found.output for each in told), found.output
    mended = call(settings, "verify", "--repair")
    assert mended.exit_code == 0, mended.output
    assert "  Repaired: " in mended.output
    assert call(settings, "verify").output == mended.output.splitlines()[-1] + "\n"
    assert call(settings, "verify").exit_code == 0


@pytest.mark.each_catalog
def test_an_index_that_is_behind_lost_or_at_odds_is_mended(
    copy_settings: Settings, copy_store: Store
) -> None:
    misread(copy_store, whole_page(copy_store).id, title="Misread")
    call(copy_settings, "reparse", "--apply")
    assert_repaired(copy_settings, "The index is behind by 1 change; run `communique reindex`.")
    shutil.rmtree(copy_settings.index)
    assert_repaired(copy_settings, "There is no index in ")


@pytest.mark.each_catalog
def test_documents_without_a_release_and_releases_without_a_document_are_told_apart(
    copy_settings: Settings, copy_store: Store
) -> None:
    first, second, *_ = sorted(each.id for each in copy_store.releases("sample_gpo"))
    with closing(open_engine(copy_settings)) as engine:
        engine.update((), [first], copy_store.revision(), lambda done: None)
    v, r = tables.version.c, tables.release.c
    with copy_store.writing() as connection:
        near_duplicates.unlink(connection, second)
        connection.execute(delete(tables.version).where(v.release == second))
        connection.execute(delete(tables.release).where(r.id == second))
    assert_repaired(
        copy_settings,
        f"The index has 1 release that the catalog lacks, {second} the first;",
        f"The catalog has 1 release that the index lacks, {first} the first;",
    )
    with closing(open_engine(copy_settings)) as engine:
        assert set(engine.scan(Query(None))) == {each.id for each in copy_store.releases()}


@pytest.mark.parametrize(
    "changed",
    [{"title": "Acquitted of all charges"}, {"body": ("Nothing.",)}, {"url": "http://a.b"}],
)
def test_an_index_that_shows_something_else_than_the_catalog_is_told_and_built_anew(
    copy_settings: Settings, copy_store: Store, changed: dict[str, Any]
) -> None:
    known = whole_page(copy_store)
    with closing(open_engine(copy_settings)) as engine:
        spoilt = replace(document(known), **changed)
        engine.update([spoilt], (), copy_store.revision(), lambda done: None)
    assert_repaired(
        copy_settings,
        f"The index shows 1 release otherwise than the catalog, {known.id} the first;",
    )


@pytest.mark.each_catalog
def test_a_catalog_that_was_changed_and_its_index_are_told_and_mended_at_once(
    copy_settings: Settings, copy_store: Store
) -> None:
    known = whole_page(copy_store)
    misread(copy_store, known.id, title=f"Acquitted: {known.title}")
    assert_repaired(
        copy_settings,
        f"{known.id}: version 1 in the catalog differs from its attestation",
        "restore the catalog from a backup, or run `communique verify --repair` to restore it from"
        " the archive.",
        f"The index shows 1 release otherwise than the catalog, {known.id} the first;",
    )
    with closing(open_engine(copy_settings)) as engine:
        [hit] = [hit for hit in engine.search(Query(None, size=1000)).hits if hit.id == known.id]
        assert hit.title.text == known.title


@pytest.mark.each_catalog
def test_what_cannot_be_mended_of_one_version_keeps_no_other_from_being(
    copy_settings: Settings, copy_store: Store
) -> None:
    first, second = sorted(each.id for each in copy_store.releases("sample_gpo"))[:2]
    row = tables.version.c
    with copy_store.changing() as connection:  # a fact that its response does not state
        where = row.release == first
        values = {"number": "7", "attested_as": "revised", "attested_offset": None}
        connection.execute(update(tables.version).where(where), values)
    misread(copy_store, first, number="8")
    misread(copy_store, second, title="Acquitted")
    done = call(copy_settings, "verify", "--repair")
    assert done.exit_code == 1
    told, _, left = done.output.partition("Second check:\n")
    assert "  Not repaired: " in told
    assert "restore catalog and archive from a backup" in told
    assert f"  Repaired: {second}: version 1 now matches the archive." in told
    assert first in left
    assert second not in left


@pytest.mark.each_catalog
def test_a_torn_archive_and_a_lost_catalog_are_mended_at_once(copy_settings: Settings) -> None:
    newest = newest_file(copy_settings, "sample_gpo")
    with newest.open("ab") as file:
        file.write(b"\x1f\x8b\x08 half a record")
    with closing(Store(copy_settings)) as store:
        before = state(store)
    lose_catalog(copy_settings)
    assert_repaired(
        copy_settings, f"{newest} ends with a partial record at ", "that the catalog lacks"
    )
    with closing(Store(copy_settings)) as store:
        assert state(store).keys() == before.keys()


def test_what_cannot_be_mended_is_said_and_ends_with_1(copy_settings: Settings) -> None:
    path = newest_file(copy_settings, "sample_doj")
    spoilt = bytearray(path.read_bytes())
    spoilt[len(spoilt) // 2] ^= 0x10
    path.write_bytes(spoilt)
    done = call(copy_settings, "verify", "--repair")
    assert done.exit_code == 1
    told, _, left = done.output.partition("Second check:\n")
    assert f"{path} is damaged at " in told
    assert f"{path} is damaged at " in left
    assert call(copy_settings, "verify").output == left


@pytest.mark.parametrize("job", ["locks/us_doj", "locks/sample_gpo", "import"])
def test_repairing_ends_with_75_while_an_office_is_crawled_or_files_are_imported(
    copy_settings: Settings, job: str
) -> None:
    (copy_settings.data / "locks").mkdir(exist_ok=True)
    with FileLock(copy_settings.data / f"{job}.lock"):
        assert call(copy_settings, "verify", "--repair").exit_code == 75
        assert call(copy_settings, "verify").exit_code == 0


@pytest.mark.parametrize("place", ["publishing:record_observation", "publishing:_publish_visits"])
def test_a_killed_crawl_is_mended_and_goes_on(
    settings: Settings, store: Store, place: str, tmp_path: Path
) -> None:
    """Before its first release is published, and before its visits are."""
    with SampleSite("sample_doj") as site:
        words = ["crawl", "sample_doj", "--route", "pages", "--delay", "0"]
        for host in office("sample_doj").route("pages").hosts:
            words += ["--mirror", f"{host}={site.url}"]
        with Stalling(settings, f"corpus.review.{place}", 1, *words) as command:
            command.process.kill()
        assert call(settings, "verify", "--repair").exit_code == 0
        assert_whole(settings, store)
        crawl_on(settings, store, site)
        whole = Settings(data=tmp_path / "whole")
        with closing(Store(whole)) as reference:
            crawl_on(whole, reference, site)
            assert text(store) == text(reference)
    assert_whole(settings, store)


@pytest.mark.each_catalog
def test_reading_anew_reports_before_it_changes(copy_settings: Settings, copy_store: Store) -> None:
    known = whole_page(copy_store)
    before = state(copy_store)
    misread(copy_store, known.id, title="Misread")
    dry = call(copy_settings, "reparse", "sample_gpo")
    assert dry.exit_code == 0
    assert f"would be replaced: title 1; the first: {known.id}" in dry.output
    assert "Nothing was changed; run the command with --apply" in dry.output
    [report] = json.loads(call(copy_settings, "reparse", "--json", "sample_gpo").output)
    assert report["differences"] == [{"release": known.id, "version": 1, "facts": ["title"]}]
    done = call(copy_settings, "reparse", "--apply")
    assert done.exit_code == 0
    assert "sample_doj: " in done.output
    assert state(copy_store) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["accept"],
        ["accept", "no_office"],
        ["reparse", "--limit", "3"],
        ["reparse", "no_office"],
        ["import", "nowhere.warc"],
        ["import", "--by", "Somebody"],
    ],
    ids=" ".join,
)
def test_what_makes_no_sense_is_a_usage_error(
    copy_settings: Settings, arguments: list[str]
) -> None:
    assert call(copy_settings, *arguments).exit_code == 2


@pytest.mark.each_catalog
def test_importing_tells_what_a_file_held_and_every_place_shows_whose_it_is(
    copy_settings: Settings, copy_store: Store, tmp_path: Path
) -> None:
    from webui import create_app

    known = whole_page(copy_store)
    fresh = Settings(data=tmp_path / "fresh")
    with Foreign(tmp_path / "theirs.warc.gz") as file:
        file.response(known.provenance.url, page_of(copy_settings, known))
    done = call(fresh, "import", "--by", "Aldania Web Archive", str(file.path))
    assert done.output == "theirs.warc.gz: 1 response, 1 version added.\n"
    origin = "Aldania Web Archive, theirs.warc.gz"
    assert json.loads(call(fresh, "export").output)["origin"] == origin
    assert call(fresh, "reindex").exit_code == 0
    assert call(fresh, "verify").exit_code == 0
    client = create_app(fresh).test_client()
    page = client.get(f"/releases/{known.id}")
    assert page.status_code == 200
    assert origin in page.text
    assert "First seen" not in page.text
    assert client.get(f"/releases/{known.id}/response").data == page_of(copy_settings, known)
    bad = tmp_path / "letter.warc"
    bad.write_text("Dear editor,\n" * 40)
    assert call(fresh, "import", "--by", "Somebody", str(bad)).exit_code == 1
    assert call(fresh, "verify").exit_code == 0


@pytest.mark.each_catalog
def test_a_release_s_response_is_read_where_the_same_came_again(copy_settings: Settings) -> None:
    """A second crawl of unchanged pages leaves only revisits, and no version points at one."""
    with SampleSite("sample_doj") as site, closing(Store(copy_settings)) as store:
        before = {place for _, _, place, _ in store.locations()}
        crawl_on(copy_settings, store, site)
        assert {place for _, _, place, _ in store.locations()} == before
    newest = newest_file(copy_settings, "sample_doj")
    kinds = {each.kind for each in records(newest) if isinstance(each, Record)}
    assert "revisit" in kinds
