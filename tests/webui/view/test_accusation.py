"""Which releases announce an accusation, and by which word; all sentences are our own."""

from __future__ import annotations

import pytest

from webui.view.accusation import accusation

FILLER = "The office thanked the investigators for their work."


@pytest.mark.parametrize(
    ("language", "title", "body", "expected"),
    [
        ("en", "Harbor Pilot Indicted for Smuggling", "", "Indicted"),
        ("en", "Two Clerks Arrested in Bribery Case", "", "Arrested"),
        ("en", "Baker Agrees to Plead Guilty to Price Fixing", "", "to Plead Guilty"),
        ("en", "Bank to Pay to Resolve Alleged Overcharging", "", "Alleged"),
        ("en", "Department Sues Landlord", "", "Sues"),
        ("en", "Statement on the Harbor Case", "A grand jury indicted the pilot.", "indicted"),
        ("en", "Dredging Case", "The pilot allegedly took a bribe.", "allegedly"),
        (
            "en",
            "First of Four Clerks Sentenced",
            "He was sentenced today. The other three are presumed innocent.",
            "presumed innocent",
        ),
        ("ru", "Задержан начальник порта", "", "Задержан"),
        ("ru", "Директору предъявлено обвинение", "", "предъявлено"),
        ("ru", "О работе прокуратуры", "Возбуждено уголовное дело о хищении.", "Возбуждено"),
        ("ru", "Дело о пытках направлено в суд", "", "направлено в суд"),
        ("kk", "Порт бастығы ұсталды", "", "ұсталды"),
        ("kk", "Директорға айып тағылды", "", "айып тағылды"),
        ("kk", "Прокуратура хабарлайды", "Күдікті қамауға алынды.", "Күдікті"),
        ("fr", "Le procureur : un pilote, alleged smuggler", "", "alleged"),
    ],
)
def test_an_accusation_is_told_by_its_word(
    language: str, title: str, body: str, expected: str
) -> None:
    assert (accusation(title, [body, FILLER], language) or "").startswith(expected)


@pytest.mark.parametrize(
    ("language", "title", "body"),
    [
        ("en", "Harbor Pilot Sentenced to Nine Years on Smuggling Charges", "He was indicted."),
        ("en", "Jury Convicts Harbor Pilot", "He had been charged with smuggling in May."),
        ("en", "Harbor Pilot Pleads Guilty", "According to the criminal complaint, he did it."),
        ("en", "Harbor Case Ends", "The pilot pleaded guilty today to what he was charged with."),
        ("en", "Attorney General Honors Divers", "Twelve divers received a medal."),
        ("en", "New Head of Pursuit Unit", "She comes from Sussex."),
        ("ru", "Начальник порта осужден за взятку", "Он обвинялся в получении взятки."),
        ("ru", "Итоги", "Суд признал его виновным и назначил пять лет лишения свободы."),
        ("ru", "Прокурор провел прием граждан", "Приняты десять человек."),
        ("kk", "Порт бастығы сотталды", "Ол пара алғаны үшін айыпталған."),
        ("kk", "Айыппұл мөлшері өзгерді", "Жаңа заң күшіне енді."),
    ],
)
def test_what_is_decided_or_of_other_things_is_none(language: str, title: str, body: str) -> None:
    assert accusation(title, [body, FILLER], language) is None


def test_a_text_of_any_length_is_told_at_once() -> None:
    assert accusation("Notice", ["word " * 1_000_000], "en") is None
