"""All commands of the command line."""

from __future__ import annotations

import click

from communique.commands.cases import cases_command
from communique.commands.catalog import copy_catalog_command
from communique.commands.check import check_command
from communique.commands.crawl import accept_command, crawl_command
from communique.commands.demo import demo_command
from communique.commands.evidence import (
    backup_command,
    import_command,
    reparse_command,
    restore_command,
    verify_command,
)
from communique.commands.index import (
    export_command,
    reindex_command,
    search_command,
    status_command,
)
from communique.commands.offices import list_offices
from communique.commands.serve import serve_command
from communique.commands.withhold import withhold_command

COMMANDS: dict[str, click.Command] = {
    str(each.name): each
    for each in (
        list_offices,
        crawl_command,
        accept_command,
        check_command,
        reindex_command,
        search_command,
        export_command,
        status_command,
        withhold_command,
        cases_command,
        reparse_command,
        verify_command,
        import_command,
        backup_command,
        restore_command,
        copy_catalog_command,
        serve_command,
        demo_command,
    )
}
