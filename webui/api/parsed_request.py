"""A program's request, parsed as the pages parse theirs, once its arguments are valid."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from corpus import Settings
from indexer import Engine, ParsedQuery, Query, Results
from indexer.engine.periods import Step
from indexer.engine.results import Frequencies, Frequency
from webui.view.search_state import SearchState, read_state


@dataclass(frozen=True)
class ParsedRequest:
    """Words and filters, and the parsed query."""

    state: SearchState
    parsed: ParsedQuery

    @property
    def query(self) -> Query:
        """The query for an engine."""
        return Query(self.parsed.tree, self.state.filters)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What could not be interpreted as written."""
        return (*self.state.warnings, *self.parsed.warnings)

    def search(self, engine: Engine, query: Query) -> Results:
        """The results; words that ask for nothing find nothing."""
        if self.state.words and self.parsed.tree is None:
            return Results((), 0, (), engine.health().build or "")
        return engine.search(query)

    def frequencies(self, engine: Engine, step: Step) -> Frequencies:
        """The frequencies; words that ask for nothing find nothing."""
        if self.state.words and self.parsed.tree is None:
            return Frequencies(step, (), Frequency(0, 0, 0), engine.health().build or "")
        return engine.frequencies(self.query, step)


def read_request(settings: Settings) -> ParsedRequest:
    """The request at hand, parsed."""
    state = read_state(request.args)
    return ParsedRequest(state, state.parse(settings.query_chars))
