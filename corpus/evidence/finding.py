"""What a check finds: told in a sentence, and mended where it can be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What is wrong, in a sentence; `repair`, where there is one, mends it and says what it did.

    A remark is known, shown to readers too where it concerns them, and nothing is at odds.
    """

    sentence: str
    repair: Callable[[], str] | None = None
    is_remark: bool = False
