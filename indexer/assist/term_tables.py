"""Tables of terms in English, Russian and Kazakh, and how a query is found in them in any form; the
first lines of a table say what it holds.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from corpus import statutes
from indexer.analysis.analyzer import CYRILLIC, WORD, fold, stem, words
from indexer.engine.searcher import Searcher
from indexer.query.interpreter import OPERATORS
from indexer.query.notation import QUOTES
from indexer.query.written_forms import LookUp, words_to_look_up

LANGUAGES = ("en", "ru", "kk")
FOLDER = Path(__file__).parent
PHRASE = re.compile(r'^\s*"([^"]*)"\s*$')
# In a longer query no term is looked for.
MOST_WORDS = 20
# Signs of the query language, in what is more than words.
SIGNS = re.compile(r'["\[\]{}():*?~^|!/]|(?<!\S)-')


class Entry(NamedTuple):
    """A line of a table: the names of a term in each language, the usual one first; the keys of the
    statutes it belongs to, if any; and where the line was checked.
    """

    names: dict[str, tuple[str, ...]]
    statutes: tuple[str, ...]
    source: str


class Name(NamedTuple):
    """A name of a term in a language."""

    entry: Entry
    language: str
    text: str


@dataclass(frozen=True)
class TermTable:
    """A table, and its entries by statute and by name: as written, and as stems."""

    entries: tuple[Entry, ...]
    by_statute: dict[str, Entry]
    by_name: dict[tuple[str, ...], Name]
    most_words: int

    def citing(self, key: str) -> Entry | None:
        """The entry of a statute, or of the narrowest part of the law that contains it."""
        wider = reversed(statutes.enclosing_keys(key))
        return next((self.by_statute[each] for each in wider if each in self.by_statute), None)

    def named(self, typed: str) -> Name | None:
        """The name that a query of plain words, or one phrase, is in any form."""
        return self._of(_plain_words(typed)[1])

    def within(self, typed: str) -> tuple[Name, str, str] | None:
        """The name that such a query is, or else the longest of several words in it; and what
        stands before and after it.
        """
        bare, spoken = _plain_words(typed)
        if name := self._of(spoken):
            return name, "", ""
        for size in range(min(self.most_words, len(spoken) - 1), 1, -1):
            for first in range(len(spoken) - size + 1):
                part = spoken[first : first + size]
                if name := self._of(part):
                    return name, bare[: part[0].start()], bare[part[-1].end() :]
        return None

    def _of(self, spoken: Sequence[re.Match[str]]) -> Name | None:
        if len(spoken) > self.most_words:
            return None
        keys = _keys([fold(word[0]) for word in spoken])
        return next((self.by_name[key] for key in keys if key in self.by_name), None)


@cache
def term_table(name: str) -> TermTable:
    """A table by the name of its file. Raises ValueError where a statute of it cannot be read."""
    entries = tuple(map(_entry, _rows(FOLDER / f"{name}.tsv")))
    names = [
        Name(entry, language, text)
        for entry in entries
        for language, texts in entry.names.items()
        for text in texts
    ]
    by_name: dict[tuple[str, ...], Name] = {}
    for take in (_written, _stems):  # what is typed as a name is written is that name
        for each in names:
            by_name.setdefault(take(words(each.text), each.language), each)
    by_statute = {key: entry for entry in entries for key in entry.statutes}
    return TermTable(entries, by_statute, by_name, max(len(words(each.text)) for each in names))


def look_up_once(texts: Iterable[str], searcher: Searcher) -> LookUp:
    """What the corpus attests of the words of several texts, asked for at once."""
    found = searcher.attested(words_to_look_up(" ".join(texts)))
    return lambda words: found


def _rows(file: Path) -> Iterator[dict[str, str]]:
    lines = file.read_text(encoding="utf-8").splitlines()
    table = [line for line in lines if not line.startswith("#")]
    return csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE)


def _entry(row: dict[str, str]) -> Entry:
    return Entry(
        {language: _values(row[language]) for language in LANGUAGES},
        tuple(map(_statute, _values(row.get("statutes", "")))),
        row["source"],
    )


def _values(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, (each.strip() for each in cell.split(";"))))


def _statute(cited: str) -> str:
    if key := statutes.parse_key(cited):
        return key
    raise ValueError(f"“{cited}” is no statute citation.")


def _plain_words(typed: str) -> tuple[str, list[re.Match[str]]]:
    """A query without quotation marks around it, and its words, if it is nothing but words."""
    bare = PHRASE.sub(r"\1", typed.translate(QUOTES))
    if SIGNS.search(bare) or not {*OPERATORS}.isdisjoint(bare.split()):
        return bare, []
    spoken = [*WORD.finditer(bare)]
    return bare, spoken if len(spoken) <= MOST_WORDS else []


def _keys(written: list[str]) -> Iterator[tuple[str, ...]]:
    """What words are looked up as: as written, then as stems, in the languages of their script."""
    languages = ("ru", "kk") if any(map(CYRILLIC.search, written)) else ("en",)
    for take in (_written, _stems):
        for language in languages:
            yield take(written, language)


def _written(spoken: list[str], language: str) -> tuple[str, ...]:
    return (language, *spoken)


def _stems(spoken: list[str], language: str) -> tuple[str, ...]:
    return (language, *(stem(each, language) for each in spoken))
