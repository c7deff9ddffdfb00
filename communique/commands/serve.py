"""The command that serves the search page."""

from __future__ import annotations

import os

import click

from communique.opening import open_to_read
from corpus import Settings


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option(
    "--workers", type=click.IntRange(1, 256), help="Number of processes. Default: one per core."
)
@click.pass_obj
def serve_command(settings: Settings, host: str, port: int, workers: int | None) -> None:
    """Serve the search page."""
    open_to_read(settings).close()
    from webui.serving.server import serve as serve_app  # takes a while; no other command needs it

    workers = workers or len(os.sched_getaffinity(0))
    serve_app(settings, host, port, workers, _say_address)


def _say_address(url: str) -> None:
    click.echo(f"Serving on {url} (Ctrl-C stops it)")
