"""Keeping what followup knows: a backup, and back again."""

from pathlib import Path

import click

from followup.cli import opening
from followup.steps import review


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def backup(ctx: click.Context, file: Path) -> None:
    """Copy everything followup knows into a file, also while it runs."""
    with opening.parts(ctx) as (parts, _):
        review.back_up(parts, file)
        click.echo(f"Everything is in {file}: letters, nudges, answers; not your settings and templates.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def restore(ctx: click.Context, file: Path) -> None:
    """Go back to a backup. Before any mail goes, followup asks whether it is to go from here."""
    with opening.parts(ctx) as (parts, now):
        before = review.restore(parts, file, now)
        click.echo(f"Restored. What was there before is in {before}")
        click.echo("Letters that went after the backup was made are not known now; read each draft with that in mind.")
