"""The command line: its commands, the settings they share, and how errors end them."""

from __future__ import annotations

import logging
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from communique.compiled_code import keep_compiled_code
from communique.console import FAILED, LOCKED, USAGE, drop_output, log
from communique.logs import start_logging
from communique.owner import advice, check_owner, other_owner
from corpus import Settings, read_settings
from corpus.error_log import error_sentence
from corpus.errors import CommuniqueError, LockedError, OfficeError, SettingsError
from corpus.settings import LOG_FORMATS
from corpus.signals import Interruption

# Commands that leave the data folder alone, or give what they make to its owner.
ELSEWHERE = ("offices", "check", "demo", "restore")
# What to do about what nobody foresaw.
LOOK = "`communique verify` tells whether catalog and archive are whole."


def _what_was_refused() -> str:
    """What the system refused where its error names no file; most often it is the output."""
    try:
        sys.stdout.flush()
    except OSError:
        drop_output()
        return "The output cannot be written"
    return "The system refused"


def _commands() -> dict[str, click.Command]:
    from communique.commands import COMMANDS  # the engine; settings say where its code is kept

    return COMMANDS


def _say(settings: Settings | None, words: str, level: int = logging.ERROR) -> None:
    """Say on standard error why a command ends; where the log is JSON, as a line of it."""
    if settings and settings.log_format == "json":
        log.log(level, words.removeprefix("Error: "))
    else:
        click.echo(words, err=True)


def _say_owner(settings: Settings) -> None:
    """Say whose the data folder is: most often that is why a command failed."""
    if owner := other_owner(settings.data):
        _say(settings, advice(settings.data, owner, sys.argv[1:]))


class _Commands(click.Group):
    """Our errors as a sentence and an exit status, never as a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_commands())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return _commands().get(cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        settings = None
        try:
            settings = ctx.obj = _read_settings(ctx)
            start_logging(settings.log_format)
            keep_compiled_code(settings)
            return super().invoke(ctx)
        except CommuniqueError as error:
            _say(settings, f"Error: {error}")
            if settings and not isinstance(error, SettingsError):
                _say_owner(settings)
            if isinstance(error, LockedError):
                ctx.exit(LOCKED)
            ctx.exit(USAGE if isinstance(error, OfficeError | SettingsError) else FAILED)
        except Interruption as error:
            _say(settings, str(error), logging.INFO)
            ctx.exit(error.status)
        except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
            raise  # click's own ways to end
        except OSError as error:
            what = f"{error.filename} cannot be used" if error.filename else _what_was_refused()
            _say(settings, f"Error: {what}: {error.strerror or error}.")
            ctx.exit(FAILED)
        except Exception as error:  # noqa: BLE001 (nobody is to read a traceback)
            about = ctx.invoked_subcommand or ""
            message = error_sentence(error, settings or Settings(), about)
            _say(settings, f"Error: {message} {LOOK}")
            ctx.exit(FAILED)


def _read_settings(ctx: click.Context) -> Settings:
    """The settings, with what options of the program itself say instead."""
    settings = read_settings(os.environ, ctx.params["config"])
    log_format = ctx.params["log_format"] or settings.log_format
    return replace(settings, log_format=log_format)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="communique")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="File of settings (TOML) instead of /etc/communique.toml; variables are above it.",
)
@click.option(
    "--log-format",
    type=click.Choice(LOG_FORMATS),
    help="The log on standard error as text, or as a JSON object per line.",
)
@click.pass_context
def main(ctx: click.Context, config: Path | None, log_format: str | None) -> None:
    """Communique: a search engine for prosecutors' press releases.

    Exit status: 0 done, 1 failed, 2 usage, 3 some offices failed and others succeeded,
    75 another job holds the lock, 130 interrupted (Ctrl-C), 143 terminated.
    """
    if ctx.invoked_subcommand not in ELSEWHERE:
        check_owner(ctx.obj.data, sys.argv[1:])
