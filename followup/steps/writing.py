"""The letters that follow from a reading: composed before the transaction, put down inside it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from followup.errors import TemplateError
from followup.letters import mime
from followup.model.application import Application
from followup.model.letter import Letter, LetterKind
from followup.model.reading import Problem
from followup.playbook.actions import Action, Draft, DropFacts, Move, News, Remark, Rewrite
from followup.steps import drafting
from followup.steps.parts import Parts
from followup.store import applications, letters
from followup.store.letters import Content

Key = tuple[int, LetterKind]
"""Names a letter, also one still to be drafted: an application has one of a kind."""


class Overtaken(Exception):
    """A letter was changed by somebody else after it was looked at: nothing is put down, and all decided anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A letter composed before the transaction that puts it down."""

    content: Content
    message_id: str


def compose(
    parts: Parts, actions: Sequence[Action], news: Sequence[News], language: str | None
) -> tuple[dict[Key, Written], dict[int, Problem]]:
    """Compose all that is to be written; one that fails is reported and stops none of the others (P25).

    `language` is that of the tracker, by the reading that the news are of.
    """
    wanted = dict(_wanted(actions))
    written: dict[Key, Written] = {}
    failed: dict[int, Problem] = {}
    by_application = {item.application: item for item in news}
    for (application, kind), letter in wanted.items():
        item = by_application[application]
        if item.after is None:
            continue
        try:
            written[application, kind] = _compose(parts, kind, letter, item, item.after, language)
        except TemplateError as error:
            text = f"{item.after.company}: no letter could be written. {error}"
            failed[application] = Problem(line=item.after.line, text=text)
    return written, failed


def _wanted(actions: Iterable[Action]) -> Iterator[tuple[Key, Letter | None]]:
    """The letters that are to be written; None for one that there is not yet."""
    for action in actions:
        match action:
            case Draft(application=application, kind=kind):
                yield (application, kind), None
            case Rewrite(letter=letter) | Move(letter=letter, rewrite=True):
                yield (letter.application, letter.kind), letter


def _compose(
    parts: Parts, kind: LetterKind, letter: Letter | None, item: News, after: Application, language: str | None
) -> Written:
    facts = applications.facts(parts.store, item.application)
    kept = {field: value for field, value in facts.items() if field not in item.fields}
    spoken = drafting.language_by(parts, after, language)
    if letter is not None:
        return Written(content=drafting.write_anew(parts, letter, after, kept, spoken), message_id=letter.message_id)
    message_id = mime.new_message_id(parts.person)
    content = drafting.write(parts, kind, item.application, after, kept, message_id, spoken)
    return Written(content=content, message_id=message_id)


def put_down(parts: Parts, actions: Sequence[Action], written: Mapping[Key, Written], now: datetime) -> tuple[int, ...]:
    """Inside the transaction; the ids of the new drafts. Raises Overtaken."""
    drafted: list[int] = []
    for action in actions:
        match action:
            case Draft(application=application, kind=kind, why=why):
                one = written[application, kind]
                drafted.append(letters.last_id(parts.store) + 1)
                drafting.add(parts, drafted[-1], application, kind, one.content, one.message_id, now, why)
            case Rewrite(letter=letter):
                _rewrite(parts, letter, written[letter.application, letter.kind], now)
            case Move(letter=letter, to=to, reason=reason, rewrite=rewrite):
                _expect(done=letters.move(parts.store, letter, to, now, who="followup", reason=reason))
                if rewrite:
                    _rewrite(parts, replace(letter, state=to), written[letter.application, letter.kind], now)
            case Remark(letter=letter, reason=reason):
                _expect(done=letters.remark(parts.store, letter, reason, now))
            case DropFacts(application=application, fields=fields):
                applications.drop_facts(parts.store, application, fields)
    return tuple(drafted)


def _rewrite(parts: Parts, letter: Letter, written: Written, now: datetime) -> None:
    content, by_hand = written.content, letter.edited
    if content.digest != letter.digest:
        _expect(done=letters.rewrite(parts.store, letter, content, now, by_hand=by_hand, who="followup"))


def _expect(*, done: bool) -> None:
    if not done:
        raise Overtaken
