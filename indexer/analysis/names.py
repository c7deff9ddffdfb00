"""Names across scripts: a key that the spellings of a name share, and which words look like names.

Kozhasharov, Қожашаров, Qojaşarovtyñ and Кожашаровой have the key "kojawarov".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from indexer.analysis.analyzer import APOSTROPHES
from indexer.analysis.analyzer import KAZAKH as HAS_KAZAKH
from indexer.analysis.romanization import romanise
from indexer.analysis.sentences import sentences

SHORTEST, LONGEST = 3, 40
# How words end -> what stands instead; of each table the first that fits applies.
Endings = tuple[tuple[re.Pattern[str], str], ...]


def _endings(*pairs: tuple[str, str]) -> Endings:
    return tuple((re.compile(f"{pattern}$"), found) for pattern, found in pairs)


# Set off from a name: Smith's, Smith-тің, «Smith»ке.
SET_OFF = re.compile(r"['\"»”-]+(?:s|[нтд][ыі]ң?|[қғ]а|[кг]е|[ндт][ае]н?|н[ае]|[мбп]ен)$")
# The cases of Kazakh. After -ов, -ев, -ин all of them; else those that no name ends with, by the
# sound before (voiceless, voiced or nasal), and after four letters, since Дастан is no case of Дас.
KAZAKH = _endings(
    (r"(?<=\w)([ое]ва)(?:[нд]ың|ны|ға|дан?|мен)", r"\1"),
    (r"(?<=\w)([ое]в)(?:[ндт][ыі]ң|[дт][ыі]|[қғ]а|[кг]е|[дт][ае]н?|[мбп]ен)", r"\1"),
    (r"(?<=\w\w)([иы]на?)(?:[ндт][ыі]ң|[қғ]а|[кг]е|[ндт]і|[мбп]ен)", r"\1"),
    (r"(ұлы|қызы)(?:ның|нан|н[аы]?|мен)", r"\1"),
    (r"(?<=\w{3})[ндт][ыі]ң", ""),
    (r"(?<=\w{3}[пфкқтсшщчцх])(?:қа|ке|т[ыі]|пен|(?<!с)т[ае]н)", ""),
    (r"(?<=\w{3}[жзбвгғд])(?:ға|ге|д[ыі]|бен|д[ае]н)", ""),
    (r"(?<=\w{3}[лрйу])(?:ға|ге|д[ыі]|мен|д[ае]н)", ""),
    (r"(?<=\w{3}[мнң])(?:ға|ге|д[ыі]|мен|н[ае]н)", ""),
    (r"(?<=\w{3}[аәеыіоөи])(?:ға|ге|ні|мен)", ""),
    (r"(?<=[oe]v)(a?)(?:[ndt][iyı][nñń]|[qkg]h?[ae]|[ndt][iyı]|[dt][ae]n?|[mbp]en)", r"\1"),
    (r"(?<=\w{3})[ndt][iyı][ñń]", ""),
)
# The cases of Russian, one form for both genders where a name has both: of surnames in -ов, -ев,
# -ин, -ын and -ский, of patronymics, and of given names as far as no base form ends so.
VOWEL, CONSONANT = "[аеиоуыэюя]", "[бвгджзклмнпрстфхцчшщ]"
# How men's names end to which -а is a case: women's seldom end in these and -а.
MEN = (
    r"бек|хан|жан|ман|(?<!\bас)тан|(?:(?<=ур)|(?<=ер)|(?<=ус)|(?<=ас))лан|ат|(?<!ав)ет|[бс]ит"
    "|ур|слав|мед|им|он|[аоыя]с|[дкхт]ар|дер|аил|яр|тем|берт|берг"
)
# Men's names in -ий; others in -ия are women's.
IY = (
    "анатол|аркад|арсен|афанас|валер|васил|витал|геннад|георг|григор|дмитр|евген|игнат|леонт|савел"
    "|терент|юр"
)
RUSSIAN = _endings(
    (r"(?<=\w\w)([ое]в|[иы]н)(?:а|у|ым|ом|е|ой|ою|ы|ых|ыми)", r"\1"),
    (r"([сц]к)(?:ий|ого|ому|им|ом|ая|ой|ую|ие|их|ими|ою)", r"\1ий"),
    (r"([ое]вич)(?:а|у|ем|ом|е|и|ей|ам)", r"\1"),
    (r"([ое]вн|ичн)(?:ы|е|у|ой|ою)", r"\1а"),
    (rf"({IY})и(?:я|ю|ем|и)", r"\1ий"),
    (r"(?<=\w\wи)(?:ю|и|ей)", "я"),  # Марии
    (r"(?<=\w\w)([аеоуы])(?:я|ю|ем|е)", r"\1й"),  # Сергея, Абаю
    (rf"((?<=\w\w)(?:{MEN})|[сбт]ерик|иван|олег)(?:а|у|ом|е)", r"\1"),  # Марата; but Дана
    (r"(?<=\w\w)(нар|ветлан|мил|ьян|нн)(?:ы|е|у|ой)", r"\1а"),  # Динары
    (rf"(?<=\w{{3}}{CONSONANT})у", ""),  # Марату
    (rf"(?<=\w\w{VOWEL}{CONSONANT})ом", ""),  # Маратом; but Бахром
    (r"(?<=\w\w)(андр|[нр][дт])ом", r"\1"),
    (rf"(?<=\w\w{VOWEL}{CONSONANT})ой", "а"),  # Динарой
)
# Of romanised words: feminine and masculine surnames.
LATIN = _endings(
    (r"(?<=\w\w)([eo]v|in)a", r"\1"),
    (r"(?<=[sx]k)(?:aia|oi)", "i"),
)
UPPER = "".join(chr(code) for code in range(0x530) if chr(code).isupper())
LOWER = "".join(chr(code) for code in range(0x530) if chr(code).islower())
# A word as in `analysis.WORD` that begins with a capital, written so that most characters are
# passed over at once.
MARK, JOINER = r"[\u0300-\u036f]", "['’ʼ`´]"
REST = rf"[^\W_]*(?:{MARK}+[^\W_]*)*"
INSIDE = "".join(rf"(?<![^\W_]{between}.)" for between in ("", MARK, JOINER, MARK + JOINER))
CAPITAL = re.compile(rf"[{UPPER}]{INSIDE}{REST}(?:{JOINER}(?=[^\W_]){REST})*")
SMALL = re.compile(rf"\b[{LOWER}]{{{SHORTEST},}}")
LONG = re.compile(r"[^\W\d_]{4,}")
LINE = re.compile(r"[^\n]+")
SURE, FIRST, HEADLINE = range(3)


@lru_cache(maxsize=1 << 17)
def key(word: str) -> str | None:
    """What the spellings and the forms of a name have in common, in a-z.

    None for what is too short to tell names apart, is longer than names are, or has no letters.
    Men's and women's surnames share it. Not every word with a key is a name: see `namelike`.
    """
    if not SHORTEST <= len(word) <= LONGEST or any(c.isdecimal() for c in word):
        return None
    found = _without(LATIN, romanise(base(word)))
    return found if len(found) >= SHORTEST else None


@lru_cache(maxsize=1 << 17)
def base(word: str) -> str:
    """A name without the ending of its case, in its own spelling and small letters."""
    small = unicodedata.normalize("NFC", word.translate(APOSTROPHES).casefold()).replace("ё", "е")
    found = SET_OFF.sub("", small)
    if found == small:
        found = _without(KAZAKH, small)
    if found == small and not HAS_KAZAKH.search(small):
        found = _without(RUSSIAN, small)
    return found


def _without(endings: Endings, word: str) -> str:
    for pattern, found in endings:
        shorter = pattern.sub(found, word)
        if shorter != word:
            return shorter
    return word


class Name(NamedTuple):
    """A word that looks like a name, or two of them joined by a hyphen: where, and its key."""

    start: int
    end: int
    key: str


# A capitalised word's start, end and key, and how far its capital tells a name.
Capital = tuple[int, int, str, int]


def namelike(texts: Sequence[str]) -> list[list[Name]]:
    """The words that look like names in each of the texts that make up a release, in order.

    That is a word with a capital where nothing but a name asks for one; where something does, at
    a sentence's beginning or in a headline, only one that is surely a name elsewhere in the texts,
    or that begins a sentence right before a sure one. A word that is also written small is none.
    """
    small = {word for text in texts for word in SMALL.findall(text)}
    found = [_capitals(text, small) for text in texts]
    sure = {key for capitals in found for _, _, key, kind in capitals if kind == SURE}
    return [list(_names(text, each, sure)) for text, each in zip(texts, found, strict=True)]


def _names(text: str, capitals: list[Capital], sure: set[str]) -> Iterator[Name]:
    first = before = 0
    for at, (start, end, found, kind) in enumerate(capitals):
        if kind == FIRST and found not in sure:
            after, _, _, other = capitals[at + 1] if at + 1 < len(capitals) else capitals[at]
            if other != SURE or text[end:after] != " ":
                continue
        elif kind == HEADLINE and found not in sure:
            continue
        yield Name(start, end, found)
        if before and text[before:start] == "-":  # Nur-Sultan
            whole = key(text[first:end])
            if whole:
                yield Name(first, end, whole)
        first, before = start, end


def _capitals(text: str, small: set[str]) -> list[Capital]:
    """The capitalised words of a text that are not written small, abbreviations like FBI aside."""
    firsts = {_first_word(text, start) for start in sentences(text)[:, 0].tolist()}
    headlines = [line.span() for line in LINE.finditer(text) if _is_headline(line[0])]
    capitals = []
    for match in CAPITAL.finditer(text):
        word = match[0]
        if (len(word) == SHORTEST and word.isupper()) or word.lower() in small:
            continue
        found = key(word)
        if found:
            start, end = match.span()
            kind = FIRST if start in firsts else SURE
            if headlines and any(first <= start < last for first, last in headlines):
                kind = HEADLINE
            capitals.append((start, end, found, kind))
    return capitals


def _first_word(text: str, start: int) -> int:
    while start < len(text) and not text[start].isalnum():
        start += 1
    return start


def _is_headline(line: str) -> bool:
    """Whether capitals in a line tell nothing: it is no list, no sentence, and they are many."""
    if "," in line or line.endswith((".", "!", "?", ":")):
        return False
    long = LONG.findall(line)
    return len(long) > 2 and 3 * sum(word[0].isupper() for word in long) > 2 * len(long)
