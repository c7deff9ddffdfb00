"""The words of a build: counted while releases are read, later found by stem or key.

The index of words has an entry for every form, with its stems, its keys as a name and by its sound
if it looks like a name, its loose key, the numbers of releases with it in their titles and in their
bodies, and its number of occurrences in bodies; and for every stem, with its loose key and number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from indexer.analysis.analyzer import KAZAKH, stem
from indexer.analysis.jit import Array
from indexer.analysis.lexicon import Lexicon
from indexer.analysis.tokenizer import paragraph_starts
from indexer.engine.fields import TEXTS, stem_field
from indexer.linguistics.boilerplate import Sentences
from indexer.opensearch_engine.index.mapping import Texts, term
from indexer.query.tree import VariantKind
from indexer.query.variants import KEYS, NAME_SHARES

# The numbers in an entry.
COUNTS = (*TEXTS, "times")


class _Terms:
    """The terms of forms, or of their stems in one language, by the numbers of forms; each is
    computed once.
    """

    def __init__(self, lexicon: Lexicon, language: str | None = None) -> None:
        self.lexicon, self.language = lexicon, language
        self.terms: Array = np.full(1 << 12, None, object)

    def text(self, forms: Array) -> str:
        """The terms of forms, with blanks between them."""
        if len(self.terms) < (size := len(self.lexicon.names)):
            self.terms = np.concatenate((self.terms, np.full(size, None, object)))
        found = self.terms[forms].tolist()
        if None in found:
            for at, form in enumerate(forms.tolist()):
                if found[at] is None:
                    found[at] = self.terms[form] = self._term(self.lexicon.names[form])
        return " ".join(found)

    def _term(self, form: str) -> str:
        return term(stem(form, self.language) if self.language else form)


class WordCount:
    """Tokenizes releases, and counts the words of all of them."""

    def __init__(self) -> None:
        self.lexicon = Lexicon()
        self.terms = _Terms(self.lexicon)
        self.stems: dict[str, _Terms] = {}
        # The occurrences of words as they stand in texts, by their numbers.
        self.often: Array = np.zeros(1 << 12, np.int64)
        # By the numbers of forms: the releases with each by field and by language, and the
        # occurrences in bodies of a language.
        self.releases = {name: np.zeros(1 << 12, np.int64) for name in TEXTS}
        self.spoken: dict[str, Array] = {}
        self.times: dict[str, Array] = {}

    def take(self, title: str, body: str, language: str) -> tuple[Texts, int]:
        """Count a release's words; the tokens of its texts and of their stems, and its body's
        length.
        """
        lexicon = self.lexicon
        stems = self.stems.setdefault(language, _Terms(lexicon, language))
        found: Texts = {}
        for name, text in (("title", title), ("body", body)):
            words = lexicon.words(text)
            self._make_room(language)
            forms = lexicon.form_of[words]
            np.add.at(self.often, words, 1)
            # A repeated form counts once: numpy adds to each place once.
            self.releases[name][forms] += 1
            self.spoken[language][forms] += 1
            if name == "body":
                np.add.at(self.times[language], forms, 1)
            paragraphs = np.split(forms, paragraph_starts(text)[1:-1]) if len(forms) else []
            found[name] = [*map(self.terms.text, paragraphs)]
            found[stem_field(name)] = [*map(stems.text, paragraphs)]
        return found, len(forms)

    def sentences(self, body: str, office: str) -> Sentences:
        """The sentences of a release's body; nothing is counted."""
        words = self.lexicon.words(body)  # may make the table of forms longer
        return Sentences.of(body, self.lexicon.form_of[words], self.lexicon, office)

    def entries(self) -> Iterator[dict[str, Any]]:
        """An entry for each form, and for each stem."""
        names = {kind: self._names(kind, share) for kind, share in NAME_SHARES.items()}
        times: Counter[str] = Counter()
        size = len(self.lexicon.names)
        used = sum(self.releases[name][:size] != 0 for name in TEXTS)
        for form in np.flatnonzero(used).tolist():
            word = self.lexicon.names[form]
            stems = set()
            own = 0
            for language, often in self.spoken.items():
                if often[form]:
                    stems.add(each := stem(word, language))
                    times[each] += (number := int(self.times[language][form]))
                    own += number
            counts = {name: int(self.releases[name][form]) for name in TEXTS}
            keys = {kind: of_kind.get(form, set()) for kind, of_kind in names.items()}
            yield entry(word, stems, keys, counts | {"times": own})
        for each, number in times.items():
            yield entry(each, set(), {}, {"times": number})

    def _names(self, kind: VariantKind, share: float) -> dict[int, set[str]]:
        """The keys of forms that look like names."""
        words, forms = self.lexicon.likely_names(self.often, share)
        found: dict[int, set[str]] = {}
        for word, form in zip(words.tolist(), forms.tolist(), strict=True):
            if key := KEYS[kind](self.lexicon.word(word)):
                found.setdefault(form, set()).add(key)
        return found

    def _make_room(self, language: str) -> None:
        """Extend all counts; there are never more forms than words."""
        size = len(self.lexicon.form_of)
        for counts in (self.spoken, self.times):
            if language not in counts:
                counts[language] = np.zeros(size, np.int64)
        if len(self.often) == size:
            return
        self.often = _longer(self.often, size)
        for counts in (self.releases, self.spoken, self.times):
            counts |= {name: _longer(each, size) for name, each in counts.items()}


def _longer(counts: Array, size: int) -> Array:
    return np.pad(counts, (0, size - len(counts))) if len(counts) < size else counts


def entry(
    word: str, stems: set[str], keys: Mapping[VariantKind, set[str]], counts: dict[str, int]
) -> dict[str, Any]:
    """The entry of a word, with its keys as a name, if it looks like one, and its loose key."""
    found: dict[str, Any] = {"word": term(word), **counts}
    if stems:
        found["stems"] = sorted(map(term, stems))
    found |= {kind: sorted(map(term, some)) for kind, some in keys.items() if some}
    if KAZAKH.search(word) and (key := KEYS["loose"](word)):
        found["loose"] = term(key)
    return found


def sum_entries(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Add up two entries of a word: all that finds either, and the sums of their counts."""
    found = {**one, **other}
    for name in ("stems", *NAME_SHARES):
        if both := {*one.get(name, ()), *other.get(name, ())}:
            found[name] = sorted(both)
    for name in COUNTS:
        if name in found:
            found[name] = one.get(name, 0) + other.get(name, 0)
    return found
