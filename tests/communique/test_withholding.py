"""A withheld release is nowhere to be seen, at once and for good; its evidence stays."""

from __future__ import annotations

import logging
import re
import shutil
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result
from filelock import FileLock
from flask.testing import FlaskClient

from communique.main import main
from corpus import Release, Settings, Store
from corpus.evidence.verify import verify_archive, verify_catalog
from corpus.issue import Issue
from corpus.release import Draft, Provenance
from corpus.review.report import CrawlReport
from indexer import Query, open_engine, parse, reindex
from indexer.analysis.analyzer import fold
from indexer.engine import withholding
from tests.conftest import COPIED, COPY, sample_id
from tests.statements import sent
from tests.walk import addresses
from webui import create_app

pytestmark = pytest.mark.each_catalog

REASON = "Order of a court of 12 March"


@pytest.fixture
def settings(sample_settings: Settings, tmp_path: Path) -> Settings:
    """A copy of the crawled and indexed sample offices."""
    copy = shutil.copytree(sample_settings.data, tmp_path / "copy")
    return replace(sample_settings, data=Path(copy), metrics_token="t")


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with closing(Store(settings)) as opened:
        yield opened


@pytest.fixture
def client(settings: Settings) -> Iterator[FlaskClient]:
    """A web process that runs all the while."""
    app = create_app(settings)
    yield app.test_client()
    store, engine = app.extensions["communique"]
    engine.close()
    store.close()


@pytest.fixture
def release(store: Store) -> Release:
    return next(each for each in store.releases("sample_doj") if "fentanyl" in each.title.lower())


def call(settings: Settings, *arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, env={"COMMUNIQUE_DATA": str(settings.data)})


def assert_not_shown(release: Release, settings: Settings, client: FlaskClient) -> None:
    assert client.get(f"/releases/{release.id}").status_code == 404
    assert client.get(f"/releases/{release.id}/response").status_code == 404
    assert client.get(f"/releases/{release.id}/attestation").status_code == 404
    assert release.id not in client.get(f"/?q={release.title}").text
    for path in ("/", "/concordance", "/concordance.csv", "/trends"):
        assert release.id not in client.get(f"{path}?q=fentanyl").text
    assert release.id not in call(settings, "export").output
    assert release.id not in call(settings, "search", "fentanyl", "--json").output


def test_a_withheld_release_is_shown_nowhere_and_stays_away(
    settings: Settings, client: FlaskClient, release: Release
) -> None:
    for path in ("/", "/concordance", "/concordance.csv", "/trends"):
        assert release.id in client.get(f"{path}?q=fentanyl").text
    count = len(call(settings, "export").output.splitlines())
    done = call(settings, "withhold", release.id, "--reason", REASON)
    assert done.exit_code == 0
    assert_not_shown(release, settings, client)
    assert len(call(settings, "export").output.splitlines()) == count - 1
    assert call(settings, "reindex", "--full").exit_code == 0
    assert_not_shown(release, settings, client)
    assert call(settings, "verify").exit_code == 0
    store, engine = Store(settings), open_engine(settings)
    assert engine.exists([release.id]) == [False]
    assert (store.versions(release.id), store.history(release.id)) == ([], [])
    assert store.get(release.id, with_withheld=True) == release
    assert [*verify_archive(settings), *verify_catalog(settings, store)] == []
    store.close()
    engine.close()


def test_its_words_are_suggested_no_more(settings: Settings, release: Release) -> None:
    store, engine = Store(settings), open_engine(settings)
    others = {word for each in store.releases() if each != release for word in words(each)}
    own = sorted(words(release) - others)
    assert own, "it has a word that no other release has"
    assert all(word in engine.autocomplete(word[:-1], 50) for word in own)
    assert call(settings, "withhold", release.id, "--reason", REASON).exit_code == 0
    assert not [word for word in own if word in engine.autocomplete(word[:-1], 50)]
    assert not {engine.spell_suggest(f"{word}x") for word in own} & set(own)
    store.close()
    engine.close()


def words(release: Release) -> set[str]:
    return {fold(word) for line in release.body for word in line.split() if word.isalpha()}


@dataclass(frozen=True)
class Probe:
    """What is asked of every address, and what must stand in no answer then."""

    queries: tuple[str, ...]
    needles: tuple[str, ...]

    @classmethod
    def of(cls, release: Release, store: Store, client: FlaskClient) -> Probe:
        """Of a release that is in sight yet: what it alone has of all that can be read here."""
        others = [each for each in store.releases() if each.id != release.id]
        texts = [release.title, *(text for each in others for text in (each.title, *each.body))]
        common = {word for text in texts for word in re.findall(r"\w+", fold(text))}
        ours = ("/help", "/nowhere", "/static/style.css", "/api/v1/docs", "/api/v1/openapi.json")
        for url in (*ours, *(f"/releases/{each.id}/differences" for each in others)):
            text = client.get(url, buffered=True).text
            common |= {*re.findall(r"\w+", text.casefold())}
        own = sorted(word for word in words(release) - common if len(word) > 5)
        typed = own[:2]
        queries = [release.title, release.title.split()[0]]
        for word in typed:  # whole, its beginning, and misspelled
            queries += [word, f"{word[:4]}*", word[:2] + word[3] + word[2] + word[4:]]
        slug = release.url.rpartition("/")[2]
        needles = [release.id, release.id.rpartition("-")[2], slug, *own[2:]]
        assert len(needles) > 10
        return cls(tuple(queries), tuple(needles))

    def found(self, client: FlaskClient, id_: str) -> dict[str, list[str]]:
        """The addresses whose answers name the release, and by what."""
        found = {}
        for query in self.queries:
            for url in addresses(client.application, id_, query):
                named = self.named(url, everything(client, url))
                if named:
                    found[url] = named
        return found

    def named(self, url: str, told: str) -> list[str]:
        """What of the needles an answer has that its own address does not."""
        told = told.casefold()
        found = [each for each in self.needles if each.casefold() in told and each not in url]
        return [each for each in found if re.search(rf"\b{re.escape(each.casefold())}\b", told)]


def everything(client: FlaskClient, url: str, **headers: str) -> str:
    """Status, headers and body of an answer, a cursor in it decoded."""
    given = {"Authorization": "Bearer t"} | headers
    answer = client.get(url, headers=given, buffered=True)
    assert answer.status_code < 500, url
    cursors = re.findall(r"cursor=([\w-]+)", answer.text)
    held = [urlsafe_b64decode(each + "=" * (-len(each) % 4)).decode() for each in cursors]
    return "\n".join([answer.status, str(answer.headers), answer.text, *held])


def pages_of_others(client: FlaskClient, store: Store, probe: Probe) -> dict[str, list[str]]:
    """The pages of all other releases that name the release."""
    found = {}
    for each in store.releases():
        for url in (
            f"/releases/{each.id}",
            f"/releases/{each.id}/differences",
            f"/api/v1/releases/{each.id}",
            f"/api/v1/releases/{each.id}/versions",
        ):
            if named := probe.named(url, everything(client, url)):
                found[url] = named
    return found


@pytest.mark.slow
@pytest.mark.parametrize("state", ["up to date", "behind", "restored"])
def test_no_address_names_it(
    settings: Settings,
    client: FlaskClient,
    release: Release,
    store: Store,
    state: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nor any line of a log, nor a copy of the data that is put in their place."""
    probe = Probe.of(release, store, client)
    told = f"{release.url}: 8 requests in a row failed."
    store.add_run("sample_doj", datetime.now(UTC), CrawlReport("x", "y", error=told).as_json())
    before = probe.found(client, release.id)
    assert len({urlsplit(url).path for url in before}) > 20
    assert not {"/coverage", "/healthz"} & {urlsplit(url).path for url in before}
    caplog.set_level(logging.INFO, "communique")
    busy = FileLock(settings.data / "reindex.lock") if state == "behind" else nullcontext()
    with busy:
        assert call(settings, "withhold", release.id, "--reason", REASON).exit_code == 0
    caplog.clear()
    if state == "restored":
        copy = tmp_path / "backup"
        assert call(settings, "backup", str(copy)).exit_code == 0
        settings = replace(settings, data=copy)
        assert call(settings, "reindex").exit_code == 0
        app = create_app(settings)
        client = app.test_client()
    assert probe.found(client, release.id) == {}
    assert pages_of_others(client, store, probe) == {}
    status = call(settings, "status", "--json")
    assert probe.named("", status.output + call(settings, "status").output) == []
    assert probe.named("", call(settings, "export").output) == []
    for query in probe.queries:
        told = call(settings, "search", query, "--json").output
        assert [each for each in probe.named("", told) if each not in query] == []
    assert probe.named("", caplog.text) == []
    if state == "restored":
        for each in app.extensions["communique"]:
            each.close()


def test_no_answer_from_before_is_current(
    settings: Settings, client: FlaskClient, release: Release, store: Store
) -> None:
    """Whatever was kept is asked for again, and is then another."""
    probe = Probe.of(release, store, client)
    kept = []
    for query in probe.queries[:3]:
        for url in addresses(client.application, release.id, query):
            answer = client.get(url, buffered=True)
            if probe.named("", answer.text) or answer.status_code == 302:
                kept.append((url, answer))
    assert len(kept) > 40
    for url, answer in kept:
        assert answer.cache_control.no_cache or answer.cache_control.no_store, url
        assert not answer.cache_control.max_age, url
        assert "Expires" not in answer.headers
    store.withhold(release.id, REASON)  # the index has not heard of it
    for url, answer in kept:
        if answer.status_code == 302:
            continue
        for name, value in (
            ("If-None-Match", answer.headers.get("ETag", '"any"')),
            ("If-None-Match", "W/" + answer.headers.get("ETag", '"any"').removeprefix("W/")),
            ("If-Modified-Since", "Sun, 29 Nov 2099 00:00:00 GMT"),
        ):
            again = client.get(url, headers={name: value}, buffered=True)
            assert again.status_code != 304, (url, name)
            assert probe.named(url, again.text) == [], url


def test_a_walk_names_it_in_no_cursor(
    client: FlaskClient, release: Release, store: Store, settings: Settings
) -> None:
    """At whatever place of a page it would stand."""
    store.withhold(release.id, REASON)
    for sort in ("id", "newest", "oldest"):
        for size in (1, 2, 3, 50):
            url: str | None = f"/api/v1/search?sort={sort}&size={size}"
            seen: list[str] = []
            while url:
                assert Probe((), (release.id,)).named("", everything(client, url)) == []
                page = client.get(url).get_json()
                seen += [hit["id"] for hit in page["hits"]]
                url = page["next"]
            assert sorted(seen) == sorted(each.id for each in store.releases())


def test_words_of_all_others_are_told_as_ever(
    settings: Settings, client: FlaskClient, release: Release, store: Store
) -> None:
    asked = ("/complete?q=tort", "/collocates?q=court&least=2", "/?q=tortrue", "/?q=tort*")

    def told() -> list[bool]:
        named = [client.get(url).text for url in asked]
        signs = ("torture", 'class="number"', "torture", "tortured")
        return [sign in text for sign, text in zip(signs, named, strict=True)]

    assert told()[0]
    usual = told()
    with FileLock(settings.data / "reindex.lock"):
        call(settings, "withhold", release.id, "--reason", REASON)
    assert told() == usual
    done = call(settings, "reindex")  # by the next timer, without --full
    assert "built anew and published" in done.output
    assert told() == usual


@pytest.mark.parametrize("typed", ["", "court", "tort* OR fentanyl"])
def test_every_number_is_at_once_what_it_is_after_the_next_reindex(
    settings: Settings, client: FlaskClient, release: Release, typed: str
) -> None:
    usual = numbers(client, release, typed)
    with FileLock(settings.data / "reindex.lock"):  # the index does not hear of it
        assert call(settings, "withhold", release.id, "--reason", REASON).exit_code == 0
        at_once = numbers(client, release, typed)
        assert call(settings, "withhold", release.id, "--undo").exit_code == 0
        assert numbers(client, release, typed) == usual
        assert call(settings, "withhold", release.id, "--reason", REASON).exit_code == 0
    assert call(settings, "reindex", "--full").exit_code == 0
    after = numbers(client, release, typed)
    assert at_once == after
    assert all(after[url] != usual[url] for url in after if "csv" in url or "jsonl" in url)


# What tells how the index is, and when it was what.
OF_STATE = re.compile(r"/(metrics|healthz|coverage|withheld|edits|changes|api/v1/offices)")


def numbers(client: FlaskClient, release: Release, typed: str) -> dict[str, str]:
    """What is told and counted at every address but the release's own, without what differs from
    build to build: its name, times and scores.
    """
    found = {}
    for url in addresses(client.application, release.id, typed):
        if release.id not in url and not OF_STATE.match(url):
            text = client.get(url, buffered=True).text
            text = re.sub(r"\d+-\d{8}T\d+|[\d.,]+ ms|\d{4}-\d\d-\d\d[T ][\d:]+", "", text)
            found[url] = re.sub(r"\"score\": ?[-\d.]+|(?<=,)\d+(?=\r)|revision\W+\d+", "", text)
    held = client.get("/api/v1/offices").get_json()["index"]["releases"]
    return {**found, "held": str(held)}


@pytest.mark.parametrize("is_withheld", [False, True])
def test_an_answer_costs_one_statement(
    settings: Settings, store: Store, release: Release, is_withheld: bool
) -> None:
    if is_withheld:
        store.withhold(release.id, REASON)
    query = Query(parse("the").tree)
    with closing(open_engine(settings, store.withheld)) as engine:
        asked: list[Callable[[Query], object]] = [engine.search, engine.total, engine.collocates]
        for ask in asked:
            with sent(store) as statements:
                ask(query)
            assert len([each for each in statements if each.startswith("SELECT")]) == 1


def test_no_other_language_leads_to_it(settings: Settings, store: Store) -> None:
    app = create_app(settings)
    client = app.test_client()
    one = next(each for each in store.releases("sample_gpo") if each.alternates)
    url, at = one.alternates[0].url, datetime(2026, 1, 1, tzinfo=UTC)
    found = Provenance(url, at, "0" * 64, "none.warc.gz", 0, "sample_gpo/pages", 1)
    with store.writing() as connection:
        draft = Draft("Another", date(2018, 1, 1), ["Words."], one.alternates[0].language)
        store.add(connection, one.office, url, draft, found, at, frozenset())
    other = store.get(store.id_of(one.office, url))
    assert other
    paths = (f"/releases/{one.id}", f"/api/v1/releases/{one.id}")
    page, described = (client.get(path).text for path in paths)
    assert (other.id in page, other.url in described) == (True, True)
    store.withhold(other.id, REASON)
    for told in (client.get(path).text for path in paths):
        assert (other.id in told, other.url in told) == (False, False)
    assert client.get(f"/releases/{one.id}/attestation").status_code == 410
    left = [each["url"] for each in client.get(paths[1]).get_json()["alternates"]]
    assert left == [each.url for each in one.alternates if each.url != other.url]
    store.withhold(other.id, REASON, undo=True)
    assert other.id in client.get(paths[0]).text
    assert other.url in client.get(f"/releases/{one.id}/attestation").text
    for each in app.extensions["communique"]:
        each.close()


def test_no_link_of_another_release_leads_to_it(settings: Settings, store: Store) -> None:
    app = create_app(settings)
    one = next(each for each in store.releases("sample_doj") if each.links)
    assert one.links
    client, url = app.test_client(), one.links[0].url
    paths = [f"/api/v1/releases/{one.id}{rest}" for rest in ("", "/versions")]
    assert [url in client.get(path).text for path in paths] == [True, True]
    store.withhold(store.id_of(one.office, url), REASON)
    assert [url in client.get(path).text for path in paths] == [False, False]
    for each in app.extensions["communique"]:
        each.close()


def test_a_table_of_lines_that_is_being_read_tells_no_more_of_it(
    settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withholding, "BLOCK", 1)
    with closing(open_engine(settings, store.withheld)) as engine:
        query = Query(parse("the").tree)
        ids = [each.id for each in engine.scan_occurrences(query)]
        last = ids[-1]
        assert last != ids[0]
        lines = engine.scan_occurrences(query)
        assert next(lines).id == ids[0]
        store.withhold(last, REASON)
        assert [each.id for each in lines] == [each for each in ids[1:] if each != last]


@pytest.mark.parametrize("is_indexed", [True, False], ids=["up to date", "behind"])
def test_a_copy_does_not_tell_of_it(
    changed_settings: Settings, tmp_path: Path, is_indexed: bool
) -> None:
    copy = Path(shutil.copytree(changed_settings.data, tmp_path / "copy"))
    settings = replace(changed_settings, data=copy, metrics_token="t")
    with closing(Store(settings)) as store:
        release, left = store.get(sample_id(COPIED)), sample_id(COPY)
        assert release
        assert store.copy_counts([left]) == {left: 1}
        app = create_app(settings)
        client = app.test_client()
        if is_indexed:
            assert call(settings, "withhold", release.id, "--reason", REASON).exit_code == 0
        else:
            store.withhold(release.id, REASON)
        assert (store.copies(left), store.copy_counts([left])) == ([], {})
        # Their texts and titles are the same: the addresses alone tell them apart.
        needles = (release.id, release.url, release.url.rpartition("/")[2])
        probe = Probe((release.title, "mosque"), needles)
        assert probe.found(client, release.id) == {}
        assert pages_of_others(client, store, probe) == {}
        assert left in client.get(f"/?q={release.title}&copies=all").text
        for each in app.extensions["communique"]:
            each.close()


def test_a_report_names_what_is_in_sight(store: Store, release: Release) -> None:
    other = next(each for each in store.releases("sample_doj") if each.id != release.id)
    refused = [Issue(each.url, "unreadable", f"“{each.title}”") for each in (release, other)]
    report = CrawlReport("sample_doj", "pages", refused=refused)
    store.add_run("sample_doj", datetime.now(UTC), report.as_json())
    store.withhold(release.id, REASON)
    _, told = store.runs()["sample_doj"]
    assert told["refused"] == [
        {"url": "[withheld]", "rule": "unreadable", "reason": "“[withheld]”"},
        {"url": other.url, "rule": "unreadable", "reason": f"“{other.title}”"},
    ]
    store.withhold(release.id, REASON, undo=True)
    assert store.runs()["sample_doj"][1]["refused"][0]["url"] == release.url


def test_it_is_not_shown_while_the_index_cannot_be_updated(
    settings: Settings, client: FlaskClient, release: Release
) -> None:
    with FileLock(settings.data / "reindex.lock"):
        done = call(settings, "withhold", release.id, "--reason", REASON)
        assert done.exit_code == 0
        assert "Another reindex is running" in done.output
        assert_not_shown(release, settings, client)
        for other in ("/", "/?q=trafficking"):
            page = client.get(other).text
            assert release.id not in page
    assert call(settings, "reindex").exit_code == 0
    assert_not_shown(release, settings, client)


def test_the_log_tells_how_many_and_why_and_not_whom(
    settings: Settings, client: FlaskClient, release: Release
) -> None:
    assert "0 releases are currently withheld" in client.get("/withheld").text
    call(settings, "withhold", release.id, "--reason", REASON)
    page = client.get("/withheld").text
    assert "1 release is currently withheld" in page
    assert REASON in page
    assert not [each for each in (release.id, release.title, release.url) if each in page]
    assert "Withheld and not counted: 1 release" in client.get("/coverage").text
    assert "1 release withheld" in call(settings, "status").output


def test_an_undone_withholding_brings_the_release_back_and_stays_in_the_log(
    settings: Settings, client: FlaskClient, release: Release
) -> None:
    call(settings, "withhold", release.id, "--reason", REASON)
    assert call(settings, "withhold", release.id, "--undo").exit_code == 0
    assert client.get(f"/releases/{release.id}").status_code == 200
    assert release.id in client.get("/?q=fentanyl").text
    assert REASON in client.get("/withheld").text
    assert "0 releases are currently withheld" in client.get("/withheld").text


def test_what_makes_no_sense_is_refused_with_a_sentence(
    settings: Settings, release: Release
) -> None:
    run = partial(call, settings, "withhold")
    assert (run(release.id).exit_code, run(release.id, "--reason", " ").exit_code) == (2, 2)
    missing = run("sample_doj-0000000000000000", "--reason", REASON)
    assert (missing.exit_code, "There is no release" in missing.output) == (1, True)
    assert run(release.id, "--undo").exit_code == 1
    assert run(release.id, "--reason", REASON).exit_code == 0
    again = run(release.id, "--reason", REASON)
    assert (again.exit_code, "withheld already" in again.output) == (1, True)


def test_a_rebuild_after_a_withholding_holds_the_others(
    settings: Settings, release: Release
) -> None:
    store, engine = Store(settings), open_engine(settings)
    before = store.count()
    store.withhold(release.id, REASON)
    report = reindex(settings, store, engine, is_full=True)
    assert report.releases == store.count() == before - 1
    store.close()
    engine.close()
