"""A body's chunks and content encodings: in goes it as it came, out it comes as a reader reads it,
and never more of it than allowed.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from typing import Protocol

import brotli
import zstandard

GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
# So little at a time that the most packed input cannot fill memory before its size is looked at.
STEP_BYTES = 256
PIECE_BYTES = 1 << 20
# What browsers allow (RFC 9659).
ZSTD_WINDOW = 1 << 23
# More are no office's, but an attempt to multiply.
MOST_ENCODINGS = 5
CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r\n")


class TooLargeError(ValueError):
    """A body is larger than allowed, once it is unpacked."""


class _Stream(Protocol):
    """What zlib and zstandard unpack one stream with."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, /) -> bytes: ...


def unchunked(raw: bytes) -> bytes:
    """A body without the sizes of its chunks (RFC 9112, section 7.1). Raises ValueError.

    What does not begin with a size stays as it is: many archives keep the joined body beside the
    header that says otherwise.
    """
    pieces: list[bytes] = []
    at = 0
    while size := CHUNK_SIZE.match(raw, at):
        at = size.end() + int(size[1], 16)
        if at == size.end():
            return b"".join(pieces)
        pieces.append(raw[size.end() : at])
        at += len(b"\r\n")
    if pieces:
        raise ValueError("its last chunk is missing")
    return raw


def decoded(raw: bytes, encodings: str, most: int | None = None) -> bytes:
    """A body with the content encodings undone that a header lists, the last one first.

    As with chunks, what does not begin as its encoding does stays as it is; so does what an unknown
    encoding packed. Raises ValueError where a body breaks off, TooLargeError beyond `most` bytes.
    """
    names = [name.strip().lower() for name in encodings.split(",")]
    known = [DECODERS[name] for name in reversed(names) if name in DECODERS]
    if len(known) > MOST_ENCODINGS:
        raise ValueError(f"it is packed {len(known)} times")
    try:
        for decode in known:
            raw = decode(raw, most)
    except (zlib.error, zstandard.ZstdError) as error:
        raise ValueError(f"its packing is broken: {error}") from error
    return raw


def _gunzip(raw: bytes, most: int | None) -> bytes:
    return _streams(raw, GZIP, lambda: zlib.decompressobj(wbits=31), most)


def _unzstd(raw: bytes, most: int | None) -> bytes:
    unpack = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW)
    return _streams(raw, ZSTD, unpack.decompressobj, most)


def _streams(raw: bytes, magic: bytes, make: Callable[[], _Stream], most: int | None) -> bytes:
    """All streams that stand one behind another; what follows them is ignored, as browsers do."""
    if not raw.startswith(magic):
        return raw
    out, at = bytearray(), 0
    while raw.startswith(magic, at):
        at = _unpack(raw, at, make(), out, most)
    return bytes(out)


def _unpack(raw: bytes, at: int, stream: _Stream, out: bytearray, most: int | None) -> int:
    """Unpack the stream that begins there behind what was unpacked before it; where it ends."""
    while not stream.eof:
        piece = raw[at : at + STEP_BYTES]
        if not piece:
            raise ValueError("it breaks off")
        out += stream.decompress(piece)
        _check_size(out, most)
        at += len(piece)
    return at - len(stream.unused_data)


def _inflate(raw: bytes, most: int | None) -> bytes:
    """As RFC 9110 says, with zlib's header, or without it as some servers do."""
    for wbits in (15, -15):
        out = bytearray()
        try:
            _unpack(raw, 0, zlib.decompressobj(wbits=wbits), out, most)
        except TooLargeError:
            raise
        except (zlib.error, ValueError):
            continue
        return bytes(out)
    return raw


def _unbrotli(raw: bytes, most: int | None) -> bytes:
    unpack, out, piece = brotli.Decompressor(), bytearray(), raw
    try:
        while not unpack.is_finished():
            found = unpack.process(piece, output_buffer_limit=PIECE_BYTES)
            if not found and not unpack.is_finished():
                break
            out += found
            _check_size(out, most)
            piece = b""
        else:
            return bytes(out)
    except brotli.error:
        pass
    if _is_text(raw):  # brotli has no magic number that would tell
        return raw
    raise ValueError("its packing is broken, or breaks off")


def _is_text(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _check_size(out: bytearray, most: int | None) -> None:
    if most is not None and len(out) > most:
        raise TooLargeError(f"it is larger than {most:,} bytes, unpacked")


DECODERS = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
