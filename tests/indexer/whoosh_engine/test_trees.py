"""Random query trees over real texts, and pieces of the language that people type."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from whoosh import query as tree

from corpus import Settings, Store
from indexer.analysis.analyzer import stem, words
from indexer.engine.document import Document, document
from indexer.query.interpreter import ConstantScore
from indexer.query.variants import VariantTerm

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


def typed_alone(node: tree.Query | None) -> tree.Query | None:
    """A tree without the keys of its words, which Whoosh's matchers know nothing of."""

    def bare(part: tree.Query) -> tree.Query:
        if not isinstance(part, tree.Or):
            return part
        kept = [each for each in part.subqueries if not isinstance(each, VariantTerm)]
        return kept[0] if len(kept) == 1 else tree.Or(kept, boost=part.boost)

    return node and node.accept(bare)


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
def leaves(draw: st.DrawFn, vocabulary: Vocabulary) -> tree.Query:
    """A leaf; what stands for many words is scored alike, as the query language has it."""
    kind = draw(st.sampled_from(["term", "term", "stem", "phrase", "stems", "whole", "multi"]))
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
    written, stems = vocabulary.phrase(name, place, size, stride)
    if kind == "term":
        return tree.Term(name, draw(st.sampled_from([*written, "absent"])), boost=boost)
    if kind == "stem":
        return tree.Term(f"{name}_stem", draw(st.sampled_from(stems)), boost=boost)
    slop = draw(st.integers(1, 15))
    if kind == "phrase" and len(written) > 1:
        return tree.Phrase(name, written, slop=slop, boost=boost)
    if kind == "stems" and len(stems) > 1:
        return tree.Phrase(f"{name}_stem", stems, slop=slop, boost=boost)
    return ConstantScore(draw(multi_terms(name, written[0], vocabulary)), score=boost)


@st.composite
def multi_terms(draw: st.DrawFn, name: str, word: str, vocabulary: Vocabulary) -> tree.Query:
    """A node that stands for several terms near a word, or for days."""
    kind = draw(st.sampled_from(["prefix", "wildcard", "class", "regex", "fuzzy", "range", "days"]))
    cut = draw(st.integers(1, len(word)))
    if kind == "prefix":
        return tree.Prefix(name, word[:cut])
    if kind == "wildcard":
        at = draw(st.integers(0, len(word) - 1))
        middle = draw(st.sampled_from(["?", "*", "??", "*?"]))
        return tree.Wildcard(name, word[:at] + middle + word[at + draw(st.integers(0, 2)) :])
    if kind == "class":
        return tree.Wildcard(name, f"{word[: cut - 1]}[{word[cut - 1]}x!]*")
    if kind == "regex":
        return tree.Regex(name, f"{word[:cut]}.{{0,3}}$")
    if kind == "fuzzy":
        swapped = word[: cut - 1] + "x" + word[cut:]
        kept = draw(st.integers(0, min(2, len(word))))
        return tree.FuzzyTerm(name, swapped, maxdist=draw(st.integers(1, 2)), prefixlength=kept)
    values, name = (vocabulary.words, name) if kind == "range" else (vocabulary.days, "date")
    start, end = draw(st.sampled_from(values)), draw(st.sampled_from(values))
    return tree.TermRange(
        name,
        draw(st.sampled_from([start, start[:4], None])),
        draw(st.sampled_from([end, end[:4], None])),
        draw(st.booleans()),
        draw(st.booleans()),
    )


Trees = st.SearchStrategy[tree.Query]


def trees(vocabulary: Vocabulary, *, has_negated: bool) -> Trees:
    """Whole trees. What is negated stands beside something wanted, as in what `parse` makes."""

    def joined(parts: Trees) -> Trees:
        several = st.lists(parts, min_size=2, max_size=4)
        pairs = st.tuples(parts, parts)
        kinds = [
            st.builds(tree.And, several, boost=BOOSTS),
            st.builds(tree.Or, several, boost=BOOSTS),
            pairs.map(lambda pair: tree.AndMaybe(*pair)),
            pairs.map(lambda pair: tree.Require(*pair)),
            st.builds(ConstantScore, parts, score=BOOSTS),
        ]
        if has_negated:
            kinds += [
                st.builds(lambda some, not_: tree.And([*some, tree.Not(not_)]), several, parts),
                pairs.map(lambda pair: tree.AndNot(*pair)),
                parts.map(lambda part: tree.AndNot(tree.Every(), part)),
            ]
        return st.one_of(kinds)

    every = st.builds(tree.Every, boost=BOOSTS)
    return st.recursive(leaves(vocabulary) | every, joined, max_leaves=8)


PIECES = ["AND", "OR", "NOT", "ANDNOT", "ANDMAYBE", "(", ")", '"', "-", "title:", "~", "*", "^2"]
PIECES += ["{a TO court]", "[суд TO тюрьма]", '"the court"~3', '"to the"', "co?rt", "*ing", "c*t"]
PIECES += ["year:2018", "date:2017..2018", "lang:kk", "office:sample_gpo", "sentenc*", "пыт*", "["]
PIECES += ["азапта*", "cuort~2", "суда~", "don't", "anti-bribery", "topic:fraud", "place:", "{"]


def typed(vocabulary: Vocabulary) -> st.SearchStrategy[str]:
    """What people could type: pieces of the language between words of the texts."""
    piece = st.sampled_from(PIECES) | st.sampled_from(vocabulary.words)
    return st.lists(piece, min_size=1, max_size=9).map(" ".join)


@given(data=st.data())
def test_trees_grow_from_a_few_words(data: st.DataObject) -> None:
    body = ("A court was told of it.", "The court was told of nothing else.")
    texts = Document("a", "b", "us", "en", None, "", "Told", body, ("t",), ("c",), None, "p")
    node = data.draw(trees(Vocabulary([texts]), has_negated=True))
    assert isinstance(node, tree.Query)
