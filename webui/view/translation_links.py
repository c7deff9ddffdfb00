"""What the first page of results offers in other languages, with links."""

from __future__ import annotations

from dataclasses import dataclass

from indexer import Engine
from indexer.assist.translation_suggestions import Offer, translation_suggestions
from webui.view.search_state import SearchState


@dataclass(frozen=True)
class Offered:
    """A word's counterparts in a language: each with its number of releases and what leads to a
    search for either.
    """

    offer: Offer
    words: list[tuple[str, int, str]]


def offered(asked: SearchState, typed: str, engine: Engine) -> list[Offered]:
    """Links keep all filters but those of language that would leave a counterpart out."""
    if asked.page > 1:
        return []
    return [
        Offered(
            offer,
            [
                (word, releases, _wide(asked, offer.language).with_words(query).link())
                for word, releases, query in offer.words
            ],
        )
        for offer in translation_suggestions(typed, engine)
    ]


def _wide(asked: SearchState, language: str) -> SearchState:
    return asked if language in asked.filters.language else asked.without("language")
