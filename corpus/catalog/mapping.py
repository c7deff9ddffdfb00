"""Maps records to rows of the catalog, and back."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, astuple, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from corpus.database import tables
from corpus.database.batches import RELEASES_AT_ONCE, chunks
from corpus.database.current import current_releases, withheld_ids
from corpus.fact import RULES, Fact
from corpus.reading.address import acceptable_links
from corpus.release import (
    FACTS,
    Alternate,
    Attachment,
    Attestation,
    Draft,
    LinkedRelease,
    Provenance,
    RecordLocation,
    Release,
    Version,
)
from corpus.sources import offices
from corpus.statutes import RULES_VERSION, Cited, find_citations

# What rules derive from the text of a version.
DERIVED = ("statutes", "facts")


@dataclass(frozen=True)
class Visit:
    """The last complete response of a URL: its validators for the next request, its location."""

    etag: str | None
    last_modified: str | None
    fetched_at: datetime
    sha256: str
    location: RecordLocation
    status: int = 200


def version_values(
    draft: Draft, provenance: Provenance, silent: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """A draft and its provenance as a row of `version`, with JSON values for dataclasses.

    Files, translations and releases with unacceptable addresses are left out, and so are `silent`
    facts, which the route never states.
    """
    office = provenance.reader.partition("/")[0]
    if source := offices().get(office):
        draft, _ = acceptable_links(draft, source.hosts)
    facts = {k: v for k, v in asdict(draft).items() if k not in {"url", "part", "layout"} | silent}
    facts |= {"body": [str(each) for each in draft.body], "shapes": draft.shapes}
    text = draft.language, draft.title, facts["body"], draft.published
    facts |= derived_values(office, *text)
    columns = {k: v for k, v in asdict(provenance).items() if k != "attestation"}
    return (
        facts
        | {"asked_url": columns.pop("url"), "observed_at": columns.pop("fetched_at")}
        | columns
    )


def derived_values(
    office: str, language: str, title: str, body: list[str], published: date | None
) -> dict[str, Any]:
    """The columns of `version` that the current rules derive from a text: DERIVED, and by which."""
    from corpus.facts.reader import (
        find_facts,  # compiles patterns, which reading a catalog does not need
    )

    source = offices().get(office)
    citations = find_citations(title, body, language, source.country if source else "")
    facts = find_facts(title, body, language, published)
    return {
        "statutes": [list(each) for each in citations],
        "statute_rules": RULES_VERSION,
        "facts": [list(astuple(each)) for each in facts],
        "fact_rules": RULES,
    }


def derived_from(row: Mapping[str, Any]) -> dict[str, Any]:
    """`derived_values` of a row of `version`, with the office of its release."""
    text = row["language"], row["title"], row["body"], row["published"]
    return derived_values(row["office"], *text)


def as_json(values: dict[str, Any]) -> dict[str, Any]:
    """A row of `version` with JSON values."""
    times = {
        name: values[name] and values[name].isoformat() for name in ("published", "observed_at")
    }
    return values | times


def from_json(values: dict[str, Any]) -> dict[str, Any]:
    """The row of `version` that `as_json` was given."""
    published, observed_at = values["published"], values["observed_at"]
    return values | {
        "published": date.fromisoformat(published) if published else None,
        "observed_at": datetime.fromisoformat(observed_at),
    }


def visit_values(visit: Visit) -> dict[str, Any]:
    """A visit as a row of `visit`."""
    return {k: v for k, v in asdict(visit).items() if k != "location"} | asdict(visit.location)


def visit_from_row(row: Row[Any]) -> Visit:
    """A row of `visit` as a record."""
    location = RecordLocation(row.warc_file, row.warc_offset)
    return Visit(row.etag, row.last_modified, row.fetched_at, row.sha256, location, row.status)


def save_visit(connection: Connection, office: str, url: str, language: str, visit: Visit) -> None:
    """Save a visit. Replaces the earlier one of the URL."""
    key = {"office": office, "url": url, "language": language}
    where = [tables.visit.c[name] == value for name, value in key.items()]
    values = visit_values(visit)
    if connection.execute(update(tables.visit).where(*where), values).rowcount == 0:
        connection.execute(insert(tables.visit), key | values)


def read_visits(
    connection: Connection, office: str, urls: Iterable[str], language: str
) -> dict[str, Visit]:
    """The last visits of these URLs, by URL; URLs without one are left out."""
    v = tables.visit.c
    visits: dict[str, Visit] = {}
    for some in chunks(urls):
        here = (v.office == office, v.url.in_(some), v.language == language)
        rows = connection.execute(select(tables.visit).where(*here))
        visits |= {row.url: visit_from_row(row) for row in rows}
    return visits


def release_from_row(row: Row[Any]) -> Release:
    """A row of `current_releases` as a record."""
    return Release(
        id=row.id,
        office=row.office,
        url=row.url,
        language=row.language,
        title=row.title,
        published=row.published,
        body=tuple(row.body),
        place=row.place,
        signature=row.signature,
        number=row.number,
        topics=tuple(row.topics or ()),
        components=tuple(row.components or ()),
        kind=row.kind,
        attachments=_attachments_from_row(row),
        alternates=tuple(Alternate(**each) for each in row.alternates),
        provenance=_provenance_from_row(row),
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        version=row.version,
        gone_since=row.gone_since,
        is_changed=bool(row.is_changed),
        shapes=tuple(row.shapes or ()),
        statutes=None if row.statutes is None else tuple(Cited(*each) for each in row.statutes),
        facts=None if row.facts is None else tuple(Fact(*each) for each in row.facts),
        subtitle=row.subtitle,
        links=_links_from_row(row),
    )


def read_versions(connection: Connection, ids: Iterable[str]) -> dict[str, list[Version]]:
    """The versions of releases that are not withheld, by id: no repeats, oldest first."""
    v = tables.version.c
    versions: dict[str, list[Version]] = {}
    for some in chunks(dict.fromkeys(ids), RELEASES_AT_ONCE):
        of_some = v.release.in_(some), ~v.is_repeat, v.release.not_in(withheld_ids())
        query = select(tables.version).where(*of_some).order_by(v.observed_at, v.ordinal)
        for row in connection.execute(query):
            versions.setdefault(row.release, []).append(version_from_row(row))
    return versions


def read_facts(connection: Connection, ids: Iterable[str]) -> dict[str, list[Fact]]:
    """The facts of releases that are not withheld, by id, where they were derived."""
    r, v = tables.release.c, tables.version.c
    found: dict[str, list[Fact]] = {}
    for some in chunks(ids):
        query = current_releases().with_only_columns(r.id, v.facts)
        for row in connection.execute(query.where(r.id.in_(some), v.facts.is_not(None))):
            found[row.id] = [Fact(*each) for each in row.facts]
    return found


def version_from_row(row: Row[Any]) -> Version:
    """A row of `version` as a record."""
    facts = {name: getattr(row, name) for name in FACTS}
    return Version(
        number=row.ordinal,
        observed_at=row.observed_at,
        title=row.title,
        published=row.published,
        body=tuple(row.body),
        provenance=_provenance_from_row(row),
        facts=facts | {"attachments": _attachments_from_row(row), "links": _links_from_row(row)},
    )


def _attachments_from_row(row: Row[Any]) -> tuple[Attachment, ...] | None:
    attachments = row.attachments
    return None if attachments is None else tuple(Attachment(**each) for each in attachments)


def _links_from_row(row: Row[Any]) -> tuple[LinkedRelease, ...] | None:
    return None if row.links is None else tuple(LinkedRelease(**each) for each in row.links)


def _provenance_from_row(row: Row[Any]) -> Provenance:
    attestation = None
    if row.attested_offset is not None:
        location = row.attested_file, row.attested_offset
        attestation = Attestation(row.attested_at, row.attested_as, *location)
    return Provenance(
        row.asked_url,
        row.observed_at,
        row.sha256,
        row.warc_file,
        row.warc_offset,
        row.reader,
        row.reader_version,
        row.part_sha256,
        row.origin,
        row.lost_at,
        attestation,
    )
