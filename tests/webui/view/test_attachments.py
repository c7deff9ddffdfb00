"""What a release points to, looked up in the catalog all at once."""

from __future__ import annotations

from dataclasses import replace

from corpus import Attachment, Store
from corpus.release import Alternate
from tests.statements import sent
from webui.view.references import attached_files, with_releases


def test_many_files_take_no_more_statements_than_one(sample_store: Store) -> None:
    release = next(each for each in sample_store.releases() if each.attachments)
    kept = attached_files(sample_store, release)
    more = (Attachment(f"{release.url}/{number}", "A file") for number in range(9))
    many = replace(release, attachments=(*(release.attachments or ()), *more))
    with sent(sample_store) as statements:
        found = attached_files(sample_store, many)
    assert found[: len(kept)] == kept
    assert any(each.archived_at or each.is_missing for _, each in kept)
    assert not any(each.archived_at or each.is_missing for _, each in found[len(kept) :])
    assert len(statements) == 1


def test_many_languages_take_no_more_statements_than_one(sample_store: Store) -> None:
    release = next(each for each in sample_store.releases("sample_gpo") if each.alternates)
    others = [*sample_store.releases("sample_gpo")][:9]
    many = [Alternate(each.url, each.language) for each in others]
    many += [Alternate(f"{release.url}/none", "en")]
    numbers = []
    for some in (many[:1], many):
        with sent(sample_store) as statements:
            found = with_releases(sample_store, release.office, some)
        assert found == [*zip(some, [*others, None], strict=False)]
        numbers.append(len(statements))
    assert numbers[1] <= numbers[0]
