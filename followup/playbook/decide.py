"""What follows from a reading of the tracker: news in, actions as plain values out.

Nothing here acts. `steps` carries the actions out, and tests compare them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from followup.model.application import Application, Outcome, Stage, recency
from followup.model.letter import REMARKED, UNSENT, Letter, LetterKind, LetterState
from followup.model.nudge import Nudge, Tip
from followup.model.question import QuestionKind
from followup.playbook.rules import NudgeRule, Playbook
from followup.playbook.timing import OPENS, Calendar, nudge_due

LONGEST_SILENCE = timedelta(days=45)
"""A follow-up that comes later than this comes out of the blue."""

UNWRITTEN = "its template could not be filled, so its text and address are the old ones; mend it, then: followup scan"
"""Said of a letter that should have been written anew."""

THANKS_SPEAK_OF = frozenset({"company", "role", "contact_name", "contact_email"})
"""The fields that a thank-you rests on: whom it goes to, and about which job."""

BURST = 5
"""More new drafts than this at once are asked about first: a filled-down column looks just like that."""
READ_LATELY = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One change of the tracker, as far as decisions need it. `told` names the fields whose fact the person gave;
    `doubt` asks whether this rejection was known before.
    """

    application: int
    before: Application | None
    after: Application | None
    fields: frozenset[str]
    returned: bool
    letters: tuple[Letter, ...]
    told: frozenset[str]
    doubt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Draft this letter for this application."""

    application: int
    kind: LetterKind
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """Write an unedited draft anew, in place."""

    letter: Letter


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Note on a draft what its reader should know, or that it is so no more."""

    letter: Letter
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Move a letter; `rewrite` says that the draft it becomes is to be written anew."""

    letter: Letter
    to: LetterState
    reason: str
    rewrite: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Plan a nudge."""

    application: int
    event: str
    tip: Tip
    template: str
    when: tuple[str, ...]
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """Let a running series speak of this rejection too."""

    series: int
    application: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """A nudge that is no longer true or wanted."""

    nudge: Nudge
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """A series no longer speaks of this rejection."""

    series: int
    application: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PassOn:
    """A nudge speaks of another rejection of its series from now on."""

    nudge: Nudge
    application: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DropFacts:
    """The sheet's cells have changed since the person told us: the sheet speaks again."""

    application: int
    fields: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Ask the person about these applications."""

    kind: QuestionKind
    applications: tuple[int, ...]
    text: str = ""


Action = Draft | Rewrite | Remark | Move | Plan | Join | Leave | PassOn | Cancel | DropFacts | Ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What decisions look at besides the news. `shared_series` are those that a second rejection has joined."""

    playbook: Playbook
    calendar: Calendar
    waiting: tuple[Nudge, ...]
    shared_series: frozenset[int]
    read_lately: frozenset[str]


def on_changes(news: Sequence[News], circumstances: Circumstances, now: datetime) -> tuple[Action, ...]:
    """What follows from one reading of the tracker."""
    actions: list[Action] = []
    for item in news:
        actions += _on_one(item, circumstances, now)
    fresh = [item for item in news if _is_new_rejection(item) and item.doubt is None]
    if len(fresh) > BURST:
        actions = [action for action in actions if not isinstance(action, Draft)]
        actions.append(Ask(kind=QuestionKind.BURST, applications=tuple(item.application for item in fresh)))
    else:
        # A series speaks of one case by name: the one that went furthest hurts most.
        fresh.sort(key=lambda item: item.after is None or item.after.stage is not Stage.INTERVIEW)
        actions += start_series([item.application for item in fresh], circumstances, now)
    if any(item.after is not None and item.after.outcome is Outcome.ACCEPTED and item.before for item in news):
        actions += [Cancel(nudge=nudge, why="you accepted an offer") for nudge in circumstances.waiting]
    return tuple(actions)


def on_unwritten(actions: Iterable[Action], applications: Collection[int]) -> tuple[Move, ...]:
    """What is still done of all that follows for applications of which a letter cannot be written: a yes that would be
    taken back is taken back, and the rest waits.
    """
    moves = [one for one in actions if isinstance(one, Move) and one.letter.state is LetterState.APPROVED]
    return tuple(_unwritten(move) for move in moves if move.letter.application in applications)


def _unwritten(move: Move) -> Move:
    return replace(move, reason=f"{move.reason}; {UNWRITTEN}", rewrite=False) if move.rewrite else move


def on_first_sight(
    applications: Mapping[int, Application], circumstances: Circumstances, now: datetime
) -> tuple[Action, ...]:
    """What follows from the first sight of a tracker: a baseline. Old rejections are offered, never drafted unasked."""
    actions: list[Action] = []
    for number, application in applications.items():
        actions += _around_interview(number, application, circumstances, now)
    rejected = [number for number, one in applications.items() if one.outcome is Outcome.REJECTED]
    rejected.sort(key=lambda number: recency(applications[number]), reverse=True)
    if rejected:
        actions.append(Ask(kind=QuestionKind.FIRST_SIGHT, applications=tuple(rejected)))
    return tuple(actions)


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
        *plan(sent.application, "no_reply", sent.sent_at, circumstances, now),
    )


def on_end(
    waiting: Sequence[Nudge], joined: Mapping[int, Sequence[int]], application: int, why: str
) -> tuple[Action, ...]:
    """What becomes of the nudges when nothing more is to be said of a rejection: those about it stop.

    `joined` has the applications that joined each series: they keep it, and it speaks of them alone.
    """
    actions: list[Action] = [
        Leave(series=series, application=application) for series, others in joined.items() if application in others
    ]
    for nudge in waiting:
        others = [other for other in joined.get(nudge.series, ()) if other != application]
        if nudge.application != application or nudge.event not in ("rejected", "no_reply"):
            continue
        if nudge.event == "rejected" and others:
            actions.append(PassOn(nudge=nudge, application=others[0], why=why))
        else:
            actions.append(Cancel(nudge=nudge, why=why))
    return tuple(actions)


def start_series(applications: Iterable[int], circumstances: Circumstances, now: datetime) -> list[Action]:
    """Plan the nudges of a rejection; one that comes while a series runs joins it by name."""
    actions: list[Action] = []
    running = next((one.series for one in circumstances.waiting if one.event == "rejected"), None)
    for application in applications:
        if running is not None:
            actions.append(Join(series=running, application=application))
            continue
        planned = plan(application, "rejected", now, circumstances, now)
        running = application if planned else None
        actions += planned
    return actions


def plan(application: int, event: str, moment: datetime, circumstances: Circumstances, now: datetime) -> list[Plan]:
    """The nudges that follow an event at that moment, those already past left out."""
    plans = []
    for rule in circumstances.playbook.nudges:
        template = _choose(rule, application, circumstances.read_lately)
        due = nudge_due(moment, rule.after, rule.at, circumstances.calendar)
        if rule.on == event and template is not None and due >= now:
            plans.append(
                Plan(
                    application=application,
                    event=event,
                    tip=rule.tip,
                    template=template,
                    when=rule.when,
                    due_at=due,
                )
            )
    return sorted(plans, key=lambda one: one.due_at)


def _on_one(item: News, circumstances: Circumstances, now: datetime) -> list[Action]:
    if item.after is None:
        return [action for letter in item.letters for action in _row_gone(letter)]
    actions = _first_letter(item, circumstances.playbook)
    for letter in item.letters:
        actions += _on_letter(letter, item, item.after)
    actions += _on_nudges(item, item.after, circumstances)
    if item.before is None or "interview_on" in item.fields:
        actions += _around_interview(item.application, item.after, circumstances, now)
    stale = item.told & item.fields
    if stale:
        reason = f"{_what_changed(stale)}; it stands instead of what you had said"
        actions += [Remark(letter=one.letter, reason=reason) for one in actions if isinstance(one, Rewrite)]
        actions.append(DropFacts(application=item.application, fields=stale))
    return actions


def _row_gone(letter: Letter) -> list[Action]:
    """A row that is gone holds its letters; the nudges stay."""
    reason = "its row is gone from your tracker"
    if letter.state is LetterState.APPROVED:
        return [Move(letter=letter, to=LetterState.DRAFT, reason=reason)]
    return [Remark(letter=letter, reason=reason)] if letter.state in REMARKED else []


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
    was = item.before is not None and item.before.outcome is Outcome.REJECTED
    return not item.letters and not was and item.after is not None and item.after.outcome is Outcome.REJECTED


def _on_letter(letter: Letter, item: News, after: Application) -> list[Action]:
    """What an edit of its row makes of a letter. A thank-you answers a mail that came, however the application ends."""
    fields = item.fields
    if letter.kind is LetterKind.THANK_YOU:
        fields &= THANKS_SPEAK_OF
    elif after.outcome is not Outcome.REJECTED and "outcome" in fields:
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
    return [Move(letter=letter, to=LetterState.DRAFT, reason="rejected again", rewrite=True)]


def _facts_changed(letter: Letter, reason: str) -> list[Action]:
    """A yes is taken back, edited words stay; a draft is written anew, and what was noted on it is no longer so."""
    if letter.state is LetterState.APPROVED:
        return [Move(letter=letter, to=LetterState.DRAFT, reason=reason, rewrite=not letter.edited)]
    if letter.state is LetterState.SENDING:
        return [Remark(letter=letter, reason=reason)]
    if letter.state is not LetterState.DRAFT:
        return []
    actions: list[Action] = [] if letter.edited else [Rewrite(letter=letter)]
    if letter.edited or letter.reason:
        actions.append(Remark(letter=letter, reason=reason))
    return actions


def _no_longer_rejected(letter: Letter) -> list[Action]:
    reason = "your tracker no longer says rejected"
    if letter.state in UNSENT:
        return [Move(letter=letter, to=LetterState.WITHDRAWN, reason=reason)]
    return [Remark(letter=letter, reason=reason)] if letter.state is LetterState.SENDING else []


def _on_nudges(item: News, after: Application, circumstances: Circumstances) -> list[Action]:
    """The nudges about a rejection that is none any more, unless another one shares them."""
    if after.outcome is Outcome.REJECTED or item.application in circumstances.shared_series:
        return []
    mine = [one for one in circumstances.waiting if one.series == item.application and one.event == "rejected"]
    return [Cancel(nudge=nudge, why="your tracker no longer says rejected") for nudge in mine]


def _what_changed(fields: frozenset[str]) -> str:
    names = sorted(name.replace("_email", "").replace("_", " ").removesuffix(" on") for name in fields)
    return f"changed in your tracker: {', '.join(dict.fromkeys(names))}"


def _around_interview(application: int, said: Application, circumstances: Circumstances, now: datetime) -> list[Action]:
    if said.interview_on is None or said.outcome is not Outcome.OPEN:
        return []
    day = circumstances.calendar.at(said.interview_on, datetime.min.time())
    actions: list[Action] = []
    for event in ("interview_planned", "interview_held"):
        actions += plan(application, event, day, circumstances, now)
    return actions


def _choose(rule: NudgeRule, application: int, read_lately: frozenset[str]) -> str | None:
    unread = [name for name in rule.templates if name not in read_lately]
    return unread[application % len(unread)] if unread else None
