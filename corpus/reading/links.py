"""Checks the addresses of a draft's files and translations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from corpus.issue import Issue
from corpus.reading.address import check_address, resolve
from corpus.release import Alternate, Attachment, Draft

AnyLink = TypeVar("AnyLink", Attachment, Alternate)


def acceptable_links(draft: Draft, hosts: tuple[str, ...]) -> tuple[Draft, list[Issue]]:
    """A draft without files and translations of unacceptable addresses, and why those are refused.
    A translation must be on one of the office's hosts; a file may be on any host, and its address
    is checked again before it is fetched.
    """
    refused: list[Issue] = []
    accepted = replace(
        draft,
        attachments=list(_accept(draft.attachments, None, refused)),
        alternates=list(_accept(draft.alternates, hosts, refused)),
    )
    return accepted, refused


def _accept(
    links: Iterable[AnyLink], hosts: tuple[str, ...] | None, refused: list[Issue]
) -> Iterator[AnyLink]:
    for link in links:
        url = resolve(link.url)
        if refusal := check_address(url, hosts):
            refused.append(refusal)
        else:
            yield replace(link, url=url)
