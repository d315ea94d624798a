"""Nudges on the command line."""

import click

from followup.cli import opening, speech
from followup.errors import UsageError
from followup.model.nudge import NudgeState
from followup.playbook import timing
from followup.steps import nudging
from followup.store import nudges as store


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option("--all", "everything", is_flag=True, help="Those done or cancelled too.")
@click.pass_context
def nudges(ctx: click.Context, as_json: bool, everything: bool) -> None:
    """List the nudges, delivered and to come."""
    with opening.parts(ctx) as (parts, now):
        found = store.everything(parts.store)
        if as_json:
            speech.as_json(
                [
                    {
                        "id": f"N{one.id}",
                        "tip": str(one.tip),
                        "state": str(one.state),
                        "due_at": one.due_at.isoformat(),
                        "company": one.company,
                        "role": one.role,
                        "subject": one.subject,
                    }
                    for one in found
                ]
            )
            return
        over = (NudgeState.DONE, NudgeState.CANCELLED)
        shown = [one for one in found if everything or one.state not in over]
        if not shown:
            click.echo("No nudge is planned. They come when a row of your tracker becomes rejected.")
            return
        for one in shown:
            if one.state is NudgeState.DELIVERED and one.text and not everything:
                click.echo(f"N{one.id}  {one.subject}\n\n{speech.fold(one.text)}\n\n  followup done N{one.id}\n")
        rows = [
            [
                f"N{one.id}",
                str(one.state),
                speech.moment(one.due_at, parts.person, now),
                speech.clean(one.company),
                one.subject,
            ]
            for one in shown
            if everything or one.state is not NudgeState.DELIVERED
        ]
        if rows:
            speech.table([["", "state", "when", "about", "subject"], *rows])


@click.command()
@click.argument("nudge")
@click.pass_context
def done(ctx: click.Context, nudge: str) -> None:
    """Be done with a nudge: it is not shown again, and does not come if it was still to come."""
    with opening.parts(ctx) as (parts, now):
        one = opening.nudge(parts, nudge)
        nudging.done(parts, one, now)
        click.echo(f"N{one.id} is done.")


@click.command()
@click.argument("nudge")
@click.argument("until", default="1d")
@click.pass_context
def snooze(ctx: click.Context, nudge: str, until: str) -> None:
    """Let a nudge come again later: 3h, 2d, 1w, tomorrow or a date; in a day if you don't say."""
    with opening.parts(ctx) as (parts, now):
        one = opening.nudge(parts, nudge)
        try:
            moment = timing.until(until, now, parts.calendar())
        except ValueError as error:
            raise UsageError(str(error)) from None
        nudging.snooze(parts, one, moment, now)
        click.echo(f"N{one.id} comes again {speech.moment(moment, parts.person, now)}.")
