"""A query tree -> the cluster's query DSL, node by node.

Matches and scores equal the embedded engine's (whoosh_engine/search/execute.py): words score by
BM25F, exact values 1, and prefixes, wildcards and variants their boost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from indexer.engine.fields import TEXTS, WORDS, stem_field
from indexer.opensearch_engine.index.mapping import term
from indexer.query import tree

Dsl = dict[str, Any]
MATCH_ALL: Dsl = {"match_all": {}}
MATCH_NONE: Dsl = {"match_none": {}}
SCORED = {*TEXTS, *map(stem_field, TEXTS), *WORDS}


@dataclass(frozen=True)
class Lookup:
    """What is looked up before a tree is translated: the terms of each VariantTerm, and the ids of
    the releases that match each phrase or proximity that the DSL cannot match exactly.
    """

    terms: Mapping[tree.VariantTerm, Sequence[str]] = field(default_factory=dict)
    phrases: Mapping[tree.Leaf, Sequence[str]] = field(default_factory=dict)


def translate(node: tree.Node | None, lookup: Lookup | None = None) -> Dsl:
    """The DSL of a tree; without one, of every release."""
    return MATCH_ALL if node is None else _translated(node, lookup or Lookup())


def _translated(node: tree.Node, lookup: Lookup) -> Dsl:
    match node:
        case tree.Term(field, text, boost):
            found = {"term": {field: {"value": term(text), "boost": boost}}}
            return found if field in SCORED else _constant_score(found, boost)
        case tree.VariantTerm(field, boost=boost):
            words = lookup.terms.get(node, ())
            any_of = {"terms": {field: [*map(term, words)]}}
            return _constant_score(any_of, boost) if words else MATCH_NONE
        case tree.And(parts):
            wanted = [_translated(part, lookup) for part in parts if not isinstance(part, tree.Not)]
            unwanted = [part.part for part in parts if isinstance(part, tree.Not)]
            return _bool(must=wanted, must_not=[_translated(part, lookup) for part in unwanted])
        case tree.Or(parts):
            some = [_translated(part, lookup) for part in parts]
            some = [part for part in some if part != MATCH_NONE]
            return _bool(should=some) if some else MATCH_NONE
        case tree.Not(part):
            return _constant_score(_bool(must_not=[_translated(part, lookup)]), 1.0)
        case tree.AndNot(first, second):
            return _bool(must=[_translated(first, lookup)], must_not=[_translated(second, lookup)])
        case tree.AndMaybe(first, second):
            must, should = _translated(first, lookup), _translated(second, lookup)
            return {"bool": {"must": [must], "should": [should]}}
        case tree.Phrase() | tree.Near():
            return _spans(node, lookup)
        case tree.Every():
            return MATCH_ALL
        case tree.Prefix() | tree.Wildcard() | tree.Fuzzy() | tree.Range():
            return _multi_term(node)


def _multi_term(node: tree.MultiTerm) -> Dsl:
    """All matching words score alike, whatever their number."""
    alike = {"rewrite": "constant_score", "boost": node.boost}
    match node:
        case tree.Prefix(field, text):
            return {"prefix": {field: {"value": text, **alike}}}
        case tree.Wildcard(field, text) if "[" in text:  # as fnmatch reads it
            return {"regexp": {field: {"value": _lucene_pattern(text), **alike}}}
        case tree.Wildcard(field, text):
            return {"wildcard": {field: {"value": text.replace("\\", "\\\\"), **alike}}}
        case tree.Fuzzy():
            return {"fuzzy": {node.field: {**_fuzzy_options(node), **alike}}}
        case tree.Range():
            return _constant_score({"range": {node.field: _range_ends(node)}}, node.boost)


def _spans(node: tree.Phrase | tree.Near, lookup: Lookup) -> Dsl:
    """Scored as all of its words or parts are, where they stand as it says."""
    parts = tree.words_of(node) if isinstance(node, tree.Phrase) else node.parts
    known = lookup.phrases.get(node)
    place = position_query(node) if known is None else {"terms": {"id": [*known]}}
    found = {"must": [_translated(part, lookup) for part in parts], "filter": [place]}
    return {"bool": {**found, "boost": node.boost}}


def position_query(node: tree.Phrase | tree.Near) -> Dsl:
    """The DSL that finds a phrase or a proximity; it can match too much, see `needs_text_check`.

    For three or more words with slop it checks adjacent pairs; of a proximity of more than two
    plain words, whether all parts are there.
    """
    match node:
        case tree.Phrase(field, words, 1):
            return {"match_phrase": {field: {"query": " ".join(map(term, words))}}}
        case tree.Phrase(field, words, slop):
            pairs = pairwise([_one_of([word]) for word in words])
            return _bool(must=[_near(field, pair, slop, is_ordered=True) for pair in pairs])
        case tree.Near(_, parts, distance, is_ordered):
            if fields := _plain_pair(node):
                pair = [_one_of(sorted(tree.terms_asked(part))) for part in parts]
                return _near(fields.pop(), pair, distance, is_ordered=is_ordered)
            return _bool(must=[_translated(part, Lookup()) for part in parts])


def _near(field: str, rules: Iterable[Dsl], distance: int, *, is_ordered: bool) -> Dsl:
    mode = "ordered" if is_ordered else "unordered"
    every = {"intervals": [*rules], "mode": mode, "max_gaps": distance - 1}
    return {"intervals": {field: {"all_of": every}}}


def _one_of(words: Sequence[str]) -> Dsl:
    rules = [{"match": {"query": term(word)}} for word in words]
    return rules[0] if len(rules) == 1 else {"any_of": {"intervals": rules}}


def _plain_pair(node: tree.Near) -> set[str]:
    """The field of a proximity of two plain words that differ; empty where it is another one."""
    leaves = [leaf for part in node.parts for leaf in tree.leaves(part)]
    texts = {leaf.text for leaf in leaves if isinstance(leaf, tree.Term)}
    fields = {leaf.field for leaf in leaves}
    is_plain = len(node.parts) == 2 and len(texts) == len(leaves) and len(fields) == 1
    return fields if is_plain else set()


def needs_text_check(node: tree.Leaf) -> bool:
    """Whether the DSL cannot match a leaf exactly. With slop and three or more words, Lucene takes
    the nearest next word, and can miss the one that completes the phrase.
    """
    if isinstance(node, tree.Near):
        return not _plain_pair(node)
    return isinstance(node, tree.Phrase) and node.slop > 1 and len(node.words) > 2


def _lucene_pattern(text: str) -> str:
    """A wildcard with sets of letters as a Lucene pattern."""
    found = ""
    for part in re.findall(r"\[!?\]?[^\]]*\]|.", text, re.DOTALL):
        if part in "*?":
            found += ".*" if part == "*" else "."
        elif len(part) > 1:
            inside = re.sub(r"([\\\]\[^])", r"\\\1", part[1:-1].removeprefix("!"))
            found += f"[{'^' if part[1] == '!' else ''}{inside}]"
        else:
            found += part if part.isalnum() else "\\" + part
    return found


def _fuzzy_options(node: tree.Fuzzy) -> Dsl:
    return {
        "value": node.text,
        "fuzziness": node.distance,
        "prefix_length": node.prefix_length,
        "transpositions": False,
        "max_expansions": 1024,
    }


def _range_ends(node: tree.Range) -> Dsl:
    first, last = "gt" if node.excludes_start else "gte", "lt" if node.excludes_end else "lte"
    ends = {first: node.start, last: node.end}
    return {name: end for name, end in ends.items() if end is not None}


def _constant_score(dsl: Dsl, score: float) -> Dsl:
    return {"constant_score": {"filter": dsl, "boost": score}}


def _bool(**parts: list[Dsl]) -> Dsl:
    kept: Dsl = {name: found for name, found in parts.items() if found}
    if "should" in kept:
        kept["minimum_should_match"] = 1
    if "must" not in kept and "should" not in kept:
        kept["must"] = [MATCH_ALL]
    return {"bool": kept}
