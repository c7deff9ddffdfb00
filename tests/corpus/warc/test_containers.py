"""Archives of other tools, whole, odd and damaged: what can be read is, the rest is told."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import brotli
import pytest
import zstandard

from corpus import Settings, Store
from corpus.evidence.reparse import reparse_archive
from corpus.evidence.verify import verify_archive, verify_catalog
from corpus.evidence.warc_import import ImportReport, import_files
from tests.conftest import SHARED
from tests.foreign_archives import (
    AT,
    BODIES,
    DATE,
    URLS,
    arc,
    arc_head,
    digested,
    http,
    packed,
    record,
    response,
    revisit,
    sha1,
)

WHO = "Aldania Web Archive"
UNRESOLVED = "revisits of responses that are in no file of this command"


class Taken:
    """Files that are imported by one command into an empty data folder, which then agrees."""

    def __init__(self, settings: Settings, store: Store, folder: Path) -> None:
        self.settings, self.store, self.folder = settings, store, folder

    def __call__(self, **files: bytes) -> dict[str, ImportReport]:
        """By names; `a_warc` is written to `a.warc`."""
        paths = [self.folder / name.replace("_", ".") for name in files]
        for path, data in zip(paths, files.values(), strict=True):
            path.write_bytes(data)
        return self.paths(*paths)

    def paths(self, *paths: Path) -> dict[str, ImportReport]:
        found = {each.file: each for each in import_files(paths, WHO, self.settings, self.store)}
        self._agrees()
        return found

    def one(self, data: bytes, name: str = "theirs.warc") -> ImportReport:
        (self.folder / name).write_bytes(data)
        [report] = self.paths(self.folder / name).values()
        return report

    def urls(self) -> set[str]:
        return {each.url for each in self.store.releases()}

    def kept(self) -> list[str]:
        """Names of kept files without their digests."""
        found = (self.settings.archive / "imported").glob("*")
        return sorted(path.name.partition("-")[2] for path in found)

    def _agrees(self) -> None:
        assert list(verify_archive(self.settings)) == []
        assert list(verify_catalog(self.settings, self.store)) == []
        anew = reparse_archive("sample_doj", self.settings, self.store)
        assert (anew.differences, anew.left) == ([], [])
        assert not (self.settings.data / "import.new").exists()


@pytest.fixture
def take(settings: Settings, store: Store, tmp_path: Path) -> Taken:
    folder = tmp_path / "theirs"
    folder.mkdir()
    return Taken(settings, store, folder)


def deflated(body: bytes) -> bytes:
    """Without zlib's header, as some servers do."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


def chunked(body: bytes) -> bytes:
    half = len(body) // 2
    parts = b"".join(b"%X;x=y\r\n%b\r\n" % (len(p), p) for p in (body[:half], body[half:]))
    return parts + b"0\r\n\r\n"


CODINGS = {
    "Content-Encoding: br": brotli.compress,
    "Content-Encoding: zstd": zstandard.compress,
    "Content-Encoding: gzip": lambda b: gzip.compress(b[:999]) + gzip.compress(b[999:]),
    "Content-Encoding: X-GZIP": gzip.compress,
    "Content-Encoding: deflate": zlib.compress,
    "content-encoding: Deflate": deflated,
    "Content-Encoding: gzip, br": lambda b: brotli.compress(gzip.compress(b)),
    "Content-Encoding: br\r\nContent-Encoding: x-gzip": lambda b: gzip.compress(brotli.compress(b)),
    "Content-Encoding: utf-8": bytes,
    "Content-Encoding: identity": bytes,
    # Many archives keep bodies unpacked beside the header that says otherwise.
    "Content-Encoding: br, gzip": bytes,
    "Content-Encoding: zstd, deflate": bytes,
    "Transfer-Encoding: chunked\r\nContent-Encoding: br": lambda b: chunked(brotli.compress(b)),
    "Transfer-Encoding: Chunked": chunked,
    "Transfer-Encoding: chunked": bytes,
}


@pytest.mark.parametrize("coding", CODINGS)
def test_bodies_are_read_however_they_are_packed(take: Taken, coding: str) -> None:
    data = response(0, encoded=CODINGS[coding](BODIES[0]), coding=coding)
    report = take.one(packed(data), "theirs.warc.gz")
    assert (report.added, report.problems) == (1, [])
    assert take.urls() == {URLS[0]}


@pytest.mark.parametrize(
    ("coding", "encode"),
    [
        ("gzip", gzip.compress),
        ("br", brotli.compress),
        ("zstd", zstandard.compress),
        ("gzip", lambda body: gzip.compress(body, mtime=0)[:-12] + b"damaged bytes"),
    ],
)
def test_a_body_that_breaks_off_is_counted_and_the_next_is_read(
    take: Taken, coding: str, encode: object
) -> None:
    assert callable(encode)
    torn = response(0, encoded=encode(BODIES[0])[:-5], coding=f"Content-Encoding: {coding}")
    report = take.one(torn + response(1))
    assert (report.added, report.outcomes) == (1, {"whose body cannot be decompressed": 1})
    assert take.urls() == {URLS[1]}


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate", "member"])
def test_what_unpacks_to_more_than_a_response_may_be_fills_no_memory(
    take: Taken, coding: str
) -> None:
    """A quarter of a gigabyte in a few bytes, beside pages that are taken in."""
    zeros = bytes(1 << 20)
    packers = {
        "gzip": zlib.compressobj(wbits=31),
        "deflate": zlib.compressobj(),
        "member": zlib.compressobj(wbits=31),
        "zstd": zstandard.ZstdCompressor().compressobj(),
    }
    if coding == "br":
        brotler = brotli.Compressor(quality=1)
        bomb = b"".join(brotler.process(zeros) for _ in range(256)) + brotler.finish()
    else:
        bomb = b"".join(packers[coding].compress(zeros) for _ in range(256))
        bomb += packers[coding].flush()
    if coding == "member":
        head = record("response", URLS[1], http(b"")).partition(b"Content-Length")[0]
        start = zlib.compressobj(wbits=31)
        bomb = start.compress(head + b"Content-Length: 268435456\r\n\r\n" + http(b""))
        bomb += b"".join(start.compress(zeros) for _ in range(256)) + start.flush()
    else:
        bomb = gzip.compress(response(1, encoded=bomb, coding=f"Content-Encoding: {coding}"))
    (take.folder / "bomb.warc.gz").write_bytes(packed(response(0)) + bomb + packed(response(2)))
    take.settings = Settings(data=take.settings.data, response_mb=4)
    tracemalloc.start()
    try:
        [report] = take.paths(take.folder / "bomb.warc.gz").values()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (report.added, report.outcomes) == (2, {"larger than 4 MB": 1})
    assert peak < 60_000_000


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (digested(1, payload="sha1:" + "A" * 32), "its payload digest is wrong"),
        (digested(1, block="sha1:" + "A" * 32), "its block digest is wrong"),
        (digested(1, payload="sha256:" + "0" * 64), "its payload digest is wrong"),
        (digested(1, payload="md5:" + "0" * 32), "its payload digest is wrong"),
    ],
)
@pytest.mark.parametrize("is_packed", [False, True])
def test_of_three_the_two_without_a_wrong_digest_are_read(
    take: Taken, bad: bytes, reason: str, is_packed: bool
) -> None:
    three = [digested(0), bad, digested(2)]
    report = take.one(packed(*three) if is_packed else b"".join(three))
    assert (report.responses, report.added, report.damaged) == (2, 2, 1)
    [problem] = report.problems
    assert problem.startswith("1 record is damaged, the first at ")
    assert problem.endswith(f": {reason}; the others were read.")
    assert take.urls() == {URLS[0], URLS[2]}


@pytest.mark.parametrize(
    "payload",
    [
        sha1(BODIES[0]),
        sha1(brotli.compress(BODIES[0])),
        sha1(chunked(brotli.compress(BODIES[0]))),
        sha1(BODIES[0]).lower(),
        f"sha256:{hashlib.sha256(BODIES[0]).hexdigest()}",
        f"sha256:{hashlib.sha256(BODIES[0]).hexdigest().upper()}",
        "xxh128:0123456789abcdef",
        "no digest",
    ],
    ids=lambda digest: digest[:12],
)
def test_digests_of_other_tools_are_understood(take: Taken, payload: str) -> None:
    coding = "Transfer-Encoding: chunked\r\nContent-Encoding: br"
    body = chunked(brotli.compress(BODIES[0]))
    header = f"WARC-Payload-Digest: {payload}"
    report = take.one(response(0, header, encoded=body, coding=coding))
    assert (report.added, report.problems) == (1, [])


WHOLE, TORN = response(0) + response(1), response(2)


@pytest.mark.parametrize(
    ("data", "added", "damaged"),
    [
        (WHOLE + TORN[:-20], 2, 1),
        (WHOLE + TORN[:100], 2, 1),
        (WHOLE + TORN[:3], 2, 1),
        (WHOLE + TORN[:-4], 3, 0),  # it lacks the empty lines behind it alone
        (response(0) + TORN[:3000] + response(1), 2, 1),
        (response(0) + TORN[:3000] + b"\r\n\r\n" + response(1) + response(3), 3, 1),
        (response(0) + TORN[:3000] + response(1) + TORN[:500] + response(3), 3, 2),
        (response(0) + TORN.replace(b"Length: ", b"Length: 1") + response(1), 2, 1),
        (response(0) + TORN.replace(b"Length: ", b"Length: -") + response(1), 2, 1),
        (response(0) + TORN.replace(b"Content-Length", b"Content-Width") + response(1), 2, 1),
        (b"?" + WHOLE, 2, 1),
        (WHOLE + b"\0" * 5000, 2, 1),
        (packed(response(0), response(1)) + packed(TORN)[:-20], 2, 1),
        (packed(response(0), response(1)) + packed(TORN)[:8], 2, 1),
        (packed(response(0)) + packed(TORN)[:-900] + packed(response(1), response(3)), 3, 1),
        (packed(response(0)) + packed(TORN)[30:] + packed(response(1)), 2, 1),
        (packed(response(0)) + response(1) + packed(response(3)), 3, 0),
        (packed(response(0), response(1)) + b"\0" * 5000, 2, 1),
    ],
)
def test_behind_what_is_torn_the_import_goes_on(
    take: Taken, data: bytes, added: int, damaged: int
) -> None:
    report = take.one(data)
    assert (report.added, report.damaged) == (added, damaged)
    assert bool(report.problems) == bool(damaged)


def test_what_a_damaged_record_holds_is_not_taken_for_a_record(take: Taken) -> None:
    """A site could write a record of another office into its page."""
    inner = response(1)
    bad = record("response", URLS[0], http(b"<p>" + inner), f"WARC-Block-Digest: {sha1(b'')}")
    assert take.one(bad + response(2)).added == 1
    assert take.one(packed(bad, response(2)), "other.warc.gz").added == 1
    stored = zlib.compressobj(level=0, wbits=31)
    bad = record("response", URLS[0], http(packed(inner)), f"WARC-Block-Digest: {sha1(b'')}")
    member = stored.compress(bad) + stored.flush()
    assert member.count(packed(inner)) == 1
    assert take.one(member + packed(response(2)), "third.warc.gz").added == 1
    assert take.urls() == {URLS[2]}


def test_a_file_of_beginnings_is_searched_in_proportion_to_its_size(take: Taken) -> None:
    """Each announces the rest of the file, and is none."""
    digest = "sha1:" + "A" * 32
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {URLS[0]}\r\n"
    line = f"{head}WARC-Block-Digest: {digest}\r\nContent-Length: 99999\r\n\r\n"
    report = take.one(line.encode() * 20_000)
    assert (report.added, report.damaged) == (0, 1)


SAYS_PAYLOAD = f"WARC-Payload-Digest: {sha1(BODIES[0])}"
ORIGINAL = response(0, SAYS_PAYLOAD, "WARC-Record-ID: <urn:uuid:1>")
REVISITS = {
    "digest": revisit(0, SAYS_PAYLOAD),
    "digest in hex": revisit(0, f"WARC-Payload-Digest: sha1:{hashlib.sha1(BODIES[0]).hexdigest()}"),
    "record": revisit(0, "WARC-Refers-To: <urn:uuid:1>"),
    "address and time": revisit(
        0,
        f"WARC-Refers-To-Target-URI: {URLS[0]}",
        DATE.replace("WARC-Date", "WARC-Refers-To-Date"),
    ),
    "not modified": revisit(0, "WARC-Refers-To: <urn:uuid:1>", status="304 Not Modified"),
    "no headers": record("revisit", URLS[0], b"", SAYS_PAYLOAD, "WARC-Truncated: length"),
}


@pytest.mark.parametrize("name", REVISITS)
@pytest.mark.parametrize("is_first", [True, False])
def test_a_revisit_finds_its_original_in_another_file_of_the_command(
    take: Taken, name: str, is_first: bool
) -> None:
    files = {"old_warc_gz": packed(ORIGINAL), "new_warc_gz": packed(REVISITS[name])}
    reports = take(**dict(reversed(files.items()) if is_first else files.items()))
    assert [reports[f"{each}.warc.gz"].added for each in ("old", "new")] == [1, 1]
    assert take.kept() == ["new.warc.gz", "old.warc.gz"]
    [found] = take.store.releases()
    versions = take.store.versions(found.id)
    assert [each.provenance.origin for each in versions] == [
        f"{WHO}, old.warc.gz",
        f"{WHO}, new.warc.gz",
    ]
    assert versions[0].provenance.sha256 == versions[1].provenance.sha256


def test_a_revisit_of_a_page_that_came_packed_is_found_by_the_page_itself(take: Taken) -> None:
    first = response(0, encoded=brotli.compress(BODIES[0]), coding="Content-Encoding: br")
    reports = take(new_warc=revisit(0, SAYS_PAYLOAD), old_warc=first)
    assert [each.added for each in reports.values()] == [1, 1]


@pytest.mark.parametrize(
    "name", ["digest", "record", "address and time", "not modified", "no headers"]
)
def test_a_revisit_without_its_original_is_counted(take: Taken, name: str) -> None:
    reports = take(old_warc=response(1), new_warc=REVISITS[name] + revisit(0))
    assert reports["new.warc"].outcomes == {UNRESOLVED: 2}
    assert (reports["old.warc"].added, reports["new.warc"].added) == (1, 0)
    assert take.kept() == ["old.warc"]


def test_a_revisit_of_another_address_with_the_same_bytes_is_verified_by_those(
    take: Taken,
) -> None:
    other = record("revisit", URLS[0].replace("https", "http"), http(b""), SAYS_PAYLOAD)
    assert take.one(ORIGINAL + other).responses == 2


ODD = {
    "without a date": [
        record("response", URLS[0], http(BODIES[0]), date=""),
        record("response", URLS[0], http(BODIES[0]), date="WARC-Date: 2026-09-01"),
        record("response", URLS[0], http(BODIES[0]), date="WARC-Date: yesterday"),
        arc(0).replace(b"20260901120000", b"20261301120000"),
        arc(0).replace(b"20260901120000", b"00000000000000"),
        record("response", URLS[0], http(BODIES[0]), date="WARC-Date: 2026-13-01T00:00:00Z"),
        record("response", URLS[0], http(BODIES[0]), date="WARC-Date: 0001-01-01T00:00:00+23:00"),
    ],
    "with an invalid address": [
        record("response", "http://[x/", http(BODIES[0])),
        record("response", "http://[::1", http(BODIES[0])),
        record("response", "https://www.justice.example]/opa/pr/x", http(BODIES[0])),
    ],
    "without an address": [
        response(0).replace(b"WARC-Target-URI: ", b"X-URI: "),
        revisit(0).replace(b"WARC-Target-URI: ", b"X-URI: "),
    ],
    "without a status": [
        record("response", URLS[0], b"<html>as HTTP 0.9 had it</html>\r\n\r\n"),
        record("response", URLS[0], http(BODIES[0], status="OK")),
    ],
    "truncated by the tool that wrote them": [response(0, "WARC-Truncated: length")],
    "in segments": [response(0, "WARC-Segment-Number: 1")],
}


@pytest.mark.parametrize("reason", ODD)
def test_what_is_whole_and_cannot_be_read_is_counted_and_skipped(take: Taken, reason: str) -> None:
    report = take.one(b"".join(ODD[reason]) + response(1))
    assert report.outcomes == {reason: len(ODD[reason])}
    assert (report.added, report.problems) == (1, [])


@pytest.mark.parametrize(
    "date",
    ["2026-09-01T12:00:00Z", "2026-09-01T12:00:00.123456789Z", "2026-09-01T12:00:00"],
)
def test_dates_are_in_utc_whatever_they_say(take: Taken, date: str) -> None:
    data = record("response", URLS[0], http(BODIES[0]), date=f"WARC-Date: {date}")
    assert take.one(data).added == 1
    [found] = take.store.releases()
    assert found.provenance.fetched_at.replace(microsecond=0) == AT


OTHER = {
    "HTTP/2": lambda data: data.replace(b"HTTP/1.1 200 OK", b"HTTP/2 200"),
    "names in small letters": lambda data: data.replace(b"Content-L", b"content-l").replace(
        b"WARC-Type", b"warc-type"
    ),
    "an older version": lambda data: data.replace(b"WARC/1.0", b"WARC/0.18"),
    "a folded header": lambda data: data.replace(b"WARC-Type", b"X: a\r\n b\r\nWARC-Type"),
    "letters of Latin-1": lambda data: data.replace(b"WARC-Type", b"X: \xe9\r\nWARC-Type"),
    "lines of Unix": lambda data: data.replace(b"\r\n", b"\n"),
}


@pytest.mark.parametrize("name", OTHER)
def test_records_are_read_however_tools_write_them(take: Taken, name: str) -> None:
    data = OTHER[name](response(0))
    head, body = re.split(rb"(?<=\n)\r?\n", data, maxsplit=1)
    length = len(body) - (2 if name == "lines of Unix" else 4)
    head = re.sub(rb"(?i)(content-length: )\d+", rb"\g<1>%d" % length, head)
    report = take.one(head + (b"\n" if name == "lines of Unix" else b"\r\n") + body + response(1))
    assert (report.added, report.problems) == (2, [])


@pytest.mark.parametrize(
    "target", ["http://[x/", "//[", "https://www.justice.example:99999/", "\x00"]
)
def test_a_redirect_to_what_is_no_address_costs_nothing(take: Taken, target: str) -> None:
    moved = record("response", URLS[0], http(b"", f"Location: {target}", status="302 Found"))
    report = take.one(moved + response(1))
    assert (report.added, report.outcomes) == (1, {"with status 302": 1})


def test_resources_are_read_as_what_stood_there(take: Taken) -> None:
    page = record("resource", URLS[0], BODIES[0], "Content-Type: text/html")
    digest = f"WARC-Payload-Digest: {sha1(BODIES[1])}"
    other = record("resource", f"<{URLS[1]}>", BODIES[1], "Content-Type: text/html", digest)
    notes = record("resource", "metadata://gnu.org/software/wget/warc/wget.log", b"Notes")
    picture = record("resource", "urn:pageinfo:1", b"{}", "Content-Type: application/json")
    report = take.one(page + notes + other + picture)
    assert (report.responses, report.added, report.outcomes) == (2, 2, {})


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("theirs.arc", arc_head() + arc(0) + arc(1)),
        ("theirs.arc.gz", packed(arc_head(), arc(0), arc(1))),
        ("renamed.warc", arc(0) + arc(1)),
        ("newlines.arc", arc_head() + arc(0) + b"\n\n" + arc(1)),
        (
            "dns.arc",
            arc_head()
            + b"dns:x.example 192.0.2.1 20260901120000 text/dns 3\nabc\n"
            + arc(0)
            + arc(1),
        ),
    ],
)
def test_arc_is_read(take: Taken, name: str, data: bytes) -> None:
    report = take.one(data, name)
    assert (report.added, report.problems) == (2, [])
    assert {each.provenance.fetched_at for each in take.store.releases()} == {AT}


def test_behind_a_torn_record_of_arc_the_import_goes_on(take: Taken) -> None:
    report = take.one(arc_head() + arc(0) + arc(1)[:3000] + b"\n" + arc(2), "theirs.arc")
    assert (report.added, report.damaged) == (2, 1)


def wacz(packing: int = zipfile.ZIP_STORED, digest: str = "", **files: bytes) -> bytes:
    """A WACZ with those files (`a_warc` for `archive/a.warc`), and its description."""
    made = io.BytesIO()
    names = {f"archive/{name.replace('_', '.')}": data for name, data in files.items()}
    with zipfile.ZipFile(made, "w", packing) as file:
        for name, data in names.items():
            file.writestr(name, data)
        resources = [
            {"path": name, "hash": digest or f"sha256:{hashlib.sha256(data).hexdigest()}"}
            for name, data in names.items()
        ]
        file.writestr("datapackage.json", json.dumps({"resources": resources}))
        file.writestr("indexes/index.cdx.gz", gzip.compress(b"index"))
    return made.getvalue()


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_a_wacz_is_read_file_by_file(take: Taken, packing: int) -> None:
    data = wacz(packing, a_warc_gz=packed(response(0)), b_warc=response(1), c_arc=arc(2))
    report = take.one(data, "theirs.wacz")
    assert (report.responses, report.added, report.problems) == (3, 3, [])
    assert take.kept() == ["a.warc.gz", "b.warc", "c.arc"]
    origins = {each.provenance.origin for each in take.store.releases()}
    assert origins == {f"{WHO}, theirs.wacz"}


def test_revisits_within_a_wacz_find_their_originals(take: Taken) -> None:
    data = wacz(a_warc=REVISITS["digest"], b_warc=ORIGINAL)
    report = take.one(data, "theirs.wacz")
    assert (report.responses, report.outcomes) == (2, {})


def test_names_in_a_zip_lead_nowhere_else(take: Taken) -> None:
    names = ["../../../escaped.warc", "/absolute.warc", "a\\b.warc", "same.warc", "x/same.warc"]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for number, name in enumerate(names):
            file.writestr(name, response(number))
    report = take.one(made.getvalue(), "theirs.zip")
    assert (report.added, report.problems) == (5, [])
    kept = take.kept()
    assert kept == sorted(["escaped.warc", "absolute.warc", "a\\b.warc", "same.warc", "same.warc"])
    assert not [*take.folder.parent.rglob("escaped.warc")]


def test_a_zip_that_is_made_to_fill_a_disk_is_not_unpacked(take: Taken) -> None:
    data = wacz(zipfile.ZIP_DEFLATED, a_warc=bytes(20_000_000))
    report = take.one(data, "bomb.wacz")
    [problem] = report.problems
    assert problem.startswith(
        "It was not unpacked: it would take 20 MB, more than 100 times its size"
    )


def test_a_zip_whose_files_overlap_is_not_unpacked(take: Taken) -> None:
    """All names of the directory lead to the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("0.warc", b"".join(response(0) for _ in range(30)))
        first = file.infolist()[0]
        for number in range(1, 3000):
            twin = zipfile.ZipInfo(f"{number}.warc")
            for name in ("CRC", "compress_size", "file_size", "header_offset", "compress_type"):
                setattr(twin, name, getattr(first, name))
            file.filelist.append(twin)
            file.NameToInfo[twin.filename] = twin
    [problem] = take.one(made.getvalue(), "bomb.wacz").problems
    assert "more than 100 times its size" in problem


def encrypted(data: bytes) -> bytes:
    """As if its files were encrypted."""
    for start in (b"PK\x03\x04", b"PK\x01\x02"):
        at = data.index(start) + (6 if start[2] == 3 else 8)
        data = data[:at] + bytes([data[at] | 1]) + data[at + 1 :]
    return data


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (wacz(a_warc=response(0))[:-40], "It is a zip file that cannot be opened: "),
        (wacz(a_warc=response(0))[:2000], "It is a zip file that cannot be opened: "),
        (wacz(), "It is a zip file that contains no WARC file."),
        (wacz(a_txt=b"Notes"), "It is a zip file that contains no WARC file."),
        (encrypted(wacz(a_warc=response(0))), "a.warc in it cannot be unpacked: "),
        (wacz(digest="sha256:" + "0" * 64, a_warc=response(0)), "a.warc in it does not match its"),
        (wacz(a_warc=b"Dear editor"), "It is not a WARC, ARC or WACZ file."),
    ],
)
def test_a_wacz_that_cannot_be_read_is_told(take: Taken, data: bytes, words: str) -> None:
    report = take.one(data, "theirs.wacz")
    [problem] = report.problems
    assert problem.startswith(words)
    assert (report.added, take.kept()) == (0, [])


def test_of_a_wacz_the_files_that_can_be_read_are(take: Taken) -> None:
    data = wacz(a_warc=response(0), b_warc=response(1))
    at = data.index(URLS[0].encode())
    report = take.one(data[:at] + b"H" + data[at + 1 :], "theirs.wacz")
    [problem] = report.problems
    assert problem.startswith("a.warc in it cannot be unpacked: Bad CRC-32")
    assert take.urls() == {URLS[1]}


@pytest.mark.parametrize(
    ("start", "packing"),
    [
        (b"\x04\x22\x4d\x18", "lz4"),
        (b"\x28\xb5\x2f\xfd", "zstd"),
        (b"\x5d\x2a\x4d\x18", "zstd"),
        (b"\xfd7zXZ\x00", "xz"),
        (b"BZh9", "bzip2"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"Rar!\x1a\x07", "RAR"),
    ],
)
def test_other_packings_are_named(take: Taken, start: bytes, packing: str) -> None:
    report = take.one(start + bytes(3000), "theirs.warc.x")
    words = f"It is compressed with {packing}; unpack it and import the result."
    assert (report.problems, take.kept()) == ([words], [])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "It is empty."),
        (b"Dear editor,\n" * 40, "It is not a WARC, ARC or WACZ file."),
        (b"<html><body>Not found</body></html>", "It is not a WARC, ARC or WACZ file."),
        (os.urandom(5000), "It is not a WARC, ARC or WACZ file."),
        (gzip.compress(b"<html>Not found</html>"), "no WARC or ARC record begins there"),
        (gzip.compress(response(0) + response(1)), "several records are compressed as one"),
    ],
    ids=["empty", "letter", "page", "noise", "packed page", "one member"],
)
def test_what_is_no_archive_is_told_and_not_copied(take: Taken, data: bytes, words: str) -> None:
    report = take.one(data)
    [problem] = report.problems
    assert words in problem
    assert "  Nothing was imported from it, and it was not copied." in report.sentences()
    assert (report.added, take.kept()) == (0, [])


def test_a_file_with_nothing_of_ours_is_told_and_not_copied(take: Taken) -> None:
    theirs = record("response", "https://elsewhere.example/", http(b"<p>Hello</p>"))
    gone = record("response", URLS[0], http(b"Gone", status="404 Not Found"))
    denied = record("response", f"{URLS[0]}-2", http(b"<h1>Access denied</h1>"))
    report = take.one(theirs * 3 + gone + denied)
    assert report.outcomes == {
        "from hosts of no office": 3,
        "with status 404": 1,
        "that no reader can read": 1,
    }
    assert report.problems == []
    assert "  Nothing was imported from it, and it was not copied." in report.sentences()
    assert take.kept() == []


def test_a_file_s_name_is_shown_and_kept_as_it_can_be(take: Taken) -> None:
    names = [b"torn\x1b[31m\n.warc", b"caf\xe9.warc", b"x" * 240 + b".warc", "дело.warc".encode()]
    names.append("Ж".encode() * 118 + b".warc")
    paths = [Path(os.fsdecode(os.fsencode(take.folder) + b"/" + name)) for name in names]
    for number, path in enumerate(paths):
        path.write_bytes(response(number))
    reports = take.paths(*paths)
    assert [each.added for each in reports.values()] == [1] * 5
    assert all(name.isprintable() and len(name.encode()) < 250 for name in [*reports, *take.kept()])
    assert "дело.warc" in take.kept()


def test_what_is_no_file_or_cannot_be_read_is_told_and_the_next_is_read(take: Taken) -> None:
    os.mkfifo(take.folder / "pipe")
    (take.folder / "theirs.warc").write_bytes(response(0))
    paths = [take.folder / name for name in ("pipe", "missing.warc", "theirs.warc")]
    reports = take.paths(*paths)
    assert [each.problems for each in reports.values()][::2] == [["It is not a regular file."], []]
    assert take.urls() == {URLS[0]}


def test_every_kept_file_is_verified_whatever_it_is_called(take: Taken) -> None:
    take.one(packed(arc(0)), "theirs.arc.gz")
    [kept] = take.settings.archive.glob("imported/*")
    kept.with_name("README").write_text("Whose these are.")
    kept.write_bytes(kept.read_bytes() + b"\n")
    assert [each.sentence for each in verify_archive(take.settings)] == [
        f"{kept} has changed since it was imported; restore it from a backup."
    ]


ROWS = {
    ("wget-br.warc.gz",): {"wget-br.warc.gz": (18, 0)},
    ("bad-digest-second.warc",): {"bad-digest-second.warc": (1, 1)},
    ("3good.warc",): {"3good.warc": (2, 0)},
    ("truncated-third.warc",): {"truncated-third.warc": (2, 1)},
    ("whole-two.warc",): {"whole-two.warc": (2, 0)},
    ("truncated-third.warc.gz",): {"truncated-third.warc.gz": (2, 1)},
    ("wget-dedup.warc.gz", "wget-br.warc.gz"): {
        "wget-dedup.warc.gz": (18, 0),
        "wget-br.warc.gz": (18, 0),
    },
}


@pytest.mark.parametrize("names", ROWS, ids=" ".join)
def test_real_archives_give_what_they_hold(take: Taken, names: tuple[str, ...]) -> None:
    paths = [SHARED / "warcs" / name for name in names]
    if not all(path.is_file() for path in paths):
        pytest.skip("needs the archives in ../shared")
    reports = take.paths(*paths)
    assert {each.file: (each.added, each.damaged) for each in reports.values()} == ROWS[names]


def test_real_revisits_without_their_originals_are_counted(take: Taken) -> None:
    path = SHARED / "warcs" / "wget-dedup.warc.gz"
    if not path.is_file():
        pytest.skip("needs the archives in ../shared")
    assert take.paths(path)["wget-dedup.warc.gz"].outcomes == {UNRESOLVED: 23}
