"""`followup demo`: the main job in a minute, with nothing set up."""

from importlib.util import find_spec
from pathlib import Path

import click

from followup import assembly
from followup.errors import UsageError


@click.command()
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Where it is shown; else a new followup-demo folder here."
)
def demo(folder: Path | None) -> None:
    """Show the main job on a sample tracker, with its own mail catcher."""
    if find_spec("aiosmtpd") is None:
        raise UsageError(
            "The demo catches its mail with aiosmtpd, which is not installed: pipx inject followup aiosmtpd,"
            " or in a checkout make demo."
        )
    from followup.demo.walk import walk

    place = folder or _free(Path.cwd() / "followup-demo")
    place.mkdir(parents=True, mode=0o700)
    walk(place.absolute(), assembly.clock().date(), click.echo)


def _free(wanted: Path) -> Path:
    number = 2
    free = wanted
    while free.exists():
        free = wanted.with_name(f"{wanted.name}-{number}")
        number += 1
    return free
