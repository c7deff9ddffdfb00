"""Old and new markup side by side: a redesign may come in the middle of a run, and the archive
keeps pages of every layout there was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from corpus.errors import PageError
from corpus.reading.page import Page
from corpus.release import Draft


@dataclass(frozen=True)
class Layout:
    """One markup that an office's release pages have, or had.

    `mark`: a selector of what its template puts on every page, and no newer template does.
    `silent`: facts that this layout never states; what was known of them stays as it is.
    """

    name: str
    mark: str
    release: Callable[[Page], Draft]
    silent: frozenset[str] = frozenset()


class Layouts:
    """A route's `release` where there are several layouts: `Layouts(newest, ..., oldest)`."""

    def __init__(self, *layouts: Layout) -> None:
        self.layouts = layouts

    def __call__(self, page: Page) -> Draft:
        """Read a release by the newest layout whose mark the page bears; the draft tells which."""
        soup = page.soup()
        for layout in self.layouts:
            if soup.select_one(layout.mark):
                return replace(layout.release(page), layout=layout.name)
        names = ", ".join(layout.name for layout in self.layouts)
        raise PageError(f"{page.url} bears the mark of no known layout ({names}).")
