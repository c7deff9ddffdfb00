"""Releases and queries that mean harm, from a site through reader, gate, store and index to pages
in real Chromium: nothing of theirs runs, leads away or spills over. Scripts are allowed.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page

from corpus import Settings, Store
from indexer import open_engine, reindex
from tests.conftest import EDITED, PR, EditedSite, launch, sample_id, serve
from webui.view.release_text import SHOWN_CHARS

pytestmark = pytest.mark.slow

FILES = f"{PR}justice-department-and-city-halden-agree-consent-decree-police-use-force-custody"
LONG = f"{PR}westbrook-man-pleads-guilty-hate-crime-arson-mosque"
LONG_FIRST = "A Westbrook man pleaded guilty today to setting fire"
# Turns all that follows it around, until a block ends or a popping character comes.
TURN = "\u202e"
RUN = "window.harm=(window.harm||0)+1;alert(1)"
SPELLED = f'&lt;img src=x onerror="{RUN}"&gt;&lt;script&gt;{RUN}&lt;/script&gt;'
HARM = f"""
<p>torture <script>{RUN}</script>{SPELLED} after</p>
<img src="x" onerror="{RUN}"><svg onload="{RUN}"><script>{RUN}</script><text>torture</text></svg>
<p onmouseover="{RUN}" style="position:fixed;inset:0">torture by event</p>
<p><a href="javascript:{RUN}">torture link</a></p>
<p><a href="data:text/html,<script>{RUN}</script>">data</a></p>
<iframe srcdoc="<script>{RUN}</script>"></iframe><object data="javascript:{RUN}"></object>
<style>body {{ display: none }}</style><base href="https://elsewhere.example/">
<meta http-equiv="refresh" content="0;url=https://elsewhere.example/">
<form action="https://elsewhere.example/"><input name="q"><button>Send</button></form>
<p>{TURN}turned torture</p><p>ze\u200bro\u200d wi\u200cdth nul\x00l</p>
<ul><li>{{{{ 7*7 }}}} <b>broken<li>tags </p></i></ul></div></td>&lt;/div&gt;&lt;/main&gt;
<table><tr><td colspan="99999">wide<td>cell</table><ol start="999999999"><li>far</ol>
"""  # fmt: skip
QUERIES = [
    f"<script>{RUN}</script>",
    f'"><img src=x onerror={RUN}>',
    f"' onmouseover='{RUN}",
    f"javascript:{RUN}",
    f"torture {TURN} turned",
    "torture \x00 \ufeff \u200b",
    "{{ 7*7 }} ${7*7} <%= 7*7 %>",
    "%s %(x)s {x} \\",
    "../../etc/passwd",
    "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
]


@pytest.fixture(scope="module")
def hostile_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A data folder of a sample department that was taken over; read only."""
    made = Settings(data=tmp_path_factory.mktemp("hostile"), contact="tests", attachments=False)
    store = Store(made)
    title = "Former Commander of Gullhaven Detention Center Convicted of Torturing Detainees"
    with EditedSite("sample_doj") as site:
        site.edits = {
            EDITED: [
                (title, f"{TURN}Torture {SPELLED}"),
                ("<p>One detainee, a printer named Aurelio Monk,", f"{HARM}<p>One detainee,"),
            ],
            FILES: [
                ('href="/opa/press-release/file/1301421/download"', f'href="javascript:{RUN}"'),
                ("Download Halden Consent Decree", f"{TURN}Decree {SPELLED}"),
            ],
            LONG: [(LONG_FIRST, f"torture {'longline' * 650_000} {LONG_FIRST}")],
        }
        site.crawl(made, store)
    engine = open_engine(made)
    reindex(made, store, engine, is_full=True)
    engine.close()
    store.close()
    return made


@pytest.fixture(scope="module")
def browser(hostile_settings: Settings) -> Iterator[Browser]:
    """Asks for the crawled data first: a crawl cannot begin within Playwright's event loop."""
    yield from launch()


@pytest.fixture(scope="module")
def site(hostile_settings: Settings) -> Iterator[str]:
    yield from serve(hostile_settings)


WATCH = """
window.blocked = [];
document.addEventListener("securitypolicyviolation", (e) => blocked.push(e.violatedDirective));
"""


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A page on which nothing may happen that its own templates do not do: no script of others, no
    dialog, no request elsewhere, and nothing that only the policy had to stop.
    """
    context = browser.new_context(viewport={"width": 360, "height": 780}, base_url=site)
    context.add_init_script(WATCH)
    opened, said, asked = context.new_page(), [], []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("dialog", lambda dialog: (said.append("dialog"), dialog.dismiss()))
    opened.on("request", lambda request: asked.append(request.url))
    yield opened
    assert opened.evaluate("[window.harm || 0, window.blocked]") == [0, []]
    context.close()
    assert said == []
    assert [url for url in asked if not url.startswith((site, "data:,"))] == []


@pytest.mark.parametrize(
    "path",
    [
        f"/releases/{sample_id(EDITED)}",
        f"/releases/{sample_id(EDITED)}?q=torture",
        f"/releases/{sample_id(EDITED)}/differences",
        f"/releases/{sample_id(FILES)}",
        "/?q=torture",
        "/?q=title:torture",
        "/?q=onerror+OR+script",
        "/sample?q=torture&seed=1",
        "/coverage",
    ],
)
def test_nothing_of_a_hostile_release_runs(page: Page, path: str) -> None:
    page.goto(path)
    for place in page.locator("mark, .text p, h1, h2").all()[:12]:
        place.hover(force=True, timeout=2000) if place.is_visible() else None

    brought = "img, iframe, object, script, style, [onerror], [onload], [onmouseover], [style]"
    assert page.locator("main").locator(brought).count() == 0
    assert page.locator("form[action*=elsewhere], base, meta[http-equiv]").count() == 0
    assert page.url.endswith(path)
    for wider_px in (0, 1, 2):  # as letters of other fonts are
        page.evaluate(f"document.body.style.letterSpacing = '{wider_px}px'")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_hostile_text_is_shown_as_the_words_it_is(page: Page) -> None:
    page.goto(f"/releases/{sample_id(EDITED)}?q=torture")

    text = page.locator(".text")
    assert "<script>" in text.inner_text()
    assert "{{ 7*7 }}" in text.inner_text()
    assert text.locator("li").count() >= 2
    assert page.locator("footer.site").is_visible()
    assert text.locator("a:not(.here):not(.step a)").count() == 0


@pytest.mark.parametrize("path", [f"/releases/{sample_id(FILES)}", "/?q=decree"])
def test_only_the_web_s_addresses_are_links(page: Page, path: str) -> None:
    page.goto(path)

    schemes = page.evaluate("[...new Set([...document.links].map(a => a.protocol))].sort()")
    assert set(schemes) <= {"http:", "https:"}
    if "releases" in path:
        assert page.locator(".facts dd:has(bdi)").count() == 1


def test_what_turns_the_direction_ends_with_its_own_text(page: Page) -> None:
    """The words after a turned text stand where they stand without it."""
    page.goto(f"/releases/{sample_id(FILES)}")
    kept = page.locator(".facts dd:has(bdi)").first
    left = "e => { const r = document.createRange(); r.selectNode(e); return r.getBoundingClientRect().left }"  # noqa: E501
    assert kept.locator(".faint").evaluate("e => getComputedStyle(e).direction") == "ltr"
    assert kept.locator("bdi").evaluate("e => getComputedStyle(e).unicodeBidi") == "isolate"
    assert kept.locator(".faint").evaluate(left) >= kept.evaluate(left)
    said = kept.locator(".faint").evaluate(
        "e => { const t = e.firstChild, at = (n) => { const r = document.createRange();"
        " r.setStart(t, n); r.setEnd(t, n + 1); return r.getBoundingClientRect() };"
        " return [at(0).left, at(1).left, at(0).top, at(1).top] }"
    )
    assert said[0] < said[1]

    page.goto(f"/releases/{sample_id(EDITED)}")
    assert TURN not in page.title()
    assert page.title().endswith("Communique")


def test_a_line_of_five_megabytes_stops_nobody(page: Page) -> None:
    for path, most_chars in ((f"/releases/{sample_id(LONG)}?q=torture", 3), ("/?q=torture", 1)):
        page.goto(path)
        assert len(page.content()) < most_chars * SHOWN_CHARS
    page.goto(f"/releases/{sample_id(LONG)}")
    assert "continues for 4," in page.locator(".text .note").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("query", QUERIES)
def test_nothing_of_a_hostile_query_runs(page: Page, query: str) -> None:
    for path in ("/", f"/releases/{sample_id(EDITED)}", "/sample", "/edits"):
        page.goto(f"{path}?q={quote(query)}&seed=1&office={quote(query)}&kind={quote(query)}")

        assert page.locator("main").count() == 1
        assert "49" not in page.locator("h1").first.inner_text()
        assert page.evaluate("[window.harm || 0, window.blocked]") == [0, []]


def test_the_archive_s_own_files_are_no_pages(page: Page) -> None:
    answer = page.request.get(f"/releases/{sample_id(EDITED)}/response")

    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert RUN.encode() in answer.body()
    page.goto("/help")
