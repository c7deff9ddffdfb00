"""All lines of a concordance as a table: one row a mention, with its permalink."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice

from corpus import office_title
from indexer.engine.interface import Engine
from indexer.engine.results import Beside, Concordance, KwicLine, LineSort, Query
from indexer.export.csv import BYTE_ORDER_MARK, row
from indexer.export.result_set import ExportContext, Interpret, Pairs, read_consistently

COLUMNS = (
    "line",
    "id",
    "office",
    "office_title",
    "published",
    "language",
    "title",
    "paragraph",
    "offset",
    "left",
    "keyword",
    "right",
    "url",
    "permalink",
)


def select_lines(
    engine: Engine,
    interpret: Interpret,
    sort: LineSort,
    words: str,
    filters: Pairs,
    beside: Beside | None = None,
) -> tuple[ExportContext, Iterator[KwicLine]]:
    """The context of all lines of a query, or those beside a word, and the lines in an order."""

    def read() -> tuple[Query, tuple[str, ...], Concordance, Iterator[KwicLine]]:
        query, warnings = interpret()
        query = query or Query()  # which has no mentions
        lines = engine.scan_occurrences(query, sort, beside)
        first = [*islice(lines, 1)]  # of this state of the index are all that follow
        return query, warnings, engine.occurrences(query, sort, 0, 0, beside), chain(first, lines)

    (query, warnings, found, lines), health, at = read_consistently(engine, read)
    return ExportContext(
        words=words,
        filters=filters,
        order=query.sort if sort == "document" else sort,
        at=at,
        build=health.build or "",
        revision=health.revision,
        total=found.total,
        warnings=(*warnings, *found.warnings),
        parameters=(
            ("boilerplate_mentions", str(found.boilerplate_mentions)),
            *beside_pairs(beside),
        ),
    ), lines


def beside_pairs(beside: Beside | None) -> Pairs:
    """A word that limits a concordance, as arguments of its page."""
    if beside is None:
        return ()
    near = (("window", str(beside.window)), *[("stems", "1")] * beside.is_stem)
    return ((beside.side, beside.word), *(near if beside.side == "near" else ()))


def line_table(
    context: ExportContext, lines: Iterable[KwicLine], permalink: Callable[[KwicLine], str]
) -> Iterator[str]:
    """The rows of the table; `paragraph` counts from 1, as in the release's page; 0: subtitle."""
    yield BYTE_ORDER_MARK + row((*COLUMNS, *context.facts()))
    facts = context.facts().values()
    for number, line in enumerate(lines, 1):
        cells = (
            number,
            line.id,
            line.office,
            office_title(line.office),
            line.published.isoformat() if line.published else "",
            line.language,
            line.title,
            line.paragraph + 1,
            line.offset,
            line.left,
            line.keyword,
            line.right,
            line.url,
            permalink(line),
        )
        yield row((*cells, *facts))
