"""The command line: each command calls one step and prints. Nothing is decided here.

Commands are imported when called, so that `followup --help` costs no more than click itself.
"""

import difflib
import importlib
import os
import sys

import click

from followup.cli import output
from followup.errors import FollowupError, UsageError

GROUPS: dict[str, dict[str, tuple[str, str]]] = {
    "See and set up": {
        "preview": ("preview", "Show what followup would make of a tracker. Writes nothing."),
        "demo": ("demo", "Show the main job on a sample tracker, with its own mail catcher."),
        "init": ("init", "Set up: your name, your tracker, your mail account."),
        "doctor": ("doctor", "Check everything, send nothing."),
    },
    "Run": {
        "run": ("running", "Watch the tracker and do what is due, until stopped."),
        "web": ("web", "Open the review page in your browser."),
        "tick": ("running", "Do once what is due: for cron."),
        "scan": ("running", "Look at the tracker once."),
        "pause": ("running", "Stop mail to employers at once."),
        "resume": ("running", "Let mail go to employers again."),
        "backup": ("keeping", "Copy everything followup knows into a file, also while it runs."),
        "restore": ("keeping", "Go back to a backup."),
        "forget": ("keeping", "Blank what is known of an employer, and say what remains."),
        "service": ("service", "Show, or install, what keeps followup running."),
    },
    "Letters": {
        "review": ("review", "Go through the drafts, one key each."),
        "outbox": ("outbox", "List the letters."),
        "show": ("letter", "Show one letter as the employer will see it."),
        "draft": ("letter", "Draft a letter for any application."),
        "edit": ("letter", "Change a letter: its words, its address, what you know."),
        "approve": ("letter", "Say yes to a letter."),
        "unapprove": ("letter", "Take a yes back."),
        "discard": ("letter", "Put a letter away, or bring it back."),
        "export": ("letter", "Hand a letter over: you send it yourself."),
        "sent": ("letter", "Say that a letter you sent yourself is sent."),
        "settle": ("letter", "Say what became of a letter in doubt."),
        "never": ("letter", "Never write to this address, or list those never written to."),
    },
    "Answers": {
        "answered": ("journal", "Say that an employer has answered."),
        "feedback": ("journal", "Read what employers answered."),
    },
    "Nudges": {
        "nudges": ("nudges", "List the nudges, delivered and to come."),
        "done": ("nudges", "Be done with a nudge."),
        "snooze": ("nudges", "Let a nudge come again later."),
    },
    "Your own words": {
        "templates": ("templates", "List the templates; copy, check and show them."),
    },
    "How things stand": {
        "status": ("status", "Show how everything stands."),
        "applications": ("applications", "List the applications."),
        "log": ("status", "Tell the story of one application, or the latest events."),
        "questions": ("questions", "List what waits for your word."),
        "answer": ("questions", "Answer a question."),
    },
}


class LazyGroup(click.Group):
    """Knows its commands by name and summary, and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """All command names, in the order of the groups."""
        return [name for commands in GROUPS.values() for name in commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        for commands in GROUPS.values():
            if cmd_name in commands:
                module = importlib.import_module(f"followup.cli.{commands[cmd_name][0]}")
                command: click.Command = getattr(module, cmd_name)
                return command
        return super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that was typed; raises UsageError with the one that may have been meant."""
        typed = args[0]
        if not ctx.resilient_parsing and self.get_command(ctx, typed) is None:
            near = difflib.get_close_matches(typed, self.list_commands(ctx), 1)
            hint = f"Did you mean followup {near[0]}?" if near else "To see them all: followup --help"
            raise UsageError(f"There is no command {typed!r}. {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands by group, without importing any."""
        for title, commands in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(name, summary) for name, (_, summary) in commands.items()], col_max=12)


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="First look, with no settings at all: followup preview my-tracker.csv",
)
@click.option("--config", metavar="FILE", help="The settings file, else $FOLLOWUP_CONFIG, else the usual place.")
@click.option("--debug", is_flag=True, help="Show a traceback when something unexpected happens.")
@click.version_option(package_name="followup", message="followup %(version)s")
@click.pass_context
def cli(ctx: click.Context, config: str | None, debug: bool) -> None:
    """Ask kindly for feedback when an application ends in a rejection, and keep going.

    followup watches the spreadsheet in which you keep your applications. When one becomes "rejected" it drafts a short
    request for feedback; nothing is sent before you have read it and said yes.
    """
    ctx.obj = {"config": config, "debug": debug}
    if os.environ.get("NO_COLOR"):
        ctx.color = False
    if ctx.invoked_subcommand is None:
        from followup.cli.status import print_briefly

        print_briefly(ctx)


def main() -> None:
    """Run the command line; every error is one sentence, with the exit code of the design."""
    output.never_fail()
    try:
        cli.main(standalone_mode=False, prog_name="followup")
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except click.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except FollowupError as error:
        click.echo(f"followup: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        output.leave()
        sys.exit(1)
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        click.echo(
            f"followup: something unexpected happened ({type(error).__name__}: {error})."
            " To see how things stand: followup status. For the details, run the same with: followup --debug …",
            err=True,
        )
        sys.exit(1)
