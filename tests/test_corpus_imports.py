"""Imports point one way, webui -> indexer -> corpus; modules are named by nouns that say what."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ABOVE = {
    "corpus": {"communique", "indexer", "webui"},
    "indexer": {"communique", "webui"},
    "webui": {"communique"},
    "communique": set[str](),
}
FILES = [path for package in ABOVE for path in sorted((ROOT / package).rglob("*.py"))]
KNOWS_WHOOSH = [
    f"indexer/{name}.py"
    for name in ("query", "clauses", "keyed", "leaves", "marker", "explanation", "engine")
]
ENGINES = ("indexer/whoosh_engine/", "indexer/opensearch_engine/")
SAYS_NOTHING = {
    "base",
    "common",
    "helper",
    "helpers",
    "manager",
    "managers",
    "misc",
    "util",
    "utils",
}


def imported(path: Path) -> Iterator[str]:
    """The first word of every module that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name.split(".")[0] for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield path.relative_to(ROOT).parts[0] if node.level else str(node.module).split(".")[0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_imports_from_a_package_above_its_own(path: Path) -> None:
    assert not set(imported(path)) & ABOVE[path.relative_to(ROOT).parts[0]]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_query_and_the_engines_know_whoosh(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    if name not in KNOWS_WHOOSH and not name.startswith(ENGINES):
        assert "whoosh" not in set(imported(path))


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert not [path for path in FILES if set(path.stem.strip("_").split("_")) & SAYS_NOTHING]
    assert len(FILES) > 20
