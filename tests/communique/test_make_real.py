"""`make real` names an office that can be crawled, and asks for a contact first."""

from __future__ import annotations

import os
import subprocess

from corpus import office
from tests.stalling import ROOT


def make(*words: str) -> subprocess.CompletedProcess[str]:
    others = ("COMMUNIQUE_CONTACT", "MAKEFLAGS", "MAKELEVEL")  # of a make that runs the tests
    env = {name: value for name, value in os.environ.items() if name not in others}
    return subprocess.run(["make", *words], cwd=ROOT, env=env, capture_output=True, text=True)


def test_it_asks_for_a_contact() -> None:
    done = make("real")
    assert done.returncode == 2
    assert done.stdout == (
        "Offices must be able to reach you: make real COMMUNIQUE_CONTACT=you@example.org\n"
    )


def test_it_crawls_indexes_and_serves() -> None:
    words = make("--dry-run", "real", "COMMUNIQUE_CONTACT=you@example.org").stdout.splitlines()
    commands = [line.split("communique ")[-1].strip() for line in words[-3:]]
    assert commands == ["crawl us_doj --limit 200", "reindex", "serve"]
    assert office("us_doj").routes[0].name == "interface", "which lists the newest releases first"
