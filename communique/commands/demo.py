"""The command that tries the program on invented offices."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import click

from communique.commands.index import reindex_command
from communique.commands.serve import serve_command
from communique.opening import open_or_make_catalog
from corpus import Settings, offices
from corpus.crawling.sample_site import SampleSite
from corpus.lock import only_crawl
from corpus.review.report import CrawlReport


@click.command("demo")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--no-serve", is_flag=True, help="Crawl and index only.")
@click.pass_context
def demo_command(ctx: click.Context, host: str, port: int, no_serve: bool) -> None:
    """Try the program on invented offices: crawl their sample sites, index and serve them.

    Uses a data folder of its own.
    """
    ctx.obj = settings = replace(ctx.obj, data=ctx.obj.data / "demo", catalog="", url="")
    for report in _crawl_samples(settings):
        click.echo("\n".join(report.sentences()))
    ctx.invoke(reindex_command, is_full=False, is_smaller_accepted=False)
    if not no_serve:
        ctx.invoke(serve_command, host=host, port=port, workers=None)


def _crawl_samples(settings: Settings) -> Iterator[CrawlReport]:
    """Crawl the sample offices by all their routes, from the sites that come with the program."""
    from corpus.crawling.crawl import crawl  # brings Scrapy, which takes a while

    samples = {name: source for name, source in offices().items() if source.is_sample}
    with (
        open_or_make_catalog(settings) as store,
        only_crawl(settings, *samples),
        ExitStack() as sites,
    ):
        for name, source in samples.items():
            url = sites.enter_context(SampleSite(name)).url
            mirrors = {host: url for route in source.routes for host in route.hosts}
            for each in source.routes:
                yield crawl(name, settings, store, route=each.name, mirrors=mirrors, delay_s=0)
