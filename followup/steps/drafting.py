"""Sheet and person taken together → what a letter says, and the notes on it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from followup.errors import Refused, StoreError
from followup.letters import mime, proofread
from followup.letters.compose import Facts, facts_of
from followup.model.application import Application, Known, Outcome, Stage
from followup.model.letter import Letter, LetterKind, Note, Text
from followup.model.question import QuestionKind
from followup.playbook import decide, timing
from followup.playbook.actions import Circumstances
from followup.steps import neighbours, sealing
from followup.steps.parts import Parts
from followup.store import account, applications, asked, forgotten, journal, letters, never, nudges, questions, tracker
from followup.store.letters import Content


def known(parts: Parts, application: int) -> Known:
    """The application of this id; raises Refused if there is none."""
    found = applications.one(parts.store, application)
    if found is None:
        raise Refused(f"There is no application A{application}. To see them: followup applications")
    return found


def told(said: Application, facts: Mapping[str, str]) -> Application:
    """The application with what the person said of it in place of the sheet's cells."""
    day = facts.get("interview_on")
    return said._replace(
        stage=Stage(facts.get("stage", said.stage)),
        interview_on=date.fromisoformat(day) if day else said.interview_on,
        contact_name=facts.get("contact_name", said.contact_name),
        contact_email=facts.get("contact_email", said.contact_email),
    )


def write(
    parts: Parts,
    kind: LetterKind,
    application: int,
    said: Application,
    facts: Mapping[str, str],
    message_id: str,
    spoken: str | None = None,
) -> Content:
    """Compose a letter of what the sheet says and the person told; raises TemplateError naming file and line.

    `spoken` is its language, if the last reading that was kept does not tell it.
    """
    whole = told(said, facts)
    before = sealing.before(parts, kind, application)
    text = parts.templates().letter(kind, of_letter(parts, whole, facts, before), spoken or language(parts, said))
    return sealing.seal(parts, text, _recipient(whole, before), message_id, before)


def write_anew(
    parts: Parts, letter: Letter, said: Application, facts: Mapping[str, str], spoken: str | None = None
) -> Content:
    """A letter as the sheet and the person have it now; raises TemplateError.

    Words that the person edited stay as they are: only its address is that of now.
    """
    if not letter.edited:
        return write(parts, letter.kind, letter.application, said, facts, letter.message_id, spoken)
    text = Text(subject=letter.subject, text=letter.text)
    before = sealing.before(parts, letter.kind, letter.application)
    return sealing.seal(parts, text, _recipient(told(said, facts), before), letter.message_id, before)


def _recipient(whole: Application, before: Letter | None) -> str | None:
    """Whom a letter goes to; where neither sheet nor person names an address, whom the one went to that it follows."""
    return whole.contact_email or (before.to if before is not None else None)


def language(parts: Parts, said: Application | None = None) -> str:
    """The language of a letter about this application, or of nudges: that of its row, the tracker, the settings."""
    seen = tracker.seen(parts.store)
    return language_by(parts, said, seen.language if seen else None)


def language_by(parts: Parts, said: Application | None, of_tracker: str | None) -> str:
    """The language of a letter about this application in a tracker of that language."""
    own = said.language if said is not None else None
    return parts.templates().choose(own, of_tracker, parts.person.language)


def of_letter(parts: Parts, whole: Application, facts: Mapping[str, str], before: Letter | None) -> Facts:
    """What a letter may say; `before` is the letter that it follows."""
    chosen = tuple(name for name in facts.get("questions", "").split(",") if name)
    about = facts_of(whole, parts.person, chosen)
    if before is None:
        return about
    asked_on = parts.calendar().local(before.sent_at).date() if before.sent_at else None
    return replace(about, first_subject=before.subject, asked_on=asked_on)


def add(
    parts: Parts,
    letter: int,
    application: int,
    kind: LetterKind,
    content: Content,
    message_id: str,
    now: datetime,
    why: str,
    *,
    by_name: bool = False,
) -> None:
    """Put a composed draft into the outbox; `by_name` if the person wants it whatever its row says."""
    not_before = timing.first_civil_moment(now, letter, parts.calendar())
    letters.add(
        parts.store,
        letter,
        application,
        kind,
        content,
        message_id,
        not_before,
        now,
        why=why,
        by_name=by_name,
    )


def draft(parts: Parts, kind: LetterKind, application: int, now: datetime, why: str, *, by_name: bool = False) -> int:
    """Compose a letter and put it into the outbox, inside a transaction; its id. Raises TemplateError."""
    message_id = mime.new_message_id(parts.person)
    told_of_it = applications.facts(parts.store, application)
    content = write(parts, kind, application, known(parts, application).said, told_of_it, message_id)
    letter = letters.last_id(parts.store) + 1
    add(parts, letter, application, kind, content, message_id, now, why, by_name=by_name)
    return letter


def notes(parts: Parts, letter: Letter, now: datetime) -> tuple[Note, ...]:
    """What stands against a letter as it is now, and the advice on it."""
    found = known(parts, letter.application)
    said, facts = found.said, applications.facts(parts.store, letter.application)
    whole = told(said, facts)
    text = Text(subject=letter.subject, text=letter.text)
    own = (proofread.reason_note(letter.reason),) if letter.reason else ()
    row = proofread.row_notes(letter.kind, said, present=found.present)
    found_in_it = proofread.proofread(
        text,
        letter.to,
        of_letter(parts, whole, facts, None),
        parts.person.email,
        parts.templates().careful(language(parts, said)),
        past(parts, letter, now),
    )
    arrival = proofread.arrival_notes(sealing.flaws(parts, letter))
    timing_notes = proofread.timing_notes(said.applied_on, said.outcome_on)
    return tuple(dict.fromkeys((*arrival, *found_in_it, *own, *row, *timing_notes)))


def reply_key(application: int) -> str:
    """Names the question whether this application's employer has answered."""
    return f"{QuestionKind.REPLY}:A{application}"


def past(parts: Parts, letter: Letter, now: datetime) -> proofread.Past:
    """What went before between the person and this letter's address and company."""
    local = parts.calendar().local
    doubt = letter.may_have_gone_at
    said = known(parts, letter.application).said
    unclaimed = letter.edited and letter.kind is LetterKind.FEEDBACK_REQUEST and said.outcome is not Outcome.REJECTED
    own = proofread.Past(
        own_words_of=said.status_text if unclaimed else None,
        may_have_gone_on=None if doubt is None else local(doubt).date(),
        unanswered=_unanswered(parts, letter) if letter.kind is LetterKind.FOLLOW_UP else None,
        answered=letter.kind is not LetterKind.THANK_YOU and _have_written(parts, letter.application),
    )
    try:
        with asked.reading() as memory:
            asked_elsewhere = unknown_asks(parts, memory, letter) if memory is not None else []
        own = replace(own, elsewhere=tuple(map(str, neighbours.of(parts))))
    except StoreError as error:
        return replace(own, unknown=str(error))
    if letter.to is None:
        return own
    forgotten_at, forgotten_never = forgotten.of(parts.store, letter.to)
    asks = [*_asks(parts, letter), *(ask.at for ask in asked_elsewhere)]
    asks += [forgotten_at] if forgotten_at is not None else []
    lately = [at for at in asks if now - at <= proofread.ASKED_LATELY]
    first = letter.kind is LetterKind.FEEDBACK_REQUEST
    refused_at = account.refused_at(parts.store, letter.to)
    return replace(
        own,
        never=forgotten_never or never.stands(parts.store, letter.to),
        refused_on=None if refused_at is None else local(refused_at).date(),
        asked_on=local(max(lately)).date() if lately and first else None,
        same_text=letters.same_text(parts.store, letter),
    )


def _asks(parts: Parts, letter: Letter) -> list[datetime]:
    """When this letter's address was asked, or will be, for another application of this store."""
    return [
        one.begun_at or one.approved_at or one.created_at
        for one in letters.written_to(parts.store, letter.to or "")
        if one.kind is LetterKind.FEEDBACK_REQUEST and one.application != letter.application
    ]


def unknown_asks(parts: Parts, memory: asked.Memory, letter: Letter) -> list[asked.Ask]:
    """The asks of this letter's address that this store knows nothing of: they were made from another, or from this
    one before it was restored.
    """
    if letter.to is None:
        return []
    return [
        ask
        for ask in memory.of(letter.to)
        if not any(memory.is_about(ask, message_id) for message_id in letters.begun(parts.store, letter.to, ask.at))
    ]


def _have_written(parts: Parts, application: int) -> bool:
    """Whether the employer has written, though not as the answer to a letter."""
    thanks = letters.of_kind(parts.store, application, LetterKind.THANK_YOU)
    return thanks is not None or journal.words(parts.store, application) is not None


def _unanswered(parts: Parts, letter: Letter) -> str | None:
    """Why a follow-up cannot go: nobody has said yet whether an answer came."""
    key = reply_key(letter.application)
    asked = next((one for one in questions.unanswered(parts.store) if one.key == key), None)
    return None if asked is None else f"Has {letter.company} answered? followup answer Q{asked.id} yes (or no)."


def circumstances(parts: Parts, now: datetime) -> Circumstances:
    """What decisions look at besides the news."""
    waiting = tuple(nudges.waiting(parts.store))
    series = {nudge.series for nudge in waiting}
    return Circumstances(
        playbook=parts.playbook(),
        calendar=parts.calendar(),
        waiting=waiting,
        joined={number: nudges.joined(parts.store, number) for number in series},
        read_lately=nudges.recent_templates(parts.store, now - decide.READ_LATELY),
    )
