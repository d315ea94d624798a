"""tracker → drafts, nudges, questions: one look at the file, one decision, one transaction."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from followup.errors import Busy, TemplateError
from followup.model.application import Known, Outcome
from followup.model.letter import Letter, LetterState
from followup.model.question import OF_READING, QuestionKind
from followup.model.reading import ColumnUse, Doubt, Problem, Reading
from followup.playbook import decide
from followup.playbook.actions import Action, Ask, News
from followup.steps import asking, drafting, neighbours, nudging, writing
from followup.steps.parts import Parts, Progress, quietly
from followup.store import applications, letters, log, pause, questions, tracker
from followup.store.tracker import Seen
from followup.tracker import changes, pairing, reading, source
from followup.tracker.doubts import field_asked

_LEFT_BY_A_READING = OF_READING | {QuestionKind.SHRUNK}
"""Questions that only one reading of the tracker leaves open: the next one may settle them."""

OVERTAKEN = 5
"""How often a scan looks again when a letter was changed between its decision and its writing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanReport:
    """What one scan found: `untouched`, or `trouble` why nothing was read, or what came of it.

    `offered` is how many rejections were there before and are left to be chosen from; `again` says that the same bytes
    are worth another look later.
    """

    untouched: bool = False
    trouble: str | None = None
    first_sight: bool = False
    applications: int = 0
    rejected: int = 0
    drafted: tuple[int, ...] = ()
    offered: int = 0
    problems: tuple[Problem, ...] = ()
    again: bool = False


def scan(
    parts: Parts, now: datetime, *, whole: bool = False, wait: float = 0, progress: Progress = quietly
) -> ScanReport:
    """Look at the tracker and put down what follows.

    `whole` says that the file was seen being renamed into place; `wait` is how many seconds to wait for another scan.
    """
    with parts.store.lock("scan", wait=wait):
        seen = tracker.seen(parts.store)
        answers = questions.answers_about_reading(parts.store)
        way = reading.way(parts.words_digest(), parts.person, parts.encoding, parts.columns, answers)
        same = seen is not None and (seen.path, seen.read_with) == (str(parts.tracker), way)
        sight = source.take(parts.tracker, seen.signature if seen and same else None, whole=whole)
        if isinstance(sight, source.Untouched):
            return ScanReport(untouched=True, trouble=seen.trouble if seen else None)
        if isinstance(sight, source.Unreadable):
            return _in_trouble(parts, seen, sight.whole, None)
        if seen and same and seen.digest == sight.digest and not seen.trouble:
            return ScanReport(untouched=True)
        try:
            report = _settled(lambda: _read(parts, seen, sight, answers, way, now, progress))
        except TemplateError as error:
            tracker.stands_in_the_way(parts.store, "scan", str(error), now)
            raise
        tracker.stands_in_the_way(parts.store, "scan", None, now)
        neighbours.be_known(parts)
        return report


def _settled(read: Callable[[], ScanReport]) -> ScanReport:
    """Read again where somebody changed a letter meanwhile; raises Busy if that has no end."""
    for _ in range(OVERTAKEN):
        try:
            return read()
        except writing.Overtaken:
            continue
    raise Busy("Letters are being changed all the time just now, so nothing was read. Try again in a moment.")


def _read(
    parts: Parts,
    seen: Seen | None,
    sight: source.Snapshot,
    answers: Mapping[str, str],
    way: str,
    now: datetime,
    progress: Progress,
) -> ScanReport:
    result = reading.read(
        sight.data,
        parts.words(),
        own_addresses=frozenset({parts.person.email}),
        encoding=parts.encoding,
        columns=parts.columns,
        answers=answers,
        # A clock that went back makes no interview of the past one that lies ahead.
        now=max(now, log.last_at(parts.store) or now).astimezone(parts.person.zone),
    )
    known = seen is not None and seen.path == str(parts.tracker)
    lost = _misspelt(result.doubts) or (_lost_columns(parts, result.doubts) if known else ())
    if result.refused is not None or lost:
        with parts.store.transaction():
            _ask_doubts(parts, lost or result.doubts, now)
        reason = result.refused or lost[0].text
        ask = " Until you answer, nothing changes: followup questions" if lost or result.doubts else ""
        return _in_trouble(parts, seen, f"{parts.tracker.name}: {reason}{ask}", sight.signature)
    now_seen = Seen(
        path=str(parts.tracker),
        signature=sight.signature,
        digest=sight.digest,
        read_at=now,
        trouble=None,
        problems=result.problems,
        language=result.language,
        encoding=result.encoding,
        columns=result.columns,
        read_with=way,
    )
    comparison = _compare(parts, result)
    nothing_known = seen is None or (seen.digest is None and comparison.known == 0)
    if seen is None or nothing_known or (not known and comparison.another_file):
        news = [_news(parts, change, reread=False) for change in comparison.changes]
        return _apply(parts, now_seen, result, news, now, progress, first_sight=True)
    key = f"shrunk:{sight.digest}"
    if comparison.shrunk and questions.answers(parts.store).get(key) != "yes":
        return _suspicious(parts, replace(seen, signature=sight.signature), comparison, key, now)
    rereading = changes.Rereading(
        same_bytes=seen.digest == sight.digest,
        same_way=seen.read_with == way,
        same_encoding=_is_same_encoding(seen.encoding, result.encoding),
        same_columns=_telling(seen.columns) == _telling(result.columns),
    )
    offered = asking.offered(parts)
    news = [
        replace(
            _news(parts, change, reread=change.newly_rejected and rereading.tells_of_before(change)),
            offered=change.id in offered,
        )
        for change in comparison.changes
    ]
    if not rereading.same_way or seen.language != result.language:
        news += _in_another_language(parts, {item.application for item in news})
    return _apply(parts, now_seen, result, news, now, progress, first_sight=False)


def _in_another_language(parts: Parts, changed: Collection[int]) -> list[News]:
    """The unedited drafts of unchanged rows: the tracker as a whole, or the settings, may speak another language."""
    drafts: dict[int, list[Letter]] = {}
    for letter in letters.in_state(parts.store, LetterState.DRAFT):
        if not letter.edited and letter.application not in changed:
            drafts.setdefault(letter.application, []).append(letter)
    known = [drafting.known(parts, number) for number in drafts]
    return [_spoken_of(one, drafts[one.id]) for one in known if one.present]


def _spoken_of(known: Known, written: Sequence[Letter]) -> News:
    return News(
        application=known.id,
        before=known.said,
        after=known.said,
        fields=frozenset({"language"}),
        returned=False,
        letters=tuple(written),
        told=frozenset(),
    )


def _telling(columns: Iterable[ColumnUse]) -> set[tuple[str, str]]:
    """The columns that tell how an application ended."""
    return {(use.field, use.header) for use in columns if use.field in ("status", "outcome", "stage", "event")}


def _is_same_encoding(before: str | None, now: str) -> bool:
    """A mark at the beginning of the file (BOM) makes no other encoding of it."""
    return before is not None and before.removesuffix("-sig") == now.removesuffix("-sig")


def _misspelt(found: Sequence[Doubt]) -> tuple[Doubt, ...]:
    """The question of the encoding: until it is answered, names and words may be others than the sheet's."""
    return tuple(doubt for doubt in found if doubt.kind is QuestionKind.ENCODING)


def _lost_columns(parts: Parts, found: Sequence[Doubt]) -> tuple[Doubt, ...]:
    """The columns that the tracker had at the last reading, and that cannot be told now: the layout no longer maps."""
    told = applications.fields_told(parts.store)
    return tuple(replace(one, kind=QuestionKind.LAYOUT) for one in found if field_asked(one.key) in told)


def _compare(parts: Parts, result: Reading) -> changes.Comparison:
    read, written = pairing.distinct(result.applications), letters.written_about(parts.store)
    standing, left, fresh = pairing.set_aside(applications.fingerprints(parts.store), read, written)
    known = applications.some(parts.store, left) if left or fresh else []
    next_id = applications.last_id(parts.store) + 1
    return changes.compare(known, fresh, next_id, whole=read, standing=standing, written=written)


def _apply(
    parts: Parts,
    seen: Seen,
    result: Reading,
    news: Sequence[News],
    now: datetime,
    progress: Progress,
    *,
    first_sight: bool,
) -> ScanReport:
    """Put down what follows from a reading; the first sight of a tracker is a baseline."""
    circumstances = drafting.circumstances(parts, now)
    decided = decide.on_first_sight if first_sight else decide.on_changes
    actions = decided(news, circumstances, now)
    written, failed = writing.compose(parts, actions, news, result.language)
    if failed:
        held = decide.on_unwritten(actions, failed)
        news = [item for item in news if item.application not in failed]
        actions = (*held, *decided(news, circumstances, now))
    problems = (*result.problems, *failed.values())
    with parts.store.transaction():
        for done, item in enumerate(news, 1):
            _remember_application(parts, item, now, logged=not first_sight)
            progress(done, len(news))
        if failed:
            seen = replace(seen, signature=None, digest=None)
        # Before the nudges, whose language it tells.
        tracker.put(parts.store, replace(seen, problems=problems))
        drafted = writing.put_down(parts, actions, written, now)
        nudging.retitle(parts, now)
        nudging.carry_out(parts, actions, now)
        _ask(parts, actions, now)
        unknown = () if first_sight else _unknown_now(result, news)
        _settle_doubts(parts, result, (*result.doubts, *unknown), now)
        asking.settle(parts, now)
        if first_sight:
            why = f"{len(result.applications)} applications"
            log.add(parts.store, now, "followup", "tracker", "first seen", why=why)
            pause.settle_first(parts.store, parts.machine)
    report = _report(
        replace(result, problems=problems), first_sight=first_sight, drafted=drafted, offered=_offered(actions)
    )
    return replace(report, again=bool(failed))


def _offered(actions: Iterable[Action]) -> int:
    """How many rejections that were there before are left to be chosen from."""
    asked = [action for action in actions if isinstance(action, Ask) and action.kind is QuestionKind.FIRST_SIGHT]
    return sum(len(action.applications) for action in asked)


def _news(parts: Parts, change: changes.Change, *, reread: bool) -> News:
    return News(
        application=change.id,
        before=change.before,
        after=change.after,
        fields=change.fields,
        returned=change.returned,
        letters=tuple(letters.of_application(parts.store, change.id)) if change.before else (),
        told=frozenset(applications.facts(parts.store, change.id)) if change.before else frozenset(),
        doubt=change.doubt,
        reread=reread,
    )


def _remember_application(parts: Parts, item: News, now: datetime, *, logged: bool) -> None:
    subject, number = f"A{item.application}", item.application
    if item.after is None:
        applications.vanish(parts.store, number)
    else:
        applications.put(parts.store, number, item.after, now)
    if not logged:
        return
    if item.after is None:
        log.add(parts.store, now, "followup", subject, "row gone", application=number)
        return
    if item.returned:
        log.add(parts.store, now, "followup", subject, "row back", application=number)
    if item.before is None or item.before.outcome is not item.after.outcome:
        was = item.before.outcome if item.before else None
        why = f"was {was}" if was else None
        log.add(parts.store, now, "followup", subject, f"is {item.after.outcome}", application=number, why=why)


def _ask(parts: Parts, actions: Sequence[Action], now: datetime) -> None:
    for action in actions:
        if isinstance(action, Ask):
            numbers = [f"A{number}" for number in action.applications]
            what = "1 rejection" if len(numbers) == 1 else f"{len(numbers)} rejections"
            where = "stood in your tracker already" if action.kind is QuestionKind.FIRST_SIGHT else "came in at once"
            text = f"{what} {where}. Which shall I write to?"
            key = f"{action.kind}:{'+'.join(numbers)}"
            questions.ask(parts.store, action.kind, key, action.text or text, tuple(numbers), now)


def _ask_doubts(parts: Parts, doubts: Sequence[Doubt], now: datetime) -> None:
    for doubt in doubts:
        questions.ask(parts.store, doubt.kind, doubt.key, doubt.text, doubt.about, now)


def _suspicious(parts: Parts, seen: Seen, comparison: changes.Comparison, key: str, now: datetime) -> ScanReport:
    gone = comparison.known - comparison.found
    text = f"{gone} of {comparison.known} known applications are gone from {parts.tracker.name}. Is that right?"
    with parts.store.transaction():
        questions.ask(parts.store, QuestionKind.SHRUNK, key, text, (), now)
        trouble = f"{text} Until you answer, nothing changes: followup questions"
        tracker.put(parts.store, replace(seen, trouble=trouble))
    return ScanReport(trouble=trouble)


def _unknown_now(result: Reading, news: Sequence[News]) -> list[Doubt]:
    """The status texts that nobody knows to which an application changed, but for those asked about as a whole."""
    changed = {
        item.after.line
        for item in news
        if item.after and (item.before is None or item.before.status_text != item.after.status_text)
    }
    asked = {line for doubt in result.doubts if doubt.kind is QuestionKind.WORDS for line in doubt.lines}
    return [doubt for doubt in result.unknown if (changed - asked) & set(doubt.lines)]


def _settle_doubts(parts: Parts, result: Reading, doubts: Sequence[Doubt], now: datetime) -> None:
    """Ask what a reading leaves open; what it no longer does, or was held back for, is moot."""
    still = {doubt.key for doubt in (*doubts, *result.unknown)}
    for question in questions.unanswered(parts.store):
        if question.kind in _LEFT_BY_A_READING and question.key not in still:
            questions.drop(parts.store, question, now)
    _ask_doubts(parts, doubts, now)


def _in_trouble(parts: Parts, seen: Seen | None, reason: str, signature: str | None) -> ScanReport:
    """The file tells nothing now: what is known stays as it is (P6)."""
    if seen is not None:
        _remember(parts, replace(seen, signature=signature, trouble=reason))
    return ScanReport(trouble=reason, again=True)


def _remember(parts: Parts, seen: Seen) -> None:
    with parts.store.transaction():
        tracker.put(parts.store, seen)


def _report(
    result: Reading, *, first_sight: bool = False, drafted: tuple[int, ...] = (), offered: int = 0
) -> ScanReport:
    return ScanReport(
        first_sight=first_sight,
        offered=offered,
        applications=len(result.applications),
        rejected=sum(one.outcome is Outcome.REJECTED for one in result.applications),
        drafted=drafted,
        problems=result.problems,
    )
