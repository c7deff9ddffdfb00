"""Which notice a release has, on its page, in hit lists, feeds and files; all texts are our own."""

from __future__ import annotations

import csv
import io
import json

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from corpus import Store
from corpus.fact import Fact, due_notice
from corpus.facts.reader import find_facts

CHARGED = "This release reports charges against people who have not been convicted."
OPEN = "Anyone whom this release accuses and no court has convicted is presumed innocent."
# All releases of the sample office in which somebody is accused and not convicted.
ACCUSED = {
    "Clerk of Tax Office Indicted for Identity Theft of Pensioners",
    "Former Commander of Gullhaven Detention Center Indicted for Torture",
    "Four Arrested in Romance Fraud That Took $3.8 Million From Older Victims",
    "Halden Businessman Charged with Seeking Relief Loans for Companies That Did Not Exist",
    "Physician and Billing Manager Charged in $27 Million Health Care Fraud",
    "Three Charged in Ransomware Attack on Westbrook Hospital Network",
    "Two Cement Producers Agree to Plead Guilty to Price Fixing",
}


@pytest.mark.parametrize(
    ("office", "language", "title", "body", "notice"),
    [
        ("us_doj", "en", "Harbor Pilot Indicted for Smuggling", "", "accusation"),
        ("us_doj", "en", "Baker Agrees to Plead Guilty to Price Fixing", "", "accusation"),
        ("us_doj", "en", "Department Sues Landlord", "", "allegations"),
        ("us_doj", "en", "Bank to Pay $2 Million to Resolve Alleged Overcharging", "", None),
        ("us_doj", "en", "Harbor Pilot Sentenced on Smuggling Charges", "He was indicted.", None),
        ("us_doj", "en", "Jury Convicts Harbor Pilot", "He had been charged in May.", None),
        ("us_doj", "en", "Charges Against Harbor Pilot Dismissed", "", None),
        ("us_doj", "en", "Harbor Pilot Acquitted", "The charges were of smuggling.", None),
        ("us_doj", "en", "Attorney General Warns of Scams", "Scammers were charged.", None),
        ("us_doj", "en", "Department Announces $5 Million in Grants", "It helps prosecute.", None),
        ("us_oh_ag", "en", "Harbor Pilot Indicted for Smuggling", "", "unmeasured"),
        ("us_oh_ag", "en", "Mill Agrees to Pay $2 Million to Resolve Claims", "", None),
        ("us_oh_ag", "en", "Attorney General Warns of Scams", "", None),
        ("kz_gpo", "ru", "Задержан начальник порта", "", "unmeasured"),
        ("kz_gpo", "ru", "Возбуждено дело о хищении в порту", "", "unmeasured"),
        ("kz_gpo", "kk", "Директорға айып тағылды", "", "unmeasured"),
        ("kz_gpo", "kk", "Күдікті туралы хабар", "", "unmeasured"),
        ("kz_gpo", "ru", "Состоялась встреча прокурора с жителями", "", None),
        ("kz_gpo", "kk", "Прокурор тұрғындарды қабылдады", "", None),
    ],
)
def test_a_notice_follows_the_stage_and_claims_nothing_where_that_is_not_measured(
    office: str, language: str, title: str, body: str, notice: str | None
) -> None:
    assert due_notice(find_facts(title, [body], language), office) == notice


def test_before_facts_are_derived_the_notice_claims_nothing() -> None:
    assert due_notice(None, "us_doj") == "unmeasured"
    assert due_notice([Fact("kind", "neither", 0, 0, 1)], "us_doj") is None


def notice_of(client: FlaskClient, address: str) -> str:
    found = BeautifulSoup(client.get(address).text, "html.parser").select_one("p.accusation")
    return " ".join(found.get_text().split()) if found else ""


def test_the_page_of_a_release_has_the_notice_that_is_due(
    client: FlaskClient, sample_store: Store
) -> None:
    releases = [*sample_store.releases("sample_doj")]
    shown = {each.title: notice_of(client, f"/releases/{each.id}") for each in releases}
    assert {title for title, notice in shown.items() if notice} == ACCUSED
    assert all(shown[title].startswith(CHARGED) for title in ACCUSED)


def test_an_office_that_is_not_measured_has_the_open_notice(
    client: FlaskClient, sample_store: Store
) -> None:
    due = {
        each.id: due_notice(each.facts, each.office) for each in sample_store.releases("sample_gpo")
    }
    assert {*due.values()} == {"unmeasured", None}
    for id_, notice in due.items():
        assert bool(notice_of(client, f"/releases/{id_}")) == bool(notice)
    one = next(id_ for id_, notice in due.items() if notice)
    assert notice_of(client, f"/releases/{one}").startswith(OPEN)


def test_lists_feeds_and_files_have_the_same_label(
    client: FlaskClient, sample_store: Store
) -> None:
    due = {each.id: due_notice(each.facts, each.office) for each in sample_store.releases()}
    accused = {id_ for id_, notice in due.items() if notice == "accusation"}
    page = BeautifulSoup(client.get("/?stage=charged&stage=indicted&size=100").text, "html.parser")
    hits = page.select("ol.hits article")
    assert hits
    for hit in hits:
        link = hit.select_one("h2 a")
        assert link
        id_ = str(link["href"]).partition("?")[0].rpartition("/")[2]
        label = hit.select_one(".due")
        assert (label.get_text() if label else "") == ("Accused, not convicted" * (id_ in accused))
    sample = BeautifulSoup(client.get("/sample?n=100&seed=1").text, "html.parser")
    assert len(sample.select(".due")) == len(accused)
    rows = [*csv.DictReader(io.StringIO(client.get("/export.csv").text.lstrip("\ufeff")))]
    assert {row["id"] for row in rows if row["notice"].startswith("accused")} == accused
    lines = [json.loads(each) for each in client.get("/export.jsonl").text.splitlines()[1:]]
    assert {line["id"] for line in lines if line["notice"].startswith("accused")} == accused
    found = client.get("/api/v1/search?size=100").get_json()["hits"]
    assert {hit["id"] for hit in found if hit["notice"] == "accusation"} == accused
    assert client.get("/search.atom?stage=indicted").text.count("Accused, not convicted")
    assert client.get("/export.bib").text.count("Accused, not convicted") == len(accused)
