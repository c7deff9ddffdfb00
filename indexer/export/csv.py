"""Releases as a table (RFC 4180) for spreadsheets: one row a release, one fact a column.

The last columns of every row have the context of the export: spreadsheets allow no comment line,
and the context stays with a row that is copied elsewhere.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from corpus import Release, certificate_exception, office_title
from corpus.statutes import keys
from indexer.export.facts import COLUMNS as FACT_COLUMNS
from indexer.export.facts import fact_cells
from indexer.export.result_set import ExportContext, RankedReleases

# Without it, Excel reads UTF-8 as the system's old code page.
BYTE_ORDER_MARK = "\ufeff"
# Excel and others run a cell that begins so, in East Asian settings in full width too (OWASP, CSV
# injection).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
COLUMNS = (
    "rank",
    "id",
    "office",
    "office_title",
    "published",
    "language",
    "title",
    "subtitle",
    "number",
    "place",
    "topics",
    "components",
    "statutes",
    "links",
    "url",
)
PROVENANCE_COLUMNS = ("fetched_at", "last_seen", "version", "sha256", "certificate_exception")


def release_table(
    context: ExportContext, found: RankedReleases, codes: Sequence[str] = ()
) -> Iterator[str]:
    """The lines of the table; each of `codes` is an empty column, beside the text to be coded."""
    facts = context.facts()
    columns = (*COLUMNS, *FACT_COLUMNS)
    taken = {*columns, "text", *PROVENANCE_COLUMNS, *facts}
    named = [f"{code} (code)" if code in taken else code for code in dict.fromkeys(codes)]
    heading = (*columns, *named, "text", *PROVENANCE_COLUMNS, *facts)
    yield BYTE_ORDER_MARK + row(heading)
    for rank, release in found:
        cells = [*_facts(rank, release), *fact_cells(release), *("" for _ in named)]
        yield row([*cells, "\n\n".join(release.body), *_provenance(release), *facts.values()])


def escape_formula(cell: str) -> str:
    """Put an apostrophe before a cell that a spreadsheet could take for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def row(cells: Iterable[str | float]) -> str:
    """A row of a table; formulas are escaped, numbers stay numbers."""
    written = io.StringIO()
    csv.writer(written).writerow(escape_formula(c) if isinstance(c, str) else c for c in cells)
    return written.getvalue()


def _facts(rank: int, release: Release) -> list[str]:
    return [
        str(rank),
        release.id,
        release.office,
        office_title(release.office),
        release.published.isoformat() if release.published else "",
        release.language,
        release.title,
        release.subtitle or "",
        release.number or "",
        release.place or "",
        "; ".join(release.topics),
        "; ".join(release.components),
        "; ".join(keys(release.statutes or ())),
        "; ".join(each.url for each in release.links or ()),
        release.url,
    ]


def _provenance(release: Release) -> list[str]:
    seen = release.provenance
    return [
        seen.fetched_at.isoformat(timespec="seconds"),
        release.last_seen.isoformat(timespec="seconds") if release.last_seen else "",
        str(release.version),
        seen.sha256,
        certificate_exception(seen) or "",
    ]
