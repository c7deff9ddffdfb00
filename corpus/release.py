"""The one record that passes through everything: what an office states, and how we know it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from corpus.statutes import Cited


@dataclass(frozen=True)
class Attachment:
    """A file that a release points to; archived and counted, never searched."""

    url: str
    title: str


@dataclass(frozen=True)
class Alternate:
    """The same text in another language, at its own URL."""

    url: str
    language: str


class Paragraph(str):
    """A paragraph of a release, with its shape on the page: our reading, not what is stated.

    "" plain; "heading"; "quote"; "item" of a list, "item 3" or "item 3 a" where the list numbers
    its items (a: by letters); "more" goes on with the item before it; "row 1 3" is a table's row,
    whose cells, parted by " | ", stand in these columns, "head 1 3" one of headings.
    """

    __slots__ = ("shape",)

    shape: str

    def __new__(cls, words: str, shape: str = "") -> Paragraph:
        """The words themselves; what changes them loses the shape."""
        paragraph = super().__new__(cls, words)
        paragraph.shape = shape
        return paragraph


@dataclass(frozen=True)
class Draft:
    """A release as a reader found it on a page, before anything is checked or stored.

    `url` stays None where the page's own URL is the release's. `part` is the release's own piece
    of a response that carries many, exactly as it can be cut out of it again; None where the
    response is one release. `layout` names the markup it was read from, where a route knows
    several.
    """

    title: str
    published: date | None
    body: list[str]
    language: str
    url: str | None = None
    place: str | None = None
    signature: str | None = None
    number: str | None = None
    topics: list[str] = field(default_factory=list)
    components: list[str] = field(default_factory=list)
    kind: str | None = None
    attachments: list[Attachment] = field(default_factory=list)
    alternates: list[Alternate] = field(default_factory=list)
    part: bytes | None = None
    layout: str | None = None

    @property
    def shapes(self) -> list[str]:
        """The shape of each paragraph of the body."""
        return [each.shape if isinstance(each, Paragraph) else "" for each in self.body]


# What an office can change silently: a difference in one of these is a new version.
FACTS = ("title", "published", "body", "number", "topics", "components", "attachments")


@dataclass(frozen=True)
class RecordLocation:
    """Where a record is: a file named relative to the archive folder, a byte offset in it."""

    warc_file: str
    warc_offset: int


# When a version is attested: with it, when our reading of it changed, or, where it had none, later.
MADE, REVISED, LATER = "made", "revised", "later"


@dataclass(frozen=True)
class Attestation:
    """The record in the archive that says what the catalog holds of a version."""

    at: datetime
    occasion: str
    warc_file: str
    warc_offset: int


@dataclass(frozen=True)
class Provenance:
    """Where an observation comes from, so that anybody can check it against the archive.

    `sha256` is of the response's body, content encodings undone; `part_sha256` of the release's
    own part where one response carries many. `warc_offset` counts bytes from the start of
    `warc_file`, which is named relative to the archive folder. `url` is the one that answered: a
    listing's, on an interface route. `reader` is office/route, or office/route/layout. `origin`
    names whose observation it is, where it is not ours. `lost_at` is since when the response is
    known to be lost.
    """

    url: str
    fetched_at: datetime
    sha256: str
    warc_file: str
    warc_offset: int
    reader: str
    reader_version: int
    part_sha256: str | None = None
    origin: str | None = None
    lost_at: datetime | None = None
    attestation: Attestation | None = field(default=None, compare=False)

    @property
    def location(self) -> RecordLocation:
        """The response in the archive."""
        return RecordLocation(self.warc_file, self.warc_offset)


@dataclass(frozen=True)
class Release:
    """One release as the catalog holds it. Unknown is None, never a guess.

    `attachments` is None where no route that was crawled tells of attachments; `first_seen` and
    `last_seen` are our own, None where others alone have seen it. `gone_since` is the first of the
    visits that found it missing, while it is; `is_changed` since it was first seen. `shapes` are
    those of the body's paragraphs (see Paragraph); empty where no reader told them yet. `statutes`
    are those that title and body cite, in order; None where no rules have read them yet.
    """

    id: str
    office: str
    url: str
    language: str
    title: str
    published: date | None
    body: tuple[str, ...]
    place: str | None
    signature: str | None
    number: str | None
    topics: tuple[str, ...]
    components: tuple[str, ...]
    kind: str | None
    attachments: tuple[Attachment, ...] | None
    alternates: tuple[Alternate, ...]
    provenance: Provenance
    first_seen: datetime | None
    last_seen: datetime | None
    version: int
    gone_since: datetime | None = None
    is_changed: bool = False
    shapes: tuple[str, ...] = ()
    statutes: tuple[Cited, ...] | None = None


@dataclass(frozen=True)
class Version:
    """What an office stated, as observed at a time; `number` counts from 1.

    `facts` holds all that makes a version, by the names in FACTS.
    """

    number: int
    observed_at: datetime
    title: str
    published: date | None
    body: tuple[str, ...]
    provenance: Provenance
    facts: dict[str, Any] = field(default_factory=dict)


def sha256(body: bytes) -> str:
    """The digest that the catalog keeps of a body."""
    return hashlib.sha256(body).hexdigest()


def release_id(office: str, canonical_url: str) -> str:
    """`<office>-<16 hex of sha256 of the canonical URL>`: stable as long as the URL is."""
    words = canonical_url.encode(errors="surrogatepass")  # what is no address is told later
    return f"{office}-{sha256(words)[:16]}"
