"""Citations and addresses of paragraphs on release pages, through Flask's client."""

from __future__ import annotations

import json

import pytest
import rispy
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from corpus import Store


def test_citation_files_and_the_page_say_the_same(client: FlaskClient, sample_store: Store) -> None:
    for release in sample_store.releases():
        page = BeautifulSoup(client.get(f"/releases/{release.id}").text, "lxml")
        copies = [each.get_text() for each in page.select(".citation .copy")]
        files = {e: client.get(f"/releases/{release.id}/cite.{e}") for e in ("bib", "ris", "json")}
        assert copies[2] == files["bib"].text.strip()
        assert copies[3].split() == files["ris"].text.split()
        (item,) = json.loads(files["json"].text)
        assert (item["id"], item["title"]) == (release.id, release.title)
        assert all(release.url in each and release.title in each for each in copies[:2])
        assert all(release.provenance.sha256 in each for each in copies)
        for ending, answer in files.items():
            assert answer.headers["Content-Disposition"].endswith(f'"{release.id}.{ending}"')


def test_release_page_tells_reference_managers_what_it_is(
    client: FlaskClient, sample_store: Store
) -> None:
    for release in sample_store.releases():
        head = BeautifulSoup(client.get(f"/releases/{release.id}").text, "lxml").head
        assert head
        told = {
            str(each.get("name") or each.get("property")): each["content"]
            for each in head.select("meta[name], meta[property]")
        }
        assert told["citation_title"] == told["DC.title"] == told["og:title"] == release.title
        assert told["citation_public_url"] == told["DC.identifier"] == release.url
        day = release.published
        assert told.get("citation_publication_date") == (day and f"{day:%Y/%m/%d}")
        assert told.get("DC.date") == (day and day.isoformat())
        assert told["citation_publisher"]
        alternates = [str(each["href"]) for each in head.select("link[rel=alternate]")]
        assert len(alternates) == 3
        assert all(client.get(each).status_code == 200 for each in alternates)


def test_unapi_leads_from_the_page_to_the_record(client: FlaskClient, sample_store: Store) -> None:
    release = next(sample_store.releases())
    page = BeautifulSoup(client.get(f"/releases/{release.id}").text, "lxml")
    server, name = page.select_one("link[rel=unapi-server]"), page.select_one("abbr.unapi-id")
    assert server
    assert name
    url = f"{server['href']}?id={name['title']}"

    formats = {e["name"] for e in BeautifulSoup(client.get("/unapi").data, "xml")("format")}
    of_release = client.get(url)

    assert formats == {"bibtex", "ris", "csl"}
    assert of_release.status_code == 300
    assert BeautifulSoup(of_release.data, "xml").formats["id"] == release.id  # type: ignore[index]
    assert rispy.loads(client.get(f"{url}&format=ris").text)[0]["title"] == release.title
    assert client.get(f"{url}&format=marc").status_code == 406


def test_every_paragraph_has_an_address(client: FlaskClient, sample_store: Store) -> None:
    for release in sample_store.releases():
        page = BeautifulSoup(client.get(f"/releases/{release.id}").text, "lxml")
        for number, text in enumerate(release.body, 1):
            paragraph = page.select_one(f".text #p{number}")
            assert paragraph
            cells = paragraph.select("td, th") or [paragraph]
            assert " | ".join(each.get_text() for each in cells if each.get_text()) == text
            link = paragraph.select_one("a.here")
            assert link
            assert link["href"] == f"#p{number}"
            assert link["aria-label"] == f"Link to paragraph {number}"


@pytest.mark.parametrize(
    "url", ["/releases/none-0/cite.bib", "/releases/none-0/cite.pdf", "/unapi?id=none-0"]
)
def test_what_is_not_there_cannot_be_cited(client: FlaskClient, url: str) -> None:
    assert client.get(url).status_code == 404
