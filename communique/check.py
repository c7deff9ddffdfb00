"""The command that checks an office: what was read of a few of its pages, field by field."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from communique.console import FAILED, shown
from communique.crawl import delay_option, mirror_option, route_option
from corpus import Draft, Settings, office
from corpus.plural import pluralize
from corpus.reading.source import Listing

if TYPE_CHECKING:
    from corpus.crawling.preview import PreviewedPage

EXCERPT = 200


@click.command("check")
@click.argument("name", metavar="OFFICE")
@click.argument("urls", metavar="[URL]...", nargs=-1)
@route_option
@mirror_option
@click.option(
    "--limit",
    type=click.IntRange(min=1, max=50),
    default=3,
    show_default=True,
    help="Number of releases to read from the listing.",
)
@delay_option
@click.option("--json", "as_json", is_flag=True, help="Print the pages as a JSON list.")
@click.pass_obj
def check_command(
    settings: Settings,
    name: str,
    urls: tuple[str, ...],
    route: str | None,
    mirrors: dict[str, str],
    limit: int,
    delay: float | None,
    as_json: bool,
) -> None:
    """Read an office's listing and first releases, or the releases at URLs, and show every field.

    Nothing is stored. Exit status 1 when a page cannot be read or would be refused.
    """
    from corpus.crawling.preview import check  # brings Scrapy, which takes a while

    office(name).route(route)
    with shown("check") as show:
        readings = check(
            name,
            settings,
            route=route,
            urls=urls,
            mirrors=mirrors,
            limit=limit,
            delay_s=delay,
            on_progress=lambda done: show(name, done, None),
        )
    if as_json:
        pages = [_as_plain(each) for each in readings]
        click.echo(json.dumps(pages, ensure_ascii=False, default=str))
    else:
        _show(readings)
    if any(each.refusal for each in readings):
        raise SystemExit(FAILED)


def _as_plain(reading: PreviewedPage) -> dict[str, Any]:
    found = asdict(reading.found) if reading.found else None
    for each in [found or {}, *(found or {}).get("drafts", [])]:
        each.pop("part", None)
    return {
        "url": reading.url,
        "kind": reading.kind,
        "rule": reading.refusal.rule if reading.refusal else None,
        "reason": reading.refusal.reason if reading.refusal else None,
        "remarks": [asdict(each) for each in reading.remarks],
        "fields": found,
    }


def _show(readings: list[PreviewedPage]) -> None:
    console = Console(highlight=False)
    for reading in readings:
        heading = Text(f"{reading.kind} {_printable(reading.url)}", style="bold")
        console.print(heading, soft_wrap=True)
        if reading.refusal:
            told = f"REFUSED ({reading.refusal.rule}): {_printable(reading.refusal.reason)}"
            console.print(Text(told, style="bold red"), soft_wrap=True)
        for remark in reading.remarks:
            console.print(Text(f"{remark.rule}: {_printable(remark.reason)}"), soft_wrap=True)
        if reading.found:
            table = Table.grid("", Column(overflow="fold"), padding=(0, 2))
            for name, value in _rows(reading.found):
                words = Text(_printable(value)) if value else Text("not stated", style="dim")
                table.add_row(Text(f"  {name}", style="cyan"), words)
            console.print(table)
        console.print()
    number = sum(not each.refusal for each in readings)
    console.print(f"{number:,} of {pluralize(len(readings), 'page')} read.")


def _rows(found: Listing | Draft) -> list[tuple[str, str]]:
    if isinstance(found, Listing):
        first = found.links[0].url if found.links else ""
        return [
            ("links", f"{len(found.links):,}, the first: {first}" if first else ""),
            ("releases", f"{len(found.drafts):,} in the listing itself" if found.drafts else ""),
            ("next", found.next or ""),
        ]
    names = [each.name for each in fields(found) if each.name not in ("url", "part", "body")]
    told = [(name, _words(getattr(found, name))) for name in names]
    # Few offices have layouts: no word of them where none is known.
    told = [(name, words) for name, words in told if words or name != "layout"]
    return [*told, ("body", _body(found.body))]


def _words(value: Any) -> str:
    if isinstance(value, list):
        parts = [
            each if isinstance(each, str) else ", ".join(asdict(each).values()) for each in value
        ]
        return "\n".join(parts)
    return str(value or "")


def _body(body: list[str]) -> str:
    """How much there is, its beginning and its end: where boilerplate would be."""
    letters = sum(map(len, body))
    ends = dict.fromkeys([*body[:2], *body[-1:]])
    told = [each if len(each) <= EXCERPT else f"{each[:EXCERPT]} …" for each in ends]
    return "\n".join([f"{pluralize(len(body), 'paragraph')}, {letters:,} characters:", *told])


def _printable(words: str) -> str:
    """Without what a page could steer a terminal with."""
    return "".join(
        c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in words
    )
