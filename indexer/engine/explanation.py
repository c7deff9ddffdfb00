"""How a query was carried out: its parts in words, their expansions, their numbers of releases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import reduce
from typing import Protocol

from corpus.statutes.wording import statute_label
from indexer.analysis.analyzer import STEM
from indexer.engine.fields import LENGTHS_OF
from indexer.engine.results import Clause
from indexer.query import tree
from indexer.query.interpretation import prison_terms
from indexer.query.message import Message

SHOWN = 12
NAMES = ("title", "body", "statutes")


class QueryStats(Protocol):
    """What an engine tells of a tree that it has carried out."""

    @property
    def others(self) -> Collection[tree.Leaf]:
        """The leaves that have spelling variants."""

    def count(self, node: tree.Node) -> int | None:
        """How many releases a part of the tree matched; None where it was not run."""

    def forms(self, leaf: tree.Leaf) -> Iterable[str] | None:
        """The forms in the index that a leaf stands for; None where they are many or unknown."""

    def forms_of(self, leaf: tree.Term) -> Mapping[str, int]:
        """The forms of a stem, and how many releases hold each."""

    def expanded(
        self, leaf: tree.VariantTerm | tree.MultiTerm, most: int
    ) -> Iterable[tuple[str, int]]:
        """The commonest words that a leaf stands for, forms of its own spelling."""

    def spellings(self, leaf: tree.Leaf) -> Mapping[str, int]:
        """The forms of a leaf's other spellings, and how many releases hold each."""


def explained(node: tree.Node | None, done: QueryStats) -> Clause | None:
    """The explanation of a tree that an engine has carried out."""
    return None if node is None else _clause(node, done)


def _clause(node: tree.Node, done: QueryStats) -> Clause:
    if isinstance(node, tree.Not):
        inner = _clause(node.part, done)
        return Clause(Message("not"), inner.count, (), (inner,))
    count = done.count(node)
    parts: tuple[tree.Node, ...] = ()
    match node:
        case tree.Or(parts) if words := _one_word(parts, done):
            leaves = [part for part in parts if isinstance(part, tree.Leaf)]
            return Clause(words, count, _expansions(leaves, done), (), _variants(leaves, done))
        case tree.And(parts):
            label = Message("all of")
        case tree.Or(parts):
            label = Message("any of")
        case tree.AndNot(first, second):
            label, parts = Message("the first, not the second"), (first, second)
        case tree.AndMaybe(first, second):
            label, parts = Message("the first; the second raises the rank"), (first, second)
        case tree.Every():
            label = Message("all releases")
        case _:
            return Clause(_in_field(node, done), count, _expansions([node], done))
    return Clause(label, count, (), tuple(_clause(part, done) for part in parts))


def _one_word(parts: Sequence[tree.Node], done: QueryStats) -> str | None:
    """The words of an Or that only spreads one leaf over title and text, or over readings."""
    leaves = [part for part in parts if isinstance(part, tree.Leaf)]
    if len(leaves) < len(parts):
        return None
    leaves = [leaf for leaf in leaves if not isinstance(leaf, tree.VariantTerm)] or leaves
    by_field: dict[str, Counter[str]] = {}
    for leaf in leaves:
        field = leaf.field.removesuffix("_stem")
        by_field.setdefault(field, Counter())[_leaf(leaf, done)] += 1
    is_spread = {*by_field} == {"title", "body"} and by_field["title"] == by_field["body"]
    if not (is_spread or len(by_field) == 1):
        return None
    shown = [*next(iter(by_field.values()))]
    return reduce(lambda one, other: Message("{one} or {other}", one=one, other=other), shown)


def _leaf(leaf: tree.Leaf, done: QueryStats) -> str:
    match leaf:
        case tree.Term("statutes", text):
            return Message("“{word}”", word=statute_label(text, "en"))
        case tree.Term("prison", text):
            return Message("“{word}”", word=prison_terms.months(text))
        case tree.Range("prison", start, end):
            ends = (each and prison_terms.months(each) for each in (start, end))
            return _from_to(*ends)
        case tree.Term("id"):
            return Message("the release at this address")
        case tree.Term(_, text) if text.startswith(STEM):
            return Message("all forms of “{word}”", word=_commonest_form(text, done))
        case tree.Term(_, text):
            return Message("“{word}”", word=text)
        case tree.Phrase(_, written, slop):
            words = " ".join(word.removeprefix(STEM) for word in written)
            if slop == 1:
                return Message("the phrase “{words}”", words=words)
            return Message(
                "the words “{words}” in this order, at most {most} words apart",
                words=words,
                most=slop,
            )
        case tree.Near():
            return _near(leaf, done)
        case tree.Prefix(_, text):
            return Message("words beginning with “{word}”", word=text)
        case tree.Wildcard(_, text):
            return Message("words matching “{word}”", word=text)
        case tree.Fuzzy(_, text, 1):
            return Message("words that differ from “{word}” by at most one letter", word=text)
        case tree.Fuzzy(_, text, most):
            return Message(
                "words that differ from “{word}” by at most {most} letters", most=most, word=text
            )
        case tree.Range(_, start, end):
            return _from_to(start, end)
        case tree.VariantTerm():
            return str(leaf)


def _from_to(start: str | None, end: str | None) -> str:
    first, last = start or Message("the beginning"), end or Message("the end")
    return Message("from {first} to {last}", first=first, last=last)


def _near(near: tree.Near, done: QueryStats) -> str:
    """The parts of a proximity one after another, as they are joined from left to right."""

    def joint(one: str, other: str) -> str:
        if near.distance == tree.PARAGRAPH:
            return Message("{one} in the same paragraph as {other}", one=one, other=other)
        if not near.is_ordered:
            return Message(
                "{one} within {most} words of {other}", one=one, most=near.distance, other=other
            )
        if near.distance == 1:
            return Message("{one}, then {other}", one=one, other=other)
        return Message(
            "{one}, then within {most} words {other}", one=one, most=near.distance, other=other
        )

    return reduce(joint, [_any_of(part, done) for part in near.parts])


def _any_of(part: tree.Node, done: QueryStats) -> str:
    labels = dict.fromkeys(_leaf(leaf, done) for leaf in tree.leaves(part))
    return reduce(lambda one, other: Message("{one} or {other}", one=one, other=other), labels)


def _commonest_form(stem: str, done: QueryStats) -> str:
    """The form of a stem that most releases have, in whatever field; without any, the stem."""
    forms: Counter[str] = Counter()
    for field in LENGTHS_OF:
        forms.update(done.forms_of(tree.Term(field, stem)))
    return max(forms, key=lambda form: (forms[form], form), default=stem.removeprefix(STEM))


def _in_field(leaf: tree.Leaf, done: QueryStats) -> str:
    """A leaf in words, with the field that is searched for it."""
    name, what = leaf.field.removesuffix("_stem"), _leaf(leaf, done)
    match name:
        case "title":
            return Message("{what} in the title", what=what)
        case "body":
            return Message("{what} in the text", what=what)
        case "id":
            return what
        case "statutes":
            return Message("{what} in the statutes cited", what=what)
    return Message("{what} in the field {field}", what=what, field=name)


def _expansions(leaves: Iterable[tree.Leaf], done: QueryStats) -> tuple[tuple[str, int], ...]:
    """The commonest words that stems, prefixes, wildcards and fuzzy words stand for."""
    counted: list[tuple[str, int]] = []
    for leaf in tree.parts_of(leaves):
        if isinstance(leaf, tree.Term) and leaf.field in LENGTHS_OF:
            counted += done.forms_of(leaf).items()
        elif isinstance(leaf, tree.VariantTerm) or (
            isinstance(leaf, tree.MultiTerm) and leaf.field in NAMES
        ):
            counted += done.expanded(leaf, SHOWN)
    return _most(counted)


def _variants(leaves: Iterable[tree.Leaf], done: QueryStats) -> tuple[tuple[str, int], ...]:
    """The commonest words that a word is spelled as otherwise; of a stem, its forms."""
    counted: list[tuple[str, int]] = []
    for leaf in leaves:
        if isinstance(leaf, tree.VariantTerm):
            counted += done.spellings(leaf).items()
    return _most(counted)


def _most(counted: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    found: dict[str, int] = {}
    for term, number in counted:
        found[term] = max(found.get(term, 0), number)
    return tuple(sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:SHOWN])
