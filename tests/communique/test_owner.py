"""Commands of another user than the data folder's owner."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.users import NOBODY

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give folders away")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of the user nobody."""
    found = tmp_path / "data"
    found.mkdir()
    os.chown(found, NOBODY, NOBODY)
    return found


def call(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "COMMUNIQUE_DATA": str(folder)}
    command = [sys.executable, "-m", "communique", *arguments]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)


@pytest.mark.parametrize("command", ["status", "crawl us_doj", "search 'hate crime'"])
def test_they_are_refused_with_the_command_line_of_the_owner(folder: Path, command: str) -> None:
    done = call(folder, *shlex.split(command))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"Error: {folder} belongs to the user nobody. Run: sudo -u nobody communique {command}\n"
    )
    assert [*folder.iterdir()] == []


def test_an_owner_without_a_name_is_told_by_his_number(folder: Path) -> None:
    os.chown(folder, 64321, 64321)
    done = call(folder, "status")
    assert done.stderr.endswith("Run: sudo -u '#64321' communique status\n")


def test_what_leaves_the_folder_alone_works(folder: Path) -> None:
    assert call(folder, "offices").returncode == 0
