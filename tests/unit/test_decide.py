"""The decisions as values: what follows from a change, from time passing."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from followup import assembly
from followup.model.application import Application, Outcome, Stage
from followup.model.letter import Letter, LetterKind, LetterState
from followup.model.nudge import Nudge, NudgeState, Tip
from followup.model.question import QuestionKind
from followup.playbook import decide, due, rules
from followup.playbook.actions import (
    Action,
    Ask,
    Cancel,
    Circumstances,
    Draft,
    DropFacts,
    Join,
    Leave,
    Move,
    News,
    PassOn,
    Plan,
    Remark,
    Rewrite,
)
from followup.playbook.timing import Calendar

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
CALENDAR = Calendar(ZoneInfo("UTC"), lambda _: False)
CALM = Circumstances(
    playbook=rules.load([assembly.shipped_templates()]),
    calendar=CALENDAR,
    waiting=(),
    joined={},
    read_lately=frozenset(),
)
OPEN = Application(
    company="Acme Tools", role="Engineer", line=2, outcome=Outcome.OPEN, stage=Stage.INTERVIEW, status_text="Applied"
)
REJECTED = OPEN._replace(outcome=Outcome.REJECTED)
LETTER = Letter(
    id=3,
    application=1,
    company="Acme Tools",
    role="Engineer",
    kind=LetterKind.FEEDBACK_REQUEST,
    state=LetterState.DRAFT,
    revision=1,
    to=None,
    subject="s",
    text="t",
    edited=False,
    message_id="<m@example.org>",
    digest="d",
    not_before=NOW,
    created_at=NOW,
)
NUDGE = Nudge(
    id=7,
    application=1,
    series=1,
    company="Acme Tools",
    role="Engineer",
    event="rejected",
    tip=Tip.KEEP_MOVING,
    template="keep-moving-1",
    conditions=(),
    state=NudgeState.PLANNED,
    due_at=NOW,
    subject="s",
)


def news(
    before: Application | None,
    after: Application | None,
    *,
    letter: Letter | None = None,
    fields: tuple[str, ...] = (),
    number: int = 1,
    told: tuple[str, ...] = (),
) -> News:
    return News(
        application=number,
        before=before,
        after=after,
        fields=frozenset(fields),
        returned=False,
        letters=(letter,) if letter else (),
        told=frozenset(told),
    )


def kinds(actions: tuple[Action, ...]) -> list[str]:
    return [type(action).__name__ for action in actions]


def test_a_new_rejection_is_drafted_and_starts_a_series_of_all_five_tips() -> None:
    actions = decide.on_changes([news(OPEN, REJECTED, fields=("outcome",))], CALM, NOW)
    assert [action for action in actions if isinstance(action, Draft)] == [
        Draft(application=1, kind=LetterKind.FEEDBACK_REQUEST, why="the tracker says: rejected")
    ]
    plans = [action for action in actions if isinstance(action, Plan)]
    assert {plan.tip for plan in plans} == set(Tip)
    assert [plan.due_at for plan in plans] == sorted(plan.due_at for plan in plans)
    assert len({plan.due_at.date() for plan in plans}) == len(plans)


def test_an_old_rejection_whose_row_changes_is_not_drafted() -> None:
    assert decide.on_changes([news(REJECTED, REJECTED._replace(role="Cook"), fields=("role",))], CALM, NOW) == ()


def test_p8_six_rejections_at_once_become_one_question_and_no_nudge() -> None:
    items = [news(OPEN, REJECTED, number=number) for number in range(1, 7)]
    assert decide.on_changes(items, CALM, NOW) == (Ask(kind=QuestionKind.BURST, applications=(1, 2, 3, 4, 5, 6)),)
    assert kinds(decide.on_changes(items[:5], CALM, NOW)).count("Draft") == 5


def test_one_series_runs_at_a_time_and_a_second_rejection_joins_it_by_name() -> None:
    two = decide.on_changes([news(OPEN, REJECTED), news(OPEN, REJECTED, number=2)], CALM, NOW)
    assert [action for action in two if isinstance(action, Join)] == [Join(series=1, application=2)]
    running = replace(CALM, waiting=(NUDGE,))
    later = decide.on_changes([news(OPEN, REJECTED, number=5)], running, NOW)
    assert [action for action in later if isinstance(action, Join | Plan)] == [Join(series=1, application=5)]


def test_the_series_speaks_of_the_case_that_went_furthest() -> None:
    screened = REJECTED._replace(stage=Stage.SCREENING)
    actions = decide.on_changes([news(OPEN, screened), news(OPEN, REJECTED, number=2)], CALM, NOW)
    assert [action for action in actions if isinstance(action, Join)] == [Join(series=2, application=1)]


def test_a_tip_whose_variants_were_all_read_lately_is_left_out() -> None:
    lately = replace(CALM, read_lately=frozenset({"keep-moving-1", "keep-moving-2", "keep-moving-3", "practice-2"}))
    plans = [one for one in decide.on_changes([news(OPEN, REJECTED)], lately, NOW) if isinstance(one, Plan)]
    assert Tip.KEEP_MOVING not in {plan.tip for plan in plans}
    assert next(plan for plan in plans if plan.tip is Tip.PRACTICE).template != "practice-2"


def test_p11_each_state_answers_a_change_of_the_sheet_in_its_own_way() -> None:
    approved = replace(LETTER, state=LetterState.APPROVED)
    edited = replace(LETTER, edited=True)
    sent = replace(LETTER, state=LetterState.SENT)
    moved = REJECTED._replace(role="Cook")
    changed = "changed in your tracker: role"
    cases: list[tuple[Letter, tuple[Action, ...]]] = [
        (LETTER, (Rewrite(letter=LETTER),)),
        (edited, (Rewrite(letter=edited), Remark(letter=edited, reason=changed))),
        (approved, (Move(letter=approved, to=LetterState.DRAFT, reason=changed, rewrite=True),)),
        (sent, ()),
    ]
    for letter, expected in cases:
        assert decide.on_changes([news(REJECTED, moved, letter=letter, fields=("role",))], CALM, NOW) == expected


def test_p11_a_rejection_taken_back_withdraws_and_a_new_one_revives_the_same_letter() -> None:
    reason = "your tracker no longer says rejected"
    back = decide.on_changes([news(REJECTED, OPEN, letter=LETTER, fields=("outcome",))], CALM, NOW)
    assert back == (Move(letter=LETTER, to=LetterState.WITHDRAWN, reason=reason),)
    withdrawn = replace(LETTER, state=LetterState.WITHDRAWN)
    again = decide.on_changes([news(OPEN, REJECTED, letter=withdrawn, fields=("outcome",))], CALM, NOW)
    assert again[0] == Move(letter=withdrawn, to=LetterState.DRAFT, reason="rejected again", rewrite=True)
    assert {one.tip for one in again if isinstance(one, Plan)} == set(Tip), "its nudges are planned anew"


def test_p11_a_withdrawn_letter_stays_so_at_any_edit_of_a_row_that_does_not_say_rejected() -> None:
    withdrawn = replace(LETTER, state=LetterState.WITHDRAWN)
    edits: list[dict[str, Any]] = [
        {"role": "Cook"},
        {"contact_email": "new@acme.example.org"},
        {"outcome": Outcome.OFFER},
        {},
    ]
    for edit in edits:
        item = news(OPEN, OPEN._replace(**edit), letter=withdrawn, fields=tuple(edit))
        assert decide.on_changes([item], CALM, NOW) == (), edit


def test_p11_only_a_letter_asked_for_by_name_stands_without_a_rejection() -> None:
    for state in (LetterState.DRAFT, LetterState.APPROVED):
        letter = replace(LETTER, state=state)
        withheld = decide.withheld(letter, OPEN, present=True)
        assert withheld is not None
        assert withheld.to is LetterState.WITHDRAWN
        assert decide.withheld(letter, REJECTED, present=True) is None
        assert decide.withheld(replace(letter, by_name=True), OPEN, present=True) is None
        assert decide.withheld(replace(letter, kind=LetterKind.THANK_YOU), OPEN, present=True) is None
    gone = decide.withheld(replace(LETTER, state=LetterState.APPROVED, by_name=True), REJECTED, present=False)
    assert gone is not None
    assert gone.to is LetterState.DRAFT
    assert decide.withheld(LETTER, REJECTED, present=False) is None


def test_a_rejection_taken_back_stops_its_nudges_and_what_shares_its_series_keeps_them() -> None:
    offer = news(REJECTED, REJECTED._replace(outcome=Outcome.OFFER), fields=("outcome",))
    alone = replace(CALM, waiting=(NUDGE,))
    assert decide.on_changes([offer], alone, NOW) == (Cancel(nudge=NUDGE, why=decide.NO_LONGER_REJECTED),)
    shared = replace(alone, joined={1: [2]})
    assert decide.on_changes([offer], shared, NOW) == (
        PassOn(nudge=NUDGE, application=2, why=decide.NO_LONGER_REJECTED),
    )
    of_the_other = replace(offer, application=2)
    assert decide.on_changes([of_the_other], shared, NOW) == (Leave(series=1, application=2),)
    both = decide.on_changes([offer, of_the_other], shared, NOW)
    assert kinds(both) == ["Leave", "Cancel"]


def test_a_rejection_that_comes_as_the_series_ends_begins_its_own() -> None:
    items = [
        news(REJECTED, REJECTED._replace(outcome=Outcome.OFFER), fields=("outcome",)),
        news(OPEN, REJECTED, number=2, fields=("outcome",)),
    ]
    actions = decide.on_changes(items, replace(CALM, waiting=(NUDGE,)), NOW)
    assert {one.application for one in actions if isinstance(one, Plan)} == {2}
    assert not [one for one in actions if isinstance(one, Join)]


def test_p11_a_row_that_is_gone_holds_an_approved_letter_and_notes_a_draft() -> None:
    approved = replace(LETTER, state=LetterState.APPROVED)
    reason = "its row is gone from your tracker"
    assert decide.on_changes([news(REJECTED, None, letter=approved)], CALM, NOW) == (
        Move(letter=approved, to=LetterState.DRAFT, reason=reason),
    )
    assert decide.on_changes([news(REJECTED, None, letter=LETTER)], CALM, NOW) == (
        Remark(letter=LETTER, reason=reason),
    )


def test_p11_an_edit_reaches_every_letter_of_its_application_that_has_not_gone() -> None:
    request = replace(LETTER, state=LetterState.SENT)
    follow_up = replace(LETTER, id=4, kind=LetterKind.FOLLOW_UP, state=LetterState.APPROVED)
    thanks = replace(LETTER, id=5, kind=LetterKind.THANK_YOU, state=LetterState.APPROVED)
    every = (request, follow_up, thanks)
    offer = REJECTED._replace(outcome=Outcome.OFFER)
    moved = REJECTED._replace(contact_email="new@acme.example.org")

    def ends(after: Application | None, *fields: str) -> list[tuple[int, LetterState, bool]]:
        item = replace(news(REJECTED, after, fields=fields), letters=every)
        actions = decide.on_changes([item], CALM, NOW)
        return [(one.letter.id, one.to, one.rewrite) for one in actions if isinstance(one, Move)]

    draft, withdrawn = LetterState.DRAFT, LetterState.WITHDRAWN
    assert ends(None) == [(4, draft, False), (5, draft, False)]
    assert ends(offer, "outcome", "stage") == [(4, withdrawn, False)]
    assert ends(moved, "contact_email") == [(4, draft, True), (5, draft, True)]
    assert ends(REJECTED._replace(applied_on=date(2026, 1, 1))) == []


def test_p11_a_follow_up_withdrawn_by_an_answer_stays_withdrawn() -> None:
    withdrawn = replace(LETTER, id=4, kind=LetterKind.FOLLOW_UP, state=LetterState.WITHDRAWN)
    for state, number in ((LetterState.SENT, 1), (LetterState.ANSWERED, 0)):
        letters = (replace(LETTER, state=state), withdrawn)
        item = replace(news(OPEN, REJECTED, fields=("outcome",)), letters=letters)
        assert kinds(decide.on_changes([item], CALM, NOW)).count("Move") == number


def test_p11_where_a_letter_cannot_be_written_its_yes_is_taken_back_and_nothing_else_is_done() -> None:
    approved = replace(LETTER, state=LetterState.APPROVED)
    actions = (
        Move(letter=approved, to=LetterState.DRAFT, reason="changed", rewrite=True),
        Move(letter=approved, to=LetterState.WITHDRAWN, reason="no longer so"),
        Move(letter=replace(LETTER, state=LetterState.WITHDRAWN), to=LetterState.DRAFT, reason="again", rewrite=True),
        Rewrite(letter=LETTER),
        DropFacts(application=1, fields=frozenset({"stage"})),
    )
    assert decide.on_unwritten(actions, {1}) == (
        Move(letter=approved, to=LetterState.DRAFT, reason=f"changed; {decide.UNWRITTEN}"),
        Move(letter=approved, to=LetterState.WITHDRAWN, reason="no longer so"),
    )
    assert decide.on_unwritten(actions, {2}) == ()


def test_a_draft_written_anew_says_so_instead_of_what_was_noted_on_it() -> None:
    noted = replace(LETTER, reason="its row is gone from your tracker")
    item = replace(news(REJECTED, REJECTED, letter=noted, fields=("role",)), returned=True)
    assert decide.on_changes([item], CALM, NOW) == (
        Rewrite(letter=noted),
        Remark(letter=noted, reason="changed in your tracker: role"),
    )


def test_everything_stops_when_an_offer_is_accepted() -> None:
    accepted = OPEN._replace(outcome=Outcome.ACCEPTED)
    actions = decide.on_changes([news(OPEN, accepted, number=4)], replace(CALM, waiting=(NUDGE,)), NOW)
    assert actions == (Cancel(nudge=NUDGE, why="you accepted an offer"),)


def test_an_interview_in_the_sheet_plans_a_nudge_before_and_one_after() -> None:
    planned = OPEN._replace(interview_on=date(2026, 12, 3))
    actions = decide.on_changes([news(OPEN, planned, fields=("interview_on",))], CALM, NOW)
    plans = [(one.event, one.tip, one.due_at.date()) for one in actions if isinstance(one, Plan)]
    assert plans == [
        ("interview_planned", Tip.KEEP_MOVING, date(2026, 12, 2)),
        ("interview_held", Tip.NO_SECOND_GUESSING, date(2026, 12, 4)),
    ]


def test_p8_first_sight_offers_the_old_rejections_and_drafts_none() -> None:
    seen = [news(None, said, number=number) for number, said in enumerate((OPEN, REJECTED, REJECTED), 1)]
    actions = decide.on_first_sight(seen, CALM, NOW)
    assert actions == (Ask(kind=QuestionKind.FIRST_SIGHT, applications=(2, 3)),)


def test_a_fact_gives_way_when_its_cell_changes() -> None:
    actions = decide.on_changes(
        [news(REJECTED, REJECTED._replace(stage=Stage.SCREENING), fields=("stage",), told=("stage", "contact_email"))],
        CALM,
        NOW,
    )
    assert actions == (DropFacts(application=1, fields=frozenset({"stage"})),)


def case(**changes: object) -> due.Case:
    plain = due.Case(application=REJECTED, present=True, interviewed=True, letter=LETTER, others=())
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_p12_a_due_nudge_is_delivered_once_a_day_and_the_rest_wait_for_their_hour_of_the_days_after() -> None:
    nudges = [(replace(NUDGE, id=number, due_at=NOW), case()) for number in (1, 2, 3)]
    first, second, _ = (nudge for nudge, _ in nudges)
    day, minute = timedelta(days=1), timedelta(minutes=1)
    assert due.on_time(nudges, None, CALENDAR, NOW) == [due.Deliver(nudge=first)]
    assert due.on_time(nudges[1:], NOW, CALENDAR, NOW + timedelta(hours=1)) == []
    assert due.on_time(nudges[1:], NOW, CALENDAR, NOW + day - minute) == []
    assert due.on_time(nudges[1:], NOW, CALENDAR, NOW + day) == [due.Deliver(nudge=second)]


def test_k2_k3_a_nudge_that_slept_comes_at_once_and_a_clock_that_was_ahead_holds_none_back() -> None:
    nudges = [(replace(NUDGE, due_at=NOW), case())]
    morning = NOW + timedelta(days=2) - timedelta(hours=1)
    assert due.on_time(nudges, NOW - timedelta(days=3), CALENDAR, morning) == [due.Deliver(nudge=nudges[0][0])]
    ahead = NOW + timedelta(days=365)
    assert due.on_time(nudges, ahead, CALENDAR, NOW) == [due.Deliver(nudge=nudges[0][0])]


def test_the_conditions_of_a_nudge_are_looked_at_when_it_is_due() -> None:
    sent = replace(LETTER, state=LetterState.SENT)
    waiting = replace(NUDGE, conditions=("letter_waiting",))
    met = replace(NUDGE, conditions=("interviewed",))
    planned = replace(NUDGE, event="interview_planned")
    cancelled = [
        (waiting, case(letter=sent), "the letter no longer waits"),
        (waiting, case(letter=None), "the letter no longer waits"),
        (met, case(interviewed=False), "there was no interview"),
        (NUDGE, case(application=OPEN), "your tracker no longer says rejected"),
        (planned, case(), "the application is no longer open"),
    ]
    for nudge, facts, why in cancelled:
        assert due.on_time([(nudge, facts)], None, CALENDAR, NOW) == [Cancel(nudge=nudge, why=why)]
    assert due.on_time([(waiting, case())], None, CALENDAR, NOW) == [due.Deliver(nudge=waiting)]


def test_a_letter_asked_for_though_nobody_rejected_outlives_an_edit_that_says_nothing_of_it() -> None:
    asked_for = replace(LETTER, state=LetterState.APPROVED, by_name=True)
    assert decide.on_changes([news(OPEN, OPEN, letter=asked_for)], CALM, NOW) == ()
    corrected = OPEN._replace(contact_name="Ines Roe")
    assert decide.on_changes([news(OPEN, corrected, letter=asked_for, fields=("contact_name",))], CALM, NOW) == (
        Move(letter=asked_for, to=LetterState.DRAFT, reason="changed in your tracker: contact name", rewrite=True),
    )


def test_p11_a_letter_on_its_way_is_told_what_holds_it_should_the_server_refuse_it() -> None:
    on_its_way = replace(LETTER, state=LetterState.SENDING)
    offer = REJECTED._replace(outcome=Outcome.OFFER)
    told = [
        decide.on_changes([news(REJECTED, after, letter=on_its_way, fields=fields)], CALM, NOW)
        for after, fields in ((None, ()), (offer, ("outcome",)), (REJECTED._replace(role="Cook"), ("role",)))
    ]
    assert told == [
        (Remark(letter=on_its_way, reason="its row is gone from your tracker"),),
        (Remark(letter=on_its_way, reason="your tracker no longer says rejected"),),
        (Remark(letter=on_its_way, reason="changed in your tracker: role"),),
    ]
