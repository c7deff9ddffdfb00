"""How a query was carried out: its parts in words, what they stand for, and how many releases each
matched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Protocol

from whoosh import query as tree

from corpus.statutes.wording import shown
from indexer.analysis.analyzer import STEM
from indexer.engine.fields import LENGTHS_OF
from indexer.engine.results import Clause
from indexer.query.message import Note
from indexer.query.variants import VariantTerm

SHOWN = 12
NAMES = ("title", "body", "statutes")


class QueryStats(Protocol):
    """What an engine tells of a tree that it has carried out."""

    def count(self, node: tree.Query) -> int | None:
        """How many releases a part of the tree matched; None where it was not run."""

    def forms_of(self, leaf: tree.Term) -> Mapping[str, int]:
        """The forms of a stem, and how many releases hold each."""

    def expanded(self, leaf: tree.MultiTerm, most: int) -> Iterable[tuple[str, int]]:
        """The commonest words that a leaf stands for, forms of its own spelling."""

    def spellings(self, leaf: tree.Query) -> Mapping[str, int]:
        """The forms of a leaf's other spellings, and how many releases hold each."""


def explained(node: tree.Query | None, done: QueryStats) -> Clause | None:
    """The explanation of a tree that an engine has carried out."""
    return None if node is None else _clause(node, done)


def _clause(node: tree.Query, done: QueryStats) -> Clause:
    count = done.count(node)
    if isinstance(node, tree.Or) and (words := _one_word(node, done)):
        return Clause(
            words,
            count,
            _expansions(node.subqueries, done),
            variants=_variants(node.subqueries, done),
        )
    if isinstance(node, tree.And | tree.Or):
        parts = tuple(_clause(part, done) for part in node.subqueries)
        joint = Note("all of") if isinstance(node, tree.And) else Note("any of")
        return Clause(joint, count, (), parts)
    if isinstance(node, tree.Not):
        inner = _clause(node.query, done)
        return Clause(Note("not"), inner.count, (), (inner,))
    if isinstance(node, tree.AndNot | tree.AndMaybe):
        joint = (
            Note("the first, not the second")
            if isinstance(node, tree.AndNot)
            else Note("the first, better with the second")
        )
        return Clause(joint, count, (), (_clause(node.a, done), _clause(node.b, done)))
    if isinstance(node, tree.Every):
        return Clause(Note("every release"), count)
    return Clause(_placed(node, done), count, _expansions([node], done))


def _one_word(node: tree.Or, done: QueryStats) -> str | None:
    """The words of an Or that only spreads one leaf over title and text, or over readings."""
    leaves = [
        part.child if isinstance(part, tree.ConstantScoreQuery) else part
        for part in node.subqueries
    ]
    if not all(isinstance(leaf, tree.Term | tree.Phrase | tree.MultiTerm) for leaf in leaves):
        return None
    leaves = [leaf for leaf in leaves if not isinstance(leaf, VariantTerm)] or leaves
    fields = {leaf.fieldname.removesuffix("_stem") for leaf in leaves}
    shown = list(dict.fromkeys(_leaf(leaf, done) for leaf in leaves))
    is_spread = fields == {"title", "body"} and 2 * len(shown) == len(leaves)
    if not (is_spread or len(fields) == 1):
        return None
    return reduce(lambda one, other: Note("{one} or {other}", one=one, other=other), shown)


def _leaf(node: tree.Query, done: QueryStats) -> str:
    if isinstance(node, tree.ConstantScoreQuery):
        return _leaf(node.child, done)
    if isinstance(node, tree.Term) and node.fieldname == "statutes":
        return Note("“{word}”", word=shown(node.text, "en"))
    if isinstance(node, tree.Term):
        if node.text.startswith(STEM):
            return Note("forms of “{word}…”", word=_beginning(node, done))
        return Note("“{word}”", word=node.text)
    if isinstance(node, tree.Phrase):
        words = " ".join(word.removeprefix(STEM) for word in node.words)
        if node.slop == 1:
            return Note("the phrase “{words}”", words=words)
        return Note(
            "the phrase “{words}”, each at most {most} words on", words=words, most=node.slop
        )
    if isinstance(node, tree.Prefix):
        return Note("words that begin with “{word}”", word=node.text)
    if isinstance(node, tree.Wildcard):
        return Note("words like “{word}”", word=node.text)
    if isinstance(node, tree.FuzzyTerm):
        if node.maxdist == 1:
            return Note("words at most one letter from “{word}”", word=node.text)
        return Note("words at most {most} letters from “{word}”", most=node.maxdist, word=node.text)
    if isinstance(node, tree.TermRange):
        first, last = node.start or Note("the beginning"), node.end or Note("the end")
        return Note("from {first} to {last}", first=first, last=last)
    return str(node)


def _beginning(stem: tree.Term, done: QueryStats) -> str:
    """How a stem's forms begin, in whatever field: the stem, or where vowels come and go the
    commonest form.
    """
    word: str = stem.text.removeprefix(STEM)
    forms: Counter[str] = Counter()
    for field in LENGTHS_OF:
        forms.update(done.forms_of(tree.Term(field, stem.text)))
    if not forms or any(form.startswith(word) for form in forms):
        return word
    return max(forms, key=lambda form: (forms[form], form))


def _placed(node: tree.Query, done: QueryStats) -> str:
    """A leaf with the field that it is looked for in."""
    inner = node.child if isinstance(node, tree.ConstantScoreQuery) else node
    name = (getattr(inner, "fieldname", None) or "").removesuffix("_stem")
    what = _leaf(node, done)
    if name == "title":
        return Note("{what} in the title", what=what)
    if name == "body":
        return Note("{what} in the text", what=what)
    if name == "statutes":
        return Note("{what} among the statutes cited", what=what)
    return Note("{what} as {field}", what=what, field=name) if name else what


def _expansions(nodes: list[tree.Query], done: QueryStats) -> tuple[tuple[str, int], ...]:
    """The commonest words that stems, prefixes, wildcards and fuzzy words stand for."""
    counted: list[tuple[str, int]] = []
    for node in nodes:
        inner = node.child if isinstance(node, tree.ConstantScoreQuery) else node
        if isinstance(inner, tree.Term) and inner.fieldname in LENGTHS_OF:
            counted += done.forms_of(inner).items()
        elif isinstance(inner, VariantTerm) or (
            isinstance(inner, tree.MultiTerm) and inner.fieldname in NAMES
        ):
            counted += done.expanded(inner, SHOWN)
    return _most(counted)


def _variants(nodes: list[tree.Query], done: QueryStats) -> tuple[tuple[str, int], ...]:
    """The commonest words that a word is spelt as otherwise; of a stem, its forms."""
    counted: list[tuple[str, int]] = []
    for node in nodes:
        if isinstance(node, VariantTerm):
            counted += done.spellings(node).items()
    return _most(counted)


def _most(counted: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    found: dict[str, int] = {}
    for term, number in counted:
        found[term] = max(found.get(term, 0), number)
    return tuple(sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:SHOWN])
