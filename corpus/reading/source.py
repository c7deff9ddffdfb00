"""The declaration of an office: its routes, each with two pure reading functions, and the layouts
of its pages, past ones included, since the archive has them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

from corpus.errors import OfficeError, PageError
from corpus.reading.page import Page
from corpus.release import Draft
from corpus.tls import BrokenChain


@dataclass(frozen=True)
class Link:
    """A release that a listing links to; `published` where the listing states it."""

    url: str
    published: date | None = None


@dataclass(frozen=True)
class Listing:
    """A page of a listing: links to releases, or releases themselves, and the next page's URL.

    `total`: how many releases are on all its pages, where it says so.
    """

    links: list[Link] = field(default_factory=list)
    next: str | None = None
    drafts: list[Draft] = field(default_factory=list)
    total: int | None = None


@dataclass(frozen=True)
class Layout:
    """A markup that an office's release pages have, or had.

    `mark`: a selector for what its template puts on every page, and no newer template does.
    `silent`: facts that this layout never states; known values stay.
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
        """Read a release by the newest layout whose mark is on the page; the draft names it."""
        soup = page.soup()
        for layout in self.layouts:
            if soup.select_one(layout.mark):
                return replace(layout.release(page), layout=layout.name)
        names = ", ".join(layout.name for layout in self.layouts)
        raise PageError(
            f"{page.url} has the mark of no known layout ({names}); the layout may have changed."
        )


@dataclass(frozen=True)
class Route:
    """One way to read an office. `links` and `release` are pure: no network, no clock, no logging.

    `languages`: the listing is walked once for each, by Accept-Language; empty where the URL
    decides.
    `silent`: facts that this route never states; values from another route stay.
    `release` is one function, or `Layouts` where old and new markup coexist.
    `is_release` tells a release's address from a listing's, where one could be read as the other.
    `newer`: for an office with one listing page a year, the pages newer than `start`, newest first,
    on a given day; the newest may not exist yet.
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
        """Whether everything is requested by https, as for all offices that support it."""
        return self.start.startswith("https:")

    @property
    def layouts(self) -> tuple[Layout, ...]:
        """The layouts of its releases, newest first; none where there is only one."""
        return self.release.layouts if isinstance(self.release, Layouts) else ()

    def reader(self, draft: Draft) -> str:
        """The reader of a draft, as in provenance after the office: route, or route/layout."""
        return f"{self.name}/{draft.layout}" if draft.layout else self.name

    def silent_on(self, draft: Draft) -> frozenset[str]:
        """The facts that neither this route nor the draft's layout ever states."""
        return self.silent.union(*(e.silent for e in self.layouts if e.name == draft.layout))

    def starts(self, today: date) -> list[str]:
        """The pages at which walks start: the newer ones, then `start`."""
        return [*(self.newer(today) if self.newer else ()), self.start]


@dataclass(frozen=True)
class Source:
    """One office; its name is the stem of the file that declares it, its first route the default.

    `version` counts improvements of its readers. `gives_dates` is False for an office that
    publishes no dates. `is_sample` marks the invented offices that come with the program; they are
    crawled only by name. `broken_chains` are hosts whose certificate is declared here.
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
        raise OfficeError(f"{self.title} has no route {name!r}. Its routes are: {names}.")
