"""Two versions of a release -> what differs between them: facts, and texts word by word.

Paragraphs are aligned first, so that a word is only ever compared with words of its own paragraph.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Annotated, Any, Literal, NamedTuple

from corpus import Version
from corpus.release import FACTS, LEARNED_FACTS, Attachment, LinkedRelease

# Words, with what joins them inside ("1,000", "well-known", "O'Brien"); spaces; signs one by one.
TOKEN = re.compile(r"\w+(?:[.,:'’/-]\w+)*|\s+|[^\w\s]")
WORD = re.compile(r"\w+")
# Two paragraphs that share so much of their words are one that was edited.
LEAST_OVERLAP = 0.4
# Paragraphs around a difference that are shown with it; longer unchanged stretches are folded.
PARAGRAPHS_AROUND = 1
# Beyond so many pairs of words, or of paragraphs, in one place, old and new are shown whole:
# difflib takes the square of it, and no comparison by words helps there.
MOST_WORD_PAIRS, MOST_PARAGRAPH_PAIRS = 4_000_000, 10_000


class Piece(NamedTuple):
    """Words that are the same in both, or stand in the old or the new version alone."""

    kind: Annotated[Literal["same", "removed", "added"], "whether both versions have it"]
    text: Annotated[str, "the text"]


Pieces = tuple[Piece, ...]


@dataclass(frozen=True)
class FactDifference:
    """A fact that differs, by its name in FACTS: the items of a list, or one or two values."""

    name: Annotated[str, "the fact"]
    items: Annotated[tuple[Pieces, ...], "its values, each in pieces"]


@dataclass(frozen=True)
class Stretch:
    """Paragraphs in a row; `is_folded` where nothing differs in them nor near them."""

    paragraphs: tuple[Pieces, ...]
    is_folded: bool


@dataclass(frozen=True)
class Comparison:
    """What differs between two versions; `body` holds every paragraph of both."""

    facts: tuple[FactDifference, ...]
    body: tuple[Stretch, ...]


def differing_facts(old: Version, new: Version) -> list[str]:
    """The names of the facts that differ; those unknown so far are learned, not changed."""
    return [
        name
        for name in FACTS
        if old.facts[name] != new.facts[name]
        and not (name in LEARNED_FACTS and None in (old.facts[name], new.facts[name]))
    ]


def compare_versions(old: Version, new: Version) -> Comparison:
    """All that differs between two versions, and the text of both."""
    facts = [
        FactDifference(name, _compare_fact(name, old.facts[name], new.facts[name]))
        for name in differing_facts(old, new)
        if name != "body"
    ]
    return Comparison(tuple(facts), stretches(compare_paragraphs(old.body, new.body)))


def compare_paragraphs(
    old: Sequence[str], new: Sequence[str], *, by_words: bool = True
) -> list[Pieces]:
    """The paragraphs of both texts in order, each as pieces: whole, or by their words."""
    found: list[Pieces] = []
    for kind, i, j, m, n in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found += [(Piece("same", words),) for words in old[i:j]]
        else:
            pairs = _pairs(old[i:j], new[m:n]) if by_words else []
            found += _compare_edited(old[i:j], new[m:n], pairs)
    return found


def compare_words(old: str, new: str) -> Pieces:
    """One text that was edited into another."""
    a, b = TOKEN.findall(old), TOKEN.findall(new)
    head = _common(a, b)
    tail = _common(a[head:][::-1], b[head:][::-1])
    start, end = "".join(a[:head]), "".join(a[len(a) - tail :])
    edited = _compare_tokens(a[head : len(a) - tail], b[head : len(b) - tail])
    return _join_pieces([Piece("same", start), *edited, Piece("same", end)])


def stretches(paragraphs: Sequence[Pieces]) -> tuple[Stretch, ...]:
    """Paragraphs gathered into those that are shown and those that are folded."""
    edited = [n for n, pieces in enumerate(paragraphs) if any(p.kind != "same" for p in pieces)]
    near = {n + step for n in edited for step in range(-PARAGRAPHS_AROUND, PARAGRAPHS_AROUND + 1)}
    found: list[tuple[bool, list[Pieces]]] = []
    for number, pieces in enumerate(paragraphs):
        is_folded = number not in near
        if not found or found[-1][0] != is_folded:
            found.append((is_folded, []))
        found[-1][1].append(pieces)
    return tuple(Stretch(tuple(each), is_folded) for is_folded, each in found)


def _common(a: list[str], b: list[str]) -> int:
    """How many tokens both begin with."""
    pairs = enumerate(zip(a, b, strict=False))
    return next((number for number, (x, y) in pairs if x != y), min(len(a), len(b)))


def _compare_tokens(a: list[str], b: list[str]) -> list[Piece]:
    if len(a) * len(b) > MOST_WORD_PAIRS:
        return [Piece("removed", "".join(a)), Piece("added", "".join(b))]
    found: list[Piece] = []
    codes = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    for number, (kind, i, j, m, n) in enumerate(codes):
        before, after = "".join(a[i:j]), "".join(b[m:n])
        is_inner = 0 < number < len(codes) - 1
        # A space or comma alone between two edits reads better as part of both.
        if kind == "equal" and not (is_inner and not WORD.search(before)):
            found.append(Piece("same", before))
        else:
            found += [Piece("removed", before), Piece("added", after)]
    return found


def _compare_fact(name: str, old: Any, new: Any) -> tuple[Pieces, ...]:
    if name in ("title", "subtitle"):
        return (compare_words(old, new),)
    return tuple(compare_paragraphs(_fact_words(old), _fact_words(new), by_words=False))


def _fact_words(value: Any) -> list[str]:
    """A fact as a list of words: dates as ISO 8601, links and attachments with their addresses."""
    if isinstance(value, list | tuple):
        return [_item_words(each) for each in value]
    return [] if value is None else [str(value)]


def _item_words(item: Any) -> str:
    match item:
        case LinkedRelease(url, words) | Attachment(url, words):
            return f"{words} ({url})"
    return str(item)


def _compare_edited(
    old: Sequence[str], new: Sequence[str], pairs: list[tuple[int, int]]
) -> list[Pieces]:
    """Paragraphs that differ: pairs are compared word by word, the others stand alone."""
    found: list[Pieces] = []
    i = j = 0
    for m, n in [*pairs, (len(old), len(new))]:
        found += [(Piece("removed", words),) for words in old[i:m]]
        found += [(Piece("added", words),) for words in new[j:n]]
        if m < len(old):
            found.append(compare_words(old[m], new[n]))
        i, j = m + 1, n + 1
    return found


def _pairs(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Which paragraphs are one that was edited: the pairs in order that are the most alike in all
    (the dynamic programme of Needleman and Wunsch, 1970).
    """
    if len(old) * len(new) > MOST_PARAGRAPH_PAIRS:
        return []
    a, b = ([Counter(WORD.findall(words)) for words in texts] for texts in (old, new))
    best = [[0.0] * (len(b) + 1) for _ in range(len(a) + 1)]
    overlaps = [[_word_overlap(one, two) for two in b] for one in a]
    for m in reversed(range(len(a))):
        for n in reversed(range(len(b))):
            paired = overlaps[m][n] + best[m + 1][n + 1] if overlaps[m][n] >= LEAST_OVERLAP else 0.0
            best[m][n] = max(paired, best[m + 1][n], best[m][n + 1])
    found, m, n = [], 0, 0
    while m < len(a) and n < len(b) and best[m][n]:
        if best[m][n] == best[m + 1][n]:
            m += 1
        elif best[m][n] == best[m][n + 1]:
            n += 1
        else:
            found.append((m, n))
            m, n = m + 1, n + 1
    return found


def _word_overlap(one: Counter[str], two: Counter[str]) -> float:
    """The share of words that two paragraphs have in common; 1 for the same words."""
    return 2 * (one & two).total() / ((one.total() + two.total()) or 1)


def _join_pieces(pieces: list[Piece]) -> Pieces:
    """Pieces of one kind in a row as one; of an edit, what was removed before what was added."""
    found: list[Piece] = []
    edit = {"removed": "", "added": ""}
    for piece in [*pieces, Piece("same", "")]:
        if piece.kind != "same":
            edit[piece.kind] += piece.text
            continue
        found += [Piece("removed", edit["removed"])] if edit["removed"] else []
        found += [Piece("added", edit["added"])] if edit["added"] else []
        found += [piece] if piece.text else []
        edit = {"removed": "", "added": ""}
    return tuple(found)
