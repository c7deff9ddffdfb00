"""A date is read where day, month and year are stated, and the clock has no part in it."""

from __future__ import annotations

import time
from datetime import date

import pytest
import time_machine
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus.errors import PageError
from corpus.reading.dates import read_date

CLOCKS = ("2024-02-29T23:59:59+00:00", "2031-03-31T00:00:01+00:00")
DAY = date(2018, 4, 27)


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("27 April 2018", "en"),
        ("Friday, April 27, 2018", "en"),
        ("April 27th, 2018", "en"),
        ("Fri, 04/27/2018 - 10:15", "en"),
        ("April 27, 2018 at 10:15 a.m. EST", "en"),
        ("April 27, 2018 11:30 PM", "en"),
        ("2018-04-27", "en"),
        ("2018-04-27T23:30:00-05:00", "en"),
        ("2018-04-27T23:30:00.123Z", "en"),
        ("27 апреля 2018", "ru"),
        ("27 апреля 2018 года", "ru"),
        ("27 апреля 2018 г. в 10:15", "ru"),
        ("27.04.2018", "ru"),
        ("27 квітня 2018 року", "uk"),
        ("27. April 2018, 17 Uhr", "de"),
        ("27. April 2018 um 17:30 Uhr", "de"),
        ("27/04/2018 10h15", "pt"),
        ("27/04/2018 às 10h", "pt"),
        ("27 de abril de 2018 às 10h15", "pt"),
        ("27 de abril de 2018", "es"),
        ("27 avril 2018 à 17 h 30", "fr"),
        ("27 kwietnia 2018 r.", "pl"),
        ("27 aprilie 2018", "ro"),
        ("2018年4月27日 10:15", "zh"),
        ("2018年4月27日", "ja"),
        ("٢٧ أبريل ٢٠١٨", "ar"),
        ("27 באפריל 2018", "he"),
        ("2018 жылғы 27 сәуір", "kk"),
        ("2018 жылғы 27-сәуір", "kk"),
        ("2018 жылдың 27 сәуірінде", "kk"),
        ("27 сәуір 2018 ж.", "kk"),
        ("27 сәуірде 2018 жыл", "kk"),
        ("27.04.2018 10:15", "kk"),
    ],
)
def test_a_whole_date_in_words_is_read(words: str, language: str) -> None:
    assert read_date(words, language, "page") == DAY


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2018 жылғы 5 мамыр", date(2018, 5, 5)),
        ("2018 жылғы 1 ақпан", date(2018, 2, 1)),
        ("2018 жылғы 30 қыркүйекте", date(2018, 9, 30)),
        ("2018 жылдың 16 желтоқсаны", date(2018, 12, 16)),
    ],
)
def test_kazakh_words_for_year_and_the_cases_of_months_are_known(words: str, day: date) -> None:
    assert read_date(words, "kk", "page") == day


HALVES = [
    *("", "April 2018", "27 April", "2018", "soon", "31.02.2018", "Friday", "10:15", "27.4."),
    *("April 2018 10:15", "April 27, 20:18", "Q2 2018", "week 17 2018", "20180427", "1524787200"),
    # Of what century?
    *("4/27/18", "27 Apr 18", "05/06/07"),
]
RELATIVE = [
    *(("yesterday", "en"), ("3 days ago", "en"), ("in 2 days", "en"), ("last Monday", "en")),
    *(("today, 10:15", "en"), ("now", "en"), ("5 days ago 2018", "en"), ("a year ago", "en")),
    *(("вчера", "ru"), ("сегодня в 10:15", "ru"), ("3 дня назад", "ru"), ("gestern", "de")),
    *(("vor 3 Tagen", "de"), ("hace 3 días", "es"), ("ontem", "pt"), ("há 2 horas", "pt")),
    *(("wczoraj", "pl"), ("昨天", "zh"), ("3天前", "zh"), ("أمس", "ar"), ("кеше", "kk")),
    *(("бүгін 10:15", "kk"), ("abril 10h15", "pt"), ("10h15", "pt"), ("hier à 10h", "fr")),
]


@pytest.mark.parametrize(("words", "language"), [*((each, "en") for each in HALVES), *RELATIVE])
def test_half_a_date_is_refused(words: str, language: str) -> None:
    with pytest.raises(PageError, match=rf"^page: .* is not a date in '{language}'"):
        read_date(words, language, "page")


@pytest.mark.parametrize(
    ("words", "language"),
    [("27 April 2018", "xx"), ("9" * 90 + " April 2018", "en"), ("27 April 2018 " * 9_000, "en")],
)
def test_what_dateparser_would_break_on_is_no_date(words: str, language: str) -> None:
    with pytest.raises(PageError, match="is not a date"):
        read_date(words, language, "page")


def seen(words: str, language: str) -> date | None:
    try:
        return read_date(words, language, "page")
    except PageError:
        return None


PIECES = {
    "en": "yesterday today 3 5 27 2018 18 April May Monday days ago last next week month year of at"
    " 10:15 pm the 1st , . / - 2024 in now noon midnight half EST UTC first 29 February 31",
    "ru": "вчера сегодня 3 27 2018 апреля мая назад дня в прошлом году неделе г. года понедельник"
    " 10:15 , . / час 29 февраля",
    "kk": "бүгін кеше 3 27 2018 мамыр сәуір ж. жыл жылғы күн бұрын апта өткен дүйсенбі , . -",
    "pt": "ontem hoje 3 23 2024 abril de às 10h15 10h dias atrás há mês passado segunda-feira / ,",
    "de": "gestern heute vor 3 Tagen 27. April 2018 Uhr 10:15 letzten Montag nächste Woche / Jahr",
    "zh": "昨天 今天 3 天前 2018年 4月 27日 上周 去年",
}


@given(
    st.sampled_from([*PIECES]).flatmap(
        lambda code: st.tuples(
            st.lists(st.sampled_from(PIECES[code].split()), max_size=6).map(" ".join),
            st.just(code),
        )
    )
)
@example(("yesterday", "en"))
@example(("29 February", "en"))
@example(("23/04/2024 10h15", "pt"))
@settings(max_examples=150, deadline=None)
def test_two_clocks_read_the_same(given_: tuple[str, str]) -> None:
    found = []
    for clock in CLOCKS:
        with time_machine.travel(clock, tick=False):
            found.append(seen(*given_))
    assert found[0] == found[1]


def test_the_zone_of_the_machine_has_no_part_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        for zone in ("Pacific/Kiritimati", "Pacific/Niue"):
            monkeypatch.setenv("TZ", zone)
            time.tzset()
            assert read_date("April 27, 2018 11:30 PM EST", "en", "page") == DAY
            assert read_date("2018-04-27T00:30:00+14:00", "en", "page") == DAY
    finally:
        monkeypatch.undo()
        time.tzset()
