"""Every way by which an address comes in, against sites on loopback that send all sorts of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from corpus import Settings, Store, office, offices
from corpus.crawling.crawl import crawl
from corpus.crawling.preview import preview_office
from corpus.evidence.verify import verify_catalog
from corpus.reading.address import host
from corpus.release import Alternate, Attachment
from corpus.sources import _generic
from corpus.warc.archive import responses
from tests.examplia import (
    GENERIC,
    HOST,
    NAME,
    OWN,
    START,
    Crawl,
    OddInterface,
    asked,
    assert_evidence_is_whole,
    listing,
    moved,
    page,
    release,
    rules,
    urls,
)
from tests.faulty_site import FaultySite

# letters of any script


@pytest.mark.usefixtures("examplia")
def test_letters_of_any_script_are_fetched_archived_and_stored(
    crawled: Crawl, web: FaultySite, settings: Settings, store: Store
) -> None:
    words = ["дело-о-взятке", "josé-charged", "ıstanbul", "検察", "قضية", "straße"]
    paths = {f"/news/2024/{word}": page(word) for word in words}
    web.pages = {quote(path): body for path, body in paths.items()} | {"/news": listing(*paths)}
    reports = [crawled(), crawled()]
    assert [(each.error, each.new, each.same, each.refused) for each in reports] == [
        (None, len(words), 0, []),
        (None, 0, len(words), []),
    ]
    assert urls(store) == {f"https://{HOST}{quote(path)}" for path in paths}
    assert {each.version for each in store.releases()} == {1}
    assert_evidence_is_whole(settings, store)


@pytest.mark.usefixtures("own_examplia")
@pytest.mark.parametrize(
    "name",
    ["Complaint–Pilot.pdf", "Дело № 4.pdf", "a b.pdf", "50%.pdf", "x.pdf#page=2", "a\tb\n.pdf"],
)
def test_attached_files_of_any_name_are_archived(
    crawled: Crawl, web: FaultySite, settings: Settings, store: Store, name: str
) -> None:
    path = quote(name.partition("#")[0].replace("\t", "").replace("\n", ""), safe="%")
    web.pages = {
        "/news": listing("/news/2024/a"),
        "/news/2024/a": page("A", f'<p><a href="/opa/file/{name}">the complaint</a></p>'),
        f"/opa/file/{path}": b"%PDF-1.7",
    }
    reports = [crawled(), crawled()]
    assert [(each.error, each.attachments) for each in reports] == [(None, 1), (None, 0)]
    [only] = store.releases()
    assert only.attachments == (Attachment(f"https://{HOST}/opa/file/{path}", "the complaint"),)
    assert only.version == 1
    assert store.attached(NAME).archived == 1
    assert_evidence_is_whole(settings, store)


@pytest.mark.usefixtures("own_examplia")
@pytest.mark.parametrize(
    ("where", "path"),
    [
        ("/news/2024/д", "/news/2024/%D0%B4"),
        (f"https://{HOST}/news/2024/д?x=ж#y", "/news/2024/%D0%B4?x=%D0%B6"),
        ("/news/2024/jos\udce9", "/news/2024/jos%E9"),
        (f"//{HOST}:443/news/2024/x", "/news/2024/x"),
        (f"\\\\{HOST}\\news\\2024\\x", "/news/2024/x"),
        ("x y", "/news/2024/x%20y"),
        ("/news/2024/%7Eclerk", "/news/2024/%7Eclerk"),
    ],
)
def test_a_redirect_of_any_bytes_is_followed_and_read_from_the_archive_again(
    crawled: Crawl,
    web: FaultySite,
    settings: Settings,
    store: Store,
    where: str,
    path: str,
) -> None:
    web.pages = {"/news": listing("/news/2024/a"), path: page("Charged")}
    web.faults = [("^/news/2024/a$", moved(where))]
    assert (crawled().new, crawled().same) == (1, 1)
    [only] = store.releases()
    assert only.url == f"https://{HOST}/news/2024/a"
    assert only.provenance.url == f"https://{HOST}{path}"
    assert_evidence_is_whole(settings, store)
    other = Store(replace(settings, data=settings.data.parent / "other"))
    (settings.data.parent / "other" / "archive").symlink_to(settings.archive)
    elsewhere = replace(settings, data=settings.data.parent / "other")
    for finding in [*verify_catalog(elsewhere, other)]:
        assert finding.repair
        finding.repair()
    assert {each.id for each in other.releases()} == {only.id}, "it is known by where it is listed"
    other.close()


# what is no address, or none of the office's

MALFORMED = [
    "http://[bad/x",
    "https://",
    "https://exa mple/x",
    f"https://{HOST}:99999/x",
    "http://[::1",
    "https://%",
]
FOREIGN = {
    f"file://{HOST}/etc/hostname": "other_scheme",
    "file:///etc/hostname": "other_scheme",
    f"ftp://{HOST}/news/2024/x": "other_scheme",
    f"https://clerk:secret@{HOST}/news/2024/x": "user_in_address",
    f"https://{HOST}:8443/news/2024/x": "other_host",
    "https://elsewhere.example/news/2024/x": "other_host",
    "//elsewhere.example/news/2024/y": "other_host",
    f"https://{HOST}.elsewhere.example/news/2024/x": "other_host",
    f"https://elsewhere.example\\@{HOST}/news/2024/x": "other_host",
    "http://127.0.0.1/news/2024/x": "other_host",
    "/news/2024/x%00": "broken_address",
    f"/news/2024/{'x' * 2000}": "long_address",
}


@pytest.mark.usefixtures("examplia")
def test_a_malformed_link_among_good_ones_costs_that_link_alone(
    crawled: Crawl, web: FaultySite, store: Store
) -> None:
    hrefs = ["/news/2024/a", *MALFORMED, "mailto:press@office.example", "/news/2024/b"]
    web.pages = {f"/news/2024/{each}": page(each) for each in "abc"}
    web.pages |= {"/news": listing(*hrefs, older="?page=1")}
    web.pages |= {"/news?page=1": listing(MALFORMED[0], "/news/2024/c")}
    report = crawled()
    assert (report.error, report.new, report.listed) == (None, 3, 3)
    told = [each.url for each in report.refused if each.rule == "malformed_address"]
    assert told == MALFORMED, "each is told, and once"
    assert urls(store) == {f"https://{HOST}/news/2024/{each}" for each in "abc"}


@pytest.mark.parametrize("href", ["", "#", "?", "javascript:void(0)"])
@pytest.mark.usefixtures("examplia")
def test_a_link_that_leads_nowhere_ends_no_run(
    crawled: Crawl, web: FaultySite, store: Store, href: str
) -> None:
    web.pages = {"/news": listing(href, "/news/2024/a"), "/news/2024/a": page("A")}
    assert (crawled().error, urls(store)) == (None, {f"https://{HOST}/news/2024/a"})


@pytest.mark.usefixtures("own_examplia")
def test_no_address_of_others_is_asked_for_or_becomes_a_release(
    crawled: Crawl, web: FaultySite, store: Store, tmp_path: Path
) -> None:
    local = tmp_path / "a.html"
    local.write_bytes(page("Local"))
    foreign = FOREIGN | {f"file://{HOST}{local}": "other_scheme", local.as_uri(): "other_scheme"}
    web.pages = {"/news": listing(*foreign, "/news/2024/a"), "/news/2024/a": page("A")}
    paths = asked(web)
    report = crawled()
    assert (report.error, report.new, report.listed) == (None, 1, 1)
    assert [each.rule for each in report.refused] == list(foreign.values())
    assert urls(store) == {f"https://{HOST}/news/2024/a"}
    assert paths == ["/news", "/news/2024/a"]


@pytest.mark.usefixtures("own_examplia")
def test_no_redirect_leads_to_an_address_of_others(
    crawled: Crawl, web: FaultySite, store: Store, tmp_path: Path
) -> None:
    local = tmp_path / "a.html"
    local.write_bytes(page("Local"))
    foreign = FOREIGN | {
        f"file://{HOST}{local}": "other_scheme",
        local.as_uri(): "other_scheme",
        "http://[bad/x": "malformed_address",
        f"{web.url}@elsewhere.example/x": "user_in_address",
        f"{web.url}.elsewhere.example/x": "malformed_address",
        f"{web.url.replace('127.0.0.1', 'localhost')}/x": "other_host",
        f"https:{web.url.removeprefix('http:')}/x": "other_host",
    }
    paths = [f"/news/2024/{number}" for number in range(len(foreign))]
    web.pages = {"/news": listing("/news/2024/a", *paths), "/news/2024/a": page("A")}
    web.pages |= dict.fromkeys(paths, 404)
    web.faults = [(f"{each}$", moved(to)) for each, to in zip(paths, foreign, strict=True)]
    found: dict[str, str] = {}
    for start in range(0, len(paths), 5):  # more in a row would end the run
        web.pages |= {"/news": listing("/news/2024/a", *paths[start : start + 5])}
        report = crawled()
        assert report.error is None
        found |= rules(report)
    assert found == {
        f"https://{HOST}{each}": rule for each, rule in zip(paths, foreign.values(), strict=True)
    }
    assert urls(store) == {f"https://{HOST}/news/2024/a"}


@pytest.mark.usefixtures("own_examplia")
def test_no_file_of_others_is_asked_for_and_none_but_on_the_web_is_kept(
    crawled: Crawl,
    web: FaultySite,
    settings: Settings,
    store: Store,
    tmp_path: Path,
) -> None:
    local = tmp_path / "a.pdf"
    local.write_bytes(b"%PDF-1.7 local")
    hrefs = [
        f"file://{HOST}{local}",
        local.as_uri(),
        f"http://clerk@{HOST}/a.pdf",
        "http://[x/a.pdf",
    ]
    hrefs += [f"https://{HOST}:8443/a.pdf", "https://elsewhere.example/a.pdf", "/a.pdf"]
    files = "".join(f'<a href="{each}">{number}</a> ' for number, each in enumerate(hrefs))
    web.pages = {
        "/news": listing("/news/2024/a"),
        "/news/2024/a": page("A", f"<p>{files}</p>"),
    }
    web.pages |= {"/a.pdf": b"%PDF-1.7"}
    paths = asked(web)
    report = crawled()
    assert (report.error, report.new, report.attachments) == (None, 1, 1)
    [only] = store.releases()
    assert only.attachments == (Attachment(f"https://{HOST}/a.pdf", "6"),)
    assert [each.rule for each in report.remarks] == ["other_scheme"]
    assert paths == ["/news", "/news/2024/a", "/a.pdf"]
    bodies = [each.body for path in settings.archive.rglob("*.warc.gz") for each in responses(path)]
    assert not any(b"local" in body for body in bodies)


@pytest.mark.usefixtures("examplia")
@pytest.mark.parametrize(
    ("older", "rule"),
    [
        (f"file://{HOST}/etc/hostname", "other_scheme"),
        ("https://elsewhere.example/news?page=1", "other_host"),
        (f"https://{HOST}:8080/news?page=1", "other_host"),
        ("http://[bad/", "malformed_address"),
    ],
)
def test_a_next_page_that_may_not_be_asked_for_ends_the_walk_and_is_told(
    crawled: Crawl, web: FaultySite, store: Store, older: str, rule: str
) -> None:
    web.pages = {"/news": listing("/news/2024/a", older=older), "/news/2024/a": page("A")}
    report = crawled()
    assert (report.error, report.new) == (None, 1)
    assert rules(report) == {older: rule}
    assert report.ended_early
    assert report.ended_early.startswith(f"{older}: ")
    assert store.count() == 1


@pytest.mark.usefixtures("own_examplia")
def test_translations_elsewhere_are_left_out_and_remarked_on(
    crawled: Crawl, web: FaultySite, store: Store
) -> None:
    hrefs = ["/es/x", "https://elsewhere.example/x", "javascript:alert(1)", "http://[bad", "/д"]
    head = "".join(f'<link rel="alternate" hreflang="es" href="{each}">' for each in hrefs)
    web.pages = {"/news": listing("/news/2024/a"), "/news/2024/a": page("A", head=head)}
    report = crawled()
    [only] = store.releases()
    assert only.alternates == (
        Alternate(f"https://{HOST}/es/x", "es"),
        Alternate(f"https://{HOST}/%D0%B4", "es"),
    )
    assert [each.rule for each in report.remarks] == [
        "other_host",
        "other_scheme",
        "malformed_address",
    ]


def test_an_interface_makes_no_release_of_an_address_of_others(
    settings: Settings, store: Store
) -> None:
    host = "www.justice.example"
    foreign = {url.replace(HOST, host): rule for url, rule in FOREIGN.items()}
    foreign |= dict.fromkeys(MALFORMED[:3], "malformed_address")
    with OddInterface([*foreign, f"HTTP://{host.upper()}:80/opa/pr/дело#x", "/opa/pr/y"]) as site:
        report = crawl(
            "sample_doj",
            settings,
            store,
            route="interface",
            mirrors={host: site.url},
            delay_s=0,
        )
    assert Counter(each.rule for each in report.refused) == Counter(foreign.values())
    assert {f"https://{host}/opa/pr/{each}" for each in (quote("дело"), "y")} < urls(store)
    assert all(url.startswith(f"https://{host}/opa/pr/") for url in urls(store))
    assert report.new == store.count() == report.listed - len(foreign)


# <base href>


@pytest.mark.usefixtures("examplia")
@pytest.mark.parametrize(
    ("head", "prefix"),
    [
        ('<base href="/archive/">', ""),
        (f'<base target="_top"><base href="https://{HOST}/archive/"><base href="/x/">', ""),
        ("<BASE HREF='archive/index.html?x#y'>", ""),
        (f'<base href="//{HOST}/archive/">', ""),
        ('<!-- <base href="/x/"> -->', "archive/"),
        ('<base href="http://[bad/">', "archive/"),
        ('<base href="javascript:alert(1)">', "archive/"),
        ('<script>"<base href=/x/>"</script>', "archive/"),
    ],
)
def test_relative_links_start_from_what_base_says(
    crawled: Crawl, web: FaultySite, store: Store, head: str, prefix: str
) -> None:
    source = office(NAME)
    release_of = source.routes[0].release
    web.pages = {
        "/news": listing(f"{prefix}../news/2024/a", older=f"{prefix}more", head=head),
        "/archive/more": listing("/news/2024/b"),
        "/news/2024/a": page("A", '<p><a href="a.pdf">the file</a></p>', '<base href="/files/">'),
        "/news/2024/b": page("B"),
        "/files/a.pdf": b"%PDF-1.7",
    }
    report = crawled()
    assert (report.error, report.new, report.ended_early) == (None, 2, None)
    assert urls(store) == {f"https://{HOST}/news/2024/{each}" for each in "ab"}
    assert report.attachments == (release_of is release)


@pytest.mark.usefixtures("examplia")
def test_a_base_on_another_host_leads_all_relative_links_there(
    crawled: Crawl, web: FaultySite, store: Store
) -> None:
    head = '<base href="https://elsewhere.example/">'
    rows = ("news/2024/x", f"https://{HOST}/news/2024/a")
    web.pages = {"/news": listing(*rows, head=head), "/news/2024/a": page("A")}
    assert (crawled().error, urls(store)) == (None, {f"https://{HOST}/news/2024/a"})


# one page, one release


@pytest.mark.usefixtures("examplia")
@pytest.mark.parametrize(
    ("name", "spellings"),
    [
        ("jos%C3%A9-x", ["/news/2024/josé-x", "/news/2024/jos%C3%A9-x", "/news/2024/jos%c3%a9-x"]),
        ("x", ["/news/2024/x", "/news/2024/x?utm_medium=web", f"https://{HOST}:443/news/2024/x"]),
        (
            "x",
            [
                "/news/2024/x?fbclid=1&utm_source=a",
                f"http://{HOST}:80/news/2024/x",
                "/news/2024/%78",
            ],
        ),
        (
            "x",
            ["/news/2024/x#top", "/news/./2024/y/../x", "\\news\\2024\\x", "/news/2024/x?gclid=2"],
        ),
        ("x", [f"HTTPS://{HOST.upper()}/news/2024/x", "/ne\tws/2024/x ", f"//{HOST}/news/2024/x"]),
    ],
)
def test_one_page_is_one_release_however_it_is_spelled(
    crawled: Crawl, web: FaultySite, store: Store, name: str, spellings: list[str]
) -> None:
    path = f"/news/2024/{name}"
    web.pages = {"/news": listing("/news/2024/a", *spellings, older="/news?page=1")}
    web.pages |= {"/news?page=1": listing(*reversed(spellings), "/news/2024/b")}
    web.pages |= {path: page("X"), "/news/2024/a": page("A"), "/news/2024/b": page("B")}
    web.pages |= {path.replace("%C3%A9", "%c3%a9"): page("X")}
    paths = asked(web)
    report = crawled()
    assert (report.error, report.new, report.listed, report.refused) == (None, 3, 3, [])
    assert len(paths) == 5
    assert urls(store) == {
        f"https://{HOST}{each}" for each in (path, "/news/2024/a", "/news/2024/b")
    }
    assert (crawled().same, store.count()) == (3, 3)


def test_a_tracker_in_one_of_three_links_loses_no_release(
    crawled: Crawl, web: FaultySite, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(offices(), NAME, GENERIC)
    hrefs = ["/news/2024/a", "/news/2024/b?utm_medium=web", f"https://{HOST}:443/news/2024/c"]
    hrefs += ["/news/2024/d?id=4&utm_source=feed", "/news/2024/d?id=5&fbclid=x"]
    web.pages = {"/news": listing(*hrefs)} | {f"/news/2024/{each}": page(each) for each in "abc"}
    web.pages |= {f"/news/2024/d?id={each}": page(f"d{each}") for each in (4, 5)}
    assert (crawled().new, crawled().same) == (5, 5)
    names = ["a", "b", "c", "d?id=4", "d?id=5"]
    assert urls(store) == {f"https://{HOST}/news/2024/{each}" for each in names}


@pytest.mark.usefixtures("own_examplia")
def test_what_passes_the_door_is_asked_for_as_it_is_spelled(
    crawled: Crawl, web: FaultySite
) -> None:
    odd = "/news/2024/%27a'b%2Bc+d%2Fe;f=g~%7E|%7Ch%E9?x='%26&y=[0]&z=%2B+%20"
    web.pages = {"/news": listing(odd)}
    paths = asked(web)
    crawled()
    assert paths[1] == odd.replace("='", "=%27")


# mirrors


@pytest.mark.usefixtures("own_examplia")
@pytest.mark.parametrize("prefix", ["", "/wayback/prosecutor"])
def test_a_redirect_by_a_mirror_is_the_office_s_own(
    settings: Settings, store: Store, web: FaultySite, prefix: str
) -> None:
    base = f"{web.url}{prefix}"
    web.pages = {f"{prefix}/news": listing("/news/2024/a", "/news/2024/b")}
    web.pages |= {f"{prefix}/news/2024/{each}-x": page(each) for each in "ab"}
    web.faults = [("/a$", moved(f"{base}/news/2024/a-x")), ("/b$", moved("b-x"))]
    for spelled in (f"{base}/", base.replace("http:", "HTTP:")):
        report = crawl(NAME, settings, store, mirrors={HOST.upper(): spelled}, delay_s=0)
        assert (report.error, report.new + report.same) == (None, 2)
    asked_at = {each.url: each.provenance.url for each in store.releases()}
    assert asked_at == {
        f"https://{HOST}/news/2024/{each}": f"https://{HOST}/news/2024/{each}-x" for each in "ab"
    }


def test_of_two_hosts_with_one_mirror_a_redirect_stays_on_the_one_that_was_asked(
    settings: Settings, store: Store, web: FaultySite, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosts = ("files.prosecutor.example", HOST)
    routes = (replace(OWN.routes[0], hosts=hosts),)
    monkeypatch.setitem(offices(), NAME, replace(OWN, routes=routes))
    web.pages = {"/news": listing("/news/2024/a"), "/news/2024/b": page("B")}
    web.faults = [("/a$", moved(f"{web.url}/news/2024/b"))]
    crawl(NAME, settings, store, mirrors=dict.fromkeys(hosts, web.url), delay_s=0)
    [only] = store.releases()
    assert only.provenance.url == f"https://{HOST}/news/2024/b"


def test_a_host_in_its_own_letters_is_crawled_by_its_mirror(
    settings: Settings, store: Store, web: FaultySite, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "прокуратура.example"
    routes = (_generic.route(f"https://{name}/новости", r"/новости/[а-я]+"),)
    monkeypatch.setitem(offices(), NAME, replace(GENERIC, routes=routes))
    path = quote("/новости")
    web.pages = {path: listing("/новости/дело", "дело"), f"{path}/{quote('дело')}": page("A")}
    report = crawl(NAME, settings, store, mirrors={name.upper(): web.url}, delay_s=0)
    assert (report.error, report.new) == (None, 1)
    assert urls(store) == {f"https://{host(name)}{path}/{quote('дело')}"}


# check


@pytest.mark.usefixtures("own_examplia")
def test_what_check_is_given_passes_the_door(settings: Settings, web: FaultySite) -> None:
    web.pages = {f"/news/2024/{quote(each)}": page(each) for each in ("дело", "x")}
    given = [*FOREIGN, *MALFORMED, f"https://{HOST}/news/2024/дело#top"]
    given = [each for each in given if not each.startswith("/")]
    paths = asked(web)
    readings = preview_office(
        NAME,
        settings,
        urls=(*given, f"https://{HOST}/news/2024/x?utm_source=a"),
        mirrors={HOST: web.url},
        delay_s=0,
    )
    refused = [each.refusal.rule for each in readings if each.refusal]
    rules = [FOREIGN.get(each, "malformed_address") for each in given[:-1]]
    # Without a page that it stands on, this is none.
    assert refused == [
        "malformed_address" if each.startswith("//") else rule
        for each, rule in zip(given[:-1], rules, strict=True)
    ]
    assert [each.refusal for each in readings[-2:]] == [None, None]
    assert paths == [f"/news/2024/{quote('дело')}", "/news/2024/x"]


@pytest.mark.usefixtures("examplia")
def test_check_tells_of_a_listing_s_malformed_links(settings: Settings, web: FaultySite) -> None:
    web.pages = {"/news": listing("http://[bad/x", "/news/2024/a", older="http://[bad/next")}
    web.pages |= {"/news/2024/a": page("A")}
    readings = preview_office(NAME, settings, mirrors={HOST: web.url}, delay_s=0)
    told = {each.url: each.refusal and each.refusal.rule for each in readings}
    told.pop("http://[bad/next", None)  # of which the generic reader cannot say that it is no link
    assert told == {
        START: "malformed_address",
        "http://[bad/x": "malformed_address",
        f"https://{HOST}/news/2024/a": None,
    }
