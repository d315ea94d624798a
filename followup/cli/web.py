"""`followup web`: the review page in the browser."""

import os
import webbrowser
from contextlib import closing

import click

from followup import assembly, config
from followup.cli import opening
from followup.cli.running import PAGE_PORT, PORT
from followup.errors import Busy
from followup.steps.parts import Parts
from followup.steps.stop import signals
from followup.web import server
from followup.web.sending import sending
from followup.web.tracker import read

HOUR = 3600.0


@click.command()
@click.option(
    "--port",
    type=PORT,
    default=PAGE_PORT,
    show_default=True,
    help="The port on this machine; 0 takes a free one.",
)
@click.option("--no-open", is_flag=True, help="Print the link instead of opening the browser, as for ssh.")
@click.pass_context
def web(ctx: click.Context, port: int, no_open: bool) -> None:
    """Open the review page in your browser: read, change and say yes there. Nobody but this machine can see it."""
    current = assembly.current(opening.settings_file(ctx))
    parts = current()
    with closing(parts.store), parts.store.telling():
        try:
            with sending(current) as send_soon, server.serving(current, port, send_soon) as link, signals() as ended:
                read(parts, parts.clock())
                _show(parts, link, open_it=not no_open)
                click.echo("To stop: Ctrl-C")
                while not ended(HOUR):
                    pass
        except Busy:
            _show(parts, server.link_of(parts), open_it=not no_open)


def _show(parts: Parts, link: str, *, open_it: bool) -> None:
    """Say the link, which lets in once, and open it: by a file, since everybody can read a browser's arguments."""
    click.echo(f"The page, good for one entry: {link}")
    if not open_it:
        return
    # A browser keeps the environment that it was started with, and hands it on.
    for name in os.environ.keys() - config.environment_for_children(os.environ):
        del os.environ[name]
    if webbrowser.open(server.way_in(parts).as_uri()):
        click.echo("If your browser may not read the file that it was opened with, open the link yourself.")
    else:
        click.echo("No browser could be opened; open the link yourself.")
