"""The words beside mentions, of both engines: directly, and as collocates."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer import Engine, Query, parse
from indexer.analysis.analyzer import words
from indexer.engine.results import Beside
from tests.indexer.engine.test_contract import fill, ignore, made

BRIBERY = Query(parse('"bribery"').tree)


def test_a_concordance_counts_the_words_directly_beside_all_mentions(empty: Engine) -> None:
    fill(empty, made(1, "the wire fraud of a bank"), made(2, "wire fraud and mail fraud"))
    fraud = Query(parse('"fraud"').tree)
    for found in (empty.occurrences(fraud), empty.occurrences(fraud, "left", start=1, size=1)):
        assert found.words_before == (("wire", 2), ("mail", 1))
        assert found.words_after == (("and", 1), ("of", 1))
    empty.update([made(3, "mail fraud of the mail")], [made(1, "").id], 2, ignore)
    found = empty.occurrences(fraud)
    assert found.words_before == (("mail", 2), ("wire", 1))
    assert empty.occurrences(Query(parse('"absent"').tree)).words_before == ()


def test_content_collocates_are_significant_and_no_function_words(empty: Engine) -> None:
    near = [made(at, f"the bribery of officials with a tractor x{at}") for at in range(20)]
    far = [
        made(100 + at, f"the court of appeals heard it with a tractor y{at}") for at in range(80)
    ]
    fill(empty, *near, *far)
    every = {each.word for each in empty.collocates(BRIBERY).collocates}
    assert {"the", "of", "officials"} <= every
    for is_stem, word in ((False, "officials"), (True, "offici")):
        content = empty.collocates(BRIBERY, is_stem=is_stem, is_content=True)
        assert [each.word for each in content.collocates] == [word]
        assert content.collocates[0].score > 10.83


def test_neighbors_stop_at_the_borders_of_paragraphs(empty: Engine) -> None:
    fill(empty, made(1, "", body=("They took a wire", "fraud of the bank", "fraud")))
    fraud = Query(parse('"fraud"').tree)
    found = empty.occurrences(fraud)
    assert (found.words_before, found.words_after) == ((), (("of", 1),))
    for word in ("wire", "bank"):
        assert empty.occurrences(fraud, beside=Beside(word, "before")).total == 0


def test_initials_are_one_neighbor(empty: Engine) -> None:
    texts = ("A U.S. Attorney spoke", "The U.S. Attorney of the U.S. came", "Section s attorney A")
    fill(empty, *(made(key, text) for key, text in enumerate(texts)))
    attorney = Query(parse('"attorney"').tree)
    found = empty.occurrences(attorney)
    assert found.words_before == (("u.s.", 2), ("s", 1))
    assert found.words_after == (("a", 1), ("of", 1), ("spoke", 1))
    lines = empty.occurrences(attorney, beside=Beside("u.s.", "before"))
    assert [line.left.split()[-1] for line in lines.mentions] == ["U.S."] * 2
    assert empty.occurrences(attorney, beside=Beside("s", "before")).total == 1
    the = Query(parse('"the"').tree)
    assert empty.occurrences(the).words_after == (("u.s.", 2),)


ASKED = (
    *("court", '"court"', "justice of the", '"of the"', "torture OR bribery", "суд", "the"),
    *("court NEAR/5 the", "crim*", "title:court", "s", '"u s"', "prison -torture"),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[*HealthCheck])
@given(asked=st.sampled_from(ASKED), window=st.integers(1, 8), flags=st.integers(0, 3))
def test_figures_are_what_their_links_show(
    engine: Engine, asked: str, window: int, flags: int
) -> None:
    query = Query(parse(asked).tree, has_boilerplate=bool(flags & 1))

    def total(word: str, *how: Any) -> int:
        beside = Beside(word, *how)
        found = engine.occurrences(query, "document", 0, 5, beside)
        assert found.total == len([*engine.scan_occurrences(query, beside=beside)])
        return found.total

    is_stem = bool(flags & 2)
    near = engine.collocates(query, window, least=2, most=8, is_stem=is_stem)
    for each in near.collocates:
        assert total(each.word, "near", window, is_stem) == each.observed
    every = engine.occurrences(query)
    for word, count in every.words_before[:4]:
        assert total(word, "before") == count
    for word, count in every.words_after[:4]:
        assert total(word, "after") == count


@pytest.mark.parametrize("asked", ["court", '"of the"', "суд", "the"])
def test_neighbors_are_the_words_beside_the_lines(engine: Engine, asked: str) -> None:
    query = Query(parse(asked).tree)
    found, lines = engine.occurrences(query), [*engine.scan_occurrences(query)]
    assert found.words_before
    for word, count in found.words_before:
        if len(word) > 1 and not word.endswith("."):
            own = [words(line.left[-line.offset :])[-1:] for line in lines if line.offset]
            assert own.count([word]) == count
