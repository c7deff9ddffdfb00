"""Hits as a results page shows them, with highlighted titles, passages and spelling variants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from indexer.analysis.analyzer import fold
from indexer.engine.explanation import QueryStats
from indexer.engine.results import Hit, HitTier
from indexer.highlight.highlighter import MOST_FORMS, Highlighter
from indexer.highlight.snippets import highlight, passages
from indexer.query import tree

MOST_VARIANTS = 3


class HitBuilder:
    """Builds the hits of a query tree."""

    def __init__(self, node: tree.Node | None, stats: QueryStats) -> None:
        self.stats = stats
        self.highlighter = Highlighter(node, stats.forms)
        self.variants = Highlighter(tree.Or((*stats.others,)), self._forms_of_variants)

    def hit(
        self,
        stored: Mapping[str, Any],
        score: float = 0.0,
        folded: int = 0,
        *,
        is_variant: bool = False,
        only_boilerplate: bool = False,
        tier: HitTier = "all",
        missing: tuple[str, ...] = (),
    ) -> Hit:
        """The hit of a release's stored fields; the body is one text."""
        language, title, body = stored["language"], stored["title"], stored["body"]
        return Hit(
            id=stored["id"],
            score=score,
            office=stored["office"],
            language=language,
            published=stored["published"],
            url=stored["url"],
            title=highlight(title, self.highlighter.spans(title, "title", language)),
            passages=passages(body, self.highlighter.spans(body, "body", language)),
            folded=folded,
            variants=self._variants(title, body, language) if is_variant else (),
            tier=tier,
            missing=missing,
            only_boilerplate=only_boilerplate,
        )

    def _variants(self, title: str, body: str, language: str) -> tuple[str, ...]:
        """The first variants, as the release spells them."""
        found: dict[str, str] = {}
        for name, text in (("title", title), ("body", body)):
            for start, end in self.variants.spans(text, name, language):
                found.setdefault(fold(text[start:end]), text[start:end])
        return tuple(found.values())[:MOST_VARIANTS]

    def _forms_of_variants(self, leaf: tree.Leaf) -> Iterable[str] | None:
        forms = self.stats.spellings(leaf)
        return forms if len(forms) <= MOST_FORMS else None
