"""Invented releases in three languages, as an office declares them: what they say is drawn by lot.

Each fact has its words in all three, in the forms that its sentences need.
"""

from __future__ import annotations

import random
from datetime import date, timedelta

from corpus.release import release_id
from indexer.engine.document import Document

LANGUAGES = ("en", "ru", "kk")
# What was done: English; Russian after "о" and "за"; Kazakh as subject and as genitive.
DEEDS = (
    ("torture", "пытках", "пытки", "азаптау", "азаптаудың"),
    ("bribery", "взяточничестве", "взяточничество", "парақорлық", "парақорлықтың"),
    ("smuggling", "контрабанде", "контрабанду", "контрабанда", "контрабанданың"),
    ("arson", "поджоге", "поджог", "өртеу", "өртеудің"),
    ("kidnapping", "похищении", "похищение", "ұрлау", "ұрлаудың"),
    ("poaching", "браконьерстве", "браконьерство", "броконьерлік", "броконьерліктің"),
    ("blackmail", "шантаже", "шантаж", "бопсалау", "бопсалаудың"),
    ("usury", "ростовщичестве", "ростовщичество", "өсімқорлық", "өсімқорлықтың"),
)
# Where: nominative and prepositional; Kazakh nominative and locative.
PLACES = (
    ("Karasu", "Карасу", "Карасу", "Қарасу", "Қарасуда"),
    ("Tolebi", "Толеби", "Толеби", "Төлеби", "Төлебиде"),
    ("Aksai", "Аксай", "Аксае", "Ақсай", "Ақсайда"),
    ("Kyzylzhar", "Кызылжар", "Кызылжаре", "Қызылжар", "Қызылжарда"),
    ("Zharkent", "Жаркент", "Жаркенте", "Жаркент", "Жаркентте"),
)
# Who: English; Russian; Kazakh, nominative and dative.
PEOPLE = (
    ("Whitlock", "Уитлок", "Уитлок", "Уитлокқа"),
    ("Seitov", "Сеитов", "Сейітов", "Сейітовке"),
    ("Jagger", "Джаггер", "Джаггер", "Джаггерге"),
    ("Orazbai", "Оразбай", "Оразбай", "Оразбайға"),
    ("Quimby", "Куимби", "Куимби", "Куимбиге"),
)
# What came of it.
ENDS = (
    ("was acquitted", "оправдан", "ақталды"),
    ("was fined", "оштрафован", "айыппұл төледі"),
    ("was imprisoned", "заключён под стражу", "қамауға алынды"),
    ("appealed", "обжаловал приговор", "шағым түсірді"),
)
# What a release also tells of, or not.
ASIDES = (
    ("Witnesses are heard.", "Допрашиваются свидетели.", "Куәлардан жауап алынуда."),
    ("The harvest was good.", "Урожай собран богатый.", "Егін жақсы шықты."),
    ("A bridge was repaired.", "Отремонтирован мост.", "Көпір жөнделді."),
    ("Pensioners received letters.", "Пенсионеры получили письма.", "Зейнеткерлер хат алды."),
    ("The school has a library.", "В школе есть библиотека.", "Мектепте кітапхана бар."),
    ("Rain delayed the trains.", "Дождь задержал поезда.", "Жаңбыр пойыздарды кідіртті."),
)
Fact = tuple[str, ...]


def aligned(size: int, seed: int = 7) -> list[Document]:
    """So many releases, each in three languages, that name each other."""
    chance = random.Random(seed)
    return [document for number in range(size) for document in triple(number, chance)]


def triple(number: int, chance: random.Random) -> list[Document]:
    """One release in its languages."""
    deed, place = chance.choice(DEEDS), chance.choice(PLACES)
    person, end = chance.choice(PEOPLE), chance.choice(ENDS)
    asides = chance.sample(ASIDES, chance.randrange(4))
    ids = {each: release_id("office", f"https://a.b/{each}/{number}") for each in LANGUAGES}
    texts = zip(ids, told(deed, place, person, end), strict=True)
    return [
        Document(
            id=ids[language],
            office="office",
            country="us",
            language=language,
            published=date(2020, 1, 1) + timedelta(number),
            url=f"https://a.b/{language}/{number}",
            title=title,
            body=(*body, *(aside[at] for aside in asides)),
            topics=(),
            components=(),
            number=None,
            place=None,
            alternates=tuple(sorted(ids.values())),
        )
        for at, (language, (title, *body)) in enumerate(texts)
    ]


def told(deed: Fact, place: Fact, person: Fact, end: Fact) -> list[list[str]]:
    """Title and sentences in each language."""
    return [
        [
            f"Trial for {deed[0]} ends in {place[0]}",
            f"The court of {place[0]} heard the case of {person[0]}, charged with {deed[0]}.",
            f"The defendant {end[0]}, the prosecutor said.",
        ],
        [
            f"В {place[2]} завершён процесс о {deed[1]}",
            f"Суд города {place[1]} рассмотрел дело. Обвинён {person[1]}: за {deed[2]}.",
            f"Подсудимый {person[1]} {end[1]}, сообщил прокурор.",
        ],
        [
            f"{place[4]} {deed[4]} ісі аяқталды",
            f"{place[3]} қалалық соты істі қарады. {person[3]} {deed[3]} бойынша айып тағылды.",
            f"Сотталушы {person[2]} {end[2]}, деді прокурор.",
        ],
    ]
