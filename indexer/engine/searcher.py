"""What can be asked of an index. A Query goes in, the types of `results` come out; no other engine
type passes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator

from indexer.engine.periods import Step
from indexer.engine.results import (
    Collocates,
    Concordance,
    Frequencies,
    Hit,
    KwicLine,
    LineSort,
    Measure,
    Query,
    Results,
    TranslationSuggestion,
)


class Searcher(ABC):
    """Answers questions about the releases of an index, from one state of it."""

    @abstractmethod
    def search(self, query: Query) -> Results:
        """One page of hits, exact total, facets and timeline, and how the query was carried out."""

    @abstractmethod
    def scan(self, query: Query) -> Iterator[str]:
        """The ids of all hits in the query's order, whatever their number."""

    @abstractmethod
    def total(self, query: Query) -> int:
        """How many releases match."""

    @abstractmethod
    def occurrences(
        self, query: Query, sort: LineSort = "document", start: int = 0, size: int = 50
    ) -> Concordance:
        """The lines from `start` (0-based) on of what a query's words match in all of its hits.

        In the query's order of releases, by the words before or after (three of them, as they are
        matched as written), by office, or by date, the oldest first.
        """

    @abstractmethod
    def scan_occurrences(self, query: Query, sort: LineSort = "document") -> Iterator[KwicLine]:
        """All lines in their order, whatever their number."""

    @abstractmethod
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

    @abstractmethod
    def translation_suggestions(
        self, query: Query, most: int = 3
    ) -> tuple[TranslationSuggestion, ...]:
        """What the words of a query's tree, best a single one, are in other languages by the
        translations that offices declare; nothing where these do not tell it beyond doubt.
        """

    @abstractmethod
    def frequencies(self, query: Query, step: Step) -> Frequencies:
        """All hits, the occurrences of a query's words in them, and their words, by period.

        What those are compared with is the same of a query without a tree.
        """

    @abstractmethod
    def more_like_this(self, id_: str, size: int) -> tuple[Hit, ...]:
        """The releases most like one, itself left out."""

    @abstractmethod
    def autocomplete(self, prefix: str, most: int) -> list[str]:
        """Words of the corpus that begin so, the commonest first."""

    @abstractmethod
    def spell_suggest(self, word: str) -> str | None:
        """The word of the corpus that a misspelled one was probably meant to be."""

    @abstractmethod
    def shown(self) -> Iterator[tuple[str, bytes]]:
        """The id of every release, in any order, and the digest of what is shown of it
        (`document.shown_digest`).
        """

    @abstractmethod
    def exists(self, ids: Iterable[str]) -> list[bool]:
        """Which of these ids are held."""
