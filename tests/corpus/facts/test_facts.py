"""Facts: what releases state, with the words that state it; all sentences are our own."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.fact import Fact, notice, shown_facts
from corpus.facts.reader import find_facts
from corpus.facts.sentences import LONGEST, sentences

TABLE = Path(__file__).parents[2] / "tables" / "facts.tsv"
PUBLISHED = date(2014, 6, 3)


def rows() -> list[list[str]]:
    return [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines()[1:]]


def found(title: str, body: str, language: str = "en") -> list[Fact]:
    return find_facts(title, body.split(" ¶ "), language, PUBLISHED)


def labels(facts: list[Fact]) -> set[str]:
    """Kinds, and kinds with values, as the table writes them: prison, prison=60."""
    values = {f"{each.kind}={each.value.replace(' ', '_')}" for each in facts}
    return values | {each.kind for each in facts}


@pytest.mark.parametrize(("pitfall", "title", "body", "stated", "not_stated"), rows())
def test_pitfalls_and_their_neighbors_are_read_as_the_table_says(
    pitfall: str, title: str, body: str, stated: str, not_stated: str
) -> None:
    actual = labels(found(title, body))
    assert {*stated.split()} <= actual, (pitfall, actual)
    assert not {*not_stated.split()} & actual, (pitfall, actual)


@pytest.mark.parametrize(
    ("language", "title", "stage", "kind"),
    [
        ("ru", "Начальник порта осуждён за взятку", "sentenced", "criminal"),
        ("ru", "Вынесен обвинительный приговор бывшему акиму", "sentenced", "criminal"),
        ("ru", "Экс-директор получил семь лет лишения свободы", "sentenced", "criminal"),
        ("ru", "Суд оправдал начальника порта", "acquitted", "criminal"),
        ("ru", "Прекращено уголовное дело в отношении лоцмана", "dismissed", "criminal"),
        ("ru", "Директору предъявлено обвинение в хищении", "charged", "criminal"),
        ("ru", "Дело о пытках направлено в суд", "charged", "criminal"),
        ("ru", "Задержан начальник порта", "charged", "criminal"),
        ("ru", "Из Карасу экстрадирован организатор пирамиды", "extradited", "criminal"),
        ("ru", "Возбуждено дело о хищении в порту", "investigation", "civil"),
        ("ru", "Прокурор подал иск к порту", "lawsuit", "civil"),
        ("ru", "По иску прокурора с порта взыскано 5 млн тенге", "judgment", "civil"),
        ("ru", "Прокуратура предупреждает о мошенниках", "warning", "neither"),
        ("ru", "Состоялась встреча прокурора с жителями", "event", "neither"),
        ("ru", "В Астане обсудили меры по защите прав", "event", "neither"),
        ("kk", "Порт бастығы сотталды", "sentenced", "criminal"),
        ("kk", "Лоцман бас бостандығынан айырылды", "sentenced", "criminal"),
        ("kk", "Порт бастығы ақталды", "acquitted", "criminal"),
        ("kk", "Директорға айып тағылды", "charged", "criminal"),
        ("kk", "Порт бастығы ұсталды", "charged", "criminal"),
        ("kk", "Пара туралы іс сотқа жолданды", "charged", "criminal"),
        ("kk", "Портта іс қозғалды", "investigation", "civil"),
        ("kk", "Прокурор сотқа талап арыз берді", "lawsuit", "civil"),
        ("kk", "Прокурор тұрғындарды қабылдады", "event", "neither"),
        ("kk", "Алаяқтардан сақ болыңыз", "warning", "neither"),
    ],
)
def test_stage_and_kind_are_read_in_russian_and_kazakh(
    language: str, title: str, stage: str, kind: str
) -> None:
    facts = found(title, "", language)
    assert [each.value for each in facts if each.kind == "stage"][:1] == [stage]
    assert [each.value for each in facts if each.kind == "kind"] == [kind]


def test_amounts_of_tenge_and_rubles_are_found() -> None:
    body = "Ущерб составил 2 500 тысяч тенге, штраф - 12,5 млн рублей, пеня 300 тг."
    values = [each.value for each in found("Итоги", body, "ru") if each.kind == "amount"]
    assert values == ["2500000 KZT", "12500000 RUB", "300 KZT"]


def test_a_text_in_another_language_states_nothing() -> None:
    assert found("Le pilote condamné", "Cinq ans.", "fr") == []


def test_a_date_near_the_release_is_news_and_an_older_one_is_not() -> None:
    body = "On {}, U.S. District Judge Bea Roe sentenced him to 20 months in prison."
    near, old = (
        found("Halden Pilots Sentenced", body.format(day)) for day in ("June 2", "April 2")
    )
    assert "prison=20" in labels(near)
    assert "prison=20" not in labels(old)


def test_the_words_of_a_fact_state_it() -> None:
    title, body = (
        "Halden Pilot Sentenced",
        [
            "Al Doe, 52, was sentenced today to 60 months in prison by "
            "U.S. District Judge Ann Settle.",
            "He was ordered to pay $1.5 million in restitution to the IRS.",
        ],
    )
    facts = find_facts(title, body, "en", PUBLISHED)
    texts = [title, *body]
    words = {each.kind: texts[each.paragraph][each.start : each.end] for each in facts}
    assert words == {
        "kind": "Sentenced",
        "stage": "Sentenced",
        "prison": "60 months",
        "judge": "Ann Settle",
        "person": "Al Doe, 52",
        "restitution": "$1.5 million in restitution",
        "amount": "$1.5 million",
    }


def test_offices_that_are_not_measured_show_kind_and_words_found_alone() -> None:
    facts = found("Halden Pilot Sentenced to 20 Months in Prison", "He took $5,000 in bribes.")
    assert shown_facts(facts, "us_doj") == facts
    assert {each.kind for each in shown_facts(facts, "karasu_gpo")} == {"kind", "offense", "amount"}


def test_an_accusation_needs_its_notice_before_allegations_theirs() -> None:
    accused = found("Halden Pilot Charged", "")
    sued = found("Department Sues Halden Landlord", "")
    assert notice([*sued, *accused]) == next(each for each in accused if each.kind == "accusation")
    assert notice(sued) == next(each for each in sued if each.kind == "allegations")
    assert notice(found("Halden Pilot Sentenced", "")) is None


PIECES = (
    "was sentenced today to 60 months in prison and ordered pay $1.5 million restitution Judge "
    "U.S. District Ann Q. Settle Southern of Florida indicted charged pleaded guilty Doe, 44, "
    "forfeit seeks civil penalty by grand jury, Jan. 31, 2012, respectively life presumed innocent "
    "осуждён 5 млн тенге сотталды No. 1:15-cr-42 Attorney General sues settlement a total"
)
TEXTS = st.lists(st.sampled_from(PIECES.split()) | st.text(max_size=4), max_size=30).map(" ".join)


@given(TEXTS, st.lists(TEXTS, max_size=4), st.sampled_from(["en", "ru", "kk"]))
def test_places_lie_in_the_text_and_say_what_is_claimed(
    title: str, body: list[str], language: str
) -> None:
    texts = [title, *body]
    for fact in find_facts(title, body, language, PUBLISHED):
        words = texts[fact.paragraph][fact.start : fact.end]
        assert words
        assert words == words.strip()
        assert 0 <= fact.start < fact.end <= len(texts[fact.paragraph])
        if fact.kind == "judge":
            assert " ".join(words.split()) == fact.value
        if fact.kind == "case_number":
            assert words == fact.value
        if fact.kind in ("restitution", "civil_penalty", "forfeiture", "fine"):
            assert f"amount={fact.value}" in labels(find_facts(words, [], "en"))
        if fact.kind == "person":
            assert words.endswith(fact.value[-2:])


@given(TEXTS)
def test_sentences_are_the_whole_text_in_bounded_pieces(text: str) -> None:
    pieces = sentences([text])
    assert "".join(each.text for each in pieces) == text
    assert all(text[each.start :].startswith(each.text) for each in pieces)
    assert all(len(each.text) <= LONGEST for each in pieces)


HOSTILE = [
    *(
        "a ",
        "A. ",
        "Aa ",
        ". ",
        ", 44",
        "Doe, 44, ",
        "$",
        "$1 ",
        "1,",
        "sentenced to ",
        "years in ",
    ),
    *(
        "in the Southern District of ",
        "U.S. Attorney ",
        "Judge Ann ",
        "restitution to the ",
        "forfeit ",
    ),
    *(
        "was was ",
        "to to ",
        "indictment charging ",
        "aka ",
        "20 and ",
        "twenty",
        "Jan. 31, ",
        "(",
        "\n",
    ),
    *(
        "presumed ",
        "announces ",
        "осужден ",
        "1 000 000 ",
        "сот ",
        "COURT ",
        "life ",
        "the the ",
        "A B ",
    ),
]


@pytest.mark.parametrize("repeated", HOSTILE)
def test_the_work_of_finding_grows_no_faster_than_the_text(repeated: str) -> None:
    def work_s(chars: int) -> float:
        text = f"sentenced today $1 {repeated * (chars // len(repeated))} prison restitution"
        clock = thread_time()
        find_facts("Halden Pilot Sentenced", [text], "en")
        find_facts(text, [text], "ru")
        return thread_time() - clock

    few, many = (min(work_s(chars) for _ in range(2)) for chars in (8_000, 64_000))
    assert many < 24 * few + 0.5  # eight times the text; its square would be 64 times
