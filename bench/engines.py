"""The same work done by four engines: top ten, exact total, counts by office and year, passages."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

import tantivy
from whoosh import fields, index, qparser
from whoosh.analysis import StemmingAnalyzer

from indexer.engine.document import Document
from indexer.engine.results import Query, Results
from indexer.query.parser import parse
from indexer.whoosh_engine import WhooshEngine

# The hits of a page.
TOP = 10
AGGREGATIONS = {
    "office": {"terms": {"field": "office", "size": 100}},
    "year": {"terms": {"field": "year", "size": 100}},
}


class Peer(Protocol):
    """An engine under measurement."""

    def build(self, documents: Iterable[Document]) -> None:
        """Index documents, and be ready to answer."""

    def update(self, documents: Sequence[Document]) -> None:
        """Replace documents, and be ready to answer."""

    def page(self, kind: str, words: Sequence[str]) -> int:
        """Do all that a results page needs; the total."""

    def best(self, typed: str) -> list[str]:
        """The ids of the ten best releases for a question."""


def as_typed(kind: str, words: Sequence[str]) -> str:
    """A query of a kind, as a person types it."""
    if kind == "phrase":
        return f'"{" ".join(words)}"'
    if kind == "prefix":
        return f"{words[0]}*"
    return (" OR " if kind in ("or-of-three", "long") else " AND ").join(words)


def bare_words(typed: str) -> list[str]:
    """The words of a question, without signs that a query language could take for its own."""
    return re.findall(r"\w+", typed.lower())


class Ours:
    """This program's embedded engine."""

    def __init__(self, folder: Path) -> None:
        self.engine = WhooshEngine(folder)
        self.revision = 0

    def build(self, documents: Iterable[Document]) -> None:
        """Build, publish, open."""
        self.engine.publish(self.engine.build(documents, 1, lambda done: None))
        self.engine.search(Query(parse("justice").tree, size=10))

    def update(self, documents: Sequence[Document]) -> None:
        """As a reindex does."""
        self.engine.update(documents, (), 2, lambda done: None)
        self.engine.search(Query(parse("justice").tree, size=10))

    def page(self, kind: str, words: Sequence[str]) -> int:
        """The work that all of them do."""
        return self.search(as_typed(kind, words), has_some=False).total

    def best(self, typed: str) -> list[str]:
        """Those that match all words, then those that match some."""
        return [hit.id for hit in self.search(typed).hits]

    def search(self, typed: str, *, has_some: bool = True) -> Results:
        """A page, with or without the second tier."""
        parsed = parse(typed)
        asked = Query(
            parsed.tree,
            size=10,
            facets=("office", "year"),
            has_timeline=False,
            is_explained=False,
            some=parsed.some if has_some else None,
        )
        return self.engine.search(asked)

    def whole_page(self, kind: str, words: Sequence[str]) -> int:
        """With all facets, the timeline and the explanation, as the browser is given it."""
        return self.engine.search(Query(parse(as_typed(kind, words)).tree, size=10)).total


class Tantivy:
    """Tantivy by its Python package."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        build = tantivy.SchemaBuilder()
        build.add_text_field("id", stored=True, tokenizer_name="raw")
        build.add_text_field("office", stored=True, tokenizer_name="raw", fast=True)
        build.add_integer_field("year", stored=True, indexed=True, fast=True)
        build.add_text_field("title", stored=True, tokenizer_name="en_stem")
        build.add_text_field("body", stored=True, tokenizer_name="en_stem")
        self.schema = build.build()
        self.index = tantivy.Index(self.schema, path=str(folder))

    def build(self, documents: Iterable[Document]) -> None:
        """Two threads, as our two workers."""
        writer = self.index.writer(heap_size=512_000_000, num_threads=2)
        for document in documents:
            writer.add_document(self._document(document))
        writer.commit()
        writer.wait_merging_threads()
        self.index.reload()

    def update(self, documents: Sequence[Document]) -> None:
        """Delete and add."""
        writer = self.index.writer(heap_size=64_000_000, num_threads=2)
        for document in documents:
            writer.delete_documents("id", document.id)
            writer.add_document(self._document(document))
        writer.commit()
        self.index.reload()
        self.page("one-word", ["justice"])

    def _document(self, document: Document) -> tantivy.Document:
        year = document.published.year if document.published else 0
        return tantivy.Document(
            id=document.id,
            office=document.office,
            year=year,
            title=document.title,
            body=document.body_text,
        )

    def page(self, kind: str, words: Sequence[str]) -> int:
        """Search, aggregate, snippets."""
        searcher = self.index.searcher()
        if kind == "prefix":
            query = tantivy.Query.regex_query(self.schema, "body", f"{words[0]}.*")
        else:
            query = self._parse(as_typed(kind, words))
        found = searcher.search(query, 10, count=True)
        searcher.aggregate(query, AGGREGATIONS)
        snippets = tantivy.SnippetGenerator.create(searcher, query, self.schema, "body")
        for _, address in found.hits:
            snippets.snippet_from_doc(searcher.doc(address)).to_html()
        return int(found.count)

    def best(self, typed: str) -> list[str]:
        """By any of the words, as its parser joins them."""
        searcher = self.index.searcher()
        found = searcher.search(self._parse(" ".join(bare_words(typed))), 10)
        return [searcher.doc(address)["id"][0] for _, address in found.hits]

    def _parse(self, typed: str) -> tantivy.Query:
        return self.index.parse_query(typed, ["title", "body"], field_boosts={"title": 2.0})


class Fts5:
    """SQLite's full-text index, Porter stemming."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.base = sqlite3.connect(folder / "fts.sqlite")
        self.base.execute("PRAGMA journal_mode=WAL")
        self.base.execute(
            "CREATE TABLE r(n INTEGER PRIMARY KEY, id TEXT UNIQUE, office TEXT, year INT)"
        )
        self.base.execute(
            "CREATE VIRTUAL TABLE t USING fts5(title, body, tokenize='porter unicode61')"
        )

    def build(self, documents: Iterable[Document]) -> None:
        """One transaction."""
        with self.base:
            for document in documents:
                self._add(document)

    def update(self, documents: Sequence[Document]) -> None:
        """Delete and add."""
        with self.base:
            for document in documents:
                (number,) = self.base.execute(
                    "SELECT n FROM r WHERE id=?", (document.id,)
                ).fetchone()
                self.base.execute("DELETE FROM r WHERE n=?", (number,))
                self.base.execute("DELETE FROM t WHERE rowid=?", (number,))
                self._add(document)
        self.page("one-word", ["justice"])

    def _add(self, document: Document) -> None:
        year = document.published.year if document.published else 0
        row = self.base.execute(
            "INSERT INTO r(id, office, year) VALUES(?,?,?)", (document.id, document.office, year)
        )
        values = (row.lastrowid, document.title, document.body_text)
        self.base.execute("INSERT INTO t(rowid, title, body) VALUES(?,?,?)", values)

    def page(self, kind: str, words: Sequence[str]) -> int:
        """Counts by one pass over the matches, top ten with snippets by another."""
        typed = as_typed(kind, words)
        counted = self.base.execute(
            "SELECT office, year, count(*) FROM t JOIN r ON r.n = t.rowid WHERE t MATCH ?"
            " GROUP BY 1, 2",
            (typed,),
        ).fetchall()
        self.base.execute(
            "SELECT rowid, title, snippet(t, 1, '<b>', '</b>', '…', 40) FROM t WHERE t MATCH ?"
            " ORDER BY bm25(t, 2.0, 1.0) LIMIT 10",
            (typed,),
        ).fetchall()
        return sum(row[2] for row in counted)

    def best(self, typed: str) -> list[str]:
        """By all words; where these are fewer than ten, then by any of them."""
        words = [f'"{word}"' for word in bare_words(typed)]
        found = self._best(" AND ".join(words))
        if len(found) < TOP:
            found += [id_ for id_ in self._best(" OR ".join(words)) if id_ not in found]
        return found[:TOP]

    def _best(self, matching: str) -> list[str]:
        rows = self.base.execute(
            "SELECT id FROM t JOIN r ON r.n = t.rowid WHERE t MATCH ?"
            " ORDER BY bm25(t, 2.0, 1.0) LIMIT ?",
            (matching, TOP),
        )
        return [id_ for (id_,) in rows]


class PlainWhoosh:
    """Whoosh as it comes."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        stemmed = StemmingAnalyzer()
        schema = fields.Schema(
            id=fields.ID(unique=True, stored=True),
            office=fields.ID(stored=True, sortable=True),
            year=fields.NUMERIC(stored=True, sortable=True),
            title=fields.TEXT(stemmed, stored=True, field_boost=2.0),
            body=fields.TEXT(stemmed, stored=True),
        )
        self.index = index.create_in(str(folder), schema)
        self.parser = qparser.MultifieldParser(["title", "body"], schema)

    def build(self, documents: Iterable[Document]) -> None:
        """One writer."""
        self._write(documents, is_update=False)

    def update(self, documents: Sequence[Document]) -> None:
        """Update by the unique id."""
        self._write(documents, is_update=True)
        self.page("one-word", ["justice"])

    def _write(self, documents: Iterable[Document], *, is_update: bool) -> None:
        writer = self.index.writer(limitmb=512)
        for document in documents:
            year = document.published.year if document.published else 0
            add = writer.update_document if is_update else writer.add_document
            add(
                id=document.id,
                office=document.office,
                year=year,
                title=document.title,
                body=document.body_text,
            )
        writer.commit()
        self.searcher = self.index.searcher()

    def page(self, kind: str, words: Sequence[str]) -> int:
        """All matches, so that its ten are right; counts by stored fields; highlights."""
        found = self.searcher.search(self.parser.parse(as_typed(kind, words)), limit=None)
        columns = [self.searcher.reader().column_reader(name) for name in ("office", "year")]
        for column in columns:
            Counter(column[number] for number in found.docs())
        for hit in found[:10]:
            hit.highlights("body")
        return len(found)

    def best(self, typed: str) -> list[str]:
        """By all words, as its parser joins them."""
        asked = self.parser.parse(" ".join(bare_words(typed)))
        return [hit["id"] for hit in self.searcher.search(asked, limit=TOP)]


PEERS = {"ours": Ours, "tantivy": Tantivy, "fts5": Fts5, "whoosh": PlainWhoosh}
