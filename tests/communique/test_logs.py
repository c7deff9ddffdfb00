"""The log on standard error: what a crawl and `serve` write there, as text and as JSON."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from corpus import Settings, office
from corpus.crawling.sample_site import SampleSite
from corpus.lock import only_crawl
from tests.faulty_site import FaultySite, late, status
from tests.newsroom import sample_pages

ROOT = Path(__file__).resolve().parents[2]
DEADLINE_S = 120
LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (INFO|WARNING|ERROR) \S.*")
[DOJ] = office("sample_doj").route("pages").hosts
[GPO] = office("sample_gpo").route("pages").hosts
UNREACHABLE = "http://127.0.0.1:9"


def start(data: Path, *words: str, **environ: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "communique", *words],
        cwd=ROOT,
        env=os.environ | {"COMMUNIQUE_DATA": str(data)} | environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(data: Path, *words: str, **environ: str) -> tuple[int, str, str]:
    with start(data, *words, **environ) as process:
        out, said = process.communicate(timeout=DEADLINE_S)
    return process.returncode, out, said


def crawl_words(gpo: str, doj: str) -> list[str]:
    mirrors = ["--mirror", f"{GPO}={gpo}", "--mirror", f"{DOJ}={doj}"]
    return ["crawl", "sample_gpo", "sample_doj", "--route", "pages", "--delay", "0", *mirrors]


def test_a_crawl_logs_beginnings_ends_retries_and_failures(tmp_path: Path) -> None:
    with FaultySite() as doj:
        doj.pages, doj.faults = sample_pages(), [("leniency$", status(500))]
        words = crawl_words(UNREACHABLE, doj.url)
        code, out, said = run(tmp_path, *words, COMMUNIQUE_RETRIES="1")
    assert code == 3
    lines = said.splitlines()
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    expected = [
        "INFO sample_gpo: crawl by the route pages begins",
        "WARNING .*/robots.txt: Cannot connect to .*; retry 1 in 0 s",
        "ERROR sample_gpo: crawl failed: http.* .0 new, .*",
        "INFO sample_doj: crawl by the route pages begins",
        "WARNING .*leniency: status 500; retry 1 in 0 s",
        "WARNING https://.*leniency failed .status_500.: The server responded with status 500.",
        "INFO sample_doj: crawl ended .*",
    ]
    told = [line.partition(" ")[2] for line in lines]
    assert len(told) == len(expected), told
    for line, pattern in zip(told, expected, strict=True):
        assert re.fullmatch(pattern, line)
    assert out.count("listed on") == 2
    assert "begins" not in out


def test_the_log_is_json_on_request(tmp_path: Path) -> None:
    words = crawl_words(UNREACHABLE, UNREACHABLE)
    code, _, said = run(tmp_path, "--log-format", "json", *words, COMMUNIQUE_RETRIES="0")
    assert code == 1
    lines = [json.loads(line) for line in said.splitlines()]
    assert lines[0]["message"] == "sample_gpo: crawl by the route pages begins"
    assert (lines[0]["level"], lines[-1]["level"]) == ("info", "error")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", lines[0]["time"])
    # Also what ends a command.
    code, _, said = run(tmp_path / "none", "status", COMMUNIQUE_LOG_FORMAT="json")
    assert code == 1
    assert json.loads(said)["message"].startswith("There is no catalog in ")


def test_the_report_of_an_office_is_shown_when_the_office_ends(tmp_path: Path) -> None:
    with SampleSite("sample_gpo") as gpo, FaultySite() as doj:
        doj.faults = [("", late(600))]
        with start(tmp_path, *crawl_words(gpo.url, doj.url)) as process:
            assert process.stdout
            ready, _, _ = select.select([process.stdout], [], [], DEADLINE_S)
            assert ready, "nothing is shown while another office is crawled"
            assert process.stdout.readline().startswith("sample_gpo (pages): ")
            assert process.poll() is None
            process.terminate()
            process.communicate(timeout=DEADLINE_S)


def test_a_live_office_without_a_contact_is_told_of_once(tmp_path: Path) -> None:
    """Another crawl holds the lock, so that nothing is fetched."""
    settings = Settings(data=tmp_path)
    live = ["us_doj", "us_ny_ag"]
    with only_crawl(settings, *live):
        code, _, said = run(tmp_path, "crawl", *live)
        assert code == 75
        assert said.count("COMMUNIQUE_CONTACT") == 1
        assert LINE.fullmatch(said.splitlines()[0])
        _, _, said = run(tmp_path, "crawl", *live, COMMUNIQUE_CONTACT="a@b.example")
        assert "COMMUNIQUE_CONTACT" not in said
    with only_crawl(settings, "sample_doj", "sample_gpo"):
        _, _, said = run(tmp_path, *crawl_words(UNREACHABLE, UNREACHABLE))
        assert "COMMUNIQUE_CONTACT" not in said


def test_a_cluster_that_is_away_is_one_sentence(sample_settings: Settings) -> None:
    code, _, said = run(
        sample_settings.data,
        *("search", "court"),
        COMMUNIQUE_ENGINE="opensearch",
        COMMUNIQUE_OPENSEARCH_URL=UNREACHABLE,
    )
    assert code == 1
    [sentence] = said.splitlines()
    assert sentence.startswith(f"Error: The search cluster ({UNREACHABLE}) cannot be reached")


@contextmanager
def served(data: Path, **environ: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    with start(data, "serve", "--port", "0", "--workers", "1", **environ) as process:
        assert process.stdout
        try:
            yield process, int(process.stdout.readline().split()[2].rpartition(":")[2])
        finally:
            process.terminate()


def ask(port: int, url: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=60, source_address=("127.0.0.7", 0))
    connection.request("GET", url)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def access_lines(data: Path, *urls: str, **environ: str) -> tuple[list[dict[str, Any]], str]:
    """The lines of the log after these requests, and all of it."""
    with served(data, COMMUNIQUE_LOG_FORMAT="json", **environ) as (process, port):
        for url in urls:
            assert ask(port, url) < 500
        process.terminate()
        _, said = process.communicate(timeout=DEADLINE_S)
    lines = [json.loads(line) for line in said.splitlines()]
    return [each for each in lines if "path" in each], said


def test_serve_logs_responses_without_queries_and_addresses(sample_settings: Settings) -> None:
    urls = ("/?q=Aurelio", "/none%0Asuch", "/livez", "/concordance?q=court")
    lines, said = access_lines(sample_settings.data, *urls)
    expected = [(200, "/"), (404, "/none%0Asuch"), (200, "/concordance")]
    assert [(each["status"], each["path"]) for each in lines] == expected
    assert lines[0]["bytes"] > 1000
    assert lines[0]["message"].startswith("200 GET /, ")
    assert "Aurelio" not in said
    assert "127.0.0.7" not in said


def test_serve_logs_queries_and_addresses_where_they_are_wanted(sample_settings: Settings) -> None:
    on = {"COMMUNIQUE_LOG_QUERIES": "yes", "COMMUNIQUE_LOG_ADDRESSES": "yes"}
    [line], _ = access_lines(sample_settings.data, "/?q=Aurelio", **on)
    assert (line["query"], line["address"]) == ("q=Aurelio", "127.0.0.7")
    assert access_lines(sample_settings.data, "/", COMMUNIQUE_LOG_REQUESTS="no")[0] == []


def test_a_worker_that_is_killed_is_in_the_log(sample_settings: Settings) -> None:
    with served(sample_settings.data) as (process, port):
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        assert ask(port, "/livez") == 200
        os.kill(int(children.read_text()), signal.SIGKILL)
        assert process.stderr
        line = process.stderr.readline()
        assert LINE.fullmatch(line.rstrip("\n"))
        assert "SIGKILL" in line
        process.terminate()


def test_lines_of_the_journal_have_their_priority(tmp_path: Path) -> None:
    script = (
        "import logging, os, sys; from communique.logs import start_logging;"
        "there = os.fstat(2); os.environ['JOURNAL_STREAM'] = f'{there.st_dev}:{there.st_ino}';"
        "start_logging('text'); logging.getLogger('corpus').warning('odd\\n%s', 'x')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert re.fullmatch(r"<4>\S+Z WARNING odd\N{REPLACEMENT CHARACTER}x\n", done.stderr)
