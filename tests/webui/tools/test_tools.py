"""In context, over time, words around: the pages and their files against a plain count of the
exported texts.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from math import log, log2
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from corpus import Settings, Store
from indexer import Engine, open_engine
from indexer.analysis.function_words import is_function_word
from indexer.export.csv import BYTE_ORDER_MARK, escape_formula
from indexer.export.formats import release_json
from tests.conftest import apps
from tests.indexer.whoosh_engine.test_merging import made
from tests.indexer.whoosh_engine.test_trees import nothing
from webui.tools.concordance import ORDERS, SIZE
from webui.tools.downloads import DOWNLOADS
from webui.tools.trends import MOST_PERIODS

# Words as written, so that plain reading needs no stems; phrases of two words.
QUERIES = ["fraud", "the", "of the", "суда", "і", "и", "және", "2018", "zzzz"]
Texts = list[dict[str, Any]]


@pytest.fixture(scope="module")
def texts(sample_settings: Settings) -> Texts:
    store = Store(sample_settings)
    found = [release_json(each) for each in store.releases()]
    store.close()
    return found


@pytest.fixture
def hostile(settings: Settings) -> Iterator[FlaskClient]:
    """Pages over releases whose texts would be markup or formulas, of two far days and of none."""
    body = '=1+1 <img src=x onerror=alert(1)> fraud "</title><script>alert(2)</script>" -5'
    first = replace(made("a", body, title="<b>fraud</b>"), office="<i>x</i>")
    some = [first, replace(first, id="b", published=date(1950, 3, 1))]
    engine = open_engine(settings)
    engine.publish(engine.build([*some, replace(first, id="c", published=None)], 1, nothing))
    engine.close()
    for each in apps(settings):
        yield each.test_client()


def soup_of(client: FlaskClient, url: str) -> BeautifulSoup:
    answer = client.get(url)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "lxml")


def rows_of(client: FlaskClient, url: str) -> list[dict[str, str]]:
    answer = client.get(url)
    assert answer.status_code == 200
    text = answer.data.decode()
    assert text.startswith(BYTE_ORDER_MARK)
    return [*csv.DictReader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline=""))]


def plain(text: str) -> list[str]:
    """The words of a text, cut independently of the index."""
    return re.findall(r"[^\W_]+(?:'[^\W_]+)*", text.casefold().replace("ё", "е").replace("’", "'"))


def paragraphs(row: dict[str, Any]) -> list[str]:
    """The paragraphs of a release by their numbers; 0 is its subtitle."""
    return [row["subtitle"] or "", *row["body"]]


def count_in(row: dict[str, Any], asked: str) -> int:
    """How often words stand in a release's body one after another."""
    found, wanted = plain("\n".join(paragraphs(row))), plain(asked)
    return sum(found[at : at + len(wanted)] == wanted for at in range(len(found)))


def holds(row: dict[str, Any], asked: str) -> bool:
    """Whether words stand one after another in a release's title or body."""
    return count_in(row, asked) > 0 or f" {' '.join(plain(asked))} " in (
        f" {' '.join(plain(row['title']))} "
    )


# in context


def all_lines(client: FlaskClient, url: str) -> Iterator[tuple[str, int, str]]:
    """The release, paragraph and keyword of every line on all pages."""
    while url:
        soup = soup_of(client, url)
        for link in soup.select(".kwic .node a"):
            address = urlsplit(str(link["href"]))
            paragraph = re.match(r"p(\d+):~:text=", address.fragment)
            assert paragraph
            yield address.path.split("/")[-1], int(paragraph[1]), link.get_text()
        following = soup.select_one(".pager a[rel=next]")
        url = str(following["href"]) if following else ""


@pytest.mark.parametrize("asked", QUERIES)
def test_lines_are_all_places_in_all_texts(client: FlaskClient, texts: Texts, asked: str) -> None:
    # Words side by side across two paragraphs count too, and are found where they begin.
    expected = Counter({row["id"]: count_in(row, asked) for row in texts})
    url = f'/concordance?q="{asked}"'
    lines = [*all_lines(client, url)]
    assert Counter(id_ for id_, _, _ in lines) == +expected
    bodies = {row["id"]: paragraphs(row) for row in texts}
    for id_, paragraph, keyword in lines:
        assert plain(keyword) == plain(asked)
        assert plain(asked)[0] in plain(bodies[id_][paragraph])
    if lines:
        told = soup_of(client, url).select_one(".summary p")
        assert told
        assert [int(each) for each in re.findall(r"\d+", told.get_text().replace(",", ""))] == [
            len(lines),
            len(+expected),
        ]


@pytest.mark.parametrize("order", ORDERS)
def test_the_table_has_the_lines_of_the_pages(client: FlaskClient, order: str) -> None:
    asked = f"q=the+OR+суд*&by={order}&sort=newest&office=sample_doj&office=sample_gpo"
    rows = rows_of(client, f"/concordance.csv?{asked}")
    shown = [*all_lines(client, f"/concordance?{asked}")]
    assert [(row["id"], int(row["paragraph"]), row["keyword"]) for row in rows] == shown
    assert len(rows) > SIZE
    assert [row["line"] for row in rows] == [str(number) for number in range(1, len(rows) + 1)]
    assert {row["order"] for row in rows} == {"newest" if order == "document" else order}
    assert {row["filters"] for row in rows} == {"office=sample_doj&office=sample_gpo"}


def test_a_row_leads_to_its_place(client: FlaskClient, texts: Texts, sample_engine: Engine) -> None:
    releases = {row["id"]: row for row in texts}
    rows = rows_of(client, "/concordance.csv?q=суд*+OR+прокур*")
    assert len(rows) > 20
    for row in rows:
        release = releases[row["id"]]
        paragraph = paragraphs(release)[int(row["paragraph"])]
        assert paragraph[int(row["offset"]) :].startswith(row["keyword"])
        assert (row["url"], row["published"]) == (release["url"], release["published"] or "")
        assert row["permalink"] == f"http://localhost/releases/{row['id']}#p{row['paragraph']}"
        assert row["build"] == sample_engine.health().build
    page = soup_of(client, urlsplit(rows[0]["permalink"]).path)
    found = page.select_one(f"#p{rows[0]['paragraph']}")
    assert found
    assert rows[0]["keyword"] in found.get_text()


def test_lines_are_sorted_by_their_neighbors(client: FlaskClient) -> None:
    for order, at in (("left", -1), ("right", 0)):
        rows = rows_of(client, f"/concordance.csv?q=court&by={order}")
        beside = [
            [*plain(row[order])[::-1], ""][0] if at else [*plain(row[order]), ""][0] for row in rows
        ]
        assert beside == sorted(beside)
    days = [row["published"] or "9" for row in rows_of(client, "/concordance.csv?q=court&by=date")]
    assert days == sorted(days)


def test_the_very_words_are_named_in_a_link(client: FlaskClient) -> None:
    for link in soup_of(client, "/concordance?q=court&by=right").select(".kwic .node a"):
        row = link.find_parent("tr")
        assert row
        directive = urlsplit(str(link["href"])).fragment.partition(":~:text=")[2]
        parts = directive.split(",")
        words = [unquote(each.strip("-")) for each in parts]
        assert link.get_text() in words
        before = row.select_one(".before")
        assert before
        if parts[0].endswith("-"):
            assert before.get_text().strip().endswith(words[0])
        assert len(parts) <= 2


def test_filters_can_be_taken_away_and_changed(client: FlaskClient) -> None:
    asked = "q=court&office=sample_doj&year=2018&since=2018-02-01&by=right"
    soup = soup_of(client, f"/concordance?{asked}")
    chips = [str(each["href"]) for each in soup.select(".chips a")]
    assert chips == [
        "/concordance?q=court&year=2018&since=2018-02-01&by=right",
        "/concordance?q=court&office=sample_doj&since=2018-02-01&by=right",
        "/concordance?q=court&office=sample_doj&year=2018&by=right",
    ]
    back = soup.select_one("p.held a")
    assert back
    assert back["href"] == "/?q=court&office=sample_doj&year=2018&since=2018-02-01#filters"


def test_tabs_lead_to_the_same_releases(client: FlaskClient) -> None:
    asked = "q=court&office=sample_doj&sort=newest"
    expected = [
        f"{path}?{asked}" for path in ("/", "/concordance", "/trends", "/collocates", "/sample")
    ]
    for url in (
        f"/?{asked}&page=2",
        f"/concordance?{asked}&page=2",
        f"/collocates?{asked}&window=3",
    ):
        soup = soup_of(client, url)
        assert [a["href"] for a in soup.select(".tools a")] == expected
        assert len(soup.select('.tools a[aria-current="page"]')) == 1
    assert soup_of(client, f"/sample?{asked}&seed=1").select_one('.tools [aria-current="page"]')
    russian = soup_of(client, f"/ru/concordance?{asked}")
    assert [a["href"] for a in russian.select(".tools a")] == [f"/ru{each}" for each in expected]


# over time


def expected_months(texts: Texts, asked: str) -> dict[str, tuple[int, int, int, int]]:
    """By month: hits, occurrences, releases, words; counted release by release."""
    found: dict[str, list[int]] = {}
    for row in texts:
        month = found.setdefault((row["published"] or "undated")[:7], [0, 0, 0, 0])
        is_hit = holds(row, asked)
        words = len(plain("\n".join(paragraphs(row))))
        for at, each in enumerate((is_hit, count_in(row, asked) if is_hit else 0, 1, words)):
            month[at] += each
    return {month: (a, b, c, d) for month, (a, b, c, d) in found.items()}


@pytest.mark.parametrize("asked", QUERIES)
def test_numbers_over_time_are_those_of_all_texts(
    client: FlaskClient, texts: Texts, asked: str
) -> None:
    expected = expected_months(texts, asked)
    rows = rows_of(client, f'/trends.csv?q="{asked}"&step=month')
    names = ("releases", "mentions", "releases_held", "words_held")
    shown = {row["period"]: tuple(int(row[name]) for name in names) for row in rows}
    months = [row["period"] for row in rows if row["period"] != "undated"]
    first = date.fromisoformat(f"{months[0]}-01")
    assert (
        months
        == [*dict.fromkeys(str(first + timedelta(at))[:7] for at in range(len(months) * 31))][
            : len(months)
        ]
    )
    assert {month: each for month, each in shown.items() if each[2]} == expected
    for row in rows:
        if row["releases_held"] == "0":
            assert row["releases_per_1000_releases"] == ""
        else:
            share = 1000 * int(row["releases"]) / int(row["releases_held"])
            assert float(row["releases_per_1000_releases"]) == pytest.approx(share)
            rate = 1e6 * int(row["mentions"]) / int(row["words_held"])
            assert float(row["mentions_per_million_words"]) == pytest.approx(rate)


@pytest.mark.parametrize("measure", ["releases", "share", "rate"])
def test_the_page_shows_the_numbers_of_the_table(client: FlaskClient, measure: str) -> None:
    asked = f"q=fraud&q=торговля+OR+суд&q=zzzz&step=year&measure={measure}&language=en&language=ru"
    rows = rows_of(client, f"/trends.csv?{asked}")
    column = {
        "releases": "releases",
        "share": "releases_per_1000_releases",
        "rate": "mentions_per_million_words",
    }
    by_period: dict[str, list[str]] = {}
    for row in rows:
        if row["period"] != "undated":
            by_period.setdefault(row["period"], []).append(row[column[measure]])
    soup = soup_of(client, f"/trends?{asked}")
    shown = {}
    for tr in soup.select("table.months tbody tr"):
        period, _, _, *values = [cell.get_text() for cell in tr.select("th, td")]
        shown[period] = [None if each == "–" else float(each.replace(",", "")) for each in values]
    assert shown == {
        period: [round(float(each), 2) if each else None for each in values]
        for period, values in by_period.items()
    }
    assert {row["query"] for row in rows} == {"fraud", "торговля OR суд", "zzzz"}
    assert len(soup.select(".legend li")) == 3


def test_a_value_leads_to_its_releases(client: FlaskClient, texts: Texts) -> None:
    soup = soup_of(client, '/trends?q="the"&step=month&since=2018-01-10')
    months = {
        month: each[0]
        for month, each in expected_months(
            [row for row in texts if (row["published"] or "") >= "2018-01-10"], "the"
        ).items()
        if each[0]
    }
    links = soup.select("table.months td a")
    assert len(links) == len(months)
    for link, (_, number) in zip(links, sorted(months.items()), strict=True):
        total = soup_of(client, str(link["href"])).select_one(".summary .total")
        assert total
        assert total.get_text() == link.get_text() == str(number)


@pytest.mark.parametrize("asked", ["fraud", "суда", "2018"])
def test_the_first_and_last_use_are_named(client: FlaskClient, texts: Texts, asked: str) -> None:
    days = sorted(row["published"] for row in texts if holds(row, asked) and row["published"])
    times = soup_of(client, f'/trends?q="{asked}"').select(".legend time")
    assert [each["datetime"] for each in times] == [days[0], days[-1]]
    for each in times:
        link = each.find_parent("a")
        assert link
        assert client.get(str(link["href"])).status_code == 200


def test_gaps_are_hatched_and_not_zero(client: FlaskClient, texts: Texts) -> None:
    rows = rows_of(client, "/trends.csv?q=the&step=month")
    held = [row["releases_held"] != "0" for row in rows[:-1]]
    gaps = sum(not now and before for before, now in pairwise(held))
    assert gaps > 0
    soup = soup_of(client, "/trends?q=the&step=month")
    assert len(soup.select("svg .gap")) == gaps
    assert len(soup.select("svg polyline")) == gaps + 1


def test_queries_differ_by_more_than_color(client: FlaskClient) -> None:
    asked = "&".join(f"q={word}" for word in ("the", "of", "and", "to", "in", "a"))
    soup = soup_of(client, f"/trends?{asked}&step=year")
    lines = soup.select(".legend .sample > line")
    shapes = [each["d"] for each in soup.select(".legend .sample path")]
    assert len(lines) == len(set(shapes)) == 6
    assert len({each["stroke-dasharray"] for each in lines}) == 6
    assert len({each["stroke"] for each in lines}) == 6
    seventh = client.get(f"/trends?{asked}&q=on").text
    assert "Only the first 6 queries are compared." in seventh


def test_the_drawing_stands_alone_and_tells_where_it_comes_from(
    client: FlaskClient, sample_engine: Engine
) -> None:
    answer = client.get('/trends.svg?q="</text><script>"&q=суд&office=sample_doj')
    assert answer.content_type == "image/svg+xml; charset=utf-8"
    drawing = BeautifulSoup(answer.data, "xml")
    words = drawing.get_text(" ")
    assert "суд" in words
    assert "</text><script>" in words
    assert str(sample_engine.health().build) in words
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", words)
    assert "office=sample_doj" in words
    assert not drawing.select("script, style, image, a")
    assert all(each.get("stroke") for each in drawing.select("polyline"))
    assert len(drawing.select("svg > title")) > 0
    assert not re.search(r"(href|src|style|onload)=", answer.text)


def test_steps_that_would_be_too_many_are_made_longer(hostile: FlaskClient) -> None:
    page = hostile.get("/trends?q=fraud&step=day").text
    assert f"The chart would have more than {MOST_PERIODS} periods" in page
    soup = BeautifulSoup(page, "lxml")
    assert 1 < len(soup.select("table.months tbody tr")) <= MOST_PERIODS
    days = rows_of(hostile, "/trends.csv?q=fraud&step=day")
    assert len(days) == (date(2020, 1, 1) - date(1950, 3, 1)).days + 2
    assert days[-1]["period"] == "undated"
    assert days[-1]["releases"] == "1"


# words around


def expected_words(
    texts: Texts, asked: str, window: int
) -> tuple[Counter[str], Counter[str], int, int]:
    """Words near and in all, places, and words near, counted token by token."""
    near: Counter[str] = Counter()
    every: Counter[str] = Counter()
    places = 0
    for row in texts:
        found, wanted = plain("\n".join(paragraphs(row))), plain(asked)
        every.update(found)
        starts = [at for at in range(len(found)) if found[at : at + len(wanted)] == wanted]
        inside = {at + more for at in starts for more in range(len(wanted))}
        beside = {
            at
            for start in starts
            for at in range(start - window, start + len(wanted) + window)
            if 0 <= at < len(found)
        }
        near.update(found[at] for at in beside - inside)
        places += len(starts)
    return near, every, places, sum(near.values())


@pytest.mark.parametrize("measure", ["log_likelihood", "log_dice", "mutual_information"])
@pytest.mark.parametrize(("asked", "window"), [("court", 5), ("of the", 1), ("и", 20)])
def test_words_around_are_those_of_all_texts(
    client: FlaskClient, texts: Texts, asked: str, window: int, measure: str
) -> None:
    near, every, places, beside = expected_words(texts, asked, window)
    tokens = sum(every.values())

    def value(word: str) -> float:
        a, f = near[word], every[word]
        expected = f * beside / tokens
        if measure == "log_dice":
            return 14 + log2(2 * a / (places + f))
        if measure == "mutual_information":
            return log2(a / expected)
        rest = f - a
        return 2 * (a * log(a / expected) + (rest * log(rest / (f - expected)) if rest else 0))

    chosen = {w: value(w) for w, a in near.items() if a >= 2 and a >= every[w] * beside / tokens}
    url = f'?q="{asked}"&window={window}&measure={measure}&least=2&words=all'
    rows = rows_of(client, f"/collocates.csv{url}")
    best = sorted(chosen.values(), reverse=True)[:100]
    assert [float(row["score"]) for row in rows] == pytest.approx(best)
    for row in rows:
        word = row["word"]
        assert float(row["score"]) == pytest.approx(chosen[word])
        assert (int(row["observed"]), int(row["frequency"])) == (near[word], every[word])
    assert {(row["mentions"], row["window_tokens"], row["corpus_tokens"]) for row in rows} == {
        (str(places), str(beside), str(tokens))
    }
    page = soup_of(client, f"/collocates{url}")
    assert [each.get_text() for each in page.select(".collocates tbody th")] == [
        row["word"] for row in rows
    ]


@pytest.mark.parametrize(
    "asked",
    [
        "q=court&window=3&least=3&words=all",
        'q="of the"&least=3&words=all',
        "q=court+justice&least=3&words=all",
        "q=court&stems=1&least=3&words=all&boilerplate=in",
        "q=суд&least=2&words=all",
    ],
)
def test_a_word_leads_to_as_many_lines_as_its_figure(client: FlaskClient, asked: str) -> None:
    page = soup_of(client, f"/collocates?{asked}&n=12")
    rows = page.select(".collocates tbody tr")
    assert len(rows) > 2
    for row in rows:
        link = row.select_one("a")
        number = row.select_one("td")
        assert link
        assert number
        lines = [*all_lines(client, str(link["href"]))]
        assert len(lines) == int(number.get_text().replace(",", ""))
        word = link.get_text().removesuffix("…")
        assert all(plain(keyword)[0].startswith(word[:3]) for *_, keyword in lines)
        table = f"/concordance.csv?{urlsplit(str(link['href'])).query}"
        assert len(rows_of(client, table)) == len(lines)
        assert {each["near"] for each in rows_of(client, table)} == {word}


def test_a_neighbor_leads_to_as_many_lines_as_its_figure(client: FlaskClient) -> None:
    page = soup_of(client, "/concordance?q=court+justice")
    rows = page.select(".beside tbody tr")
    assert len(rows) > 10
    for row in rows:
        link, number = row.select_one("a"), row.select_one("td")
        assert link
        assert number
        limited = soup_of(client, str(link["href"]))
        figure = limited.select_one(".summary p")
        assert figure
        assert figure.get_text().startswith(f"{number.get_text()} mention")
        chip = limited.select(".chips a")[-1]
        assert link.get_text() in chip.get_text()
        assert str(chip["href"]) == "/concordance?q=court+justice"
        assert not limited.select(".beside")


@pytest.mark.parametrize("order", ["word", "observed", "expected", "frequency", "score"])
def test_words_are_sorted_by_the_column_that_the_address_names(
    client: FlaskClient, order: str
) -> None:
    rows = rows_of(client, f"/collocates.csv?q=court&least=2&words=all&by={order}")
    column = [row[order] if order == "word" else -float(row[order]) for row in rows]
    assert column == sorted(column)  # type: ignore[type-var]
    head = soup_of(client, f"/collocates?q=court&least=2&words=all&by={order}").select(
        "th[aria-sort]"
    )
    assert len(head) == 1


def test_collocates_are_significant_and_no_function_words_unless_all_are_asked_for(
    client: FlaskClient,
) -> None:
    asked = "q=court&least=1"
    every = rows_of(client, f"/collocates.csv?{asked}&words=all")
    assert {"the", "of"} & {row["word"] for row in every}
    telling = [
        row["word"]
        for row in every
        if float(row["score"]) >= 10.83 and not is_function_word(row["word"], ())
    ]
    assert [row["word"] for row in rows_of(client, f"/collocates.csv?{asked}")] == telling
    assert telling
    stems = {row["word"] for row in rows_of(client, f"/collocates.csv?{asked}&stems=1&n=100")}
    assert stems.isdisjoint({"the", "of", "was", "have", "veri"})
    page = soup_of(client, f"/collocates?{asked}")
    assert page.select_one("select[name=words] option[selected]") is None
    switched = soup_of(client, f"/collocates?{asked}&words=all")
    assert switched.select_one("select[name=words] option[value=all][selected]")


def test_the_most_frequent_neighbors_are_listed_and_lead_to_their_mentions(
    client: FlaskClient,
) -> None:
    lines = rows_of(client, "/concordance.csv?q=court")

    def beside(line: dict[str, str]) -> dict[str, str]:
        """The text of the paragraph before and after a mention."""
        release = client.get(f"/api/v1/releases/{line['id']}").get_json()
        texts, at = [release["subtitle"] or "", *release["body"]], int(line["offset"])
        text = texts[int(line["paragraph"])]
        return {"left": text[:at], "right": text[at + len(line["keyword"]) :]}

    soup = soup_of(client, "/concordance?q=court")
    sides = (("left", -1), ("right", 0))
    for (side, at), table in zip(sides, soup.select(".beside table"), strict=True):
        counted = Counter(words[at] for line in lines if (words := plain(beside(line)[side])))
        shown = [
            (row.select("th")[0].get_text(), int(row.select("td")[0].get_text()))
            for row in table.select("tbody tr")
        ]
        ranked = sorted(counted.items(), key=lambda each: (-each[1], each[0]))
        assert shown == ranked[:10]
        for link in table.select("tbody a")[:3]:
            found = soup_of(client, str(link["href"]))
            assert found.select(".kwic tbody tr")


# strange questions and hostile texts

STRANGE = [
    "",
    "q=",
    "q=!!",
    "q=NOT+court",
    "q=zzzz",
    "q=title:fraud",
    "q=court&page=999999999",
    "q=court&page=-1&by=sideways&step=century&measure=7",
    "q=court&window=0&least=0&n=0",
    "q=court&window=999999999&least=99999999999&n=9999&stems=2",
    "q=court&office=nobody",
    "q=court&since=soon&until=2010-13",
    "q=court&since=2030&until=2001",
    "q=%00%FF%ED%A0%80",
    "q=" + "a+" * 3000,
    "q=*",
    "&".join(f"q={number}" for number in range(500)),
]


@pytest.mark.parametrize("asked", STRANGE, ids=range(len(STRANGE)))
@pytest.mark.parametrize("path", ["/concordance", "/trends", "/collocates"])
def test_strange_addresses_are_answered(client: FlaskClient, path: str, asked: str) -> None:
    soup = soup_of(client, f"{path}?{asked}")
    assert len(soup.select("h1")) == 1
    assert len(soup.select(".collocates tbody tr")) <= 100
    rows = rows_of(client, f"{path}.csv?{asked}")
    assert len(rows) < 20_000
    if path == "/trends":
        BeautifulSoup(client.get(f"/trends.svg?{asked}").data, "xml")


def test_words_that_say_nothing_find_nothing(client: FlaskClient) -> None:
    assert all(row["releases"] == "0" for row in rows_of(client, "/trends.csv?q=!!"))
    assert rows_of(client, "/concordance.csv?q=!!") == rows_of(client, "/collocates.csv?q=!!") == []
    assert "Enter a word" in client.get("/concordance").text
    everything = rows_of(client, "/trends.csv")
    assert all(row["releases"] == row["releases_held"] for row in everything)


def test_texts_are_never_markup_or_formulas(hostile: FlaskClient) -> None:
    for path in (
        "/concordance?q=fraud",
        "/concordance?q=alert",
        "/trends?q=fraud",
        "/collocates?q=fraud&least=1",
    ):
        page = soup_of(hostile, path)
        assert not page.select("main img, main script, main b, main i, [onerror]")
    lines = soup_of(hostile, "/concordance?q=fraud")
    assert "<img src=x onerror=alert(1)>" in lines.select(".kwic td.before")[0].get_text()
    rows = rows_of(hostile, "/concordance.csv?q=fraud")
    assert len(rows) == 3
    for row in rows:
        assert row["left"].startswith("'=1+1")
        assert all(escape_formula(cell) == cell for cell in row.values())


def test_tables_keep_negative_numbers(client: FlaskClient) -> None:
    rows = rows_of(
        client, "/collocates.csv?q=zzzz+OR+jury&measure=log_dice&least=1&window=20&words=all"
    )
    assert all(float(row["score"]) < 15 for row in rows)
    assert rows


def test_files_share_the_places_for_downloads(client: FlaskClient) -> None:
    urls = [f"/export.{ending}" for ending in ("csv", "jsonl", "bib")]
    urls += ["/concordance.csv?q=the", "/trends.csv?q=the", "/collocates.csv?q=the"]
    assert len(urls) == DOWNLOADS
    held = [
        client.get(url, environ_overrides={"REMOTE_ADDR": f"192.0.2.{number}"})
        for number, url in enumerate(urls)
    ]
    refused = client.get("/concordance.csv?q=the")
    assert refused.status_code == 503
    for each in held:
        each.close()
    answer = client.get("/concordance.csv?q=the")
    assert answer.status_code == 200
    assert answer.is_streamed
    answer.close()


def test_without_an_index_the_tools_say_so(settings: Settings) -> None:
    for app in apps(settings):
        for path in ("/concordance", "/trends", "/collocates", "/trends.svg", "/concordance.csv"):
            answer = app.test_client().get(f"{path}?q=a")
            assert answer.status_code == 503
            assert "Searches cannot be answered" in answer.text
