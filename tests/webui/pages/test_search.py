"""The results page over the sample offices, against counts over the exported releases."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from bs4 import BeautifulSoup
from bs4.element import Tag
from flask.testing import FlaskClient

from corpus import Store
from indexer.export.formats import release_json
from tests.conftest import COPIED, COPY, sample_id
from tests.webui.pages.test_pages import soup_of, titles, total


@pytest.fixture
def rows(sample_store: Store) -> list[dict[str, Any]]:
    return [release_json(release) for release in sample_store.releases()]


def panel(soup: BeautifulSoup, label: str) -> dict[str, int]:
    """The values of a facet as shown, with their counts."""
    section = soup.select_one(f".filters section:has(> h2:-soup-contains({label}))")
    links = section.select("li a") if section else []
    return {text(link, "span"): int(text(link, ".count")) for link in links}


def text(tag: Tag, selector: str) -> str:
    found = tag.select_one(selector)
    assert found, selector
    return " ".join(found.get_text().split())


def table(soup: BeautifulSoup) -> list[tuple[str, int, int]]:
    """The timeline's table: where a period leads, its hits, all that is held of it."""
    found = []
    for row in soup.select("#time-table tbody tr"):
        link = row.select_one("a")
        hits, held = (each.get_text() for each in row.select("td")[:2])
        found.append(
            (str(link["href"]) if link else "", int(hits), 0 if held == "none" else int(held))
        )
    return found


def test_facets_count_what_is_exported(client: FlaskClient, rows: list[dict[str, Any]]) -> None:
    soup = soup_of(client, "/")
    components = Counter(each for row in rows for each in set(row["components"]))
    assert panel(soup, "Component") == components
    assert len(components) > 1
    countries = {"sample_doj": "Aldania", "sample_gpo": "Karasu"}
    assert panel(soup, "Country") == Counter(countries[row["office"]] for row in rows)
    assert not panel(soup, "Kind")


def test_a_facet_with_nothing_to_choose_is_shown_only_when_chosen(client: FlaskClient) -> None:
    assert not panel(soup_of(client, "/?language=ru"), "Office")
    assert not panel(soup_of(client, "/?language=ru&office=sample_gpo"), "Country")
    assert panel(soup_of(client, "/?language=ru&country=karasu"), "Country")
    assert panel(soup_of(client, "/?language=ru&office=sample_gpo"), "Office")


@pytest.mark.parametrize("step", ["day", "week", "month", "year"])
def test_the_timeline_counts_what_is_exported(
    client: FlaskClient, rows: list[dict[str, Any]], step: str
) -> None:
    of_office = [row for row in rows if row["office"] == "sample_doj" and row["published"]]
    [(name, _)] = Counter(each for row in of_office for each in row["components"]).most_common(1)
    days = sorted(row["published"] for row in of_office if name in row["components"])
    range_ = ""
    if step in ("day", "week"):  # two hits that are not too far apart for bars of days
        gaps = [(date.fromisoformat(b) - date.fromisoformat(a)).days for a, b in pairwise(days)]
        at = next(at for at, gap in enumerate(gaps) if 14 < gap < 390)
        range_ = f"since={days[at]}&until={days[at + 1]}&"
    soup = soup_of(client, f"/?{range_}office=sample_doj&component={name}&step={step}")
    counted = table(soup)
    assert sum(hits for _, hits, _ in counted) == total(soup) > 1
    for link, hits, held in counted:
        if not link:
            assert hits == 0
            continue
        asked = parse_qs(urlsplit(link).query)
        assert "step" not in asked
        [since], [until] = asked["since"], asked["until"]
        within = [row for row in of_office if since <= row["published"] <= until]
        assert held == len(within)
        counts = [hits, sum(name in row["components"] for row in within)]
        if not range_:
            assert counts[0] == counts[1]
        assert hits == total(soup_of(client, link))
    bars = soup.select("svg.bars > *")
    assert len(bars) == len(counted)
    assert [bool(bar.select("[fill]")) for bar in bars] == [not held for *_, held in counted]


def test_bars_follow_each_other_without_a_day_between(client: FlaskClient) -> None:
    for step in ("week", "month", "year"):
        url = f"/?q=the&since=2016&until=2019&step={step}"
        svg = soup_of(client, url).select_one("svg.periods")
        assert svg
        days = [date.fromisoformat(each) for each in str(svg["data-days"]).split()]
        assert days == sorted(set(days))
        last = days[-1] + timedelta(days=1)
        assert (last - days[-2]).days in {"week": [7], "month": range(28, 32), "year": [365, 366]}[
            step
        ]
        assert len(str(svg["data-counts"]).split()) == len(days) - 1


def test_the_rate_is_of_all_releases_of_the_same_offices(client: FlaskClient) -> None:
    soup = soup_of(client, "/?q=fraud&per=releases&step=year")
    rates = []
    for row in soup.select("#time-table tbody tr"):
        hits, held, rate = (each.get_text().replace(",", "") for each in row.select("td"))
        if held != "none":
            assert float(rate) == pytest.approx(1000 * int(hits) / int(held), abs=0.051)
            rates.append(float(rate))
    heights = [float(str(bar["height"]).rstrip("%")) for bar in soup.select("rect.bar")]
    wanted = [max(100 * each / max(rates), 3) for each in rates if each]
    assert heights == pytest.approx(wanted, abs=0.2)
    assert soup.select_one(".ways a[href='/?q=fraud&step=year']")


def test_too_many_bars_are_counted_by_longer_periods(client: FlaskClient) -> None:
    soup = soup_of(client, "/?q=the&step=day")
    assert "Too many bars" in text(soup, ".note")
    assert 1 < len(table(soup)) <= 400
    assert sum(hits for _, hits, _ in table(soup)) == total(soup)


def test_hits_in_one_period_have_no_timeline(client: FlaskClient) -> None:
    [day] = {str(each["datetime"]) for each in soup_of(client, "/").select(".hits time")[:1]}
    assert not soup_of(client, f"/?since={day}&until={day}").select(".time")


@pytest.mark.parametrize("size", [10, 20, 50, 100])
def test_a_page_is_as_long_as_the_address_says(client: FlaskClient, size: int) -> None:
    soup = soup_of(client, f"/?size={size}")
    assert len(titles(soup)) == min(size, total(soup))
    assert text(soup, ".sizes strong") == str(size)
    following = soup.select_one("a[rel=next]")
    assert (following is None) == (total(soup) <= size)
    if following and size != 20:
        assert f"size={size}" in str(following["href"])


def test_copies_are_folded_and_can_be_unfolded(changed_client: FlaskClient) -> None:
    soup = soup_of(changed_client, "/?q=mosque+arson&match=all")
    assert "1 duplicate hidden (show)" in text(soup, ".summary p")
    assert total(soup) == len(titles(soup)) + 1
    more = soup.select_one(".meta a:-soup-contains('near-duplicate')")
    assert more
    assert more.get_text() == "1 near-duplicate"
    whole = soup_of(changed_client, str(more["href"]))
    assert (total(whole), len(titles(whole))) == (total(soup), total(soup))
    links = {str(a["href"]).partition("?")[0] for a in whole.select(".hits h2 a")}
    assert {f"/releases/{sample_id(each)}" for each in (COPIED, COPY)} <= links
    assert whole.select_one(".summary a[href='/?q=mosque+arson&match=all']")


@pytest.mark.parametrize("more", ["", "&copies=all"])
def test_pages_with_copies_neither_skip_nor_repeat(
    changed_client: FlaskClient, changed_store: Store, more: str
) -> None:
    url, seen = f"/?size=10{more}", []
    while url:
        soup = soup_of(changed_client, url)
        seen += [str(a["href"]).partition("?")[0] for a in soup.select(".hits h2 a")]
        following = soup.select_one("a[rel=next]")
        url = str(following["href"]) if following else ""
    assert len(seen) == len(set(seen)) == changed_store.count() - (not more)


@pytest.mark.parametrize(
    ("arguments", "causes", "remedies"),
    [
        ("q=zzyzx+torture", ["zzyzx"], ["/?q=torture"]),
        ("q=zzyzx+qwertz+torture+OR+fraud", ["zzyzx", "qwertz"], ["/?q=torture+OR+fraud"]),
        ("q=zzyzx", ["zzyzx"], []),
        (
            "q=court+AND+trial+AND+torture+AND+judge+AND+zzyzx+AND+qwertz",
            ["zzyzx", "qwertz"],
            ["/?q=court+trial+torture+judge"],
        ),
        ("q=torture&year=1999", [], ["/?q=torture"]),
        ("q=torture&year=2018&language=xx", [], ["/?q=torture&year=2018", "/?q=torture"]),
        (
            "q=fraud+qwertz&office=sample_doj&language=en",
            ["qwertz"],
            ["/?q=fraud&office=sample_doj&language=en"],
        ),
    ],
)
def test_nothing_found_says_why_and_what_would_match(
    client: FlaskClient, arguments: str, causes: list[str], remedies: list[str]
) -> None:
    soup = soup_of(client, f"/?{arguments}")
    told = [each.get_text() for each in soup.select(".causes li")]
    assert [re.findall("“(.*?)”", each)[0] for each in told] == causes
    assert [str(each["href"]) for each in soup.select(".remedies a")] == remedies
    for each in soup.select(".remedies li"):
        link = each.select_one("a")
        assert link
        found = total(soup_of(client, str(link["href"])))
        assert text(each, ".count").split()[0] == str(found) != "0"


def test_a_clause_without_which_others_match_is_named(client: FlaskClient) -> None:
    soup = soup_of(client, "/?q=torture+NOT+torture+fraud")
    assert not soup.select(".causes")
    told = {text(each, "a"): text(each, ".count") for each in soup.select(".remedies li")}
    assert told
    for words, count in told.items():
        found = total(soup_of(client, f"/?q={words.replace(' ', '+')}"))
        assert count.split()[0] == str(found) != "0"


def test_countries_and_periods_are_in_the_readers_language(client: FlaskClient) -> None:
    assert "Казахстан" in create_name(client, "ru", "kz")
    assert "Kazakhstan" in create_name(client, "en", "kz")
    soup = soup_of(client, "/ru/?q=суд&step=month")
    assert re.search("январь|апрель|июнь|март", text(soup, "#time-table"))
    assert all(str(a["href"]).startswith("/ru/") for a in soup.select("svg.bars a"))


def create_name(client: FlaskClient, language: str, code: str) -> str:
    return text(soup_of(client, f"/{language}/?country={code}"), ".chips")


def test_releases_that_match_some_words_follow_apart(client: FlaskClient) -> None:
    soup = soup_of(client, "/?q=who+was+sentenced+for+torture+in+prison")
    tiers = soup.select("ol.hits")
    assert text(soup, ".summary").startswith(f"{total(soup)} press release")
    assert len(tiers) == 2
    assert not tiers[0].select(".missing")
    assert all(each.select_one(".missing s") for each in tiers[1].select("li"))
    assert "match some of your words" in text(soup, "h2.tier")
    assert len(tiers[0].select("li")) == total(soup)
    alone = soup_of(client, str(soup.select_one(".summary a[href*='match=all']")["href"]))
    assert titles(alone) == [each.get_text() for each in tiers[0].select("h2")]


def test_how_words_were_read_is_told_and_can_be_switched_off(client: FlaskClient) -> None:
    soup = soup_of(client, "/?q=trial+of+the+defendants+since+2018")
    assert "Published" in text(soup, ".chips")
    told = text(soup, ".reading")
    assert "Not required: of, the." in told
    assert "“since 2018” was read as the date of publication: 2018-01-01 to …." in told
    literal = soup_of(client, str(soup.select_one(".reading a[href*='reading=literal']")["href"]))
    assert "Not required" not in literal.get_text()
    assert "Published" not in literal.get_text()
    removed = soup.select_one(".chips a[href='/?q=trial+of+the+defendants']")
    assert removed


FIRST_TIER = "Only releases that match all your words."
TWO_TIERS = "q=fraud+court"


def test_each_count_says_that_it_is_of_the_first_tier(client: FlaskClient) -> None:
    soup = soup_of(client, f"/?{TWO_TIERS}")
    for place in (".filters", "figcaption", ".downloads"):
        assert FIRST_TIER in text(soup, place)
    for path in ("/trends", "/concordance", "/collocates", "/sample"):
        page = client.get(f"{path}?{TWO_TIERS}&least=1&words=all", follow_redirects=True)
        assert page.text.count(FIRST_TIER) == 1, path
    for path in ("/trends.svg", "/search.atom"):
        assert FIRST_TIER in client.get(f"{path}?{TWO_TIERS}").text


@pytest.mark.parametrize("asked", ["q=torture", f"{TWO_TIERS}&match=all", "q=court+AND+torture"])
def test_nothing_is_said_of_tiers_where_there_is_one(client: FlaskClient, asked: str) -> None:
    for path in ("/", "/trends", "/concordance", "/collocates", "/sample", "/search.atom"):
        assert FIRST_TIER not in client.get(f"{path}?{asked}", follow_redirects=True).text


@pytest.mark.parametrize(
    "asked",
    [
        '"convicted torturer qwertz"',
        '"guilty torture" AND "prison zebra" AND court',
        "fraud AND пыток AND torture AND шахтерам",
        "torture NOT torture NOT court NOT fraud",
        "title:torture AND title:fraud AND title:corruption AND title:пытки",
    ],
)
def test_no_result_is_a_dead_end(client: FlaskClient, asked: str) -> None:
    soup = soup_of(client, f"/?{urlencode({'q': asked})}")
    assert not soup.select("ol.hits")
    links = soup.select(".remedies a")
    assert links
    for link in links:
        assert soup_of(client, str(link["href"])).select("ol.hits")


def test_some_of_the_words_are_offered_where_they_were_left_out(client: FlaskClient) -> None:
    soup = soup_of(client, "/?q=torture+zzyzx&match=all")
    links = [str(each["href"]) for each in soup.select(".remedies a")]
    assert "/?q=torture+zzyzx" in links


@pytest.mark.parametrize(
    "path", ["/", "/concordance", "/trends", "/collocates", "/coverage", "/help", "/search.atom"]
)
def test_a_page_that_is_asked_of_a_build_says_which_answered(
    client: FlaskClient, path: str
) -> None:
    live = client.get("/api/v1/search?q=court").json["build"]
    page = client.get(f"{path}?q=court&build=9-20200101T000000000000").text
    assert f"Index build {live} answered, not 9-20200101T000000000000" in page
    assert f"Index build {live} answered." in client.get(f"{path}?q=court&build={live}").text
    assert f"Index build {live} answered" not in client.get(f"{path}?q=court").text


FILES = ("export.csv", "export.ris", "sample.csv", "concordance.csv", "trends.csv", "trends.svg")
API_PATHS = ("search", "timeline", "concordance", "collocates")


@pytest.mark.parametrize(
    "path", ["/complete", "/collocates.csv", *map("/{}".format, FILES), "/", "/search.atom"]
)
def test_every_answer_of_a_build_names_the_one_that_answered(
    client: FlaskClient, path: str
) -> None:
    live = client.get("/api/v1/search?q=court").json["build"]
    answer = client.get(f"{path}?q=court&seed=1&build=9-20200101T000000000000", buffered=True)
    assert answer.status_code == 200
    assert answer.headers["Communique-Build"] == live
    if path[1:] in FILES:
        assert live in answer.text
    assert "Communique-Build" not in client.get(f"{path}?q=court&seed=1", buffered=True).headers


@pytest.mark.parametrize("path", API_PATHS)
def test_the_api_warns_where_another_build_answers(client: FlaskClient, path: str) -> None:
    plain = client.get(f"/api/v1/{path}?q=court").json
    other = client.get(f"/api/v1/{path}?q=court&build=9-2020")
    (warning,) = other.json["warnings"]
    assert warning.startswith(f"Index build {plain['build']} answered, not 9-2020")
    assert other.headers["Communique-Build"] == plain["build"]
    assert client.get(f"/api/v1/{path}?q=court&build={plain['build']}").json["warnings"] == []


@pytest.mark.parametrize("path", ["/", "/concordance", "/trends", "/collocates", "/sample"])
def test_links_and_forms_keep_the_build(client: FlaskClient, path: str) -> None:
    soup = soup_of(client, f"{path}?q=court&seed=1&build=9-2020")
    links = [str(a["href"]) for a in soup.select("main a[href*='q=']")]
    assert len(links) > 5
    assert [link for link in links if "build=9-2020" not in link] == []
    for form in soup.select("main form"):
        assert form.select("input[name=build][value='9-2020']")
