"""What reports list: issues with pages, drafts and addresses; findings of checks."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Issue:
    """An issue with a page, draft or address: the rule's name, and the reason in a sentence."""

    url: str
    rule: str
    reason: str


@dataclass(frozen=True)
class Finding:
    """What a check found, in a sentence; how to repair it. A remark does not fail the check."""

    sentence: str
    repair: Callable[[], str] | None = None
    is_remark: bool = False
