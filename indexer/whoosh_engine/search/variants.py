"""The hits that only other spellings of a query's words found, and these as they stand there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from indexer.highlight.highlighter import MOST_FORMS, Highlighter
from indexer.highlight.variants import other_words
from indexer.query import tree
from indexer.whoosh_engine.search.execute import Executor
from indexer.whoosh_engine.search.scored_docs import ScoredDocs


class Otherwise:
    """Of what an executor found, the documents that other spellings alone brought in."""

    def __init__(self, executor: Executor, found: ScoredDocs) -> None:
        self.executor = executor
        self.documents: frozenset[int] = frozenset()
        if len(executor.otherwise):
            both = np.intersect1d(found.documents, executor.otherwise, assume_unique=True)
            self.documents = frozenset(both.tolist())
            self.marker = Highlighter(tree.Or((*executor.others,)), self._forms)

    def __len__(self) -> int:
        return len(self.documents)

    def words(self, document: int, stored: dict[str, Any]) -> tuple[str, ...]:
        """The first of these words in a document's title and body; none where it matches as typed,
        or is only near to what was typed.
        """
        if document not in self.documents:
            return ()
        return other_words(self.marker, stored["title"], stored["body"], stored["language"])

    def _forms(self, leaf: tree.Leaf) -> Iterable[str] | None:
        forms = self.executor.spellings(leaf)
        return forms if len(forms) <= MOST_FORMS else None
