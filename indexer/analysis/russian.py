"""A folded Russian word -> the stem that its forms share: Snowball's, of the word's base form.

Snowball only removes endings, so отец and отца, пытка and пыток would remain two words; a
dictionary (OpenCorpora's, through pymorphy3) knows their base forms, but not surnames.
"""

from __future__ import annotations

from functools import cache

import pymorphy3
import Stemmer

_SNOWBALL = Stemmer.Stemmer("russian")


def stem(word: str) -> str:
    """The stem of a folded word; of several base forms that of the likeliest."""
    dictionary = _dictionary()
    if dictionary.word_is_known(word):
        # A base form may be written with the dots of ё that no folded word has.
        word = dictionary.parse(word)[0].normal_form.replace("ё", "е")
    found: str = _SNOWBALL.stemWord(word)
    return found


@cache
def _dictionary() -> pymorphy3.MorphAnalyzer:
    """Some 40 ms to read and 25 MB in memory, so only where there is a Russian word."""
    return pymorphy3.MorphAnalyzer(lang="ru")
