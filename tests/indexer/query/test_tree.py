"""Query trees are values: equal where they ask for the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.query import tree
from indexer.query.parser import parse

ASKED = [
    *("fraud", "Кожашаров", "tort*", "w?rd", "fuzy~2", '"the court"~3', "title:[a TO c]", "*"),
    *("date:2017..", "fraud court", "fraud OR court", "fraud -court", "a ANDNOT b", "a ANDMAYBE b"),
]


@pytest.mark.parametrize("typed", ASKED)
def test_a_query_read_twice_is_one_key(typed: str) -> None:
    one, other = parse(typed).tree, parse(typed).tree
    assert one is not other or typed == "*"
    assert {one: "answer"}[other] == "answer"


@given(first=st.sampled_from(ASKED), second=st.sampled_from(ASKED))
def test_queries_that_differ_have_trees_that_differ(first: str, second: str) -> None:
    assert (parse(first).tree == parse(second).tree) == (first == second)


def test_leaves_come_in_order_and_negated_ones_where_they_are_wanted() -> None:
    a, b, c, d, e = (tree.Term("body", text) for text in "abcde")
    node = tree.And((tree.Or((a, b)), tree.AndMaybe(tree.AndNot(c, d), tree.Every()), tree.Not(e)))
    assert tree.leaves(node) == [a, b, c, d, e]
    assert tree.leaves(node, has_negated=False) == [a, b, c]
    assert tree.leaves(None) == []


def test_what_is_asked_of_bodies_and_of_other_fields_is_told_apart() -> None:
    node = parse("fraud office:us_doj -title:court").tree
    assert node is not None
    assert {leaf.field for leaf in tree.body_leaves(node)} == {"body_stem", "body"}
    assert tree.values_asked(node, "office") == ["us_doj"]
    assert tree.terms_asked(node) == {"/fraud", "us_doj", "/court"}
