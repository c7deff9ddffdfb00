"""Issues: why a page, draft or address was refused, or is odd."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Issue:
    """An issue with a page, draft or address: the rule's name, and the reason in a sentence."""

    url: str
    rule: str
    reason: str
