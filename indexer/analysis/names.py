"""Names across scripts: a key that the spellings of a name share.

Kozhasharov, Қожашаров, Qojaşarovtyñ and Кожашаровой have the key "kojawarov".
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from indexer.analysis.analyzer import APOSTROPHES
from indexer.analysis.analyzer import KAZAKH as HAS_KAZAKH
from indexer.analysis.romanization import romanise

SHORTEST, LONGEST = 3, 40
ACRONYMS = re.compile(r"[A-Z]{2,}s")  # SECs, which is not Sex
# How words end -> what stands instead; of each table the first that fits applies.
Endings = tuple[tuple[re.Pattern[str], str], ...]


def _compiled_endings(*pairs: tuple[str, str]) -> Endings:
    return tuple((re.compile(f"{pattern}$"), found) for pattern, found in pairs)


# Set off from a name: Smith's, Smith-тің, «Smith»ке.
SET_OFF = re.compile(r"['\"»”-]+(?:s|[нтд][ыі]ң?|[қғ]а|[кг]е|[ндт][ае]н?|н[ае]|[мбп]ен)$")
# The cases of Kazakh. After -ов, -ев, -ин all of them; else those that no name ends with, by the
# sound before (voiceless, voiced or nasal), and after four letters, since Дастан is no case of Дас.
KAZAKH_ENDINGS = _compiled_endings(
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
VOWELS, CONSONANTS = "[аеиоуыэюя]", "[бвгджзклмнпрстфхцчшщ]"
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
RUSSIAN_ENDINGS = _compiled_endings(
    (r"(?<=\w\w)([ое]в|[иы]н)(?:а|у|ым|ом|е|ой|ою|ы|ых|ыми)", r"\1"),
    (r"([сц]к)(?:ий|ого|ому|им|ом|ая|ой|ую|ие|их|ими|ою)", r"\1ий"),
    (r"([ое]вич)(?:а|у|ем|ом|е|и|ей|ам)", r"\1"),
    (r"([ое]вн|ичн)(?:ы|е|у|ой|ою)", r"\1а"),
    (rf"({IY})и(?:я|ю|ем|и)", r"\1ий"),
    (r"(?<=\w\wи)(?:ю|и|ей)", "я"),  # Марии
    (r"(?<=\w\w)([аеоуы])(?:я|ю|ем|е)", r"\1й"),  # Сергея, Абаю
    (rf"((?<=\w\w)(?:{MEN})|[сбт]ерик|иван|олег)(?:а|у|ом|е)", r"\1"),  # Марата; but Дана
    (r"(?<=\w\w)(нар|ветлан|мил|ьян|нн)(?:ы|е|у|ой)", r"\1а"),  # Динары
    (rf"(?<=\w{{3}}{CONSONANTS})у", ""),  # Марату
    (rf"(?<=\w\w{VOWELS}{CONSONANTS})ом", ""),  # Маратом; but Бахром
    (r"(?<=\w\w)(андр|[нр][дт])ом", r"\1"),
    (rf"(?<=\w\w{VOWELS}{CONSONANTS})ой", "а"),  # Динарой
)
# Of romanised words: feminine and masculine surnames.
LATIN_ENDINGS = _compiled_endings(
    (r"(?<=\w\w)([eo]v|in)a", r"\1"),
    (r"(?<=[sx]k)(?:aia|oi)", "i"),
)


@lru_cache(maxsize=1 << 17)
def key(word: str) -> str | None:
    """What the spellings and the forms of a name have in common, in a-z; men's and women's surnames
    share it. None for a word that is too short, too long, without letters, or acronyms (SECs). Not
    every word with a key is a name.
    """
    if not SHORTEST <= len(word) <= LONGEST or any(c.isdecimal() for c in word):
        return None
    if ACRONYMS.fullmatch(word):
        return None
    found = _without(LATIN_ENDINGS, romanise(base(word)))
    return found if len(found) >= SHORTEST else None


@lru_cache(maxsize=1 << 17)
def base(word: str) -> str:
    """A name without the ending of its case, in its own spelling and small letters."""
    small = unicodedata.normalize("NFC", word.translate(APOSTROPHES).casefold()).replace("ё", "е")
    found = SET_OFF.sub("", small)
    if found == small:
        found = _without(KAZAKH_ENDINGS, small)
    if found == small and not HAS_KAZAKH.search(small):
        found = _without(RUSSIAN_ENDINGS, small)
    return found


def _without(endings: Endings, word: str) -> str:
    for pattern, found in endings:
        shorter = pattern.sub(found, word)
        if shorter != word:
            return shorter
    return word
