"""`followup preview` goes by the settings, own words and answers that there are, needs none, and writes nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from followup.model.question import QuestionKind
from followup.steps import answering
from followup.store import questions
from followup.tracker.words import FIELDS
from tests.desk import ACME, BIRCH, MONDAY_MORNING, Desk, Row, rejected
from tests.unit.test_reading import xlsx

SHEET = "Firma;Stelle;Stav;E-mail\nMüller & Söhne;Übersetzer;Wibbled;j@x.example.org\nBirke;Köchin;Odesláno;\n"


def previewed(desk: Desk, file: Path, *, env: dict[str, str] | None = None) -> tuple[dict[str, Any], str]:
    result = desk.run("preview", str(file), "--json", env=env)
    assert result.returncode == 0, result.stderr
    told: dict[str, Any] = json.loads(result.stdout)
    return told, result.stderr


def all_files(folder: Path) -> dict[Path, tuple[int, bytes]]:
    return {file: (file.stat().st_mtime_ns, file.read_bytes()) for file in folder.rglob("*") if file.is_file()}


@pytest.fixture
def sheet(desk: Desk) -> Path:
    file = desk.folder / "other.csv"
    file.write_bytes(SHEET.encode("cp1250"))
    return file


def test_a_preview_says_what_a_file_is_and_its_fields_as_the_settings_call_them(desk: Desk, tmp_path: Path) -> None:
    book = tmp_path / "jobs.xlsx"
    book.write_bytes(xlsx())
    assert "jobs.xlsx is a workbook" in desk.ok("preview", str(book))
    desk.save(ACME)
    told = desk.ok("preview", str(desk.tracker))
    assert "applications.csv is utf-8 with commas" in told
    listed = told.partition("Columns\n")[2].partition("\n\n")[0].splitlines()
    named = [line.split()[0] for line in listed]
    assert {"company", "applied", "interview"} < set(named)
    assert set(named) <= FIELDS


def test_a_preview_is_made_by_the_settings_and_own_words(desk: Desk, sheet: Path) -> None:
    own = desk.config.parent / "templates" / "words"
    own.mkdir(parents=True)
    (own / "own.toml").write_text('[outcomes]\nrejected = ["wibbled"]\n', encoding="utf-8")
    desk.write_settings(ENCODING="cp1250", COLUMNS="status=Stav", NAME="Kim Rivera")
    told, stderr = previewed(desk, sheet)
    assert (told["encoding"], stderr) == ("cp1250", "")
    (draft,) = told["drafts"]
    assert (draft["company"], draft["to"]) == ("Müller & Söhne", "j@x.example.org")
    assert "Kim Rivera" in draft["text"]
    assert [one["kind"] for one in told["questions"]] == []


def test_a_preview_goes_by_the_answers_that_were_given_and_writes_nothing(desk: Desk) -> None:
    desk.save(Row("Alder", "Closed"), rejected(ACME), BIRCH)
    desk.ok("scan")
    with desk.parts() as parts:
        (asked,) = (one for one in questions.unanswered(parts.store) if one.kind is QuestionKind.OUTCOME)
        answering.answer(parts, asked, "yes", MONDAY_MORNING)
        # What was written last stands in the write-ahead log as long as somebody has the store open.
        told, _ = previewed(desk, desk.tracker)
        assert {one["company"] for one in told["drafts"]} == {"Alder", "Acme Tools"}
    before = all_files(desk.folder)
    told, stderr = previewed(desk, desk.tracker)
    assert {one["company"] for one in told["drafts"]} == {"Alder", "Acme Tools"}
    assert (all_files(desk.folder), stderr) == (before, "")


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda file: file.write_text("FOLLOWUP_COLUMNS='status=Stav'\nwhat is this\n"), "line 2"),
        (lambda file: file.write_text("FOLLOWUP_COLUMNS='status=Stav'\nFOLLOWUP_TIMEZONE=Mars\n"), "no time zone"),
        (lambda file: file.write_bytes(b"\xff\xfe\x00"), "not in UTF-8"),
        (lambda file: file.unlink(), ""),
        (lambda file: file.with_name("followup.db").write_bytes(b"no store at all" * 100), "without your answers"),
    ],
)
def test_a_preview_is_shown_whatever_is_wrong_with_the_settings_and_says_so(desk: Desk, harm: Any, said: str) -> None:
    desk.save(rejected(ACME))
    desk.config.chmod(0o600)
    harm(desk.config)
    told, stderr = previewed(desk, desk.tracker)
    assert [one["company"] for one in told["drafts"]] == ["Acme Tools"]
    assert said in stderr
    assert bool(stderr) == bool(said)


def test_settings_in_the_environment_alone_are_enough_for_a_preview(desk: Desk, sheet: Path) -> None:
    desk.config.unlink()
    env = {"FOLLOWUP_ENCODING": "cp1250", "FOLLOWUP_COLUMNS": "status=Stav"}
    told, stderr = previewed(desk, sheet, env=env)
    assert (told["encoding"], stderr) == ("cp1250", "")
    assert told["applications"][0]["status_text"] == "Wibbled"


def test_a_preview_of_a_file_that_is_not_there_speaks_of_that_file_alone(desk: Desk) -> None:
    result = desk.run("preview", "nope.csv")
    assert result.returncode == 1
    assert "There is no file nope.csv." in result.stderr
    assert "FOLLOWUP_TRACKER" not in result.stderr


def test_who_has_settings_already_is_not_sent_to_make_some(desk: Desk) -> None:
    desk.save(rejected(ACME))
    assert "followup init" not in desk.ok("preview", str(desk.tracker))
    desk.config.unlink()
    assert "followup init" in desk.ok("preview", str(desk.tracker))


@pytest.mark.parametrize(("zone", "day"), [("Pacific/Kiritimati", "2026-10-02"), ("Pacific/Pago_Pago", "2026-10-01")])
def test_i12_a_preview_goes_by_a_time_zone_that_only_the_environment_names(desk: Desk, zone: str, day: str) -> None:
    sheet = desk.folder / "instants.csv"
    sheet.write_text("Company,Role,Applied,Status\nAcme,Cook,2026-10-01T12:00:00Z,Rejected\n")
    desk.config.unlink()
    told, _ = previewed(desk, sheet, env={"FOLLOWUP_TIMEZONE": zone})
    assert [one["applied_on"] for one in told["applications"]] == [day]
