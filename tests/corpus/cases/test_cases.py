"""Cases: which releases are linked, by which sign, and which stay apart; all names are invented."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.cases.captions import captions, docket_key
from corpus.cases.grouping import LEAST_SHARE, group
from corpus.cases.keys import MOST_DISTRICTS, keys_of
from corpus.cases.likeness import likeness, weights
from corpus.cases.links import MOST_HOLDERS, find_links
from corpus.cases.names import name_key, names
from corpus.cases.records import CaseLink, Keys, Place
from corpus.facts.reader import find_facts

CHARGED = (
    "Halden Pilot Charged",
    "A grand jury in the Southern District of Florida indicted Al Q. Doe, 52, for smuggling orchids"
    " through the Halden ferry terminal, Assistant U.S. Attorneys Bea Roe and Cy Poe said.",
)
SENTENCED = (
    "Halden Pilot Sentenced",
    "Al Doe was sentenced today in the Southern District of Florida to 60 months in prison. Doe"
    " smuggled orchids through the Halden ferry terminal.",
)
NAMESAKE = (
    "Karasu Baker Sentenced",
    "Al Doe was sentenced today in the District of Alaska to 20 months in prison. Doe forged"
    " certificates of flour, yeast and almonds in a bakery.",
)
SUED = (
    "United States Sues Halden Clinic",
    "The suit is captioned United States ex rel. Roe v. Halden Clinic Inc., No. 1:12-cv-00081.",
)
SETTLED = (
    "Halden Clinic to Pay $2 Million to Settle Claims",
    "The case is U.S. ex rel. Roe v. Halden Clinics, 12-cv-81 (S.D. Fla.).",
)
DAY = date(2014, 6, 3)


def linked(*texts: tuple[str, ...], days: list[date] | None = None) -> list[CaseLink]:
    """The links among releases with these titles and bodies, called a, b, c."""
    by_id = dict(zip("abcdefghijklmnopqrstuvwxyz", texts, strict=False))
    releases = {
        id_: _keys(id_, *text, day=(days or [DAY] * len(texts))[n])
        for n, (id_, text) in enumerate(by_id.items())
    }
    return [*find_links(releases, _likeness(by_id))]


def _keys(id_: str, title: str, *body: str, day: date = DAY) -> Keys:
    return keys_of(id_, body, day, find_facts(title, body, "en", day))


def _likeness(texts: dict[str, tuple[str, ...]]) -> Callable[[str, str], float]:
    @cache
    def weighed(id_: str) -> dict[str, float]:
        return weights(texts[id_])

    return lambda one, two: likeness(weighed(one), weighed(two))


def test_charge_and_sentence_of_one_defendant_are_linked_by_the_words_of_both() -> None:
    [link] = linked(CHARGED, SENTENCED)
    assert (link.release, link.other, link.sign) == ("a", "b", "defendant_district")
    assert _said(CHARGED, link.words) == "Al Q. Doe"
    assert _said(SENTENCED, link.other_words) == "Al Doe"


def _said(text: tuple[str, ...], place: Place | None) -> str:
    assert place
    return text[place.paragraph][place.start : place.end]


def test_strangers_of_one_name_are_not_linked() -> None:
    assert linked(CHARGED, NAMESAKE) == linked(SENTENCED, NAMESAKE) == []
    in_one_district = tuple(each.replace("of Alaska", "of Florida") for each in NAMESAKE)
    assert linked(SENTENCED, in_one_district) == []


def test_releases_more_than_seven_years_apart_are_not_linked() -> None:
    assert linked(CHARGED, SENTENCED, days=[date(2014, 6, 3), date(2021, 6, 2)])
    assert not linked(CHARGED, SENTENCED, days=[date(2014, 6, 3), date(2021, 6, 9)])


def test_prosecutors_and_places_are_no_keys() -> None:
    found = names(
        [CHARGED[1], "He lives in Port Merrin, Fla. Agent Di Voe and Ed Foe testified."], []
    )
    assert {*found} == {"al doe"}


@pytest.mark.parametrize(
    ("words", "key", "is_party"),
    [
        ("Al Q. Doe, a pilot from Karasu, pleaded guilty.", "al doe", True),
        ("The jury convicted Al Doe Jr. of theft.", "al doe", True),
        ("Officer Al “Ace” Doe of Karasu was charged.", "al doe", True),
        ("It was found with Al Doe. Doe hid it. Doe's wife knew.", "al doe", True),
        ("It was found in the house of Al Doe.", "al doe", False),
        ("Émile O’Doe was charged.", "emile odoe", True),
        ("Two Karasu men were charged.", None, False),
        ("The Karasu Harbor Department was charged.", None, False),
        ("U.S. Attorney Al Doe announced it.", None, False),
        ("Al Doe of the FBI’s Karasu Field Office announced it.", None, False),
        ("“Nobody is above the law,” said Al Doe.", None, False),
    ],
)
def test_names_and_who_is_a_party(words: str, key: str | None, is_party: bool) -> None:
    found = names([words], [])
    assert {name: each.is_party for name, each in found.items()} == ({key: is_party} if key else {})


def test_keys_of_names_leave_out_initials_and_suffixes() -> None:
    spellings = ["Al Doe", "Al Q. Doe", "AL Quincy DOE, Jr.", "Al Doe’s", "Ál Doé II"]
    assert {name_key(each) for each in spellings} == {"al doe"}


def test_civil_releases_are_linked_by_caption_or_docket_alone() -> None:
    assert [each.sign for each in linked(SUED, SETTLED)] == ["caption"]
    docket = (SETTLED[0], "Its number is 12-cv-81.")
    assert [each.sign for each in linked(SUED, docket)] == ["docket"]
    assert linked((SUED[0], "Al Doe, 52, owns it. Doe pays."), (SUED[0], "Al Doe, 52, pays.")) == []


def test_equal_dockets_of_two_courts_are_two_cases() -> None:
    here, there = (
        (SETTLED[0], f"It is 12-cv-81 in the {district}.")
        for district in ("Southern District of Florida", "District of Alaska")
    )
    assert linked(here, here)
    assert not linked(here, there)


def test_precedents_and_parties_that_govern_are_no_keys() -> None:
    words = "As in Roe v. Doe, United States v. Texas and United States v. Sheriff Doe."
    assert [*captions(words)] == []
    assert [key for key, *_ in captions("In United States v. Al Doe et al., he said")] == ["al doe"]


def test_dockets_are_told_without_division_and_judges() -> None:
    spellings = ["1:12-cv-00081-AB", "12-CV-81", "2012 civ. 0081", "12 CV 00081"]
    assert {docket_key(each) for each in spellings} == {"12-cv-81"}


def test_a_name_in_more_releases_than_a_case_has_is_no_key() -> None:
    assert len(linked(*[SENTENCED] * MOST_HOLDERS)) == MOST_HOLDERS * (MOST_HOLDERS - 1) // 2
    assert linked(*[SENTENCED] * (MOST_HOLDERS + 1)) == []


def test_who_thanks_many_districts_shares_none() -> None:
    states = ["Alaska", "Maine", "Nevada", "Utah", "Oregon"][: MOST_DISTRICTS + 1]
    thanks = "Thanks to " + ", ".join(f"the District of {state}" for state in states)
    assert _keys("a", "Halden Pilot Charged", thanks).districts == frozenset()


def test_the_link_of_an_office_is_the_strongest_sign_except_in_round_ups() -> None:
    releases = {id_: _keys(id_, *NAMESAKE) for id_ in "abcde"}
    one = Keys("z", "criminal", DAY, frozenset(), {}, frozenset({"a"}))
    many = Keys("z", "criminal", DAY, frozenset(), {}, frozenset("abcd"))
    assert [
        (each.release, each.other, each.sign)
        for each in find_links({"a": releases["a"], "z": one}, lambda *_: 0.0)
    ] == [("a", "z", "link")]
    assert [*find_links({"a": releases["a"], "z": many}, lambda *_: 0.0)] == []


def _link(one: str, two: str) -> CaseLink:
    return CaseLink(min(one, two), max(one, two), "defendant", None, None, 0.5)


def test_a_release_that_names_many_cases_does_not_chain_them() -> None:
    cases = [_link("a", "b"), _link("c", "d"), _link("e", "f")]
    hub = [_link("a", "z"), _link("c", "z"), _link("e", "z")]
    groups = {"".join(sorted(each)) for each in group([*cases, *hub]).values()}
    assert groups == {"abz", "cd", "ef"}


def test_releases_that_an_operator_told_apart_are_in_no_group_together() -> None:
    links = [_link("a", "b"), _link("b", "c"), _link("a", "c")]
    assert {*group(links).values()} == {frozenset("abc")}
    groups = group(links, {("a", "b")})
    assert {*groups.values()} == {frozenset("ac")}


PAIRS = st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh"))


@given(st.sets(PAIRS.filter(lambda each: each[0] < each[1])), st.sets(PAIRS))
def test_groups_share_no_release_and_hold_the_share_of_links(
    pairs: set[tuple[str, str]], cuts: set[tuple[str, str]]
) -> None:
    groups = group([_link(*each) for each in sorted(pairs)], cuts)
    assert groups == group([_link(*each) for each in sorted(pairs, reverse=True)], cuts)
    for id_, members in groups.items():
        inside = {(a, b) for a in members for b in members if a < b}
        assert id_ in members
        assert {groups[each] for each in members} == {members}
        assert not inside & cuts
        assert len(inside & pairs) >= LEAST_SHARE * len(members) * (len(members) - 1) / 2
