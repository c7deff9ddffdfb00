"""Scripts without spaces: what is typed is found exactly where its letters follow each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.highlight.text_words import TextWords
from indexer.query.parser import parse
from indexer.query.tree import leaves


@pytest.mark.parametrize("letters", ["検察庁東京", "ひらカター", "กขคงจ", "កខគឃង"])
@given(data=st.data())
def test_letters_are_found_where_they_follow_each_other(letters: str, data: st.DataObject) -> None:
    words = st.text(st.sampled_from(letters), min_size=1, max_size=4)
    text = data.draw(st.text(st.sampled_from(letters + "。 "), max_size=12))
    asked = data.draw(words)

    read = TextWords.of(text, "ja")
    found = any(read.has(leaf) for leaf in leaves(parse(asked).tree) if "body" in leaf.field)

    signless = "".join(c for c in text if c not in "。 ")
    assert found == (asked in signless)
