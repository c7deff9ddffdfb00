"""Bytes are text as browsers decode them: mark, header, the page's own word, and U+FFFD."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.reading.charset import decode
from corpus.reading.page import Page

DEFECTS = Path(__file__).parents[2] / "pages" / "defects"
CURLY = "“The clerk’s ledger – all of it”"
RUSSIAN, THAI, JAPANESE = "Прокурор", "อัยการ", "検察庁①"


def page(declaration: str, text: str, encoding: str) -> bytes:
    return (declaration + "<h1>").encode() + text.encode(encoding) + b"</h1>"


@pytest.mark.parametrize(
    ("label", "text", "encoding"),
    [
        ("iso-8859-1", CURLY, "cp1252"),
        ("latin1", CURLY, "cp1252"),
        ("ISO8859-1", CURLY, "cp1252"),
        ("us-ascii", CURLY, "cp1252"),
        ("iso-8859-9", "İ’", "cp1254"),
        ("x-sjis", JAPANESE, "cp932"),
        ("shift_jis", JAPANESE, "cp932"),
        ("windows-874", THAI, "cp874"),
        ("tis-620", THAI, "cp874"),
        ("iso-8859-8-i", "התובע", "iso8859-8"),
        ("koi8-r", RUSSIAN, "koi8-r"),
        ("x-cp1251", RUSSIAN, "cp1251"),
        ("x-mac-cyrillic", RUSSIAN, "mac-cyrillic"),
        ("ks_c_5601-1987", "검찰청", "cp949"),
        ("gb2312", "检察院镕", "gb18030"),
        ("big5", "檢察署", "big5hkscs"),
        # No page whose declaration is read as ASCII can be in these.
        ("utf-16", RUSSIAN, "utf-8"),
        ("utf-16le", RUSSIAN, "utf-8"),
        ("x-user-defined", CURLY, "cp1252"),
        # No labels: as if nothing were declared.
        ("x-none", RUSSIAN, "utf-8"),
        ("utf8mb4", RUSSIAN, "utf-8"),
        ("", RUSSIAN, "utf-8"),
    ],
)
def test_a_declared_label_means_what_browsers_take_it_for(
    label: str, text: str, encoding: str
) -> None:
    found = decode(page(f'<meta charset="{label}">', text, encoding), "text/html")
    assert f"<h1>{text}</h1>" in found.text
    assert found.undecodable == 0


@pytest.mark.parametrize(
    "declaration",
    [
        "<meta charset=windows-1251>",
        "<META CHARSET='Windows-1251' >",
        "<meta\ncharset\n=\n'cp1251'/>",
        "<meta name=a content='charset=utf-8'><meta charset=windows-1251>",
        "<meta http-equiv='Content-Type' content='text/html; charset=windows-1251'>",
        "<meta content='text/html;charset=\"windows-1251\"' http-equiv=content-type>",
        "<!-- <meta charset=utf-8> --><meta charset=windows-1251>",
        "<meta charset=x-none><meta charset=windows-1251>",
        "<meta charset=windows-1251><meta charset=utf-8>",
        "<?xml version='1.0' encoding='utf-8'?><meta charset=windows-1251>",
        "<?xml version='1.0' encoding='iso-8859-1'?><meta charset=windows-1251>",
        "<?xml version='1.0' encoding='windows-1251'?><html>",
    ],
)
def test_a_page_declares_its_encoding_in_many_ways(declaration: str) -> None:
    body = page(declaration, RUSSIAN, "windows-1251")
    assert RUSSIAN in decode(body, "text/html").text


def test_in_html_the_meta_wins_over_the_xml_declaration_and_in_xml_it_does_not() -> None:
    declared = '<?xml version="1.0" encoding="iso-8859-1"?><meta charset="utf-8">'
    assert CURLY in decode(page(declared, CURLY, "utf-8"), "text/html").text
    assert CURLY in decode(page(declared, CURLY, "utf-8"), "").text
    assert CURLY in decode(page(declared, CURLY, "cp1252"), "application/xhtml+xml").text
    assert CURLY in decode(page(declared, CURLY, "cp1252"), "text/xml").text


@pytest.mark.parametrize(
    ("content_type", "encoding"),
    [
        ("text/html; charset=windows-1251", "cp1251"),
        ('text/html;charset="windows-1251"', "cp1251"),
        ("TEXT/HTML; Charset = CP1251", "cp1251"),
        ("text/html; charset=utf-16", "utf-16-le"),
        ("text/html; charset=utf-16be", "utf-16-be"),
        ("text/html; charset=x-none", "utf-8"),
        ("text/html; charset=", "utf-8"),
        ("text/html", "utf-8"),
        ("", "utf-8"),
        ("charset=\udcff", "utf-8"),
    ],
)
def test_a_charset_in_the_header_alone_is_enough(content_type: str, encoding: str) -> None:
    found = decode(f"<h1>{RUSSIAN}</h1>".encode(encoding), content_type)
    assert (found.text, found.undecodable) == (f"<h1>{RUSSIAN}</h1>", 0)


def test_the_mark_wins_over_the_header_and_the_header_over_the_page() -> None:
    declared = "<meta charset=koi8-r>"
    marked = b"\xef\xbb\xbf" + page(declared, RUSSIAN, "utf-8")
    assert RUSSIAN in decode(marked, "text/html; charset=windows-1251").text
    assert decode(marked, "").text.startswith("<meta")
    told = page(declared, RUSSIAN, "cp1251")
    assert RUSSIAN in decode(told, "text/html; charset=windows-1251").text
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        assert decode(mark + RUSSIAN.encode(encoding), "text/html; charset=utf-8").text == RUSSIAN


def test_a_declaration_counts_in_the_first_kilobyte_and_further_down_where_utf_8_fails() -> None:
    declared = "<meta charset=windows-1251>"
    for before in (1024 - len(declared), 1025):
        body = page("x" * before + declared, RUSSIAN, "windows-1251")
        assert RUSSIAN in decode(body, "").text
    late = page("x" * 1025 + declared, RUSSIAN, "utf-8")
    assert RUSSIAN in decode(late, "").text


@pytest.mark.parametrize("charset", ["", "; charset=windows-1251", "; charset=utf-8"])
def test_json_is_utf_8_whatever_html_it_carries_unless_the_header_says_otherwise(
    charset: str,
) -> None:
    encoding = "cp1251" if "1251" in charset else "utf-8"
    text = f' [{{"body": "<meta charset=koi8-r>{RUSSIAN}"}}]'
    answer = Page("u", text.encode(encoding), None, f"application/json{charset}")
    assert answer.json() == [{"body": f"<meta charset=koi8-r>{RUSSIAN}"}]
    marked = Page("u", b"\xef\xbb\xbf" + text.encode())
    assert marked.json() == answer.json()


@pytest.mark.parametrize(
    ("body", "content_type", "text", "places"),
    [
        (b"<p>All</p><footer>\xa9 2024</footer>", "", "<p>All</p><footer>\ufffd 2024</footer>", 1),
        (b"a\xff\xfeb\x80", "text/html; charset=utf-8", "a\ufffd\ufffdb\ufffd", 3),
        ("a\ufffd".encode() + b"\xff", "", "a\ufffd\ufffd", 1),
        (b"a\x81b", "text/html; charset=latin1", "a\ufffdb", 1),
        (b"\x82", "text/html; charset=x-sjis", "\ufffd", 1),
        (b"a\0\xd8", "text/html; charset=utf-16", "a\ufffd", 1),
    ],
)
def test_what_cannot_be_decoded_is_replaced_and_told(
    body: bytes, content_type: str, text: str, places: int
) -> None:
    page_ = Page("u", body, None, content_type)
    assert page_.html() == text
    assert page_.decoded.undecodable == places
    told = page_.undecodable()
    assert told
    assert f"(places: {places})" in told


def test_what_stands_in_the_page_as_u_fffd_was_decoded() -> None:
    assert Page("u", "a\ufffd".encode()).undecodable() is None
    assert Page("u", (DEFECTS / "wrong_encoding.html").read_bytes()).undecodable()


def test_a_long_page_without_a_declaration_is_looked_through_once() -> None:
    for piece in (b"<!--", b"<meta ", b"<meta a=", b'<meta a="', b"<?xml ", b"<meta charset='"):
        assert decode(piece * 200_000 + b"\xff", "").undecodable == 1


@pytest.mark.parametrize(
    "declaration", [b"<meta " + each * 64_000 for each in (b"a", b"a ", b"a=", b"='")]
)
def test_a_long_declaration_is_looked_through_once(declaration: bytes) -> None:
    """A pattern that looked for an attribute at each character would take minutes."""
    assert decode(b"\xff" + b" " * 2000 + declaration, "").encoding == "utf-8"
