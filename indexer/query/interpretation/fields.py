"""The fields that people name, and those of the index that each is looked for in."""

from __future__ import annotations

from indexer.query.interpretation import prison_terms

TITLE_BOOST = 2.0
# Fields of running text, of whole values and of a few words, by the names that people type.
TEXT_FIELDS = {"title": ("title",), "body": ("body",), "text": ("title", "body")}
VALUE_FIELDS = {
    "office": "office",
    "lang": "language",
    "language": "language",
    "country": "country",
    "number": "number",
    "statute": "statutes",
    "kind": "matter",
    "stage": "stage",
    "offense": "offense",
    "prison": prison_terms.FIELD,
    "court": "court",
}
WORD_FIELDS = {"topic": "topic", "component": "component", "place": "place"}
DATE_FIELDS = ("date", "year")
FIELDS = TEXT_FIELDS | {name: (own,) for name, own in (VALUE_FIELDS | WORD_FIELDS).items()}


def weight_of(name: str) -> float:
    """What a word of a field counts for."""
    return TITLE_BOOST if name == "title" else 1.0
