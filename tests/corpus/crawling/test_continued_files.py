"""Crawls of an office continue one file, and add nothing to a file that is damaged or large."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from corpus import Settings, Store
from corpus.catalog.attestation import KIND
from corpus.warc.archive import own_files
from tests.conftest import EDITED, FIRST_EDIT, SECOND_EDIT, EditedSite
from tests.corpus.evidence.test_verify import findings, repaired


@pytest.fixture
def site() -> Iterator[EditedSite]:
    with EditedSite("sample_doj") as opened:
        yield opened


def test_small_crawls_share_a_file_of_responses_and_one_of_attestations(
    settings: Settings, site: EditedSite
) -> None:
    for edits in ([], FIRST_EDIT, SECOND_EDIT):
        site.edits = {EDITED: edits}
        with closing(Store(settings)) as store:  # as another process, which has no file open
            assert site.crawl(settings, store).error is None
            assert findings(settings, store) == []
    assert [KIND in path.name for path in own_files(settings.archive)] == [False, True]


@pytest.mark.parametrize("defect", ["partial", "damaged", "large"])
def test_a_file_that_is_not_intact_or_is_large_stays_as_it_is(
    settings: Settings, store: Store, site: EditedSite, monkeypatch: pytest.MonkeyPatch, defect: str
) -> None:
    site.crawl(settings, store)
    [path, _] = own_files(settings.archive)
    spoil(path, defect, monkeypatch)
    before = path.read_bytes()
    site.edits = {EDITED: FIRST_EDIT}
    assert site.crawl(settings, store).changed == 1
    assert path.read_bytes() == before
    assert len(own_files(settings.archive)) == 3
    assert (repaired(settings, store) == []) == (defect != "damaged")


def spoil(path: Path, defect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if defect == "large":
        monkeypatch.setattr("corpus.warc.archive.CONTINUED_BYTES", path.stat().st_size)
    with path.open("r+b") as file:
        if defect == "partial":
            file.seek(0, 2)
            file.write(b"\x1f\x8b\x08")
        elif defect == "damaged":
            file.seek(600)
            file.write(b"damaged")
