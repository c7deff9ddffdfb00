"""A version whose response is lost says so, and is archived anew while its office says the same."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from corpus import Settings, Store, office
from corpus.crawling.crawl import crawl
from corpus.issue import Finding
from corpus.release import sha256
from corpus.warc.archive import read_response
from tests.conftest import EDITED, FIRST_EDIT, EditedSite, sample_id
from tests.corpus.evidence.test_verify import findings, newest_file, repaired
from webui import create_app

pytestmark = pytest.mark.each_catalog

LOST = "The original page of this version is lost."
ID = sample_id(EDITED)


@pytest.fixture
def site() -> Iterator[EditedSite]:
    with EditedSite("sample_doj") as opened:
        yield opened


def lose(settings: Settings, store: Store) -> Path:
    """Lose the file of a crawl, and let a repair find out; where it was moved to."""
    path = newest_file(settings, "sample_doj")
    moved = settings.data / path.name
    path.rename(moved)
    assert all(each.is_remark for each in repaired_findings(settings, store))
    return moved


def repaired_findings(settings: Settings, store: Store) -> list[Finding]:
    repaired(settings, store)
    return findings(settings, store)


def evidence_of(settings: Settings, store: Store, number: int) -> tuple[str, bool]:
    """The digest of the response of a version, and whether it is there as recorded."""
    [seen] = [each.provenance for each in store.versions(ID) if each.number == number]
    record = read_response(settings.archive, seen.location)
    return seen.sha256, sha256(record.body) == seen.sha256 and seen.lost_at is None


def test_a_lost_response_is_marked_shown_and_fetched_again(
    settings: Settings, store: Store, site: EditedSite
) -> None:
    site.crawl(settings, store)
    before = {each.id: each for each in store.releases()}
    lose(settings, store)
    [remark] = findings(settings, store)
    assert remark.sentence.startswith(f"{len(before)} versions marked as lost.")
    client = create_app(settings).test_client()
    assert LOST in client.get(f"/releases/{ID}").text
    gone = client.get(f"/releases/{ID}/response")
    assert (gone.status_code, LOST in gone.text) == (410, True)
    told = client.get(f"/api/v1/releases/{ID}").get_json()["provenance"]
    assert told["lost_at"] is not None
    # Nothing is due by its age, and nothing would be walked.
    report = site.crawl(replace(settings, revisits="180", walk_days=30), store)
    assert (report.new, report.changed, report.same) == (0, 0, len(before))
    assert report.unchanged == 0, "fetched whole"
    assert findings(settings, store) == []
    for id_, known in before.items():
        again = store.get(id_)
        assert again
        assert (again.version, again.title, again.body) == (1, known.title, known.body)
        assert again.first_seen == known.first_seen
        assert again.provenance.fetched_at > known.provenance.fetched_at
    assert evidence_of(settings, store, 1) == (told["sha256"], True)
    assert LOST not in client.get(f"/releases/{ID}").text
    assert client.get(f"/releases/{ID}/response").status_code == 200


def test_what_the_office_has_changed_meanwhile_is_a_version_and_the_lost_one_says_so(
    settings: Settings, store: Store, site: EditedSite
) -> None:
    site.crawl(settings, store)
    lose(settings, store)
    site.edits = {EDITED: FIRST_EDIT}
    report = site.crawl(settings, store)
    assert report.changed == 1
    first, second = store.versions(ID)
    assert first.provenance.lost_at
    assert evidence_of(settings, store, 2)[1]
    assert second.provenance.lost_at is None
    [remark] = findings(settings, store)
    assert remark.sentence.startswith("1 version marked as lost.")
    client = create_app(settings).test_client()
    page = client.get(f"/releases/{ID}").text
    assert page.count(LOST) == 1, "beside the first version alone"
    assert client.get(f"/releases/{ID}/response").status_code == 200
    assert client.get(f"/releases/{ID}/response?version=1").status_code == 410
    # It cannot come back, and keeps no later crawl busy.
    again = site.crawl(replace(settings, revisits="180", walk_days=30), store)
    assert again.fetched + again.unchanged <= 2, "the listing"


def test_a_page_that_came_again_otherwise_is_the_evidence_without_a_fetch(
    settings: Settings, store: Store, site: EditedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The version was read from the first answer; the last one differs in its boilerplate alone."""
    monkeypatch.setattr("corpus.warc.archive.CONTINUED_BYTES", 0)  # a file for each crawl
    site.crawl(settings, store)
    first = newest_file(settings, "sample_doj")
    site.edits = {EDITED: [("</title>", " </title>")]}
    assert site.crawl(settings, store).changed == 0
    second = newest_file(settings, "sample_doj")
    first.rename(settings.data / first.name)
    repaired(settings, store)
    assert site.crawl(settings, store).changed == 0
    [version] = store.versions(ID)
    assert version.provenance.warc_file == f"sample_doj/{second.name}"
    assert evidence_of(settings, store, 1)[1]
    assert findings(settings, store) == []


def test_a_listing_that_carried_releases_is_walked_again(
    settings: Settings, store: Store, site: EditedSite
) -> None:
    mirrors = {host: site.url for each in office("sample_doj").routes for host in each.hosts}
    calm = replace(settings, revisits="180", walk_days=30)

    def crawl_interface() -> None:
        report = crawl("sample_doj", calm, store, route="interface", mirrors=mirrors, delay_s=0)
        assert report.error is None

    crawl_interface()
    number = store.count()
    lose(settings, store)
    assert sum(each.provenance.lost_at is not None for each in store.releases()) == number
    crawl_interface()
    assert findings(settings, store) == []
    assert all(each.provenance.lost_at is None for each in store.releases())


def test_a_response_that_is_found_again_is_no_longer_marked(
    settings: Settings, store: Store, site: EditedSite
) -> None:
    site.crawl(settings, store)
    moved = lose(settings, store)
    moved.rename(settings.archive / "sample_doj" / moved.name)
    told = [each.sentence for each in findings(settings, store)]
    assert f"{ID}: version 1 is marked as lost, but its response is in the archive." in told
    assert repaired(settings, store) == []
    assert all(each.provenance.lost_at is None for each in store.releases())


def test_a_version_of_others_whose_file_is_lost_is_marked_too(
    copy_settings: Settings, copy_store: Store, tmp_path: Path
) -> None:
    from corpus.evidence.warc_import import import_files

    fresh = Settings(data=tmp_path / "fresh")
    theirs = tmp_path / "theirs.warc.gz"
    shutil.copyfile(newest_file(copy_settings, "sample_gpo"), theirs)
    with closing(Store(fresh)) as store:
        list(import_files([theirs], "Somebody", fresh, store))
        [path] = (fresh.archive / "imported").iterdir()
        path.unlink()
        [finding] = findings(fresh, store)
        assert finding.repair
        assert finding.repair() == f"{store.count()} versions marked as lost."
        [remark] = findings(fresh, store)
        assert remark.is_remark
