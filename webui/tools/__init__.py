"""Researchers' tools, each as page and file: concordance, trends, collocates, sample, exports."""

from functools import partial

from flask import Flask

from corpus import Settings, Store
from indexer import Engine
from webui.tools import citations, collocates, concordance, exports, feeds, trends
from webui.tools.downloads import Downloads


def add_tools(app: Flask, store: Store, engine: Engine, settings: Settings) -> None:
    """Let an app offer them."""
    add, downloads = app.add_url_rule, Downloads()
    pages, files = (engine, settings), (engine, settings, downloads)
    add("/concordance", "concordance.concordance", partial(concordance.concordance, store, *pages))
    add("/concordance.csv", "concordance.table", partial(concordance.table, *files))
    add("/trends", "trends.trends", partial(trends.trends, *pages))
    add("/trends.csv", "trends.table", partial(trends.table, *files))
    add("/trends.svg", "trends.drawing", partial(trends.drawing, *pages))
    add("/collocates", "collocates.collocates", partial(collocates.collocates, *pages))
    add("/collocates.csv", "collocates.table", partial(collocates.table, *files))
    add("/export.<ending>", "exports.export", partial(exports.export, store, *files))
    add("/sample", "exports.sample", partial(exports.sample, store, *pages))
    add("/sample.csv", "exports.sample_table", partial(exports.sample_table, store, *files))
    add("/search.atom", "feeds.search", partial(feeds.search, store, *pages))
    add("/releases/<id_>/cite.<ending>", "citations.file", partial(citations.reference, store))
    add("/unapi", "citations.unapi", partial(citations.unapi, store))
    app.context_processor(citations.styles)
    app.context_processor(exports.formats)
