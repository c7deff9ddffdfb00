"""What is held of each office, how its last run went, and whether the index is up to date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from corpus import Store, offices
from corpus.plural import pluralize
from indexer.engine.interface import Engine
from indexer.jobs.condition import condition
from indexer.query.message import Note

# What is listed in a line of the status; the offices page tells the rest.
LISTED = 6


def status_of(store: Store, engine: Engine) -> dict[str, Any]:
    """The status as plain values: in a word with the `reasons`, `offices` by name, `index`."""
    held = {each.office: each for each in store.coverage()}
    runs, good_runs, readers = store.runs(), store.runs(good=True), store.readers()
    open_runs = store.open_runs()
    rows = {}
    for name in sorted({*held, *runs, *open_runs}):
        has, (started_at, report) = held.get(name), runs.get(name, (None, {}))
        rows[name] = {
            "title": offices()[name].title if name in offices() else name,
            "releases": has.releases if has else 0,
            "first": has.first if has else None,
            "last": has.last if has else None,
            "undated": has.undated if has else 0,
            "languages": has.languages if has else {},
            "gone": has.gone if has else 0,
            "attachments": asdict(store.attached(name)),
            "months": has.months if has else {},
            "gaps": list(has.gaps) if has else [],
            "reader_versions": has.reader_versions if has else {},
            "last_run": started_at,
            "last_good_run": good_runs[name][0] if name in good_runs else None,
            "open_run": open_runs.get(name),
            "route": report.get("route"),
            "new": report.get("new"),
            "changed": report.get("changed"),
            "missing": report.get("missing_count"),
            "refused": report.get("refused_count"),
            "failed": report.get("failed_count"),
            "refused_by_rule": report.get("refused_by_rule", {}),
            "cut_short": report.get("cut_short"),
            "quarantined": report.get("quarantined"),
            "error": report.get("error"),
            "layouts": _layouts(name, readers),
            "certificate_exceptions": _exceptions(name),
        }
    found = condition(store, engine)
    health = found.health
    withheld = len(store.withheld())
    index = {
        "build": health.build,
        "releases": health.releases,
        "is_current": found.is_current,
        "problem": health.problem,
        "cluster": health.cluster,
    }
    return found.as_json() | {"offices": rows, "index": index, "withheld": withheld}


def _exceptions(name: str) -> dict[str, str]:
    """Why hosts of an office need not prove who they are by an authority that the system knows."""
    declared = offices()[name].broken_chains if name in offices() else ()
    return {each.host: each.reason for each in declared}


def _layouts(name: str, readers: dict[str, int]) -> dict[str, dict[str, int]]:
    """Of each route that knows several layouts: how many stored versions each of them read.

    Without a name (""): versions that stand as they were read before layouts were told apart.
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


def _layout_words(route: str, numbers: dict[str, int]) -> Iterator[str]:
    """Which layouts the stored versions are of, and whose readers may go."""
    told = ", ".join(f"{layout or 'unnamed'} {n:,}" for layout, n in numbers.items() if n)
    yield f"  versions by layout ({route}): {told or 'none'}"
    _, *older = (layout for layout in numbers if layout)
    for layout in older:
        if told and not numbers[layout] and not numbers[""]:
            yield f"  no stored version needs the reader of layout {layout} ({route}) any more"


def run_words(row: dict[str, Any]) -> list[Note]:
    """What came of an office's last run, in words; what did not happen is left out."""
    rare = (
        Note("{count:,} listed but not there", count=row["missing"] or 0),
        Note("{count:,} refused", count=row["refused"] or 0),
        Note("{count:,} without an answer", count=row["failed"] or 0),
    )
    return [
        Note("{count:,} new", count=row["new"] or 0),
        Note("{count:,} changed", count=row["changed"] or 0),
        *(each for each in rare if each.values["count"]),
    ]


def rule_words(row: dict[str, Any]) -> list[str]:
    """Which rules refused how many pages in an office's last run, most first."""
    rules = sorted(row["refused_by_rule"].items(), key=lambda pair: (-pair[1], pair[0]))
    return [f"{number:,} {rule.replace('_', ' ')}" for rule, number in rules]


def status_sentences(status: dict[str, Any]) -> list[str]:
    """The status for people."""
    lines = []
    for name, row in status["offices"].items():
        dates = f"{row['first']} to {row['last']}" if row["first"] else "none dated"
        gone = f", {row['gone']:,} of them gone from the office's site" if row["gone"] else ""
        lines.append(f"{name}: {pluralize(row['releases'], 'release')}, {dates}{gone}")
        if row["gaps"]:
            lines.append(f"  months without a release: {_listed(row['gaps'])}")
        if (files := row["attachments"])["named"]:
            lines.append(
                f"  {pluralize(files['named'], 'attached file')}, {files['archived']:,} archived,"
                f" {files['missing']:,} not there; files are not searched"
            )
        if row["reader_versions"]:
            lines.append(f"  read by {_listed([*row['reader_versions']])}")
        for route, numbers in row["layouts"].items():
            lines += _layout_words(route, numbers)
        for host, reason in row["certificate_exceptions"].items():
            lines.append(f"  certificate exception for {host}: {reason}")
        if row["last_run"]:
            when = f"{row['last_run']:%Y-%m-%d %H:%M} UTC"
            lines.append(f"  last run {when}: {', '.join(run_words(row))}")
        if row["refused_by_rule"]:
            lines.append(f"  refused by rule: {', '.join(rule_words(row))}")
        if row["open_run"]:
            when = f"{row['open_run']:%Y-%m-%d %H:%M} UTC"
            lines.append(f"  a run of {when} is not over: the next crawl goes on with it")
        if row["cut_short"]:
            lines.append(f"  cut short as asked, {row['cut_short']}")
        if row["quarantined"]:
            lines.append(f"  QUARANTINED, nothing of that run is published: {row['quarantined']}")
            lines.append(f"  look, then `communique accept {name}`")
        if row["error"]:
            lines.append(f"  FAILED: {row['error']}")
        if row["quarantined"] or row["error"]:
            good = row["last_good_run"]
            lines.append(f"  last good run: {f'{good:%Y-%m-%d %H:%M} UTC' if good else 'none'}")
    if status["withheld"]:
        lines.append(f"{pluralize(status['withheld'], 'release')} withheld")
    index = status["index"]
    if index["problem"]:
        lines.append(index["problem"])
    else:
        state = "up to date" if index["is_current"] else "not up to date"
        lines.append(f"index {index['build']}: {pluralize(index['releases'], 'release')}, {state}")
        lines += [f"  {each['sentence']}" for each in status["reasons"] if not each["office"]]
    if index["cluster"]:
        lines.append(f"search cluster: {index['cluster']}")
    return lines or ["Nothing is held yet; run `communique crawl`."]


def _listed(words: list[str]) -> str:
    """The first of a list, and how many more there are."""
    more = f" and {len(words) - LISTED:,} more" if len(words) > LISTED else ""
    return ", ".join(words[:LISTED]) + more
