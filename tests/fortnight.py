"""The script of a fortnight at an office, and the oracle: what must be known of it at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from tests.faulty_site import (
    Fault,
    after,
    bomb,
    endless,
    first,
    late,
    status,
    torn,
    understated,
    wall,
)
from tests.newsroom import Newsroom, Stated

GONE_VISITS = 3
ANY, NONE = ".", "^$"


@dataclass
class Day:
    """What goes wrong on a day, what the run says of it, and the pattern of the releases whose true
    answer cannot be had.
    """

    faults: Sequence[tuple[str, Fault]] = ()
    says: str = ""
    unseen: str = NONE
    is_reachable: bool = True


@dataclass
class Known:
    """What must be known of one release, from the answers that the office truly gave."""

    versions: list[Stated] = field(default_factory=list)
    misses: list[date] = field(default_factory=list)
    history: list[tuple[str, date, int]] = field(default_factory=list)

    @property
    def gone_since(self) -> date | None:
        return self.misses[0] if len(self.misses) >= GONE_VISITS else None

    def meet(self, found: Stated | int, today: date) -> None:
        """A visit: what the release stated then, or the status of an address that had none."""
        if isinstance(found, int):
            self.misses += [today] if self.versions else []
            if len(self.misses) == GONE_VISITS:
                self._note("gone", today)
            return
        was_gone = self.gone_since
        self.misses.clear()
        if found not in self.versions[-1:]:
            self.versions.append(found)
            self._note("changed" if len(self.versions) > 1 else "new", today)
        if was_gone:
            self._note("back", today)

    def _note(self, kind: str, today: date) -> None:
        self.history.append((kind, today, len(self.versions)))


class Fortnight:
    """A first day and fourteen more. Releases are told apart by letters; `news` come later."""

    def __init__(self, room: Newsroom) -> None:
        self.room = room
        paths = list(room.written)
        self.news, self.rest = paths[:6][::-1], paths[6:]
        self.a, self.b, self.c, self.d, self.e, self.f, self.g, self.h, self.i, self.j = paths[6:16]

    def days(self) -> Iterator[Day]:
        """Each day in turn, once the office has done what it does on it."""
        yield self.first_day()
        yield self.edits()
        yield self.removals()
        yield self.wall_with_status_200()
        yield self.wall_with_status_403()
        yield self.moving_house()
        yield self.storm_of_429()
        yield self.nobody_there()
        yield self.server_down()
        yield self.lost_pages()
        yield self.broken_answers()
        yield self.empty_listing()
        yield self.unknown_layout()
        yield self.known_layout_again()
        yield self.storm_without_end()

    def first_day(self) -> Day:
        self.room.publish(*reversed(self.rest))
        return Day()

    def edits(self) -> Day:
        self.room.publish(self.news[0])
        self.room.retitle(self.a, "Title, Amended")
        self.room.lengthen(self.b, "A correction: the sum was smaller.")
        self.room.redate(self.c, -1)
        self.room.tag(self.d, "Corrections")
        return Day()

    def removals(self) -> Day:
        """Under another headline in the sidebar, which makes every page another."""
        self.room.layout = boilerplate("Director Speaks at Conference")
        self.room.publish(self.news[1])
        self.room.remove(self.e, 404)
        self.room.remove(self.f, 410, is_listed=False)
        self.room.remove(self.g, 404)
        return Day()

    def wall_with_status_200(self) -> Day:
        self.room.put_back(self.g)
        self.room.retitle(self.h, "Title, Amended Behind a Wall")
        return Day([(ANY, wall())], "a bot check", ANY)

    def wall_with_status_403(self) -> Day:
        return Day([(ANY, wall(403))], "status 403", ANY)

    def moving_house(self) -> Day:
        self.room.layout = new_house
        self.room.publish(self.news[2])
        return Day()

    def storm_of_429(self) -> Day:
        self.room.lengthen(self.a, "A second correction.")
        # Missing for two visits again: with the one before that makes three, but not in a row.
        self.room.remove(self.g, 404)
        once = [first(1, status(429, Retry_After="1")) for _ in range(3)]
        return Day(list(zip(("^/news", f"{self.a}$", f"{self.b}$"), once, strict=True)))

    def nobody_there(self) -> Day:
        return Day(says="cannot be fetched", unseen=ANY, is_reachable=False)

    def server_down(self) -> Day:
        return Day([(ANY, status(503))], "cannot be fetched", ANY)

    def lost_pages(self) -> Day:
        """The listing stands, and not one page that it names."""
        return Day([("^/opa", status(404))], "(vanished)", ANY)

    def broken_answers(self) -> Day:
        """The releases with a broken answer are edited on the same day, and two others."""
        self.room.put_back(self.e)
        broken = [self.a, self.b, self.c, self.d, self.j]
        for number, path in enumerate([*broken, self.h, self.i]):
            self.room.lengthen(path, f"Correction number {number}.")
        ways = (torn, understated, endless(200), bomb(200), late(60))
        faults = [(f"{path}$", way) for path, way in zip(broken, ways, strict=True)]
        return Day([*faults, (f"{self.h}$", late(0.5))], unseen="|".join(p + "$" for p in broken))

    def empty_listing(self) -> Day:
        self.room.lists = False
        self.room.retitle(self.i, "Title, Amended While Nothing Was Listed")
        return Day(says="nothing matches", unseen=ANY)

    def unknown_layout(self) -> Day:
        self.room.lists, self.room.layout = True, unknown_house
        self.room.put_back(self.f)
        self.room.retitle(self.f, "Title, Amended Before It Returned")
        return Day(says="(refusals)", unseen=ANY)

    def known_layout_again(self) -> Day:
        self.room.layout = new_house
        self.room.put_back(self.g)
        self.room.publish(self.news[3], self.news[4])
        return Day()

    def storm_without_end(self) -> Day:
        """The one release that is asked for first can be had, then the office has had enough."""
        self.room.publish(self.news[5])
        self.room.redate(self.c, +1)
        self.room.remove(self.j, 410)
        enough = after(1, status(429, Retry_After="3600"))
        return Day([("^/opa", enough)], "asks for 3,600 s", f"^(?!{self.news[5]}$)")


def boilerplate(headline: str) -> Callable[[str], str]:
    """The layout with another headline in the sidebar and another line in the footer."""

    def layout(html: str) -> str:
        html = html.replace("</aside>", f"<h3>{headline}</h3></aside>")
        return html.replace("</footer>", f"<p>See also: {headline}</p></footer>")

    return layout


def new_house(html: str) -> str:
    """Another theme around the releases, other inline markup within, the same facts."""
    html = boilerplate("We Have Moved")(html).replace("l-main", "page-main")
    html = html.replace("<article", '<section class="story"><div><article', 1)
    html = html.replace("</article>", "</article></div></section>", 1)
    html = html.replace('<h1 id="node-title">', '<h1 class="big" id="node-title"><span></span>')
    return html.replace("<p>", '<p class="text">\n  ').replace("</p>", "\n</p>")


def unknown_house(html: str) -> str:
    """A layout that no reader knows."""
    return html.replace("field--name-field-pr-body", "story__text")
