"""Other people's WARC files: read as ours are, never taken for ours."""

from __future__ import annotations

import gzip
import re
import resource
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from corpus import Release, Settings, Store, office
from corpus.crawling.crawl import crawl
from corpus.crawling.sample_site import SampleSite
from corpus.errors import StoreError
from corpus.evidence.reparse import reparse_archive
from corpus.evidence.verify import verify_archive, verify_catalog
from corpus.evidence.warc_import import ImportReport, import_files
from corpus.warc.archive import read_response
from corpus.warc.containers import verify_imports
from indexer.export.formats import release_json
from tests.corpus.evidence.test_reparse import misread, whole_page
from tests.corpus.evidence.test_verify import state

pytestmark = pytest.mark.each_catalog

WHO = "Aldania Web Archive"
LONG_AGO = datetime(2019, 5, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def page_of(settings: Settings, known: Release) -> bytes:
    seen = known.provenance
    return read_response(settings.archive, seen.location).body


class Foreign:
    """Writes WARC files as other tools do."""

    def __init__(self, path: Path, is_packed: bool = True, version: str = "1.0") -> None:
        self.path, self.file = path, path.open("wb")
        self.writer = WARCWriter(self.file, gzip=is_packed, warc_version=version)

    def __enter__(self) -> Foreign:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def request(self, url: str, at: datetime = LONG_AGO) -> None:
        head = StatusAndHeaders("GET / HTTP/1.1", [("User-Agent", "Wget")], is_http_request=True)
        self._write(url, "request", at, head, None)

    def response(
        self, url: str, body: bytes, at: datetime = LONG_AGO, status: str = "200 OK", **more: str
    ) -> None:
        headers = [("Content-Type", "text/html"), *more.items()]
        head = StatusAndHeaders(status, headers, protocol="HTTP/1.1")
        self._write(url, "response", at, head, body)

    def revisit(self, url: str, digest: str, at: datetime) -> None:
        head = StatusAndHeaders("200 OK", [], protocol="HTTP/1.1")
        stamp = f"{LONG_AGO:%Y-%m-%dT%H:%M:%SZ}"
        record = self.writer.create_revisit_record(
            url, digest, url, stamp, http_headers=head, warc_headers_dict=_dated(at)
        )
        self.writer.write_record(record)

    def _write(
        self, url: str, kind: str, at: datetime, head: StatusAndHeaders, body: bytes | None
    ) -> None:
        self.writer.write_record(
            self.writer.create_warc_record(
                url,
                kind,
                payload=None if body is None else BytesIO(body),
                length=None if body is None else len(body),
                http_headers=head,
                warc_headers_dict=_dated(at),
            )
        )


def _dated(at: datetime) -> dict[str, str]:
    return {"WARC-Date": f"{at:%Y-%m-%dT%H:%M:%SZ}"}


@pytest.fixture
def known(copy_store: Store) -> Release:
    return whole_page(copy_store)


@pytest.fixture
def page(copy_settings: Settings, known: Release) -> bytes:
    return page_of(copy_settings, known)


def foreign(path: Path, url: str, *bodies: bytes, **how: Any) -> Path:
    """A file with one answer a day to the same URL."""
    with Foreign(path, **how) as file:
        for number, body in enumerate(bodies):
            file.request(url, LONG_AGO + number * DAY)
            file.response(url, body, LONG_AGO + number * DAY)
    return path


def taken(path: Path, settings: Settings, store: Store) -> ImportReport:
    [report] = import_files([path], WHO, settings, store)
    return report


@pytest.mark.parametrize(("ending", "is_packed"), [("warc", False), ("warc.gz", True)])
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_what_others_saw_of_our_release_is_a_version_and_ours_stay_as_they_are(
    tmp_path: Path,
    copy_settings: Settings,
    copy_store: Store,
    known: Release,
    page: bytes,
    ending: str,
    is_packed: bool,
    version: str,
) -> None:
    then = page.replace(known.title.encode(), b"An earlier title")
    path = tmp_path / f"theirs.{ending}"
    foreign(path, known.provenance.url, then, page, is_packed=is_packed, version=version)
    report = taken(path, copy_settings, copy_store)
    assert (report.responses, report.added, report.problems) == (2, 2, [])
    assert copy_store.get(known.id) == known, "first and last seen and all"
    theirs = copy_store.versions(known.id)[:2]
    assert [each.title for each in theirs] == ["An earlier title", known.title]
    assert [each.observed_at for each in theirs] == [LONG_AGO, LONG_AGO + DAY]
    assert {each.provenance.origin for each in theirs} == {f"{WHO}, {path.name}"}
    [kept] = copy_settings.archive.glob(f"imported/*-{path.name}")
    assert kept.read_bytes() == path.read_bytes()
    seen = theirs[0].provenance
    assert read_response(copy_settings.archive, seen.location).body == then
    assert list(verify_archive(copy_settings)) == []
    assert list(verify_catalog(copy_settings, copy_store)) == []


def test_a_newer_observation_of_others_does_not_become_the_current_version(
    tmp_path: Path, copy_settings: Settings, copy_store: Store, known: Release, page: bytes
) -> None:
    with Foreign(tmp_path / "new.warc.gz") as file:
        later = known.provenance.fetched_at + DAY
        file.response(known.provenance.url, page.replace(known.title.encode(), b"Later"), later)
    taken(file.path, copy_settings, copy_store)
    assert copy_store.get(known.id) == known
    assert copy_store.versions(known.id)[-1].title == "Later"


def test_importing_a_file_twice_adds_nothing(
    tmp_path: Path, copy_settings: Settings, copy_store: Store, known: Release, page: bytes
) -> None:
    path = foreign(tmp_path / "theirs.warc.gz", known.provenance.url, page, page + b"\n", page)
    assert taken(path, copy_settings, copy_store).added == 1
    before, revision = state(copy_store), copy_store.revision()
    assert taken(path, copy_settings, copy_store).added == 0
    assert (state(copy_store), copy_store.revision()) == (before, revision)
    assert len(list(copy_settings.archive.glob("imported/*"))) == 1


@pytest.fixture
def unseen(tmp_path: Path, copy_settings: Settings, known: Release, page: bytes) -> Iterator[Store]:
    """A catalog that knows of a release through others alone."""
    store = Store(Settings(data=tmp_path / "fresh"))
    path = foreign(tmp_path / "theirs.warc.gz", known.provenance.url, page)
    assert taken(path, Settings(data=tmp_path / "fresh"), store).added == 1
    yield store
    store.close()


def test_a_release_that_only_others_saw_has_no_first_and_last_seen(
    unseen: Store, known: Release
) -> None:
    found = unseen.get(known.id)
    assert found
    assert (found.title, found.body) == (known.title, known.body)
    assert (found.first_seen, found.last_seen) == (None, None)
    assert found.provenance.origin == f"{WHO}, theirs.warc.gz"
    assert release_json(found)["origin"] == found.provenance.origin
    assert [each.id for each in unseen.releases(after_revision=0)] == [known.id]


def test_what_we_see_later_is_new_to_us_and_a_version_of_our_own(
    unseen: Store, known: Release, tmp_path: Path
) -> None:
    settings = Settings(data=tmp_path / "fresh")
    with SampleSite("sample_gpo") as site:
        mirrors = {host: site.url for each in office("sample_gpo").routes for host in each.hosts}
        report = crawl("sample_gpo", settings, unseen, route="pages", mirrors=mirrors, delay_s=0)
    assert (report.changed, report.same) == (0, 0)
    found = unseen.get(known.id)
    assert found
    assert found.provenance.origin is None
    assert found.first_seen == found.last_seen == found.provenance.fetched_at
    assert [each.provenance.origin is None for each in unseen.versions(known.id)] == [False, True]


def test_a_listing_that_others_saw_gives_the_releases_in_it(
    tmp_path: Path, copy_settings: Settings, copy_store: Store
) -> None:
    [one] = [each for each in copy_store.releases("sample_doj") if each.provenance.part_sha256][:1]
    body = page_of(copy_settings, one)
    with Foreign(tmp_path / "theirs.warc.gz") as file:
        file.response(one.provenance.url, body, one.provenance.fetched_at - DAY)
    fresh = Settings(data=tmp_path / "fresh")
    store = Store(fresh)
    report = taken(file.path, fresh, store)
    assert report.added == store.count() > 1
    found = store.get(one.id)
    assert found
    assert (found.title, found.attachments) == (one.title, None)
    store.close()


def test_revisits_ports_and_chunks_of_other_tools_are_understood(
    tmp_path: Path, copy_settings: Settings, copy_store: Store, known: Release, page: bytes
) -> None:
    scheme, _, rest = known.provenance.url.partition("://")
    host, _, path = rest.partition("/")
    port = {"http": 80, "https": 443}[scheme]
    url = f"{scheme}://{host}:{port}/{path}"
    edited = page.replace(known.title.encode(), b"Between")
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(page), page)
    with Foreign(tmp_path / "theirs.warc.gz") as file:
        file.response(url, chunked, LONG_AGO, **{"Transfer-Encoding": "chunked"})
        file.response(url, edited, LONG_AGO + DAY)
    digest = next(
        line.partition(b": ")[2].strip().decode()
        for line in gzip.decompress(file.path.read_bytes()).splitlines()
        if line.startswith(b"WARC-Payload-Digest")
    )
    with Foreign(tmp_path / "rest.warc.gz") as rest_file:
        rest_file.revisit(url, digest, LONG_AGO + 2 * DAY)
    file.path.write_bytes(file.path.read_bytes() + rest_file.path.read_bytes())
    assert taken(file.path, copy_settings, copy_store).added == 3
    theirs = copy_store.versions(known.id)[:3]
    assert [each.title for each in theirs] == [known.title, "Between", known.title]
    assert theirs[0].provenance.warc_offset == theirs[2].provenance.warc_offset
    assert list(verify_catalog(copy_settings, copy_store)) == []


@pytest.mark.parametrize(
    ("spelling", "is_ours"),
    [
        ("http://{host}:80{path}#top", True),
        ("http://{host}/x/..{path}", True),
        ("http:\\\\{host}{path}", True),
        ("file://{host}{path}", False),
        ("ftp://{host}{path}", False),
        ("http://clerk@{host}{path}", False),
        ("http://{host}:8080{path}", False),
        ("http://{host}.elsewhere.example{path}", False),
        ("http://elsewhere.example\\@{host}{path}", False),
    ],
)
def test_addresses_that_other_tools_write_pass_the_door(
    tmp_path: Path,
    copy_settings: Settings,
    copy_store: Store,
    known: Release,
    page: bytes,
    spelling: str,
    is_ours: bool,
) -> None:
    before = {each.id for each in copy_store.releases()}
    host, _, path = known.url.removeprefix("http://").partition("/")
    url = spelling.format(host=host, path=f"/{path}")
    report = taken(foreign(tmp_path / "x.warc.gz", url, page), copy_settings, copy_store)
    assert report.added == is_ours
    assert {each.id for each in copy_store.releases()} == before
    assert [each.sentence for each in verify_catalog(copy_settings, copy_store)] == []


def test_a_redirect_from_elsewhere_makes_no_release_of_its_address(
    tmp_path: Path, copy_settings: Settings, copy_store: Store, known: Release, page: bytes
) -> None:
    before = {each.id for each in copy_store.releases()}
    with Foreign(tmp_path / "moved.warc.gz") as file:
        away = "https://elsewhere.example/x"
        file.response(away, b"", status="302 Found", Location=known.provenance.url)
        file.response(known.provenance.url, page)
    assert taken(file.path, copy_settings, copy_store).added == 1
    assert {each.id for each in copy_store.releases()} == before


def test_what_is_not_ours_to_read_is_counted(
    tmp_path: Path, copy_settings: Settings, copy_store: Store, known: Release
) -> None:
    url = known.provenance.url
    with Foreign(tmp_path / "theirs.warc.gz") as file:
        file.response("https://elsewhere.example/", b"<p>Hello</p>")
        file.response(url, b"<h1>Gone</h1>", LONG_AGO, "404 Not Found")
        file.response(url + "2", b"<h1>Access denied</h1>")
    before = state(copy_store)
    report = taken(file.path, copy_settings, copy_store)
    assert report.outcomes == {
        "from hosts of no office": 1,
        "with status 404": 1,
        "that no reader can read": 1,
    }
    assert (report.responses, report.added, state(copy_store)) == (3, 0, before)


@pytest.mark.parametrize("is_packed", [True, False])
def test_a_torn_import_gives_what_stands_before_and_says_so(
    tmp_path: Path,
    copy_settings: Settings,
    copy_store: Store,
    known: Release,
    page: bytes,
    is_packed: bool,
) -> None:
    edited = page.replace(known.title.encode(), b"Between")
    path = foreign(tmp_path / "torn.warc", known.provenance.url, page, edited, is_packed=is_packed)
    path.write_bytes(path.read_bytes()[:-300])
    report = taken(path, copy_settings, copy_store)
    assert (report.added, report.damaged) == (1, 1)
    [problem] = report.problems
    assert re.fullmatch(
        r"1 record is damaged, the first at [\d,]+: it ends in the middle of a record;"
        r" the others were read\.",
        problem,
    )


def test_a_file_packed_as_a_whole_is_refused_with_what_to_do(
    tmp_path: Path, copy_settings: Settings, copy_store: Store, known: Release, page: bytes
) -> None:
    path = foreign(tmp_path / "one.warc", known.provenance.url, page, page, is_packed=False)
    path.write_bytes(gzip.compress(path.read_bytes()))
    report = taken(path, copy_settings, copy_store)
    [problem] = report.problems
    assert "warcio recompress" in problem


def test_a_file_that_is_no_warc_adds_nothing(
    tmp_path: Path, copy_settings: Settings, copy_store: Store
) -> None:
    path = tmp_path / "letter.warc"
    path.write_text("Dear editor,\n" * 40)
    report = taken(path, copy_settings, copy_store)
    assert (report.added, report.problems) == (0, ["It is not a WARC, ARC or WACZ file."])


def test_a_changed_import_is_found(
    tmp_path: Path, copy_settings: Settings, copy_store: Store, known: Release, page: bytes
) -> None:
    taken(
        foreign(tmp_path / "theirs.warc.gz", known.provenance.url, page), copy_settings, copy_store
    )
    [kept] = copy_settings.archive.glob("imported/*")
    kept.write_bytes(kept.read_bytes() + b"\n")
    assert list(verify_imports(copy_settings)) == [
        f"{kept} has changed since it was imported; restore it from a backup."
    ]


def test_imports_are_read_anew_too(
    tmp_path: Path, copy_settings: Settings, copy_store: Store, known: Release, page: bytes
) -> None:
    edited = page.replace(known.title.encode(), b"Between")
    path = foreign(tmp_path / "theirs.warc.gz", known.provenance.url, page, edited)
    taken(path, copy_settings, copy_store)
    before = copy_store.versions(known.id)
    misread(copy_store, known.id, place="Nowhere")
    report = reparse_archive("sample_gpo", copy_settings, copy_store, is_applied=True)
    assert len(report.differences) == 3
    assert report.repeats == []
    assert copy_store.versions(known.id) == before


def test_a_disk_that_refuses_an_import_gives_a_sentence_and_keeps_no_half_file(
    tmp_path: Path, copy_settings: Settings, copy_store: Store, known: Release, page: bytes
) -> None:
    page = page.replace(b"<body", b"<!--" + b"-" * 30_000 + b"--><body")
    path = foreign(tmp_path / "theirs.warc", known.provenance.url, page, is_packed=False)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (9000, limit[1]))
    try:
        with pytest.raises(StoreError, match=r"cannot be copied into .*\.$"):
            taken(path, copy_settings, copy_store)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert not list(copy_settings.archive.glob("imported/*"))
    assert taken(path, copy_settings, copy_store).responses == 1


def test_what_wget_writes_is_understood(
    tmp_path: Path, known: Release, page: bytes, copy_settings: Settings
) -> None:
    wget = shutil.which("wget")
    if wget is None:
        pytest.skip("needs wget")
    with SampleSite("sample_gpo") as site:  # which stands in for a proxy: wget asks for our URL
        command = [wget, "--quiet", "--warc-file=theirs", "-O", "page", known.provenance.url]
        subprocess.run(command, cwd=tmp_path, check=True, env={"http_proxy": site.url})
    fresh = Settings(data=tmp_path / "fresh")
    store = Store(fresh)
    report = taken(tmp_path / "theirs.warc.gz", fresh, store)
    assert (report.responses, report.added, report.problems) == (1, 1, [])
    found = store.get(known.id)
    assert found
    assert (found.title, found.body, found.first_seen) == (known.title, known.body, None)
    assert list(verify_catalog(fresh, store)) == []
    store.close()
