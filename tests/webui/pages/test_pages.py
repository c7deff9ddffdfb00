"""The pages, through Flask's client, over the sample offices."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from corpus import Settings, Store
from corpus.issue import Issue
from corpus.release import sha256
from corpus.review.report import CrawlReport
from webui import create_app


def soup_of(client: FlaskClient, url: str, status: int = 200) -> BeautifulSoup:
    answer = client.get(url)
    assert answer.status_code == status
    return BeautifulSoup(answer.text, "lxml")


def total(soup: BeautifulSoup) -> int:
    shown = soup.select_one(".summary .total")
    return int(shown.get_text().replace(",", "")) if shown else 0


def titles(soup: BeautifulSoup) -> list[str]:
    return [each.get_text() for each in soup.select(".hits h2")]


def test_front_page_shows_the_newest_releases(client: FlaskClient, sample_store: Store) -> None:
    soup = soup_of(client, "/")

    assert total(soup) == sample_store.count()
    days = [each["datetime"] for each in soup.select(".hits time")]
    assert days == sorted(days, reverse=True)


def test_a_release_shows_its_subtitle_and_links_both_ways(
    client: FlaskClient, sample_store: Store
) -> None:
    verdict = next(each for each in sample_store.releases() if each.links)
    assert verdict.links
    indicted = sample_store.id_of(verdict.office, verdict.links[0].url)
    soup = soup_of(client, f"/releases/{verdict.id}?q=statute")
    [subtitle] = soup.select("h1 + .subtitle")
    assert subtitle.get_text() == "Verdict Is First Under Aldania’s Torture Statute"
    assert [each["id"] for each in subtitle.select("mark")] == ["m1"]
    assert len(soup.select("mark[id]")) > 1, "the text's matches follow"
    [link] = soup.select('[aria-labelledby="links"] a')
    assert link["href"] == f"/releases/{indicted}"
    soup = soup_of(client, link["href"])
    assert not soup.select(".subtitle")
    [link] = soup.select('[aria-labelledby="linking"] a')
    assert (link["href"], link.get_text()) == (f"/releases/{verdict.id}", verdict.title)


def test_bare_word_finds_its_forms_and_marks_them(client: FlaskClient) -> None:
    soup = soup_of(client, "/?q=torture")

    assert total(soup) > 0
    assert {each.get_text().lower() for each in soup.select("mark")} >= {"torture", "torturing"}


@pytest.mark.parametrize("word", ["пытки", "азаптау"])
def test_russian_and_kazakh_are_found(client: FlaskClient, word: str) -> None:
    assert total(soup_of(client, f"/?q={word}")) > 0


def test_every_count_of_a_facet_is_what_clicking_it_gives(client: FlaskClient) -> None:
    links = soup_of(client, "/?q=torture").select(".filters li a")

    assert links
    for link in links:
        count = link.select_one(".count")
        assert count
        assert total(soup_of(client, str(link["href"]))) == int(count.get_text())


def test_two_values_of_a_facet_add_up_and_a_chip_removes_one(client: FlaskClient) -> None:
    first, second = (total(soup_of(client, f"/?year={year}")) for year in (2018, 2019))

    soup = soup_of(client, "/?year=2018&year=2019")

    assert total(soup) == first + second
    chip = soup.select_one(".chips a:-soup-contains('2018')")
    assert chip
    assert total(soup_of(client, str(chip["href"]))) == second


def test_pages_of_hits_neither_skip_nor_repeat(client: FlaskClient, sample_store: Store) -> None:
    url, seen = "/?q=the+OR+и+OR+және", []
    while url:
        soup = soup_of(client, url)
        seen += [str(a["href"]).partition("?")[0] for a in soup.select(".hits h2 a")]
        following = soup.select_one("a[rel=next]")
        url = str(following["href"]) if following else ""

    assert len(seen) == len(set(seen)) == total(soup)


def test_range_of_days_narrows(client: FlaskClient) -> None:
    days = [
        each["datetime"]
        for each in soup_of(client, "/?since=2018-01-01&until=2018-12-31").select(".hits time")
    ]

    assert days
    assert all(str(day).startswith("2018") for day in days)


def test_nothing_found_helps(client: FlaskClient) -> None:
    soup = soup_of(client, "/?q=xyzzyx+torture&year=2018")

    assert "No release matches all your words" in soup.get_text()
    causes = [each.get_text() for each in soup.select(".causes li")]
    assert causes == ["“xyzzyx” does not occur in any release."]
    assert soup.select_one(".remedies a[href='/?q=torture&year=2018']")


@pytest.mark.parametrize(
    "query", ['"open', "AND OR NOT", "((((", "a" * 10_000, "foo:bar", "date:never"]
)
def test_strange_queries_are_answered_with_a_note(client: FlaskClient, query: str) -> None:
    answer = client.get("/", query_string={"q": query})

    assert answer.status_code == 200
    assert 'class="note"' in answer.text


STRANGE = [
    "page=0",
    "page=-3",
    "page=x",
    "page=99999999999999999999",
    "page=900",
    "sort=up",
    "since=soon",
    "until=9999-99-99",
    "office=nobody",
    "year=%00",
    "q=%FF%FE",
]


@pytest.mark.parametrize("arguments", STRANGE)
def test_strange_arguments_are_no_error(client: FlaskClient, arguments: str) -> None:
    assert client.get(f"/?q=torture&{arguments}").status_code == 200


def test_release_page_marks_the_query_and_leads_back(client: FlaskClient) -> None:
    link = soup_of(client, "/?q=torture&year=2018").select_one(".hits h2 a")
    assert link

    soup = soup_of(client, str(link["href"]))

    assert soup.select_one("mark#m1")
    back = soup.select_one(".back a")
    assert back
    assert back["href"] == "/?q=torture&year=2018"


def test_archived_response_is_a_download_with_the_digest_shown(
    client: FlaskClient, sample_store: Store
) -> None:
    for release in sample_store.releases():
        answer = client.get(f"/releases/{release.id}/response")
        assert sha256(answer.data) == release.provenance.sha256
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert release.provenance.sha256 in client.get(f"/releases/{release.id}").text


def test_release_page_shows_every_paragraph(client: FlaskClient, sample_store: Store) -> None:
    for release in sample_store.releases():
        shown = [
            " | ".join(each.get_text() for each in line.select("td, th") or [line])
            for line in soup_of(client, f"/releases/{release.id}").select(".text [id^=p]")
        ]
        assert shown == list(release.body)


@pytest.mark.parametrize("url", ["/nowhere", "/releases/none-0", "/releases/none-0/response"])
def test_what_is_not_there_is_404_with_a_page(client: FlaskClient, url: str) -> None:
    assert "Search press releases" in soup_of(client, url, 404).get_text()


def test_offices_page_counts_what_is_held(client: FlaskClient, sample_store: Store) -> None:
    rows = soup_of(client, "/coverage").select(".cards tbody tr")

    shown = {
        str(row.select_one("a")["href"]).split("=")[1]: int(row.select_one("td").get_text())
        for row in rows
    }  # type: ignore[index,union-attr]
    assert shown == {each.office: each.releases for each in sample_store.coverage()}


def test_examples_of_the_help_page_are_read_as_meant(client: FlaskClient) -> None:
    for link in soup_of(client, "/help").select("tbody a"):
        soup = soup_of(client, str(link["href"]))
        assert not soup.select(".note")
        assert total(soup), f"{link.get_text()} finds nothing in the sample data"


def test_without_an_index_pages_say_so(settings: Settings) -> None:
    app = create_app(settings)
    client = app.test_client()

    assert client.get("/healthz").status_code == 503
    assert "Searches cannot be answered" in soup_of(client, "/", 503).get_text()
    assert client.get("/coverage").status_code == 200
    app.extensions["communique"][0].close()


def test_nothing_inline_and_nothing_from_elsewhere(client: FlaskClient) -> None:
    for url in ("/", "/?q=torture", "/coverage", "/help"):
        answer = client.get(url)
        assert "'unsafe-inline'" not in answer.headers["Content-Security-Policy"]
        assert not re.search(
            r"<style|style=|<script>|<script(?! src=\"/static/)|javascript:|src=\"http", answer.text
        )
        assert "Set-Cookie" not in answer.headers


def test_hostile_queries_show_as_text(client: FlaskClient) -> None:
    answer = client.get("/", query_string={"q": '"><script>alert(1)</script><b x="'})

    assert "<script>" not in answer.text


def test_how_the_query_was_read_is_told_with_counts_and_repairs(client: FlaskClient) -> None:
    details = soup_of(client, "/?q=tortu*+%22human+trafficking").select_one("details.reading")

    assert details
    assert not details.has_attr("open")
    told = " ".join(details.get_text(" ").split())
    number = total(soup_of(client, "/?q=tortu*"))
    assert f"words beginning with “tortu” {number} releases" in told
    assert {"torture", "torturing"} <= set(told.split())
    assert "Unmatched quotation mark" in told
    assert not soup_of(client, "/?year=2018").select("details.reading")


def test_a_misspelt_word_is_mended_and_the_link_finds_what_it_says(client: FlaskClient) -> None:
    better = soup_of(client, "/?q=tortrue+%22human+rights%22+OR+tortrue&year=2018").select_one(
        ".better"
    )

    assert better
    link = better.select_one("a")
    assert link
    assert link.get_text() == 'torture "human rights" OR torture'
    number = total(soup_of(client, str(link["href"])))
    assert "year=2018" in str(link["href"])
    shown = better.select_one(".faint")
    assert shown
    assert shown.get_text().split()[0] == str(number) != "0"


@pytest.mark.parametrize(
    "query",
    [
        "torture",
        "tortrue*",
        "title:tortrue",
        '"tortrue"',
        "-tortrue",
        "tortrue~",
        "qqqqqqqqqqq",
        "",
    ],
)
def test_nothing_is_mended_that_was_meant_or_has_no_near_word(
    client: FlaskClient, query: str
) -> None:
    assert not soup_of(client, f"/?q={query}").select(".better")


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("human traff", "human trafficking"),
        ('"human traff', '"human trafficking"'),
        ("Tortu", "torture"),
        ("fraud (NOT traff", "fraud (NOT trafficking"),
        ("title:tortu", "title:torture"),
        ("пыт", "пыток"),
    ],
)
def test_the_last_word_is_completed(client: FlaskClient, typed: str, first: str) -> None:
    answer = client.get("/complete", query_string={"q": typed})

    assert isinstance(answer.json, list)
    assert answer.json[0]["query"] == first
    assert len(answer.json) <= 8
    for each in answer.json:
        page = client.get("/", query_string={"q": each["query"], "script": "any"})
        assert total(BeautifulSoup(page.data, "lxml")) == each["total"] > 0


@pytest.mark.parametrize(
    "typed",
    ["", "t", "torture ", "torture t", "lang:ru", "office:sa", "date:20", "fraud OR", "\x00"],
)
def test_what_is_no_word_of_the_text_is_not_completed(client: FlaskClient, typed: str) -> None:
    assert client.get("/complete", query_string={"q": typed}).json == []


def test_release_page_shows_five_like_it(client: FlaskClient, sample_store: Store) -> None:
    for release in sample_store.releases("sample_doj"):
        soup = soup_of(client, f"/releases/{release.id}")
        links = [str(link["href"]) for link in soup.select(".similar a")]
        assert len(set(links)) == 5
        assert f"/releases/{release.id}" not in links
        assert len(soup.select(".similar .meta time")) == 5


def test_without_an_index_a_release_page_has_no_similar_ones(
    settings: Settings, sample_store: Store, sample_settings: Settings
) -> None:
    app = create_app(replace(settings, catalog=sample_settings.catalog_url))
    release = next(sample_store.releases())

    soup = soup_of(app.test_client(), f"/releases/{release.id}")

    assert release.title in soup.get_text()
    assert not soup.select(".similar")
    app.extensions["communique"][0].close()


def test_a_page_beyond_the_last_leads_to_the_last(client: FlaskClient) -> None:
    soup = soup_of(client, "/?q=the&page=900")

    assert "Page 900 does not exist" in soup.get_text()
    link = soup.select_one(".nothing a")
    assert link
    last = soup_of(client, str(link["href"]))
    assert titles(last)
    assert not last.select("a[rel=next]")


@pytest.mark.parametrize(
    ("arguments", "notes"),
    [
        (
            "office=nobody",
            ["No release has the office “nobody”. Available: sample_doj, sample_gpo."],
        ),
        ("language=xx", ["No release has the language “xx”. Available: en, kk, ru."]),
        ("year=1815", ["No release has the year “1815”."]),
        (
            "q=office:nobody",
            ["No release has the office “nobody”. Available: sample_doj, sample_gpo."],
        ),
        ("q=fraud+lang:xx", ["No release has the language “xx”. Available: en, kk, ru."]),
        ("since=soon", ["“soon” isn’t a date. Use since=2018, since=2018-04 or since=2018-04-27."]),
        (
            "until=9999-99-99",
            ["“9999-99-99” isn’t a date. Use until=2018, until=2018-04 or until=2018-04-27."],
        ),
        (
            "since=2019&until=2018",
            ["The date range is empty: it starts 2019-01-01 and ends 2018-12-31."],
        ),
        (
            "q=date:2018..2017",
            ["The date range 2018..2017 is empty: it ends before it starts."],
        ),
        ("q=office:sample_doj+lang:en&year=2018&language=en&office=sample_doj&since=2018", []),
    ],
)
def test_values_that_cannot_be_meant_are_told(
    client: FlaskClient, arguments: str, notes: list[str]
) -> None:
    soup = soup_of(client, f"/?{arguments}")

    assert [each.get_text() for each in soup.select(".note")] == notes


def test_nothing_found_has_no_link_to_narrow_it(client: FlaskClient) -> None:
    assert soup_of(client, "/?q=torture").select(".to-filters")
    assert not soup_of(client, "/?q=xyzzyx").select(".to-filters")


def test_offices_page_tells_what_had_no_answer_and_what_was_cut_short(
    settings: Settings, store: Store
) -> None:
    report = CrawlReport("sample_doj", "pages", failed=[Issue("u", "no_answer", "Lost.")] * 3)
    report.cut_short = "after 1 release (--limit)"
    store.add_run("sample_doj", datetime.now(UTC), report.as_json())
    app = create_app(settings)

    told = soup_of(app.test_client(), "/coverage").select_one("tbody")

    assert told
    assert (
        "3 failed to load; stopped early as requested, after 1 release (--limit)" in told.get_text()
    )
    app.extensions["communique"][0].close()


def test_static_files_stay_small() -> None:
    folder = Path(__file__).resolve().parents[3] / "webui" / "static"

    assert sum(path.stat().st_size for path in folder.iterdir()) < 50_000
