"""What the corpus's own words are good for, from the segments' arrays."""

from __future__ import annotations

from collections import Counter

import numpy as np

from indexer.analysis.analyzer import fold
from indexer.analysis.edit_distance import distances
from indexer.engine.fields import stem_field
from indexer.linguistics.suggestions import is_telling, likeliest, most_edits, telling_stems
from indexer.query import tree
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.search.expand import Expansion, SegmentTerms

FIELD = "body"


def autocomplete(snapshot: Snapshot, prefix: str, most: int) -> list[str]:
    """The words that begin so and stand in most releases, equal ones by their letters."""
    begun, typed = Expansion(), fold(prefix).encode("utf-8", "replace")
    for base, segment in zip(snapshot.bases, snapshot.segments, strict=False):
        postings = segment.fields[FIELD]
        if numbers := postings.prefix(typed):
            begun.parts.append(SegmentTerms(base, postings, numbers))
    return [word for word, _ in begun.counts(most)]


def spell_suggest(snapshot: Snapshot, word: str) -> str | None:
    """The commonest of the words nearest to a misspelled one; its first letter is believed."""
    most = most_edits(word)
    found: Counter[str] = Counter()
    edits: dict[str, int] = {}
    for segment in snapshot.segments:
        postings = segment.fields[FIELD]
        near = postings.prefix(word[:1].encode("utf-8", "replace"))
        words = postings.words(near)
        far = distances(word, words, most)
        for at in np.flatnonzero(far <= most).tolist():
            if count := postings.live_count(near.start + at):
                found[words[at]] += count
                edits[words[at]] = int(far[at])
    return likeliest(word, ((each, edits[each], found[each]) for each in found))


def likeness(snapshot: Snapshot, document: int) -> tree.Node | None:
    """A query for releases like one."""
    segment, number = snapshot.locate(document)
    language = int(segment.arrays["language/forward"][number])
    stems = segment.stem_tables(FIELD)[language][segment.forward(FIELD, number)]
    numbers, often = np.unique(stems, return_counts=True)
    names = map(segment.fields[stem_field(FIELD)].term, numbers.tolist())
    counts = dict(zip((name.decode() for name in names), often.tolist(), strict=True))
    holders = {stem: _holders(snapshot, stem) for stem in counts if is_telling(stem)}
    chosen = telling_stems(counts, holders, snapshot.count)
    terms = [tree.Term(stem_field(FIELD), stem, share) for stem, share in chosen.items()]
    return tree.Or(tuple(terms)) if terms else None


def _holders(snapshot: Snapshot, stem: str) -> int:
    field = stem_field(FIELD)
    held = snapshot.postings(field, stem.encode())
    return sum(segment.fields[field].live_count(number) for _, segment, number in held)
