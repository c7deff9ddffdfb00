"""What the corpus's own words are good for: completing a word, mending a misspelt one, finding
similar releases.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from heapq import nlargest
from math import log
from typing import Any

from indexer.analysis.analyzer import STEM, fold, tokens
from indexer.analysis.edit_distance import distance
from indexer.engine.fields import stem_field
from indexer.opensearch_engine.index.cluster import Cluster
from indexer.opensearch_engine.index.mapping import term
from indexer.opensearch_engine.index.source_doc import Stored
from indexer.opensearch_engine.search.translate import Dsl
from indexer.query import tree

FIELD = "body"
SIMILAR_TERMS = 25
MOST_NEAR = 5_000
# A search of the words -> its answer.
LookUp = Callable[[Dsl], dict[str, Any]]


def autocomplete(look_up: LookUp, prefix: str, most: int) -> list[str]:
    """The words that begin so and stand in most releases."""
    begun = {"prefix": {"word": {"value": fold(prefix)}}}
    sort = [{FIELD: "desc"}, {"word": "desc"}]
    return [each["word"] for each in _words(look_up, begun, most, sort)]


def spell_suggest(look_up: LookUp, word: str) -> str | None:
    """The commonest of the words nearest to a misspelt one; its first letter is believed."""
    most = 1 if len(word) < 5 else 2
    asked = {
        "value": word,
        "fuzziness": most,
        "prefix_length": 1,
        "transpositions": False,
        "max_expansions": MOST_NEAR,
        "rewrite": "constant_score",
    }
    found = _words(look_up, {"fuzzy": {"word": asked}}, MOST_NEAR, [{FIELD: "desc"}])
    near = {
        each["word"]: (-distance(word, each["word"], most), each[FIELD])
        for each in found
        if each["word"] != word
    }
    return max(near, key=lambda other: (near[other], other), default=None)


def _words(
    look_up: LookUp, matching: Dsl, most: int, sort: list[dict[str, str]]
) -> list[dict[str, Any]]:
    """The entries of words that stand in bodies."""
    held = {"range": {FIELD: {"gte": 1}}}
    body = {
        "size": most,
        "track_total_hits": False,
        "query": {"bool": {"filter": [matching, held]}},
        "sort": sort,
    }
    return [hit["_source"] for hit in look_up(body)["hits"]["hits"]]


def likeness(cluster: Cluster, build: str, release: Stored, size: int) -> tree.Node | None:
    """A query for releases like one among `size`: the stems that tell it apart, by tf-idf, weighed
    by it.
    """
    often = Counter(token.stem for token in tokens(release.body, release.language))
    held = _holders(cluster, build, [each for each in often if len(each) > len(STEM) + 2])
    weights = {each: often[each] * log(size / (number + 1) + 1) for each, number in held.items()}
    names = nlargest(SIMILAR_TERMS, weights, key=lambda each: (weights[each], each))
    if not names:
        return None
    top = weights[names[0]]
    field = stem_field(FIELD)
    return tree.Or(tuple(tree.Term(field, each, boost=weights[each] / top) for each in names))


def _holders(cluster: Cluster, build: str, stems: list[str]) -> dict[str, int]:
    """In how many bodies each stem is, as far as a shard knows."""
    if not stems:
        return {}
    field = stem_field(FIELD)
    asked = {
        "doc": {field: " ".join(map(term, stems))},
        "fields": [field],
        "term_statistics": True,
        "positions": False,
        "offsets": False,
    }
    with cluster.reading_build():
        answer = cluster.client.termvectors(index=cluster.index(build), body=asked)
    found = answer["term_vectors"].get(field, {}).get("terms", {})
    return {each: found[each].get("doc_freq", 0) for each in stems if each in found}
