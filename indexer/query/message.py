"""A sentence to readers, in English, that the interface can say in another language."""

from __future__ import annotations


class Message(str):
    """The English sentence of a pattern and its values: `Message("No field {name}.", name="x")`;
    the pattern finds its translations.
    """

    __slots__ = ("pattern", "values")

    pattern: str
    values: dict[str, object]

    def __new__(cls, pattern: str, **values: object) -> Message:
        """The sentence that the values make of the pattern (str.format)."""
        message = super().__new__(cls, pattern.format(**values))
        message.pattern, message.values = pattern, values
        return message
