"""A letter or application named by its company: whole words, one company, and the whole name for what is for good."""

import os
import pty
import subprocess

import pytest

from tests.desk import ACME, BIRCH, COMMAND, Desk, Row

RESTORATION = Row("Restoration Works", contact="jobs@restoration.example.org")


@pytest.mark.parametrize("command", ["forget", "answered", "log", "show", "draft", "settle", "discard"])
def test_a_part_of_a_word_is_taken_for_no_company(desk: Desk, command: str) -> None:
    desk.with_drafts(RESTORATION)
    refused = desk.run(command, "ora", *(["--yes"] if command == "forget" else []))
    assert (refused.returncode, "There is no" in refused.stderr) == (1, True)
    assert [one["company"] for one in desk.json("applications")] == ["Restoration Works"]


@pytest.mark.parametrize(("command", "flag"), [("forget", "--yes"), ("settle", "--went")])
def test_what_cannot_be_undone_takes_the_whole_name(desk: Desk, command: str, flag: str) -> None:
    desk.with_drafts(RESTORATION)
    refused = desk.run(command, "works", flag)
    assert "cannot be undone" in refused.stderr
    assert "1 Restoration Works (Engineer)" in refused.stderr


def test_an_id_that_is_a_companys_name_too_is_asked_about(desk: Desk) -> None:
    desk.with_drafts(RESTORATION, Row("N1", contact="jobs@n1.example.org"))
    refused = desk.run("forget", "n1", "--yes")
    assert (
        "'n1' fits several: A1 Restoration Works (Engineer); A2 N1 (Engineer). Type one of these ids." in refused.stderr
    )
    desk.ok("forget", "A2", "--yes")
    assert {one["company"] for one in desk.json("applications")} == {"Restoration Works", "(forgotten)"}


def test_several_of_a_name_are_listed_with_what_tells_them_apart(desk: Desk) -> None:
    desk.with_drafts(Row("Bäcker", role="Baker"), Row("Bäcker", role="Driver"))
    refused = desk.run("log", "baecker")
    assert "A1 Bäcker (Baker); A2 Bäcker (Driver)" in refused.stderr


def test_at_a_terminal_one_of_several_is_chosen(desk: Desk) -> None:
    desk.with_drafts(ACME, Row("Acme Tools", role="Driver", applied="2026-10-02"))
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, "log", "acme"],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=desk.environment(),
        text=True,
    ) as process:
        os.write(ours, b"2\n")
        said, asked = process.communicate(timeout=30)
    os.close(ours)
    os.close(theirs)
    assert "A2  Acme Tools, Driver" in said
    assert "1  A1 Acme Tools (Engineer)" in asked


def test_an_application_whose_row_is_gone_is_still_found(desk: Desk) -> None:
    desk.with_drafts(ACME, BIRCH)
    desk.save(Row("Birch Paper", status="Rejected", contact=BIRCH.contact))
    desk.ok("scan")
    assert "Its row was gone" in desk.ok("log", "acme")
    (gone,) = (one for one in desk.json("applications") if one["company"] == "Acme Tools")
    assert (gone["line"], gone["letters"]) == (None, ["L1"])
    assert "row gone" in desk.ok("applications", "ACME")
