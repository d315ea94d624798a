"""What a tracker was read with is part of what is remembered of it: a reading that got better is a baseline."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from followup.model.application import Outcome
from followup.model.letter import LetterState, Text
from followup.model.question import Question, QuestionKind
from followup.steps import answering, review
from followup.steps.parts import Parts
from followup.steps.scan import ScanReport, scan
from followup.store import applications, letters, nudges, questions, tracker
from followup.tracker.words import Words
from tests.desk import MONDAY_MORNING, Desk

WORDS: dict[str, Words] = {}
"""Words by their digest: they take longer to load than a sheet to read."""

REJECTED = ("Rejected", "Absage", "Отказ")
UNSURE = ("Nope nope", "Wibbled", "Closed", "Passed on")
OTHERS = ("Applied", "Offer", "offen", "")


@contextmanager
def sitting(desk: Desk) -> Iterator[Parts]:
    with desk.parts() as parts:
        digest = parts.words_digest()
        if digest not in WORDS:
            WORDS[digest] = parts.words()
        yield replace(parts, words=lambda: WORDS[digest])


def look(desk: Desk) -> ScanReport:
    with sitting(desk) as parts:
        return scan(parts, MONDAY_MORNING, whole=True)


def write(
    desk: Desk,
    rows: Sequence[tuple[str, str]],
    *,
    encoding: str = "utf-8",
    status: str = "Status",
    day: str = "2026-10-01",
    notes: str | None = None,
) -> None:
    lines = [f"Company,Role,Applied,{status},Contact"]
    lines += [f"{name},Müller-Rolle {name},{day},{text},ü{name}@x.example.org" for name, text in rows]
    if notes is not None:
        lines = [f"{lines[0]},Notes", *(f"{line},{notes}" for line in lines[1:])]
    desk.tracker.write_bytes("\n".join(lines).encode(encoding))


def own_words(desk: Desk, text: str) -> None:
    folder = desk.config.parent / "templates" / "words"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "own.toml").write_text(text, encoding="utf-8")


def asked(desk: Desk, kind: QuestionKind) -> list[Question]:
    with desk.parts() as parts:
        return [one for one in questions.everything(parts.store) if one.kind is kind and not one.moot]


def answer(desk: Desk, kind: QuestionKind, text: str) -> None:
    with desk.parts() as parts:
        for one in questions.unanswered(parts.store):
            if one.kind is kind:
                answering.answer(parts, one, text, MONDAY_MORNING)


def outcomes(desk: Desk) -> dict[int, Outcome]:
    with desk.parts() as parts:
        return {one.id: one.said.outcome for one in applications.everything(parts.store) if one.present}


def written(desk: Desk) -> dict[str, str]:
    """Company → text of its letter."""
    with desk.parts() as parts:
        return {one.company: one.text for one in letters.everything(parts.store)}


def _another_version(desk: Desk) -> None:
    with desk.parts() as parts, parts.store.transaction():
        seen = tracker.seen(parts.store)
        assert seen is not None
        tracker.put(parts.store, replace(seen, read_with="that of another version"))


@dataclass(frozen=True)
class Way:
    """A change of the way a tracker is read."""

    name: str
    go: Callable[[Desk], None]

    def __repr__(self) -> str:
        return self.name


ANSWER = Way("an answer", lambda desk: answer(desk, QuestionKind.OUTCOME, "yes"))
WAYS = (
    Way("an encoding", lambda desk: desk.write_settings(ENCODING="cp850")),
    Way("columns", lambda desk: desk.write_settings(COLUMNS="status=Status, company=Company")),
    Way("another column", lambda desk: desk.write_settings(COLUMNS="status=Company")),
    Way("a zone", lambda desk: desk.write_settings(TIMEZONE="Asia/Tokyo")),
    Way("a language", lambda desk: desk.write_settings(LANGUAGE="de")),
    Way("an address", lambda desk: desk.write_settings(EMAIL="sam@other.example.org")),
    Way("own words", lambda desk: own_words(desk, '[outcomes]\nrejected = ["nope nope", "wibbled"]\n')),
    ANSWER,
    Way("another version", _another_version),
)
ROWS = st.lists(st.sampled_from((*REJECTED, *UNSURE, *OTHERS)), min_size=1, max_size=9)


def _fresh(folder: Path, number: int) -> Desk:
    place = folder / str(number)
    place.mkdir()
    return Desk(place)


def test_p8_whatever_a_tracker_is_read_with_anew_drafts_nothing_and_offers_each_rejection_once(
    desk: Desk,  # noqa: ARG001 - its environment
    tmp_path: Path,
) -> None:
    count = iter(range(10_000))

    @settings(max_examples=15)
    @example(["Rejected", "Отказ"], [WAYS[0], ANSWER], "utf-8")
    @given(ROWS, st.lists(st.sampled_from(WAYS), min_size=1, max_size=3), st.sampled_from(("utf-8", "cp850")))
    def check(statuses: list[str], ways: list[Way], encoding: str) -> None:
        desk = _fresh(tmp_path, next(count))
        rows = [(f"Firm{number}", status) for number, status in enumerate(statuses)]
        encoding = encoding if all(map(_fits(encoding), statuses)) else "utf-8"
        desk.write_settings(ENCODING="cp1252" if encoding == "cp850" else "utf-8")
        write(desk, rows, encoding=encoding)
        look(desk)
        offered = {number for number, outcome in outcomes(desk).items() if outcome is Outcome.REJECTED}
        answer(desk, QuestionKind.FIRST_SIGHT, "none")
        for way in ways:
            way.go(desk)
            report = look(desk)
            assert (report.drafted, written(desk)) == ((), {})
            now_rejected = {number for number, outcome in outcomes(desk).items() if outcome is Outcome.REJECTED}
            named = [int(name[1:]) for one in asked(desk, QuestionKind.FIRST_SIGHT) for name in one.about]
            offered |= now_rejected
            assert offered <= set(named)
            assert len(named) == len(set(named))
            assert asked(desk, QuestionKind.IDENTITY) == []
            assert report.trouble or look(desk).untouched

    check()


def _fits(encoding: str) -> Callable[[str], bool]:
    return lambda text: text.encode(encoding, "ignore").decode(encoding) == text


def test_p8_in_one_look_with_a_better_reading_what_was_edited_is_drafted_and_what_stood_is_offered(
    desk: Desk,  # noqa: ARG001 - its environment
    tmp_path: Path,
) -> None:
    count = iter(range(10_000))

    @settings(max_examples=15)
    @given(
        st.lists(st.sampled_from(OTHERS[:3]), min_size=1, max_size=4),
        st.integers(1, 4),
        st.sampled_from([way for way in WAYS if way.name not in ("another column", "an answer")]),
        st.sampled_from(("2026-10-01", "01.10.2026", "2026-10-02")),
        st.sampled_from((None, "", "they were kind")),
    )
    def check(others: list[str], unsure: int, way: Way, day: str, notes: str | None) -> None:
        desk = _fresh(tmp_path, next(count))
        if way.name == "an encoding":  # A wrong one: of rows that were edited too nobody knows which they are.
            day, notes = "2026-10-01", None
        stood = [(f"Stood{number}", "Wibbled") for number in range(unsure)]
        rows = [(f"Firm{number}", status) for number, status in enumerate(others)]
        write(desk, [*stood, *rows])
        look(desk)
        way.go(desk)
        own_words(desk, '[outcomes]\nrejected = ["nope nope", "wibbled"]\n')
        write(desk, [*reversed(rows[1:]), (rows[0][0], "Rejected"), *stood], day=day, notes=notes)
        look(desk)
        assert list(written(desk)) == ["Firm0"]
        (question,) = asked(desk, QuestionKind.FIRST_SIGHT)
        assert len(question.about) == unsure

    check()


def test_p8_what_another_column_tells_of_rows_that_were_edited_too_is_offered(desk: Desk) -> None:
    rows = [("Alder", "Applied,Rejected"), ("Birch", "Applied,Applied")]
    write(desk, rows, status="Status,How it went")
    look(desk)
    desk.write_settings(COLUMNS="status=How it went")
    write(desk, rows, status="Status,How it went", day="2026-10-02")
    look(desk)
    assert written(desk) == {}
    assert asked(desk, QuestionKind.FIRST_SIGHT)[0].about == ("A1",)


@pytest.mark.parametrize(("before", "after"), [("cp850", "utf-8"), ("cp1252", "utf-8"), ("utf-8", "cp1252")])
def test_p8_a_sheet_saved_in_another_encoding_is_read_better_and_its_old_rejections_are_offered(
    desk: Desk, before: str, after: str
) -> None:
    write(desk, [("Alder", "Wibblø"), ("Birch", "Applied"), ("Cedar", "Applied")], encoding=before)
    own_words(desk, '[outcomes]\nrejected = ["wibblø"]\n')
    desk.write_settings(ENCODING="cp437" if before != "utf-8" else "cp850")
    look(desk)
    assert asked(desk, QuestionKind.FIRST_SIGHT) == []
    desk.write_settings(ENCODING="")
    write(desk, [("Alder", "Wibblø"), ("Birch", "Rejected"), ("Cedar", "Applied")], encoding=after)
    look(desk)
    assert list(written(desk)) == ["Birch"]
    assert asked(desk, QuestionKind.FIRST_SIGHT)[0].about == ("A1",)


def test_a_setting_that_mends_the_reading_reaches_the_drafts_that_wait(desk: Desk) -> None:
    """Fault 06: the encoding was set, and the draft kept its garbled names until the file was edited."""
    text = "Firma;Stelle;Status;E-Mail\nMüller & Söhne;Übersetzer;{};Jörg Weiß <j@x.example.org>\nBirke;Tester;offen;\n"
    desk.write_settings(ENCODING="cp1252")
    desk.tracker.write_bytes(text.format("offen").encode("cp850"))
    look(desk)
    desk.tracker.write_bytes(text.format("Absage").encode("cp850"))
    look(desk)
    desk.write_settings(ENCODING="cp850")
    assert not look(desk).untouched
    assert list(written(desk)) == ["Müller & Söhne"]
    assert "Übersetzer" in written(desk)["Müller & Söhne"]
    assert asked(desk, QuestionKind.FIRST_SIGHT) == []


def test_a_setting_that_names_the_columns_settles_the_question_about_them(desk: Desk) -> None:
    write(desk, [("Alder", "Odesláno"), ("Birch", "Odesláno")], status="Stav")
    look(desk)
    assert [one.answer for one in asked(desk, QuestionKind.COLUMN)] == [None]
    desk.write_settings(COLUMNS="status=Stav")
    look(desk)
    assert asked(desk, QuestionKind.COLUMN) == []


def test_own_words_are_read_with_at_once_though_nobody_touched_the_tracker(desk: Desk) -> None:
    write(desk, [("Alder", "Wibbled"), ("Birch", "Applied")])
    look(desk)
    own_words(desk, '[outcomes]\nrejected = ["wibbled"]\n')
    look(desk)
    assert outcomes(desk)[1] is Outcome.REJECTED
    own_words(desk, '[outcomes]\noffer = ["wibbled"]\n')
    look(desk)
    assert outcomes(desk)[1] is Outcome.OFFER


def test_corrected_days_and_names_reach_rows_that_are_known(desk: Desk) -> None:
    """A nudge said "52 days ago"; it was 13."""
    text = "Company,Role,Applied,Status,Interview date,Contact\nAlder,Cook,05/10/2026,{},06/11/2026,a@x.example.org\n"
    desk.tracker.write_text(text.format("Applied"), encoding="utf-8")
    look(desk)
    desk.tracker.write_text(text.format("Rejected"), encoding="utf-8")
    look(desk)
    answer(desk, QuestionKind.DATE_ORDER, "dmy")
    look(desk)
    with desk.parts() as parts:
        (known,) = applications.everything(parts.store)
    assert (known.said.applied_on, known.said.interview_on) == (date(2026, 10, 5), date(2026, 11, 6))


def test_p8_an_answer_offers_what_stands_says_so_and_drafts_what_comes(desk: Desk) -> None:
    write(desk, [("Alder", "Closed"), ("Birch", "Applied")])
    desk.ok("scan")
    (question,) = asked(desk, QuestionKind.OUTCOME)
    told = desk.ok("answer", f"Q{question.id}", "yes")
    assert "1 rejection was there before; nothing is drafted unasked." in told
    assert "comes to say so later is drafted" in told
    assert written(desk) == {}
    write(desk, [("Alder", "Closed"), ("Birch", "Closed")])
    look(desk)
    assert list(written(desk)) == ["Birch"]


def test_p8_a_tracker_that_shrank_and_is_right_drafts_what_turned_rejected_in_it(desk: Desk) -> None:
    rows = [(f"Firm{number}", "Applied") for number in range(9)]
    write(desk, rows)
    look(desk)
    write(desk, [(rows[0][0], "Rejected"), *rows[1:5]])
    assert look(desk).trouble
    answer(desk, QuestionKind.SHRUNK, "yes")
    look(desk)
    assert list(written(desk)) == ["Firm0"]


GERMAN = "Firma,Stelle,Beworben am,Status,E-Mail\nAlder,Koch,2026-10-01,{},a@x.example.org\n"
ENGLISH = "Company,Position,Applied,Status,Email\nAlder,Koch,2026-10-01,{},a@x.example.org\n"


def test_a_draft_speaks_the_language_of_the_reading_that_it_follows_from(desk: Desk) -> None:
    desk.tracker.write_text(ENGLISH.format("Applied"), encoding="utf-8")
    look(desk)
    desk.tracker.write_text(GERMAN.format("Absage"), encoding="utf-8")
    look(desk)
    assert "Guten Tag" in written(desk)["Alder"]


def test_a_sheet_that_comes_to_speak_another_language_takes_its_unedited_drafts_and_its_nudges_along(
    desk: Desk,
) -> None:
    more = "Birch,Koch,2026-10-01,{},b@x.example.org\n"
    for status in ("Applied", "Rejected"):
        desk.tracker.write_text((ENGLISH + more).format(status, status), encoding="utf-8")
        look(desk)
    with desk.parts() as parts:
        alder, birch = letters.everything(parts.store)
        text = review.edit(parts, birch, replace_text(birch.subject), MONDAY_MORNING).text
        english = {one.id: one.subject for one in nudges.waiting(parts.store)}
    desk.tracker.write_text((GERMAN + more).format("Rejected", "Rejected"), encoding="utf-8")
    look(desk)
    assert "Guten Tag" in written(desk)["Alder"]
    assert written(desk)["Birch"] == text
    with desk.parts() as parts:
        assert all(one.subject != english[one.id] for one in nudges.waiting(parts.store))
    assert alder.state is LetterState.DRAFT


def replace_text(subject: str) -> Text:
    return Text(subject=subject, text="Dear all,\n\nmy own words.\n")


def test_the_language_in_the_settings_reaches_drafts_of_a_sheet_that_speaks_none(desk: Desk) -> None:
    for status in ("Applied", "Rejected"):
        write(desk, [("Alder", status)], status="Status")
        desk.write_settings(COLUMNS="company=Company")
        look(desk)
    assert "Thank you" in written(desk)["Alder"]


def test_a_row_that_names_another_language_is_written_to_in_it(desk: Desk) -> None:
    text = "Company,Role,Status,Language,Contact\nAlder,Cook,{},{},a@x.example.org\n"
    for status, spoken in (("Applied", "English"), ("Rejected", "English"), ("Rejected", "German")):
        desk.tracker.write_text(text.format(status, spoken), encoding="utf-8")
        look(desk)
    assert "Guten Tag" in written(desk)["Alder"]


def test_an_interview_on_another_day_has_its_nudges_on_that_day_only(desk: Desk) -> None:
    text = "Company,Role,Status,Interview date\nAlder,Cook,Applied,{:%Y-%m-%d}\n"
    first, second = MONDAY_MORNING + timedelta(days=9), MONDAY_MORNING + timedelta(days=16)
    for day in (first, second):
        desk.tracker.write_text(text.format(day), encoding="utf-8")
        look(desk)
    with desk.parts() as parts:
        waiting = nudges.waiting(parts.store)
    assert waiting
    assert all(one.due_at > second - timedelta(days=4) for one in waiting)


def test_a_better_reading_knows_nothing_again_of_whom_the_person_had_forgotten(desk: Desk) -> None:
    write(desk, [("Alder", "Rejected"), ("Birch", "Applied")])
    look(desk)
    answer(desk, QuestionKind.FIRST_SIGHT, "none")
    desk.ok("forget", "Alder", "--yes")
    _another_version(desk)
    desk.write_settings(COLUMNS="role=Status")
    look(desk)
    with desk.parts() as parts:
        assert [one.said.company for one in applications.everything(parts.store)] == ["(forgotten)", "Birch"]
