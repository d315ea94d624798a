"""The person's own words: copy a template, check all, look at one with real data."""

from pathlib import Path

import click

from followup import assembly, files
from followup.cli import opening, speech
from followup.errors import Refused, WorkError
from followup.letters import check as room
from followup.letters.compose import Templates
from followup.model.letter import LetterKind
from followup.steps import review


@click.group(invoke_without_command=True)
@click.option("--language", default="en", show_default=True, help="List those of this language, as two letters.")
@click.pass_context
def templates(ctx: click.Context, language: str) -> None:
    """List the templates; copy, check and show them."""
    if ctx.invoked_subcommand is not None:
        return
    own, shipped = _folders(ctx)
    listed = _listed(Templates([own, shipped]))
    for name in listed:
        yours = (own / name).is_file()
        if yours or _language(name) in (None, language):
            click.echo(f"{name}  (yours)" if yours else name)
    others = sorted({other for name in listed if (other := _language(name)) and other != language})
    click.echo(f"\nThere are {', '.join(others)} too: followup templates --language {others[0]}")
    click.echo("To have one of your own: followup templates copy NAME")


@templates.command()
@click.argument("name")
@click.option("--language", default="en", show_default=True, help="Of which language, as two letters.")
@click.pass_context
def copy(ctx: click.Context, name: str, language: str) -> None:
    """Copy a template to your settings' folder, for you to change."""
    own, shipped = _folders(ctx)
    found = _find(Templates([own, shipped]), name, language)
    target = own / found
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        files.create(target, (shipped / found).read_bytes())
    except FileExistsError:
        raise Refused(f"You have one of your own already: {target}") from None
    except OSError as error:
        raise Refused(f"{target} cannot be written: {error.strerror}.") from None
    click.echo(f"Yours now: {target}")
    click.echo("When you have changed it: followup templates check")


@templates.command()
@click.pass_context
def check(ctx: click.Context) -> None:
    """Write every letter and nudge with all kinds of facts, and report what goes wrong, by file and line."""
    found = Templates(_folders(ctx))
    faults = [fault for language in found.languages() for fault in room.everything(found, language)]
    for fault in faults:
        click.echo(f"{fault.place}: {fault.text}" if fault.place else fault.text, err=True)
    if faults:
        raise WorkError(f"{len(faults)} {'thing' if len(faults) == 1 else 'things'} to mend.")
    click.echo("All templates write what they should.")


@templates.command()
@click.argument("name")
@click.option(
    "--with", "company", metavar="COMPANY", required=True, help="The application whose data it is shown with."
)
@click.pass_context
def show(ctx: click.Context, name: str, company: str) -> None:
    """Show a letter as it would be written for one of your applications. Changes nothing."""
    kinds = {kind.value: kind for kind in LetterKind}
    plain = next((kind for kind in kinds if name == kind or name.startswith(f"{kind}-")), None)
    if plain is None:
        raise Refused(f"{name!r} is none of: {', '.join(kinds)}.")
    with opening.parts(ctx) as (parts, _):
        known = opening.application(parts, company)
        click.echo(speech.text_lines(review.written(parts, kinds[plain], known.id)))


def _folders(ctx: click.Context) -> tuple[Path, Path]:
    """(the person's own templates, the shipped ones)."""
    return opening.settings_file(ctx).parent / "templates", assembly.shipped_templates()


def _listed(templates: Templates) -> list[str]:
    """The paths of those that a person may have of their own."""
    return [name for name in templates.names() if name.endswith((".j2", ".toml"))]


def _language(name: str) -> str | None:
    """`de` of `letters/de/day.txt.j2` and of `words/de.toml`; None of what belongs to no language."""
    folder, *rest = name.split("/")
    return rest[0].partition(".")[0] if folder in ("letters", "nudges", "words") else None


def _find(templates: Templates, name: str, language: str) -> str:
    """The one template that is listed under this name, with or without its ending, or has it in this language.

    Raises Refused where there is none.
    """
    names = _listed(templates)
    fitting = [path for path in names if name in (path, path.partition(".")[0])] or [
        path
        for path in names
        if f"/{language}/" in path and name in (Path(path).name, Path(path).name.partition(".")[0])
    ]
    if len(fitting) != 1:
        raise Refused(f"There is no template {name!r} in {language!r}. To see them: followup templates")
    return fitting[0]
