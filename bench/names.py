"""Names across scripts: what keys cost, and what shares one."""

from __future__ import annotations

import sys
from collections import defaultdict
from random import Random
from time import process_time

from bench.documents import KAZAKH_HOST, SEED, kazakhstan, real
from bench.site import HOST, Row
from indexer.analysis.analyzer import WORD
from indexer.analysis.names import key
from indexer.engine.document import Document

SHOWN = 100


def rows() -> list[Row]:
    """The figures for justice.gov and for gov.kz; some words that share a key are printed."""
    return _rows(HOST, real()) + _rows(KAZAKH_HOST, kazakhstan())


def _rows(host: str, documents: list[Document]) -> list[Row]:
    texts = (text for each in documents for text in (each.title, each.body_text))
    every = (word[0] for text in texts for word in WORD.finditer(text))
    words = {word.casefold() for word in every if word[0].isupper()}
    spellings: dict[str, set[str]] = defaultdict(set)
    for word in words:
        if found := key(word):
            spellings[found].add(word)
    key.cache_clear()
    clock = process_time()
    for word in words:
        key(word)
    each_word = (process_time() - clock) / len(words)
    _show(spellings)
    return [
        {"name": f"names/{host}/key", "unit": "µs", "ours": 1e6 * each_word},
        {"name": f"names/{host}/words", "unit": "", "ours": len(words)},
        {"name": f"names/{host}/keys", "unit": "", "ours": len(spellings)},
    ]


def _show(spellings: dict[str, set[str]]) -> None:
    shared = sorted(key for key, words in spellings.items() if len(words) > 1)
    print(f"  {len(shared):,} keys are shared, among them", file=sys.stderr)
    for each in sorted(Random(SEED).sample(shared, min(SHOWN, len(shared)))):
        print(f"  {each}: {' '.join(sorted(spellings[each]))}", file=sys.stderr)
