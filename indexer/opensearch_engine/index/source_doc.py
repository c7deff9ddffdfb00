"""A release as the cluster keeps it: what its lines show, and the texts that are read again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Stored:
    """What is read of a release: `body` with an empty line between two paragraphs, `alternates` as
    in `Document`.
    """

    id: str
    office: str
    language: str
    published: date | None
    url: str
    title: str
    body: str
    alternates: tuple[str, ...] = ()


# Ids -> the releases that are held of them, in any order.
Fetch = Callable[[Sequence[str]], Iterable[Stored]]
