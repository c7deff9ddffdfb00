"""Names that sound alike: the usual spellings of one in Latin letters share a key.

A coarse Metaphone (Philips 1990) finds candidates: consonants by how they sound, without vowels but
a first one. Of these, likely spellings of one name are those that romanizations usually write
differently, and a table of names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from indexer.analysis.analyzer import fold

SHORTEST, SHORTEST_KEY = 4, 2
NAME = re.compile(r"[a-z]+")
Sounds = tuple[tuple[re.Pattern[str], str], ...]


def _sounds(*pairs: tuple[str, str]) -> Sounds:
    return tuple((re.compile(pattern), sound) for pattern, sound in pairs)


# Steven and Stephen, Hezbollah and Hizballah, Qaddafi and Gaddafi, George and Jorge.
COARSE = _sounds(
    (r"([a-z])\1+", r"\1"),
    (r"ph|v", "f"),
    (r"t?s?ch|sh", "x"),
    (r"dzh|dj|g(?=[eiy])", "j"),
    (r"kh|ck|gh|[gq]|c(?![eiy])", "k"),
    (r"[cz]", "s"),
    (r"[dt]h?", "t"),
    (r"^[aeiou]+", "a"),
    (r"(?<!^)[aeiouyhw]", ""),
)
# What is written differently, sound by sound: Gonzalez and Gonzales, Siegelman and Sigelman, Terry
# and Teri. First consonants differ only as C and K do.
FINE = _sounds(
    (r"ph|(?<!^)v", "f"),
    (r"t?sch|sh", "S"),
    (r"t?ch", "C"),
    (r"dzh|dj|(?<!^)g(?=[eiy])", "j"),
    (r"kh|ck|q|c(?![eiy])", "k"),
    (r"gh", "g"),
    (r"c|z$", "s"),
    (r"([td])h", r"\1"),
    (r"h$", ""),
    (r"(?<!^)w", "u"),
    (r"oo|ou|uu", "U"),
    (r"(?<!^)y", "i"),
    (r"[ae]i", "E"),
    (r"ee|ie", "i"),
    (r"([a-z])\1+", r"\1"),
)
VOWEL = re.compile("[aeiouEU]")
# Vowels that are written for each other in the first syllable, Mustafa and Mostafa, and in later
# ones, Mahmud and Mahmoud. Barry is not Berry, nor Maria Marie.
FIRST_VOWELS, LATER_VOWELS = {"o", "u"}, {"u", "U"}
SHORTEST_VARIED = 5
# An accented letter that some texts have lost, fewer than have it: "Snchez".
ACCENTED = re.compile(r"(?<=[^aeiouy])[aeiou](?=[^aeiouy])")
LOST_RARER = 4
# What these rules do not say: usual romanizations of a name, and spellings of a given name.
SPELLINGS = """
abdallah abdullah | abdel abdul | abdulkader abdulkadir | ahmad ahmed | akbar akber
alan allan allen | aleksandr alexander oleksandr | anwar anwer | basheer bashir
catharine catherine cathryn katharine katherine kathryn | chaudhry choudhry choudhury chowdhury
christine kristine | deborah debra | ebrahim ibrahim | esmail ismael ismail | faisal faysal feisal
frederic frederick fredric fredrick
gaddafi gadhafi kadafi kaddafi khadafi khadafy qaddafi qadhafi | geoffrey jeffery jeffrey
george jorge | haidar haider | hamad hamed | hezballah hezbollah hizballah hizbollah hizbullah
hosein hossein husain husayn hussain hussein | jacqueline jacquelyn | jaffar jaffer | jamel jamil
khaled khalid | laurence lawrence | lewis louis | mahmood mahmoud mahmud | mikhael mikhail
mohamad mohamed mohammad mohammed muhamed muhammad muhammed | nasir nasser | neal neil | omar umar
osama usama | philip philippe phillip | rahman rehman | rashed rashid | saeed said sayeed
shaikh shaykh sheik sheikh | stefan stephan stephen steven | stewart stuart | taleban taliban
tarek tareq tariq | teresa theresa | timoshenko tymoshenko | yousef youssef yousuf yusef yusuf
zafar zafer
"""
GROUPS = [set(group.split()) for group in re.split(r"[|\n]", SPELLINGS)]


@lru_cache(maxsize=1 << 17)
def sound_key(word: str) -> str | None:
    """What names that sound alike share; None for a word that is short or not in Latin letters."""
    found = fold(word)
    if len(found) < SHORTEST or not NAME.fullmatch(found):
        return None
    for pattern, sound in COARSE:
        found = pattern.sub(sound, found)
    return found if len(found) >= SHORTEST_KEY else None


def near_sounds(word: str, counts: Mapping[str, int]) -> dict[str, int]:
    """Of words that share a folded word's key, the likely spellings of one name, the commonest
    first; `counts` has the number of releases with each.
    """
    near = [
        (other, number)
        for other, number in counts.items()
        if other != word
        and (
            any({word, other} <= group for group in GROUPS)
            or _has_lost_letter(word, other, counts)
            or _has_lost_letter(other, word, counts)
            or _is_romanized(word, other)
        )
    ]
    return dict(sorted(near, key=lambda pair: (-pair[1], pair[0])))


def _has_lost_letter(whole: str, other: str, counts: Mapping[str, int]) -> bool:
    return counts.get(whole, 0) >= LOST_RARER * counts.get(other, 0) and any(
        whole[: each.start()] + whole[each.end() :] == other for each in ACCENTED.finditer(whole)
    )


def _is_romanized(word: str, other: str) -> bool:
    """Whether words sound alike, but for vowels that are written for each other."""
    one, two = _written_sounds(word), _written_sounds(other)
    if len(one) != len(two):
        return False
    first = VOWEL.search(one)
    varied = [
        {*pair} == (FIRST_VOWELS if first and at == first.start() else LATER_VOWELS)
        for at, pair in enumerate(zip(one, two, strict=True))
        if len({*pair}) > 1
    ]
    return not varied or (all(varied) and min(len(word), len(other)) >= SHORTEST_VARIED)


@lru_cache(maxsize=1 << 12)
def _written_sounds(word: str) -> str:
    for pattern, sound in FINE:
        word = pattern.sub(sound, word)
    return word
