"""Decodes bodies, up to an allowed size, and makes and reads their digests."""

import hashlib
import re
import zlib
from base64 import b32decode, b64decode
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Protocol

import brotli
import zstandard

GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
# Small steps, so that highly compressed input is stopped before it fills memory.
STEP_BYTES = 256
PIECE_BYTES = 1 << 20
# What browsers allow (RFC 9659).
ZSTD_WINDOW = 1 << 23
# More than an office would use: an attack that multiplies the size.
MOST_ENCODINGS = 5
CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r\n")
# An algorithm in lower case, and the digest of a body.
Digest = tuple[str, bytes]


class TooLargeError(ValueError):
    """A body is larger than allowed when decompressed."""


class _Stream(Protocol):
    """A decompressor of zlib or zstandard for one stream."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, /) -> bytes: ...


def join_chunks(raw: bytes) -> bytes:
    """Join the chunks of a body (RFC 9112, section 7.1). Raises ValueError.

    A body that does not begin with a chunk size stays as it is: many archives store the joined body
    with the original header.
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


def decode_content(raw: bytes, encodings: str, max_bytes: int | None = None) -> bytes:
    """Remove the content encodings that a header lists, the last one first.

    A body that does not begin like its encoding stays as it is; so does one in an unknown encoding.
    Raises ValueError where a body is incomplete, TooLargeError beyond `max_bytes`.
    """
    names = [name.strip().lower() for name in encodings.split(",")]
    known = [DECODERS[name] for name in reversed(names) if name in DECODERS]
    if len(known) > MOST_ENCODINGS:
        raise ValueError(f"it is compressed {len(known)} times")
    try:
        for decode in known:
            raw = decode(raw, max_bytes)
    except (zlib.error, zstandard.ZstdError) as error:
        raise ValueError(f"its compression is invalid: {error}") from error
    return raw


def _gunzip(raw: bytes, max_bytes: int | None) -> bytes:
    return _streams(raw, GZIP, lambda: zlib.decompressobj(wbits=31), max_bytes)


def _unzstd(raw: bytes, max_bytes: int | None) -> bytes:
    unpack = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW)
    return _streams(raw, ZSTD, unpack.decompressobj, max_bytes)


def _streams(raw: bytes, magic: bytes, make: Callable[[], _Stream], max_bytes: int | None) -> bytes:
    """Decompress consecutive streams; ignore what follows them, as browsers do."""
    if not raw.startswith(magic):
        return raw
    out, at = bytearray(), 0
    while raw.startswith(magic, at):
        at = _unpack(raw, at, make(), out, max_bytes)
    return bytes(out)


def _unpack(raw: bytes, at: int, stream: _Stream, out: bytearray, max_bytes: int | None) -> int:
    """Decompress the stream at an offset and append it to `out`; return where it ends."""
    while not stream.eof:
        piece = raw[at : at + STEP_BYTES]
        if not piece:
            raise ValueError("it is incomplete")
        out += stream.decompress(piece)
        _check_size(out, max_bytes)
        at += len(piece)
    return at - len(stream.unused_data)


def _inflate(raw: bytes, max_bytes: int | None) -> bytes:
    """Inflate with zlib's header (RFC 9110), or without it, as some servers send it."""
    for wbits in (15, -15):
        out = bytearray()
        try:
            _unpack(raw, 0, zlib.decompressobj(wbits=wbits), out, max_bytes)
        except TooLargeError:
            raise
        except (zlib.error, ValueError):
            continue
        return bytes(out)
    return raw


def _unbrotli(raw: bytes, max_bytes: int | None) -> bytes:
    unpack, out, piece = brotli.Decompressor(), bytearray(), raw
    try:
        while not unpack.is_finished():
            decoded = unpack.process(piece, output_buffer_limit=PIECE_BYTES)
            if not decoded and not unpack.is_finished():
                break
            out += decoded
            _check_size(out, max_bytes)
            piece = b""
        else:
            return bytes(out)
    except brotli.error:
        pass
    try:
        raw.decode()  # brotli has no magic number that would tell
    except UnicodeDecodeError:
        raise ValueError("its compression is invalid or incomplete") from None
    return raw


def _check_size(out: bytearray, max_bytes: int | None) -> None:
    if max_bytes is not None and len(out) > max_bytes:
        raise TooLargeError(f"it is larger than {max_bytes:,} bytes when decompressed")


DECODERS = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}


def make_digest(algorithm: str, body: bytes) -> Digest:
    """A body's digest. Raises ValueError where there is no such algorithm."""
    return algorithm.lower(), hashlib.new(algorithm, body, usedforsecurity=False).digest()


def read_digest(stated: str) -> Digest | None:
    """Read a WARC digest, in any encoding that tools use; None where it is invalid."""
    algorithm, _, value = stated.partition(":")
    for decode in (bytes.fromhex, partial(b32decode, casefold=True), b64decode):
        with suppress(ValueError):
            digest = decode(value)
            if len(digest) == hashlib.new(algorithm, usedforsecurity=False).digest_size:
                return algorithm.lower(), digest
    return None
