"""Decodes a response by the rules of browsers (WHATWG): byte order mark, HTTP header, the page's
own declaration, else UTF-8; and counts what could not be decoded.
"""

import re
from dataclasses import dataclass

import webencodings

# Browsers look for a page's own declaration in this many bytes.
PRESCANNED = 1024
BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16le"),
    (b"\xfe\xff", "utf-16be"),
)
CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s\"';,]+)", re.IGNORECASE)
XML = re.compile(r"\s*<\?xml\b[^>]*?\bencoding\s*=\s*[\"']([^\"']*)", re.IGNORECASE)
# A comment, in which nothing is declared; or the attributes of a <meta>.
META = re.compile(r"<!--.*?(?:-->|\Z)|<meta[\s/]([^>]*)", re.IGNORECASE | re.DOTALL)
ATTRIBUTE = re.compile(
    r"(?<![^\s=/\"'>])([^\s=/\"'>]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))"
)
# A page whose declaration is readable as ASCII is not in these encodings, whatever it declares.
REPLACED_DECLARATIONS = {"utf-16le": "utf-8", "utf-16be": "utf-8", "x-user-defined": "windows-1252"}
REPLACEMENT = "\ufffd"


@dataclass(frozen=True)
class DecodedText:
    """A text, its encoding, and how many places were replaced because they could not be decoded."""

    text: str
    encoding: str
    undecodable: int


def decode(body: bytes, content_type: str) -> DecodedText:
    """Decode a body; U+FFFD replaces what is invalid in its encoding."""
    for mark, marked in BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return _decode(body[len(mark) :], marked)
    name = stated_encoding(content_type) or _declared_encoding(body[:PRESCANNED], content_type)
    decoded = _decode(body, name or "utf-8")
    # Like browsers, which start again when they find a declaration further down.
    later_name = (
        _declared_encoding(body, content_type) if decoded.undecodable and not name else None
    )
    return _decode(body, later_name) if later_name else decoded


def _decode(body: bytes, name: str) -> DecodedText:
    encoding = webencodings.lookup(name)
    assert encoding
    try:
        return DecodedText(encoding.codec_info.decode(body, "strict")[0], name, 0)
    except UnicodeError:
        text = encoding.codec_info.decode(body, "replace")[0]
        genuine = body.count(REPLACEMENT.encode()) if name == "utf-8" else 0
        return DecodedText(text, name, max(1, text.count(REPLACEMENT) - genuine))


def stated_encoding(words: str) -> str | None:
    """The encoding in a media type, if its label is known."""
    match = CHARSET.search(words)
    return _encoding_name(match[1]) if match else None


def _encoding_name(label: str) -> str | None:
    """An encoding's name by one of its labels, of which browsers know about 200."""
    encoding = webencodings.lookup(label) if label.isascii() else None
    return encoding.name if encoding else None


def _declared_encoding(body: bytes, content_type: str) -> str | None:
    """The encoding that a body declares; in HTML, an XML declaration counts last."""
    if body.lstrip()[:1] in (b"{", b"["):
        return None  # JSON is UTF-8 (RFC 8259), and may contain HTML that declares something else
    start = body.decode("latin-1")
    is_xml = bool(re.search(r"[/+]xml\b", content_type, re.IGNORECASE))
    stated = (_in_xml, _in_meta) if is_xml else (_in_meta, _in_xml)
    name = stated[0](start) or stated[1](start)
    return REPLACED_DECLARATIONS.get(name, name) if name else None


def _in_xml(start: str) -> str | None:
    match = XML.match(start)
    return _encoding_name(match[1]) if match else None


def _in_meta(start: str) -> str | None:
    for meta in META.finditer(start):
        attributes: dict[str, str] = {}
        for name, *values in ATTRIBUTE.findall(meta[1] or ""):
            attributes.setdefault(name.lower(), "".join(values))
        is_type = attributes.get("http-equiv", "").strip().lower() == "content-type"
        encoding = _encoding_name(attributes.get("charset", "")) or (
            stated_encoding(attributes.get("content", "")) if is_type else None
        )
        if encoding:
            return encoding
    return None
