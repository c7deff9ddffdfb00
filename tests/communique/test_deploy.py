"""The examples for operators in deploy/: settings that exist, units that systemd accepts."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from communique.commands import COMMANDS
from corpus import read_settings

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
ANALYZE = shutil.which("systemd-analyze")
PROGRAM = re.compile(r"/opt/\S+/communique\b")
EXPOSURE = re.compile(r"Overall exposure level for \S+: ([\d.]+)")


def test_the_settings_of_the_service_are_read() -> None:
    found = read_settings({}, DEPLOY / "communique.toml")
    assert found.data == Path("/var/lib/communique")


@pytest.mark.parametrize("file", [*UNITS, DEPLOY / "crontab"], ids=lambda each: each.name)
def test_commands_exist_and_nothing_sets_what_the_file_sets(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert {*re.findall(r"bin/communique ([\w-]+)", text)} <= {*COMMANDS}
    assert "COMMUNIQUE_" not in text


@pytest.mark.skipif(ANALYZE is None, reason="needs systemd-analyze")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    """With a program that exists in place of ours: systemd looks for it."""
    copies = []
    for each in UNITS:
        copies.append(tmp_path / each.name)
        text = each.read_text(encoding="utf-8").replace(
            "/opt/communique/.venv/bin/communique", "/bin/true"
        )
        copies[-1].write_text(text.replace("User=communique", "User=root"), encoding="utf-8")
    done = subprocess.run(
        [str(ANALYZE), "verify", "--man=no", *copies], capture_output=True, text=True
    )
    assert [line for line in done.stderr.splitlines() if str(tmp_path) in line] == []


@pytest.mark.skipif(ANALYZE is None, reason="needs systemd-analyze")
@pytest.mark.parametrize("unit", [each for each in UNITS if each.suffix == ".service"])
def test_a_unit_is_exposed_little(unit: Path) -> None:
    command = [str(ANALYZE), "security", "--offline=true", "--no-pager", unit]
    done = subprocess.run(command, capture_output=True, text=True)
    found = EXPOSURE.search(done.stdout + done.stderr)
    assert found, done.stderr
    assert float(found[1]) < 3
