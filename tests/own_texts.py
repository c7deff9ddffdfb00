"""Clients of pages over a few texts of our own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask.testing import FlaskClient

from corpus import Provenance, Settings, Store
from corpus.release import Draft
from indexer import open_engine, reindex
from tests.conftest import clients

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def client_of(folder: Path, texts: Sequence[tuple[str, str, str]]) -> Iterator[FlaskClient]:
    """A client of releases of an office, a language and a text, a day apart from `AT` on."""
    settings = Settings(data=folder, contact="tests")
    store, engine = Store(settings), open_engine(settings)
    for number, (office, language, text) in enumerate(texts):
        url = f"https://prosecutor.example/{number}"
        seen = Provenance(url, AT, f"{number:064}", "a.warc.gz", number, f"{office}/pages", 1)
        day = AT.date() + timedelta(number)
        draft = Draft(f"Release {number}", day, ["One.", text], language)
        with store.writing() as connection:
            store.add(connection, office, url, draft, seen, AT, frozenset())
    reindex(settings, store, engine)
    engine.close()
    store.close()
    yield from clients(settings)
