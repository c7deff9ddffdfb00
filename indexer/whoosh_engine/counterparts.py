"""What a query's words are in other languages, by the releases that offices publish in several.

Of the releases held in both languages, those with a word are compared with those with another. A
counterpart must stand with the word far more often than by chance, and lead back to it: no other
word may go with it more surely (Melamed 2000, Models of translational equivalence among words,
competitive linking).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import log, log2

import numpy as np
from whoosh import query as tree

from indexer.analysis import STEM
from indexer.compiled import compiled
from indexer.engine import Counterpart, Query
from indexer.fields import TEXTS, stem_field
from indexer.whoosh_engine.arrays import Array
from indexer.whoosh_engine.execute import Executor
from indexer.whoosh_engine.kernels import mark
from indexer.whoosh_engine.snapshot import Snapshot
from indexer.whoosh_engine.translations import Translations

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
class Candidate:
    """A stem that stands in translations, the works that it stands in there (a mask), and logDice
    and log-likelihood of its standing where the query's word does.
    """

    stem: bytes
    works: Array
    dice: float
    likelihood: float

    @property
    def is_sure(self) -> bool:
        """Whether the two belong together, and not by chance."""
        return self.dice >= LEAST_DICE and self.likelihood >= LEAST_LIKELIHOOD


def counterparts(snapshot: Snapshot, query: Query, most: int) -> tuple[Counterpart, ...]:
    """The counterparts in each language of which translations are held, the surest first."""
    translations = snapshot.translations
    if translations is None or query.tree is None:
        return ()
    hits = Executor(snapshot).run(query.tree).documents
    aligned = hits[translations.works[hits] >= 0]
    codes = translations.languages.codes[aligned]
    if not len(aligned):
        return ()
    source = int(np.bincount(codes).argmax())
    own = {leaf.text.encode() for leaf in query.tree.leaves() if isinstance(leaf, tree.Term)}
    found = []
    for code, language in enumerate(translations.languages.values):
        if code != source:
            pair = Pair(snapshot, translations, source, code)
            if words := pair.words(aligned, own, most):
                found.append(Counterpart(language, words))
    return tuple(found)


@dataclass(frozen=True)
class Pair:
    """Two languages, by their numbers: that of a query's word, and that of its counterparts."""

    snapshot: Snapshot
    translations: Translations
    source: int
    target: int

    def words(self, hits: Array, own: set[bytes], most: int) -> tuple[tuple[str, int], ...]:
        """The counterparts of what matched the hits; `own` are the stems that were asked for.

        None where the hits hold the translations themselves, since nothing is missing then; none
        either where more words than are wanted are equally sure.
        """
        held = self.translations.held[self.source] & self.translations.held[self.target]
        asked = self.translations.of_documents(hits, self.source) & held
        found = self.translations.of_documents(hits, self.target) & asked
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
        return tuple((self._form(each.stem), self._releases(each.stem)) for each in chosen)

    def _leads_back(self, candidate: Candidate, held: Array, own: set[bytes]) -> bool:
        """Whether no other word of the query's language goes with a candidate more surely."""
        others = self._weighed(candidate.works, held, self.source)
        return all(each.dice <= candidate.dice for each in others if each.stem not in own)

    def _weighed(self, asked: Array, held: Array, code: int) -> Iterator[Candidate]:
        """The likeliest stems of a language in works, weighed exactly."""
        here, every = int(np.count_nonzero(asked)), int(np.count_nonzero(held))
        for stem in self._likely(asked, held, code):
            works = self._standing(stem, code) & held
            both, there = int(np.count_nonzero(works & asked)), int(np.count_nonzero(works))
            if both >= LEAST_RELEASES:
                likelihood = log_likelihood(both, here, there, every)
                yield Candidate(stem, works, log_dice(both, here, there), likelihood)

    def _likely(self, asked: Array, held: Array, code: int) -> list[bytes]:
        """Stems that stand in many of some of the works, and in few of all texts, the likeliest
        first.
        """
        works = np.flatnonzero(asked)
        if len(works) > MOST_READ:
            works = works[np.linspace(0, len(works) - 1, MOST_READ).astype(np.int64)]
        documents = self.translations.documents(works, code)
        # How much of what is held in the language is translated.
        share = held.sum() / max(1, int((self.translations.languages.codes == code).sum()))
        found: dict[bytes, None] = {}
        for field in TEXTS:
            words = self.snapshot.words(stem_field(field))
            counts = self._counted(documents, field, code)
            used = np.flatnonzero(counts)
            here = counts[used] * (asked.sum() / len(works))
            there = np.maximum(here, share * self.snapshot.holders(stem_field(field))[used])
            order = np.argsort(-here / (asked.sum() + there), kind="stable")[:MOST_WEIGHED]
            names = (words.word(number) for number in used[order].tolist())
            found |= dict.fromkeys(name.encode() for name in names if name[1:].isalpha())
        return [*found]

    def _counted(self, documents: Array, field: str, code: int) -> Array:
        """How many of the documents hold each stem, by the common numbers of stems."""
        snapshot = self.snapshot
        words = snapshot.words(stem_field(field))
        counts = np.zeros(len(words), np.int32)
        for base, segment, numbers in zip(
            snapshot.bases, snapshot.segments, words.numbers, strict=False
        ):
            own = documents[(documents >= base) & (documents < base + segment.size)] - base
            if len(own):
                table = segment.stem_tables(field)[
                    segment.languages.index(self.translations.languages.values[code])
                ]
                seen = np.full(len(numbers), -1, np.int32)
                forward = segment.arrays[f"{field}/forward"]
                count_holders(own, segment.starts(field), forward, table, numbers, seen, counts)
        return counts

    def _standing(self, stem: bytes, code: int) -> Array:
        """The works that hold a stem in a language, in title or body, as a mask."""
        known = self.translations
        is_in = np.zeros(known.size, bool)
        for base, documents in self._holding(stem):
            mark_works(documents, base, known.works, known.languages.codes, code, is_in)
        return is_in

    def _holding(self, stem: bytes) -> Iterator[tuple[int, Array]]:
        """The documents of a stem by field and segment, and where the segment's begin."""
        for field in map(stem_field, TEXTS):
            for base, segment, number in self.snapshot.postings(field, stem):
                postings = segment.fields[field]
                yield base, postings.documents[postings.extent(number)]

    def _releases(self, stem: bytes) -> int:
        """How many releases of the language hold a counterpart."""
        is_in = np.zeros(self.snapshot.size, bool)
        for base, documents in self._holding(stem):
            mark(documents, base, is_in)
        is_in &= self.translations.languages.codes == self.target
        alive = self.snapshot.alive
        return int(is_in.sum() if alive is None else (is_in & alive).sum())

    def _form(self, stem: bytes) -> str:
        """The commonest form of a stem in the language; of equal ones the first by its letters."""
        language = self.translations.languages.values[self.target]
        counts: Counter[str] = Counter()
        for field in TEXTS:
            for _, segment, number in self.snapshot.postings(stem_field(field), stem):
                for term, count in segment.forms(field, number, language):
                    counts[term.decode()] += count
        forms = sorted(counts, key=lambda each: (-counts[each], each))
        return forms[0] if forms else stem.decode().removeprefix(STEM)


@compiled
def count_holders(
    documents: Array,
    starts: Array,
    forward: Array,
    stems: Array,
    numbers: Array,
    seen: Array,
    counts: Array,
) -> None:
    """Count each document once for every stem that it holds, by the stems' common numbers.

    `stems` leads from terms to a segment's stems, `numbers` from those on; `seen` is -1 for each.
    """
    for document in documents:
        for place in range(starts[document], starts[document + 1]):
            stem = stems[forward[place]]
            if stem >= 0 and seen[stem] != document:
                seen[stem] = document
                counts[numbers[stem]] += 1


@compiled
def mark_works(
    documents: Array, base: int, works: Array, languages: Array, code: int, is_in: Array
) -> None:
    """Mark the works of a segment's documents that are in a language."""
    for document in documents:
        work = works[base + document]
        if work >= 0 and languages[base + document] == code:
            is_in[work] = True


def log_dice(both: int, here: int, there: int) -> float:
    """14 + log2(2 f(x,y) / (f(x) + f(y))), of releases with x, with y, and with both.

    Rychlý 2008 (A lexicographer-friendly association score).
    """
    return 14 + log2(2 * both / (here + there))


def log_likelihood(both: int, here: int, there: int, every: int) -> float:
    """2 sum(O ln(O / E)) over the four kinds of releases: with x or not, with y or not.

    Dunning 1993 (Accurate methods for the statistics of surprise and coincidence, section 5). 0
    where the two avoid each other.
    """
    if both * every <= here * there:
        return 0.0
    rows, columns = (here, every - here), (there, every - there)
    observed = ((both, here - both), (there - both, every - here - there + both))
    return 2 * sum(
        seen * log(seen * every / (row * column))
        for row, cells in zip(rows, observed, strict=True)
        for column, seen in zip(columns, cells, strict=True)
        if seen
    )
