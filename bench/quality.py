"""The order of results for judged queries, beside Tantivy, SQLite FTS5 and plain Whoosh.

All index the same releases. nDCG@10 has the gain 2^grade - 1, precision@5 counts grades 2 and 3.
"""

from __future__ import annotations

import json
import tarfile
from collections import defaultdict
from collections.abc import Mapping
from math import log2
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.documents import kazakhstan, read_document, real
from bench.engines import PEERS, TOP, Peer
from bench.site import SHARED, Row
from indexer.engine.document import Document

JUDGED = SHARED / "quality"
RELEVANT = 2
# Query -> URL of a release -> its grade, 0 to 3.
Grades = Mapping[str, Mapping[str, int]]


def rows() -> list[Row]:
    """The means over all judged queries; an unjudged release counts as grade 0."""
    documents = [*real(), *_minnesota(), *kazakhstan()]
    url_of = {each.id: each.url for each in documents}
    typed = {each["id"]: each["query"] for each in _read("queries.dev.json")}
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for each in _read("qrels.dev.json"):
        grades[each["query"]][each["release"]] = each["relevance"]
    with TemporaryDirectory() as name:
        scores = {}
        for peer, kind in PEERS.items():
            engine: Peer = kind(Path(name) / peer)
            engine.build(documents)
            scores[peer] = _scores(engine, typed, grades, url_of)
    return [
        _row(f"quality/{measure}", f"of {len(typed)} queries", measure, scores)
        for measure in ("ndcg@10", "p@5", "empty")
    ]


def _scores(
    engine: Peer, typed: Mapping[str, str], grades: Grades, url_of: Mapping[str, str]
) -> dict[str, float]:
    ndcg = precision = empty = 0.0
    for id_, words in typed.items():
        judged, found = grades[id_], engine.best(words)
        given = [judged.get(url_of[each], 0) for each in found]
        ideal = _gain(sorted(judged.values(), reverse=True)[:TOP])
        ndcg += _gain(given) / ideal if ideal else 0.0
        precision += sum(grade >= RELEVANT for grade in given[:5]) / 5
        empty += not found
    return {"ndcg@10": ndcg / len(typed), "p@5": precision / len(typed), "empty": empty}


def _gain(grades: list[int]) -> float:
    """The discounted cumulative gain of grades in their order."""
    return sum((2**grade - 1) / log2(at + 2) for at, grade in enumerate(grades))


def _row(name: str, unit: str, measure: str, scores: Mapping[str, Mapping[str, float]]) -> Row:
    row: Row = {"name": name, "unit": unit}
    row |= {peer: each[measure] for peer, each in scores.items()}
    best = scores["tantivy"][measure]
    return row | {"ratio": scores["ours"][measure] / best if best else None}


def _read(name: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads((JUDGED / name).read_text(encoding="utf-8"))
    return found


def _minnesota() -> list[Document]:
    host = "www.ag.state.mn.us"
    with TemporaryDirectory() as folder, tarfile.open(SHARED / "data" / f"{host}.tar.xz") as tar:
        tar.extractall(folder, filter="data")
        root = Path(folder) / host
        lines = (root / "labels.jsonl").read_text(encoding="utf-8").splitlines()
        saved = [(row["url"], root / row["file"]) for row in map(json.loads, lines)]
        return [read_document("us_mn_ag", "pages", url, file.read_bytes()) for url, file in saved]
