"""What the person does with letters, nudges and questions. The command line and the page are two faces of this."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from followup.config import is_address
from followup.errors import Refused, WorkError
from followup.letters import mime, proofread
from followup.model.address import identity, is_no_reply
from followup.model.application import NOTHING_TO_ASK, Known, Outcome
from followup.model.letter import MOVES, Letter, LetterKind, LetterState, Note, NoteLevel, Text
from followup.model.nudge import Nudge, NudgeState
from followup.playbook import decide, series, timing
from followup.steps import asking, drafting, nudging, sealing
from followup.steps.next_step import next_step
from followup.steps.parts import Parts
from followup.steps.scan import scan
from followup.store import applications, asked, letters, never, nudges

YOU = "you"
LOCK_SECONDS = 10.0


def draft(parts: Parts, numbers: Sequence[int], now: datetime, why: str) -> list[Letter]:
    """Draft a feedback request for each of these applications by name; for one that is not rejected, a text that claims
    no decision. Raises Refused where nothing was or will be decided against the person.

    A letter that was discarded or withdrawn becomes a draft again; raises Refused where one was already sent.
    """
    with parts.store.lock("scan", wait=LOCK_SECONDS):
        for number in numbers:
            _refuse_unasked(drafting.known(parts, number))
        _draft(parts, [number for number in numbers if not _drafted_before(parts, number, now)], now, why)
    found = [letters.of_kind(parts.store, number, LetterKind.FEEDBACK_REQUEST) for number in numbers]
    return [letter for letter in found if letter is not None]


def draft_wanted(parts: Parts, numbers: Sequence[int], now: datetime, why: str) -> list[Letter]:
    """Draft a feedback request for those of the applications that are rejected and never had one."""
    with parts.store.lock("scan", wait=LOCK_SECONDS):
        return [get(parts, letter) for letter in _draft(parts, asking.wanting(parts, numbers), now, why)]


def _draft(parts: Parts, numbers: Sequence[int], now: datetime, why: str) -> list[int]:
    """New requests for these applications, and the nudges of those that are rejected; the letters' ids."""
    said = {number: drafting.known(parts, number).said for number in numbers}
    rejected = [number for number in numbers if said[number].outcome is Outcome.REJECTED]
    actions = series.start(rejected, drafting.circumstances(parts, now), now)
    kind = LetterKind.FEEDBACK_REQUEST
    with parts.store.transaction():
        made = [drafting.draft(parts, kind, number, now, why, by_name=number not in rejected) for number in numbers]
        nudging.carry_out(parts, actions, now)
    return made


def _refuse_unasked(known: Known) -> None:
    if known.said.outcome in NOTHING_TO_ASK:
        raise Refused(
            f"Your tracker says “{known.said.status_text}” of {known.said.company}:"
            " that is no rejection, so there is nothing to ask for. Nothing was drafted."
        )


def approve(
    parts: Parts, letter: Letter, digest: str, now: datetime, *, at_once: bool = False, again: bool = False
) -> Letter:
    """Say yes to exactly the bytes of this digest. Raises Refused where the letter changed or an error stands.

    `again` is the yes of its own for a letter that may have gone, or that asks an address again within 90 days. One
    that has its yes may be told to go at once.
    """
    refuse_unapprovable(letter, at_once=at_once)
    if letter.state is LetterState.APPROVED:
        return _hasten(parts, letter, digest, now)
    fresh = current(parts, letter)
    if fresh.digest != digest:
        raise Refused(f"L{letter.id} has changed since you saw it. Read it again: followup show L{letter.id}")
    not_before = now if at_once else _hour(parts, letter, now)
    with asked.reading() as memory:
        asks_known = memory.latest() if memory is not None else 0
    with parts.store.transaction():
        _store_current(parts, fresh, now)
        _raise_objections(parts, fresh, now, again=again)
        if not letters.approve(parts.store, fresh, not_before, now, at_once=at_once, asks_known=asks_known):
            raise Refused(f"L{letter.id} was changed elsewhere just now. Read it again: followup show L{letter.id}")
    return get(parts, letter.id)


def refuse_unapprovable(letter: Letter, *, at_once: bool = False) -> None:
    """Raise Refused for a letter that no yes can be said to where it stands; one that has it may go at once."""
    if letter.state is not LetterState.DRAFT and not (at_once and letter.state is LetterState.APPROVED):
        raise Refused(not_from(letter, "approved", "a draft"))


def _hasten(parts: Parts, letter: Letter, digest: str, now: datetime) -> Letter:
    """Let an approved letter go now instead of at its hour."""
    with parts.store.transaction():
        if not letters.hasten(parts.store, letter, digest, now):
            raise Refused(f"L{letter.id} has changed since you saw it. Read it again: followup show L{letter.id}")
    return get(parts, letter.id)


def _hour(parts: Parts, letter: Letter, now: datetime) -> datetime:
    """When a letter approved now goes: at its own time, but never later than one that is drafted now."""
    own = min(letter.not_before, timing.first_civil_moment(now, letter.id, parts.calendar()))
    return timing.next_in_window(max(now, own), letter.id, parts.calendar())


def refuse_flawed(letter: Letter, noted: Sequence[Note]) -> None:
    """Raise Refused where a note is an error: such a letter cannot be sent."""
    errors = [note.text for note in noted if note.level is NoteLevel.ERROR]
    if errors:
        raise Refused(f"L{letter.id} cannot be sent. {' '.join(errors)}")


def _raise_objections(parts: Parts, fresh: Letter, now: datetime, *, again: bool) -> None:
    refuse_flawed(fresh, drafting.notes(parts, fresh, now))
    reasons = own_yes(parts, fresh, now)
    if reasons and not again:
        raise Refused(f"{' '.join(reasons)} To send it all the same: followup approve --again L{fresh.id}")


def current(parts: Parts, letter: Letter) -> Letter:
    """A draft with the digest that it has under today's settings (name, address). Changes nothing."""
    if letter.state is not LetterState.DRAFT:
        return letter
    return replace(letter, digest=_sealed_today(parts, letter).digest)


def _store_current(parts: Parts, letter: Letter, now: datetime) -> None:
    """Store a draft's bytes as they are under today's settings, inside a transaction."""
    content = _sealed_today(parts, letter)
    if content.digest != get(parts, letter.id).digest:
        letters.rewrite(parts.store, letter, content, now, by_hand=letter.edited, who=YOU)


def _sealed_today(parts: Parts, letter: Letter) -> letters.Content:
    return sealing.seal_again(parts, letter, Text(subject=letter.subject, text=letter.text), letter.to)


def take_back(parts: Parts, letter: Letter, now: datetime) -> Letter:
    """Make an approved letter a draft again, or bring back a discarded, handed-over or failed one.

    One whose row no longer says rejected is withdrawn instead, and comes back by its row alone.
    """
    if letter.state is LetterState.WITHDRAWN:
        raise Refused(not_from(letter, "taken back", "approved, put away, handed over or failed"))
    if letter.state is not LetterState.HANDED_OVER or letter.may_have_gone_at is not None:
        return _move(parts, letter, LetterState.DRAFT, now, "taken back", "taken back")
    with asked.writing() as memory:
        memory.drop(letter.message_id)
        return _move(parts, letter, LetterState.DRAFT, now, "taken back", "taken back")


def discard(parts: Parts, letter: Letter, now: datetime) -> Letter:
    """Put a letter away; it can be brought back."""
    return _move(parts, letter, LetterState.DISCARDED, now, "discarded", "discarded")


def hand_over(parts: Parts, letter: Letter, now: datetime) -> None:
    """The person sends these very words by other means, and an approved letter goes no more by itself.

    Its address counts as asked from now on. The tracker is looked at first, as before a letter is sent. Raises Refused
    where the letter has changed meanwhile, or its row is gone.
    """
    if letter.state is LetterState.HANDED_OVER:
        return
    with suppress(WorkError):  # Whatever stands in the way of that is told where the tracker is looked at next.
        scan(parts, now, wait=LOCK_SECONDS)
    if current(parts, get(parts, letter.id)).digest != letter.digest:
        raise Refused(f"L{letter.id} was changed elsewhere just now. Look again: followup show L{letter.id}")
    if not drafting.known(parts, letter.application).present:
        raise Refused(f"L{letter.id} cannot be handed over. Its row is gone from your tracker: put it back first.")
    if letter.state is LetterState.APPROVED:
        letter = take_back(parts, letter, now)
    elif letter.state is LetterState.DRAFT:
        with parts.store.transaction():
            _store_current(parts, letter, now)
    with asked.writing() as memory:
        if letter.to is not None and letter.kind is LetterKind.FEEDBACK_REQUEST:
            memory.keep(letter.to, letter.message_id, now)
        _move(parts, letter, LetterState.HANDED_OVER, now, "handed over", "you send it yourself")


def sent(parts: Parts, letter: Letter, now: datetime) -> Letter:
    """The person says that a handed-over letter did go, or a doubtful one, or a draft that may have gone."""
    if letter.state not in (LetterState.HANDED_OVER, LetterState.IN_DOUBT) and not may_have_gone(letter):
        raise Refused(not_from(letter, "marked as sent", "yours to send or in doubt"))
    return _move(parts, letter, LetterState.SENT, now, "marked as sent", "you said it was sent")


def not_sent(parts: Parts, letter: Letter, now: datetime) -> Letter:
    """The person looked: a doubtful letter did not go, so it is a draft again, or withdrawn as its row says."""
    if letter.state is not LetterState.IN_DOUBT:
        raise Refused(not_from(letter, "settled", "in doubt"))
    return _move(parts, letter, LetterState.DRAFT, now, "settled", "you said it did not go")


def may_have_gone(letter: Letter) -> bool:
    """Whether this draft may have reached its employer already."""
    return letter.state is LetterState.DRAFT and letter.may_have_gone_at is not None


def edit(parts: Parts, letter: Letter, text: Text, now: datetime) -> Letter:
    """Give a letter other words; an approved one thereby loses its yes."""
    if not text.subject or not text.text:
        raise Refused("The letter would be empty, so nothing was changed.")
    content = sealing.seal_again(parts, letter, text, letter.to)
    with parts.store.transaction():
        _rewrite(parts, letter, content, now, by_hand=True)
    return get(parts, letter.id)


def tell(parts: Parts, letter: Letter, facts: Mapping[str, str], now: datetime) -> Letter:
    """Keep what the person says of the application, and write the letter with it; hand-edited words stay."""
    address = facts.get("contact_email")
    if address and (is_no_reply(address) or identity(address) == identity(parts.person.email)):
        raise Refused(f"{address} cannot take the letter: it is your own, or nobody reads what is sent there.")
    refuse_uneditable(letter)
    said = drafting.known(parts, letter.application).said
    all_told = {**applications.facts(parts.store, letter.application), **facts}
    if letter.edited:
        text = Text(subject=letter.subject, text=letter.text)
        content = sealing.seal_again(parts, letter, text, drafting.told(said, all_told).contact_email)
    else:
        content = drafting.write(parts, letter.kind, letter.application, said, all_told, letter.message_id)
    with parts.store.transaction():
        applications.tell(parts.store, letter.application, facts, now)
        _rewrite(parts, letter, content, now, by_hand=letter.edited)
    return get(parts, letter.id)


def own_yes(parts: Parts, letter: Letter, now: datetime) -> tuple[str, ...]:
    """What this draft needs a yes of its own for: each reason a sentence."""
    return proofread.own_yes(drafting.past(parts, letter, now), letter.to)


def write_never(parts: Parts, address: str, now: datetime) -> list[Letter]:
    """Never write to this address again; the approved letters to it that thereby become drafts."""
    if not is_address(address):
        raise Refused(f"{address!r} is no mail address.")
    reason = "you said never to write there"
    with parts.store.transaction():
        never.add(parts.store, address, now)
        for one in _to(parts, address, LetterState.SENDING):
            letters.remark(parts.store, one, reason, now)
        held = _to(parts, address, LetterState.APPROVED)
        for one in held:
            letters.move(parts.store, one, LetterState.DRAFT, now, who=YOU, reason=reason)
        return held


def _to(parts: Parts, address: str, state: LetterState) -> list[Letter]:
    """The letters in this state that go to this address."""
    return [one for one in letters.in_state(parts.store, state) if one.to and identity(one.to) == identity(address)]


def notes(parts: Parts, letter: Letter, now: datetime) -> tuple[Note, ...]:
    """The notes on a letter; none on one that has left the outbox."""
    return drafting.notes(parts, letter, now) if letter.state is LetterState.DRAFT else ()


def written(parts: Parts, kind: LetterKind, application: int) -> Text:
    """A letter of this kind as it would be written now. Changes nothing."""
    said, facts = drafting.known(parts, application).said, applications.facts(parts.store, application)
    content = drafting.write(parts, kind, application, said, facts, mime.new_message_id(parts.person))
    return Text(subject=content.subject, text=content.body)


def first_nudge(parts: Parts, letter: Letter) -> Nudge | None:
    """The nudge to show after a yes: the first that waits in this application's series."""
    waiting = [
        nudge
        for nudge in nudges.everything(parts.store)
        if nudge.event == "rejected" and nudge.state is NudgeState.PLANNED and not nudge.conditions
    ]
    mine = [n for n in waiting if letter.application in (n.series, *nudges.joined(parts.store, n.series))]
    return mine[0] if mine else None


def get(parts: Parts, number: int) -> Letter:
    """The letter of this id; raises Refused if there is none."""
    found = letters.one(parts.store, number)
    if found is None:
        raise Refused(f"There is no letter L{number}. To see them: followup outbox")
    return found


def _drafted_before(parts: Parts, number: int, now: datetime) -> bool:
    """Whether the application has its letter already; a put-away one becomes a draft again."""
    letter = letters.of_kind(parts.store, number, LetterKind.FEEDBACK_REQUEST)
    if letter is None:
        return False
    if letter.state in (LetterState.DISCARDED, LetterState.WITHDRAWN):
        with parts.store.transaction():
            if drafting.known(parts, number).said.outcome is not Outcome.REJECTED:
                letters.ask_by_name(parts.store, letter)
            _to_draft(parts, letter, now, "you wanted it again")
    elif letter.state is not LetterState.DRAFT:
        raise Refused(f"{letter.company} already has its letter, {stands(letter)}: one ask per application.")
    return True


def refuse_uneditable(letter: Letter) -> None:
    """Raise Refused for a letter whose words cannot be changed any more."""
    if letter.state not in (LetterState.DRAFT, LetterState.APPROVED):
        raise Refused(not_from(letter, "changed", "a draft or approved"))


def _rewrite(parts: Parts, letter: Letter, content: letters.Content, now: datetime, *, by_hand: bool) -> None:
    """Put down a letter's new text, inside a transaction; an approved one thereby loses its yes."""
    refuse_uneditable(letter)
    if content.digest == letter.digest:
        return
    if letter.state is LetterState.APPROVED:
        letters.move(parts.store, letter, LetterState.DRAFT, now, who=YOU, reason="you changed it")
    draft_now = replace(letter, state=LetterState.DRAFT)
    if not letters.rewrite(parts.store, draft_now, content, now, by_hand=by_hand, who=YOU):
        raise Refused(f"L{letter.id} was changed elsewhere just now. Read it again: followup show L{letter.id}")
    if letter.state is LetterState.APPROVED or letter.reason is not None:
        letters.remark(parts.store, draft_now, None, now)


def _move(parts: Parts, letter: Letter, to: LetterState, now: datetime, verb: str, reason: str) -> Letter:
    if to not in MOVES[letter.state]:
        raise Refused(not_from(letter, verb))
    with parts.store.transaction():
        if to is LetterState.DRAFT:
            _to_draft(parts, letter, now, reason)
        else:
            _move_or_refuse(parts, letter, to, now, reason)
    return get(parts, letter.id)


def _to_draft(parts: Parts, letter: Letter, now: datetime, reason: str) -> None:
    """Make a letter a draft again, as sheet and person have it now; withdrawn, where the sheet no longer bears it out.

    To be called inside a transaction.
    """
    known, facts = drafting.known(parts, letter.application), applications.facts(parts.store, letter.application)
    _move_or_refuse(parts, letter, LetterState.DRAFT, now, reason)
    again = get(parts, letter.id)
    if letter.state is not LetterState.APPROVED and letter.text:
        content = drafting.write_anew(parts, again, known.said, facts)
        if content.digest != again.digest:
            letters.rewrite(parts.store, again, content, now, by_hand=again.edited, who=YOU)
    withheld = decide.withheld(again, known.said, present=known.present)
    if withheld is not None:
        letters.move(parts.store, again, withheld.to, now, who="followup", reason=withheld.reason)


def _move_or_refuse(parts: Parts, letter: Letter, to: LetterState, now: datetime, reason: str) -> None:
    if not letters.move(parts.store, letter, to, now, who=YOU, reason=reason):
        raise Refused(f"L{letter.id} was changed elsewhere just now. Look again: followup show L{letter.id}")


def not_from(letter: Letter, verb: str, wanted: str | None = None) -> str:
    """That this cannot be done to a letter where it stands, what it `wanted` to be for that, and what can be done."""
    state = "a draft" if letter.state is LetterState.DRAFT else stands(letter)
    sentences = [f"L{letter.id} ({letter.company}) is {state}, so it cannot be {verb}."]
    if letter.state is LetterState.APPROVED and verb == "approved":
        sentences.append(f"To send it now: followup approve --now L{letter.id}.")
    elif wanted is not None:
        sentences.append(f"Only what is {wanted} can.")
    return " ".join(filter(None, (*sentences, next_step(letter))))


def stands(letter: Letter) -> str:
    """The state of a letter in words."""
    return letter.state.replace("_", " ")
