"""A sentence to readers, in English, that the interface can say in another language."""

from __future__ import annotations


class Note(str):
    """A pattern filled with values: `Note("There is no field {name}.", name="x")`.

    It is the English sentence itself; its pattern is what translations are found by.
    """

    __slots__ = ("pattern", "values")

    pattern: str
    values: dict[str, object]

    def __new__(cls, pattern: str, **values: object) -> Note:
        """The sentence that the values make of the pattern (str.format)."""
        note = super().__new__(cls, pattern.format(**values))
        note.pattern, note.values = pattern, values
        return note
