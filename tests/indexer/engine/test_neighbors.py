"""The words beside mentions, of both engines: directly, and as collocates."""

from __future__ import annotations

from indexer import Engine, Query, parse
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
