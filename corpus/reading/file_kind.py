"""Recognizes responses that are not pages, by their first bytes or media type: in words for an
error, or None where they may be text.
"""

from __future__ import annotations

import re

DOCUMENTS = ((b"%PDF-", "a PDF file"), (b"{\\rtf", "an RTF file"))
# Offset and bytes of a file's signature, and the kind of file.
BINARIES = (
    (0, b"\xd0\xcf\x11\xe0", "a Word, Excel or PowerPoint file (doc, xls, ppt)"),
    (0, b"\x89PNG", "an image (PNG)"),
    (0, b"\xff\xd8\xff", "an image (JPEG)"),
    (0, b"GIF8", "an image (GIF)"),
    (0, b"II*\0", "an image (TIFF)"),
    (0, b"MM\0*", "an image (TIFF)"),
    (0, b"BM", "an image (BMP)"),
    (8, b"WEBP", "an image (WebP)"),
    (8, b"WAVE", "a sound (WAVE)"),
    (4, b"ftyp", "a film or sound (MP4)"),
    (0, b"ID3", "a sound (MP3)"),
    (0, b"OggS", "a sound or film (Ogg)"),
    (0, b"\x1a\x45\xdf\xa3", "a film (WebM)"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"7z\xbc\xaf", "a 7z archive"),
    (0, b"Rar!", "a rar archive"),
)
# Names near the beginning of a zip archive that is a document.
ZIPPED = (
    (b"word/", "a Word document (docx)"),
    (b"xl/", "an Excel workbook (xlsx)"),
    (b"ppt/", "a PowerPoint presentation (pptx)"),
    (b"opendocument", "an OpenDocument file"),
    (b"epub", "an e-book (EPUB)"),
)
# Bytes that no text has (WHATWG MIME Sniffing, "binary data byte"), except in UTF-16.
BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
TEXTUAL = re.compile(r"(text/|.*[/+](json|xml|javascript|ecmascript)\b)", re.IGNORECASE)
SNIFFED = 1445


def file_kind(body: bytes, content_type: str) -> str | None:
    """The kind of file of a response, where it is not a page; None where it may be one."""
    start = body[:SNIFFED].lstrip() if body[:1].isspace() else body[:SNIFFED]
    for beginning, words in DOCUMENTS:
        if start.startswith(beginning):
            return words
    if start[:1] in (b"<", b"{", b"[") or not BINARY.search(start):
        return None
    if start.startswith(b"PK\3\4"):
        return next((w for part, w in ZIPPED if part in body[:4096]), "a zip archive")
    for at, mark, words in BINARIES:
        if start.startswith(mark, at):
            return words
    stated = content_type.partition(";")[0].strip()
    if TEXTUAL.match(stated) or _is_utf_16(start, content_type):
        return None
    return f"a file of type {stated}" if stated else "a file of an unknown type"


def _is_utf_16(start: bytes, content_type: str) -> bool:
    return start[:2] in (b"\xff\xfe", b"\xfe\xff") or "utf-16" in content_type.lower()
