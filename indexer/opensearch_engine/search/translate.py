"""A query tree -> the cluster's query DSL, node by node.

Matches and scores are those of the embedded engine (whoosh_engine/execute.py): words score by
BM25F, whole values 1, and what is in a ConstantScore its one score.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from whoosh import query as tree

from indexer.engine.fields import TEXTS, WORDS, stem_field
from indexer.opensearch_engine.index.mapping import term
from indexer.query.variants import VariantTerm

Dsl = dict[str, Any]
EVERY: Dsl = {"match_all": {}}
NOTHING: Dsl = {"match_none": {}}
SCORED = {*TEXTS, *map(stem_field, TEXTS), *WORDS}


@dataclass(frozen=True)
class Lookup:
    """What was looked up of a tree before it is translated: the terms that its keyed words stand
    for, and by its number in memory the releases of each phrase that the DSL cannot tell.
    """

    terms: Mapping[VariantTerm, Sequence[str]] = field(default_factory=dict)
    phrases: Mapping[int, Sequence[str]] = field(default_factory=dict)


def translate(node: tree.Query | None, lookup: Lookup | None = None) -> Dsl:
    """The DSL of a tree; of every release where there is none. Raises TypeError for a node that is
    not known here.
    """
    if node is None:
        return EVERY
    for kind, made in _NODES:
        if isinstance(node, kind):
            return made(node, lookup or Lookup())
    raise TypeError(f"The node {node!r} ({type(node).__name__}) has no translation.")


def _term(node: tree.Term, _: Lookup) -> Dsl:
    found = {"term": {node.fieldname: {"value": term(node.text), "boost": node.boost}}}
    return found if node.fieldname in SCORED else _alike(found, node.boost)


def _keyed(node: VariantTerm, lookup: Lookup) -> Dsl:
    words = lookup.terms.get(node, ())
    return _alike(_any_term(node.fieldname, words), node.boost) if words else NOTHING


def _and(node: tree.And, lookup: Lookup) -> Dsl:
    wanted, unwanted = _parted(node, lookup)
    return _bool(must=wanted or [EVERY], must_not=unwanted, boost=node.boost)


def _or(node: tree.Or, lookup: Lookup) -> Dsl:
    wanted, unwanted = _parted(node, lookup)
    wanted = [part for part in wanted if part != NOTHING]
    return _bool(should=wanted, must_not=unwanted, boost=node.boost) if wanted else NOTHING


def _dis_max(node: tree.DisjunctionMax, lookup: Lookup) -> Dsl:
    parts = [translate(part, lookup) for part in node.subqueries]
    return {"dis_max": {"queries": parts, "tie_breaker": node.tiebreak, "boost": node.boost}}


def _not(node: tree.Not, lookup: Lookup) -> Dsl:
    return _alike(_bool(must_not=[translate(node.query, lookup)]), 1.0)


def _and_not(node: tree.AndNot, lookup: Lookup) -> Dsl:
    return _bool(must=[translate(node.a, lookup)], must_not=[translate(node.b, lookup)])


def _and_maybe(node: tree.AndMaybe, lookup: Lookup) -> Dsl:
    wanted = {"must": [translate(node.a, lookup)], "should": [translate(node.b, lookup)]}
    return {"bool": wanted}


def _require(node: tree.Require, lookup: Lookup) -> Dsl:
    return {"bool": {"must": [translate(node.a, lookup)], "filter": [translate(node.b, lookup)]}}


def _every(node: tree.Every, _: Lookup) -> Dsl:
    if node.fieldname:
        return _alike({"exists": {"field": node.fieldname}}, node.boost)
    return {"match_all": {"boost": node.boost}}


def _constant(node: tree.ConstantScoreQuery, lookup: Lookup) -> Dsl:
    return _alike(translate(node.child, lookup), node.score)


def _phrase(node: tree.Phrase, lookup: Lookup) -> Dsl:
    """Scored as all of its words are, where they stand as the phrase says."""
    words = [
        {"term": {node.fieldname: {"value": term(each), "boost": node.boost}}}
        for each in node.words
    ]
    if id(node) in lookup.phrases:
        place = {"terms": {"id": [*lookup.phrases[id(node)]]}}
    else:
        place = placed(node)
    return {"bool": {"must": words, "filter": [place]}}


def placed(node: tree.Phrase) -> Dsl:
    """Where a phrase stands; with more than two words and room between them, where each two of them
    do, which is more.
    """
    if node.slop == 1:
        words = " ".join(map(term, node.words))
        return {"match_phrase": {node.fieldname: {"query": words}}}
    return _bool(
        must=[
            {
                "intervals": {
                    node.fieldname: {
                        "match": {
                            "query": f"{term(one)} {term(other)}",
                            "mode": "ordered",
                            "max_gaps": node.slop - 1,
                        }
                    }
                }
            }
            for one, other in pairwise(node.words)
        ]
    )


def is_beyond(node: tree.Query) -> bool:
    """Whether the DSL cannot tell exactly where a phrase stands: Lucene takes the shortest way from
    each word to the next, which need not be the one that goes on.
    """
    return isinstance(node, tree.Phrase) and node.slop > 1 and len(node.words) > 2


def _prefix(node: tree.Prefix, _: Lookup) -> Dsl:
    return {"prefix": {node.fieldname: {"value": node.text, **_alike_words(node)}}}


def _wildcard(node: tree.Wildcard, lookup: Lookup) -> Dsl:
    if "[" in node.text:  # as fnmatch reads it
        return {"regexp": {node.fieldname: {"value": _pattern(node.text), **_alike_words(node)}}}
    text = node.text.replace("\\", "\\\\")
    return {"wildcard": {node.fieldname: {"value": text, **_alike_words(node)}}}


def _regex(node: tree.Regex, _: Lookup) -> Dsl:
    """Whoosh looks for a pattern at the beginning of a word, Lucene for one of whole words."""
    whole = node.text.removesuffix("$") if node.text.endswith("$") else f"({node.text}).*"
    return {"regexp": {node.fieldname: {"value": whole, **_alike_words(node)}}}


def _pattern(text: str) -> str:
    """A wildcard with sets of letters as a pattern of Lucene's."""
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


def _fuzzy(node: tree.FuzzyTerm, _: Lookup) -> Dsl:
    asked = {
        "value": node.text,
        "fuzziness": node.maxdist,
        "prefix_length": node.prefixlength,
        "transpositions": False,
        "max_expansions": 1024,
        **_alike_words(node),
    }
    return {"fuzzy": {node.fieldname: asked}}


def _range(node: tree.TermRange, _: Lookup) -> Dsl:
    first, last = "gt" if node.startexcl else "gte", "lt" if node.endexcl else "lte"
    ends = {first: node.start, last: node.end}
    asked = {name: end for name, end in ends.items() if end is not None}
    return _alike({"range": {node.fieldname: asked}}, node.boost)


def _alike_words(node: tree.MultiTerm) -> Dsl:
    """All words that it stands for score alike, whatever their number."""
    return {"rewrite": "constant_score", "boost": node.boost}


def _alike(dsl: Dsl, score: float) -> Dsl:
    return {"constant_score": {"filter": dsl, "boost": score}}


def _any_term(name: str, words: Sequence[str]) -> Dsl:
    return {"terms": {name: [*map(term, words)]}}


def _bool(boost: float = 1.0, **parts: list[Dsl]) -> Dsl:
    kept: Dsl = {name: found for name, found in parts.items() if found}
    if "should" in kept:
        kept["minimum_should_match"] = 1
    if "must" not in kept and "should" not in kept:
        kept["must"] = [EVERY]
    return {"bool": {**kept, "boost": boost}}


def _parted(node: tree.And | tree.Or, lookup: Lookup) -> tuple[list[Dsl], list[Dsl]]:
    """Wanted parts, and what the negated ones negate."""
    is_not = [isinstance(part, tree.Not) for part in node.subqueries]
    parts = zip(node.subqueries, is_not, strict=True)
    wanted, unwanted = [], []
    for part, is_negated in parts:
        if is_negated:
            unwanted.append(translate(part.query, lookup))
        else:
            wanted.append(translate(part, lookup))
    return wanted, unwanted


# In this order: a kind before those it derives from.
_NODES: tuple[tuple[type[tree.Query], Callable[[Any, Lookup], Dsl]], ...] = (
    (tree.Term, _term),
    (VariantTerm, _keyed),
    (tree.And, _and),
    (tree.DisjunctionMax, _dis_max),
    (tree.Or, _or),
    (tree.Not, _not),
    (tree.AndNot, _and_not),
    (tree.AndMaybe, _and_maybe),
    (tree.Require, _require),
    (tree.Phrase, _phrase),
    (tree.ConstantScoreQuery, _constant),
    (tree.Every, _every),
    (tree.Prefix, _prefix),
    (tree.Wildcard, _wildcard),
    (tree.Regex, _regex),
    (tree.FuzzyTerm, _fuzzy),
    (tree.TermRange, _range),
)
