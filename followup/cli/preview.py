"""`followup preview FILE`: no settings needed, those that there are go with it, nothing written."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from followup import assembly
from followup.cli import opening, speech
from followup.config import NOWHERE, PREFIX, Settings
from followup.errors import StoreError, TrackerUnreadable, UsageError, WorkError
from followup.model.application import Outcome, Stage
from followup.model.person import Person
from followup.model.reading import DateOrder, Problem, Reading
from followup.playbook.timing import Calendar
from followup.steps.preview import Preview, PreviewDraft, Wording
from followup.steps.preview import preview as look
from followup.store import questions
from followup.store.database import looking_into
from followup.tracker import source

NOBODY = ("Your Name", "you@example.org")
"""Who signs the letters of a person without settings."""

_NOT_KNOWN = "not known"
"""What is said of a status text of which nobody knows whether it is an end."""

SHOWN = 12
"""So many lines of each list are shown."""

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
@click.pass_context
def preview(ctx: click.Context, file: Path, as_json: bool) -> None:
    """Show what followup would make of a tracker. Writes nothing.

    It goes by your settings, own words and answers, where there are any.
    """
    settings, amiss = assembly.settings_as_far_as_right(_settings_file(ctx))
    for problem in amiss:
        click.echo(f"Shown as if this were not in your settings: {problem}", err=True)
    result = of_file(file, settings)
    if as_json:
        speech.as_json(to_json(file.name, result))
    elif not result.reading.refused:
        print_preview(file.name, result, settings.person)
    if not as_json and not result.reading.refused and settings.signature is None:
        click.echo("\nTo have this done whenever a row becomes rejected: followup init")
    if result.reading.refused:
        raise WorkError(f"{file}: {result.reading.refused}")


def _settings_file(ctx: click.Context) -> Path:
    try:
        return opening.settings_file(ctx)
    except UsageError:
        return NOWHERE


def _names_a_zone(settings: Settings) -> bool:
    """Whether the settings name a time zone, in their file or in the environment; else it is the machine's."""
    return settings.signature is not None or bool(os.environ.get(f"{PREFIX}TIMEZONE", "").strip())


def of_file(file: Path, settings: Settings) -> Preview:
    """Preview this file as it would be read by these settings, own words and answers; raises TrackerUnreadable."""
    sight = source.take(file)
    if not isinstance(sight, source.Snapshot):
        raise TrackerUnreadable(sight.reason if isinstance(sight, source.Unreadable) else str(file))
    folders = (assembly.own_templates(settings.file), assembly.shipped_templates())
    wording = Wording(
        words=assembly.words(folders),
        templates=assembly.templates(folders),
        playbook=assembly.playbook(folders),
        calendar=Calendar(settings.person.zone, lambda _day: False),
    )
    name, email = NOBODY
    person = replace(settings.person, name=settings.person.name or name, email=settings.person.email or email)
    now = assembly.clock()
    return look(
        sight.data,
        wording,
        person,
        now.astimezone(settings.person.zone if _names_a_zone(settings) else None),
        own=frozenset(filter(None, [settings.person.email])),
        encoding=settings.encoding,
        columns=settings.columns,
        answers=_answers(settings.folder),
    )


def _answers(folder: Path) -> Mapping[str, str]:
    """What the person has answered about the reading of their tracker; a store that cannot be looked into is told."""
    try:
        with looking_into(folder) as store:
            return {} if store is None else questions.answers_about_reading(store)
    except StoreError as error:
        click.echo(f"Shown without your answers to questions. {error}", err=True)
        return {}


def print_preview(name: str, result: Preview, person: Person) -> None:
    """What was read as what, how every status was understood, what is open, what would be drafted, and one letter."""
    reading = result.reading
    delimiter = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}.get(reading.delimiter, "")
    kind = f"{reading.encoding} with {delimiter}" if reading.delimiter else "a workbook"
    number = len(reading.applications)
    read = f"{number} application{'' if number == 1 else 's'}"
    click.echo(f"{name} is {kind}{_DAYS[reading.date_order]}: {read}.")
    _section("Columns", [[use.field, use.header, use.sample] for use in reading.columns])
    _section("What became of them", _outcomes(reading))
    open_points = [[f"? {doubt.text}"] for doubt in reading.doubts]
    open_points += [[f"! line {problem.line}: {problem.text}"] for problem in reading.problems]
    if open_points:
        click.echo("\nNot clear")
        for (text,) in open_points[:SHOWN]:
            click.echo(click.style(speech.fold(f"- {speech.clean(text)}").replace("- ", "  ", 1), fg="yellow"))
        _rest(open_points)
    _section("A letter would wait for your yes", [_row(draft) for draft in result.drafts])
    _section("Left out", [[speech.rows(rows)] for rows in reading.left_out])
    if result.latest is not None:
        _print_latest(result.latest, result, person)


def _section(title: str, rows: Sequence[Sequence[str]]) -> None:
    if rows:
        click.echo(f"\n{title}")
        speech.table([["", *(speech.clean(cell) for cell in row)] for row in rows[:SHOWN]])
        _rest(rows)


def _rest(rows: Sequence[object]) -> None:
    if len(rows) > SHOWN:
        click.echo(f"  … and {len(rows) - SHOWN} more")


def _outcomes(reading: Reading) -> list[list[str]]:
    """Each outcome, how often, and the texts that were read so, the commonest first."""
    unknown = {line for doubt in reading.unknown for line in doubt.lines}
    texts: dict[str, Counter[str]] = {}
    for one in reading.applications:
        outcome = _NOT_KNOWN if one.line in unknown else one.outcome.replace("_", " ")
        texts.setdefault(outcome, Counter())[one.status_text or "nothing"] += 1
    ordered = sorted(texts.items(), key=lambda item: (item[0] != Outcome.REJECTED, -item[1].total()))
    return [
        [
            outcome,
            str(found.total()),
            ", ".join(
                f"{speech.cut(text, 40)}{f' ({times})' if times > 1 else ''}" for text, times in found.most_common(6)
            ),
        ]
        for outcome, found in ordered
    ]


def _row(draft: PreviewDraft) -> list[str]:
    said = draft.application
    stage = {Stage.INTERVIEW: "after an interview", Stage.SCREENING: "after a screening"}.get(said.stage, "")
    return [
        f"line {said.line}",
        speech.cut(said.company, 24),
        speech.cut(said.role, 24),
        said.contact_email or "no address",
        stage,
    ]


def _print_latest(latest: PreviewDraft, result: Preview, person: Person) -> None:
    said = latest.application
    role = f", {speech.clean(said.role)}" if said.role else ""
    to = said.contact_email or "no address in the tracker: you could type one, or send it yourself"
    click.echo(f"\nThe letter to {speech.clean(said.company)}{role}, had it turned rejected today\n")
    click.echo(f"To:      {to}")
    click.echo(speech.text_lines(latest.text))
    if result.nudges:
        click.echo("\nAnd these would reach you:")
        speech.table([[f"  {speech.day(plan.due_at, person)}", str(plan.tip)] for plan in result.nudges])


def _problems(reading: Reading) -> list[Problem]:
    """What could not be read, the status texts among it that nobody knows, from the top of the file down."""
    unknown = [Problem(line=doubt.lines[0], text=doubt.text) for doubt in reading.unknown]
    return sorted([*reading.problems, *unknown], key=lambda problem: problem.line)


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
        "problems": [{"line": problem.line, "text": problem.text} for problem in _problems(reading)],
        "left_out": [{"kind": rows.kind, "lines": list(rows.lines)} for rows in reading.left_out],
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
