"""Addresses: read as browsers do, spelled in one way, and judged whole at one door."""

from __future__ import annotations

from urllib.parse import quote, unquote, urlsplit

import pytest
import yarl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus import offices
from corpus.reading.address import (
    check_address,
    host,
    location,
    normalize,
    printable,
    resolve,
    split,
    without_tracking,
)

HOST = "office.example"
HOSTS = (HOST, "files.office.example:8443")
BASE = f"https://{HOST}/news/2024/list?page=2"

# Pieces that parsers disagree about, in any order, with anything between.
PIECES = st.sampled_from(
    [
        *("http", "https", "HTTPS", "file", "ftp", "ws", "javascript", "data", ":", "://", "//"),
        *("/", "\\", "@", "?", "#", "[", "]", ".", "..", "%2e", "%2E%2e", "%", "%4", "%41", "%00"),
        *("%2f", "%5c", "%40", "\t", "\n", "\r", " ", "\0", "\x7f", "\ud800", "\ufeff", "\u3002"),
        *(HOST, "OFFICE.example", "evil.example", "127.0.0.1", "0x7f.1", "[::1]", "localhost"),
        *(":443", ":80", ":8443", ":0", ":99999", "user:password@", "&", ";", "=", "\u0434", "é"),
        *("\uff0f", "\uff20", "\u2100", "ß", "xn--", "a" * 300, "utm_source=x", "|", "^", '"', "<"),
    ]
)
NASTY = st.lists(PIECES | st.text(max_size=3), max_size=12).map("".join)
CLOSE = st.tuples(st.sampled_from(["https://", "http:", "//", "\\\\", ""]), NASTY).map("".join)
ANY = NASTY | CLOSE | st.text()


@settings(deadline=None)
@given(ANY)
@example("https://h/%%41")
@example("https://h/%%341%4%31")
@example("https://h/a%2e%2e/%2e%2e/b#c")
@example("HTTP://U@[::1]:80/\\..\\x?#")
def test_spelling_an_address_once_is_enough_and_changes_no_byte(url: str) -> None:
    for spell in (normalize, resolve, without_tracking):
        assert spell(spell(url)) == spell(url)
    assert normalize(resolve(url)) == normalize(url)
    assert unquote(normalize(url), "latin-1") == unquote(resolve(url), "latin-1")


@settings(deadline=None)
@given(ANY)
@example(f"https://{HOST}/a/ //?lang=ru&utm_source=x")
@example("http://[bad/x")
def test_a_canonical_address_is_one_of_its_kind_for_every_office(url: str) -> None:
    for canonical in {source.canonical for source in offices().values()}:
        once = canonical(url)
        if check_address(resolve(url)) is None:
            assert canonical(once) == canonical(resolve(url)) == once
            names = [str(split(each).hostname) for each in (once, resolve(url))]
            assert len({each.removeprefix("www.") for each in names}) == 1


@settings(deadline=None)
@given(ANY)
@example(f"https://{HOST}\\@evil.example/")
@example(f"https://{HOST}#@evil.example/")
@example(f"https://{HOST}\t.evil.example/")
@example("file://office.example/etc/passwd")
def test_what_passes_has_a_host_of_the_office_whoever_reads_it(url: str) -> None:
    spellings = {url, resolve(url), resolve(url, BASE), normalize(url), without_tracking(url)}
    for each in spellings:
        if check_address(each, HOSTS) is None:
            for parts in (urlsplit(each), yarl.URL(each), yarl.URL(each, encoded=True)):
                assert parts.scheme in ("http", "https")
                default = {"http": 80, "https": 443}[parts.scheme]
                port = "" if parts.port in (None, default) else f":{parts.port}"
                named = parts.hostname if hasattr(parts, "hostname") else parts.host
                assert f"{named}{port}" in HOSTS
                assert not (parts.username if hasattr(parts, "username") else parts.user)
            assert each.isascii()
            assert each.isprintable()


@settings(deadline=None)
@given(ANY)
def test_a_refusal_can_be_printed_and_kept(url: str) -> None:
    for refusal in (check_address(url, HOSTS), check_address(resolve(url, BASE))):
        if refusal:
            assert refusal.reason.endswith(".")
            assert len(refusal.url) <= 2000
            assert not any(c in refusal.url + refusal.reason for c in "\0\x1b\n\ud800\u202e")


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs"], exclude_characters="?#\\/")))
def test_a_path_is_one_address_however_its_letters_are_escaped(word: str) -> None:
    capitals = "".join(f"%{each:02X}" for each in word.encode())
    spelled = [f"https://{HOST}/x-{each}-y" for each in (capitals, capitals.lower(), quote(word))]
    assert len(set(map(normalize, spelled))) == 1
    assert unquote(normalize(spelled[0])) == f"https://{HOST}/x-{word}-y"


@pytest.mark.parametrize(
    ("href", "leads_to"),
    [
        ("/news/2024/дело", "/news/2024/%D0%B4%D0%B5%D0%BB%D0%BE"),
        ("Complaint–Pilot.pdf", "/news/2024/Complaint%E2%80%93Pilot.pdf"),
        ("  clerk charged.pdf\n", "/news/2024/clerk%20charged.pdf"),
        ("\tcle\nrk\r", "/news/2024/clerk"),
        ("..\\2023\\clerk", "/news/2023/clerk"),
        ("/a/./b/%2e%2E/c", "/a/c"),
        ("?page=3", "/news/2024/list?page=3"),
        ("", "/news/2024/list?page=2"),
        ("#top", "/news/2024/list?page=2"),
        ("https:clerk", "/news/2024/clerk"),
        (f"//{HOST}/x", "/x"),
        (f"\\\\{HOST}\\x", "/x"),
        (f"HTTPS://{HOST.upper()}:443/x#y", "/x"),
        ("/50%-off?a[0]=b:c&d='e'", "/50%-off?a[0]=b:c&d=%27e%27"),
        ("/jos%c3%a9?q=ж", "/jos%c3%a9?q=%D0%B6"),
    ],
)
def test_a_link_leads_where_a_browser_goes(href: str, leads_to: str) -> None:
    assert resolve(href, BASE) == f"https://{HOST}{leads_to}"
    assert check_address(resolve(href, BASE), HOSTS) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/josé-x", "/jos%C3%A9-x"),
        ("/josé-x", "/jos%c3%a9-x"),
        ("/~clerk", "/%7Eclerk"),
        ("/a%2Db", "/a-b"),
        ("/a b", "/a%20b"),
        ("/a%2fb", "/a%2Fb"),
        ("/a?q=%d0%b4", "/a?q=д"),
    ],
)
def test_an_address_has_one_spelling(one: str, other: str) -> None:
    assert normalize(f"https://{HOST}{one}") == normalize(f"HTTPS://{HOST}:443{other}#top")


@pytest.mark.parametrize("other", ["/a/b", "/a%252Fb", "/A%2Fb", "/a%2Fb/", "/a%2Fb?", "/a+b"])
def test_what_a_server_may_tell_apart_stays_apart(other: str) -> None:
    assert normalize(f"https://{HOST}{other}") != normalize(f"https://{HOST}/a%2Fb")


@pytest.mark.parametrize(
    ("path", "spelled"),
    [
        ("/%%41", "/%%41"),
        ("/%4%31", "/%4%31"),
        ("/%%34%31", "/%%341"),
        ("/%d%30", "/%d%30"),
        ("/100%", "/100%"),
        ("/%zz%41", "/%zzA"),
        ("/%2541", "/%2541"),
    ],
)
def test_no_escape_is_made_where_there_was_none(path: str, spelled: str) -> None:
    assert normalize(f"https://{HOST}{path}") == f"https://{HOST}{spelled}"
    assert unquote(spelled) == unquote(path)


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("utm_medium=web", ""),
        ("utm_source=a&utm_campaign=b", ""),
        ("id=4&utm_medium=web", "?id=4"),
        ("utm%5Fmedium=web&id=4&fbclid=x", "?id=4"),
        ("f[0]=type:press_release&gclid=x", "?f[0]=type:press_release"),
        ("UTM_Medium=web&a=%D0%B4+b", "?a=%D0%B4+b"),
        ("&a", "?&a"),
        ("medium=utm_web", "?medium=utm_web"),
        ("gclid", ""),
    ],
)
def test_trackers_are_taken_off_and_all_else_stays(query: str, left: str) -> None:
    assert without_tracking(f"https://{HOST}/x?{query}") == f"https://{HOST}/x{left}"


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("http://[bad/x", "malformed_address"),
        ("https://", "malformed_address"),
        ("https://office .example/x", "malformed_address"),
        (f"https://{HOST}:99999/x", "malformed_address"),
        (f"https://{HOST}", "malformed_address"),
        (f"https://{HOST}/д", "malformed_address"),
        (f"https://{HOST}\\x", "malformed_address"),
        ("", "malformed_address"),
        ("news/x", "malformed_address"),
        (f"file://{HOST}/etc/passwd", "other_scheme"),
        ("file:///etc/passwd", "other_scheme"),
        (f"ftp://{HOST}/x", "other_scheme"),
        ("javascript:alert(1)", "other_scheme"),
        ("data:text/html,x", "other_scheme"),
        (f"https://clerk@{HOST}/x", "user_in_address"),
        (f"https://:secret@{HOST}/x", "user_in_address"),
        ("https://elsewhere.example/x", "other_host"),
        (f"https://{HOST}:8443/x", "other_host"),
        (f"https://{HOST}./x", "other_host"),
        (f"https://www.{HOST}/x", "other_host"),
        ("https://files.office.example/x", "other_host"),
        (f"https://{HOST}/%00", "broken_address"),
        (f"https://{HOST}/a%0d%0aHost:%20x", "broken_address"),
        (f"https://{HOST}/\ud800", "broken_address"),
        (f"https://{HOST}/{'x' * 2000}", "long_address"),
    ],
)
def test_the_door_refuses_with_the_rule(url: str, rule: str) -> None:
    refusal = check_address(url, HOSTS)
    assert refusal
    assert refusal.rule == rule


@pytest.mark.parametrize(
    "url",
    [
        f"https://{HOST}/x",
        f"http://{HOST}/x?a=b",
        "https://files.office.example:8443/x",
        f"https://{HOST}/@evil.example",
        f"https://{HOST}//evil.example/x",
    ],
)
def test_the_door_lets_in_what_is_the_office_s(url: str) -> None:
    assert check_address(url, HOSTS) is None


def test_a_host_may_be_declared_in_its_own_letters() -> None:
    assert check_address(resolve("https://прокуратура.рф/дело"), ("Прокуратура.РФ",)) is None
    assert host("Прокуратура.РФ") == "xn--80aa2apegcbrhd.xn--p1ai"
    assert check_address(resolve("https://прокуратура.example/x"), ("прокуратура.рф",))


@pytest.mark.parametrize(
    ("header", "path"),
    [
        ("/news/2024/д".encode(), "/news/2024/%D0%B4"),
        ("/jos\xe9".encode("latin-1"), "/jos%E9"),
        (b"/a b?c=%d0", "/a%20b?c=%d0"),
        ("x\u2013y.pdf".encode(), "/news/2024/x%E2%80%93y.pdf"),
        (b"\\\\office.example\\x", "/x"),
    ],
)
def test_a_redirect_leads_to_the_bytes_that_it_names(header: bytes, path: str) -> None:
    assert location(header, BASE) == f"https://{HOST}{path}"


def test_what_is_shown_of_an_address_is_short_and_can_be_printed() -> None:
    assert printable("http://[\x1b[2J\0") == "http://[\ufffd[2J\ufffd"
    assert len(printable("x" * 5000)) < 200
