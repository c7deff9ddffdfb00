"""Detects the language of a text that is long enough."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lingua import LanguageDetector

# A small set: an office's own languages and common other ones.
OTHERS = frozenset({"en", "es", "fr", "de", "pt", "ru", "kk", "ar", "zh"})
LEAST_READ_LETTERS = 300
# The characters read of the beginning, the middle and the end of a text.
READ_CHARS = 700
SURE = 0.95


def other_language(
    body: Sequence[str], language: str, declared: tuple[str, ...] = ()
) -> str | None:
    """The language of a body if it is certainly not the stated one; else None, as for a text in two
    languages. `declared`: the languages that its office publishes in.
    """
    text = " ".join(body)
    middle = max(READ_CHARS, (len(text) - READ_CHARS) // 2)
    last = max(middle + READ_CHARS, len(text) - READ_CHARS)
    words = " ".join(text[start : start + READ_CHARS] for start in (0, middle, last))
    if sum(c.isalpha() for c in words) < LEAST_READ_LETTERS:
        return None
    detector = _detector(tuple(sorted({language, *declared})))
    detected = detector.detect_language_of(words) if detector else None
    if detected is None or (code := detected.iso_code_639_1.name.lower()) == language:
        return None
    assert detector
    return code if detector.compute_language_confidence(words, detected) >= SURE else None


@cache
def _detector(declared: tuple[str, ...]) -> LanguageDetector | None:
    """The detector; None where the library does not know all declared languages."""
    from lingua import IsoCode639_1, LanguageDetectorBuilder  # takes its models from disk when used

    codes = [getattr(IsoCode639_1, name.upper(), None) for name in sorted(OTHERS | set(declared))]
    known = [code for code in codes if code]
    if len(known) < len(codes):
        return None
    return LanguageDetectorBuilder.from_iso_codes_639_1(*known).with_low_accuracy_mode().build()
