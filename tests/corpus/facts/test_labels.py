"""`python -m bench facts`: facts of a real catalog against labels; no notice where none is due."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench import facts
from corpus import Settings, Store
from corpus.fact import notice
from corpus.facts.reader import find_facts
from corpus.release import Release


@pytest.fixture
def releases(sample_store: Store) -> dict[str, Release]:
    return {each.title: each for each in sample_store.releases("sample_doj")}


def label(release: Release, **stated: Any) -> dict[str, Any]:
    nothing: dict[str, Any] = {
        "kind": "neither", "stages": [], "sentences": [], "money": [], "judge_at": None,
        "court": None, "notice": False,
    }  # fmt: skip
    return {"url": release.url, "office": release.office} | nothing | stated


def test_precision_and_recall_are_counted_and_misses_shown(
    sample_settings: Settings,
    releases: dict[str, Release],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    title = "Halden Man Sentenced to 22 Years for Leading Fentanyl Distribution Ring"
    sentenced, remarks = (releases[title], next(iter(releases.values())))
    paragraph, text = next(
        (number, each) for number, each in enumerate(sentenced.body, 1) if "Castellane" in each
    )
    start = text.index("Castellane")
    labels = [
        label(
            sentenced,
            kind="criminal",
            stages=["SENT"],
            sentences=[{"prison_months": 200.0}],
            judge_at=[paragraph, start, start + len("Castellane")],
        ),
        label(remarks, url="https://absent.example/"),
    ]
    file = tmp_path / "labels.jsonl"
    file.write_text("\n".join(map(json.dumps, labels)), encoding="utf-8")
    monkeypatch.setenv("COMMUNIQUE_DATA", str(sample_settings.data))
    assert facts.main(["--labels", str(file), "--json"]) == 0
    rows = {row["fact"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["kind"] == {
        "fact": "kind", "labels": 1, "claims": 1, "right": 1, "precision": 1.0, "recall": 1.0,
    }  # fmt: skip
    assert [rows[fact]["right"] for fact in ("stage", "prison", "judge")] == [1, 0, 1]
    assert facts.main(["--labels", str(file)]) == 0
    shown = capsys.readouterr().out
    assert "labeled 200, claimed 264" in shown
    assert "1 of 2 labeled releases are in the catalog." in shown


@pytest.mark.parametrize(
    "title",
    [
        "Justice Department Statement on the Dismissal of Charges Against Tomás Aguerre",
        "Former Magistrate Pleads Guilty to Selling Leniency",
        "Court Permanently Bars Westbrook Tax Preparer From Preparing Returns",
    ],
)
def test_what_is_decided_in_the_demo_needs_no_notice(
    releases: dict[str, Release], title: str
) -> None:
    release = releases[title]
    assert notice(find_facts(release.title, release.body, "en", release.published)) is None
