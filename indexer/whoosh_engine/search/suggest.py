"""Suggestions from the corpus's own words, counted in the segments' arrays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from functools import partial

import numpy as np

from indexer.analysis.analyzer import fold
from indexer.analysis.edit_distance import slips
from indexer.analysis.jit import Array
from indexer.analysis.lexicon import hash_of
from indexer.engine.fields import TEXTS, stem_field
from indexer.linguistics import suggestions
from indexer.linguistics.suggestions import is_telling, likeliest, most_edits, without_misprints
from indexer.query import tree
from indexer.query.proximity import count_following
from indexer.query.tree import BODY
from indexer.query.variants import KEYS
from indexer.query.written_forms import STANDS_FOR, WRITTEN, Attested, often_attested
from indexer.whoosh_engine.columns.kernels import mark
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.index.postings import FieldPostings
from indexer.whoosh_engine.index.segment import SegmentArrays
from indexer.whoosh_engine.index.variant_keys import keyed_terms
from indexer.whoosh_engine.search.expand import Expansion, SegmentTerms
from indexer.whoosh_engine.search.spans import SegmentWords

# In so many texts of a segment is looked what follows some words; more would tell nothing new.
MOST_READ = 500


def autocomplete(
    snapshot: Snapshot, prefix: str, most: int, after: tuple[str, ...] = ()
) -> list[str]:
    """Words with a prefix, by their number of releases, or of texts, then by their letters."""
    typed = fold(prefix).encode("utf-8", "replace")
    found = (
        _following(snapshot, typed, after, 2 * most)
        if after
        else _beginning(snapshot, typed, 2 * most)
    )
    count = partial(_release_counts, snapshot)
    return without_misprints(count(found), count)[:most]


def _beginning(snapshot: Snapshot, prefix: bytes, most: int) -> list[str]:
    begun = Expansion()
    for base, segment in zip(snapshot.bases, snapshot.segments, strict=False):
        postings = segment.fields[BODY]
        if numbers := postings.prefix(prefix):
            begun.parts.append(SegmentTerms(base, postings, numbers))
    return [word for word, _ in begun.counts(most)]


def _following(snapshot: Snapshot, prefix: bytes, after: tuple[str, ...], most: int) -> list[str]:
    counts: Counter[str] = Counter()
    for segment in snapshot.segments:
        for name in TEXTS:
            postings = segment.fields[name]
            if numbers := postings.prefix(prefix):
                often = _count_following(segment, name, after, numbers)
                for at in np.flatnonzero(often).tolist():
                    counts[postings.term(numbers.start + at).decode()] += int(often[at])
    return sorted(counts, key=lambda word: (-counts[word], word))[:most]


def _count_following(
    segment: SegmentArrays, name: str, after: tuple[str, ...], numbers: range
) -> Array:
    """In how many texts of a field each of a range of terms directly follows some words; of many
    texts, estimated by some of them.
    """
    leaf = tree.Phrase(name, after) if len(after) > 1 else tree.Term(name, after[0])
    is_wanted = SegmentWords(segment, {}, np.ones(segment.size, bool)).holders(leaf)
    is_wanted[[*segment.deleted]] = False
    postings = segment.fields[name]
    begun = postings.documents[postings.extents(numbers)]
    if len(begun) < segment.size:  # a prefix of few words leaves few texts
        has_begun = np.zeros(segment.size, bool)
        mark(begun, 0, has_begun)
        is_wanted &= has_begun
    holders = np.flatnonzero(is_wanted)
    step = len(holders) // MOST_READ + 1
    if step > 1:
        is_wanted[:] = False
        is_wanted[holders[::step]] = True
    _, lasts = SegmentWords(segment, {}, is_wanted).spans(leaf)
    counts = np.zeros(len(numbers), np.int64)
    count_following(
        lasts,
        segment.arrays[f"{name}/forward"],
        segment.starts(name),
        segment.paragraph_starts(name),
        numbers.start,
        counts,
    )
    return counts * step


def _release_counts(snapshot: Snapshot, words: Iterable[str]) -> dict[str, int]:
    """The number of releases with each word in their texts."""
    fields = [segment.fields[BODY] for segment in snapshot.segments]
    return {word: sum(_holder_count(each, word) for each in fields) for word in words}


def spell_suggest(snapshot: Snapshot, word: str) -> str | None:
    """The word that a misspelled one probably stands for; its first letter is believed."""
    if not (most := most_edits(word)):
        return None
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
    near_words = ((each, edits[each], found[each]) for each in found)
    return likeliest(word, near_words, partial(_release_counts, snapshot))


def attested(snapshot: Snapshot, words: Collection[str]) -> dict[str, Attested]:
    """What the corpus attests of folded words."""
    return {
        word: Attested(releases, *map(often_attested, _forms(snapshot, word)))
        for word, releases in _release_counts(snapshot, words).items()
    }


def sound_alikes(snapshot: Snapshot, words: Collection[str]) -> dict[str, dict[str, int]]:
    """The names that share a key with each word, and how many releases have each."""
    return {word: _sound_alikes(snapshot, word) for word in words}


def _sound_alikes(snapshot: Snapshot, word: str) -> dict[str, int]:
    if not (key := KEYS["sounds"](word)):
        return {}
    found = {
        segment.fields[BODY].term(number)
        for segment in snapshot.segments
        for number in keyed_terms(segment, BODY, "sounds", hash_of(key))
    }
    counts = _release_counts(snapshot, (term.decode() for term in found))
    return {name: number for name, number in counts.items() if number}


def _forms(snapshot: Snapshot, word: str) -> tuple[Counter[str], Counter[str]]:
    """The attested forms of a word, and those for which it stands, with their releases."""
    found = {sign: Counter[str]() for sign in (WRITTEN, STANDS_FOR)}
    for segment in snapshot.segments:
        postings = segment.fields["attested"]
        # Those of both signs follow each other.
        first = postings.lower((word + min(found)).encode())
        for number in range(first, len(postings)):
            term = postings.term(number).decode()
            sign, form = term[len(word) : len(word) + 1], term[len(word) + 1 :]
            if not term.startswith(word) or sign not in found:
                break
            found[sign][form] += postings.live_count(number)
    return found[WRITTEN], found[STANDS_FOR]


def likeness(snapshot: Snapshot, document: int, *, has_boilerplate: bool = False) -> tree.Or | None:
    """A query for releases similar to one, by its boilerplate only if wanted."""
    field = stem_field(BODY)
    segment, number = snapshot.locate(document)
    language = int(segment.arrays["language/forward"][number])
    forms = segment.forward(BODY, number)
    if not has_boilerplate:
        starts = segment.starts(BODY)
        places = np.arange(starts[number], starts[number + 1])
        left_out = snapshot.boilerplate[snapshot.segments.index(segment)]
        forms = forms[~left_out.has(places)]
    stems = segment.stem_tables(BODY)[language][forms]
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


def _holder_count(postings: FieldPostings, term: str) -> int:
    """The number of releases in a segment that contain a word or a stem."""
    number = postings.number(term.encode("utf-8", "replace"))
    return 0 if number is None else postings.live_count(number)
