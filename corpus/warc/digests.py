"""Digests of bodies, as WARC states them."""

from __future__ import annotations

import hashlib
from base64 import b32decode, b64decode
from contextlib import suppress
from functools import partial

# An algorithm in lower case, and the digest of a body.
Digest = tuple[str, bytes]


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
