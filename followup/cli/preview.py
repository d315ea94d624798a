"""`followup preview FILE`: no settings needed, nothing written."""

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from followup import assembly
from followup.cli import speech
from followup.errors import TrackerUnreadable, WorkError
from followup.model.application import Outcome
from followup.model.person import Person
from followup.model.reading import DateOrder
from followup.playbook.timing import Calendar
from followup.steps.preview import Preview, PreviewDraft, Wording
from followup.steps.preview import preview as look
from followup.tracker import source

NOBODY = Person(name="Your Name", email="you@example.org", zone=ZoneInfo("UTC"), country=None)

_DAYS = {
    DateOrder.ISO: "",
    DateOrder.NONE: ", and without dates",
    DateOrder.DMY: ", days written day first",
    DateOrder.MDY: ", days written month first",
    DateOrder.AMBIGUOUS: ", and does not tell whether days are written day or month first",
}


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def preview(file: Path, as_json: bool) -> None:
    """Show what followup would make of a tracker. Writes nothing."""
    result = of_file(file, NOBODY)
    if as_json:
        speech.as_json(to_json(file.name, result))
    elif not result.reading.refused:
        print_preview(file.name, result, NOBODY)
        click.echo("\nTo have this done whenever a row becomes rejected: followup init")
    if result.reading.refused:
        raise WorkError(f"{file}: {result.reading.refused}")


def of_file(file: Path, person: Person) -> Preview:
    """Preview this file as this person would see it; raises TrackerUnreadable."""
    sight = source.take(file)
    if not isinstance(sight, source.Snapshot):
        raise TrackerUnreadable(sight.reason if isinstance(sight, source.Unreadable) else str(file))
    folders = (assembly.shipped_templates(),)
    wording = Wording(
        words=assembly.words(folders),
        templates=assembly.templates(folders),
        playbook=assembly.playbook(folders),
        calendar=Calendar(person.zone, lambda _day: False),
    )
    own = frozenset() if person is NOBODY else frozenset({person.email})
    return look(sight.data, wording, person, assembly.clock(), own=own)


def print_preview(name: str, result: Preview, person: Person) -> None:
    """What was read as what, the counts, one letter, the dates of its nudges."""
    reading = result.reading
    columns = ", ".join(f"{use.field.replace('_', ' ')} from {speech.clean(use.header)!r}" for use in reading.columns)
    rejected = sum(one.outcome is Outcome.REJECTED for one in reading.applications)
    delimiter = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}.get(reading.delimiter, "")
    click.echo(f"{name} is {reading.encoding} with {delimiter}{_DAYS[reading.date_order]}.")
    click.echo(speech.fold(f"Read as: {columns}"))
    click.echo(f"{len(reading.applications)} applications, {rejected} rejected.")
    open_points = len(reading.doubts) + len(reading.problems)
    click.echo(f"{open_points} things to look at." if open_points else "Nothing is unclear.")
    for doubt in reading.doubts[:5]:
        click.echo(click.style(f"  ? {speech.clean(doubt.text)}", fg="yellow"))
    for problem in reading.problems[:5]:
        click.echo(click.style(f"  ! line {problem.line}: {speech.clean(problem.text)}", fg="yellow"))
    if result.latest is not None:
        _print_latest(result.latest, result, person)


def _print_latest(latest: PreviewDraft, result: Preview, person: Person) -> None:
    said = latest.application
    role = f", {speech.clean(said.role)}" if said.role else ""
    to = said.contact_email or "no address in the tracker: you could type one, or send it yourself"
    click.echo(f"\nHad {speech.clean(said.company)}{role} turned rejected today, this would wait for your yes:\n")
    click.echo(f"To:      {to}")
    click.echo(speech.text_lines(latest.text))
    if result.nudges:
        click.echo("\nAnd these would reach you:")
        speech.table([[f"  {speech.day(plan.due_at, person)}", str(plan.tip)] for plan in result.nudges])


def to_json(name: str, result: Preview) -> dict[str, Any]:
    """The contract of `preview --json`."""
    reading = result.reading
    empty = reading.refused is not None
    return {
        "tracker": name,
        "encoding": reading.encoding,
        "delimiter": reading.delimiter,
        "date_order": str(reading.date_order),
        "refused": reading.refused,
        "applications": []
        if empty
        else [
            {
                "company": one.company,
                "role": one.role,
                "line": one.line,
                "outcome": str(one.outcome),
                "stage": str(one.stage),
                "status_text": one.status_text,
                "contact_name": one.contact_name,
                "contact_email": one.contact_email,
                "applied_on": one.applied_on and one.applied_on.isoformat(),
                "interview_on": one.interview_on and one.interview_on.isoformat(),
                "outcome_on": one.outcome_on and one.outcome_on.isoformat(),
                "outcome_on_from": one.outcome_on_from and str(one.outcome_on_from),
            }
            for one in reading.applications
        ],
        "questions": [
            {"kind": str(doubt.kind), "text": doubt.text, "about": list(doubt.about), "lines": list(doubt.lines)}
            for doubt in reading.doubts
        ],
        "problems": [{"line": problem.line, "text": problem.text} for problem in reading.problems],
        "drafts": [
            {
                "company": draft.application.company,
                "role": draft.application.role,
                "line": draft.application.line,
                "to": draft.application.contact_email,
                "template": draft.template,
                "subject": draft.text.subject,
                "text": draft.text.text,
            }
            for draft in result.drafts
        ],
    }
