"""`communique cases`: lists cases and tells releases apart, which survives a repair."""

from __future__ import annotations

from contextlib import closing

from corpus import Settings, Store
from corpus.evidence.catalog_rescue import replace_catalog
from tests.communique.test_damaged_catalog import call
from tests.corpus.catalog.test_cases import TEXTS, add, link


def test_cases_are_listed_cut_and_joined_again(settings: Settings) -> None:
    with closing(Store(settings)) as store:
        one, two = sorted(add(store, n, text) for n, text in enumerate(TEXTS[:2]))
        link(store)
    assert call(settings, "cases").output == f"{one} {two}\n1 case.\n"
    refused = call(settings, "cases", "cut", one, two)
    assert (refused.exit_code, "Give the reason with --note." in refused.output) == (2, True)
    assert call(settings, "cases", "cut", one, two, "--note", "Father and son.").exit_code == 0
    listed = call(settings, "cases").output
    assert listed.startswith("0 cases.\nTold apart ")
    assert listed.endswith(f": {one} {two} (Father and son.)\n")
    replace_catalog(settings)
    with closing(Store(settings, make=False)) as store:
        assert [(each.release, each.other) for each in store.case_cuts()] == [(one, two)]
    assert call(settings, "cases", "cut", two, one, "--undo").exit_code == 0
    assert call(settings, "cases").output == "0 cases.\n"
