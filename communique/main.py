"""The command line: its commands, the settings they share, and how errors end them."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from communique.catalog import copy_catalog_command
from communique.check import check_command
from communique.console import FAILED, LOCKED, USAGE, drop_output, start_logging
from communique.crawl import accept_command, crawl_command
from communique.demo import demo_command
from communique.evidence import backup_command, import_command, reparse_command, verify_command
from communique.index import export_command, reindex_command, search_command, status_command
from communique.offices import list_offices
from communique.serve import serve_command
from communique.withhold import withhold_command
from corpus import Settings, read_settings
from corpus.error_log import sentence
from corpus.errors import CommuniqueError, LockedError, OfficeError, SettingsError
from corpus.signals import Interruption

# What to do about what nobody foresaw.
LOOK = "`communique verify` tells whether catalog and archive are whole."


def _refused() -> str:
    """What the system refused where its error names no file; most often it is the output."""
    try:
        sys.stdout.flush()
    except OSError:
        drop_output()
        return "The output cannot be written"
    return "The system refused"


class _Commands(click.Group):
    """Our errors as a sentence and an exit status, never as a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CommuniqueError as error:
            click.echo(f"Error: {error}", err=True)
            if isinstance(error, LockedError):
                ctx.exit(LOCKED)
            ctx.exit(USAGE if isinstance(error, OfficeError | SettingsError) else FAILED)
        except Interruption as error:
            click.echo(error, err=True)
            ctx.exit(error.status)
        except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
            raise  # click's own ways to end
        except OSError as error:
            what = f"{error.filename} cannot be used" if error.filename else _refused()
            click.echo(f"Error: {what}: {error.strerror or error}.", err=True)
            ctx.exit(FAILED)
        except Exception as error:  # noqa: BLE001 (nobody is to read a traceback)
            settings = ctx.obj if isinstance(ctx.obj, Settings) else Settings()
            told = sentence(error, settings, ctx.invoked_subcommand or "")
            click.echo(f"Error: {told} {LOOK}", err=True)
            ctx.exit(FAILED)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="communique")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Communique: a search engine for prosecutors' press releases.

    Exit status: 0 done, 1 failed, 2 usage, 3 some offices failed and others succeeded,
    75 another job holds the lock, 130 interrupted (Ctrl-C), 143 terminated.
    """
    start_logging()
    ctx.obj = read_settings(os.environ)


for command in (
    list_offices,
    crawl_command,
    accept_command,
    check_command,
    reindex_command,
    search_command,
    export_command,
    status_command,
    withhold_command,
    reparse_command,
    verify_command,
    import_command,
    backup_command,
    copy_catalog_command,
    serve_command,
    demo_command,
):
    main.add_command(command)
