"""Statutes on pages, in files and for programs, by the sample releases."""

from __future__ import annotations

import csv
import io
import json
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from corpus import Release, Store
from corpus.statutes import enclosing_keys, keys
from corpus.statutes.wording import statute_label
from webui.view.references import SHOWN_AROUND, cited_statutes

KEY = "us/usc/18/1343"


def soup(client: FlaskClient, address: str) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "lxml")


def citing(store: Store, key: str) -> list[Release]:
    return [
        each
        for each in store.releases()
        if any(key in enclosing_keys(other) for other in keys(each.statutes or ()))
    ]


def words(text: str) -> str:
    return " ".join(text.split())


def test_a_release_page_shows_each_statute_with_its_words_and_leads_on(
    client: FlaskClient, sample_store: Store
) -> None:
    release = citing(sample_store, KEY)[0]
    page = soup(client, f"/releases/{release.id}")
    section = page.select_one("section[aria-labelledby=statutes]")
    assert section
    links = section.select("dt a")
    assert [each.text for each in links] == [
        statute_label(k, "en") for k in keys(release.statutes or ())
    ]
    quoted = section.select("dd q")
    assert len(quoted) >= len(links)
    for each in quoted:
        where = each.find_next_sibling("a")
        assert where
        paragraph = page.select_one(str(where["href"]))
        assert paragraph
        assert words(each.text).strip("… ") in words(paragraph.text)
        assert each.mark
    link = next(each for each in links if each.text == "18 U.S.C. § 1343")
    found = soup(client, str(link["href"]))
    total = found.select_one(".total")
    assert total
    assert total.text == str(len(citing(sample_store, KEY)))


def test_a_release_that_cites_nothing_has_no_such_section(
    client: FlaskClient, sample_store: Store
) -> None:
    silent = next(each for each in sample_store.releases() if each.statutes == ())
    assert not soup(client, f"/releases/{silent.id}").select("#statutes")


def test_every_mention_is_shown_whole_between_whole_words(
    client: FlaskClient, sample_store: Store
) -> None:
    for release in sample_store.releases():
        with client.application.test_request_context():
            found = cited_statutes(release)
        assert [each.key for each in found] == keys(release.statutes or ())
        for mention in (mention for each in found for mention in each.mentions):
            text = (release.title, *release.body)[mention.paragraph]
            begin = text.index(mention.words.text)
            end = begin + len(mention.words.text)
            assert any(is_marked for _, is_marked in mention.words.parts)
            assert not begin or text[begin - 1] == " " or mention.words.parts[0][1]
            assert len(mention.words.text) <= 2 * SHOWN_AROUND + 80
            assert mention.words.truncated_start == (begin > 0)
            assert mention.words.truncated_end == (end < len(text))


def test_a_bare_statute_is_offered_above_the_results(
    client: FlaskClient, sample_store: Store
) -> None:
    page = soup(client, f"/?q={quote('18 U.S.C. § 1592')}")
    offer = page.select_one(".citing")
    assert offer
    assert offer.a
    number = len(citing(sample_store, "us/usc/18/1592"))
    assert number == 1
    assert words(offer.text) == "Releases that cite 18 U.S.C. § 1592 in any form: 1 release"
    total = soup(client, str(offer.a["href"])).select_one(".total")
    assert total
    assert total.text == str(number)
    assert not soup(client, "/?q=fraud").select(".citing")


@pytest.mark.parametrize("typed", ["18 USC 1343", "Title 18, Section 1343", "wire fraud"])
def test_an_offense_is_offered_by_its_statute_and_by_its_name(
    client: FlaskClient, sample_store: Store, typed: str
) -> None:
    offer = soup(client, f"/?q={quote(typed)}").select_one(".citing")
    assert offer
    by_statute, by_name = (each["href"] for each in offer.select("a"))
    citing_total, naming_total = (
        soup(client, str(each)).select(".total")[0].text for each in (by_statute, by_name)
    )
    assert citing_total == str(len(citing(sample_store, KEY)))
    assert words(offer.text) == " · ".join(
        (
            f"{citing_total} {'cites' if citing_total == '1' else 'cite'} 18 U.S.C. § 1343",
            f"{naming_total} {'names' if naming_total == '1' else 'name'} wire fraud",
        )
    )


def test_the_facet_narrows_and_its_chip_widens(client: FlaskClient, sample_store: Store) -> None:
    page = soup(client, "/")
    titles = {each.text: each.find_parent("section") for each in page.select(".filters h2")}
    panel = titles["Statute"]
    assert panel
    choice = next(each for each in panel.select("a") if "18 U.S.C. § 1343" in each.text)
    narrowed = soup(client, str(choice["href"]))
    chip = narrowed.select_one(".chips a")
    assert chip
    assert words(chip.text).startswith("Statute: 18 U.S.C. § 1343 ×")
    total = narrowed.select_one(".total")
    assert total
    assert total.text == str(len(citing(sample_store, KEY)))
    for tool in ("/concordance", "/trends", "/collocates"):
        assert "18 U.S.C. § 1343" in soup(client, f"{tool}?q=fraud&statute={KEY}").text


def test_a_statute_is_named_in_the_language_of_the_page(client: FlaskClient) -> None:
    choice = "kz/cc/190/4"
    for language, named in (("ru", "ч. 4 ст. 190 УК РК"), ("kk", "ҚК 190-бабы 4-бөлігі")):
        answer = client.get(f"/?statute={choice}", headers={"Accept-Language": language})
        assert named in BeautifulSoup(answer.text, "lxml").select(".chips")[0].text


def test_files_and_programs_get_the_keys(client: FlaskClient, sample_store: Store) -> None:
    told = {each.id: keys(each.statutes or ()) for each in citing(sample_store, KEY)}
    address = f"?statute={KEY}"
    rows = [*csv.DictReader(io.StringIO(client.get(f"/export.csv{address}").text[1:]))]
    assert {row["id"]: row["statutes"].split("; ") for row in rows} == told
    lines = [json.loads(each) for each in client.get(f"/export.jsonl{address}").text.splitlines()]
    assert {each["id"]: each["statutes"] for each in lines[1:]} == told
    found = client.get(f"/api/v1/search{address}").get_json()
    assert {each["id"] for each in found["hits"]} == told.keys()
    facets = {each["name"]: each["counts"] for each in found["facets"]}
    assert {"value": KEY, "count": len(told)} in facets["statute"]
    feed = client.get(f"/search.atom{address}").text
    assert feed.count("<entry>") == len(told)
    for id_ in told:
        record = client.get(f"/api/v1/releases/{id_}").get_json()
        texts = [record["title"], *record["body"]]
        for each in record["statutes"]:
            assert each["text"] == texts[each["paragraph"]][each["start"] : each["end"]]
        assert [*dict.fromkeys(each["key"] for each in record["statutes"])] == told[id_]


def test_the_help_page_has_an_example_that_finds_something(client: FlaskClient) -> None:
    assert 'statute:"' in soup(client, "/help").text
