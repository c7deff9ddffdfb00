"""A suppressed release is nowhere to be seen, at once and for good; its evidence stays."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from filelock import FileLock
from flask.testing import FlaskClient

from corpus import Release, Settings, Store
from corpus.verify import verify_archive, verify_catalog
from indexer import open_engine, reindex
from indexer.analysis import fold
from indexer.cli import main
from webui import create_app

REASON = "Order of a court of 12 March"


@pytest.fixture
def settings(sample_settings: Settings, tmp_path: Path) -> Settings:
    """A copy of the crawled and indexed sample offices."""
    copy = shutil.copytree(sample_settings.data, tmp_path / "copy")
    return replace(sample_settings, data=Path(copy))


@pytest.fixture
def client(settings: Settings) -> Iterator[FlaskClient]:
    """A web process that runs all the while."""
    app = create_app(settings)
    yield app.test_client()
    store, engine = app.extensions["communique"]
    engine.close()
    store.close()


@pytest.fixture
def release(settings: Settings) -> Release:
    store = Store(settings)
    found = next(each for each in store.releases("sample_doj") if "fentanyl" in each.title.lower())
    store.close()
    return found


def call(settings: Settings, *arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, env={"COMMUNIQUE_DATA": str(settings.data)})


def assert_not_shown(release: Release, settings: Settings, client: FlaskClient) -> None:
    assert client.get(f"/releases/{release.id}").status_code == 404
    assert client.get(f"/releases/{release.id}/response").status_code == 404
    assert release.id not in client.get(f"/?q={release.title}").text
    for path in ("/", "/context", "/context.csv", "/trends"):
        assert release.id not in client.get(f"{path}?q=fentanyl").text
    assert release.id not in call(settings, "export").output
    assert release.id not in call(settings, "search", "fentanyl", "--json").output


def test_a_suppressed_release_is_shown_nowhere_and_stays_away(
    settings: Settings, client: FlaskClient, release: Release
) -> None:
    for path in ("/", "/context", "/context.csv", "/trends"):
        assert release.id in client.get(f"{path}?q=fentanyl").text
    count = len(call(settings, "export").output.splitlines())
    done = call(settings, "suppress", release.id, "--reason", REASON)
    assert done.exit_code == 0
    assert_not_shown(release, settings, client)
    assert len(call(settings, "export").output.splitlines()) == count - 1
    assert call(settings, "reindex", "--full").exit_code == 0
    assert_not_shown(release, settings, client)
    assert call(settings, "verify").exit_code == 0
    store, engine = Store(settings), open_engine(settings)
    assert engine.has([release.id]) == [False]
    assert (store.versions(release.id), store.history(release.id)) == ([], [])
    assert store.get(release.id, sealed=True) == release
    assert [*verify_archive(settings), *verify_catalog(settings, store)] == []
    store.close()
    engine.close()


def test_its_words_are_suggested_no_more(settings: Settings, release: Release) -> None:
    store, engine = Store(settings), open_engine(settings)
    others = {word for each in store.releases() if each != release for word in words(each)}
    own = sorted(words(release) - others)
    assert own, "it has a word that no other release has"
    assert all(word in engine.complete(word[:-1], 50) for word in own)
    assert call(settings, "suppress", release.id, "--reason", REASON).exit_code == 0
    assert not [word for word in own if word in engine.complete(word[:-1], 50)]
    assert not {engine.nearest(f"{word}x") for word in own} & set(own)
    store.close()
    engine.close()


def words(release: Release) -> set[str]:
    return {fold(word) for line in release.body for word in line.split() if word.isalpha()}


def test_it_is_not_shown_while_the_index_cannot_be_updated(
    settings: Settings, client: FlaskClient, release: Release
) -> None:
    with FileLock(settings.data / "reindex.lock"):
        done = call(settings, "suppress", release.id, "--reason", REASON)
        assert done.exit_code == 0
        assert "A reindex is running" in done.output
        assert_not_shown(release, settings, client)
        for other in ("/", "/?q=trafficking"):
            page = client.get(other).text
            assert release.id not in page
    assert call(settings, "reindex").exit_code == 0
    assert_not_shown(release, settings, client)


def test_the_log_tells_how_many_and_why_and_not_whom(
    settings: Settings, client: FlaskClient, release: Release
) -> None:
    assert "0 releases are suppressed now" in client.get("/suppressed").text
    call(settings, "suppress", release.id, "--reason", REASON)
    page = client.get("/suppressed").text
    assert "1 release is suppressed now" in page
    assert REASON in page
    assert not [each for each in (release.id, release.title, release.url) if each in page]
    assert "in no count here: 1 release" in client.get("/offices").text
    assert "1 release suppressed" in call(settings, "status").output


def test_an_undone_suppression_brings_the_release_back_and_stays_in_the_log(
    settings: Settings, client: FlaskClient, release: Release
) -> None:
    call(settings, "suppress", release.id, "--reason", REASON)
    assert call(settings, "suppress", release.id, "--undo").exit_code == 0
    assert client.get(f"/releases/{release.id}").status_code == 200
    assert release.id in client.get("/?q=fentanyl").text
    assert REASON in client.get("/suppressed").text
    assert "0 releases are suppressed now" in client.get("/suppressed").text


def test_what_makes_no_sense_is_refused_with_a_sentence(
    settings: Settings, release: Release
) -> None:
    run = partial(call, settings, "suppress")
    assert (run(release.id).exit_code, run(release.id, "--reason", " ").exit_code) == (2, 2)
    missing = run("sample_doj-0000000000000000", "--reason", REASON)
    assert (missing.exit_code, "There is no release" in missing.output) == (1, True)
    assert run(release.id, "--undo").exit_code == 1
    assert run(release.id, "--reason", REASON).exit_code == 0
    again = run(release.id, "--reason", REASON)
    assert (again.exit_code, "suppressed already" in again.output) == (1, True)


def test_a_rebuild_after_a_suppression_holds_the_others(
    settings: Settings, release: Release
) -> None:
    store, engine = Store(settings), open_engine(settings)
    before = store.count()
    store.suppress(release.id, REASON)
    report = reindex(settings, store, engine, is_full=True)
    assert report.releases == store.count() == before - 1
    store.close()
    engine.close()
