"""What may not enter, as reports and the catalog keep it: the rule that tripped, and why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Issue:
    """A page, draft or address that may not enter: the rule that tripped, and why in a sentence."""

    url: str
    rule: str
    reason: str
