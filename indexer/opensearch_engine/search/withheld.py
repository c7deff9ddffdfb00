"""Withheld releases that a build still contains: left out of searches and of word counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from indexer.opensearch_engine.index.mapping import Stored
from indexer.opensearch_engine.index.vocabulary import COUNTS, WordCount
from indexer.opensearch_engine.search.term_lookup import MOST_ENTRIES
from indexer.opensearch_engine.search.translate import MATCH_ALL, Dsl


@dataclass(frozen=True)
class Hidden:
    """The ids of withheld releases, and the entries of their words."""

    ids: tuple[str, ...] = ()
    words: Mapping[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, releases: Iterable[Stored]) -> Hidden:
        """Count the words of releases."""
        words, ids = WordCount(), []
        for each in releases:
            words.take(each.title, each.body, each.language)
            ids.append(each.id)
        return cls(tuple(ids), {each["word"]: each for each in words.entries()})

    def narrowed(self, body: Dsl) -> Dsl:
        """The body of a search without these releases."""
        if not self.ids:
            return body
        ids = {"terms": {"id": [*self.ids]}}
        query = {"bool": {"must": [body.get("query", MATCH_ALL)], "must_not": [ids]}}
        return body | {"query": query}

    def widened(self, body: Dsl) -> Dsl:
        """The body of a sorted lookup, with room for words that these releases move down."""
        if not self.ids or "sort" not in body:
            return body
        return body | {"size": min(MOST_ENTRIES, body["size"] + len(self.words))}

    def corrected(self, body: Dsl, answer: dict[str, Any]) -> dict[str, Any]:
        """The answer to a lookup without these releases."""
        if not self.ids:
            return answer
        found = [self._less(hit["_source"]) for hit in answer["hits"]["hits"]]
        for order in reversed(body.get("sort", [])):
            ((name, way),) = order.items()
            held = (each for each in found if each[name])
            found = sorted(held, key=lambda each: each[name], reverse=way == "desc")
        return {"hits": {"hits": [{"_source": each} for each in found[: body["size"]]]}}

    def _less(self, entry: dict[str, Any]) -> dict[str, Any]:
        gone = self.words.get(entry["word"], {})
        less = {name: entry[name] - gone.get(name, 0) for name in COUNTS if name in entry}
        return {**entry, **less}
