"""Names across scripts: what keys cost, and what shares one."""

from __future__ import annotations

import sys
import tarfile
from collections import defaultdict
from collections.abc import Sequence
from random import Random
from time import process_time

from bench.documents import SEED, real
from bench.site import HOST, SHARED, Row
from corpus import office
from corpus.reading.page import Page
from indexer.analysis.analyzer import WORD
from indexer.analysis.names import key

KAZAKH_HOST = "www.gov.kz"
SHOWN = 100

Texts = list[Sequence[str]]


def rows() -> list[Row]:
    """The figures for justice.gov and for gov.kz; some words that share a key are printed."""
    found = _rows(HOST, [(each.title, each.body_text) for each in real()])
    return found + _rows(KAZAKH_HOST, _kazakh())


def _kazakh() -> Texts:
    with tarfile.open(SHARED / "data" / f"{KAZAKH_HOST}.tar.xz") as tar:
        file = tar.extractfile(f"{KAZAKH_HOST}/api/news.jsonl")
        lines = file.read().splitlines() if file else []
    read = office("kz_gpo").route("interface").release
    drafts = [read(Page(f"https://{KAZAKH_HOST}/", line)) for line in lines]
    return [(draft.title, "\n\n".join(draft.body)) for draft in drafts]


def _rows(host: str, texts: Texts) -> list[Row]:
    every = (word[0] for parts in texts for text in parts for word in WORD.finditer(text))
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
