"""The formats that all hits of a query can be had in, each a generator of lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from corpus import Release, certificate_exception
from corpus.statutes import keys
from indexer.export.bibliography import bibtex, ris
from indexer.export.citation import cite
from indexer.export.csv import release_table
from indexer.export.facts import fact_records, notice_label
from indexer.export.result_set import ExportContext, RankedReleases


@dataclass(frozen=True)
class Format:
    """How a format is called, its media type, and what writes it."""

    label: str
    media_type: str
    write: Callable[[ExportContext, RankedReleases], Iterator[str]]


def json_lines(context: ExportContext, found: RankedReleases) -> Iterator[str]:
    """A line of kind "export" with the context, then a line a release."""
    yield _json({"kind": "export"} | context.as_json())
    for rank, release in found:
        yield _json({"kind": "release", "rank": rank} | release_json(release))


def release_json(release: Release) -> dict[str, Any]:
    """The facts of a release and how to check them; dates as ISO 8601, unknown as None."""
    return {
        "id": release.id,
        "office": release.office,
        "url": release.url,
        "title": release.title,
        "subtitle": release.subtitle,
        "published": release.published.isoformat() if release.published else None,
        "language": release.language,
        "topics": list(release.topics),
        "components": list(release.components),
        "number": release.number,
        "links": None if release.links is None else [vars(each) for each in release.links],
        "statutes": None if release.statutes is None else keys(release.statutes),
        "notice": notice_label(release),
        "facts": fact_records(release),
        "body": list(release.body),
        "fetched_at": release.provenance.fetched_at.isoformat(),
        "sha256": release.provenance.sha256,
        "origin": release.provenance.origin,
        "certificate_exception": certificate_exception(release.provenance),
    }


def bibtex_entries(context: ExportContext, found: RankedReleases) -> Iterator[str]:
    """BibTeX: a comment with the context as JSON in its braces, then the entries."""
    about = _json(context.facts() | {"total": context.total}).strip()[1:-1]
    # BibTeX counts braces in comments too, and takes an @ in one for the next entry.
    for each in "{}@":
        about = about.replace(each, f"\\u{ord(each):04x}")
    yield f"@comment{{{about}}}\n\n"
    for _, release in found:
        yield bibtex(cite(release)) + "\n"


def ris_records(context: ExportContext, found: RankedReleases) -> Iterator[str]:
    """RIS, which has no comments: a note in each record has the context."""
    note = "; ".join(f"{name}: {value}" for name, value in context.facts().items() if value)
    for _, release in found:
        yield ris(cite(release), f"Exported from Communique; {note}") + "\r\n"


FORMATS = {
    "csv": Format("CSV", "text/csv", release_table),
    "jsonl": Format("JSON Lines", "application/jsonl", json_lines),
    "bib": Format("BibTeX", "application/x-bibtex", bibtex_entries),
    "ris": Format("RIS", "application/x-research-info-systems", ris_records),
}


def _json(line: Mapping[str, object]) -> str:
    return json.dumps(line, ensure_ascii=False) + "\n"
