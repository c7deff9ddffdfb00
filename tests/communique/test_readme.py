"""The pages about commands and settings say what the program does now, and pages of docs name
files that exist.
"""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from communique.commands import COMMANDS
from corpus import Settings
from corpus.settings import PREFIX

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
MODULES = [str(path) for path in ROOT.glob("[a-z]*/**/*.py")]


def settings_table() -> str:
    rows = []
    for each in fields(Settings):
        default = (
            ""
            if each.name == "data"
            else ("yes" if each.default else "no")
            if isinstance(each.default, bool)
            else each.default
        )
        rows.append(f"| `{PREFIX}{each.name.upper()}` | {default} | {each.metadata['help']} |")
    return "\n".join(rows)


def test_settings_table_is_the_settings() -> None:
    assert settings_table() in (DOCS / "settings.md").read_text(encoding="utf-8")


def test_every_command_is_in_the_documentation() -> None:
    words = (DOCS / "commands.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"communique {name}" not in words] == []


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.stem)
def test_files_that_a_page_names_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https:)([^)#]+)", text)
    modules = [name for name in re.findall(r"`([\w/]+\.py)`", text) if "examplia" not in name]

    assert [link for link in links if not (page.parent / link).exists()] == []
    assert [m for m in modules if not any(path.endswith(f"/{m}") for path in MODULES)] == []


def test_every_page_is_in_the_index() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    assert [each.name for each in DOCS.glob("*.md") if each.name not in index] == []
