"""Suggestions from the corpus's own words, counted in the segments' arrays."""

from __future__ import annotations

from collections import Counter

import numpy as np

from indexer.analysis.analyzer import fold
from indexer.analysis.edit_distance import slips
from indexer.engine.fields import stem_field
from indexer.linguistics import suggestions
from indexer.linguistics.suggestions import is_telling, likeliest, most_edits
from indexer.query import tree
from indexer.query.tree import BODY
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.index.postings import FieldPostings
from indexer.whoosh_engine.search.expand import Expansion, SegmentTerms


def autocomplete(snapshot: Snapshot, prefix: str, most: int) -> list[str]:
    """Words with a prefix, by their number of releases, then by their letters."""
    begun, typed = Expansion(), fold(prefix).encode("utf-8", "replace")
    for base, segment in zip(snapshot.bases, snapshot.segments, strict=False):
        postings = segment.fields[BODY]
        if numbers := postings.prefix(typed):
            begun.parts.append(SegmentTerms(base, postings, numbers))
    return [word for word, _ in begun.counts(most)]


def spell_suggest(snapshot: Snapshot, word: str) -> str | None:
    """The word that a misspelled one probably stands for; its first letter is believed."""
    most = most_edits(word)
    found: Counter[str] = Counter()
    edits: dict[str, int] = {}
    for segment in snapshot.segments:
        postings = segment.fields[BODY]
        near = postings.prefix(word[:1].encode("utf-8", "replace"))
        words = postings.words(near)
        far = slips(word, words, most)
        for at in np.flatnonzero(far <= most).tolist():
            if count := postings.live_count(near.start + at):
                found[words[at]] += count
                edits[words[at]] = int(far[at])
    return likeliest(word, ((each, edits[each], found[each]) for each in found))


def likeness(snapshot: Snapshot, document: int) -> tree.Or | None:
    """A query for releases similar to one."""
    field = stem_field(BODY)
    segment, number = snapshot.locate(document)
    language = int(segment.arrays["language/forward"][number])
    stems = segment.stem_tables(BODY)[language][segment.forward(BODY, number)]
    numbers, often = np.unique(stems, return_counts=True)
    names = [segment.fields[field].term(each) for each in numbers.tolist()]
    counts = dict(zip((name.decode() for name in names), often.tolist(), strict=True))
    held = segment.fields[field].live_counts(numbers).tolist()
    holders = {stem: each for stem, each in zip(counts, held, strict=True) if is_telling(stem)}
    for other in snapshot.segments:
        if other is not segment:
            for stem in holders:
                holders[stem] += _holder_count(other.fields[field], stem)
    return suggestions.likeness(counts, holders, snapshot.count)


def _holder_count(postings: FieldPostings, stem: str) -> int:
    """The number of releases in a segment that contain a stem."""
    number = postings.number(stem.encode())
    return 0 if number is None else postings.live_count(number)
