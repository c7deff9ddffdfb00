"""Random query trees over real texts, and pieces of the language that people type."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from corpus import Settings, Store
from indexer.analysis.analyzer import stem, words
from indexer.engine.document import Document, document
from indexer.query import tree

TEXTS = ("title", "body")
WORDY = (*TEXTS, "topic", "component", "place")


def sample_documents(settings: Settings) -> list[Document]:
    """The releases of the sample offices, as they are indexed."""
    store = Store(settings)
    found = [document(release) for release in store.releases()]
    store.close()
    return found


def nothing(number: int) -> None:
    """No report."""


def typed_alone(node: tree.Node | None) -> tree.Node | None:
    """A tree without the keys of its words, which Whoosh's matchers know nothing of."""
    match node:
        case tree.Or(parts):
            kept = tuple(typed_alone(part) for part in parts if type(part) is not tree.VariantTerm)
            return kept[0] if len(kept) == 1 else tree.Or(kept)
        case tree.And(parts):
            return tree.And(tuple(map(typed_alone, parts)))
        case tree.Not(part):
            return tree.Not(typed_alone(part))
        case tree.AndNot(first, second) | tree.AndMaybe(first, second):
            return type(node)(typed_alone(first), typed_alone(second))
        case _:
            return node


class Vocabulary:
    """Words, phrases and whole values to ask for, taken from the documents."""

    def __init__(self, documents: list[Document]) -> None:
        self.texts = {
            "title": [(each.language, words(each.title)) for each in documents],
            "body": [(each.language, words(each.body_text)) for each in documents],
            "topic": [(each.language, words(" ".join(each.topics))) for each in documents],
            "component": [(each.language, words(" ".join(each.components))) for each in documents],
            "place": [(each.language, words(each.place or "")) for each in documents],
        }
        self.texts = {
            name: [text for text in texts if text[1]] for name, texts in self.texts.items()
        }
        self.words = sorted({word for _, text in self.texts["body"] for word in text})
        self.days = sorted({str(each.published) for each in documents})
        self.ids = [each.id for each in documents]

    def phrase(self, name: str, start: int, size: int, stride: int) -> tuple[list[str], list[str]]:
        """Words of a text, one in `stride`, from somewhere on: as written, and stemmed."""
        language, text = self.texts[name][start % len(self.texts[name])]
        begin = (start // 7) % len(text)
        found = text[begin : begin + size * stride : stride]
        return found, [stem(word, language) for word in found]


NUMBERS = st.integers(0, 1 << 16)
BOOSTS = st.sampled_from([1.0, 1.0, 0.5, 2.0, 3.25])


@st.composite
def leaves(draw: st.DrawFn, vocabulary: Vocabulary) -> tree.Leaf:
    """A leaf."""
    kinds = ["term", "term", "stem", "phrase", "stems", "whole", "multi", "near"]
    kind = draw(st.sampled_from(kinds))
    boost, place = draw(BOOSTS), draw(NUMBERS)
    size, stride = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    if kind == "whole":
        name, text = draw(
            st.sampled_from(
                [
                    ("office", "sample_doj"),
                    ("language", "ru"),
                    ("language", "kk"),
                    ("year", "2018"),
                    ("country", "us"),
                    ("id", vocabulary.ids[place % len(vocabulary.ids)]),
                    ("office", "absent"),
                ]
            )
        )
        return tree.Term(name, text, boost=boost)
    name = draw(st.sampled_from(WORDY if kind in ("term", "phrase", "multi") else TEXTS))
    if kind == "near":
        return replace(draw(proximities(name, vocabulary)), boost=boost)
    written, stems = vocabulary.phrase(name, place, size, stride)
    if kind == "term":
        return tree.Term(name, draw(st.sampled_from([*written, "absent"])), boost=boost)
    if kind == "stem":
        return tree.Term(f"{name}_stem", draw(st.sampled_from(stems)), boost=boost)
    slop = draw(st.integers(1, 15))
    if kind == "phrase" and len(written) > 1:
        return tree.Phrase(name, tuple(written), slop, boost)
    if kind == "stems" and len(stems) > 1:
        return tree.Phrase(f"{name}_stem", tuple(stems), slop, boost)
    return replace(draw(multi_terms(name, written[0], vocabulary)), boost=boost)


@st.composite
def proximities(draw: st.DrawFn, name: str, vocabulary: Vocabulary) -> tree.Near:
    """Parts from one place of a text, so that many are near each other."""
    written, stems = vocabulary.phrase(name, draw(NUMBERS), 6, draw(st.integers(1, 3)))
    parts: list[tree.Node] = []
    for _ in range(draw(st.integers(2, 3))):
        one, other = (draw(st.integers(0, len(written) - 1)) for _ in range(2))
        kinds = [
            tree.Term(name, written[one]),
            tree.Term(f"{name}_stem", stems[one]),
            tree.Or((tree.Term(name, written[one]), tree.Term(f"{name}_stem", stems[other]))),
            tree.Phrase(name, tuple(written[one : one + 2]), draw(st.integers(1, 3))),
            tree.Prefix(name, written[one][:2]),
            tree.Wildcard(name, f"{written[one][:1]}*{written[one][-1:]}"),
        ]
        parts.append(draw(st.sampled_from(kinds)))
    near = tree.Near(name, tuple(parts), draw(st.integers(1, 12)), draw(st.booleans()))
    if draw(st.booleans()):
        return near
    more = tree.Term(name, draw(st.sampled_from(written)))
    return tree.Near(name, (near, more), draw(st.integers(1, 12)), draw(st.booleans()))


@st.composite
def multi_terms(draw: st.DrawFn, name: str, word: str, vocabulary: Vocabulary) -> tree.MultiTerm:
    """A node that stands for several terms near a word, or for days."""
    kind = draw(st.sampled_from(["prefix", "wildcard", "class", "fuzzy", "range", "days"]))
    cut = draw(st.integers(1, len(word)))
    if kind == "prefix":
        return tree.Prefix(name, word[:cut])
    if kind == "wildcard":
        at = draw(st.integers(0, len(word) - 1))
        middle = draw(st.sampled_from(["?", "*", "??", "*?"]))
        return tree.Wildcard(name, word[:at] + middle + word[at + draw(st.integers(0, 2)) :])
    if kind == "class":
        return tree.Wildcard(name, f"{word[: cut - 1]}[{word[cut - 1]}x!]*")
    if kind == "fuzzy":
        swapped = word[: cut - 1] + "x" + word[cut:]
        kept = draw(st.integers(0, min(2, len(word))))
        return tree.Fuzzy(name, swapped, draw(st.integers(1, 2)), kept)
    values, name = (vocabulary.words, name) if kind == "range" else (vocabulary.days, "date")
    start, end = draw(st.sampled_from(values)), draw(st.sampled_from(values))
    return tree.Range(
        name,
        draw(st.sampled_from([start, start[:4], None])),
        draw(st.sampled_from([end, end[:4], None])),
        draw(st.booleans()),
        draw(st.booleans()),
    )


Trees = st.SearchStrategy[tree.Node]


def trees(vocabulary: Vocabulary, *, has_negated: bool) -> Trees:
    """Whole trees. What is negated stands beside something wanted, as in what `parse` makes."""

    def joined(parts: Trees) -> Trees:
        several = st.lists(parts, min_size=2, max_size=4).map(tuple)
        pairs = st.tuples(parts, parts)
        kinds = [
            st.builds(tree.And, several),
            st.builds(tree.Or, several),
            pairs.map(lambda pair: tree.AndMaybe(*pair)),
        ]
        if has_negated:
            kinds += [
                st.builds(lambda some, not_: tree.And((*some, tree.Not(not_))), several, parts),
                pairs.map(lambda pair: tree.AndNot(*pair)),
                parts.map(lambda part: tree.AndNot(tree.Every(), part)),
            ]
        return st.one_of(kinds)

    return st.recursive(leaves(vocabulary) | st.just(tree.Every()), joined, max_leaves=8)


PIECES = ["AND", "OR", "NOT", "ANDNOT", "ANDMAYBE", "(", ")", '"', "-", "title:", "~", "*", "^2"]
PIECES += ["{a TO court]", "[суд TO тюрьма]", '"the court"~3', '"to the"', "co?rt", "*ing", "c*t"]
PIECES += ["year:2018", "date:2017..2018", "lang:kk", "office:sample_gpo", "sentenc*", "пыт*", "["]
PIECES += ["азапта*", "cuort~2", "суда~", "don't", "anti-bribery", "topic:fraud", "place:", "{"]
PIECES += ["NEAR/4", "NEAR/4", "PRE/9", '"the cour*"~2', "co-op*", "w/p"]


def typed(vocabulary: Vocabulary) -> st.SearchStrategy[str]:
    """What people could type: pieces of the language between words of the texts."""
    piece = st.sampled_from(PIECES) | st.sampled_from(vocabulary.words)
    return st.lists(piece, min_size=1, max_size=9).map(" ".join)


@given(data=st.data())
def test_trees_grow_from_a_few_words(data: st.DataObject) -> None:
    body = ("A court was told of it.", "The court was told of nothing else.")
    texts = Document("a", "b", "us", "en", None, "", "Told", body, ("t",), ("c",), None, "p")
    node = data.draw(trees(Vocabulary([texts]), has_negated=True))
    assert isinstance(node, tree.Node)
