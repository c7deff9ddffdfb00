"""Where the answers stand that revisits repeat, in whatever file of an import they are."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

from corpus.warc.containers import ForeignFile
from corpus.warc.digests import make_digest, read_digest
from corpus.warc.reader import read_record
from corpus.warc.record import Record

# In which tools state digests.
ALGORITHMS = ("sha1", "sha256", "md5")


@dataclass(frozen=True)
class Original:
    """An answer in a file: where it begins, and the URL that it is recorded of."""

    file: ForeignFile
    offset: int
    url: str

    def repeated(self, revisit: Record, most: int) -> Record:
        """The answer that a revisit is, with all that it leaves to its original.

        Raises StoreError.
        """
        record = read_record(self.file.path, self.offset, most)
        status = record.status if revisit.status in (0, 304) else revisit.status
        headers = record.headers | revisit.headers
        return replace(revisit, status=status, headers=headers, body=record.body)


class Originals:
    """The answers met so far, of each office by all that a revisit may name."""

    def __init__(self) -> None:
        self.known: dict[Hashable, Original] = {}

    def add(self, office: str, record: Record, file: ForeignFile) -> Original:
        """Remember an answer; the first of several that are the same stands for all."""
        found = Original(file, record.offset, record.url)
        names = [record.id, (record.url, record.fetched_at), *_digests(record)]
        for name in filter(None, names):
            self.known.setdefault((office, name), found)
        return found

    def find(self, office: str, revisit: Record) -> Original | None:
        """The answer that a revisit repeats, where it was met."""
        names = [revisit.original_id, revisit.original, read_digest(revisit.payload_digest or "")]
        found = (self.known.get((office, name)) for name in names if name)
        return next(filter(None, found), None)


def _digests(record: Record) -> list[Hashable]:
    """A payload's digest as it is stated, and what it is of the body without its encodings: a tool
    may have been given the same page without them later.
    """
    made = [make_digest(algorithm, record.body) for algorithm in ALGORITHMS]
    return [read_digest(record.payload_digest or ""), *made]
