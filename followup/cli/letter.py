"""One letter on the command line: show, draft, edit, approve, take back, put away, hand over."""

import sys
from datetime import datetime

import click

from followup.cli import opening, outbox, output, speech
from followup.cli.editor import in_editor
from followup.cli.progress import Bar
from followup.errors import Busy, Refused, UsageError
from followup.letters.prose import sentence
from followup.model.letter import Letter, LetterState
from followup.steps import dispatch as sending
from followup.steps import facts, handover, holding, neighbours, remind, review, sealing
from followup.steps import overview as standing
from followup.steps.next_step import next_step
from followup.steps.parts import Parts
from followup.steps.stop import stopping
from followup.store import never as kept
from followup.store import pause


@click.command()
@click.argument("letter")
@click.pass_context
def show(ctx: click.Context, letter: str) -> None:
    """Show one letter as the employer will see it."""
    with opening.parts(ctx) as (parts, now):
        one = review.current(parts, opening.letter(parts, letter))
        click.echo(f"{speech.heading(one)}  ({one.state.replace('_', ' ')})")
        click.echo("\n".join(speech.letter_lines(sealing.shown(parts, one), review.notes(parts, one, now))))
        click.echo(f"\n{sentence(outbox.when(one, parts, now))} Digest {one.digest}")
        if one.state is LetterState.APPROVED and one.reason:
            click.echo(f"Before that: {sentence(one.reason)}")
        closing = next_step(one)
        if closing is not None:
            click.echo(closing)


@click.command()
@click.argument("company")
@click.pass_context
def draft(ctx: click.Context, company: str) -> None:
    """Draft a letter for any application."""
    with opening.parts(ctx) as (parts, now):
        known = opening.application(parts, company)
        made = review.draft(parts, [known.id], now, "you asked for it")
        for one in made:
            click.echo(f"L{one.id} waits for you: followup review L{one.id}")


@click.command()
@click.argument("letter")
@click.option("--to", metavar="ADDRESS", help="Whom it goes to.")
@click.option("--name", metavar="NAME", help="Whom it greets.")
@click.option("--stage", type=click.Choice(["screening", "interview", "unknown"]), help="How far you got.")
@click.option("--interviewed-on", metavar="DATE", help="The day of your interview, as 2026-05-12.")
@click.option("--questions", metavar="NAMES", help="What it asks: of deciding, not-right, different, successful.")
@click.pass_context
def edit(
    ctx: click.Context,
    letter: str,
    to: str | None,
    name: str | None,
    stage: str | None,
    interviewed_on: str | None,
    questions: str | None,
) -> None:
    """Change a letter: its words (in $EDITOR), or with options what you know beside your tracker."""
    told = facts.read(to=to, name=name, stage=stage, interviewed_on=interviewed_on, questions=questions)
    with opening.parts(ctx) as (parts, now):
        one = opening.letter(parts, letter)
        changed = review.tell(parts, one, told, now) if told else in_editor(parts, one, now)
        click.echo("\n".join(speech.letter_lines(sealing.shown(parts, changed), review.notes(parts, changed, now))))
        if one.state is LetterState.APPROVED and changed.state is LetterState.DRAFT:
            click.echo(f"\nYour yes is taken back with the change: followup approve L{one.id}")


@click.command()
@click.argument("letter")
@click.option("--now", "at_once", is_flag=True, help="Send at once instead of at a civil hour.")
@click.option("--digest", metavar="DIGEST", help="Say yes to the letter of this digest, without being asked.")
@click.option(
    "--again",
    is_flag=True,
    help="Yes also to what may be a second letter: it may have gone, or its address was asked within 90 days.",
)
@click.pass_context
def approve(ctx: click.Context, letter: str, at_once: bool, digest: str | None, again: bool) -> None:
    """Say yes to a letter: it goes at a civil hour, or at once with --now."""
    with opening.parts(ctx) as (parts, now):
        one = opening.letter(parts, letter)
        review.refuse_unapprovable(one, at_once=at_once)
        if digest is None:
            one = review.current(parts, one)
            _ask(parts, one, now)
        say_yes(parts, one, digest or one.digest, now, at_once=at_once, again=again, on_the_spot=digest is None)


@click.command()
@click.argument("letter")
@click.pass_context
def unapprove(ctx: click.Context, letter: str) -> None:
    """Take a yes back: the letter is a draft again."""
    with opening.parts(ctx) as (parts, now):
        one = opening.letter(parts, letter)
        if one.state not in (LetterState.APPROVED, LetterState.HANDED_OVER, LetterState.FAILED):
            raise Refused(review.not_from(one, "taken back", "approved, handed over or failed"))
        after = review.take_back(parts, one, now)
        click.echo(f"{_came_back(after)} Nothing was sent.")


@click.command()
@click.argument("letter")
@click.option("--undo", is_flag=True, help="Bring it back.")
@click.pass_context
def discard(ctx: click.Context, letter: str, undo: bool) -> None:
    """Put a letter away, or bring it back with --undo."""
    with opening.parts(ctx) as (parts, now):
        one = opening.letter(parts, letter)
        if undo and one.state is not LetterState.DISCARDED:
            raise Refused(review.not_from(one, "brought back", "put away"))
        if undo:
            after = review.take_back(parts, one, now)
            click.echo(_came_back(after))
        else:
            review.discard(parts, one, now)
            click.echo(f"L{one.id} is put away. To bring it back: followup discard --undo L{one.id}")


@click.command()
@click.argument("letter")
@click.option("--text", "as_text", is_flag=True, help="Print the text alone, for copying.")
@click.pass_context
def export(ctx: click.Context, letter: str, as_text: bool) -> None:
    """Hand a letter over: an .eml file for your mail program, a mailto: link, or the text to copy."""
    with opening.parts(ctx) as (parts, now):
        one = review.current(parts, opening.letter(parts, letter))
        if one.state not in (LetterState.DRAFT, LetterState.APPROVED, LetterState.HANDED_OVER):
            raise Refused(review.not_from(one, "handed over", "a draft or approved"))
        if as_text:
            hand_over_text(parts, one, now)
        else:
            hand_over(parts, one, now)


@click.command()
@click.argument("letter")
@click.pass_context
def sent(ctx: click.Context, letter: str) -> None:
    """Say that a letter you sent yourself is sent."""
    with opening.parts(ctx) as (parts, now):
        one = review.sent(parts, opening.letter(parts, letter), now)
        click.echo(f"Good. L{one.id} ({speech.clean(one.company)}) is sent.")


@click.command()
@click.argument("address", required=False)
@click.pass_context
def never(ctx: click.Context, address: str | None) -> None:
    """Never write to this address, or list those never written to. Kept for good."""
    with opening.parts(ctx) as (parts, now):
        if address is None:
            for one in kept.everything(parts.store):
                click.echo(one)
            return
        held = review.write_never(parts, address, now)
        click.echo(f"{address} will never be written to.")
        for letter in held:
            click.echo(f"L{letter.id} ({speech.clean(letter.company)}) was approved for it and is a draft again.")


@click.command()
@click.argument("letter")
@click.option("--went/--did-not-go", default=None, help="What you found in your Sent folder.")
@click.pass_context
def settle(ctx: click.Context, letter: str, went: bool | None) -> None:
    """Say what became of a letter in doubt. Nothing is ever sent again by itself."""
    with opening.parts(ctx) as (parts, now):
        one = opening.letter(parts, letter, whole_name=True)
        if one.state is not LetterState.IN_DOUBT and not review.may_have_gone(one):
            raise Refused(review.not_from(one, "settled", "in doubt"))
        click.echo("\n".join(_known_of(parts, one)))
        if went is None:
            went = click.confirm("Did it go?")
        if went:
            one = review.sent(parts, one, now)
        elif one.state is LetterState.IN_DOUBT:
            one = review.not_sent(parts, one, now)
        click.echo(f"L{one.id} is {one.state}.")


def say_yes(
    parts: Parts,
    letter: Letter,
    digest: str,
    now: datetime,
    *,
    at_once: bool = False,
    again: bool = False,
    on_the_spot: bool = False,
) -> None:
    """Approve, say in one sentence when it goes, and with `on_the_spot` show the first nudge."""
    one = review.approve(parts, letter, digest, now, at_once=at_once, again=again)
    if at_once:
        _send_now(parts, one)
    else:
        _say_when(parts, one, now)
    for folder in neighbours.of(parts):
        click.echo(speech.also_followed(folder))
    nudge = review.first_nudge(parts, one) if on_the_spot else None
    text = remind.show(parts, nudge, parts.clock()) if nudge else None
    if nudge and text is not None:
        came_early = speech.moment(nudge.due_at, parts.person, now)
        click.echo(f"\nA nudge for you, N{nudge.id}, instead of {came_early}: {speech.clean(text.subject)}")
        click.echo(f"\n{speech.fold(text.text)}")


def _say_when(parts: Parts, letter: Letter, now: datetime) -> None:
    """When an approved letter goes and how to take the yes back; or what keeps it."""
    back = f"To take it back: followup unapprove L{letter.id}"
    if parts.mail_host is None:
        click.echo(f"Approved. {holding.NO_ACCOUNT}. {back}")
        return
    click.echo(f"Goes {speech.moment(letter.not_before, parts.person, now)}. {back}")
    if pause.why(parts.store) is not None:
        click.echo("But mail to employers is paused, so it waits: followup resume")
    elif not standing.is_running(parts, now):
        click.echo("Nothing is running: it goes at the next `followup tick`.")


def hand_over(parts: Parts, letter: Letter, now: datetime) -> None:
    """Write the .eml file and print the other ways; only then does the letter count as handed over."""
    with handover.new_eml(parts, letter, now) as file:
        output.must_print(
            f"For your mail program: {file}\n"
            f"Or as a link: {handover.mailto(sealing.shown(parts, letter))}\n"
            f"Or copy the text: followup export --text L{letter.id}\n"
            "Best of all, send it as a reply to their mail.\n"
            f"When it is sent: followup sent L{letter.id}"
        )
        review.hand_over(parts, letter, now)


def hand_over_text(parts: Parts, letter: Letter, now: datetime) -> None:
    """Print the text alone; only then does the letter count as handed over."""
    text = sealing.shown(parts, letter).text
    output.must_print(text.rstrip("\n"))
    review.hand_over(parts, letter, now)
    lost = output.not_shown(text)
    if lost:
        click.echo(
            f"This terminal cannot show {lost}; followup export L{letter.id} writes a file that has it.", err=True
        )


def _came_back(letter: Letter) -> str:
    """What became of a letter that was brought back: a draft again, or withdrawn where its row bears it out no more."""
    name = f"L{letter.id} ({speech.clean(letter.company)})"
    if letter.state is LetterState.DRAFT:
        return f"{name} is a draft again: followup review L{letter.id}."
    return f"{name} is {letter.state}: {letter.reason}."


def _known_of(parts: Parts, letter: Letter) -> list[str]:
    """All that is known of a letter in doubt, and how to learn more."""
    shown = sealing.shown(parts, letter)
    at = letter.may_have_gone_at or letter.created_at
    return [
        f"L{letter.id} to {shown.recipient}: {sentence(letter.reason or 'it may have gone')}",
        f"It was on its way {speech.day(at, parts.person)}; its subject is “{speech.clean(shown.subject)}”.",
        f"Look in your Sent folder about that time, or search your mail for {letter.message_id.strip('<>')}",
        "Some providers keep no copy of what a program sends: then letters that did go are not there either,",
        "and only an answer or a bounce will tell.",
    ]


def _ask(parts: Parts, letter: Letter, now: datetime) -> None:
    if not sys.stdin.isatty():
        raise UsageError(
            f"Nobody is there to read the letter. Give --digest, as `followup show L{letter.id}` prints it."
        )
    click.echo(speech.heading(letter))
    noted = review.notes(parts, letter, now)
    click.echo("\n".join(speech.letter_lines(sealing.shown(parts, letter), noted)))
    review.refuse_flawed(letter, noted)
    if not click.confirm("\nSend this?"):
        raise Refused("Not approved; it stays a draft.")


def _send_now(parts: Parts, letter: Letter) -> None:
    try:
        with Bar("Sending") as bar, stopping() as stop:
            report = sending.dispatch(parts, parts.clock(), stop=stop, progress=bar.update)
    except Busy:
        click.echo(
            "Another followup is sending just now. A daemon takes this letter within 30 seconds, cron at its next tick."
        )
        return
    after = review.get(parts, letter.id)
    if after.state is LetterState.SENT:
        click.echo(f"Sent to {after.to}: {sentence(after.reason or 'the server took it')}")
        return
    tried = any(attempt.letter == after.id for attempt in report.attempts)
    if after.state is LetterState.APPROVED and after.try_after is not None and not tried and report.trouble is None:
        moment = speech.moment(after.try_after, parts.person, parts.clock())
        click.echo(f"Goes {moment}: {sentence(after.reason or '')} To take it back: followup unapprove L{after.id}")
        return
    if after.state is LetterState.APPROVED and stop.wished:
        raise Refused(
            f"Stopped before it was sent. L{after.id} goes when followup runs next; to take it back:"
            f" followup unapprove L{after.id}"
        )
    if after.state is LetterState.APPROVED and report.trouble is None and parts.store.is_locked("daemon"):
        click.echo("The daemon takes it within 30 seconds.")
        return
    reason = sentence(after.reason or report.trouble or "nothing is known of why")
    closing = next_step(after) if after.state is not LetterState.APPROVED else None
    raise Refused(" ".join(filter(None, (f"L{after.id} is {review.stands(after)}: {reason}", closing))))
