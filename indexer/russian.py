"""A folded Russian word -> the stem that its forms share: Snowball's, with what it leaves apart.

Snowball takes endings off and looks no further, so отец and отца, пытка and пыток stay two words.
Rules on stems can only bring forms together that were apart, never part what had met.
"""

from __future__ import annotations

import re

import Stemmer

_SNOWBALL = Stemmer.Stemmer("russian")
# What stands for itself: forms that Snowball takes for another part of speech (аким), and stems
# that change wholly.
_FORMS = {
    "аким": "аким",
    "режим": "режим",
    "разбо": "разбой",
    "конво": "конвой",
    "матр": "мать",
    "дочр": "дочь",
    "дн": "день дня дню днем дне дни дней дням днями днях",
    "времн": "время",
    "имн": "имя",
    "церкв": "церковь",
    "любв": "любовь",
    "лж": "ложь",
    "лед": "лед льда льду льдом льде льды",
    "тюрм": "тюрем",
    "писм": "писем",
    "погиб": "погибла погибло погибли",
    "взят": "взял взяла взяло взяли взяв",
}
IRREGULAR = {form: stem for stem, forms in _FORMS.items() for form in forms.split()}
RULES = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"(?<=[ая]н)ин$", ""),  # гражданин, граждан-е
        (r"(?<=...[ая])[лн]$", ""),  # материал, орган: nominatives are taken for verbs
        (r"(?<=...)ит$", ""),  # so is кредит
        (r"(?<=..р)е[тл]$", ""),  # рассмотреть, рассмотрел-и
        (r"(?<=[аеиоуыэюя])е(?=[кц]$)", "й"),  # боец, бойц-а; строек, стройк-а
        (r"(?<=[аеёиоуыэюя])(.*[бвгджзйклмнпрстфхцчшщ])[ое](?=[кцнлрг]$)", r"\1"),  # отец, отц-а
        (r"ь(?=[бвгджзклмнпрстфхцчшщ]$)", ""),  # палец, пальц-а; денег, деньг-и
        (r"(?<=...н)у[тл]$", ""),  # вернуть, вернул
        (r"(?<=.)вест$", "вл"),  # провести, провел
        (r"(?<=нес)[тл]$", ""),  # вынести, вынесл-и
    )
)


def stem(word: str) -> str:
    """The stem of a folded word."""
    if word in IRREGULAR:
        return IRREGULAR[word]
    found: str = _SNOWBALL.stemWord(word)
    for pattern, replacement in RULES:
        found = pattern.sub(replacement, found)
    return found
