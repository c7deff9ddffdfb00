"""A finding of a check: a sentence, and a repair where there is one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What is wrong, in a sentence; `repair`, where there is one, repairs it and says what it did.

    A remark is for information and does not fail the check.
    """

    sentence: str
    repair: Callable[[], str] | None = None
    is_remark: bool = False
