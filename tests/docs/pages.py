"""The fenced blocks of a page: what an operator copies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    str(each.relative_to(ROOT)) for each in (*ROOT.glob("docs/*.md"), *ROOT.glob("deploy/**/*.md"))
)
BLOCK = re.compile(r"^ *```(?P<language>\S*)\n(?P<text>.*?)^ *```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """Its language says what is done with it: `sh` is run, `toml` goes into the settings."""

    page: str
    line: int
    language: str
    text: str


def blocks(page: str) -> Iterator[Block]:
    """The blocks of a page, from its top."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for found in BLOCK.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield Block(page, line, found["language"], dedent(found["text"]))
