"""Who follows docs/ and deploy/ arrives: their commands are run as they stand, page by page, from
the state that the page before left. stand_ins.py lists what a machine of the tests lacks.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator

import pytest

from tests.docs.machine import PATH, Machine
from tests.docs.pages import PAGES, blocks
from tests.docs.stand_ins import ELSEWHERE, NO_COMMANDS
from tests.postgresql import Server as PostgreSQL

# In this order; each has a test below.
FOLLOWED = (
    "docs/installing.md",
    "docs/scheduling.md",
    "docs/publishing.md",
    "docs/updating.md",
    "docs/evidence.md",
    "docs/withholding.md",
    "docs/postgresql.md",
    "deploy/opensearch/README.md",
    "docs/opensearch.md",
)
PROGRAMS = {
    "git": "git",
    "make": "make",
    "curl": "curl",
    "openssl": "openssl",
    "systemd-analyze": "systemd",
    "crontab": "cron",
    "nginx": "nginx-light",
}


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    missing = [
        package for program, package in PROGRAMS.items() if not shutil.which(program, path=PATH)
    ]
    if missing:
        pytest.skip(f"needs what docs/ use: apt-get install {' '.join(missing)}")
    with Machine() as made:
        yield made


def found(machine: Machine) -> list[str]:
    """The releases that a reader finds."""
    answer = machine.get("https://communique.example/api/v1/search?q=prosecutor")
    head, _, body = answer.partition("\n\n")
    assert head.startswith("HTTP/1.1 200 "), answer
    ids = [each["id"] for each in json.loads(body)["hits"]]
    assert ids
    return ids


@pytest.mark.parametrize("page", PAGES)
def test_every_block_says_what_it_is_and_no_command_is_left_out(page: str) -> None:
    found = [*blocks(page)]
    assert [each for each in found if each.language not in {"sh", "toml", *NO_COMMANDS}] == []
    if any(each.language == "sh" for each in found):
        assert page in {*FOLLOWED, *ELSEWHERE}


@pytest.mark.slow
class TestFollowing:
    def test_installing(self, machine: Machine) -> None:
        machine.follow("docs/installing.md")
        hits = json.loads(machine.ask("communique search prosecutor --json 2>/dev/null"))["hits"]
        machine.names["release"] = hits[0]["id"]

    def test_scheduling(self, machine: Machine) -> None:
        machine.follow("docs/scheduling.md")
        machine.ask("curl -sSf http://127.0.0.1:8000/healthz")

    def test_publishing(self, machine: Machine) -> None:
        machine.call("systemctl start nginx")  # as its package does
        machine.follow("docs/publishing.md")
        moved = machine.get("http://communique.example/coverage?office=kz_gpo")
        assert moved.startswith("HTTP/1.1 308 ")
        assert "\nLocation: https://communique.example/coverage?office=kz_gpo\n" in moved
        page = machine.get("https://communique.example/coverage")
        assert page.startswith("HTTP/1.1 200 ")
        assert "\nStrict-Transport-Security: max-age=31556926\n" in page
        # What a client says of its way here is not believed.
        forged = "-H X-Forwarded-Host:other.example -H X-Forwarded-Proto:http"
        feed = machine.get(f"{forged} https://communique.example/search.atom")
        assert feed.startswith("HTTP/1.1 200 ")
        assert "https://communique.example/releases/" in feed
        assert "other.example" not in feed
        assert machine.get("-H Host:other.example https://communique.example/").startswith(
            "HTTP/1.1 400 "
        )

    def test_publishing_below_a_path(self, machine: Machine) -> None:
        site = machine.root / "etc/nginx/conf.d/communique.conf"
        text = site.read_text(encoding="utf-8")
        site.write_text(text.replace("location / {", "location /releases {"), encoding="utf-8")
        machine.set('url = "https://communique.example/releases"')
        restart = "systemctl reload nginx && systemctl restart communique"
        assert machine.call(restart).returncode == 0
        page = machine.get("https://communique.example/releases/coverage")
        assert page.startswith("HTTP/1.1 200 ")
        assert 'href="/releases/help"' in page
        site.write_text(text, encoding="utf-8")
        machine.set('url = "https://communique.example"')
        assert machine.call(restart).returncode == 0

    def test_updating(self, machine: Machine) -> None:
        before = found(machine)
        machine.commit("--allow-empty", "--message=Second")
        machine.ask("cp /var/lib/communique/catalog{,.format-6}.sqlite")  # as upgrades leave it
        machine.follow("docs/updating.md")
        assert found(machine) == before

    def test_the_hour_of_the_jobs(self, machine: Machine) -> None:
        """All other offices refuse to be crawled."""
        assert machine.call("cron").returncode == 0
        done = machine.call("systemctl start communique-update.service")
        assert "communique status ended with status 3" in done.stdout

    def test_evidence(self, machine: Machine) -> None:
        before = found(machine)
        machine.follow("docs/evidence.md")
        assert found(machine) == before

    def test_withholding(self, machine: Machine) -> None:
        machine.follow("docs/withholding.md")
        assert machine.names["release"] in found(machine)
        assert machine.get("https://communique.example/withheld").count("Order of a court") == 1

    def test_postgresql(self, machine: Machine, postgresql: PostgreSQL) -> None:
        before = found(machine)
        machine.use_postgresql(postgresql)
        machine.follow("docs/postgresql.md")
        assert found(machine) == before

    def test_opensearch(self, machine: Machine, opensearch: str) -> None:
        machine.names["opensearch"] = opensearch
        before = found(machine)
        machine.follow("deploy/opensearch/README.md")
        machine.follow("docs/opensearch.md")
        assert found(machine) == before
