"""Suggestions from the corpus's own words, as the cluster counts them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import partial
from typing import Any

from corpus.database.batches import chunks
from indexer.analysis.analyzer import fold, tokens
from indexer.analysis.edit_distance import slips
from indexer.engine.fields import TEXTS, stem_field
from indexer.linguistics import suggestions
from indexer.linguistics.suggestions import is_telling, likeliest, most_edits, without_misprints
from indexer.opensearch_engine.index.mapping import Stored, term
from indexer.opensearch_engine.search.index_reader import IndexReader
from indexer.opensearch_engine.search.translate import Dsl, position_query, translate
from indexer.query import tree
from indexer.query.tree import BODY
from indexer.query.variants import KEYS
from indexer.query.written_forms import STANDS_FOR, WRITTEN, Attested, often_attested

MOST_NEAR_WORDS = 5_000
# Of so many of the most frequent words with a prefix is counted how often they follow others.
MOST_FOLLOWING = 200
# So many words, each with two prefixes, are far from the 1,024 clauses that a search may have.
MOST_ATTESTED, MOST_FORMS = 200, 100


def autocomplete(
    reader: IndexReader, prefix: str, most: int, after: tuple[str, ...] = ()
) -> list[str]:
    """Words with a prefix, by their number of releases, or of texts, then by their letters."""
    begun = {"prefix": {"word": {"value": fold(prefix)}}}
    sort = [{BODY: "desc"}, {"word": "asc"}]
    entries = _words(reader, begun, MOST_FOLLOWING if after else 2 * most, sort)
    counts = {each["word"]: each[BODY] for each in entries}
    if after and counts:
        found = _following(reader, [*counts], after)[: 2 * most]
        counts = {word: counts[word] for word in found}
    return without_misprints(counts, partial(_release_counts, reader))[:most]


def _following(reader: IndexReader, words: Sequence[str], after: tuple[str, ...]) -> list[str]:
    """Those of some words that directly follow others, by the number of titles and texts."""
    phrases = {
        f"{name} {at}": position_query(tree.Phrase(name, (*after, word)))
        for at, word in enumerate(words)
        for name in TEXTS
    }
    leading = tuple(tree.Phrase(name, after) for name in TEXTS)
    body = {
        "size": 0,
        "track_total_hits": False,
        "query": translate(tree.Or(leading)),
        "aggs": {"following": {"filters": {"filters": phrases}}},
    }
    buckets = reader.ask(body)["aggregations"]["following"]["buckets"]
    counts = {
        word: sum(buckets[f"{name} {at}"]["doc_count"] for name in TEXTS)
        for at, word in enumerate(words)
    }
    return sorted(filter(counts.get, words), key=lambda word: (-counts[word], word))


def _release_counts(reader: IndexReader, words: Iterable[str]) -> dict[str, int]:
    """The number of releases with each word in their texts."""
    wanted = {term(word): word for word in words}
    found = dict.fromkeys(wanted.values(), 0)
    if wanted:
        entries = _words(reader, {"terms": {"word": [*wanted]}}, len(wanted), [{BODY: "desc"}])
        found |= {wanted[each["word"]]: each[BODY] for each in entries}
    return found


def spell_suggest(reader: IndexReader, word: str) -> str | None:
    """The word that a misspelled one probably stands for; its first letter is believed."""
    if not (most := most_edits(word)):
        return None
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
    near = zip(words, slips(word, words, most).tolist(), counts, strict=True)
    return likeliest(word, near, partial(_release_counts, reader))


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


def attested(reader: IndexReader, words: Collection[str]) -> dict[str, Attested]:
    """What the corpus attests of folded words, of many at a time."""
    found: dict[str, Attested] = {}
    for wanted in chunks(sorted(words), MOST_ATTESTED):
        found |= _attested(reader, wanted)
    return found


def _attested(reader: IndexReader, wanted: Sequence[str]) -> dict[str, Attested]:
    held = {"terms": {"word": [*map(term, wanted)]}}
    answer, entries = reader.several([_forms(wanted)], [{"size": len(wanted), "query": held}])
    counts = {each["_source"]["word"]: each["_source"][BODY] for each in entries["hits"]["hits"]}
    found = {}
    for at, word in enumerate(wanted):
        forms = {sign: dict[str, int]() for sign in (WRITTEN, STANDS_FOR)}
        for each in answer["aggregations"][str(at)]["buckets"]:
            for sign, of_sign in forms.items():
                if (value := each["key"]).startswith(word + sign):
                    of_sign[value.removeprefix(word + sign)] = each["doc_count"]
        kept = (often_attested(forms[sign]) for sign in (WRITTEN, STANDS_FOR))
        found[word] = Attested(counts.get(term(word), 0), *kept)
    return found


def _forms(words: Sequence[str]) -> Dsl:
    """A search for the attested forms of each word, which begin with it and a sign: those of most
    releases. Where no value follows a prefix, OpenSearch fails at a pattern that ends in `.*`.
    """
    signs = WRITTEN + STANDS_FOR
    begun = [{"prefix": {"attested": word + sign}} for word in words for sign in signs]
    alone = {"field": "attested", "size": MOST_FORMS}
    return {
        "size": 0,
        "track_total_hits": False,
        "query": {"bool": {"should": begun}},
        "aggs": {
            str(at): {"terms": {**alone, "include": f"{_literal(word)}[{signs}].+"}}
            for at, word in enumerate(words)
        },
    }


def _literal(word: str) -> str:
    """A word as a pattern of Lucene's that matches it alone."""
    return re.sub(r"([^\w ])", r"\\\1", word)


def sound_alikes(reader: IndexReader, words: Collection[str]) -> dict[str, dict[str, int]]:
    """The names that share a key with each word, and how many releases have each."""
    keys = {word: key for word in words if (key := KEYS["sounds"](word))}
    if not keys:
        return {}
    alike = {"terms": {"sounds": sorted({*keys.values()})}}
    found = _words(reader, alike, MOST_NEAR_WORDS, [{BODY: "desc"}])
    return {
        word: {each["word"]: each[BODY] for each in found if key in each["sounds"]}
        for word, key in keys.items()
    }


def likeness(
    reader: IndexReader, release: Stored, *, has_boilerplate: bool = False
) -> tree.Or | None:
    """A query for releases similar to one, by its boilerplate only if wanted."""
    field = stem_field(BODY)
    left_out = frozenset() if has_boilerplate else release.boilerplate_words
    words = tokens(release.body, release.language)
    often = Counter(token.stem for token in words if token.position not in left_out)
    stems = [*filter(is_telling, often)]
    if not stems:
        return None
    parts = [{"term": {field: term(each)}} for each in stems]
    holding = {"holding": {"filters": {"filters": parts}}}
    answer = reader.ask({"size": 0, "track_total_hits": True, "aggs": holding})
    numbers = (each["doc_count"] for each in answer["aggregations"]["holding"]["buckets"])
    size = answer["hits"]["total"]["value"]
    return suggestions.likeness(often, dict(zip(stems, numbers, strict=True)), size)
