"""SIGINT and SIGTERM end every command soon, in order, with all its children, and without loss."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path
from signal import SIGHUP, SIGINT, SIGKILL, SIGTERM
from typing import Any
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from bench.faults import holdings
from communique.main import main
from corpus import Settings, Store, office
from corpus.crawling.crawl import crawl
from corpus.crawling.sample_site import SampleSite
from indexer import Query, open_engine
from tests.faulty_site import Fault, FaultySite, after, late, status
from tests.newsroom import sample_newsroom
from tests.stalling import ROOT, Stalling, children_of

pytestmark = pytest.mark.slow

HOST = "www.justice.example"
CODES = {SIGHUP: 129, SIGINT: 130, SIGTERM: 143}
# A batch a release, so that few releases are enough for workers.
SMALL = "indexer.whoosh_engine.index.writer:BATCH_CHARS=1"


def call(settings: Settings, *words: str) -> str:
    env = {"COMMUNIQUE_DATA": str(settings.data)}
    done = CliRunner().invoke(main, words, env=env, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def ids(settings: Settings) -> tuple[list[str], list[str]]:
    """What the index has, and what the catalog."""
    with closing(Store(settings)) as store, closing(open_engine(settings)) as engine:
        return sorted(engine.scan(Query(None))), sorted(each.id for each in store.releases())


def assert_ended(came_to: tuple[int, str, str], number: signal.Signals) -> str:
    """What it printed, which is no traceback, and ends with which signal it was."""
    code, out, said = came_to
    assert code == CODES[number], said
    assert said.endswith(f"Interrupted by {number.name}.\n")
    assert "Traceback" not in out + said
    return out


# a crawl


@pytest.fixture(scope="module")
def pages() -> dict[str, bytes | int]:
    room = sample_newsroom()
    room.publish(*room.written)
    return room.pages()


@pytest.fixture(scope="module")
def whole(pages: dict[str, bytes | int], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What a crawl holds that nothing disturbs."""
    settings = Settings(data=tmp_path_factory.mktemp("whole"))
    with FaultySite() as site, closing(Store(settings)) as store:
        site.pages = pages
        given: dict[str, Any] = {"mirrors": {HOST: site.url}, "delay_s": 0, "route": "pages"}
        assert crawl("sample_doj", settings, store, **given).error is None
    return holdings(settings)


def waiting(where: str) -> tuple[str, Fault]:
    """Where the crawl waits when the signal comes: for an answer, for as long as asked, nowhere."""
    return {
        "answer": ("^/opa/", after(2, late(600))),
        "retry": ("^/opa/", after(2, status(503, Retry_After="600"))),
        "first": ("^/news", late(600)),
        "robots": ("^/robots", late(600)),
        "none": ("^/none", late(600)),
    }[where]


@pytest.mark.parametrize(
    ("where", "number"),
    [
        ("answer", SIGINT),
        ("answer", SIGTERM),
        ("retry", SIGTERM),
        ("retry", SIGHUP),
        ("delay", SIGINT),
        ("robots", SIGTERM),
        ("first", SIGINT),
        ("none", SIGTERM),
    ],
)
def test_a_crawl_ends_soon_and_the_next_one_goes_on(
    pages: dict[str, bytes | int],
    whole: dict[str, Any],
    tmp_path: Path,
    where: str,
    number: signal.Signals,
) -> None:
    settings = Settings(data=tmp_path / "data")
    asked: list[str] = []
    enough = {"robots": 1, "delay": 1, "first": 2}.get(where, 5)
    with FaultySite() as site:
        site.pages, site.watch = pages, asked.append
        given = ["crawl", "sample_doj", "--delay", "0", "--route", "pages"]
        given += ["--mirror", f"{HOST}={site.url}"]
        if where == "delay":
            site.pages = {**pages, "/robots.txt": b"User-agent: *\nCrawl-delay: 50\n"}
        else:
            site.faults = [waiting(where)]
        with Stalling(settings, "", 0, *given, is_there=lambda: len(asked) >= enough) as command:
            out = assert_ended(command.end(number), number)
        assert f"INTERRUPTED by {number.name}: progress is saved" in out or not out
        assert "FAILED" not in out
        assert "failed to load" not in out
        before = len(asked)
        site.pages, site.faults = pages, []
        again = call(settings, *given)
        assert "FAILED" not in again
        if enough == 5:
            assert "of these from the interrupted crawl before" in again
            seen = [path for path in asked[:before] if path.startswith("/opa/")][:2]
            assert not {*seen} & {*asked[before:]}
    assert holdings(settings) == whole


def test_of_several_offices_those_before_are_told(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    with SampleSite("sample_gpo") as gpo, FaultySite() as doj:
        doj.faults, asked = [("", late(600))], list[str]()
        doj.watch = asked.append
        [other] = office("sample_gpo").route(None).hosts
        pairs = [f"{HOST}={doj.url}", f"{other}={gpo.url}"]
        given = ["--delay", "0", *(word for pair in pairs for word in ("--mirror", pair))]
        with Stalling(
            settings,
            "",
            0,
            "crawl",
            "sample_gpo",
            "sample_doj",
            *given,
            is_there=lambda: bool(asked),
        ) as command:
            out = assert_ended(command.end(SIGTERM), SIGTERM)
    assert out.startswith("sample_gpo (interface): ")
    with closing(Store(settings)) as store:
        assert {each.office for each in store.releases()} == {"sample_gpo"}


# a reindex with workers


@pytest.mark.parametrize("number", [SIGINT, SIGTERM, SIGKILL])
def test_a_reindex_takes_its_workers_along(copy_settings: Settings, number: signal.Signals) -> None:
    build = open_engine(copy_settings).health().build
    with Stalling(
        copy_settings,
        "indexer.whoosh_engine.index.writer:free",
        9,
        *("reindex", "--full"),
        setting=SMALL,
    ) as command:
        assert len(children_of(command.process.pid)) >= 2
        came_to = command.end(number)
    builds = {each.name for each in copy_settings.index.iterdir() if each.is_dir()}
    if number == SIGKILL:
        assert came_to[0] == -SIGKILL
        assert len(builds) == 2
    else:
        assert "; searches continue with the previous index" in assert_ended(came_to, number)
        assert builds == {build}
    call(copy_settings, "reindex", "--full")
    found, held = ids(copy_settings)
    assert found == held
    assert len([each for each in copy_settings.index.iterdir() if each.is_dir()]) == 1


@pytest.mark.parametrize("number", [SIGINT, SIGTERM])
def test_a_reindex_whose_workers_are_at_work_ends_as_well(
    copy_settings: Settings, number: signal.Signals
) -> None:
    shutil.rmtree(copy_settings.index)

    def is_there() -> bool:
        segments = [*copy_settings.index.glob("*/*.arrays"), *copy_settings.index.glob("*/*_*")]
        return bool(segments)

    with Stalling(copy_settings, "", 0, "reindex", setting=SMALL, is_there=is_there) as command:
        code, out, said = command.end(number)
    # It may have been faster than the signal.
    assert code in (0, CODES[number]), said
    assert "Traceback" not in out + said
    call(copy_settings, "reindex")
    found, held = ids(copy_settings)
    assert found == held


def test_an_update_that_is_broken_off_leaves_no_file_behind(copy_settings: Settings) -> None:
    with closing(Store(copy_settings)) as store:
        for id_ in [each.id for each in store.releases()][:20]:
            store.withhold(id_, "a reason")
            store.withhold(id_, "", undo=True)
    build = copy_settings.index / str(open_engine(copy_settings).health().build)
    before = sorted(path.name for path in build.iterdir())
    with Stalling(
        copy_settings, "indexer.whoosh_engine.index.writer:SegmentWriter._merged", 1, "reindex"
    ) as command:
        assert sorted(path.name for path in build.iterdir()) != before
        assert_ended(command.end(SIGTERM), SIGTERM)
    assert sorted(path.name for path in build.iterdir()) == before
    assert "updated" in call(copy_settings, "reindex")
    found, held = ids(copy_settings)
    assert found == held


# all others


# Where the command stalls, and at which call; itself, with stand-ins for paths.
EXPORTED = "communique.commands.index:release_json"
OTHERS: dict[str, tuple[str, int, str]] = {
    "import": ("corpus.evidence.queries:add_third_party_version", 5, "import --by us {warc}"),
    "verify": ("corpus.evidence.verify:sha256", 9, "verify"),
    "repair": ("indexer.jobs.reindex:document", 9, "verify --repair"),
    "backup": ("corpus.evidence.queries:archive_files", 1, "backup {folder}"),
    "copy-catalog": ("corpus.database.copy:_set_sequences", 1, "copy-catalog sqlite:///{copy}"),
    "export": (EXPORTED, 5, "export"),
    "search": ("communique.commands.index:parse", 1, "search torture"),
    "status": ("communique.commands.index:status_of", 1, "status"),
    "offices": ("communique.commands.offices:_office_row", 2, "offices --json"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_every_command_ends_and_does_all_when_it_is_said_again(
    copy_settings: Settings, name: str
) -> None:
    place, number, words = OTHERS[name]
    warc = min((copy_settings.archive / "sample_doj").glob("*.warc.gz"))
    theirs, copy, whole = (
        copy_settings.data.with_name(each) for each in ("theirs.warc.gz", "copy.sqlite", "whole")
    )
    shutil.copy(warc, theirs)
    folder = copy_settings.data.with_name("backup")
    given = words.format(warc=theirs, copy=copy, folder=folder).split()
    undisturbed = Settings(data=whole)
    shutil.copytree(copy_settings.data, whole)
    if name == "repair":
        shutil.rmtree(copy_settings.index)
    if name == "import":
        call(undisturbed, *given)
    which = SIGINT if len(name) % 2 else SIGTERM
    with Stalling(copy_settings, place, number, *given) as command:
        out = assert_ended(command.end(which), which)
    if name == "import":
        assert out == "Interrupted; run the same command again to add what is missing.\n"
    assert not [*folder.parent.glob("backup*")]
    again = call(copy_settings, *given)
    assert name not in ("export", "offices", "search", "verify") or again.startswith(out)
    assert holdings(copy_settings) == holdings(undisturbed)
    if name != "import":
        found, held = ids(copy_settings)
        assert found == held
    assert not [path for path in copy_settings.data.iterdir() if path.suffix == ".new"]


@pytest.mark.parametrize("number", [SIGINT, SIGTERM])
def test_the_demo_ends_and_is_whole_when_it_is_said_again(
    tmp_path: Path, number: signal.Signals
) -> None:
    settings = Settings(data=tmp_path / "data")
    with Stalling(
        settings, "corpus.review.publishing:record_observation", 20, "demo", "--no-serve"
    ) as command:
        assert_ended(command.end(number), number)
    call(settings, "demo", "--no-serve")
    found, held = ids(Settings(data=settings.data / "demo"))
    assert found == held
    assert len(held) == 57


@pytest.mark.parametrize("number", [SIGINT, SIGTERM])
def test_serving_ends(sample_settings: Settings, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "communique", "serve", "--port", "0"]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | {"COMMUNIQUE_DATA": str(sample_settings.data)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("Serving on ")
        os.killpg(process.pid, number)
        _, said = process.communicate()
    assert process.returncode == CODES[number]
    assert "Traceback" not in said


def test_serving_under_nohup_goes_on(sample_settings: Settings) -> None:
    command = [
        "nohup",
        sys.executable,
        "-m",
        "communique",
        "serve",
        "--port",
        "0",
        "--workers",
        "1",
    ]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | {"COMMUNIQUE_DATA": str(sample_settings.data)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout
        url = process.stdout.readline().split()[2]
        os.killpg(process.pid, signal.SIGHUP)
        with urlopen(f"{url}/livez") as answer:
            assert answer.status == 200
        os.killpg(process.pid, SIGTERM)
        process.communicate()
    assert process.returncode == CODES[SIGTERM]


def test_an_export_into_a_closed_pipe_ends_without_a_word(sample_settings: Settings) -> None:
    command = [sys.executable, "-m", "communique", "export"]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | {"COMMUNIQUE_DATA": str(sample_settings.data)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline().startswith(b"{")
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


# signals


def test_a_signal_that_is_ignored_stays_so(copy_settings: Settings) -> None:
    """As under nohup, and in the background of a script."""
    before = signal.signal(SIGINT, signal.SIG_IGN)
    try:
        with Stalling(copy_settings, EXPORTED, 1, "export") as command:
            os.killpg(command.process.pid, SIGINT)
            assert_ended(command.end(SIGTERM), SIGTERM)
    finally:
        signal.signal(SIGINT, before)


def test_a_signal_that_comes_twice_at_once_is_one(copy_settings: Settings) -> None:
    with Stalling(copy_settings, EXPORTED, 1, "export") as command:
        os.kill(command.process.pid, SIGTERM)
        with suppress(ProcessLookupError):
            os.kill(command.process.pid, SIGTERM)
        out, said = command.process.communicate()
    assert_ended((command.process.returncode, out, said), SIGTERM)


# The main thread waits for a lock of C, which no signal wakes it from.
HANGING = """
import ctypes
from corpus import signals

signals.PATIENCE_S = 0.01
lock, libc = ctypes.create_string_buffer(64), ctypes.CDLL(None)
with signals.ending_program():
    libc.pthread_mutex_lock(lock)
    print("ready", flush=True)
    libc.pthread_mutex_lock(lock)
"""


SWALLOWED = """
import os, signal, time
from corpus.signals import ending_program

class Dropping:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
        sum(range(1000))

with ending_program():
    try:
        Dropping()
        time.sleep(60)
    finally:
        print("in order")
"""


def test_a_signal_that_comes_in_a_destructor_is_not_lost() -> None:
    command = [sys.executable, "-c", SWALLOWED]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (CODES[SIGTERM], "in order\n", "")


def test_a_program_that_cannot_be_interrupted_is_ended() -> None:
    command = [sys.executable, "-c", HANGING]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        process.terminate()
    assert process.returncode == 143
