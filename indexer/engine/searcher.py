"""The questions that an index answers: a Query goes in, the types of `results` come out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from indexer.engine.periods import Step
from indexer.engine.results import (
    Beside,
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
from indexer.query.written_forms import Attested


class Searcher(ABC):
    """Answers questions about the releases of an index, from one state of it."""

    @abstractmethod
    def search(self, query: Query) -> Results:
        """One page of hits, the exact total, facets, timeline and the query's explanation."""

    @abstractmethod
    def scan(self, query: Query) -> Iterator[str]:
        """The ids of all hits that are counted, in the query's order, without a limit."""

    def total(self, query: Query) -> int:
        """How many releases match."""
        return self.totals([query])[0]

    @abstractmethod
    def totals(self, queries: Sequence[Query]) -> list[int]:
        """How many releases match each query; whether in boilerplate alone makes no difference. One
        question, whatever their number.
        """

    @abstractmethod
    def facet_values(self, name: str) -> tuple[tuple[str, int], ...]:
        """The values of a facet, and how many of all releases have each, most frequent first."""

    @abstractmethod
    def occurrences(
        self,
        query: Query,
        sort: LineSort = "document",
        start: int = 0,
        size: int = 50,
        beside: Beside | None = None,
    ) -> Concordance:
        """One page of the concordance: a line for each mention of the query that is counted, from
        `start` (0-based); sorted in the query's order of releases, by the three words before or
        after, by office, or by date (oldest first); all, or those `beside` a word.
        """

    @abstractmethod
    def scan_occurrences(
        self, query: Query, sort: LineSort = "document", beside: Beside | None = None
    ) -> Iterator[KwicLine]:
        """All lines of the concordance in their order, without a limit."""

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
        is_content: bool = False,
    ) -> Collocates:
        """The words most strongly associated with a query: those within `window` words of its
        mentions, exact forms or stems, that occur there at least `least` times; the top `most`.
        With `is_content`, only significant content words.
        """

    @abstractmethod
    def translation_suggestions(
        self, query: Query, most: int = 3
    ) -> tuple[TranslationSuggestion, ...]:
        """The query's words in other languages, learned from the translations that offices link;
        none unless the evidence is clear. Works best for a single word.
        """

    @abstractmethod
    def frequencies(self, query: Query, step: Step) -> Frequencies:
        """By period: the hits, the mentions in them, and the number of their words."""

    @abstractmethod
    def more_like_this(
        self, id_: str, size: int, *, has_boilerplate: bool = False
    ) -> tuple[Hit, ...]:
        """The releases most similar to one, without that one; boilerplate makes none similar,
        unless it is wanted.
        """

    @abstractmethod
    def autocomplete(self, prefix: str, most: int, after: tuple[str, ...] = ()) -> list[str]:
        """Words of the corpus with this prefix, most frequent first; `after` some words, those that
        follow them directly in titles or texts, by how many of these have the phrase.
        """

    @abstractmethod
    def spell_suggest(self, word: str) -> str | None:
        """The word of the corpus that a misspelled word probably stands for."""

    @abstractmethod
    def attested(self, words: Collection[str]) -> Mapping[str, Attested]:
        """What the corpus attests of folded words; of the long form of an abbreviation, too."""

    @abstractmethod
    def sound_alikes(self, words: Collection[str]) -> Mapping[str, Mapping[str, int]]:
        """For each folded word, the names of the corpus that sound like it, itself among them if it
        is one, and how many releases have each in their texts.
        """

    @abstractmethod
    def shown(self) -> Iterator[tuple[str, bytes]]:
        """The id of every release, in any order, and the digest of what pages show of it
        (`document.shown_digest`).
        """

    @abstractmethod
    def exists(self, ids: Iterable[str]) -> list[bool]:
        """For each id, whether the index contains it."""
