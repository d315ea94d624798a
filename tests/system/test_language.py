"""The language of a letter: of a column, else of the tracker's own words, else of the settings."""

import pytest

from tests.desk import Desk

GERMAN = "Firma;Stelle;Status;Sprache;Kontakt\r\nAhorn GmbH;Koch;{};{};Frau Dr. König <k@ahorn.example.org>\r\n"
ENGLISH = "Company,Role,Status,Email\r\nAcme,Cook,{},Ines Roe <ines@acme.example.org>\r\n"


def letter(desk: Desk, text: str, *cells: str) -> str:
    desk.tracker.write_text(text.format("Applied" if "Applied" in cells else "Beworben", *cells[1:]), encoding="utf-8")
    desk.ok("scan")
    desk.tracker.write_text(text.format(*cells), encoding="utf-8")
    desk.ok("scan")
    return desk.ok("show", "L1")


def test_a_german_tracker_gets_a_german_letter(desk: Desk) -> None:
    shown = letter(desk, GERMAN, "Absage nach Gespräch", "")
    assert "Sehr geehrte Frau Dr. König," in shown
    assert "bei Ahorn genommen" in " ".join(shown.split())


@pytest.mark.parametrize("cell", ["en", "English", "Englisch"])
def test_a_column_of_languages_wins(desk: Desk, cell: str) -> None:
    assert "Dear Dr. König," in letter(desk, GERMAN, "Absage nach Gespräch", cell)


def test_an_english_tracker_gets_an_english_letter_whatever_the_settings_say(desk: Desk) -> None:
    desk.write_settings(LANGUAGE="fr")
    assert "Dear Ines Roe," in letter(desk, ENGLISH, "Rejected")


def test_a_tracker_that_does_not_tell_its_language_gets_that_of_the_settings(desk: Desk) -> None:
    desk.write_settings(LANGUAGE="fr", COLUMNS="company=Kunde, role=Was, status=Wie")
    text = "Kunde,Was,Wie\r\nAcme,Cook,{}\r\n"
    desk.tracker.write_text(text.format("⏳"), encoding="utf-8")
    desk.ok("scan")
    desk.tracker.write_text(text.format("❌ OK no"), encoding="utf-8")
    desk.ok("scan")
    desk.ok("draft", "acme")
    assert "Bonjour," in desk.ok("show", "L1")


def test_a_language_that_is_not_there_is_told_by_the_doctor_and_letters_are_english(desk: Desk) -> None:
    desk.write_settings(LANGUAGE="xx")
    result = desk.run("doctor")
    assert "'xx' is not there" in result.stdout


def test_nudges_speak_the_language_of_the_tracker(desk: Desk) -> None:
    letter(desk, GERMAN, "Absage nach Gespräch", "en")
    subjects = {one["subject"] for one in desk.json("nudges")}
    assert any("Ahorn" in subject or "Nein" in subject or "du" in subject for subject in subjects), subjects
