"""What one office declares: its routes, each a named way in with two pure reading functions, and
the layouts of its pages: the archive keeps pages of every layout that there was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

from corpus.errors import OfficeError, PageError
from corpus.reading.page import Page
from corpus.release import Draft
from corpus.tls import BrokenChain


@dataclass(frozen=True)
class Link:
    """A release that a listing points to; `published` where the listing says it."""

    url: str
    published: date | None = None


@dataclass(frozen=True)
class Listing:
    """A page of a listing: links to releases, or releases themselves, and the next page's URL."""

    links: list[Link] = field(default_factory=list)
    next: str | None = None
    drafts: list[Draft] = field(default_factory=list)


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


@dataclass(frozen=True)
class Route:
    """One way into an office. `links` and `release` are pure: no network, no clock, no logging.

    `languages`: the listing is walked once for each, asked for by Accept-Language; empty where
    the URL decides.
    `silent`: facts that this route never states; what another route told of them stays as it is.
    `release` is one function, or `Layouts` where old and new markup stand side by side.
    `is_release` tells a release's address from a listing's, where the reader of one could make
    something of the other.
    `newer`: for an office whose listing is a page a year, the pages that may have come since
    `start`, newest first, on a given day; the newest need not be there yet.
    """

    name: str
    hosts: tuple[str, ...]
    start: str
    links: Callable[[Page], Listing]
    release: Callable[[Page], Draft]
    languages: tuple[str, ...] = ()
    silent: frozenset[str] = frozenset()
    is_release: Callable[[str], bool] | None = None
    newer: Callable[[date], list[str]] | None = None

    @property
    def https_only(self) -> bool:
        """Whether nothing is asked for by http; so for all but an office that knows no https."""
        return self.start.startswith("https:")

    @property
    def layouts(self) -> tuple[Layout, ...]:
        """The layouts its releases come in, newest first; none where it knows but one."""
        return self.release.layouts if isinstance(self.release, Layouts) else ()

    def reader(self, draft: Draft) -> str:
        """What read a draft, as provenance names it behind the office: route, or route/layout."""
        return f"{self.name}/{draft.layout}" if draft.layout else self.name

    def silent_on(self, draft: Draft) -> frozenset[str]:
        """The facts that neither this route nor the draft's layout ever states."""
        return self.silent.union(*(e.silent for e in self.layouts if e.name == draft.layout))

    def starts(self, today: date) -> list[str]:
        """Where walks begin: at `start`, and before it at each newer page not walked by then."""
        return [*(self.newer(today) if self.newer else ()), self.start]


@dataclass(frozen=True)
class Source:
    """One office; its name is the stem of the file that declares it, its first route the default.

    `version` counts improvements of its readers. `gives_dates` is False for an office that dates
    nothing. `is_sample` marks the invented offices that come with the program; they are crawled
    only by name. `broken_chains` are hosts that prove who they are by a certificate declared here.
    """

    title: str
    country: str
    languages: tuple[str, ...]
    routes: tuple[Route, ...]
    canonical: Callable[[str], str]
    version: int = 1
    gives_dates: bool = True
    is_sample: bool = False
    broken_chains: tuple[BrokenChain, ...] = ()

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts of all its routes."""
        return tuple(dict.fromkeys(host for route in self.routes for host in route.hosts))

    def route(self, name: str | None) -> Route:
        """The route of that name, or the default one. Raises OfficeError."""
        if name is None:
            return self.routes[0]
        for route in self.routes:
            if route.name == name:
                return route
        names = ", ".join(route.name for route in self.routes)
        raise OfficeError(f"{self.title} has no route {name!r}; it has {names}.")
