"""The command that previews an office: a few of its pages, read field by field."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from communique.commands.crawl import delay_option, mirror_option, route_option
from communique.console import FAILED, show_progress
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
    from corpus.crawling.preview import preview_office  # brings Scrapy, which takes a while

    office(name).route(route)
    with show_progress("check") as show:
        pages = preview_office(
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
        plain = [_as_plain(each) for each in pages]
        click.echo(json.dumps(plain, ensure_ascii=False, default=str))
    else:
        _show(pages)
    if any(each.refusal for each in pages):
        raise SystemExit(FAILED)


def _as_plain(page: PreviewedPage) -> dict[str, Any]:
    found = asdict(page.parsed) if page.parsed else None
    for each in [found or {}, *(found or {}).get("drafts", [])]:
        each.pop("part", None)
    return {
        "url": page.url,
        "kind": page.kind,
        "rule": page.refusal.rule if page.refusal else None,
        "reason": page.refusal.reason if page.refusal else None,
        "remarks": [asdict(each) for each in page.remarks],
        "fields": found,
    }


def _show(pages: list[PreviewedPage]) -> None:
    console = Console(highlight=False)
    for page in pages:
        heading = Text(f"{page.kind} {_printable(page.url)}", style="bold")
        console.print(heading, soft_wrap=True)
        if page.refusal:
            lines = f"REFUSED ({page.refusal.rule}): {_printable(page.refusal.reason)}"
            console.print(Text(lines, style="bold red"), soft_wrap=True)
        for remark in page.remarks:
            console.print(Text(f"{remark.rule}: {_printable(remark.reason)}"), soft_wrap=True)
        if page.parsed:
            table = Table.grid("", Column(overflow="fold"), padding=(0, 2))
            for name, value in _rows(page.parsed):
                words = Text(_printable(value)) if value else Text("not stated", style="dim")
                table.add_row(Text(f"  {name}", style="cyan"), words)
            console.print(table)
        console.print()
    number = sum(not each.refusal for each in pages)
    console.print(f"{number:,} of {pluralize(len(pages), 'page')} read.")


def _rows(found: Listing | Draft) -> list[tuple[str, str]]:
    if isinstance(found, Listing):
        first = found.links[0].url if found.links else ""
        return [
            ("links", f"{len(found.links):,}, the first: {first}" if first else ""),
            ("releases", f"{len(found.drafts):,} in the listing itself" if found.drafts else ""),
            ("next", found.next or ""),
        ]
    names = [each.name for each in fields(found) if each.name not in ("url", "part", "body")]
    lines = [(name, _words(getattr(found, name))) for name in names]
    # Few offices have layouts; omit the field where none is known.
    lines = [(name, words) for name, words in lines if words or name != "layout"]
    return [*lines, ("body", _body(found.body))]


def _words(value: Any) -> str:
    if isinstance(value, list):
        parts = [
            each if isinstance(each, str) else ", ".join(asdict(each).values()) for each in value
        ]
        return "\n".join(parts)
    return str(value or "")


def _body(body: list[str]) -> str:
    """The length of a body, its beginning and its end, where boilerplate would show."""
    letters = sum(map(len, body))
    ends = dict.fromkeys([*body[:2], *body[-1:]])
    lines = [each if len(each) <= EXCERPT else f"{each[:EXCERPT]} …" for each in ends]
    return "\n".join([f"{pluralize(len(body), 'paragraph')}, {letters:,} characters:", *lines])


def _printable(words: str) -> str:
    """Text with control characters replaced, so that a page cannot control the terminal."""
    return "".join(
        c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in words
    )
