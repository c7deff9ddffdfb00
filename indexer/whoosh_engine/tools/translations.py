"""The counterparts of a query's words in other languages, from the arrays of translations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.analysis.analyzer import STEM
from indexer.analysis.jit import Array, compiled
from indexer.engine.fields import TEXTS, stem_field
from indexer.engine.results import Query, TranslationSuggestion
from indexer.linguistics import translation_lexicon
from indexer.linguistics.alignment import count_holders
from indexer.query.tree import terms_asked
from indexer.whoosh_engine.columns.kernels import mark
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.search.execute import Executor


def translation_suggestions(
    snapshot: Snapshot, query: Query, most: int = 3
) -> tuple[TranslationSuggestion, ...]:
    """The counterparts in each language of translations, the surest first."""
    if snapshot.translations is None or query.tree is None:
        return ()
    hits = Executor(snapshot).run(query.tree).documents
    texts = SegmentTranslations(snapshot.translations, snapshot)
    return translation_lexicon.translation_suggestions(texts, hits, terms_asked(query.tree), most)


@dataclass(frozen=True)
class SegmentTranslations(translation_lexicon.Translations):
    """What a snapshot's segments contain of translations."""

    snapshot: Snapshot

    def stem(self, field: str, number: int) -> str:
        """Stems have common numbers."""
        return self.snapshot.words(stem_field(field)).word(number)

    def standing(self, stems: Sequence[str], code: int) -> list[Array]:
        """Read from the stems' postings."""
        return [self._standing(stem.encode(), code) for stem in stems]

    def form(self, stem: str, code: int) -> str:
        """Read from the postings of its forms."""
        language = self.alignment.languages[code]
        is_in = np.zeros(self.snapshot.size, bool)
        is_in[self.alignment.every(code)] = True
        counts: Counter[str] = Counter()
        for field in TEXTS:
            for base, segment, number in self.snapshot.postings(stem_field(field), stem.encode()):
                for term in segment.forms_of(field, number, language):
                    postings = segment.fields[field]
                    documents = postings.documents[postings.extent(term)]
                    held = np.count_nonzero(is_in[documents + np.int64(base)])
                    counts[postings.term(term).decode()] += int(held)
        return min(counts, key=lambda form: (-counts[form], form), default=stem.removeprefix(STEM))

    def releases(self, stem: str, code: int) -> int:
        """Read from the stem's postings."""
        is_in = np.zeros(self.snapshot.size, bool)
        for base, documents in self._holding(stem.encode()):
            mark(documents, base, is_in)
        is_in &= self.alignment.codes == code
        alive = self.snapshot.alive
        return int(is_in.sum() if alive is None else (is_in & alive).sum())

    def _holders(self, documents: Array, field: str, code: int) -> Array:
        """Read from the forward columns, in common numbers of stems."""
        snapshot = self.snapshot
        words = snapshot.words(stem_field(field))
        counts = np.zeros(len(words), np.int32)
        for base, segment, numbers in zip(
            snapshot.bases, snapshot.segments, words.numbers, strict=False
        ):
            own = documents[(documents >= base) & (documents < base + segment.size)] - base
            if len(own):
                table = segment.stem_tables(field)[
                    segment.languages.index(self.alignment.languages[code])
                ]
                seen = np.full(len(numbers), -1, np.int32)
                forward = segment.arrays[f"{field}/forward"]
                count_holders(own, segment.starts(field), forward, table, numbers, seen, counts)
        return counts

    def _standing(self, stem: bytes, code: int) -> Array:
        """A mask of the works that contain a stem in a language, in title or body."""
        known = self.alignment
        is_in = np.zeros(known.size, bool)
        for base, documents in self._holding(stem):
            mark_works(documents, base, known.works, known.codes, code, is_in)
        return is_in

    def _holding(self, stem: bytes) -> Iterator[tuple[int, Array]]:
        """The documents of a stem by field and segment, and the segment's first document."""
        for field in map(stem_field, TEXTS):
            for base, segment, number in self.snapshot.postings(field, stem):
                postings = segment.fields[field]
                yield base, postings.documents[postings.extent(number)]


@compiled
def mark_works(
    documents: Array, base: int, works: Array, languages: Array, code: int, is_in: Array
) -> None:
    """Mark the works of a segment's documents in a language."""
    for document in documents:
        work = works[base + document]
        if work >= 0 and languages[base + document] == code:
            is_in[work] = True
