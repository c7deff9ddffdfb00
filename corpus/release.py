"""The record types. The API shows the descriptions in `Annotated`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any

from corpus.fact import Fact
from corpus.statutes import Cited


@dataclass(frozen=True)
class Attachment:
    """A file that a release links to; archived and counted, never searched."""

    url: Annotated[str, "its address"]
    title: Annotated[str, "its title in the release"]


@dataclass(frozen=True)
class Alternate:
    """The same text in another language, at its own URL."""

    url: Annotated[str, "its address"]
    language: Annotated[str, "its language"]


@dataclass(frozen=True)
class LinkedRelease:
    """Another release of the office that the text of a release links to."""

    url: Annotated[str, "its address"]
    text: Annotated[str, "the text of the link"]


class Paragraph(str):
    """A paragraph of a release, with its shape on the page, which is not a stated fact.

    "" plain; "heading"; "quote"; "item" of a list, "item 3" or "item 3 a" where the list numbers
    its items (a: by letters); "more" continues the item before it; "row 1 3" is a table's row
    whose cells, separated by " | ", are in these columns, "head 1 3" a row of headings.
    """

    __slots__ = ("shape",)

    shape: str

    def __new__(cls, words: str, shape: str = "") -> Paragraph:
        """The text; string methods return plain strings without the shape."""
        paragraph = super().__new__(cls, words)
        paragraph.shape = shape
        return paragraph


@dataclass(frozen=True)
class Draft:
    """A release as a reader found it on a page, before it is validated or stored.

    `url` is None where the page's own URL is the release's. `part` is the release's part of a
    response that carries several, as it can be cut out of it again; None where the response is one
    release. `layout` names the markup it was read from, where a route knows several. `subtitle` and
    `links` are None where the reader looks for none; "" and [] where the page has none.
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
    subtitle: str | None = None
    links: list[LinkedRelease] | None = None
    part: bytes | None = None
    layout: str | None = None

    @property
    def shapes(self) -> list[str]:
        """The shape of each paragraph of the body."""
        return [each.shape if isinstance(each, Paragraph) else "" for each in self.body]


# What an office states: a difference in one of these makes a new version.
FACTS = (
    *("title", "published", "body", "number", "topics", "components", "attachments"),
    *("subtitle", "links"),
)
# None where no crawled route states them, empty where it is stated that there are none: to learn
# them is no difference.
LEARNED_FACTS = ("topics", "components", "attachments", "subtitle", "links")


@dataclass(frozen=True)
class RecordLocation:
    """The location of a record: a file, relative to the archive folder, and a byte offset."""

    warc_file: str
    warc_offset: int


# When a version is attested: when it is made, when its reading is revised, or later.
MADE, REVISED, LATER = "made", "revised", "later"


@dataclass(frozen=True)
class Attestation:
    """The record in the archive that attests a version of the catalog."""

    at: Annotated[datetime, "when it was written"]
    occasion: Annotated[str, "made with the version, revised when read anew, or later"]
    warc_file: Annotated[str, "the WARC file that holds it"]
    warc_offset: Annotated[int, "where it begins in the file, in bytes"]


@dataclass(frozen=True)
class Provenance:
    """Where an observation comes from, to check it against the archive.

    `warc_file` is relative to the archive folder. On an interface route, `url` is the listing's.
    """

    url: Annotated[str, "the address that answered"]
    fetched_at: Annotated[datetime, "when it was fetched"]
    sha256: Annotated[str, "SHA-256 of the response body, content encodings undone"]
    warc_file: Annotated[str, "the WARC file that holds the response"]
    warc_offset: Annotated[int, "where it begins in the file, in bytes"]
    reader: Annotated[str, "what read it: office/route, or office/route/layout"]
    reader_version: Annotated[int, "the version of the reader"]
    part_sha256: Annotated[
        str | None, "SHA-256 of this release's part, where the response holds several"
    ] = None
    origin: Annotated[str | None, "who observed it; null: this service"] = None
    lost_at: Annotated[datetime | None, "when the response was lost; null: it is there"] = None
    attestation: Attestation | None = field(default=None, compare=False)

    @property
    def location(self) -> RecordLocation:
        """The response in the archive."""
        return RecordLocation(self.warc_file, self.warc_offset)


@dataclass(frozen=True)
class Release:
    """One release as the catalog has it. Unknown is None, never a guess.

    `attachments`, `subtitle` and `links` are None where no crawled route states them. While a
    release is missing, `gone_since` is the first visit that did not find it. `shapes` are those of
    the body's paragraphs (see Paragraph); empty where no reader has stated them yet. `statutes` are
    those that title and body cite, and `facts` what they say, the main stage first of the stages;
    None where they have not been derived yet.
    """

    id: Annotated[str, "its permanent id"]
    office: Annotated[str, "the office, by the name to filter by"]
    url: Annotated[str, "its address on the office's site"]
    language: Annotated[str, "the language of its text"]
    title: Annotated[str, "its title"]
    published: Annotated[date | None, "its date; null: the office gives none"]
    body: Annotated[tuple[str, ...], "its paragraphs"]
    place: Annotated[str | None, "where it is dated from"]
    signature: Annotated[str | None, "who signed it"]
    number: Annotated[str | None, "the number that the office gave it"]
    topics: Annotated[tuple[str, ...], "the office's topics"]
    components: Annotated[tuple[str, ...], "the parts of the office that it names"]
    kind: Annotated[str | None, "what the office calls it"]
    attachments: Annotated[tuple[Attachment, ...] | None, "files it links to; null: not known"]
    alternates: Annotated[tuple[Alternate, ...], "the same release in other languages"]
    provenance: Provenance
    first_seen: Annotated[datetime | None, "when it was first seen; null: only others saw it"]
    last_seen: Annotated[datetime | None, "when it was last seen"]
    version: Annotated[int, "the number of its newest version"]
    gone_since: Annotated[datetime | None, "since when it is missing; null: it is there"] = None
    is_changed: Annotated[bool, "whether the office edited it after it was first seen"] = False
    shapes: tuple[str, ...] = ()
    statutes: tuple[Cited, ...] | None = None
    facts: tuple[Fact, ...] | None = None
    subtitle: Annotated[str | None, "the line below its title; empty: none; null: not known"] = None
    links: Annotated[
        tuple[LinkedRelease, ...] | None,
        "other releases of the office that its text links to; null: not known",
    ] = None


@dataclass(frozen=True)
class Version:
    """What an office stated, as observed at a time; `number` counts from 1.

    `facts` are the stated facts, by the names in FACTS.
    """

    number: Annotated[int, "its permanent number, from 1"]
    observed_at: Annotated[datetime, "when it was observed"]
    title: str
    published: date | None
    body: tuple[str, ...]
    provenance: Provenance
    facts: dict[str, Any] = field(default_factory=dict)


def sha256(body: bytes) -> str:
    """The digest of a body as the catalog stores it."""
    return hashlib.sha256(body).hexdigest()


def release_id(office: str, canonical_url: str) -> str:
    """`<office>-<16 hex of sha256 of the canonical URL>`: stable as long as the URL is."""
    words = canonical_url.encode(errors="surrogatepass")  # invalid addresses are refused later
    return f"{office}-{sha256(words)[:16]}"
