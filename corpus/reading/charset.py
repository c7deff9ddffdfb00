"""A response's bytes as text, by the rules that browsers follow (WHATWG): byte order mark, HTTP
header, the page's own declaration, else UTF-8; and what could not be decoded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import webencodings

# Browsers look for a page's own declaration in so many bytes.
PRESCANNED = 1024
BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16le"),
    (b"\xfe\xff", "utf-16be"),
)
CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s\"';,]+)", re.IGNORECASE)
XML = re.compile(r"\s*<\?xml\b[^>]*?\bencoding\s*=\s*[\"']([^\"']*)", re.IGNORECASE)
# A comment, so that what stands in one declares nothing; or the attributes of a <meta>.
META = re.compile(r"<!--.*?(?:-->|\Z)|<meta[\s/]([^>]*)", re.IGNORECASE | re.DOTALL)
ATTRIBUTE = re.compile(
    r"(?<![^\s=/\"'>])([^\s=/\"'>]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))"
)
# A page whose declaration can be read as ASCII is in none of these, whatever it declares.
NOT_DECLARABLE = {"utf-16le": "utf-8", "utf-16be": "utf-8", "x-user-defined": "windows-1252"}
REPLACEMENT = "\ufffd"


@dataclass(frozen=True)
class Decoded:
    """A text, the name of the encoding it was read in, and how many places it had to replace."""

    text: str
    encoding: str
    undecodable: int


def decode(body: bytes, content_type: str) -> Decoded:
    """A body as text; U+FFFD stands for what its encoding does not have."""
    for mark, marked in BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return _decode(body[len(mark) :], marked)
    name = stated_encoding(content_type) or _own(body[:PRESCANNED], content_type)
    found = _decode(body, name or "utf-8")
    # As browsers do, which begin anew when they meet a declaration further down.
    late = _own(body, content_type) if found.undecodable and not name else None
    return _decode(body, late) if late else found


def _decode(body: bytes, name: str) -> Decoded:
    found = webencodings.lookup(name)
    assert found
    try:
        return Decoded(found.codec_info.decode(body, "strict")[0], name, 0)
    except UnicodeError:
        text = found.codec_info.decode(body, "replace")[0]
        genuine = body.count(REPLACEMENT.encode()) if name == "utf-8" else 0
        return Decoded(text, name, max(1, text.count(REPLACEMENT) - genuine))


def stated_encoding(words: str) -> str | None:
    """The encoding that a media type names by a label that there is."""
    found = CHARSET.search(words)
    return _name(found[1]) if found else None


def _name(label: str) -> str | None:
    """An encoding's name by one of its labels, of which browsers know some 200."""
    found = webencodings.lookup(label) if label.isascii() else None
    return found.name if found else None


def _own(body: bytes, content_type: str) -> str | None:
    """What a body declares itself; in HTML, what is written as for XML counts last."""
    if body.lstrip()[:1] in (b"{", b"["):
        return None  # JSON is UTF-8 (RFC 8259), and may hold HTML that declares something else
    start = body.decode("latin-1")
    is_xml = bool(re.search(r"[/+]xml\b", content_type, re.IGNORECASE))
    stated = (_in_xml, _in_meta) if is_xml else (_in_meta, _in_xml)
    name = stated[0](start) or stated[1](start)
    return NOT_DECLARABLE.get(name, name) if name else None


def _in_xml(start: str) -> str | None:
    found = XML.match(start)
    return _name(found[1]) if found else None


def _in_meta(start: str) -> str | None:
    for meta in META.finditer(start):
        attributes: dict[str, str] = {}
        for name, *values in ATTRIBUTE.findall(meta[1] or ""):
            attributes.setdefault(name.lower(), "".join(values))
        is_type = attributes.get("http-equiv", "").strip().lower() == "content-type"
        found = _name(attributes.get("charset", "")) or (
            stated_encoding(attributes.get("content", "")) if is_type else None
        )
        if found:
            return found
    return None
