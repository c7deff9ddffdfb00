"""What an engine must do. A Query goes in, the types of `results` come out; no other engine type
passes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from indexer.engine.document import Document
from indexer.engine.periods import Step
from indexer.engine.results import (
    Collocates,
    Concordance,
    Frequencies,
    Health,
    Hit,
    KwicLine,
    LineSort,
    Measure,
    Query,
    Results,
    TranslationSuggestion,
)

Report = Callable[[int], None]


class Engine(Protocol):
    """An engine. Searching raises IndexUnusableError while nothing readable is published."""

    def build(self, documents: Iterable[Document], revision: int, report: Report) -> str:
        """Build beside the live index and name the build; a failure leaves nothing behind."""

    def publish(self, build: str) -> None:
        """Make a build the live one, at once for every reader, and drop the others."""

    def drop(self, build: str) -> None:
        """Remove a build that was not published."""

    def update(
        self, documents: Iterable[Document], removed: Iterable[str], revision: int, report: Report
    ) -> int:
        """Replace or add documents and remove ids in the live build; how many documents it took."""

    def builds(self) -> list[str]:
        """The names of the builds there are, oldest first."""

    def search(self, query: Query) -> Results:
        """One page of hits, total and facets."""

    def scan(self, query: Query) -> Iterator[str]:
        """The ids of all hits in the query's order, whatever their number."""

    def total(self, query: Query) -> int:
        """How many releases match."""

    def occurrences(
        self, query: Query, sort: LineSort = "document", start: int = 0, size: int = 50
    ) -> Concordance:
        """The lines from `start` (0-based) on of what a query's words match in all of its hits.

        In the query's order of releases, by the words before or after (three of them, as they are
        matched as written), by office, or by date, the oldest first.
        """

    def scan_occurrences(self, query: Query, sort: LineSort = "document") -> Iterator[KwicLine]:
        """All lines in their order, whatever their number."""

    def collocates(
        self,
        query: Query,
        window: int = 5,
        measure: Measure = "log_likelihood",
        least: int = 5,
        most: int = 100,
        *,
        is_stem: bool = False,
    ) -> Collocates:
        """The words that stand most markedly at most `window` words before or after occurrences of
        a query's words: as written or as stems, observed at least `least` times, at most `most`.
        """

    def translation_suggestions(
        self, query: Query, most: int = 3
    ) -> tuple[TranslationSuggestion, ...]:
        """What the words of a query's tree, best a single one, are in other languages by the
        translations that offices declare; nothing where these do not tell it beyond doubt.
        """

    def frequencies(self, query: Query, step: Step) -> Frequencies:
        """All hits, the occurrences of a query's words in them, and their words, by period.

        What those are compared with is the same of a query without a tree.
        """

    def more_like_this(self, id_: str, size: int) -> tuple[Hit, ...]:
        """The releases most like one, itself left out."""

    def autocomplete(self, prefix: str, most: int) -> list[str]:
        """Words of the corpus that begin so, the commonest first."""

    def spell_suggest(self, word: str) -> str | None:
        """The word of the corpus that a misspelled one was probably meant to be."""

    def shown(self) -> Iterator[tuple[str, bytes]]:
        """The id of every release, in any order, and the digest of what is shown of it
        (`document.shown_digest`).
        """

    def exists(self, ids: Iterable[str], build: str | None = None) -> list[bool]:
        """Which of these ids a build holds (the live one by default)."""

    def size_bytes(self) -> int:
        """How much room the live build takes."""

    def health(self) -> Health:
        """Whether the engine can answer; never raises."""

    def close(self) -> None:
        """Let go of files and connections."""
