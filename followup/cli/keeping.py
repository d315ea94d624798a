"""Keeping what followup knows: a backup, and back again; and forgetting."""

from pathlib import Path

import click

from followup.cli import opening, speech
from followup.errors import Refused
from followup.steps import keeping
from followup.store import asked


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def backup(ctx: click.Context, file: Path) -> None:
    """Copy everything followup knows into a file, also while it runs."""
    with opening.parts(ctx) as (parts, _):
        keeping.back_up(parts, file)
        click.echo(f"Everything is in {file}: letters, nudges, answers; not your settings and templates.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def restore(ctx: click.Context, file: Path) -> None:
    """Go back to a backup. Before any mail goes, followup asks whether it is to go from here."""
    with opening.parts(ctx) as (parts, now):
        before = keeping.restore(parts, file, now)
        click.echo(f"Restored. What was there before is in {before}")
        click.echo("Letters that went after the backup was made are not known now; read each draft with that in mind.")
        click.echo(f"What remains known is when an address was asked from this machine: {asked.file()}")


@click.command()
@click.argument("company")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def forget(ctx: click.Context, company: str, yes: bool) -> None:
    """Blank what is known of an employer, and say what remains."""
    with opening.parts(ctx) as (parts, now):
        known = opening.application(parts, company, whole_name=True)
        name = speech.clean(known.said.company)
        if not yes and not click.confirm(f"Forget {name}: letters, answers, addresses? This cannot be undone."):
            raise Refused("Nothing was forgotten.")
        gone = keeping.forget(parts, known.id, now)
        click.echo(
            f"{name} is forgotten. What remains: that something happened and when, without names or text; a keyed"
        )
        click.echo("hash of the address, so that one ask and never still hold; its row in your tracker, which you can")
        click.echo(
            "take out there; backups: those you have made, and the one that a restore kept; and one more keyed hash,"
        )
        click.echo(f"shared by all your settings on this machine, if they were asked from here: {asked.file()}")
        if not gone:
            click.echo("Another followup reads the store just now: its file forgets when that has ended.")
