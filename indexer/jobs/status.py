"""The coverage of each office, how its last crawl went, and whether the index is up to date."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from operator import methodcaller
from typing import Annotated, Any

from corpus import Store, office_title, offices
from corpus.catalog.attachments import AttachmentCounts
from corpus.catalog.coverage import Coverage
from corpus.errors import CommuniqueError, StoreError
from corpus.plural import pluralize
from corpus.review.progress import Progress
from indexer.engine.interface import Engine
from indexer.engine.results import Health, Query
from indexer.jobs.condition import (
    Condition,
    Reason,
    condition,
    condition_without_catalog,
)
from indexer.query.message import Message

# The most items in a line of the status; the coverage page has the rest.
LISTED = 6
# The setting that ended a crawl early, behind it in brackets.
LIMIT_NAME = re.compile(r" \(COMMUNIQUE_\w+\)")


@dataclass(frozen=True)
class OfficeStatus:
    """The coverage of an office, and how its last crawl went; None is what no crawl reported.
    `layouts` counts versions by route and layout, `certificate_exceptions` gives reasons by host.
    """

    title: str
    releases: int
    earliest: date | None
    latest: date | None
    undated: int
    languages: dict[str, int]
    gone: int
    attachments: AttachmentCounts
    months: dict[str, int]
    gaps: tuple[str, ...]
    reader_versions: dict[str, int]
    last_crawl_at: datetime | None
    last_successful_crawl_at: datetime | None
    crawling_since: datetime | None
    progress: Progress | None
    route: str | None
    new: int | None
    changed: int | None
    missing: int | None
    refused: int | None
    failed: int | None
    refused_by_rule: dict[str, int]
    cut_short: str | None
    quarantined: str | None
    error: str | None
    layouts: dict[str, dict[str, int]]
    certificate_exceptions: dict[str, str]


@dataclass(frozen=True)
class IndexStatus:
    """The build that answers, whether it has all that the catalog has, or why it cannot answer."""

    build: Annotated[str | None, "the build that answers"]
    releases: Annotated[int, "how many releases it has"]
    is_current: Annotated[bool, "whether it has all that the catalog has"]
    problem: Annotated[str | None, "why it cannot answer, if so"]
    cluster: str | None


@dataclass(frozen=True)
class Status:
    """The status in a word, the reasons for it, and what it is made of; `offices` by name."""

    status: str
    reasons: tuple[Reason, ...]
    offices: dict[str, OfficeStatus]
    index: IndexStatus
    withheld: int

    def as_json(self) -> str:
        """The status for programs, its times by ISO 8601."""
        plain = {"ok": self.status == "ok", **asdict(self)}
        return json.dumps(plain, ensure_ascii=False, default=methodcaller("isoformat"))


def status_of(store: Store, engine: Engine) -> Status:
    """The status of each office and of the index."""
    found = condition(store, engine)
    rows = _offices(store)
    index = _index_status(found, _searchable_releases(engine, found.health))
    return Status(found.status, found.reasons, rows, index, len(store.withheld()))


def unreadable_status(error: StoreError, engine: Engine) -> Status:
    """The status where the catalog cannot be read: that of the index alone."""
    found = condition_without_catalog(error, engine)
    index = _index_status(found, found.health.releases)
    return Status(found.status, found.reasons, {}, index, 0)


def _index_status(found: Condition, releases: int) -> IndexStatus:
    health = found.health
    return IndexStatus(health.build, releases, found.is_current, health.problem, health.cluster)


def public_status(status: Status) -> Status:
    """What everybody may see of it: not the sentences for operators, which can name paths,
    addresses, settings and commands.
    """
    rows = {
        name: replace(
            row,
            error=row.error and "The crawl failed.",
            cut_short=row.cut_short and LIMIT_NAME.sub("", row.cut_short),
        )
        for name, row in status.offices.items()
    }
    problem = status.index.problem and "The index is not ready."
    return replace(status, reasons=(), offices=rows, index=replace(status.index, problem=problem))


def _searchable_releases(engine: Engine, health: Health) -> int:
    """How many releases searches find; where the index cannot tell just now, how many it holds."""
    try:
        return engine.total(Query()) if health.is_live else 0
    except CommuniqueError:
        return health.releases


def _offices(store: Store) -> dict[str, OfficeStatus]:
    """The offices that have releases or were crawled, by name."""
    coverage = {each.office: each for each in store.coverage()}
    crawls, good_crawls, readers = store.runs(), store.runs(good=True), store.readers()
    open_crawls = store.open_runs()
    rows = {}
    for name in sorted({*coverage, *crawls, *open_crawls}):
        covered = coverage.get(name) or Coverage(name, 0, None, None, 0, {})
        started_at, report = crawls.get(name, (None, {}))
        rows[name] = OfficeStatus(
            title=office_title(name),
            releases=covered.releases,
            earliest=covered.first,
            latest=covered.last,
            undated=covered.undated,
            languages=covered.languages,
            gone=covered.gone,
            attachments=store.attached(name),
            months=covered.months,
            gaps=covered.gaps,
            reader_versions=covered.reader_versions,
            last_crawl_at=started_at,
            last_successful_crawl_at=good_crawls[name][0] if name in good_crawls else None,
            crawling_since=open_crawls[name][0] if name in open_crawls else None,
            progress=_progress(open_crawls[name][1]) if name in open_crawls else None,
            route=report.get("route"),
            new=report.get("new"),
            changed=report.get("changed"),
            missing=report.get("missing_count"),
            refused=report.get("refused_count"),
            failed=report.get("failed_count"),
            refused_by_rule=report.get("refused_by_rule", {}),
            cut_short=report.get("cut_short"),
            quarantined=report.get("quarantined"),
            error=report.get("error"),
            layouts=_layouts(name, readers),
            certificate_exceptions=_exceptions(name),
        )
    return rows


def _progress(report: dict[str, Any]) -> Progress | None:
    """How far an unfinished crawl was when it last said so."""
    saved = report.get("progress")
    return Progress(**saved) if saved else None


def _exceptions(name: str) -> dict[str, str]:
    """Why hosts of an office need not prove who they are by an authority that the system knows."""
    declared = offices()[name].broken_chains if name in offices() else ()
    return {each.host: each.reason for each in declared}


def _layouts(name: str, readers: dict[str, int]) -> dict[str, dict[str, int]]:
    """Of each route with several layouts: how many stored versions each of them read; without a
    name (""), versions that were read before the route had layouts.
    """
    routes = offices()[name].routes if name in offices() else ()
    return {
        route.name: {
            each: readers.get(f"{name}/{route.name}/{each}".rstrip("/"), 0)
            for each in [*(layout.name for layout in route.layouts), ""]
        }
        for route in routes
        if route.layouts
    }


def _layout_sentences(route: str, numbers: dict[str, int]) -> Iterator[str]:
    """Which layouts the stored versions are of, and whose readers may go."""
    counts = ", ".join(f"{layout or 'unnamed'} {n:,}" for layout, n in numbers.items() if n)
    yield f"  versions by layout ({route}): {counts or 'none'}"
    _, *older = (layout for layout in numbers if layout)
    for layout in older:
        if counts and not numbers[layout] and not numbers[""]:
            yield f"  no stored version needs the reader of layout {layout} ({route}) any more"


def crawl_counts(office: OfficeStatus) -> list[Message]:
    """What an office's last crawl found, in words; what did not happen is left out."""
    rare = (
        Message("{count:,} listed but missing (404)", count=office.missing or 0),
        Message("{count:,} refused", count=office.refused or 0),
        Message("{count:,} failed to load", count=office.failed or 0),
    )
    return [
        Message("{count:,} new", count=office.new or 0),
        Message("{count:,} edited", count=office.changed or 0),
        *(each for each in rare if each.values["count"]),
    ]


def refusal_counts(office: OfficeStatus) -> list[str]:
    """Which rules refused how many pages in an office's last crawl, most first."""
    rules = sorted(office.refused_by_rule.items(), key=lambda pair: (-pair[1], pair[0]))
    return [f"{number:,} {rule.replace('_', ' ')}" for rule, number in rules]


def status_sentences(status: Status) -> list[str]:
    """The status for people."""
    lines = []
    for name, office in status.offices.items():
        lines += [*_coverage_sentences(name, office), *_crawl_sentences(name, office)]
    if status.withheld:
        lines.append(f"{pluralize(status.withheld, 'release')} withheld")
    index = status.index
    if index.problem:
        lines.append(index.problem)
    else:
        state = "up to date" if index.is_current else "not up to date"
        lines.append(f"index {index.build}: {pluralize(index.releases, 'release')}, {state}")
        lines += [f"  {each.sentence}" for each in status.reasons if not each.office]
    if index.cluster:
        lines.append(f"search cluster: {index.cluster}")
    return lines or ["No releases have been collected yet; run `communique crawl`."]


def _coverage_sentences(name: str, office: OfficeStatus) -> Iterator[str]:
    """The coverage of an office."""
    dates = f"{office.earliest} to {office.latest}" if office.earliest else "none dated"
    gone = f", {office.gone:,} of them removed from the office's website" if office.gone else ""
    yield f"{name}: {pluralize(office.releases, 'release')}, {dates}{gone}"
    if office.gaps:
        yield f"  months without a release: {_first_of(office.gaps)}"
    if (files := office.attachments).named:
        yield (
            f"  {pluralize(files.named, 'attached file')}, {files.archived:,} archived,"
            f" {files.missing:,} missing; files are not searchable"
        )
    if office.reader_versions:
        yield f"  read by {_first_of([*office.reader_versions])}"
    for route, numbers in office.layouts.items():
        yield from _layout_sentences(route, numbers)
    for host, reason in office.certificate_exceptions.items():
        yield f"  certificate exception for {host}: {reason}"


def _crawl_sentences(name: str, office: OfficeStatus) -> Iterator[str]:
    """How an office's last crawl went."""
    if office.last_crawl_at:
        yield f"  last crawl {_minute(office.last_crawl_at)}: {', '.join(crawl_counts(office))}"
    if office.refused_by_rule:
        yield f"  refused by rule: {', '.join(refusal_counts(office))}"
    if office.crawling_since:
        began = _minute(office.crawling_since)
        yield f"  the crawl of {began} is unfinished; the next one continues it"
    if office.progress:
        yield f"  at {_minute(office.progress.noted_at)}: {office.progress.sentence()}"
    if office.cut_short:
        yield f"  stopped early as requested, {office.cut_short}"
    if office.quarantined:
        yield f"  QUARANTINED, not published: {office.quarantined}"
        yield f"  review it, then run `communique accept {name}`"
    if office.error:
        yield f"  FAILED: {office.error}"
    if office.quarantined or office.error:
        good = office.last_successful_crawl_at
        yield f"  last successful crawl: {_minute(good) if good else 'none'}"


def _minute(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"


def _first_of(words: Sequence[str]) -> str:
    """The first of a list, and how many more there are."""
    more = f" and {len(words) - LISTED:,} more" if len(words) > LISTED else ""
    return ", ".join(words[:LISTED]) + more
