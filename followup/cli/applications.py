"""`followup applications`: what the sheet tells of each, with the id by which commands know it."""

import click

from followup.cli import opening, speech
from followup.model import company
from followup.store import applications as store
from followup.store import letters


@click.command()
@click.argument("words", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.pass_context
def applications(ctx: click.Context, words: tuple[str, ...], as_json: bool) -> None:
    """List the applications; with words, only those that have all of them."""
    with opening.parts(ctx) as (parts, _):
        found = [
            known
            for known in store.everything(parts.store)
            if all(company.contains(f"{known.said.company} {known.said.role}", word) for word in words)
        ]
        if as_json:
            speech.as_json(
                [
                    {
                        "id": f"A{known.id}",
                        "company": known.said.company,
                        "role": known.said.role,
                        "outcome": str(known.said.outcome),
                        "line": known.said.line if known.present else None,
                        "letters": [f"L{letter.id}" for letter in letters.of_application(parts.store, known.id)],
                    }
                    for known in found
                ]
            )
            return
        if not found:
            click.echo("No application has that in it." if words else "No application is known yet: followup scan")
            return
        rows = [
            [
                f"A{known.id}",
                known.said.outcome.replace("_", " ") if known.present else "row gone",
                ", ".join(
                    f"L{letter.id} {letter.state.replace('_', ' ')}"
                    for letter in letters.of_application(parts.store, known.id)
                )
                or "-",
                speech.clean(known.said.company),
                speech.clean(known.said.role),
            ]
            for known in found
        ]
        speech.table([["", "outcome", "letters", "company", "role"], *rows])
