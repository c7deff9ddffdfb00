"""A release as a results page shows it: its facts, and its title and passages with what matches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indexer.engine.results import Hit
from indexer.highlight.highlighter import Highlighter
from indexer.highlight.snippets import marked, passages


def shown_hit(
    stored: Mapping[str, Any],
    marker: Highlighter,
    score: float = 0.0,
    folded: int = 0,
    variants: tuple[str, ...] = (),
) -> Hit:
    """The hit of what an engine keeps of a release, its body as one text."""
    language, title, body = stored["language"], stored["title"], stored["body"]
    return Hit(
        id=stored["id"],
        score=score,
        office=stored["office"],
        language=language,
        published=stored["published"],
        url=stored["url"],
        title=marked(title, marker.marks(title, "title", language)),
        passages=passages(body, marker.marks(body, "body", language)),
        folded=folded,
        variants=variants,
    )
