"""What may enter and what not, on pages named by their defect."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from corpus import office
from corpus.errors import PageError
from corpus.reading.address import acceptable_links
from corpus.reading.page import Page
from corpus.reading.validation import check_draft, check_page, check_short_page, remarks
from corpus.release import Draft, LinkedRelease

DEFECTS = Path(__file__).parents[2] / "pages" / "defects"
URL = "https://www.justice.gov/opa/pr/defect"
TEXT = "A text that is long enough to be a release."
TODAY = date(2026, 1, 15)
DOJ = office("us_doj")


def defect(name: str) -> Page:
    return Page(URL, (DEFECTS / name).read_bytes())


def draft_of(name: str) -> Draft:
    return DOJ.route("pages").release(defect(name))


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("bot_wall.html", "bot_wall"),
        ("bot_wall_ru.html", "bot_wall"),
        ("soft_404.html", "soft_404"),
        ("soft_404_kk.html", "soft_404"),
        ("login_page.html", "login_page"),
    ],
)
def test_walls_and_error_pages_are_no_releases_and_are_named(name: str, rule: str) -> None:
    refusal = check_page(defect(name))
    assert refusal
    assert (refusal.url, refusal.rule) == (URL, rule)
    with pytest.raises(PageError):
        draft_of(name)


@pytest.mark.parametrize("name", ["furniture.html", "no_date.html", "two_titles.html"])
def test_pages_that_lack_a_part_or_have_one_twice_are_not_read(name: str) -> None:
    with pytest.raises(PageError):
        draft_of(name)


def test_a_subtitle_as_long_as_a_text_is_refused() -> None:
    draft = Draft("A Title", TODAY, [TEXT], "en", subtitle="word " * 250)
    refusal = check_draft(draft, URL, DOJ, TODAY)
    assert refusal
    assert (refusal.rule, refusal.reason) == (
        "long_subtitle",
        "Its subtitle has 1,250 characters.",
    )
    assert check_draft(replace(draft, subtitle="A subtitle"), URL, DOJ, TODAY) is None


def test_a_link_to_a_release_elsewhere_is_left_out_and_reported() -> None:
    links = [
        LinkedRelease(url, "")
        for url in (URL, "https://justice.example/opa/pr/1", "https://a@www.justice.gov/opa/pr/2")
    ]
    draft = Draft("A Title", TODAY, [TEXT], "en", links=links)
    assert check_draft(draft, URL, DOJ, TODAY) is None
    assert [each.rule for each in remarks(draft, URL, DOJ)] == ["other_host", "user_in_address"]
    assert acceptable_links(draft, DOJ.hosts)[0].links == links[:1]


def test_a_listing_shorter_than_it_says_is_refused() -> None:
    with pytest.raises(PageError, match="2 releases, where page 0 of 9"):
        DOJ.route("interface").links(defect("short_listing.json"))


@pytest.mark.parametrize(
    ("name", "rule", "reason"),
    [
        ("no_title.html", "no_title", "It has no title."),
        ("empty_body.html", "empty_body", "Its body is empty."),
        ("tiny_body.html", "tiny_body", "Its body has only 18 letters."),
        ("future_date.html", "impossible_date", "Its date, 2999-01-01, is in the future."),
        ("epoch_date.html", "impossible_date", "Its date, 1814-03-01, is too early."),
    ],
)
def test_a_defective_draft_is_refused_with_the_reason(name: str, rule: str, reason: str) -> None:
    refusal = check_draft(draft_of(name), URL, DOJ, TODAY)
    assert refusal
    assert (refusal.url, refusal.rule, refusal.reason) == (URL, rule, reason)


def test_a_draft_without_a_date_is_refused_only_where_the_office_dates_its_releases() -> None:
    draft = Draft("A Title", None, [TEXT], "en")
    refusal = check_draft(draft, URL, DOJ, TODAY)
    assert refusal
    assert refusal.rule == "no_date"


def test_tomorrow_is_no_future_in_another_time_zone_but_the_day_after_is() -> None:
    tomorrow, later = TODAY + timedelta(days=1), TODAY + timedelta(days=2)
    assert check_draft(Draft("A Title", tomorrow, [TEXT], "en"), URL, DOJ, TODAY) is None
    assert check_draft(Draft("A Title", later, [TEXT], "en"), URL, DOJ, TODAY)


def test_a_release_of_sixty_characters_enters() -> None:
    draft = draft_of("short_release.html")
    assert len(draft.body[0]) <= 65
    assert check_page(defect("short_release.html")) is None
    assert check_draft(draft, URL, DOJ, TODAY) is None


def test_a_release_that_speaks_of_denied_access_in_its_title_enters() -> None:
    draft = draft_of("about_access_denied.html")
    assert "Access Denied" in draft.title
    assert check_page(defect("about_access_denied.html")) is None
    assert check_draft(draft, URL, DOJ, TODAY) is None


def test_a_body_of_what_most_releases_share_is_refused_and_one_with_some_of_it_is_not() -> None:
    draft = draft_of("mostly_shared.html")
    shared = frozenset(draft.body[:2])
    refusal = check_draft(draft, URL, DOJ, TODAY, shared)
    assert refusal
    assert refusal.rule == "shared_text"
    assert check_draft(draft, URL, DOJ, TODAY) is None
    own = replace(
        draft, body=[*draft.body, "An invented clerk pleaded guilty today to hiding six."]
    )
    assert check_draft(own, URL, DOJ, TODAY, shared) is None


def test_a_language_that_the_office_does_not_declare_is_remarked_on_and_refuses_nothing() -> None:
    draft = draft_of("wrong_language.html")
    assert check_draft(draft, URL, DOJ, TODAY) is None
    [remark] = remarks(draft, URL, DOJ)
    assert (remark.rule, remark.reason) == ("wrong_language", "It seems to be in 'es', not 'en'.")
    assert remarks(draft_of("about_access_denied.html"), URL, DOJ) == []
    assert remarks(replace(draft, body=draft.body[2:]), URL, DOJ) == [], "too short to tell"


def test_a_text_in_another_of_the_offices_languages_than_it_is_declared_in_is_remarked_on() -> None:
    draft = draft_of("wrong_language.html")
    both = replace(DOJ, languages=("en", "es"))
    [remark] = remarks(draft, URL, both)
    assert (remark.rule, remark.reason) == ("other_language", "It seems to be in 'es', not 'en'.")
    assert remarks(replace(draft, language="es"), URL, both) == []


RUSSIAN = (
    "Прокуратура выдуманной области сообщает, что суд рассмотрел дело о пытках задержанного."
    " Подсудимый признан виновным и приговорён к лишению свободы. Приговор не вступил в силу."
)
KAZAKH = (
    "Ойдан шығарылған облыстың прокуратурасы сот ұсталған адамды азаптау туралы істі қарағанын"
    " хабарлайды. Сотталушы кінәлі деп танылып, бас бостандығынан айырылды. Үкім күшіне енген жоқ."
)


def test_russian_under_a_kazakh_address_is_remarked_on_and_a_text_in_both_keeps_its_language() -> (
    None
):
    office_ = replace(DOJ, languages=("kk", "ru", "en"))
    draft = replace(draft_of("wrong_language.html"), language="kk", body=[RUSSIAN] * 4)
    [remark] = remarks(draft, URL, office_)
    assert (remark.rule, remark.reason) == ("other_language", "It seems to be in 'ru', not 'kk'.")
    assert remarks(replace(draft, body=[KAZAKH] * 4), URL, office_) == []
    assert remarks(replace(draft, body=[RUSSIAN, *[KAZAKH] * 5]), URL, office_) == []
    assert remarks(replace(draft, body=[KAZAKH] * 9 + [RUSSIAN] * 5), URL, office_) == []


@pytest.mark.parametrize("name", ["bot_wall.html", "soft_404.html"])
def test_a_wall_that_a_generic_reader_has_read_is_refused_by_its_headline(name: str) -> None:
    page = defect(name)
    heading = page.soup().select_one("h1") or page.soup().title
    assert heading
    draft = Draft(heading.get_text(), TODAY, ["As you were browsing, something happened."], "en")
    refusal = check_short_page(page, draft)
    assert refusal
    assert refusal.rule == name.removesuffix(".html")
    short = defect("short_release.html")
    assert check_short_page(short, draft_of("short_release.html")) is None


def test_real_releases_are_not_refused(replica: Any) -> None:
    root: Path = replica.unpack("www.justice.gov")
    lines = (root / "api" / "press_releases.jsonl").read_text(encoding="utf-8").splitlines()
    interface = DOJ.route("interface")
    drafts = [interface.release(Page(interface.start, line.encode())) for line in lines[::7]]
    assert len(drafts) > 1000
    counts = Counter(paragraph for draft in drafts for paragraph in set(draft.body))
    shared = frozenset(each for each, number in counts.items() if number > len(drafts) / 2)
    refusals = [check_draft(each, URL, DOJ, TODAY, shared) for each in drafts]
    assert list(filter(None, refusals)) == []
    # Two of the 8,469 are in Spanish: the office declares English alone, and they are true.
    assert sum(len(remarks(each, URL, DOJ)) for each in drafts) <= 2


@pytest.mark.parametrize("change", [{"number": "26\0"}, {"topics": ["Tax", "\ud800"]}], ids=str)
def test_what_is_no_character_is_no_text(change: dict[str, Any]) -> None:
    draft = Draft("A Title", TODAY, [TEXT], "en")
    assert check_draft(draft, URL, DOJ, TODAY) is None
    refusal = check_draft(replace(draft, **change), URL, DOJ, TODAY)
    assert refusal
    assert refusal.rule == "broken_text"


@pytest.mark.parametrize(
    ("url", "rule"), [(f"{URL}\0", "broken_address"), (URL + "ж" * 1000, "long_address")]
)
def test_an_address_that_cannot_be_kept_is_refused_and_told_as_text(url: str, rule: str) -> None:
    refusal = check_draft(Draft("A Title", TODAY, [TEXT], "en"), url, DOJ, TODAY)
    assert refusal
    assert refusal.rule == rule
    assert refusal.url != url
