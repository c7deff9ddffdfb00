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
APOSTROPHES = str.maketrans("’‘ʼ`´", "'''''")


def _marks() -> str:
    """Vowel signs, points and accents of all scripts but those that only decorate: a character
    class, as ranges.
    """
    decorating = {*range(0x20D0, 0x2100), *range(0xFE00, 0xFE10)}
    codes = [c for c in range(0x10000) if unicodedata.category(chr(c)) in ("Mn", "Mc")]
    kept = [code for code in codes if code not in decorating]
    firsts = [code for code in kept if code - 1 not in {*kept}]
    lasts = [code for code in kept if code + 1 not in {*kept}]
    pairs = zip(firsts, lasts, strict=True)
    return "".join(f"\\u{first:04x}-\\u{last:04x}" for first, last in pairs)


MARKS = _marks()
# Scripts without spaces between words: Thai, Lao, Burmese, Khmer, Chinese, Japanese.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
# Letters and digits with the marks that stand apart, joined inside a word by apostrophes: "don't",
# "2018", "O'Brien"; everything else parts words. In scripts without spaces each letter is a word,
# so that a word is found wherever its letters follow each other.
LETTER = rf"[^\W_{UNSPACED}]"
LETTERS = rf"{LETTER}(?:{LETTER}|[{MARKS}])*"
WORD = re.compile(rf"{LETTERS}(?:['’‘ʼ`´]{LETTERS})*|[^\W_][{MARKS}]*")
CYRILLIC = re.compile(r"[\u0400-\u052f]")
KAZAKH = re.compile(r"[әғқңөұүһі]")
LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
# Letters that look alike; of two that look like one, the first is taken for it.
ALIKE = ("АВЕЁКМНОРСТУХІЈЅҺаеёкорсухіјѕһ", "ABEËKMHOPCTYXIJSHaeëkopcyxijsh")
TO_LATIN = str.maketrans(*ALIKE)
TO_CYRILLIC = str.maketrans(*(each[::-1] for each in reversed(ALIKE)))
# Makes Arabic words longer, and means nothing.
TATWEEL = "\u0640"
# Languages of scripts that are neither Latin nor Cyrillic; a word in a text of another language
# keeps its ending, as in English.
SCRIPTS = (
    (re.compile(r"[\u0600-\u06ff]"), ("ar", "en")),
    (re.compile(r"[\u0900-\u097f]"), ("hi", "ne", "en")),
    (re.compile(r"[\u0370-\u03ff]"), ("el", "en")),
    (re.compile(r"[\u0530-\u058f]"), ("hy", "en")),
    (re.compile(r"[\u0b80-\u0bff]"), ("ta", "en")),
)
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
    """A word as it is matched as written: without case, accents, points, the dots of ё; letters of
    another script that only look like those of its own are these.
    """
    folded = in_one_script(word).translate(APOSTROPHES).casefold()
    if folded.isascii():
        return folded
    if CYRILLIC.search(folded):  # the breve of й tells letters apart, a stress mark does not
        return _without_accents(unicodedata.normalize("NFC", folded)).replace("ё", "е")
    plain = _without_accents(unicodedata.normalize("NFKD", folded)).casefold()
    return unicodedata.normalize("NFC", plain).translate(APOSTROPHES) or folded


def in_one_script(word: str) -> str:
    """A word of Latin and Cyrillic letters in one of them, if all of the other's look like its
    own.
    """
    latin, cyrillic = len(LATIN.findall(word)), len(CYRILLIC.findall(word))
    if not latin or not cyrillic:
        return word
    ways = [(word.translate(TO_CYRILLIC), LATIN), (word.translate(TO_LATIN), CYRILLIC)]
    for found, other in reversed(ways) if latin > cyrillic else ways:
        if not other.search(found):
            return found
    return word


def _without_accents(word: str) -> str:
    """A decomposed word without accents and the points of Hebrew and Arabic, by the class in which
    marks combine; signs of vowels in other scripts stay.
    """
    return "".join(
        c
        for c in word
        if not c.isspace()
        and c != TATWEEL
        and not ((k := unicodedata.combining(c)) == 1 or 10 <= k <= 36 or k >= 200)
    )


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
    if CYRILLIC.search(written):
        return ("ru", "kk")
    return next((languages for script, languages in SCRIPTS if script.search(written)), ("en",))


@cache
def _stemmer(language: str | None) -> Stemmer.Stemmer | None:
    return Stemmer.Stemmer(language) if language in SNOWBALL else None
