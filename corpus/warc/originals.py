"""Finds the original responses of revisits in the files of an import."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

from corpus.warc.containers import ForeignFile
from corpus.warc.digests import make_digest, read_digest
from corpus.warc.reader import read_record
from corpus.warc.record import Record

# The algorithms that tools use for digests.
ALGORITHMS = ("sha1", "sha256", "md5")


@dataclass(frozen=True)
class Original:
    """A response in a file: its offset and its URL."""

    file: ForeignFile
    offset: int
    url: str

    def restore_body(self, revisit: Record, max_bytes: int) -> Record:
        """A revisit with status, headers and body of its original. Raises StoreError."""
        record = read_record(self.file.path, self.offset, max_bytes)
        status = record.status if revisit.status in (0, 304) else revisit.status
        headers = record.headers | revisit.headers
        return replace(revisit, status=status, headers=headers, body=record.body)


class Originals:
    """The responses found so far, by office and everything that a revisit may refer to."""

    def __init__(self) -> None:
        self.originals: dict[Hashable, Original] = {}

    def add(self, office: str, record: Record, file: ForeignFile) -> Original:
        """Remember a response; of several equal ones, the first."""
        original = Original(file, record.offset, record.url)
        names = [record.id, (record.url, record.fetched_at), *_digests(record)]
        for name in filter(None, names):
            self.originals.setdefault((office, name), original)
        return original

    def find(self, office: str, revisit: Record) -> Original | None:
        """The response that a revisit refers to, if it was found."""
        names = [revisit.original_id, revisit.original, read_digest(revisit.payload_digest or "")]
        original = (self.originals.get((office, name)) for name in names if name)
        return next(filter(None, original), None)


def _digests(record: Record) -> list[Hashable]:
    """The stated payload digest, and the digests of the decoded body: a later crawl may have the
    same page without encodings.
    """
    made = [make_digest(algorithm, record.body) for algorithm in ALGORITHMS]
    return [read_digest(record.payload_digest or ""), *made]
