"""`.ci/dependencies.py`: what becomes of advisories. The tools themselves run in `make check`."""

from __future__ import annotations

import importlib.util
from importlib.metadata import PathDistribution
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / ".ci" / "dependencies.py"
SOUND = {"name": "flask", "version": "3.1.3", "vulns": []}
FLAWED = {
    "name": "jinja2",
    "version": "3.1.0",
    "vulns": [{"id": "PYSEC-2099-1", "fix_versions": ["3.1.9"]}],
}
UNKNOWN = {"name": "numpy", "skip_reason": "not found"}


@pytest.fixture
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("dependencies", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("found", "status", "said"),
    [
        ([SOUND, UNKNOWN], 0, "1 of 2 pinned dependencies audited, 0 advisories."),
        ([SOUND, FLAWED], 1, "jinja2 3.1.0: PYSEC-2099-1, fixed in 3.1.9."),
        ([UNKNOWN], 0, "not audited"),
        ([], 0, "not audited"),
    ],
)
def test_an_advisory_fails_the_check_and_silence_is_told(
    script: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    found: list[dict[str, Any]],
    status: int,
    said: str,
) -> None:
    monkeypatch.setattr(script, "advisories", lambda source: found)

    assert script.vulnerable() == status
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    ("says", "takes"), [(">=3.9", True), ("", True), (">=3.11.5", False), (">=3.12", False)]
)
def test_a_version_that_the_lowest_python_cannot_take_is_found(
    script: ModuleType, tmp_path: Path, says: str, takes: bool
) -> None:
    line = f"Requires-Python: {says}\n" if says else ""
    (tmp_path / "METADATA").write_text(f"Name: soup\nVersion: 4.1\n{line}", encoding="utf-8")
    assert script.takes(PathDistribution(tmp_path), "3.11") is takes
