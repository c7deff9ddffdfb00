"""Archive against catalog: each version's evidence is where the catalog says, whole, unaltered."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.archive import read_response, responses, sha256
from corpus.errors import StoreError
from corpus.report import counted
from corpus.settings import Settings
from corpus.store import Store


def verify_archive(settings: Settings) -> Iterator[str]:
    """A sentence for each WARC file with a damaged or torn record, by WARC's own digests."""
    for path in sorted(settings.archive.glob("*/*.warc.gz")):
        try:
            for _ in responses(path):
                pass
        except StoreError as error:
            yield str(error)


def verify_catalog(settings: Settings, store: Store) -> Iterator[str]:
    """A sentence for each version whose response is not in the archive as it was recorded, and for
    each file that answers stand in, of listings too, and that is not there.
    """
    for name, number in store.visited_files().items():
        if not (settings.archive / name).is_file():
            yield f"{settings.archive / name} is missing; {counted(number, 'answer')} stood in it."
    last_place = last = None
    for release, url, place, digest in store.places():
        try:
            if place != last_place:
                last_place, last = place, read_response(settings.archive, place)
        except StoreError as error:
            last_place = None
            yield f"{release}: {error}"
            continue
        if last and (last.url, sha256(last.body)) != (url, digest):
            yield (
                f"{release}: what stands in {place.warc_file} at {place.warc_offset}"
                f" is not what was recorded of {url}."
            )
