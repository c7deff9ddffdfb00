"""What a word is in other languages, by the releases that offices publish in several.

Releases with a word are compared with translations with another. A counterpart must occur with the
word far more often than by chance, and no other word may go with it more surely (Melamed 2000,
Models of translational equivalence among words, competitive linking).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.analysis.jit import Array
from indexer.engine.fields import TEXTS
from indexer.engine.results import TranslationSuggestion
from indexer.linguistics.alignment import Alignment
from indexer.linguistics.association_measures import likelihood_ratio, log_dice

# So many translations are read for candidates, and so many candidates of each field are weighed.
MOST_READ, MOST_WEIGHED = 200, 24
# Releases that must have both words; logDice, 13 of which means that half of the releases with
# either have both; log-likelihood at p < 0.0001.
LEAST_RELEASES, LEAST_DICE, LEAST_LIKELIHOOD = 3, 13.0, 15.13
# Candidates this far below the best in logDice are its company rather than counterparts.
NEAR_BEST = 0.5
# Where more words are that near, the releases cannot tell them apart.
MOST_NEAR = 8


@dataclass(frozen=True)
class Translations(ABC):
    """What an engine knows of translated releases. Stems are numbered in the order of their
    characters, languages as in the alignment.
    """

    alignment: Alignment

    def holders(self, field: str, code: int, works: Array | None = None) -> Array:
        """How many translations in a language contain each stem in a field: of some works, or of
        all.
        """
        if works is not None:
            return self._holders(self.alignment.releases(works, code), field, code)
        kept = self.alignment.holders
        if (field, code) not in kept:
            kept[field, code] = self._holders(self.alignment.every(code), field, code)
        return kept[field, code]

    @abstractmethod
    def _holders(self, releases: Array, field: str, code: int) -> Array:
        """How many of some releases in a language hold each stem in a field."""

    @abstractmethod
    def stem(self, field: str, number: int) -> str:
        """The stem of a number."""

    @abstractmethod
    def standing(self, stems: Sequence[str], code: int) -> Sequence[Array]:
        """For each of some stems the works that hold it in a language, in any field, as a mask."""

    @abstractmethod
    def form(self, stem: str, code: int) -> str:
        """The commonest form of a stem in a language's translations; of equal ones the first."""

    @abstractmethod
    def releases(self, stem: str, code: int) -> int:
        """How many of all releases in a language hold a stem."""


@dataclass(frozen=True)
class Candidate:
    """A stem in translations, the works with it there (a mask), and its logDice and log-likelihood
    with the query's word.
    """

    stem: str
    works: Array
    dice: float
    likelihood: float

    @property
    def is_sure(self) -> bool:
        """Whether the two belong together, and not by chance."""
        return self.dice >= LEAST_DICE and self.likelihood >= LEAST_LIKELIHOOD


def translation_suggestions(
    texts: Translations, hits: Array, own: set[str], most: int
) -> tuple[TranslationSuggestion, ...]:
    """The counterparts of what matched the hits, in each language of translations, the surest
    first; `own` are the requested stems.
    """
    alignment = texts.alignment
    aligned = hits[alignment.works[hits] >= 0]
    if not len(aligned):
        return ()
    source = int(np.bincount(alignment.codes[aligned]).argmax())
    found = []
    for code, language in enumerate(alignment.languages):
        pair = LanguagePair(texts, source, code)
        if code != source and (words := pair.words(aligned, own, most)):
            found.append(TranslationSuggestion(language, words))
    return tuple(found)


@dataclass(frozen=True)
class LanguagePair:
    """Two languages, by their numbers: that of a query's word, and that of its counterparts."""

    texts: Translations
    source: int
    target: int

    def words(self, hits: Array, own: set[str], most: int) -> tuple[tuple[str, int], ...]:
        """The counterparts of what matched the hits; `own` are the requested stems. None where the
        hits contain the translations themselves, or where more than `most` words are equally sure.
        """
        held = self.texts.alignment.held[self.source] & self.texts.alignment.held[self.target]
        asked = self.texts.alignment.of_releases(hits, self.source) & held
        found = self.texts.alignment.of_releases(hits, self.target) & asked
        if asked.sum() < LEAST_RELEASES or 2 * found.sum() > asked.sum():
            return ()
        candidates = self._weighed(asked, held, self.target)
        sure = [each for each in candidates if each.is_sure and each.stem not in own]
        sure.sort(key=lambda each: (-each.dice, -each.likelihood, each.stem))
        near = [each for each in sure if each.dice >= sure[0].dice - NEAR_BEST]
        if len(near) > MOST_NEAR:
            return ()
        chosen = [each for each in near if self._leads_back(each, held, own)]
        if len(chosen) > most:
            return ()
        return tuple(
            (self.texts.form(each.stem, self.target), self.texts.releases(each.stem, self.target))
            for each in chosen
        )

    def _leads_back(self, candidate: Candidate, held: Array, own: set[str]) -> bool:
        """Whether no other word of the query's language goes with a candidate more surely."""
        others = self._weighed(candidate.works, held, self.source)
        return all(each.dice <= candidate.dice for each in others if each.stem not in own)

    def _weighed(self, asked: Array, held: Array, code: int) -> Iterator[Candidate]:
        """The likeliest stems of a language in works, weighed exactly."""
        here, every = int(np.count_nonzero(asked)), int(np.count_nonzero(held))
        stems = self._likely(asked, held, code)
        for stem, standing in zip(stems, self.texts.standing(stems, code), strict=True):
            works = standing & held
            both, there = int(np.count_nonzero(works & asked)), int(np.count_nonzero(works))
            if both >= LEAST_RELEASES:
                likelihood = likelihood_ratio(both, here, there, every)
                yield Candidate(stem, works, float(log_dice(both, here, there)), likelihood)

    def _likely(self, asked: Array, held: Array, code: int) -> list[str]:
        """Stems that occur in many of some works, and in few others, the likeliest first."""
        works = np.flatnonzero(asked)
        if len(works) > MOST_READ:
            works = works[np.linspace(0, len(works) - 1, MOST_READ).astype(np.int64)]
        # How much of what is translated from or into the language is held in both.
        share = held.sum() / max(1, len(self.texts.alignment.every(code)))
        found: dict[str, None] = {}
        for field in TEXTS:
            counts = self.texts.holders(field, code, works)
            used = np.flatnonzero(counts)
            here = counts[used] * (asked.sum() / len(works))
            there = np.maximum(here, share * self.texts.holders(field, code)[used])
            order = np.argsort(-here / (asked.sum() + there), kind="stable")[:MOST_WEIGHED]
            names = (self.texts.stem(field, number) for number in used[order].tolist())
            found |= dict.fromkeys(name for name in names if name[1:].isalpha())
        return [*found]
