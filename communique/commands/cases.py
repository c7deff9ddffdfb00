"""The commands that list cases, and tell releases apart that are not of one case."""

from __future__ import annotations

from contextlib import closing

import click

from corpus import Settings, Store
from corpus.plural import pluralize


@click.group("cases", invoke_without_command=True)
@click.pass_context
def cases_command(context: click.Context) -> None:
    """List the cases, and the releases that an operator told apart."""
    if context.invoked_subcommand:
        return
    with closing(Store(context.obj, make=False, upgrade=False)) as store:
        cases, cuts = store.cases(), store.case_cuts()
    for case in cases:
        click.echo(" ".join(case.releases))
    click.echo(f"{pluralize(len(cases), 'case')}.")
    for each in cuts:
        click.echo(f"Told apart {each.at:%Y-%m-%d}: {each.release} {each.other} ({each.note})")


@cases_command.command("cut")
@click.argument("release")
@click.argument("other")
@click.option("--note", help="Why, for other operators.")
@click.option("--undo", is_flag=True, help="Let them be of one case again.")
@click.pass_obj
def cut_command(settings: Settings, release: str, other: str, note: str | None, undo: bool) -> None:
    """Tell two releases apart: no case contains both, also after a rebuild."""
    if not undo and not (note and note.strip()):
        raise click.UsageError("Give the reason with --note.")
    with closing(Store(settings, make=False)) as store:
        store.cut_case(release, other, (note or "").strip(), undo=undo)
    click.echo(f"{release} and {other} are {'no longer told apart' if undo else 'told apart'}.")
