"""What runs: a scan, a tick, the daemon."""

import click

from followup import assembly
from followup.cli import opening, speech
from followup.cli.progress import Bar
from followup.errors import WorkError
from followup.steps import holding
from followup.steps import overview as standing
from followup.steps.dispatch import DispatchReport
from followup.steps.remind import RemindReport
from followup.steps.scan import ScanReport
from followup.steps.scan import scan as look
from followup.steps.sending import ENDED
from followup.steps.stop import stopping
from followup.steps.tick import tick as go_round

PAGE_PORT = 8321
PORT = click.IntRange(0, 65535)


@click.command()
@click.pass_context
def scan(ctx: click.Context) -> None:
    """Look at the tracker once."""
    with opening.parts(ctx) as (parts, now):
        with Bar("Reading") as bar:
            report = look(parts, now, wait=10, progress=bar.update)
        for line in scan_lines(report):
            click.echo(line)
        if report.trouble:
            raise WorkError(report.trouble)


@click.command()
@click.pass_context
def tick(ctx: click.Context) -> None:
    """Do once what is due: look at the tracker, nudge, send. For cron; says nothing when there is nothing."""
    with opening.parts(ctx, look=False) as (parts, _), Bar("Working") as bar:
        with stopping() as stop:
            report = go_round(parts, stop=stop, progress=bar.update)
        if report.scan is not None and not report.scan.untouched:
            for line in scan_lines(report.scan):
                click.echo(line)
        if report.remind is not None:
            for line in remind_lines(report.remind):
                click.echo(line)
        if report.dispatch is not None:
            for line in dispatch_lines(report.dispatch):
                click.echo(line)
        if report.trouble:
            raise WorkError(" ".join(report.trouble))


@click.command()
@click.option("--web", "page", is_flag=True, help="Serve the review page too; followup web opens it.")
@click.option(
    "--port",
    type=PORT,
    default=PAGE_PORT,
    show_default=True,
    help="The page's port on this machine; 0 takes a free one.",
)
@click.pass_context
def run(ctx: click.Context, page: bool, port: int) -> None:
    """Watch the tracker and do what is due, until stopped."""
    from followup import daemon

    current = assembly.current(opening.settings_file(ctx))
    daemon.serve(current, click.echo, page_port=port if page else None)


@click.command()
@click.pass_context
def pause(ctx: click.Context) -> None:
    """Stop mail to employers at once."""
    with opening.parts(ctx) as (parts, now):
        holding.hold_mail(parts, now)
        click.echo("No mail goes to employers now. To let it go again: followup resume")


@click.command()
@click.pass_context
def resume(ctx: click.Context) -> None:
    """Let mail go to employers again."""
    with opening.parts(ctx) as (parts, now):
        waiting = holding.resume_mail(parts, now)
        click.echo("Mail goes again." if waiting else "Mail goes again; no letter waits to go.")
        for letter in waiting:
            moment = speech.moment(standing.when(parts, letter, now), parts.person, now)
            click.echo(f"L{letter.id} to {speech.clean(letter.company)} goes {moment}.")


def scan_lines(report: ScanReport) -> list[str]:
    """What a scan found, in words."""
    if report.trouble:
        return []
    if report.untouched:
        return ["Your tracker has not changed."]
    lines = [f"{report.applications} applications, {report.rejected} rejected."]
    lines += offered_lines(report)
    lines += [f"L{number} is drafted and waits for you: followup review L{number}" for number in report.drafted]
    lines += [f"Line {problem.line}: {speech.clean(problem.text)}" for problem in report.problems]
    return lines


def offered_lines(report: ScanReport) -> list[str]:
    """What a first sight, or a better reading, leaves to be chosen, in words."""
    if not report.offered:
        return []
    were = "rejection was" if report.offered == 1 else "rejections were"
    return [f"{report.offered} {were} there before; nothing is drafted unasked. To choose: followup questions"]


def remind_lines(report: RemindReport) -> list[str]:
    """Which nudges came, in words."""
    return [
        f"N{number} is there to be read: followup nudges" if number in report.shown else f"N{number} has reached you."
        for number in report.delivered
    ]


def dispatch_lines(report: DispatchReport) -> list[str]:
    """What a dispatch did, in words."""
    lines = [
        f"L{number} may have been sent when followup ended: followup settle L{number}" for number in report.in_doubt
    ]
    return lines + [
        f"L{one.letter} to {speech.clean(one.company)} {ENDED[one.ending]} ({one.words})." for one in report.attempts
    ]
