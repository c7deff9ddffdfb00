"""Suggestions from the corpus's own words, as the cluster counts them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from indexer.analysis.analyzer import fold, tokens
from indexer.analysis.edit_distance import slips
from indexer.engine.fields import stem_field
from indexer.linguistics import suggestions
from indexer.linguistics.suggestions import is_telling, likeliest, most_edits
from indexer.opensearch_engine.index.mapping import Stored, term
from indexer.opensearch_engine.search.index_reader import IndexReader
from indexer.opensearch_engine.search.translate import Dsl
from indexer.query import tree
from indexer.query.tree import BODY

MOST_NEAR_WORDS = 5_000


def autocomplete(reader: IndexReader, prefix: str, most: int) -> list[str]:
    """Words with a prefix, by their number of releases, then by their letters."""
    begun = {"prefix": {"word": {"value": fold(prefix)}}}
    sort = [{BODY: "desc"}, {"word": "asc"}]
    return [each["word"] for each in _words(reader, begun, most, sort)]


def spell_suggest(reader: IndexReader, word: str) -> str | None:
    """The word that a misspelled one probably stands for; its first letter is believed."""
    most = most_edits(word)
    asked = {
        "value": word,
        "fuzziness": most,
        "prefix_length": 1,
        "transpositions": True,
        "max_expansions": MOST_NEAR_WORDS,
        "rewrite": "constant_score",
    }
    found = _words(reader, {"fuzzy": {"word": asked}}, MOST_NEAR_WORDS, [{BODY: "desc"}])
    words = [each["word"] for each in found]
    counts = [each[BODY] for each in found]
    return likeliest(word, zip(words, slips(word, words, most).tolist(), counts, strict=True))


def _words(
    reader: IndexReader, matching: Dsl, most: int, sort: list[dict[str, str]]
) -> list[dict[str, Any]]:
    """The entries of words that occur in bodies."""
    held = {"range": {BODY: {"gte": 1}}}
    body = {
        "size": most,
        "track_total_hits": False,
        "query": {"bool": {"filter": [matching, held]}},
        "sort": sort,
    }
    return [hit["_source"] for hit in reader.look_up(body)["hits"]["hits"]]


def likeness(reader: IndexReader, release: Stored) -> tree.Or | None:
    """A query for releases similar to one."""
    field = stem_field(BODY)
    often = Counter(token.stem for token in tokens(release.body, release.language))
    stems = [*filter(is_telling, often)]
    if not stems:
        return None
    parts = [{"term": {field: term(each)}} for each in stems]
    holding = {"holding": {"filters": {"filters": parts}}}
    answer = reader.ask({"size": 0, "track_total_hits": True, "aggs": holding})
    numbers = (each["doc_count"] for each in answer["aggregations"]["holding"]["buckets"])
    size = answer["hits"]["total"]["value"]
    return suggestions.likeness(often, dict(zip(stems, numbers, strict=True)), size)
