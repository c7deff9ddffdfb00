"""The command line: what it prints for people and programs, and the status it ends with."""

from __future__ import annotations

import gzip
import json
import logging
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from filelock import FileLock
from sqlalchemy import create_engine, text

from communique import commands
from communique.main import main
from corpus import Settings, Store, office
from corpus.crawling.sample_site import SampleSite
from corpus.issue import Issue
from corpus.review.report import CrawlReport
from indexer.engine.results import FACETS

ROOT = Path(__file__).resolve().parents[2]
READING = ["export", "offices", "search", "status", "verify"]
COMMANDS = sorted(
    [
        *READING,
        "accept",
        "backup",
        "cases",
        "check",
        "copy-catalog",
        "crawl",
        "demo",
        "import",
        "reindex",
        "reparse",
        "restore",
        "serve",
        "withhold",
    ]
)
# No waiting for an office that refuses; every release is due at every crawl.
ALWAYS = {"COMMUNIQUE_RETRIES": "0", "COMMUNIQUE_REVISITS": "0", "COMMUNIQUE_WALK_DAYS": "0"}
DOJ = [host for route in office("sample_doj").routes for host in route.hosts]
GPO = [host for route in office("sample_gpo").routes for host in route.hosts]


@pytest.fixture(autouse=True)
def _logging() -> Iterator[None]:
    """The command line sets up logging for a process that ends; tests go on."""
    root = logging.getLogger()
    handlers, converter = root.handlers[:], logging.Formatter.converter
    yield
    root.handlers[:] = handlers
    logging.Formatter.converter = converter


def call(data: Path, *arguments: str, **environ: str) -> Result:
    """A command in this process; an error that is not ours comes through."""
    env = {"COMMUNIQUE_DATA": str(data), **ALWAYS} | environ
    return CliRunner().invoke(main, arguments, env=env, catch_exceptions=False)


def run(data: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, as a scheduled job runs it."""
    given = {"COMMUNIQUE_DATA": str(data), "PYTHONPATH": str(ROOT), **ALWAYS}
    return subprocess.run(
        [sys.executable, "-m", "communique", *arguments],
        cwd=ROOT,
        env=os.environ | given | environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def mirrors(hosts: list[str], url: str) -> list[str]:
    return [part for host in hosts for part in ("--mirror", f"{host}={url}")]


@pytest.fixture
def copied(sample_settings: Settings, tmp_path: Path) -> Path:
    """A copy of the crawled sample offices, to be damaged."""
    return Path(shutil.copytree(sample_settings.data, tmp_path / "copy"))


@pytest.fixture
def refusing() -> Iterator[str]:
    """The URL of a port that refuses connections: bound, never listening."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


def test_help_names_every_command(tmp_path: Path) -> None:
    assert sorted(commands.COMMANDS) == COMMANDS
    shown = call(tmp_path, "--help").output
    assert [name for name in COMMANDS if f"\n  {name} " not in shown] == []
    assert "75 another job holds the lock" in " ".join(shown.split())


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_every_command_explains_itself_and_does_nothing(
    tmp_path: Path, name: str, option: str
) -> None:
    result = call(tmp_path / "data", name, option)
    assert result.exit_code == 0
    assert result.output.startswith("Usage:")
    assert not (tmp_path / "data").exists()


def test_offices_are_listed_for_people_and_programs(tmp_path: Path) -> None:
    listed = json.loads(call(tmp_path, "offices", "--json").output)
    assert {"us_doj", "kz_gpo", "sample_doj", "sample_gpo"} <= {row["name"] for row in listed}
    keys = {"name", "title", "country", "languages", "routes", "is_sample"}
    assert all(set(row) == keys for row in listed)
    assert len(call(tmp_path, "offices").output.splitlines()) == len(listed)


# Usage: exit status 2.


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["no_such_command"], "No such command"),
        (["crawl", "no_such_office"], "no_such_office"),
        (["crawl", "sample_doj", "--route", "no_such_route"], "no_such_route"),
        (["crawl", "sample_doj", "--mirror", "www.justice.gov"], "use HOST=URL"),
        (["crawl", "sample_doj", "--mirror", "=http://127.0.0.1:1"], "use HOST=URL"),
        (["crawl", "sample_doj", "--mirror", "a.example=ftp://b"], "use HOST=URL"),
        (["crawl", "sample_doj", "--since", "soon"], "'soon' is not a date"),
        (["crawl", "sample_doj", "--since", "2018-02-30"], "'2018-02-30' is not a date"),
        (["crawl", "sample_doj", "--limit", "0"], "--limit"),
        (["crawl", "sample_doj", "--delay", "fast"], "--delay"),
        (["crawl", "us_doj", "--delay", "0.5"], "too short for"),
        (["crawl", "us_doj", "--delay", "-1"], "too short for"),
        (
            ["crawl", "us_doj", "--delay", "0", *mirrors(["www.gov.kz"], "http://127.0.0.1:1")],
            "too",
        ),
        (["crawl", "us_doj", *mirrors(["www.justcie.gov"], "http://127.0.0.1:1")], "no office has"),
        (["check"], "OFFICE"),
        (["check", "no_such_office"], "no_such_office"),
        (["check", "sample_doj", "--route", "no_such_route"], "no_such_route"),
        (["check", "us_doj", "--delay", "0.5"], "too short for"),
        (["check", "us_doj", *mirrors(["www.justcie.gov"], "http://127.0.0.1:1")], "no office has"),
        (["search", "--size", "0", "fraud"], "--size"),
        (["search", "--sort", "best", "fraud"], "--sort"),
        (["search", "--since", "soon", "fraud"], "'soon' is not a date"),
        (["export", "--office", "no_such_office"], "no_such_office"),
        (["verify", "--accept-smaller"], "requires --repair"),
        (["serve", "--port", "70000"], "0<=x<=65535"),
        (["demo", "--port", "-1"], "0<=x<=65535"),
    ],
)
def test_what_cannot_be_meant_ends_with_2_and_a_sentence(
    tmp_path: Path, arguments: list[str], words: str
) -> None:
    result = call(tmp_path, *arguments)
    assert result.exit_code == 2
    assert words in result.stderr


def test_a_setting_that_is_no_number_ends_with_2(tmp_path: Path) -> None:
    result = call(tmp_path, "status", COMMUNIQUE_DELAY_S="fast")
    assert result.exit_code == 2
    assert "COMMUNIQUE_DELAY_S must be a number, not 'fast'" in result.stderr


# Crawling.


def test_a_crawl_that_goes_through_ends_with_0(tmp_path: Path) -> None:
    with SampleSite("sample_doj") as site:
        given = ["crawl", "sample_doj", "--delay", "0", "--json", *mirrors(DOJ, site.url)]
        done = run(tmp_path, *given)
        again = run(tmp_path, *given)
    assert (done.returncode, again.returncode) == (0, 0)
    (first,), (second,) = json.loads(done.stdout), json.loads(again.stdout)
    assert first["new"] > 0
    assert (second["new"], second["changed"]) == (0, 0)
    assert second["same"] == first["new"]


def test_a_crawl_with_a_limit_and_since_takes_no_more(tmp_path: Path) -> None:
    with SampleSite("sample_doj") as site:
        given = ["--delay", "0", "--limit", "3", "--since", "2018", *mirrors(DOJ, site.url)]
        done = call(tmp_path, "crawl", "sample_doj", *given)
    assert done.exit_code == 0
    assert "sample_doj" in done.stdout
    assert 3 <= len(call(tmp_path, "export").output.splitlines()) < 26


def test_one_office_that_fails_ends_with_3_and_all_with_1(tmp_path: Path, refusing: str) -> None:
    with SampleSite("sample_doj") as site:
        given = ["--delay", "0", "--limit", "3"]
        given += [*mirrors(DOJ, site.url), *mirrors(GPO, refusing)]
        some = call(tmp_path, "crawl", "sample_gpo", "sample_doj", *given)
        all_ = call(tmp_path, "crawl", "sample_gpo", *given)
    assert (some.exit_code, all_.exit_code) == (3, 1)
    assert "sample_gpo" in some.stdout
    assert some.stdout.count("FAILED") == all_.stdout.count("FAILED") == 1
    assert "Traceback" not in some.stderr + all_.stderr
    told = call(tmp_path, "status", "--json")
    status = json.loads(told.output)
    error = status["offices"]["sample_gpo"]["error"]
    [reason] = [each for each in status["reasons"] if each["office"]]
    assert told.exit_code == call(tmp_path, "status").exit_code == 3
    assert (reason["kind"], reason["office"]) == ("office_failed", "sample_gpo")
    assert reason["sentence"].endswith(f" failed. {error}")
    assert status["offices"]["sample_doj"]["releases"] > 0
    assert "FAILED" in call(tmp_path, "status").output


def test_a_second_reindex_ends_with_75(tmp_path: Path) -> None:
    Store(Settings(data=tmp_path)).close()
    with FileLock(tmp_path / "reindex.lock"):
        done = call(tmp_path, "reindex")
    assert done.exit_code == 75
    assert "Another reindex is running" in done.stderr
    assert "Traceback" not in done.stderr


# Folders and catalogs that cannot be used.

USING = [
    ["status"],
    ["export"],
    ["verify"],
    ["reindex"],
    ["crawl", "sample_doj"],
    ["demo", "--no-serve"],
]


@pytest.mark.parametrize("arguments", USING, ids=lambda arguments: arguments[0])
def test_a_data_folder_that_is_a_file_ends_with_1(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    done = call(tmp_path / "file", *arguments)
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: ")
    assert str(tmp_path / "file") in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", USING[:-1], ids=lambda arguments: arguments[0])
def test_a_catalog_of_a_newer_program_is_refused(copied: Path, arguments: list[str]) -> None:
    database = create_engine(f"sqlite:///{copied / 'catalog.sqlite'}")
    with database.begin() as connection:
        rows = connection.execute(text("SELECT key, value FROM about")).all()
        (key,) = (name for name, _ in rows if name != "revision")
        connection.execute(text("UPDATE about SET value = 1000 WHERE key = :key"), {"key": key})
    database.dispose()
    result = call(copied, *arguments)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert "1000" in result.stderr or "newer" in result.stderr


@pytest.mark.parametrize("arguments", USING[:-1], ids=lambda arguments: arguments[0])
def test_a_catalog_that_is_no_database_is_refused(copied: Path, arguments: list[str]) -> None:
    (copied / "catalog.sqlite").write_text("no database " * 100)
    result = call(copied, *arguments)
    assert result.exit_code == 1
    assert "not a database" in result.stderr + result.stdout  # verify tells it as a finding


NEEDING = {
    "accept": ["us_doj"],
    "backup": ["elsewhere"],
    "copy-catalog": ["sqlite:///elsewhere.sqlite"],
    "export": [],
    "reindex": [],
    "reparse": [],
    "search": ["fraud"],
    "serve": ["--port", "0"],
    "status": ["--json"],
    "withhold": ["us_doj-0", "--reason", "Order"],
    "verify": ["--repair"],
}


@pytest.mark.parametrize("command", NEEDING)
@pytest.mark.parametrize("place", ["mistyped", "empty", "no tables"])
def test_without_a_catalog_nothing_is_made_and_what_to_run_is_told(
    tmp_path: Path, command: str, place: str
) -> None:
    data = tmp_path / place
    if place != "mistyped":
        data.mkdir()
    if place == "no tables":
        (data / "catalog.sqlite").touch()
    result = call(data, command, *NEEDING[command])
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: There is no catalog in {data}. Run `communique crawl`")
    assert "COMMUNIQUE_DATA" in result.stderr
    expected = ["catalog.sqlite"] if place == "no tables" else []
    assert [path.name for path in data.glob("*")] == expected
    assert data.exists() is (place != "mistyped")


def test_verifying_needs_a_catalog_too(tmp_path: Path) -> None:
    result = call(tmp_path / "mistyped", "verify")
    assert (result.exit_code, result.stderr.count("There is no catalog in")) == (1, 1)
    assert not (tmp_path / "mistyped").exists()


def test_a_lost_catalog_is_told_by_the_archive_beside_it(copied: Path) -> None:
    (copied / "catalog.sqlite").unlink()
    for arguments in (["status"], ["reindex"], ["serve", "--port", "0"], ["search", "fraud"]):
        result = call(copied, *arguments)
        assert result.exit_code == 1
        assert "though the archive in" in result.stderr
        assert "run `communique verify --repair` to rebuild it" in result.stderr
    found = call(copied, "verify")
    assert found.exit_code == 1
    assert found.output.startswith(f"There is no catalog in {copied}, though the archive in")
    assert "that the catalog lacks" in found.output
    assert not (copied / "catalog.sqlite").exists()
    assert call(copied, "verify", "--repair").exit_code == 0
    assert call(copied, "verify").exit_code == 0


def test_a_crawl_over_a_lost_catalog_says_so_and_its_index_is_refused(copied: Path) -> None:
    (copied / "catalog.sqlite").unlink()
    with SampleSite("sample_doj") as site:
        given = ["--delay", "0", "--limit", "3", *mirrors(DOJ, site.url)]
        crawled = run(copied, "crawl", "sample_doj", *given)
    assert crawled.returncode == 0
    assert "A new catalog is made, in which nothing is withheld." in crawled.stderr
    before = json.loads(call(copied, "status", "--json").output)["index"]
    for arguments in (["reindex"], ["reindex", "--full"]):
        refused = call(copied, *arguments)
        assert refused.exit_code == 1
        assert f"has 3 of the {before['releases']} releases in the live index" in refused.stderr
    assert json.loads(call(copied, "status", "--json").output)["index"] == before
    told = call(copied, "status").output
    assert "that the catalog does not know" in told
    insisted = call(copied, "reindex", "--accept-smaller")
    assert (insisted.exit_code, "3 releases indexed" in insisted.output) == (0, True)


def test_a_repair_goes_round_no_guard_unless_told(copied: Path) -> None:
    shutil.rmtree(copied / "archive")
    (copied / "catalog.sqlite").unlink()
    Store(Settings(data=copied)).close()
    kept = call(copied, "verify", "--repair")
    assert kept.exit_code == 1
    assert "  Not repaired: The catalog has 0 of the " in kept.output
    assert json.loads(call(copied, "status", "--json").output)["index"]["releases"]
    assert call(copied, "verify", "--repair", "--accept-smaller").exit_code == 0
    assert not json.loads(call(copied, "status", "--json").output)["index"]["releases"]


def test_searching_before_anything_is_indexed_says_what_to_do(tmp_path: Path) -> None:
    Store(Settings(data=tmp_path)).close()
    result = call(tmp_path, "search", "fraud")
    assert result.exit_code == 1
    assert "run `communique reindex" in result.stderr


# Searching and printing; the sample offices are crawled and indexed.


def test_search_shows_totals_dates_and_passages(sample_settings: Settings) -> None:
    shown = call(sample_settings.data, "search", "torture", "office:sample_doj").output
    assert shown.splitlines()[0].endswith(" releases")
    assert "sample_doj" in shown
    assert "https://" in shown
    assert "orture" in shown


def test_search_as_json_has_hits_total_and_facets(sample_settings: Settings) -> None:
    found = json.loads(
        call(sample_settings.data, "search", "--json", "--size", "2", "fraud").output
    )
    expected = {"warnings", "hits", "total", "facets", "build", "timeline", "step", "explanation"}
    expected |= {"folded", "variant_total", "total_some", "folded_some", "respelled"}
    expected |= {"boilerplate_total"}
    assert set(found) == expected
    assert len(found["hits"]) == 2 < found["total"]
    names = {"id", "score", "office", "language", "published", "url", "title", "passages"}
    names |= {"folded", "variants", "tier", "missing", "only_boilerplate"}
    assert all(set(hit) == names for hit in found["hits"])
    assert [facet["name"] for facet in found["facets"]] == [*FACETS]


def test_search_takes_offices_dates_and_sorts(sample_settings: Settings) -> None:
    given = ["search", "--json", "--office", "sample_gpo", "--since", "2018", "--sort", "oldest"]
    hits = json.loads(call(sample_settings.data, *given, "--size", "100").output)["hits"]
    days = [hit["published"] for hit in hits]
    assert {hit["office"] for hit in hits} == {"sample_gpo"}
    assert days == sorted(days)
    assert days[0] >= "2018"


@pytest.mark.parametrize(
    ("typed", "note"),
    [
        ("fraud " * 1700, "Only the first 2,000 characters"),
        ("x" * 10_000, "Only the first 2,000 characters"),
        ("AND OR NOT", "only operators"),
        ("(" * 3000, "characters"),
        ('"fraud', "Unmatched quotation mark"),
        ("date:soon", "isn’t a date"),
    ],
    ids=lambda value: value[:12],
)
def test_no_query_is_an_error(sample_settings: Settings, typed: str, note: str) -> None:
    result = call(sample_settings.data, "search", typed)
    assert result.exit_code == 0
    assert note in result.stderr
    assert json.loads(call(sample_settings.data, "search", "--json", typed).output)["warnings"]


def test_export_prints_every_release_as_a_line(
    sample_settings: Settings, sample_store: Store
) -> None:
    rows = [json.loads(line) for line in call(sample_settings.data, "export").output.splitlines()]
    keys = "id office url title subtitle published language topics components number links"
    keys += " statutes notice facts body fetched_at sha256 origin certificate_exception"
    assert all(list(row) == keys.split() for row in rows)
    assert len({row["id"] for row in rows}) == len(rows) == sample_store.count()
    assert all(isinstance(row["body"], list) and len(row["sha256"]) == 64 for row in rows)
    one = call(sample_settings.data, "export", "--office", "sample_gpo").output.splitlines()
    assert [json.loads(line) for line in one] == [
        row for row in rows if row["office"] == "sample_gpo"
    ]


def test_status_tells_what_is_held(sample_settings: Settings, sample_store: Store) -> None:
    status = json.loads(call(sample_settings.data, "status", "--json").output)
    assert set(status) == {"ok", "status", "reasons", "offices", "index", "withheld"}
    assert status["ok"] is True
    assert (status["status"], status["reasons"]) == ("ok", [])
    assert set(status["offices"]) == {"sample_doj", "sample_gpo"}
    held = sum(row["releases"] for row in status["offices"].values())
    assert held == status["index"]["releases"] == sample_store.count()
    assert status["index"]["is_current"] is True
    assert status["index"]["problem"] is None
    assert "up to date" in call(sample_settings.data, "status").output


def test_status_tells_gaps_readers_and_refusals_in_short(
    changed_settings: Settings, tmp_path: Path
) -> None:
    folder = shutil.copytree(changed_settings.data, tmp_path / "copy")
    told = call(folder, "status").output
    assert "1 of them removed from the office's website" in told
    assert "  months without a release: 2013-11, 2013-12, " in told
    assert " and 126 more" in told
    assert "  read by sample_doj/pages 4" in told
    report = CrawlReport("sample_doj", "pages")
    report.refused = [Issue("u", rule, "No.") for rule in ("soft_404", "robots", "soft_404")]
    store = Store(Settings(data=folder))
    store.add_run("sample_doj", datetime.now(UTC), report.as_json())
    store.close()
    assert "  refused by rule: 2 soft 404, 1 robots" in call(folder, "status").output


def test_status_of_an_empty_catalog_is_no_error(tmp_path: Path) -> None:
    Store(Settings(data=tmp_path)).close()
    result = call(tmp_path, "status")
    assert result.exit_code == 0
    assert "no index" in result.output
    assert json.loads(call(tmp_path, "status", "--json").output)["offices"] == {}


def test_one_release_is_one_release(tmp_path: Path) -> None:
    with SampleSite("sample_doj") as site:
        given = ["--delay", "0", "--limit", "1", *mirrors(DOJ, site.url)]
        crawled = call(tmp_path, "crawl", "sample_doj", *given)
    assert "stopped early as requested, after 1 release (--limit)" in crawled.stdout
    told = [call(tmp_path, *each).output for each in (["reindex"], ["search"], ["status"])]
    told.append(call(tmp_path, "verify").output)
    assert all("1 release" in each and "1 releases" not in each for each in told)
    assert "stopped early as requested, after 1 release (--limit)" in told[2]
    row = json.loads(call(tmp_path, "status", "--json").output)["offices"]["sample_doj"]
    assert (row["cut_short"], row["failed"]) == ("after 1 release (--limit)", 0)


def test_a_misspelt_word_and_an_unknown_office_are_told(sample_settings: Settings) -> None:
    result = call(sample_settings.data, "search", "tortrue")
    assert result.stdout == "0 releases\n"
    assert result.stderr.startswith("Did you mean: torture (")
    strange = call(sample_settings.data, "search", "--office", "nobody", "fraud")
    assert "No release has the office “nobody”" in strange.stderr


# Verifying.


def test_verify_says_that_the_index_is_behind(copied: Path) -> None:
    database = create_engine(f"sqlite:///{copied / 'catalog.sqlite'}")
    with database.begin() as connection:
        connection.execute(text("UPDATE about SET value = value + 1 WHERE key = 'revision'"))
    database.dispose()
    result = call(copied, "verify")
    assert result.exit_code == 1
    assert "The index is behind by 1 change; run `communique reindex`." in result.output
    assert "and index agree" not in result.output


def test_verify_finds_whole_data_in_order(copied: Path) -> None:
    result = call(copied, "verify")
    assert result.exit_code == 0
    assert "archive, catalog and index agree" in result.output


def test_verify_finds_a_flipped_byte(copied: Path) -> None:
    warc = max((copied / "archive").glob("*/*.warc.gz"), key=lambda path: path.stat().st_size)
    whole = bytearray(warc.read_bytes())
    whole[len(whole) // 2] ^= 0x10
    warc.write_bytes(whole)
    done = call(copied, "verify")
    assert done.exit_code == 1
    assert warc.name in done.stdout
    assert "Traceback" not in done.stderr


def test_verify_finds_a_changed_letter_in_a_well_formed_archive(copied: Path) -> None:
    warc = max((copied / "archive").glob("*/*.warc.gz"), key=lambda path: path.stat().st_size)
    plain = gzip.decompress(warc.read_bytes())
    warc.write_bytes(gzip.compress(plain.replace(b"prison", b"prisom", 1)))
    result = call(copied, "verify")
    assert result.exit_code == 1
    assert warc.name in result.output


def test_verify_finds_a_missing_archive_file(copied: Path) -> None:
    with closing(Store(Settings(data=copied))) as store:
        place = next(place for _, _, place, _ in store.locations())
    warc = copied / "archive" / place.warc_file
    warc.unlink()
    result = call(copied, "verify")
    assert result.exit_code == 1
    assert warc.name in result.output


def test_verify_finds_a_missing_index(copied: Path) -> None:
    shutil.rmtree(copied / "index")
    result = call(copied, "verify")
    assert result.exit_code == 1
    assert "no index" in result.output
    assert call(copied, "reindex").exit_code == 0
    assert call(copied, "verify").exit_code == 0


def test_verify_finds_an_index_that_lacks_releases(copied: Path) -> None:
    database = create_engine(f"sqlite:///{copied / 'catalog.sqlite'}")
    with database.begin() as connection:
        connection.execute(text("DELETE FROM release WHERE id = (SELECT min(id) FROM release)"))
    database.dispose()
    result = call(copied, "verify")
    assert result.exit_code == 1
    assert "run `communique reindex --full`" in result.output


def test_the_demo_crawls_and_indexes_in_a_folder_of_its_own(tmp_path: Path) -> None:
    done = call(tmp_path, "demo", "--no-serve")
    assert done.exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]
    shown = call(tmp_path / "demo", "search", "прокурор").output
    assert not shown.startswith("0 ")


def test_serving_on_a_port_in_use_ends_with_a_sentence(tmp_path: Path) -> None:
    Store(Settings(data=tmp_path)).close()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run(tmp_path, "serve", "--port", str(port))
    assert done.returncode == 1
    assert f"127.0.0.1:{port} cannot be listened on" in done.stderr
