"""The documents and queries of the search benchmarks: real releases, and more made by recombining
them.
"""

from __future__ import annotations

import random
import tarfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from multiprocessing import Pool

from bench.site import HOST, SHARED
from corpus import office
from corpus.reading.page import Page
from corpus.release import release_id
from indexer.analysis.analyzer import words
from indexer.engine.document import Document

HOST_URL, KAZAKH_HOST = f"https://{HOST}/", "www.gov.kz"
SEED = 20180419
KINDS = ("one-word", "two-word-and", "or-of-three", "phrase", "prefix", "rare-word", "long")
EACH = 12
# How many documents the large set has.
MADE = 100_000


def real(step: int = 1) -> list[Document]:
    """Every saved release of justice.gov, or one of so many, read from its content interface."""
    lines = _lines(HOST, "press_releases")[::step]
    with Pool(2) as pool:
        return pool.map(partial(read_document, "us_doj", "interface", HOST_URL), lines, 200)


def kazakhstan() -> list[Document]:
    """Every saved release of gov.kz, read from its content interface."""
    read = partial(read_document, "kz_gpo", "interface", f"https://{KAZAKH_HOST}/")
    return [*map(read, _lines(KAZAKH_HOST, "news"))]


def _lines(host: str, name: str) -> list[bytes]:
    with tarfile.open(SHARED / "data" / f"{host}.tar.xz") as tar:
        file = tar.extractfile(f"{host}/api/{name}.jsonl")
        return file.read().splitlines() if file else []


def read_document(name: str, route: str, url: str, body: bytes) -> Document:
    """The document of a saved response, read as an office's release."""
    source = office(name)
    draft = source.route(route).release(Page(url, body))
    address = draft.url or url
    return Document(
        id=release_id(name, address),
        office=name,
        country=source.country,
        language=draft.language,
        published=draft.published,
        url=address,
        title=draft.title,
        body=tuple(draft.body),
        topics=tuple(draft.topics),
        components=tuple(draft.components),
        number=draft.number,
        place=None,
    )


def recombined(documents: list[Document], size: int) -> Iterator[Document]:
    """So many documents: the real ones in turn, with paragraphs drawn from all of them."""
    draw = random.Random(SEED)
    paragraphs = [paragraph for document in documents for paragraph in document.body]
    for number in range(size):
        model = documents[number % len(documents)]
        body = tuple(draw.choices(paragraphs, k=len(model.body)))
        yield replace(model, id=f"made-{number:016x}", body=body)


def queries(documents: list[Document]) -> dict[str, list[list[str]]]:
    """Words to ask for, by kind of query; drawn from the texts by how many of them hold a word."""
    draw = random.Random(SEED)
    held: Counter[str] = Counter()
    for document in documents:
        held.update(set(words(document.body_text)))
    total = len(documents)
    plain = sorted(word for word in held if word.isascii() and word.isalpha() and len(word) > 3)
    common = [word for word in plain if 0.02 * total < held[word] < 0.6 * total]
    rare = [word for word in plain if 5 <= held[word] <= 0.002 * total]
    texts = [words(document.body_text) for document in draw.sample(documents, 400)]
    return {
        "one-word": [[word] for word in draw.sample(common, EACH)],
        "two-word-and": [draw.sample(common, 2) for _ in range(EACH)],
        "or-of-three": [draw.sample(common, 3) for _ in range(EACH)],
        "phrase": [_neighbors(texts, set(common), draw) for _ in range(EACH)],
        "prefix": [[word[:5]] for word in draw.sample(common, EACH)],
        "rare-word": [[word] for word in draw.sample(rare, EACH)],
        "long": [draw.sample(common, 10) for _ in range(EACH)],
    }


def _neighbors(texts: list[list[str]], allowed: set[str], draw: random.Random) -> list[str]:
    """Two common words that stand next to each other somewhere."""
    while True:
        text = draw.choice(texts)
        at = draw.randrange(len(text) - 1)
        if text[at] in allowed and text[at + 1] in allowed:
            return text[at : at + 2]
