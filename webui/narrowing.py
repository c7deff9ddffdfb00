"""What a page's releases are narrowed to: one chip for each chosen value, which takes it away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from indexer.engine import FACETS
from webui.params import Asked

DAYS = "days"


@dataclass(frozen=True)
class Chip:
    """A chosen value of a facet, or the range of days, and the page without it."""

    facet: str
    value: str
    link: str


def chips(asked: Asked, endpoint: str, **more: Any) -> list[Chip]:
    """The chips of a page that has more arguments than the state."""
    found = [
        Chip(facet, value, asked.toggled(facet, value).link(endpoint, **more))
        for facet in FACETS
        for value in asked.filters.values(facet)
    ]
    if asked.filters.since or asked.filters.until:
        found.append(Chip(DAYS, "", asked.without_days().link(endpoint, **more)))
    return found
