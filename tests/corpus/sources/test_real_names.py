"""A real prosecutor's name, typed in any script, finds the releases in all languages.

The name is taken from the replica's pages when the test runs: from what follows the title.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from corpus import Settings, Store
from corpus.crawling.crawl import crawl
from indexer import Query, open_engine, parse, reindex

# In each language what stands before a Prosecutor General's first name and surname.
TITLES = {"en": "Prosecutor General", "ru": "[Гг]енеральный прокурор", "kk": "Бас прокурор"}
NAME = r"\s+([^\W\d_]+)\s+([^\W\d_]+)"


def surname(texts: list[str], title: str) -> str:
    """The commonest surname that follows a title."""
    found = (match for text in texts for match in re.finditer(title + NAME, text))
    names = Counter(match[2] for match in found if match[1].istitle() and match[2].istitle())
    return names.most_common(1)[0][0]


def test_the_prosecutor_generals_name_in_any_script_finds_his_releases_in_all_languages(
    replica: Any, settings: Settings, store: Store
) -> None:
    host = "www.gov.kz"
    with replica.Replica(host) as site:
        report = crawl("kz_gpo", settings, store, mirrors={host: site.url}, delay_s=0)
    assert report.error is None
    engine = open_engine(settings)
    reindex(settings, store, engine, is_full=True)
    releases = [*store.releases()]
    texts = {
        code: ["\n".join(each.body) for each in releases if each.language == code]
        for code in TITLES
    }
    spelled = {code: surname(texts[code], title) for code, title in TITLES.items()}
    assert len({*spelled.values()}) == 3
    held = {
        each.id: each.language
        for each in releases
        if any(name in "\n".join(each.body) for name in spelled.values())
    }
    assert {*held.values()} == {*TITLES}
    for code, name in spelled.items():
        results = engine.search(Query(parse(name).tree))
        assert {hit.id for hit in results.hits} == {*held}, code
        assert [hit.language == code for hit in results.hits] == [
            not hit.variants for hit in results.hits
        ]
        assert not results.hits[0].variants
        strict = engine.search(Query(parse(f"{name} script:exact").tree))
        assert {hit.id for hit in strict.hits} == {each for each in held if held[each] == code}
    engine.close()
