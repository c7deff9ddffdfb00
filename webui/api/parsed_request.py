"""A program's request, parsed as the pages parse theirs, once its arguments are valid."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from corpus import Settings
from indexer import Engine, ParsedQuery, Query, Results
from indexer.engine.periods import Step
from indexer.engine.results import Frequencies, Frequency
from webui.view.search_state import SearchState, read_asked


@dataclass(frozen=True)
class ParsedRequest:
    """Words and filters, and the parsed query."""

    asked: SearchState
    parsed: ParsedQuery

    @property
    def query(self) -> Query:
        """What an engine is asked."""
        return Query(self.parsed.tree, self.asked.filters)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What could not be interpreted as written."""
        return (*self.asked.warnings, *self.parsed.warnings)

    def search(self, engine: Engine, query: Query) -> Results:
        """The answer; words that say nothing find nothing."""
        if self.asked.words and self.parsed.tree is None:
            return Results((), 0, (), engine.health().build or "")
        return engine.search(query)

    def frequencies(self, engine: Engine, step: Step) -> Frequencies:
        """The answer by periods; words that say nothing stand nowhere."""
        if self.asked.words and self.parsed.tree is None:
            return Frequencies(step, (), Frequency(0, 0, 0), engine.health().build or "")
        return engine.frequencies(self.query, step)


def read_request(settings: Settings) -> ParsedRequest:
    """What the address of the request asks for."""
    asked = read_asked(request.args)
    return ParsedRequest(asked, asked.parse(settings.query_chars))
