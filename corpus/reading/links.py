"""The files and translations that a draft names: those whose addresses may be kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from corpus.issue import Issue
from corpus.reading.address import check_address, resolve
from corpus.release import Alternate, Attachment, Draft

Link = TypeVar("Link", Attachment, Alternate)


def acceptable_links(draft: Draft, hosts: tuple[str, ...]) -> tuple[Draft, list[Issue]]:
    """A draft with those files and translations whose addresses may be kept, and why others may
    not. A translation is on one of the office's hosts; a file may be on any, and its address is
    judged again before it is fetched.
    """
    refused: list[Issue] = []
    kept = replace(
        draft,
        attachments=list(_accepted(draft.attachments, None, refused)),
        alternates=list(_accepted(draft.alternates, hosts, refused)),
    )
    return kept, refused


def _accepted(
    links: Iterable[Link], hosts: tuple[str, ...] | None, refused: list[Issue]
) -> Iterator[Link]:
    for link in links:
        url = resolve(link.url)
        if refusal := check_address(url, hosts):
            refused.append(refusal)
        else:
            yield replace(link, url=url)
