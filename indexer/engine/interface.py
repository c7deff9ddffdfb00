"""The interface of engines, and what all engines share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from operator import methodcaller
from typing import Concatenate, ParamSpec, TypeVar

from corpus.errors import CommuniqueError, IndexFormatError, IndexUnusableError
from indexer.engine.document import FORMAT, Document
from indexer.engine.results import Beside, Health, KwicLine, LineSort, Query
from indexer.engine.retry import REBUILD, GoneError, begun, retried
from indexer.engine.searcher import Searcher
from indexer.engine.withholding import Withheld, still_shown

P = ParamSpec("P")
T = TypeVar("T")
OnProgress = Callable[[int], None]


def _of_newest(
    question: Callable[Concatenate[Searcher, P], T],
) -> Callable[Concatenate[Engine, P], T]:
    """The same question, asked of the newest state of the live build."""

    def ask(engine: Engine, /, *args: P.args, **kwargs: P.kwargs) -> T:
        answer: Callable[[Searcher], T] = methodcaller(question.__name__, *args, **kwargs)
        return engine.read(answer)

    ask.__name__, ask.__doc__ = question.__name__, question.__doc__
    return ask


class Engine(Searcher):
    """Writes builds of an index, and searches the live one without `withheld` releases.

    Searching raises IndexUnusableError while no readable build is published.
    """

    # The time in the name of a build.
    TIME = "%Y%m%dT%H%M%S%f"

    def __init__(self, withheld: Withheld) -> None:
        self.withheld = withheld

    # writing

    def build(self, documents: Iterable[Document], revision: int, on_progress: OnProgress) -> str:
        """Make a build beside the live one and return its name; a failure leaves nothing behind.
        Documents may be read twice.
        """
        build = f"{FORMAT}-{datetime.now(UTC):{self.TIME}}"
        try:
            self._write(build, documents, revision, on_progress)
        except BaseException:
            with suppress(CommuniqueError):  # the next publish drops what cannot be dropped now
                self.drop(build)
            raise
        return build

    @abstractmethod
    def publish(self, build: str) -> None:
        """Make a build the live one for all readers at once, and drop the others; but the first
        build of a format leaves those of earlier ones to pages that still run an earlier release.
        """

    @abstractmethod
    def drop(self, build: str) -> None:
        """Remove a build that was not published."""

    @abstractmethod
    def update(
        self,
        documents: Iterable[Document],
        removed: Iterable[str],
        revision: int,
        on_progress: OnProgress,
    ) -> int:
        """Replace or add documents and remove ids in the live build; the number of documents, which
        may be read twice.

        The revision is written last, so an update that was killed is repeated.
        """

    @abstractmethod
    def builds(self) -> list[str]:
        """The names of all builds, oldest first."""

    @abstractmethod
    def close(self) -> None:
        """Release the files and caches of the live build."""

    # reading

    @abstractmethod
    def searcher(self, build: str | None = None) -> Searcher:
        """A searcher of a build, by default of the newest state of the live one, without withheld
        releases. Raises GoneError if the build has been replaced.
        """

    def read(self, read: Callable[[Searcher], T]) -> T:
        """Read from the newest state; read again if the build is replaced meanwhile."""

        def of_newest() -> T:
            try:
                return read(self.searcher())
            except GoneError:
                self.close()
                raise

        return retried(of_newest)

    search = _of_newest(Searcher.search)
    total = _of_newest(Searcher.total)
    totals = _of_newest(Searcher.totals)
    facet_values = _of_newest(Searcher.facet_values)
    occurrences = _of_newest(Searcher.occurrences)
    collocates = _of_newest(Searcher.collocates)
    translation_suggestions = _of_newest(Searcher.translation_suggestions)
    frequencies = _of_newest(Searcher.frequencies)
    more_like_this = _of_newest(Searcher.more_like_this)
    autocomplete = _of_newest(Searcher.autocomplete)
    spell_suggest = _of_newest(Searcher.spell_suggest)
    attested = _of_newest(Searcher.attested)
    sound_alikes = _of_newest(Searcher.sound_alikes)

    def scan(self, query: Query) -> Iterator[str]:
        """The ids of all hits that are counted, in the query's order, without a limit."""
        yield from self.read(lambda searcher: begun(searcher.scan(query)))

    def scan_occurrences(
        self, query: Query, sort: LineSort = "document", beside: Beside | None = None
    ) -> Iterator[KwicLine]:
        """All lines of the concordance, without releases that are withheld while they are read."""
        lines = self.read(lambda searcher: begun(searcher.scan_occurrences(query, sort, beside)))
        yield from still_shown(lines, self.withheld)

    def shown(self) -> Iterator[tuple[str, bytes]]:
        """The id of every release, in any order, and the digest of what pages show of it."""
        yield from self.read(lambda searcher: begun(searcher.shown()))

    def exists(self, ids: Iterable[str], build: str | None = None) -> list[bool]:
        """For each id, whether a build contains it (by default the live one)."""
        wanted = [*ids]
        if build:
            return self.searcher(build).exists(wanted)
        return self.read(lambda searcher: searcher.exists(wanted))

    @abstractmethod
    def size_bytes(self) -> int:
        """The size of the live build."""

    def health(self) -> Health:
        """Whether the engine can be searched; never raises."""
        try:
            return retried(self._live_health)
        except Exception as error:  # noqa: BLE001 (any error means bad health)
            return self._failed_health(error)

    # what each engine defines

    @abstractmethod
    def _write(
        self, build: str, documents: Iterable[Document], revision: int, on_progress: OnProgress
    ) -> None:
        """Write a build and the revision it is made from."""

    @abstractmethod
    def _live_health(self) -> Health:
        """The health of the live build. Raises if it cannot be read."""

    @abstractmethod
    def _failed_health(self, error: Exception) -> Health:
        """The health of an engine whose live build cannot be read; never raises."""

    @abstractmethod
    def _live_builds(self) -> list[str]:
        """The live build of each format. Raises if they cannot be listed."""

    def _is_first(self) -> bool:
        """Whether no build of this format is live yet."""
        return FORMAT not in map(build_format, self._live_builds())

    def _drop_all_but(self, build: str, *, is_first: bool = False) -> None:
        """Drop all other builds that this program could read; if `is_first` is not set, those of
        earlier formats, too. Those of later ones belong to a newer release.
        """
        for each in self.builds():
            if each != build and (FORMAT if is_first else 0) <= build_format(each) <= FORMAT:
                self.drop(each)


def build_format(build: str) -> int:
    """The number of a build's format; 0 where the name has none."""
    number = build.partition("-")[0]
    return int(number) if number.isdecimal() else 0


def own_build(builds: list[str], place: str) -> str:
    """Of the live builds, the one of this program's format. Raises IndexFormatError where others
    alone are live, and IndexUnusableError where none is in that place.
    """
    formats = {build_format(each): each for each in builds}
    if FORMAT in formats:
        return formats[FORMAT]
    if not formats:
        raise IndexUnusableError(f"There is no index {place} yet; {REBUILD}.")
    if (found := max(formats)) > FORMAT:
        raise IndexFormatError(
            f"The index was built by a newer release of communique (format {found}, not {FORMAT})."
            " Update the program and restart it.",
            is_newer=True,
        )
    raise IndexFormatError(
        f"The index was built by an earlier release of communique (format {found}, not {FORMAT});"
        " run `communique reindex` to build a new one beside it.",
        is_newer=False,
    )
