"""Precision and recall of cases: which releases of labeled pairs are joined in one.

A line of the file is an object: `a` and `b`, the addresses of two releases, and `same_case`: "same"
proceeding, "related" (of one scheme, charged apart) or "other". Related pairs may be joined or not,
and count as neither.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path

from corpus import Store
from corpus.cases.grouping import group
from corpus.cases.keys import keys_of
from corpus.cases.likeness import likeness, weights
from corpus.cases.links import find_links
from corpus.cases.records import Keys
from corpus.facts.reader import find_facts
from corpus.release import Release
from corpus.settings_reader import read_settings

KINDS = ("criminal", "civil")


def case_rows(pairs: Path) -> Iterator[tuple[str, int, int, int]]:
    """For each kind its name, the pairs of one case, those joined, and those rightly joined."""
    with closing(Store(read_settings(os.environ), make=False, upgrade=False)) as store:
        releases = {each.url: each for each in store.releases()}
    keys = {each.url: _keys(each) for each in releases.values()}
    cases = _cases(releases, keys)
    lines = [json.loads(line) for line in pairs.read_text("utf-8").splitlines() if line]
    known = [each for each in lines if each["a"] in keys and each["b"] in keys]
    for kind in KINDS:
        of_kind = [
            (each["same_case"], keys[each["b"]].id in cases.get(keys[each["a"]].id, ()))
            for each in known
            if keys[each["a"]].kind == keys[each["b"]].kind == kind
        ]
        labels = [is_joined for label, is_joined in of_kind if label == "same"]
        joined = [label for label, is_joined in of_kind if is_joined and label != "related"]
        yield f"threads/{kind}", len(labels), len(joined), sum(labels)


def _keys(release: Release) -> Keys:
    facts = find_facts(release.title, release.body, release.language, release.published)
    return keys_of(release.id, release.body, release.published, facts)


def _cases(releases: dict[str, Release], keys: dict[str, Keys]) -> dict[str, frozenset[str]]:
    texts = {each.id: [each.title, *each.body] for each in releases.values()}

    @cache
    def weighed(id_: str) -> dict[str, float]:
        return weights(texts[id_])

    by_id = {each.id: each for each in keys.values()}
    return group(find_links(by_id, lambda a, b: likeness(weighed(a), weighed(b))))
