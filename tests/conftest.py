"""Fixtures: the smallest real thing that has what a test needs.

Only the network is replaced: by the sample sites that come with the program (always there), and by
the replica of real sites beside the checkout (tests that need it skip where it is absent).
"""

from __future__ import annotations

import importlib.util
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from playwright.sync_api import Browser, Page, expect, sync_playwright
from waitress.server import create_server

from corpus import Settings, Store, office, offices, sources
from corpus.crawling.crawl import crawl
from corpus.crawling.sample_site import SampleSite
from corpus.release import release_id
from corpus.review.report import CrawlReport
from corpus.signals import ENDING_SIGNALS
from indexer import Engine, open_engine, reindex
from tests.examplia import GENERIC, HOST, NAME, OWN, Crawl
from tests.faulty_site import FaultySite
from tests.opensearch.java import Unavailable
from tests.opensearch.server import Server as OpenSearchServer
from tests.postgresql import INITDB_PROGRAM, PG_CTL, Server
from webui import create_app

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A busy machine is no failure.
hypothesis.settings.register_profile("tests", deadline=None)
hypothesis.settings.load_profile("tests")
expect.set_options(timeout=30_000)  # as long as for the other waits of Playwright
# A shell that runs the tests in the background ignores these, and so would all that they start.
for _each in ENDING_SIGNALS:
    if signal.getsignal(_each) is signal.SIG_IGN:
        signal.signal(_each, signal.SIG_DFL)
SHARED = Path(__file__).resolve().parents[2] / "shared"
# Fixtures, and values of parameters, that stand for what is not in the checkout.
OUTSIDE = {"postgresql", "opensearch", "replica"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests with the mark `each_catalog` that have a catalog on each database, unless they are
    of SQLite's file.
    """
    marks = {each.name for each in metafunc.definition.iter_markers()}
    if "catalog" in metafunc.fixturenames and "each_catalog" in marks and "sqlite" not in marks:
        metafunc.parametrize("catalog", ["sqlite", "postgresql"], indirect=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests that need a server or pages from outside the checkout as slow."""
    for item in items:
        values = (
            item.callspec.params.values()
            if isinstance(item, pytest.Function) and hasattr(item, "callspec")
            else ()
        )
        named = {
            *getattr(item, "fixturenames", ()),
            *(each for each in values if isinstance(each, str)),
        }
        if named & OUTSIDE:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server, for as long as the tests last."""
    if PG_CTL is None or INITDB_PROGRAM is None:
        pytest.skip("needs PostgreSQL: apt-get install postgresql")
    with Server() as server:
        yield server


@pytest.fixture
def catalog(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of an empty catalog, which commands find too; "" for the file in the data folder."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return ""
    server: Server = request.getfixturevalue("postgresql")
    url = server.database()
    monkeypatch.setenv("COMMUNIQUE_CATALOG", url)
    return url


@pytest.fixture
def settings(tmp_path: Path, catalog: str) -> Settings:
    """Every release is due and every listing walked to its end, whenever a test crawls."""
    return Settings(
        data=tmp_path / "data", catalog=catalog, contact="tests", revisits="0", walk_days=0
    )


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = Store(settings)
    yield opened
    opened.close()


@pytest.fixture
def add_office(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str, str], None]]:
    """Add an office by its name and the text of its file, for one test alone."""
    names = []
    monkeypatch.setattr(sources, "__path__", [*sources.__path__, str(tmp_path)])

    def add(name: str, text: str) -> None:
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        names.append(name)
        offices.cache_clear()

    yield add
    offices.cache_clear()
    for name in names:
        sys.modules.pop(f"corpus.sources.{name}", None)


@pytest.fixture(params=["own", "generic"])
def examplia(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """An invented office, by readers of its own or by the generic one."""
    monkeypatch.setitem(offices(), NAME, OWN if request.param == "own" else GENERIC)


@pytest.fixture
def own_examplia(monkeypatch: pytest.MonkeyPatch) -> None:
    """That office, with readers of its own."""
    monkeypatch.setitem(offices(), NAME, OWN)


@pytest.fixture
def web() -> Iterator[FaultySite]:
    """Its site, which has the pages that a test sets."""
    with FaultySite() as opened:
        yield opened


@pytest.fixture
def crawled(settings: Settings, store: Store, web: FaultySite) -> Crawl:
    """Crawl it once more."""

    def once_more() -> CrawlReport:
        return crawl(NAME, settings, store, mirrors={HOST: web.url}, delay_s=0)

    return once_more


@pytest.fixture(scope="session")
def replica() -> Any:
    """The module that serves saved real sites on loopback."""
    path = SHARED / "replica" / "replica.py"
    if not path.exists():
        pytest.skip("needs the replica of real sites in ../shared")
    spec = importlib.util.spec_from_file_location("replica", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def crawl_sample(name: str, settings: Settings, store: Store) -> None:
    """Crawl a sample office by all its routes."""
    with SampleSite(name) as site:
        for route in office(name).routes:
            mirrors = {host: site.url for each in office(name).routes for host in each.hosts}
            report = crawl(name, settings, store, route=route.name, mirrors=mirrors, delay_s=0)
            assert report.error is None


def crawl_samples(settings: Settings, *names: str) -> Settings:
    """Crawl and index sample offices, both unless they are named."""
    store = Store(settings)
    for name in names or ("sample_doj", "sample_gpo"):
        crawl_sample(name, settings, store)
    engine = open_engine(settings)
    reindex(settings, store, engine, is_full=True)
    engine.close()
    store.close()
    return settings


@pytest.fixture(scope="session")
def sample_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A data folder with both sample offices crawled and indexed; read only."""
    return crawl_samples(Settings(data=tmp_path_factory.mktemp("sample"), contact="tests"))


@pytest.fixture(scope="session")
def sample_settings_postgresql(
    tmp_path_factory: pytest.TempPathFactory, postgresql: Server
) -> Settings:
    """The same with the catalog in PostgreSQL; read only."""
    folder, url = tmp_path_factory.mktemp("sample"), postgresql.database()
    return crawl_samples(Settings(data=folder, catalog=url, contact="tests"))


@pytest.fixture(scope="session")
def opensearch_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenSearchServer]:
    """An OpenSearch of one node, shared by all tests of a run."""
    try:
        server = OpenSearchServer(tmp_path_factory.mktemp("opensearch"))
    except Unavailable as reason:
        pytest.skip(str(reason))
    with server:
        yield server


@pytest.fixture(scope="session")
def opensearch(opensearch_server: OpenSearchServer) -> str:
    """Its address."""
    return opensearch_server.url


class EditedSite(SampleSite):
    """A sample site whose pages can be edited, taken down, and put under other addresses."""

    def __init__(self, office: str) -> None:
        super().__init__(office)
        self.edits: dict[str, list[tuple[str, str]]] = {}
        self.down: set[str] = set()
        self.instead: dict[str, str] = {}

    def answer(self, path: str, language: str) -> tuple[bytes, str] | None:
        found = (
            None if path in self.down else super().answer(self.instead.get(path, path), language)
        )
        if found is None:
            return None
        body, kind = found
        for old, new in self.edits.get(path, ()):
            assert old.encode() in body
            body = body.replace(old.encode(), new.encode())
        return body, kind

    def crawl(self, settings: Settings, store: Store, **options: Any) -> CrawlReport:
        """Crawl it by its pages."""
        mirrors = dict.fromkeys(office("sample_doj").route("pages").hosts, self.url)
        given = {"route": "pages", "mirrors": mirrors, "delay_s": 0} | options
        report = crawl("sample_doj", settings, store, **given)
        assert (report.error, report.quarantined) == (None, None)
        return report


PR = "/opa/pr/"
EDITED = f"{PR}former-commander-gullhaven-detention-center-convicted-torturing-detainees"
GONE = f"{PR}former-magistrate-pleads-guilty-selling-leniency"
BACK = f"{PR}former-harbor-commissioner-convicted-taking-bribes-dredging-contracts"
COPIED = f"{PR}westbrook-man-pleads-guilty-hate-crime-arson-mosque"
COPY = f"{PR}two-cement-producers-agree-plead-guilty-price-fixing"
FIRST_EDIT = [
    ("Convicted of Torturing Detainees", "Convicted of Mistreating Detainees"),
    ("seven counts of torture", "five counts of torture"),
    ("<p>One detainee, a printer named Aurelio Monk,", "<p>One detainee, a printer,"),
]
SECOND_EDIT = [
    *FIRST_EDIT,
    ("<p>Two guards, who", "<p>The verdict was set aside on appeal.</p>\n<p>Two guards, who"),
    (">Human Rights</div>", ">Appeals</div>"),
]


def sample_id(path: str) -> str:
    """The id of a release of the sample department, by its path."""
    return release_id("sample_doj", f"https://www.justice.example{path}")


@pytest.fixture(scope="session")
def changed_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A data folder of the sample department after some time: one release was edited twice, one is
    gone, one was and is back, and one stands under two addresses. Indexed; read only.
    """
    folder = tmp_path_factory.mktemp("changed")
    made = Settings(data=folder, contact="tests", revisits="0", walk_days=0, gone_visits=1)
    store = Store(made)
    with EditedSite("sample_doj") as site:
        site.instead = {COPY: COPIED}
        site.crawl(made, store)
        site.edits, site.down = {EDITED: FIRST_EDIT}, {GONE, BACK}
        site.crawl(made, store)
        site.edits, site.down = {EDITED: SECOND_EDIT}, {GONE}
        site.crawl(made, store)
    engine = open_engine(made)
    reindex(made, store, engine, is_full=True)
    engine.close()
    store.close()
    return made


@pytest.fixture
def changed_store(changed_settings: Settings) -> Iterator[Store]:
    opened = Store(changed_settings)
    yield opened
    opened.close()


@pytest.fixture
def sample_store(sample_settings: Settings) -> Iterator[Store]:
    opened = Store(sample_settings)
    yield opened
    opened.close()


@pytest.fixture
def sample_engine(sample_settings: Settings) -> Iterator[Engine]:
    opened = open_engine(sample_settings)
    yield opened
    opened.close()


@pytest.fixture
def copy_settings(request: pytest.FixtureRequest, catalog: str, tmp_path: Path) -> Settings:
    """A copy of the crawled sample offices, to change or spoil."""
    name = "sample_settings_postgresql" if catalog else "sample_settings"
    sample: Settings = request.getfixturevalue(name)
    shutil.copytree(sample.data, tmp_path / "copy")
    if catalog:
        server: Server = request.getfixturevalue("postgresql")
        catalog = server.database(sample.catalog.rpartition("/")[2])
        request.getfixturevalue("monkeypatch").setenv("COMMUNIQUE_CATALOG", catalog)
    return Settings(data=tmp_path / "copy", catalog=catalog, contact="tests")


@pytest.fixture
def copy_store(copy_settings: Settings) -> Iterator[Store]:
    opened = Store(copy_settings)
    yield opened
    opened.close()


class _Templates(BytecodeCache):
    """Templates as compiled by the first of all apps that tests make."""

    def __init__(self) -> None:
        self.compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.compiled:
            bucket.bytecode_from_string(self.compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.compiled[bucket.key] = bucket.bytecode_to_string()


Flask.jinja_options = {"bytecode_cache": _Templates()}


def apps(settings: Settings) -> Iterator[Flask]:
    """The app over a data folder, closed at the end."""
    made = create_app(settings)
    yield made
    store, engine = made.extensions["communique"]
    engine.close()
    store.close()


def clients(settings: Settings) -> Iterator[FlaskClient]:
    """A client of it."""
    for made in apps(settings):
        yield made.test_client()


@pytest.fixture(scope="module")
def app(sample_settings: Settings) -> Iterator[Flask]:
    yield from apps(sample_settings)


@pytest.fixture(scope="module")
def changed_app(changed_settings: Settings) -> Iterator[Flask]:
    yield from apps(changed_settings)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def changed_client(changed_app: Flask) -> FlaskClient:
    return changed_app.test_client()


@pytest.fixture(scope="module")
def browser(sample_settings: Settings, changed_settings: Settings) -> Iterator[Browser]:
    """Asks for the crawled data first: a crawl cannot begin within Playwright's event loop."""
    yield from launch()


def launch() -> Iterator[Browser]:
    """Debian's Chromium."""
    if CHROMIUM is None:
        pytest.skip("needs Debian's chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def site(sample_settings: Settings) -> Iterator[str]:
    yield from serve(sample_settings)


@pytest.fixture(scope="module")
def changed_site(changed_settings: Settings) -> Iterator[str]:
    yield from serve(changed_settings)


def serve(settings: Settings) -> Iterator[str]:
    for app in apps(settings):
        server = create_server(app, host="127.0.0.1", port=0)
        thread = Thread(target=server.run, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.effective_port}"
        server.close()
        thread.join(timeout=5)


@pytest.fixture(scope="module", params=[(1280, 900), (360, 780)], ids=["desktop", "phone"])
def window(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Page]:
    """A page for one test after another: without scripts and cookies, nothing is left of one."""
    width, height = request.param
    context = browser.new_context(
        viewport={"width": width, "height": height}, java_script_enabled=False, base_url=site
    )
    context.set_default_navigation_timeout(120_000)  # the first answers compile loops
    yield context.new_page()
    context.close()


@pytest.fixture
def page(window: Page) -> Iterator[Page]:
    yield window
    window.emulate_media(media="null", color_scheme="null")
