"""`followup doctor`: checks everything, sends nothing; each line is ok, or the problem and what to do."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from followup import assembly
from followup.cli import opening, service, speech
from followup.config import Settings
from followup.errors import FollowupError, WorkError
from followup.letters.compose import Facts, Templates
from followup.model.application import Stage
from followup.model.letter import LetterKind
from followup.model.question import Question
from followup.model.reading import Reading
from followup.steps import mail_check, neighbours
from followup.steps import overview as standing
from followup.steps.parts import Parts
from followup.store import questions
from followup.tracker import reading, source

Finding = tuple[bool, str]


@click.command()
@click.pass_context
def doctor(ctx: click.Context) -> None:
    """Check everything, send nothing."""
    problems = 0
    for fine, text in _findings(ctx):
        problems += not fine
        click.echo(f"{click.style('ok', fg='green') if fine else click.style('!!', fg='red')}  {text}")
    if problems:
        raise WorkError(f"{problems} {'thing needs' if problems == 1 else 'things need'} you.")
    click.echo("All is well.")


def _findings(ctx: click.Context) -> Iterator[Finding]:
    settings = opening.settings(ctx)
    yield True, f"Settings: {opening.settings_file(ctx)}"
    yield from _clock(settings)
    yield from _templates(settings)
    try:
        parts = assembly.join(settings)
    except FollowupError as error:
        yield False, f"Store: {error}"
        return
    try:
        yield True, f"Store: {settings.folder}"
        yield from _neighbours(parts)
        yield from _tracker(settings, questions.everything(parts.store))
        yield from _mail(parts)
        yield from _running(parts)
        yield from _starting(opening.settings_file(ctx))
    finally:
        parts.store.close()


def _neighbours(parts: Parts) -> Iterator[Finding]:
    try:
        for folder in neighbours.of(parts):
            yield False, speech.also_followed(folder)
    except FollowupError as error:
        yield False, str(error)


def _clock(settings: Settings) -> Iterator[Finding]:
    now = assembly.clock()
    local = now.astimezone(settings.person.zone)
    yield now.year >= 2026, f"Clock: it is {local:%A %d %b %Y %H:%M} in {settings.person.zone.key}"
    if settings.person.country:
        calendar = assembly.calendar(settings.person)
        try:
            day = calendar.working_day_after(local.date(), 1)
            yield True, f"Holidays: those of {settings.person.country}; the next working day is {day:%A %d %b}"
        except FollowupError as error:
            yield False, str(error)


def _tracker(settings: Settings, asked: Sequence[Question]) -> Iterator[Finding]:
    sight = source.take(settings.tracker)
    if isinstance(sight, source.Unreadable):
        yield False, f"Tracker: {sight.whole}"
        return
    if not isinstance(sight, source.Snapshot):
        return
    result = reading.read(
        sight.data,
        assembly.words(_folders(settings)),
        own_addresses=frozenset({settings.person.email}),
        encoding=settings.encoding,
        columns=settings.columns,
        answers={one.key: one.answer for one in asked if one.answer is not None},
        now=assembly.clock().astimezone(settings.person.zone),
    )
    if result.refused:
        yield False, f"Tracker: {settings.tracker}: {result.refused}"
        return
    yield True, f"Tracker: {settings.tracker}, {len(result.applications)} applications ({_outcomes(result)})"
    yield from _understood(result, asked)


def _understood(result: Reading, asked: Sequence[Question]) -> Iterator[Finding]:
    """How the tracker was read, what it leaves open, and what is wrong with it."""
    for use in result.columns:
        yield (
            True,
            f"  {use.field} is read from {speech.clean(use.header)!r}, such as {speech.clean(use.sample)[:40]!r}",
        )
    for rows in result.left_out:
        yield True, f"  left out: {speech.rows(rows)}"
    for doubt in result.doubts:
        yield True, f"  open: {speech.clean(doubt.text)}"
    for doubt in result.unknown:
        yield True, f"  read as open: {speech.clean(doubt.text)}"
    for one in asked:
        if one.answer is not None:
            yield True, f"  Q{one.id} is answered {one.answer!r}: {speech.clean(one.text)}"
    for problem in result.problems:
        yield False, f"  line {problem.line}: {speech.clean(problem.text)}"


def _outcomes(result: Reading) -> str:
    counts = Counter(one.outcome for one in result.applications)
    return ", ".join(f"{number} {outcome.replace('_', ' ')}" for outcome, number in counts.most_common())


def _folders(settings: Settings) -> tuple[Path, ...]:
    return (settings.folder / "templates", assembly.shipped_templates())


def _templates(settings: Settings) -> Iterator[Finding]:
    folders = _folders(settings)
    try:
        templates = Templates(folders)
        for stage in Stage:
            facts = Facts(
                company="Example Works",
                role="Engineer",
                stage=stage,
                contact_name=None,
                interview_on=None,
                name=settings.person.name,
                contact_line=settings.person.contact_line,
            )
            templates.letter(LetterKind.FEEDBACK_REQUEST, facts, templates.choose(settings.person.language))
        if not templates.speaks(settings.person.language):
            yield False, f"Templates: {settings.person.language!r} is not there, whole; letters are in English."
        assembly.playbook(folders)
    except FollowupError as error:
        yield False, f"Templates: {error}"
    else:
        own = settings.folder / "templates"
        yield (
            True,
            f"Templates: {'yours in ' + str(own) + ' first' if own.is_dir() else 'those that came with followup'}",
        )


def _mail(parts: Parts) -> Iterator[Finding]:
    try:
        account = parts.account()
        if account is None:
            yield True, "Mail account: none; you send the letters yourself: followup outbox"
            return
        trouble = mail_check.problem(account)
        how = "without a log-in" if account.username is None else f"logged in as {account.username}"
        fine = f"{account.host} port {account.port}, {account.security}, {how}"
        yield trouble is None, f"Mail account: {trouble or fine}"
    except FollowupError as error:
        yield False, f"Mail account: {error}"


def _running(parts: Parts) -> Iterator[Finding]:
    now = parts.clock()
    view = standing.overview(parts, now)
    tick = view.runs.get("tick")
    if view.daemon:
        yield True, "Running: the daemon"
    elif tick is not None and view.ticked:
        yield True, f"Running: the last tick was {speech.day(tick.at, parts.person)}"
    else:
        yield False, "Running: nothing. To start it: followup service --install, or followup run"
    if view.unsent is not None:
        yield False, view.unsent
    for trouble in view.troubles:
        yield False, f"Last time: {trouble}"


def _starting(file: Path) -> Iterator[Finding]:
    try:
        for where, starts in service.starting(file):
            if starts:
                yield True, f"Service: {where} starts followup"
            else:
                yield False, f"Service: {where} cannot start followup. To write it anew: followup service --install"
    except FollowupError as error:
        yield True, f"Service: not looked for. {error}"
