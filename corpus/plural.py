"""A number with its noun."""


def pluralize(number: int, noun: str) -> str:
    """A number with its noun: "1 release", "1,204 releases"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
