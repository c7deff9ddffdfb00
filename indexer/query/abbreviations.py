"""Abbreviations that a text explains: "Drug Enforcement Administration (DEA)".

After Schwartz and Hearst (2003), but letters match the beginnings of words only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.analysis.function_words import is_function_word

SHORT = re.compile(r"\((?:the )?[\"“”'‘«]?([^\W\d_]{2,9}?)s?[\"“”'’»]?\)")
LONG_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
# What ends the words that an abbreviation can stand for, and how many it can skip.
BORDER = re.compile(r"[\n;:()\"“”«»]|\.(?=\s)")
MOST_SKIPPED = 1
MOST_LETTERS = 100


def explained_abbreviations(text: str) -> Iterator[tuple[str, str]]:
    """Each abbreviation in parentheses, and the words before it that it stands for."""
    for found in SHORT.finditer(text):
        short = found[1]
        if sum(map(str.isupper, short)) >= 2 and short[0].isupper():
            begin = max(0, found.start() - MOST_LETTERS)
            before = BORDER.split(text[begin : found.start()])[-1]
            if begin and len(before) == found.start() - begin:  # its first word may be cut
                before = before.partition(" ")[2]
            if long := _long_form(short, before):
                yield short, " ".join(long.split())


def _long_form(short: str, before: str) -> str | None:
    """The end of a text whose words begin with the letters of an abbreviation: a word more at its
    end, and function words anywhere, may be skipped.
    """
    letters, skipped = [*short.casefold()], 0
    for word in reversed([*LONG_WORD.finditer(before)]):
        is_function = is_function_word(word[0].casefold(), ("en", "ru", "kk"))
        if word[0][0].casefold() == letters[-1] and not (is_function and len(letters) == 1):
            letters.pop()
        elif not is_function:
            skipped += 1
        if not letters:
            return before[word.start() :].strip(" ,")
        if skipped > MOST_SKIPPED:
            return None
    return None
