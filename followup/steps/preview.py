"""What would followup make of this file? Nothing is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from followup.letters.compose import Templates, facts_of, template_name
from followup.model.application import Application, Outcome, recency
from followup.model.letter import LetterKind, Text
from followup.model.person import Person
from followup.model.question import QuestionKind
from followup.model.reading import Reading
from followup.playbook import due, series
from followup.playbook.actions import Circumstances, Plan
from followup.playbook.rules import Playbook
from followup.playbook.timing import Calendar
from followup.tracker import reading
from followup.tracker.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewDraft:
    """The letter that one rejection would get; `to` None means that it would be handed over."""

    application: Application
    template: str
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What was read, the letter for every rejection, and the nudges for the latest of them."""

    reading: Reading
    drafts: tuple[PreviewDraft, ...]
    latest: PreviewDraft | None
    nudges: tuple[Plan, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What letters and nudges are made with."""

    words: Words
    templates: Templates
    playbook: Playbook
    calendar: Calendar


def preview(
    data: bytes,
    wording: Wording,
    person: Person,
    now: datetime,
    *,
    own: frozenset[str],
    encoding: str | None = None,
    columns: Mapping[str, str] | None = None,
    answers: Mapping[str, str] | None = None,
) -> Preview:
    """Read a tracker as if each of its rejections were new; `now` is in the zone of whoever looks."""
    result = reading.read(
        data, wording.words, own_addresses=own, encoding=encoding, columns=columns, answers=answers, now=now
    )
    rejected = [one for one in result.applications if one.outcome is Outcome.REJECTED]
    if any(doubt.kind is QuestionKind.ENCODING for doubt in result.doubts):
        rejected = [one for one in rejected if f"{one.company}{one.role}{one.contact_name}".isascii()]
    drafts = tuple(_draft(one, wording.templates, person, result.language) for one in rejected)
    latest = max(drafts, key=lambda draft: recency(draft.application), default=None)
    return Preview(
        reading=result,
        drafts=drafts,
        latest=latest,
        nudges=_nudges(latest.application, wording, now) if latest else (),
    )


def _draft(said: Application, templates: Templates, person: Person, language: str | None) -> PreviewDraft:
    kind = LetterKind.FEEDBACK_REQUEST
    spoken = templates.choose(said.language, language, person.language)
    return PreviewDraft(
        application=said,
        template=template_name(kind, said.stage),
        text=templates.letter(kind, facts_of(said, person), spoken),
    )


def _nudges(said: Application, wording: Wording, now: datetime) -> tuple[Plan, ...]:
    circumstances = Circumstances(
        playbook=wording.playbook,
        calendar=wording.calendar,
        waiting=(),
        joined={},
        read_lately=frozenset(),
    )
    plans = series.plan(said.line, "rejected", now, circumstances, now)
    there_was_one = due.interviewed(said, {})
    return tuple(one for one in plans if "interviewed" not in one.when or there_was_one)
