"""What follows from a reading of the tracker: news in, actions as plain values out.

Nothing here acts. `steps` carries the actions out, and tests compare them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from followup.model.application import NOTHING_TO_ASK, Application, Outcome, Stage, recency
from followup.model.letter import REMARKED, UNSENT, Letter, LetterKind, LetterState
from followup.model.question import QuestionKind
from followup.playbook import series
from followup.playbook.actions import Action, Ask, Cancel, Circumstances, Draft, DropFacts, Move, News, Remark, Rewrite
from followup.playbook.rules import Playbook
from followup.playbook.timing import OPENS

LONGEST_SILENCE = timedelta(days=45)
"""A follow-up that comes later than this comes out of the blue."""

UNWRITTEN = "its template could not be filled, so its text and address are the old ones; mend it, then: followup scan"
"""Said of a letter that should have been written anew."""

ROW_GONE = "its row is gone from your tracker"
NO_LONGER_REJECTED = "your tracker no longer says rejected"

THANKS_SPEAK_OF = frozenset({"company", "role", "contact_name", "contact_email", "language"})
"""The fields that a thank-you rests on: whom it goes to, and about which job."""

BURST = 5
"""More new drafts than this at once are asked about first: a filled-down column looks just like that."""
READ_LATELY = timedelta(days=60)


def on_changes(news: Sequence[News], circumstances: Circumstances, now: datetime) -> tuple[Action, ...]:
    """What follows from one reading of the tracker.

    Rejections that it held before and that are only now read as such are a baseline, as at first sight: they are
    offered, and nudge nobody.
    """
    actions: list[Action] = []
    for item in news:
        actions += _first_letter(item, circumstances.playbook)
        actions += _on_one(item, circumstances, now)
    actions += _offer({item.application: item.after for item in news if item.after and _was_there_before(item)})
    fresh = [item for item in news if _is_new_rejection(item) and item.doubt is None]
    if len(fresh) > BURST:
        actions = [action for action in actions if not isinstance(action, Draft)]
        actions.append(Ask(kind=QuestionKind.BURST, applications=tuple(item.application for item in fresh)))
        fresh = []
    again = [item for item in news if _is_rejected_again(item)]
    actions += _nudges(news, [*fresh, *again], circumstances, now)
    return tuple(actions)


def _nudges(
    news: Sequence[News], rejections: Sequence[News], circumstances: Circumstances, now: datetime
) -> list[Action]:
    """What becomes of the nudges: those of a rejection that is none any more stop, and new ones are planned."""
    ended = {item.application for item in news if item.after is not None and item.after.outcome is not Outcome.REJECTED}
    actions = list(series.on_end(circumstances.waiting, circumstances.joined, ended, NO_LONGER_REJECTED))
    cancelled = {action.nudge.id for action in actions if isinstance(action, Cancel)}
    waiting = tuple(nudge for nudge in circumstances.waiting if nudge.id not in cancelled)
    # A series speaks of one case by name: the one that went furthest hurts most.
    furthest_first = sorted(rejections, key=lambda item: item.after is None or item.after.stage is not Stage.INTERVIEW)
    begun = [item.application for item in furthest_first]
    actions += series.start(begun, replace(circumstances, waiting=waiting), now)
    if any(item.after is not None and item.after.outcome is Outcome.ACCEPTED and item.before for item in news):
        actions += [Cancel(nudge=nudge, why="you accepted an offer") for nudge in waiting]
    return actions


def on_unwritten(actions: Iterable[Action], applications: Collection[int]) -> tuple[Move, ...]:
    """What is still done of all that follows for applications of which a letter cannot be written: a yes that would be
    taken back is taken back, and the rest waits.
    """
    moves = [one for one in actions if isinstance(one, Move) and one.letter.state is LetterState.APPROVED]
    return tuple(_unwritten(move) for move in moves if move.letter.application in applications)


def _unwritten(move: Move) -> Move:
    return replace(move, reason=f"{move.reason}; {UNWRITTEN}", rewrite=False) if move.rewrite else move


def on_first_sight(news: Sequence[News], circumstances: Circumstances, now: datetime) -> tuple[Action, ...]:
    """What follows from the first sight of a tracker: a baseline. Old rejections are offered, never drafted unasked.

    Letters of the tracker before are held to their rows as ever.
    """
    actions: list[Action] = []
    for item in news:
        actions += _on_one(item, circumstances, now)
    actions += _offer({item.application: item.after for item in news if item.after and _is_unwritten_rejection(item)})
    return (*actions, *_nudges(news, [item for item in news if _is_rejected_again(item)], circumstances, now))


def _offer(rejected: Mapping[int, Application]) -> list[Ask]:
    """One question about rejections that were there before, the latest first."""
    latest_first = sorted(rejected, key=lambda number: recency(rejected[number]), reverse=True)
    return [Ask(kind=QuestionKind.FIRST_SIGHT, applications=tuple(latest_first))] if rejected else []


def withheld(letter: Letter, application: Application, *, present: bool) -> Move | None:
    """What becomes of a letter that has not gone and that its row, as it is now, does not bear out; None if it does.

    A thank-you answers a mail that came, however the application ends; a request that the person asked for by name
    stands whatever the row says, unless there is nothing to ask for.
    """
    if letter.state not in UNSENT:
        return None
    if not present:
        held = letter.state is LetterState.APPROVED
        return Move(letter=letter, to=LetterState.DRAFT, reason=ROW_GONE) if held else None
    if letter.kind is LetterKind.THANK_YOU or application.outcome is Outcome.REJECTED:
        return None
    if letter.by_name and application.outcome not in NOTHING_TO_ASK:
        return None
    return Move(letter=letter, to=LetterState.WITHDRAWN, reason=NO_LONGER_REJECTED)


def on_silence(sent: Letter, circumstances: Circumstances, now: datetime) -> tuple[Action, ...]:
    """What follows a feedback request that no follow-up has followed yet: one is drafted, and asked about first.

    Whether an answer came is not known here, so the follow-up cannot be approved before the person has said.
    """
    rule, calendar = circumstances.playbook.letter("no_reply", LetterKind.FOLLOW_UP), circumstances.calendar
    if rule is None or sent.sent_at is None or now > sent.sent_at + LONGEST_SILENCE:
        return ()
    day = calendar.working_day_after(calendar.local(sent.sent_at).date(), rule.after)
    if now < calendar.at(day, OPENS):
        return ()
    text = f"Has {sent.company} answered your letter?"
    return (
        Draft(application=sent.application, kind=LetterKind.FOLLOW_UP, why="no answer is known of"),
        Ask(kind=QuestionKind.REPLY, applications=(sent.application,), text=text),
        *series.plan(sent.application, "no_reply", sent.sent_at, circumstances, now),
    )


def _on_one(item: News, circumstances: Circumstances, now: datetime) -> list[Action]:
    if item.after is None:
        return [action for letter in item.letters for action in _row_gone(letter)]
    actions: list[Action] = []
    for letter in item.letters:
        actions += _on_letter(letter, item, item.after)
    if "interview_on" in item.fields:
        actions += series.on_another_day(item.application, circumstances.waiting)
    if item.before is None or "interview_on" in item.fields:
        actions += series.around_interview(item.application, item.after, circumstances, now)
    stale = item.told & item.fields
    if stale:
        reason = f"{_what_changed(stale)}; it stands instead of what you had said"
        actions += [Remark(letter=one.letter, reason=reason) for one in actions if isinstance(one, Rewrite)]
        actions.append(DropFacts(application=item.application, fields=stale))
    return actions


def _row_gone(letter: Letter) -> list[Action]:
    """A row that is gone holds its letters; the nudges stay."""
    if letter.state is LetterState.APPROVED:
        return [Move(letter=letter, to=LetterState.DRAFT, reason=ROW_GONE)]
    return [Remark(letter=letter, reason=ROW_GONE)] if letter.state in REMARKED else []


def _first_letter(item: News, playbook: Playbook) -> list[Action]:
    """The request that a new rejection is drafted."""
    if not _is_new_rejection(item):
        return []
    if item.doubt is not None:
        return [Ask(kind=QuestionKind.IDENTITY, applications=(item.application,), text=item.doubt)]
    kind, why = LetterKind.FEEDBACK_REQUEST, "the tracker says: rejected"
    wanted = playbook.letter("rejected", kind) is not None
    return [Draft(application=item.application, kind=kind, why=why)] if wanted else []


def _is_new_rejection(item: News) -> bool:
    """Whether the employer's no is news, and no letter was ever written about it."""
    return not item.reread and _is_unwritten_rejection(item)


def _was_there_before(item: News) -> bool:
    """Whether an employer's no that no letter was written about, or offered, is news to us, and none to the sheet."""
    return item.reread and not item.offered and _is_unwritten_rejection(item)


def _is_unwritten_rejection(item: News) -> bool:
    return not item.letters and _is_rejected_now(item)


def _is_rejected_again(item: News) -> bool:
    """Whether a no that was taken back is said again, and nobody has answered the letter about it."""
    answered = any(letter.state is LetterState.ANSWERED for letter in item.letters)
    return bool(item.letters) and not answered and _is_rejected_now(item)


def _is_rejected_now(item: News) -> bool:
    was = item.before is not None and item.before.outcome is Outcome.REJECTED
    return not was and item.after is not None and item.after.outcome is Outcome.REJECTED


def _on_letter(letter: Letter, item: News, after: Application) -> list[Action]:
    """What an edit of its row makes of a letter. A thank-you answers a mail that came, however the application ends."""
    fields = item.fields
    if letter.kind is LetterKind.THANK_YOU:
        fields &= THANKS_SPEAK_OF
    elif after.outcome is not Outcome.REJECTED and ("outcome" in fields or not letter.by_name):
        return _no_longer_rejected(letter)
    elif letter.state is LetterState.WITHDRAWN:
        return _rejected_again(letter, item)
    if not fields:
        return [Remark(letter=letter, reason=None)] if item.returned and letter.state is LetterState.DRAFT else []
    return _facts_changed(letter, _what_changed(fields))


def _rejected_again(letter: Letter, item: News) -> list[Action]:
    """A withdrawn letter waits for a yes again, unless its employer has answered."""
    if any(one.state is LetterState.ANSWERED for one in item.letters):
        return []
    reason = "rejected again; the words are yours of before, read them again" if letter.edited else "rejected again"
    return [Move(letter=letter, to=LetterState.DRAFT, reason=reason, rewrite=True)]


def _facts_changed(letter: Letter, reason: str) -> list[Action]:
    """A yes is taken back, and a draft is written anew, edited words aside; what was noted on it is no longer so."""
    if letter.state is LetterState.APPROVED:
        return [Move(letter=letter, to=LetterState.DRAFT, reason=reason, rewrite=True)]
    if letter.state is LetterState.SENDING:
        return [Remark(letter=letter, reason=reason)]
    if letter.state is not LetterState.DRAFT:
        return []
    actions: list[Action] = [Rewrite(letter=letter)]
    if letter.edited or letter.reason:
        actions.append(Remark(letter=letter, reason=reason))
    return actions


def _no_longer_rejected(letter: Letter) -> list[Action]:
    if letter.state in UNSENT:
        return [Move(letter=letter, to=LetterState.WITHDRAWN, reason=NO_LONGER_REJECTED)]
    return [Remark(letter=letter, reason=NO_LONGER_REJECTED)] if letter.state is LetterState.SENDING else []


def _what_changed(fields: frozenset[str]) -> str:
    names = sorted(name.replace("_email", "").replace("_", " ").removesuffix(" on") for name in fields)
    return f"changed in your tracker: {', '.join(dict.fromkeys(names))}"
