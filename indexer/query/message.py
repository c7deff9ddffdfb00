"""A sentence to readers, in English, that the interface can say in another language."""

from __future__ import annotations


class Message(str):
    """A pattern filled with values: `Message("There is no field {name}.", name="x")`.

    It is the English sentence itself; its pattern is what translations are found by.
    """

    __slots__ = ("pattern", "values")

    pattern: str
    values: dict[str, object]

    def __new__(cls, pattern: str, **values: object) -> Message:
        """The sentence that the values make of the pattern (str.format)."""
        message = super().__new__(cls, pattern.format(**values))
        message.pattern, message.values = pattern, values
        return message
