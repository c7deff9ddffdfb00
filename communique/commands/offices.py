"""The command that lists the offices."""

from __future__ import annotations

import json
from typing import Any

import click

from corpus import Source, offices


@click.command("offices")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def list_offices(as_json: bool) -> None:
    """List the offices with their languages and routes."""
    if as_json:
        rows = [_office_row(name, source) for name, source in offices().items()]
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for name, source in offices().items():
        languages = ", ".join(source.languages)
        routes = ", ".join(route.name for route in source.routes)
        click.echo(f"{name:<12} {source.title} ({source.country}; {languages}; routes {routes})")


def _office_row(name: str, source: Source) -> dict[str, Any]:
    return {
        "name": name,
        "title": source.title,
        "country": source.country,
        "languages": source.languages,
        "routes": [route.name for route in source.routes],
        "is_sample": source.is_sample,
    }
