"""Tells English from Spanish, for offices that publish in both without stating which."""

from __future__ import annotations

import re
from collections import Counter

WORDS = re.compile(r"[^\W\d_]+")
# Words that make up a third of any text in their language, and do not occur in the other.
FREQUENT = {
    "en": frozenset({"and", "by", "for", "from", "in", "is", "of", "that", "the", "to", "with"}),
    "es": frozenset({"con", "de", "del", "el", "la", "las", "los", "para", "por", "que", "y"}),
}


def english_or_spanish(body: list[str]) -> str:
    """`en` or `es`, by their most common words; `en` where there are none of either."""
    words = Counter(word.lower() for paragraph in body for word in WORDS.findall(paragraph))
    return max(FREQUENT, key=lambda code: sum(words[word] for word in FREQUENT[code]))
