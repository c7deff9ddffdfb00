"""The words of a query's tree in a build: terms of keyed words, forms of stems, the commonest words
of prefixes and patterns.

`own` are terms with a word's key and spelling, `others` those with its key alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from indexer.analysis.analyzer import STEM
from indexer.engine.explanation import SHOWN
from indexer.engine.fields import LENGTHS_OF, TEXTS
from indexer.highlight.highlighter import MOST_FORMS
from indexer.opensearch_engine.index.mapping import term
from indexer.opensearch_engine.search.translate import Dsl, translate
from indexer.query import tree
from indexer.query.variants import is_form

Entry = dict[str, Any]
MOST_ENTRIES = 10_000


class TermLookup:
    """A tree, and its looked-up words. `lookups` are searches to run; keyed words have no terms
    until `take` has the answers. `counts` are the releases that parts match; those `wanted` were
    asked for and are missing.
    """

    def __init__(self, query: tree.Node | None, *, is_explained: bool = False) -> None:
        self.counts: dict[tree.Node, int] = {}
        self.wanted: dict[tree.Node, None] = {}
        self.own: dict[tree.VariantTerm, list[str]] = {}
        self.others: dict[tree.Leaf, list[str]] = {}
        self._forms: dict[str, list[Entry]] = {}
        self._entries: dict[str, Entry] = {}
        self._commonest: dict[tree.Leaf, list[tuple[str, int]]] = {}
        leaves = tree.parts_of(tree.leaves(query))
        self._keyed = [leaf for leaf in leaves if isinstance(leaf, tree.VariantTerm)]
        self._stems = {
            leaf.text for leaf in leaves if isinstance(leaf, tree.Term) and is_stem(leaf)
        }
        self._multi = [
            leaf
            for leaf in leaves
            if is_explained and isinstance(leaf, tree.MultiTerm) and leaf.field in TEXTS
        ]
        is_led = bool(self._keyed or self._stems)
        self.lookups = [
            *([_find_entries(self._stems, self._keyed)] if is_led else []),
            *map(_commonest, self._multi),
        ]

    def take(self, answers: Sequence[dict[str, Any]], ask: Callable[[Dsl], dict[str, Any]]) -> None:
        """Take the answers to the lookups; `ask` answers one more, for stems of other spellings."""
        first = len(answers) - len(self._multi)
        for multi, answer in zip(self._multi, answers[first:], strict=True):
            found = _entries(answer)
            self._commonest[multi] = [(each["word"], each[multi.field]) for each in found]
        entries = _entries(answers[0]) if first else []
        self._keep(entries, self._stems)
        for leaf in self._keyed:
            self.own[leaf], others = _sharing_key(leaf, entries)
            if others and not leaf.is_exact:
                self.others[leaf] = others
        if spelled := {word for leaf in filter(is_stem, self.others) for word in self.others[leaf]}:
            self._keep(_entries(ask(_find_entries(spelled, []))), spelled)

    @property
    def has_terms(self) -> bool:
        """Whether a keyed word has any term."""
        return bool(self.others) or any(self.own.values())

    def _keep(self, entries: list[Entry], stems: set[str]) -> None:
        self._entries |= {each["word"]: each for each in entries}
        for stem in map(term, stems):
            self._forms[stem] = [each for each in entries if stem in each.get("stems", ())]

    def count(self, node: tree.Node) -> int | None:
        """The number of releases that a part matches; None, and noted, where it is unknown."""
        if (found := self.counts.get(node)) is None:
            self.wanted[node] = None
        return found

    def forms_of(self, leaf: tree.Term) -> dict[str, int]:
        """The forms of a stem, and the number of releases with each in the leaf's field."""
        field = LENGTHS_OF[leaf.field]
        entries = self._forms.get(term(leaf.text), ())
        return {each["word"]: each[field] for each in entries if each.get(field)}

    def expanded(self, leaf: tree.VariantTerm | tree.MultiTerm, most: int) -> list[tuple[str, int]]:
        """The commonest words of a leaf in its own spelling."""
        if isinstance(leaf, tree.VariantTerm):
            counts = [(word, self._number(leaf, word)) for word in self.own.get(leaf, ())]
            return sorted(counts, key=lambda pair: (-pair[1], pair[0]))[:most]
        return self._commonest.get(leaf, [])[:most]

    def spellings(self, leaf: tree.Leaf) -> dict[str, int]:
        """The forms of a leaf's spelling variants, and the number of releases with each."""
        found: Counter[str] = Counter()
        for word in self.others.get(leaf, ()):
            if leaf.field in LENGTHS_OF:
                found.update(self.forms_of(tree.Term(leaf.field, word)))
            else:
                found[word] += self._number(leaf, word)
        return found

    def forms(self, leaf: tree.Leaf) -> Iterable[str] | None:
        """The forms of a leaf in the index; None where they are too many or unknown."""
        if isinstance(leaf, tree.Term):
            return self.forms_of(leaf)
        if not isinstance(leaf, tree.VariantTerm):
            return None
        if leaf.field in LENGTHS_OF:
            return self.spellings(leaf)
        words = self.terms(leaf)
        return words if len(words) <= MOST_FORMS else None

    def terms(self, leaf: tree.VariantTerm) -> list[str]:
        """All terms of a keyed word, in its own and other spellings."""
        return self.own.get(leaf, []) + self.others.get(leaf, [])

    def _number(self, leaf: tree.Leaf, word: str) -> int:
        number: int = self._entries[word].get(LENGTHS_OF.get(leaf.field, leaf.field), 0)
        return number


def is_stem(leaf: tree.Leaf) -> bool:
    """Whether a leaf is about stems."""
    return leaf.field in LENGTHS_OF


def _find_entries(stems: Iterable[str], keyed: list[tree.VariantTerm]) -> Dsl:
    """A search for the entries with these stems or keys."""
    parts = [{"terms": {"stems": sorted(map(term, stems))}}]
    for kind in ("names", "loose"):
        if keys := {term(leaf.key) for leaf in keyed if leaf.kind == kind}:
            parts.append({"terms": {kind: sorted(keys)}})
    return {
        "size": MOST_ENTRIES,
        "track_total_hits": False,
        "query": {"bool": {"filter": [{"bool": {"should": parts}}]}},
    }


def _commonest(leaf: tree.MultiTerm) -> Dsl:
    """A search for the commonest words of a field that match a prefix, pattern or range."""
    asked = replace(leaf, field="word")
    held = {"range": {leaf.field: {"gte": 1}}}
    return {
        "size": SHOWN,
        "track_total_hits": False,
        "query": {"bool": {"filter": [translate(asked), held, NO_STEM]}},
        "sort": [{leaf.field: "desc"}, {"word": "asc"}],
    }


NO_STEM = {"bool": {"must_not": [{"prefix": {"word": {"value": STEM}}}]}}


def _sharing_key(leaf: tree.VariantTerm, entries: list[Entry]) -> tuple[list[str], list[str]]:
    """The terms with a leaf's key, in its own and in other spellings, without those that its stems
    match in every language where they occur.
    """
    own: list[str] = []
    others: list[str] = []
    stems = {*map(term, leaf.stems)}
    for each in entries:
        word = each["word"]
        if term(leaf.key) not in _entry_keys(each, leaf) or is_stem(leaf) != word.startswith(STEM):
            continue
        if not is_stem(leaf) and not each.get(leaf.field):
            continue
        if word in stems or (each.get("stems") and stems.issuperset(each["stems"])):
            continue
        (own if is_form(leaf, word) else others).append(word)
    return own, others


def _entry_keys(entry: Entry, leaf: tree.VariantTerm) -> list[str]:
    found = entry.get(leaf.kind, [])
    return [found] if isinstance(found, str) else found


def _entries(answer: dict[str, Any]) -> list[Entry]:
    return [hit["_source"] for hit in answer["hits"]["hits"]]
