"""An office whose chain is broken: the exception stands wherever its releases are shown."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from communique.main import main
from corpus import Settings, Store, certificate_exception, offices
from corpus.tls import BrokenChain
from tests.conftest import EDITED, sample_id

REASON = "The server does not send the certificate of its authority."


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    exception = BrokenChain("www.justice.example", REASON, "PEM")
    source = replace(offices()["sample_doj"], broken_chains=(exception,))
    monkeypatch.setitem(offices(), "sample_doj", source)


@pytest.fixture
def other(sample_store: Store) -> str:
    """A release of an office without one."""
    return next(each.id for each in sample_store.releases() if each.office != "sample_doj")


def rows(client: FlaskClient) -> list[dict[str, str]]:
    answer = client.get("/export.csv?q=")
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


@pytest.mark.usefixtures("broken")
def test_a_release_page_shows_it(client: FlaskClient, other: str) -> None:
    assert REASON in client.get(f"/releases/{sample_id(EDITED)}").text
    assert "Certificate exception" not in client.get(f"/releases/{other}").text


@pytest.mark.usefixtures("broken")
def test_the_api_tells_it_of_releases_versions_and_offices(client: FlaskClient, other: str) -> None:
    address = f"/api/v1/releases/{sample_id(EDITED)}"
    release, versions = client.get(address).json, client.get(f"{address}/versions").json
    assert release is not None
    assert versions is not None
    told = [release["provenance"], *(each["provenance"] for each in versions["versions"])]
    assert {each["certificate_exception"] for each in told} == {REASON}
    without = client.get(f"/api/v1/releases/{other}").json
    assert without is not None
    assert without["provenance"]["certificate_exception"] is None
    held = {each["name"]: each for each in client.get("/api/v1/offices").json["offices"]}  # type: ignore[index]
    named = held["sample_doj"]["certificate_exceptions"]
    assert named == [{"host": "www.justice.example", "reason": REASON}]
    assert held["sample_gpo"]["certificate_exceptions"] == []


@pytest.mark.usefixtures("broken")
def test_tables_and_lines_have_it(client: FlaskClient) -> None:
    told = {(row["office"], row["certificate_exception"]) for row in rows(client)}
    assert told == {("sample_doj", REASON), ("sample_gpo", "")}
    lines = [json.loads(each) for each in client.get("/export.jsonl?q=").text.splitlines()]
    told = {(each["office"], each["certificate_exception"]) for each in lines if "office" in each}
    assert told == {("sample_doj", REASON), ("sample_gpo", None)}


@pytest.mark.usefixtures("broken")
def test_the_offices_page_and_status_tell_it(
    client: FlaskClient, sample_settings: Settings
) -> None:
    assert f"www.justice.example: {REASON}" in client.get("/coverage").text
    done = CliRunner().invoke(main, ["status"], env={"COMMUNIQUE_DATA": str(sample_settings.data)})
    assert f"certificate exception for www.justice.example: {REASON}" in done.output


@pytest.mark.usefixtures("broken")
def test_it_is_of_our_own_answers_from_that_host_alone(sample_store: Store) -> None:
    release = sample_store.get(sample_id(EDITED))
    assert release
    seen = release.provenance
    assert certificate_exception(seen) == REASON
    assert certificate_exception(replace(seen, origin="somebody, a.warc")) is None
    assert certificate_exception(replace(seen, url="https://files.justice.example/x")) is None
    assert certificate_exception(replace(seen, reader="no_office/pages")) is None


def test_without_one_nothing_is_shown(client: FlaskClient) -> None:
    assert "Certificate exception" not in client.get(f"/releases/{sample_id(EDITED)}").text
    assert "Certificate exception" not in client.get("/coverage").text
