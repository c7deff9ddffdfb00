"""What the first page of results offers in other languages, with links."""

from __future__ import annotations

from dataclasses import dataclass

from indexer import Engine
from indexer.assist.translation_suggestions import WordTranslations, translation_suggestions
from webui.view.search_state import SearchState


@dataclass(frozen=True)
class TranslationLinks:
    """A word's translations into a language: each with its number of releases and the address of a
    search for either.
    """

    word: WordTranslations
    links: list[tuple[str, int, str]]


def translation_links(state: SearchState, typed: str, engine: Engine) -> list[TranslationLinks]:
    """Links keep all filters but those of language that would leave a translation out."""
    if state.page > 1:
        return []
    return [
        TranslationLinks(
            word,
            [
                (form, releases, _with_language(state, word.language).with_words(query).link())
                for form, releases, query in word.translations
            ],
        )
        for word in translation_suggestions(typed, engine)
    ]


def _with_language(state: SearchState, language: str) -> SearchState:
    return state if language in state.filters.language else state.without("language")
