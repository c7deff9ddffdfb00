"""Collocates: words that are more frequent near a query's words than elsewhere; page and table."""

from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote_plus

from flask import Response, render_template, request
from flask_babel import lazy_gettext

from corpus import Settings
from indexer import Collocate, Collocates, Engine, ParsedQuery
from indexer.engine.results import Beside, Measure
from indexer.export.collocates_csv import COLUMNS, collocate_table, sorted_words
from indexer.export.concordance_csv import beside_pairs
from indexer.export.result_set import ExportContext, read_consistently
from webui.tools.concordance import WINDOW
from webui.tools.downloads import TABLE_TYPE, Downloads, file
from webui.view.facets import Chip, chips
from webui.view.search_state import SearchState, read_number, read_state

WIDEST = 20
LEAST, MOST = 5, 100
HIGHEST_LEAST = 1_000_000
MEASURES: dict[Measure, str] = {
    "log_likelihood": lazy_gettext("Log-likelihood"),
    "log_dice": lazy_gettext("logDice"),
    "mutual_information": lazy_gettext("Mutual information"),
}
COLUMN_HEADINGS: dict[str, str] = {
    "word": lazy_gettext("Word"),
    "observed": lazy_gettext("Nearby"),
    "expected": lazy_gettext("Expected by chance"),
    "frequency": lazy_gettext("Whole collection"),
}
PAGE = "collocates.collocates"


@dataclass(frozen=True)
class CollocateOptions:
    """How words are counted, and the column that sorts them."""

    state: SearchState
    window: int
    measure: Measure
    least: int
    size: int
    is_stem: bool
    is_content: bool
    order: str

    def link(self, endpoint: str = PAGE, **changed: Any) -> str:
        """This as the address of a page, with something changed."""
        return self.state.link(endpoint, **self.more() | changed)

    def more(self) -> dict[str, Any]:
        """The arguments that other pages do not have; what is as usual is left out."""
        given: dict[str, tuple[Any, Any]] = {
            "window": (self.window, WINDOW),
            "measure": (self.measure, "log_likelihood"),
            "least": (self.least, LEAST),
            "n": (self.size, MOST),
            "stems": (int(self.is_stem), 0),
            "words": ("content" if self.is_content else "all", "content"),
            "by": (self.order, "score"),
        }
        return {name: value for name, (value, usual) in given.items() if value != usual}

    def count(self, engine: Engine, parsed: ParsedQuery) -> Collocates:
        """The collocates."""
        query = self.state.tool_query(parsed)
        return engine.collocates(
            query,
            self.window,
            self.measure,
            self.least,
            self.size,
            is_stem=self.is_stem,
            is_content=self.is_content,
        )


@dataclass(frozen=True)
class CollocatesPage:
    """What the page shows, by the names of its template."""

    state: SearchState
    options: CollocateOptions
    found: Collocates
    words: list[tuple[Collocate, str]]
    warnings: tuple[str, ...]
    chips: list[Chip]
    columns: list[tuple[str, str, str]]
    table_link: str
    has_second_tier: bool
    measures: dict[Measure, str]
    widest: int = WIDEST
    highest_least: int = HIGHEST_LEAST
    most: int = MOST


def collocates(engine: Engine, settings: Settings) -> str:
    """The words, each with a link to where it is near mentions."""
    page = collocates_page(_read_options(), engine, settings)
    return render_template("collocates.html", **vars(page))


def collocates_page(
    options: CollocateOptions, engine: Engine, settings: Settings
) -> CollocatesPage:
    """The collocates, and the links of the page."""
    state = options.state
    parsed = state.parse(settings.query_chars, engine.attested)
    found = options.count(engine, parsed)
    return CollocatesPage(
        state=state,
        options=options,
        found=found,
        words=_link_words(options, sorted_words(found, options.order)),
        warnings=(*state.warnings, *parsed.warnings, *found.warnings),
        chips=chips(state, PAGE, parsed.date, **options.more()),
        columns=_sortable_columns(options),
        table_link=options.link("collocates.table"),
        has_second_tier=state.has_second_tier(parsed),
        measures=MEASURES,
    )


def table(engine: Engine, settings: Settings, downloads: Downloads) -> Response:
    """The same words as a table."""
    options = _read_options()
    state = options.state
    with downloads.slot() as slot:
        found, health, at = read_consistently(
            engine,
            lambda: options.count(engine, state.parse(settings.query_chars, engine.attested)),
        )
        context = ExportContext(
            words=state.words,
            filters=tuple(state.filter_pairs()),
            order=options.order,
            at=at,
            build=health.build or "",
            revision=health.revision,
            total=len(found.collocates),
            parameters=(
                ("window", str(options.window)),
                ("measure", options.measure),
                ("least", str(options.least)),
                ("forms", "stems" if options.is_stem else "as written"),
                ("words", "content" if options.is_content else "all"),
            ),
        )
        found = replace(found, collocates=tuple(sorted_words(found, options.order)))
        kept: ExitStack = slot.pop_all()
    rows = collocate_table(context, found)
    return file(rows, TABLE_TYPE, "collocates", at, "csv", kept)


def _read_options() -> CollocateOptions:
    """The options in the URL; unreadable ones count as absent."""
    given = request.args
    return CollocateOptions(
        state=replace(read_state(given), page=1),
        window=read_number(given, "window", WINDOW, WIDEST),
        measure=next((each for each in MEASURES if each == given.get("measure")), "log_likelihood"),
        least=read_number(given, "least", LEAST, HIGHEST_LEAST),
        size=read_number(given, "n", MOST, MOST),
        is_stem=given.get("stems") == "1",
        is_content=given.get("words") != "all",
        order=next((each for each in COLUMNS if each == given.get("by")), "score"),
    )


def _link_words(options: CollocateOptions, found: list[Collocate]) -> list[tuple[Collocate, str]]:
    """Each word with a link to where it is near the query's mentions."""
    # url_for for each word takes too long; no word is as long as this placeholder.
    placeholder = "x" * 99
    beside = Beside(placeholder, "near", options.window, options.is_stem)
    pattern = options.state.link("concordance.concordance", **dict(beside_pairs(beside)))
    return [(each, pattern.replace(placeholder, quote_plus(each.word))) for each in found]


def _sortable_columns(options: CollocateOptions) -> list[tuple[str, str, str]]:
    """Each column's name, its heading, and the page sorted by it."""
    columns = COLUMN_HEADINGS | {"score": MEASURES[options.measure]}
    return [(name, words, replace(options, order=name).link()) for name, words in columns.items()]
