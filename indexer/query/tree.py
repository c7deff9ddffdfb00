"""The query tree: frozen values, equal where they ask for the same, so that they can be keys.

A tree of the parser's has fields and words as typed, "" without a field; one of the interpreter's,
the fields and terms of the index.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, TypeVar, cast

# What spellings of a word share: a name in any script, a word without its Kazakh letters, and how
# a name sounds, which is not searched for unasked.
VariantKind = Literal["names", "loose", "sounds"]
BODY = "body"
BODY_FIELDS = (BODY, f"{BODY}_stem")
# A distance that only the border of a paragraph limits.
PARAGRAPH = 9_999


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a field."""

    field: str
    text: str
    boost: float = 1.0

    def __str__(self) -> str:
        return f"{self.field}:{self.text}" + (f"^{self.boost}" if self.boost != 1 else "")


@dataclass(frozen=True, slots=True)
class VariantTerm:
    """All words of a field that share a key with a word of a query, beside those of its `stems`;
    `is_exact` leaves out other spellings.
    """

    field: str
    kind: VariantKind
    word: str
    key: str
    stems: tuple[str, ...] = ()
    boost: float = 1.0
    is_exact: bool = False

    def __str__(self) -> str:
        return f"{self.field}:{self.kind}({self.key})"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in their order, each at most `slop` words after the one before."""

    field: str
    words: tuple[str, ...]
    slop: int = 1
    boost: float = 1.0

    def __str__(self) -> str:
        slop = f"~{self.slop}" if self.slop > 1 else ""
        return f'{self.field}:"{" ".join(self.words)}"{slop}'


@dataclass(frozen=True, slots=True)
class Prefix:
    """All words that begin so, scored alike."""

    field: str
    text: str
    boost: float = 1.0

    def __str__(self) -> str:
        return f"{self.field}:{self.text}*"


@dataclass(frozen=True, slots=True)
class Wildcard:
    """All words of a pattern as `fnmatch` reads it, scored alike."""

    field: str
    text: str
    boost: float = 1.0

    def __str__(self) -> str:
        return f"{self.field}:{self.text}"


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """All words at most `distance` letters from one, whose first ones they share; scored alike."""

    field: str
    text: str
    distance: int = 1
    prefix_length: int = 1
    boost: float = 1.0

    def __str__(self) -> str:
        distance = self.distance if self.distance > 1 else ""
        return f"{self.field}:{self.text}~{distance}"


@dataclass(frozen=True, slots=True)
class Range:
    """All words, or days, from `start` to `end`, scored alike; an end that is None is open."""

    field: str
    start: str | None
    end: str | None
    excludes_start: bool = False
    excludes_end: bool = False
    boost: float = 1.0

    def __str__(self) -> str:
        first, last = "{" if self.excludes_start else "[", "}" if self.excludes_end else "]"
        return f"{self.field}:{first}{self.start or ''} TO {self.end or ''}{last}"


@dataclass(frozen=True, slots=True)
class Every:
    """Every release."""

    def __str__(self) -> str:
        return "*"


class _Joint:
    """Keeps its hash: whoever looks up each part of a deep tree would else walk through it anew."""

    __slots__ = ("_hash",)
    __match_args__: tuple[str, ...]
    _hash: int

    def __hash__(self) -> int:
        try:
            return self._hash
        except AttributeError:
            parts = (getattr(self, name) for name in self.__match_args__)
            object.__setattr__(self, "_hash", hash((type(self), *parts)))
            return self._hash


@dataclass(frozen=True, slots=True)
class And(_Joint):
    """What all parts match; scores are added."""

    parts: tuple[Node, ...]

    __hash__ = _Joint.__hash__

    def __str__(self) -> str:
        return f"({' AND '.join(map(str, self.parts))})"


@dataclass(frozen=True, slots=True)
class Or(_Joint):
    """What any part matches, nothing where there is none; scores are added."""

    parts: tuple[Node, ...]

    __hash__ = _Joint.__hash__

    def __str__(self) -> str:
        return f"({' OR '.join(map(str, self.parts))})"


@dataclass(frozen=True, slots=True)
class Not(_Joint):
    """What the part does not match."""

    part: Node

    __hash__ = _Joint.__hash__

    def __str__(self) -> str:
        return f"NOT {self.part}"


@dataclass(frozen=True, slots=True)
class AndNot(_Joint):
    """What the first matches and the second does not, with the scores of the first."""

    wanted: Node
    unwanted: Node

    __hash__ = _Joint.__hash__

    def __str__(self) -> str:
        return f"({self.wanted} ANDNOT {self.unwanted})"


@dataclass(frozen=True, slots=True)
class AndMaybe(_Joint):
    """What the first matches, the scores of the second added where that matches too."""

    wanted: Node
    better: Node

    __hash__ = _Joint.__hash__

    def __str__(self) -> str:
        return f"({self.wanted} ANDMAYBE {self.better})"


@dataclass(frozen=True, slots=True)
class Near(_Joint):
    """Parts of one text within a paragraph, each at most `distance` words from those before it,
    behind them if it `is_ordered`. The parts are leaves of the text or its stems, or an Or of such.
    """

    field: str
    parts: tuple[Node, ...]
    distance: int
    is_ordered: bool = False
    boost: float = 1.0

    __match_args__ = ("field", "parts", "distance", "is_ordered", "boost")
    __hash__ = _Joint.__hash__

    def __str__(self) -> str:
        joint = f" {'PRE' if self.is_ordered else 'NEAR'}/{self.distance} "
        boost = f"^{self.boost}" if self.boost != 1 else ""
        return f"({joint.join(map(str, self.parts))}){boost}"


# Stand for words that an index has to tell.
MultiTerm: TypeAlias = Prefix | Wildcard | Fuzzy | Range
Leaf: TypeAlias = Term | VariantTerm | Phrase | MultiTerm | Near
Node: TypeAlias = Leaf | Every | And | Or | Not | AndNot | AndMaybe
# What is no leaf.
JOINT = (Every, And, Or, Not, AndNot, AndMaybe)
SomeNode = TypeVar("SomeNode", bound=Node)


@dataclass(frozen=True, slots=True)
class QueryWord:
    """A word that was typed, and what it matches."""

    typed: str
    node: Node


@dataclass(frozen=True, slots=True)
class SomeOf:
    """What matches some of the words, and all of `within`."""

    words: tuple[QueryWord, ...]
    within: Node | None = None


def leaves(root: Node | None, *, has_negated: bool = True) -> list[Leaf]:
    """What a tree looks for, in its order; with or without what is negated."""
    found: list[Leaf] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        match node:
            case Or(parts) | And(parts):
                waiting += reversed(parts)
            case AndMaybe(wanted, better):
                waiting += [better, wanted]
            case AndNot(wanted, unwanted):
                waiting += [unwanted, wanted] if has_negated else [wanted]
            case Not(part):
                waiting += [part] if has_negated else []
            case Every() | None:
                pass
            case _:
                found.append(node)
    return found


def all_of(parts: Sequence[Node | None]) -> Node | None:
    """The parts joined by AND, those left out of which nothing was left."""
    kept = [part for part in parts if part is not None]
    return kept[0] if len(kept) == 1 else And(tuple(kept)) if kept else None


def any_of(parts: Sequence[Node | None]) -> Node | None:
    """The parts joined by OR, those left out of which nothing was left."""
    kept = [part for part in parts if part is not None]
    return kept[0] if len(kept) == 1 else Or(tuple(kept)) if kept else None


def with_fields(node: SomeNode, names: Mapping[str, str]) -> SomeNode:
    """The same tree, with other fields in place of those that are named."""
    return cast(SomeNode, _with_fields(node, names))


def _with_fields(node: Node, names: Mapping[str, str]) -> Node:
    match node:
        case And(parts) | Or(parts):
            return type(node)(tuple(with_fields(part, names) for part in parts))
        case Not(part):
            return Not(with_fields(part, names))
        case AndNot(one, other) | AndMaybe(one, other):
            return type(node)(with_fields(one, names), with_fields(other, names))
        case Every():
            return node
        case Near(parts=parts):
            node = replace(node, parts=tuple(with_fields(part, names) for part in parts))
    return replace(node, field=names.get(node.field, node.field))


def words_of(node: Node) -> list[Leaf]:
    """The leaves of a part of a Near that stand for words, one by one."""
    match node:
        case Near(parts=parts) | Or(parts):
            return [leaf for part in parts for leaf in words_of(part)]
        case Phrase(field, words):
            return [Term(field, word) for word in words]
        case _:
            return leaves(node)


def parts_of(leaves: Iterable[Leaf]) -> list[Leaf]:
    """Leaves, those that proximities are of in place of these."""
    return [
        word for leaf in leaves for word in (words_of(leaf) if isinstance(leaf, Near) else [leaf])
    ]


def body_leaves(node: Node | None) -> list[Leaf]:
    """The leaves that match words of bodies and are not negated."""
    return [leaf for leaf in leaves(node, has_negated=False) if leaf.field in BODY_FIELDS]


def asks_of_body(node: Node | None) -> bool:
    """Whether a tree asks for words of bodies, or for bodies without them."""
    return any(leaf.field in BODY_FIELDS for leaf in leaves(node))


def terms_asked(node: Node) -> set[str]:
    """The words and stems that a tree asks for one by one, of any field."""
    return {leaf.text for leaf in leaves(node) if isinstance(leaf, Term)}


def values_asked(node: Node | None, field: str) -> list[str]:
    """The whole values of a field that a tree asks for, such as offices."""
    return [leaf.text for leaf in leaves(node) if isinstance(leaf, Term) and leaf.field == field]


def is_asked(node: Node | None) -> bool:
    """Whether a tree asks for anything but everything."""
    return node is not None and not isinstance(node, Every)
