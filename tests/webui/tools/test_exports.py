"""Files of hits and samples through Flask's client, read back and held against the catalog."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event, Thread
from urllib.parse import parse_qs, urlsplit

import bibtexparser
import pytest
import rispy
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from corpus import Draft, Provenance, Settings, Store
from corpus.release import release_id
from indexer import Engine, Query, reindex
from indexer.export.csv import escape_formula, release_table
from indexer.export.formats import FORMATS, bibtex_entries
from indexer.export.result_set import ExportContext, draw_sample, ranked_releases, select
from indexer.query.written_forms import Attested
from indexer.whoosh_engine import WhooshEngine
from tests.indexer.whoosh_engine.test_trees import nothing, sample_documents
from tests.statements import sent
from webui import create_app
from webui.tools.downloads import DOWNLOADS

QUERIES = [
    "",
    "q=torture",
    "q=torture&sort=oldest",
    "q=the+OR+и+OR+және&sort=newest",
    "q=fraud&year=2018&year=2019&office=sample_doj",
    "since=2018-01-01&until=2018-12-31",
    "q=*",
    "q=xyzzyx",
    "q=%21%21",
]
SELECTION = ExportContext(
    'say "x" {y} @z',
    (("year", "2018"),),
    "newest",
    datetime(2025, 3, 2, tzinfo=UTC),
    "3-1",
    7,
    1,
)


def shown(client: FlaskClient, query: str) -> list[str]:
    """The ids on all pages of results, in their order."""
    ids, url = [], f"/?{query}"
    while url:
        soup = BeautifulSoup(client.get(url).text, "lxml")
        ids += [urlsplit(str(a["href"])).path.split("/")[-1] for a in soup.select(".hits h2 a")]
        following = soup.select_one("a[rel=next]")
        url = str(following["href"]) if following else ""
    return ids


def rows_of(client: FlaskClient, url: str) -> list[dict[str, str]]:
    answer = client.get(url)
    assert answer.status_code == 200
    assert answer.data.startswith("\ufeff".encode())
    return [*csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""), strict=True)]


def ids_of(client: FlaskClient, ending: str, query: str) -> list[str]:
    text = client.get(f"/export.{ending}?{query}").text
    if ending == "jsonl":
        return [json.loads(line)["id"] for line in text.splitlines()[1:]]
    if ending == "bib":
        library = bibtexparser.parse_string(text)
        assert not library.failed_blocks
        return [each.key for each in library.entries]
    if ending == "ris":
        return [each["accession_number"] for each in rispy.loads(text)]
    return [row["id"] for row in rows_of(client, f"/export.csv?{query}")]


@pytest.mark.parametrize("query", QUERIES)
def test_every_format_has_the_hits_of_the_page_in_its_order(
    client: FlaskClient, query: str
) -> None:
    expected = shown(client, query)

    assert {ending: ids_of(client, ending, query) for ending in FORMATS} == dict.fromkeys(
        FORMATS, expected
    )


def test_table_holds_what_the_catalog_holds(client: FlaskClient, sample_store: Store) -> None:
    rows = rows_of(client, "/export.csv")

    assert len(rows) == sample_store.count()
    for rank, row in enumerate(rows, 1):
        release = sample_store.get(row["id"])
        assert release
        assert row["rank"] == str(rank)
        assert row["title"] == release.title
        assert row["text"] == "\n\n".join(release.body)
        assert row["published"] == (release.published.isoformat() if release.published else "")
        assert (row["url"], row["language"]) == (release.url, release.language)
        assert row["topics"] == "; ".join(release.topics)
        assert row["sha256"] == release.provenance.sha256


def test_json_lines_hold_what_the_catalog_holds(client: FlaskClient, sample_store: Store) -> None:
    first, *lines = map(json.loads, client.get("/export.jsonl").text.splitlines())

    assert first["kind"] == "export"
    assert first["total"] == len(lines) == sample_store.count()
    for line in lines:
        release = sample_store.get(line["id"])
        assert release
        assert line["kind"] == "release"
        assert (line["title"], line["body"]) == (release.title, list(release.body))
        assert line["sha256"] == release.provenance.sha256


def test_every_file_tells_where_it_comes_from(client: FlaskClient, sample_engine: Engine) -> None:
    health = sample_engine.health()
    asked = 'q="human rights" OR torture&year=2018&year=2019&sort=oldest'
    expected = {
        "query": '"human rights" OR torture',
        "filters": "year=2018&year=2019",
        "order": "oldest",
        "build": str(health.build),
        "revision": str(health.revision),
    }

    row = rows_of(client, f"/export.csv?{asked}")[-1]
    assert row.items() >= expected.items()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row["exported_at"])
    line = json.loads(client.get(f"/export.jsonl?{asked}").text.splitlines()[0])
    filters = {"filters": {"year": ["2018", "2019"]}, "revision": health.revision}
    assert line.items() >= (expected | filters).items()
    comment = client.get(f"/export.bib?{asked}").text.splitlines()[0]
    assert json.loads(comment.removeprefix("@comment")).items() >= expected.items()
    for record in rispy.loads(client.get(f"/export.ris?{asked}").text):
        (note,) = [each for each in record["notes"] if "Exported" in each]
        assert all(f"{name}: {value}" in note for name, value in expected.items())
    named = client.get(f"/export.csv?{asked}").headers["Content-Disposition"]
    assert re.search(r'filename="communique-hits-\d{8}T\d{6}Z\.csv"', named)


def test_what_was_repaired_is_told(client: FlaskClient) -> None:
    answer = client.get("/export.jsonl", query_string={"q": 'torture "human', "since": "soon"})

    notes = json.loads(answer.text.splitlines()[0])["warnings"]
    assert any("Unmatched quotation mark" in note for note in notes)
    assert any("“soon” isn’t a date" in note for note in notes)


@given(st.text(max_size=60))
def test_bibtex_comment_is_json_and_harms_no_entry(words: str) -> None:
    text = "".join(bibtex_entries(replace(SELECTION, words=words), ())) + "@misc{next,title={x}}"

    library = bibtexparser.parse_string(text)

    assert [each.key for each in library.entries] == ["next"]
    assert not library.failed_blocks
    assert json.loads(text[len("@comment") : text.rindex("}\n\n") + 1])["query"] == words


@given(st.text(max_size=40))
def test_no_cell_is_a_formula_and_all_read_back(text: str) -> None:
    cell = escape_formula(text)

    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell in (text, f"'{text}")


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=40), max_size=5))
def test_table_reads_back_whatever_the_words_and_codes(words: list[str]) -> None:
    context = replace(SELECTION, words="".join(words))
    lines = "".join(release_table(context, (), words)).removeprefix("\ufeff")

    (heading,) = csv.reader(io.StringIO(lines, newline=""), strict=True)

    assert len(heading) == len(set(heading))
    assert set(map(escape_formula, words)) <= {each.removesuffix(" (code)") for each in heading}


def test_formulas_of_a_release_are_defused(sample_store: Store) -> None:
    release = replace(next(sample_store.releases()), title='=HYPERLINK("http://x")', number="-1")

    text = "".join(release_table(SELECTION, [(1, release)]))
    row = next(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))

    assert (row["title"], row["number"]) == ('\'=HYPERLINK("http://x")', "'-1")


def test_releases_are_read_as_they_are_sent(app: Flask, sample_store: Store) -> None:
    big = replace(next(sample_store.releases()), body=("x" * 100_000,), facts=())
    given_out = []

    def endless() -> Iterator[tuple[int, object]]:
        for rank in range(1, 10**9):
            given_out.append(rank)
            yield rank, big

    for each in FORMATS.values():
        given_out.clear()
        lines = each.write(SELECTION, endless())  # type: ignore[arg-type]
        assert all(next(lines) for _ in range(10))
        assert len(given_out) <= 10


def test_export_streams(client: FlaskClient) -> None:
    answer = client.get("/export.csv")

    assert answer.is_streamed
    assert "Content-Length" not in answer.headers


def test_too_many_downloads_at_once_are_put_off(client: FlaskClient) -> None:
    open_ones = [
        client.get("/export.csv", environ_overrides=asking(number)) for number in range(DOWNLOADS)
    ]

    refused = client.get("/export.csv", environ_overrides=asking(DOWNLOADS))

    assert refused.status_code == 503
    assert "Try again" in refused.text
    assert refused.headers["Retry-After"]
    assert len({len(each.data) for each in open_ones}) == 1  # reading one to its end frees a place
    for _ in range(DOWNLOADS + 1):
        answer = client.get("/export.csv")
        assert answer.status_code == 200
        answer.close()  # and so does hanging up


FILES = ["/export.jsonl", "/concordance.csv?q=the", "/trends.csv", "/collocates.csv?q=the"]


@pytest.mark.parametrize("url", FILES)
def test_a_client_downloads_one_file_at_a_time(client: FlaskClient, url: str) -> None:
    first = client.get(url)

    refused = client.get("/export.csv")

    assert (first.status_code, refused.status_code) == (200, 429)
    assert "network address is already downloading a file" in refused.text
    assert refused.headers["Retry-After"]
    assert client.get("/export.csv", environ_overrides=asking(1), buffered=True).status_code == 200
    assert client.get("/?q=the").status_code == 200  # pages are free
    first.close()
    assert client.get(url, buffered=True).status_code == 200


def asking(number: int) -> dict[str, str]:
    """One of many clients."""
    return {"REMOTE_ADDR": f"192.0.2.{number}"}


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/export.pdf", 404),
        ("/export.csv?office=nobody&page=3&sort=up", 200),
        ("/sample.csv?n=5", 400),
        ("/sample?n=x&seed=1", 200),
        ("/sample?n=999999999999&seed=%00", 200),
    ],
)
def test_strange_addresses_are_answered(client: FlaskClient, url: str, status: int) -> None:
    assert client.get(url).status_code == status


def test_without_an_index_exports_say_so(settings: Settings) -> None:
    app = create_app(settings)
    client = app.test_client()

    for url in ("/export.csv?q=a", "/export.bib?q=%21", "/sample?seed=1"):
        answer = client.get(url)
        assert answer.status_code == 503
        assert "Searches cannot be answered" in answer.text
    app.extensions["communique"][0].close()


def test_ids_that_the_store_does_not_give_out_are_left_out(sample_store: Store) -> None:
    ids = [release.id for release in sample_store.releases()][:3]

    found = [
        (rank, release.id)
        for rank, release in ranked_releases(sample_store, [ids[0], "x-0", ids[2]])
    ]

    assert found == [(1, ids[0]), (3, ids[2])]


BATCHED = [*(f"/export.{ending}?q=" for ending in FORMATS), "/sample.csv?seed=1&n=99&q="]
BATCHED += ["/sample?seed=1&n=99&q=", "/search.atom?q="]


@pytest.mark.parametrize("url", BATCHED)
def test_many_releases_take_no_more_statements_than_few(app: Flask, url: str) -> None:
    store, _ = app.extensions["communique"]
    numbers = []
    for words in ("torture", "the OR и OR және"):
        with sent(store) as statements:
            assert app.test_client().get(f"{url}{words}", buffered=True).status_code == 200
        numbers.append(len(statements))
    assert numbers[1] <= numbers[0]


def test_releases_are_read_by_two_hundred_and_none_that_is_withheld_before(store: Store) -> None:
    at = datetime(2026, 1, 15, tzinfo=UTC)
    ids = []
    with store.writing() as connection:
        for number in range(401):
            url = f"https://office.example/{number}"
            found = Provenance(url, at, "0" * 64, "us_doj/a.warc.gz", number, "us_doj/pages", 1)
            draft = Draft(f"Title {number}", at.date(), ["Words."], "en")
            store.add(connection, "us_doj", url, draft, found, at, frozenset())
            ids.append(release_id("us_doj", url))

    with sent(store) as statements:
        assert [each.id for _, each in ranked_releases(store, ids)] == ids
    assert len(statements) == 3

    found_later = ranked_releases(store, ids)
    assert next(found_later)[1].id == ids[0]
    store.withhold(ids[200], "By order of a court.")
    assert [(rank, each.id) for rank, each in found_later] == [
        (rank, id_) for rank, id_ in enumerate(ids, 1) if rank not in (1, 201)
    ]


def test_number_and_build_are_of_the_ids_while_builds_are_published(
    sample_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    documents = sample_documents(sample_settings)[:12]
    engine = WhooshEngine(tmp_path_factory.mktemp("index"), 64)
    sizes = {}

    def publish(size: int) -> None:
        build = engine.build(documents[:size], size, nothing)
        sizes[build] = size
        engine.publish(build)

    publish(3)
    over = Event()

    def publish_on() -> None:
        for number in range(12):
            publish(3 + number % 9)
        over.set()

    thread = Thread(target=publish_on)
    thread.start()
    seen = set()
    while not over.is_set():
        context, ids = select(engine, lambda: (Query(), ()), "", ())
        held = [*ids]
        assert context.total == len(held) == sizes[context.build] == context.revision
        seen.add(context.build)
    thread.join()
    assert len(seen) > 1
    engine.close()


@pytest.mark.parametrize("file", ["export", "sample", "concordance", "collocates", "trends"])
def test_words_are_read_by_the_build_that_answers(
    copy_settings: Settings, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    """While the words of a query are looked up, a build is published that attests other forms."""
    app = create_app(copy_settings)
    store, engine = app.extensions["communique"]
    look_up, client, first = engine.attested, app.test_client(), engine.health().build

    def publish_and_look_up(words: Collection[str]) -> Mapping[str, Attested]:
        found: Mapping[str, Attested] = look_up(words)
        if engine.health().build != first:
            return found
        at = datetime(2026, 1, 15, tzinfo=UTC)
        with store.writing() as connection:
            for number, text in enumerate(("A pretrial hearing.", "A pre-trial hearing.") * 2):
                url = f"https://office.example/{number}"
                source = Provenance(
                    url, at, "0" * 64, "us_doj/a.warc.gz", number, "us_doj/pages", 1
                )
                draft = Draft(f"Title {number}", at.date(), [text], "en")
                store.add(connection, "us_doj", url, draft, source, at, frozenset())
        reindex(copy_settings, store, engine, is_full=True)
        return found

    def rows() -> list[dict[str, str]]:
        found = rows_of(client, f"/{file}.csv?q=pretrial&seed=1&least=1&words=all&step=year")
        return [{name: row[name] for name in row if name != "exported_at"} for row in found]

    monkeypatch.setattr(engine, "attested", publish_and_look_up)
    during = rows()
    assert {row["build"] for row in during} == {engine.health().build}
    assert during == rows()
    assert client.get("/api/v1/search?q=pretrial").get_json()["total"] >= 4
    engine.close()
    store.close()


# samples


def test_address_without_a_seed_leads_to_one_that_can_be_cited(client: FlaskClient) -> None:
    links = {client.get("/sample?q=the&n=5&codes=a,b").location for _ in range(3)}

    assert len(links) == 3
    for link in links:
        arguments = parse_qs(urlsplit(link).query)
        assert arguments.pop("seed")
        assert arguments == {"q": ["the"], "n": ["5"], "codes": ["a,b"]}
        assert client.get(link).status_code == 200


def test_same_seed_draws_the_same_and_page_and_table_agree(client: FlaskClient) -> None:
    hits = set(shown(client, "q=the"))
    url = "?q=the&n=7&seed=s1&codes=violence,%20minors,title"

    first = rows_of(client, f"/sample.csv{url}")
    page = BeautifulSoup(client.get(f"/sample{url}").text, "lxml")

    assert [row["id"] for row in first] == [
        row["id"] for row in rows_of(client, f"/sample.csv{url}")
    ]
    assert [urlsplit(str(a["href"])).path.split("/")[-1] for a in page.select(".hits h2 a")] == [
        row["id"] for row in first
    ]
    assert len({row["id"] for row in first} & hits) == 7
    assert all(row["violence"] == row["minors"] == row["title (code)"] == "" for row in first)
    assert all(row["title"] and row["text"] for row in first)
    assert (
        first[0].items()
        >= {
            "seed": "s1",
            "sample": "7",
            "hits": str(len(hits)),
            "order": "random",
        }.items()
    )
    other = rows_of(client, "/sample.csv?q=the&n=7&seed=s2")
    assert [row["id"] for row in other] != [row["id"] for row in first]


@given(st.sets(st.text(max_size=8)), st.sets(st.text(max_size=8)), st.integers(1, 9), st.text())
def test_draw_keeps_what_is_still_there(
    held: set[str], later: set[str], size: int, seed: str
) -> None:
    held, later = ({each.encode("utf-8", "replace").decode() for each in s} for s in (held, later))
    seed = seed.encode("utf-8", "replace").decode()
    drawn, again = draw_sample(held, size, seed), draw_sample(held | later, size, seed)

    assert len(set(drawn)) == min(size, len(held))
    assert draw_sample(sorted(held, reverse=True), size, seed) == drawn
    assert draw_sample(held, size + 3, seed)[:size] == drawn
    # What is not drawn any more had to make room for a new one.
    assert set(drawn) - set(again) == set() or len(set(again) & (later - held)) >= len(
        set(drawn) - set(again)
    )
    gone = held - later
    assert [each for each in drawn if each not in gone] == draw_sample(held - gone, size, seed)[
        : len([each for each in drawn if each not in gone])
    ]


def test_draw_favours_none() -> None:
    ids = [f"sample_doj-{number:016x}" for number in range(20)]
    times = dict.fromkeys(ids, 0)
    for seed in range(2000):
        for id_ in draw_sample(ids, 5, str(seed)):
            times[id_] += 1

    # 500 expected; a deviation of six standard deviations is a defect.
    assert all(abs(number - 500) < 6 * (2000 * 0.25 * 0.75) ** 0.5 for number in times.values())


# pages


def test_results_page_links_to_every_format_and_a_sample(client: FlaskClient) -> None:
    soup = BeautifulSoup(client.get("/?q=the&office=sample_doj&sort=oldest&page=2").text, "lxml")

    links = [str(each["href"]) for each in soup.select(".downloads a")]
    query = "q=the&office=sample_doj&sort=oldest"
    assert links == [*(f"/export.{each}?{query}" for each in FORMATS), f"/sample?{query}"]
    number = soup.select_one(".summary .total")
    assert number
    assert f"Download {number.get_text()} results" in soup.select_one(".downloads").get_text()  # type: ignore[union-attr]
    nothing_found = BeautifulSoup(client.get("/?q=xyzzyx").text, "lxml")
    assert not nothing_found.select(".downloads")
