"""Pages speak English, Russian and Kazakh, by address or browser, and nothing is left unsaid."""

from __future__ import annotations

import re
import string
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from babel.messages.pofile import read_po
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from indexer.query.message import Message
from tests.conftest import EDITED, sample_id
from webui.i18n import LANGUAGES, TRANSLATIONS, translate

ROOT = Path(__file__).parents[3]
OTHERS = [name for name in LANGUAGES if name != "en"]
NAMED = re.compile(r"%\((\w+)\)s")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """All sentences of the program, as `make messages` collects them."""
    file = tmp_path_factory.mktemp("messages") / "messages.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract"]
    command += ["-F", "pyproject.toml", "-k", "Message", "-k", "lazy_gettext", "-o", str(file)]
    subprocess.run([*command, "indexer", "webui"], cwd=ROOT, check=True)
    with file.open("rb") as opened:
        return read_po(opened)


def catalog(name: str) -> Catalog:
    with (TRANSLATIONS / name / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=name)


@pytest.mark.parametrize("name", OTHERS)
def test_every_sentence_is_translated_and_none_is_left_over(name: str, template: Catalog) -> None:
    found = catalog(name)
    wanted = {message.id for message in template if message.id}
    assert {message.id for message in found if message.id} == wanted
    assert not [each.id for each in found if each.id and (each.fuzzy or not _is_whole(each))]
    assert not found.obsolete


@pytest.mark.parametrize("name", OTHERS)
def test_what_fills_a_sentence_fills_its_translation(name: str) -> None:
    for message in catalog(name):
        if not message.id:
            continue
        said_in_english = message.id if isinstance(message.id, tuple) else (message.id,)
        translated = message.string if isinstance(message.string, tuple) else (message.string,)
        wanted = _places(str(said_in_english[-1]))
        assert [_places(str(each)) for each in translated] == [wanted] * len(translated)


def _is_whole(entry: Entry) -> bool:
    strings = entry.string if isinstance(entry.string, tuple) else (entry.string,)
    return all(strings)


def _places(sentence: str) -> tuple[set[str], set[str | None]]:
    """What is filled in, by name: `%(name)s`, and `{name}` of the core's patterns."""
    fields = {name for _, name, _, _ in string.Formatter().parse(sentence)} - {None}
    return set(NAMED.findall(sentence)), fields


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("ru", "ru"),
        ("kk-KZ,kk;q=0.9,en;q=0.5", "kk"),
        ("de,ru;q=0.4", "ru"),
        ("de", "en"),
        ("", "en"),
    ],
)
def test_the_browser_chooses_the_language(
    client: FlaskClient, accepted: str, expected: str
) -> None:
    answer = client.get("/coverage", headers={"Accept-Language": accepted})
    assert BeautifulSoup(answer.text, "lxml").html["lang"] == expected  # type: ignore[index]
    assert answer.headers["Content-Language"] == expected
    assert "Accept-Language" in answer.vary


@pytest.mark.parametrize("name", LANGUAGES)
def test_the_address_chooses_it_whatever_the_browser_says(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/{name}/coverage", headers={"Accept-Language": "de,en,ru,kk"})
    soup = BeautifulSoup(answer.text, "lxml")
    assert soup.html["lang"] == name  # type: ignore[index]
    links = [str(each["href"]) for each in soup.select("header a[href], main a[href]")]
    own = [link for link in links if link.startswith("/")]
    assert own
    assert [link for link in own if not link.startswith(f"/{name}/")] == []


@pytest.mark.parametrize("path", ["/", "/ru", "/ru/", "/ru?q=torture", "/kk/?q=torture&year=2019"])
def test_the_same_page_in_another_language_is_a_link_away(client: FlaskClient, path: str) -> None:
    def shown(address: str) -> tuple[str, list[str]]:
        soup = BeautifulSoup(client.get(address).text, "lxml")
        found = [each.get_text() for each in soup.select(".hits h2")]
        return str(soup.html["lang"]), found  # type: ignore[index]

    soup = BeautifulSoup(client.get(path).text, "lxml")
    links = {str(each["lang"]): str(each["href"]) for each in soup.select(".languages a")}
    assert [*links] == [*LANGUAGES]
    for name, link in links.items():
        assert shown(link) == (name, shown(path)[1])


def test_dates_and_numbers_are_written_as_in_the_language(app: Flask) -> None:
    message = Message("Only the first {most:,} characters of the query were read.", most=12000)
    with app.test_request_context("/", environ_overrides={"communique.language": "ru"}):
        assert "12 000".replace(" ", "\u00a0") in translate(message)
    with app.test_request_context("/", environ_overrides={"communique.language": "en"}):
        assert (
            translate(message)
            == str(message)
            == "Only the first 12,000 characters of the query were read."
        )


PAGES = [
    "/?q=torture",
    "/?q=torture+xyzzy&year=2019",
    "/concordance?q=torture",
    "/trends?q=torture&q=fraud",
    "/collocates?q=torture",
    "/sample?q=torture&seed=1",
    "/coverage",
    "/edits",
    "/withheld",
    "/help",
    "/nowhere",
    f"/releases/{sample_id(EDITED)}?q=torture",
    f"/releases/{sample_id(EDITED)}/differences?from=1&to=3",
]


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("path", PAGES)
def test_no_sentence_of_a_page_is_left_in_english(
    changed_client: FlaskClient, name: str, path: str
) -> None:
    soup = BeautifulSoup(changed_client.get(f"/{name}{path}").text, "lxml")
    for foreign in soup.select("[lang=en], code, .citation"):
        foreign.decompose()
    said_here = {" ".join(each.split()) for each in soup.stripped_strings}
    said_here |= {str(each["aria-label"]) for each in soup.select("[aria-label]")}
    english = {
        str(message.id): message.string for message in catalog(name) if isinstance(message.id, str)
    }
    left = {each for each in said_here & english.keys() if english[each] != each}
    assert left == set()
