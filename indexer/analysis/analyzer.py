"""Text -> tokens with offsets; the same for indexing, for queries and for highlighting.

Every word has two forms at one position: as written (folded: case, accents, ё = е), and as a stem,
which begins with a mark that no word contains.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from typing import NamedTuple

import Stemmer

from indexer.analysis import kazakh, russian

STEM = "/"
APOSTROPHES = str.maketrans("’ʼ`´", "''''")
# Letters and digits, with the accents that stand apart in decomposed text, joined inside a word by
# apostrophes: "don't", "2018", "O'Brien"; everything else parts words.
LETTERS = r"[^\W_](?:[^\W_]|[\u0300-\u036f])*"
WORD = re.compile(rf"{LETTERS}(?:['’ʼ`´]{LETTERS})*")
CYRILLIC = re.compile(r"[\u0400-\u052f]")
KAZAKH = re.compile(r"[әғқңөұүһі]")
# Languages with a stemmer of Snowball's, which knows them by these codes.
_SNOWBALL = "ar ca da de el en es et eu fi fr ga hi hu hy id it lt ne nl no pt ro sr sv ta tr"
SNOWBALL = frozenset(_SNOWBALL.split())
# Languages with stemmers of our own.
OWN: dict[str, Callable[[str], str]] = {"kk": kazakh.stem, "ru": russian.stem}


class Token(NamedTuple):
    """A word of a text: both shapes, its position in words, and where it stands in characters."""

    written: str
    stem: str
    position: int
    start: int
    end: int


@lru_cache(maxsize=1 << 17)
def fold(word: str) -> str:
    """A word as it is matched as written: without case, accents on Latin letters, the dots of ё."""
    folded = word.translate(APOSTROPHES).casefold()
    if folded.isascii():
        return folded
    if CYRILLIC.search(folded):  # the breve of й tells letters apart, a stress mark does not
        return _without_marks(unicodedata.normalize("NFC", folded)).replace("ё", "е")
    plain = _without_marks(unicodedata.normalize("NFKD", folded)).casefold()
    return unicodedata.normalize("NFC", plain).translate(APOSTROPHES) or folded


def _without_marks(word: str) -> str:
    return "".join(c for c in word if not unicodedata.combining(c) and not c.isspace())


@lru_cache(maxsize=1 << 17)
def stem(written: str, language: str) -> str:
    """The stem of a folded word, with its mark; a word in another script follows its own rules."""
    if CYRILLIC.search(written):
        if language in OWN:
            return STEM + OWN[language](written)
        name = language if language == "sr" else None
    else:
        name = "en" if language in ("ru", "kk") else language
    stemmer = _stemmer(name)
    return STEM + (stemmer.stemWord(written) if stemmer else written)


def tokens(text: str, language: str) -> Iterator[Token]:
    """The words of a text in order."""
    for position, match in enumerate(WORD.finditer(text)):
        written = fold(match[0])
        yield Token(written, stem(written, language), position, match.start(), match.end())


def words(text: str) -> list[str]:
    """The words of a text as they are matched as written."""
    return [fold(match[0]) for match in WORD.finditer(text)]


def query_stems(written: str, languages: tuple[str, ...]) -> list[str]:
    """The stems of a folded word in the given languages, or else in those of its script."""
    chosen = languages or _script_languages(written)
    return list(dict.fromkeys(stem(written, language) for language in chosen))


def _script_languages(written: str) -> tuple[str, ...]:
    if KAZAKH.search(written):
        return ("kk",)
    return ("ru", "kk") if CYRILLIC.search(written) else ("en",)


@cache
def _stemmer(language: str | None) -> Stemmer.Stemmer | None:
    return Stemmer.Stemmer(language) if language in SNOWBALL else None
