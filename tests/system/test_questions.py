"""What a tracker leaves open is asked; until it is answered nothing goes wrong, and what it settles is not asked on."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.desk import ACME, BIRCH, CEDAR, Desk, Row, rejected, text_of

OPEN = b"\x81\x8d\x8f\x90\x9d"
"""Bytes that cp1252 has no sign for; Windows reads them as control characters."""


def save(desk: Desk, rows: Sequence[Row], **renamed: str) -> None:
    """Save under other names of columns."""
    header, _, below = text_of(rows).partition("\r\n")
    names = [renamed.get(name, name) for name in header.split(",")]
    desk.tracker.write_text("\r\n".join([",".join(names), below]), encoding="utf-8", newline="")


def asked(desk: Desk, kind: str) -> dict[str, Any]:
    found = [one for one in desk.json("questions") if one["kind"] == kind]
    assert len(found) == 1, found
    one: dict[str, Any] = found[0]
    return one


def test_p9_a_column_that_nobody_knows_is_asked_about_with_the_likeliest_one(desk: Desk) -> None:
    save(desk, [ACME, BIRCH], Status="Stauts")
    desk.ok("scan")
    question = asked(desk, "column")
    assert "Perhaps “Stauts”" in question["text"]
    assert f"followup answer {question['id']} Stauts" in desk.ok("questions")
    assert desk.run("answer", question["id"], "yes").returncode == 1
    desk.ok("answer", question["id"], "stauts")
    desk.ok("scan")
    save(desk, [rejected(ACME), BIRCH], Status="Stauts")
    desk.ok("scan")
    assert desk.letter("Acme Tools")["state"] == "draft"


def test_p9_a_tracker_without_a_known_company_waits_for_a_word_and_is_then_a_first_sight(desk: Desk) -> None:
    save(desk, [rejected(ACME), BIRCH], Company="Cmpany")
    refused = desk.run("scan")
    assert refused.returncode == 1
    assert "Perhaps “Cmpany”" in refused.stderr
    desk.ok("answer", asked(desk, "column")["id"], "Cmpany")
    desk.ok("scan")
    assert desk.json("outbox") == []
    assert asked(desk, "first_sight")["about"] == ["A1"]


@pytest.mark.parametrize("name", ["Company", "Contact"])
def test_p6_a_column_that_loses_its_name_changes_nothing_until_a_word(desk: Desk, name: str) -> None:
    desk.with_drafts(ACME, BIRCH)
    letter = desk.letter("Acme Tools")
    desk.ok("approve", letter["id"], "--digest", letter["digest"])
    before = desk.json("outbox")
    save(desk, [rejected(ACME), BIRCH], **{name: "Wibble"})
    held = desk.run("scan")
    assert held.returncode == 1
    assert "followup questions" in held.stderr
    assert desk.json("outbox") == before
    desk.ok("answer", asked(desk, "layout")["id"], "Wibble")
    desk.ok("scan")
    assert desk.letter("Acme Tools")["state"] == "approved"
    assert desk.letter("Birch Paper")["state"] == "withdrawn"


def test_a_column_that_gets_its_name_back_is_asked_about_no_more(desk: Desk) -> None:
    desk.with_drafts(ACME)
    save(desk, [rejected(ACME)], Company="Wibble")
    assert desk.run("scan").returncode == 1
    save(desk, [rejected(ACME)])
    desk.ok("scan")
    assert desk.json("questions") == []
    save(desk, [rejected(ACME)], Company="Wibble")
    assert desk.run("scan").returncode == 1
    assert asked(desk, "layout")


def test_a_question_that_the_sheet_has_answered_is_asked_no_more(desk: Desk) -> None:
    desk.save(Row("Acme Tools", "Closed"), CEDAR)
    desk.ok("scan")
    assert asked(desk, "outcome")["about"] == ["Acme Tools"]
    desk.save(Row("Acme Tools", "Withdrawn"), CEDAR)
    desk.ok("scan")
    assert desk.json("questions") == []


def test_d5_a_tracker_that_was_read_in_the_wrong_encoding_and_saved_is_the_same_tracker(desk: Desk) -> None:
    rows = [Row("Café Überall", role="Bürokraft"), Row("Łódź “Works”", role="Köchin"), BIRCH]
    desk.save(rejected(rows[0]), *rows[1:])
    desk.ok("scan")
    read_wrongly = [
        bytes([byte]).decode("cp1252" if byte not in OPEN else "latin-1") for byte in desk.tracker.read_bytes()
    ]
    mangled = "".join(read_wrongly).encode()
    desk.tracker.write_bytes(mangled)
    desk.ok("scan")
    assert [one["kind"] for one in desk.json("questions")] == ["first_sight"]
    desk.tracker.write_bytes(mangled.replace(b"Engineer,2026-10-01,Applied", b"Engineer,2026-10-01,Rejected"))
    desk.ok("scan")
    assert [one["company"] for one in desk.json("outbox")] == ["Birch Paper"]


def test_p6_a_sheet_that_lost_its_column_of_endings_withdraws_nothing(desk: Desk) -> None:
    desk.with_drafts(ACME)
    lines = desk.tracker.read_text(encoding="utf-8").replace("Status", "Wibble").replace("Rejected", "7")
    desk.tracker.write_text(lines, encoding="utf-8")
    assert desk.run("scan").returncode == 1
    assert desk.letter("Acme Tools")["state"] == "draft"
    desk.ok("answer", asked(desk, "layout")["id"], "none")
    desk.ok("scan")
    assert desk.letter("Acme Tools")["state"] == "withdrawn"


def test_i12_a_row_that_changes_to_a_word_nobody_knows_is_asked_about_once_and_the_answer_drafts(desk: Desk) -> None:
    desk.save(ACME, BIRCH, replace(CEDAR, status="Kifli"))
    desk.ok("scan")
    assert desk.json("questions") == []
    preview = desk.ok("preview", str(desk.tracker))
    assert re.search(r"not known +1 +Kifli", preview)
    assert "“Kifli” (1 row) is not known" in desk.json("preview", str(desk.tracker))["problems"][0]["text"]
    desk.save(replace(ACME, status="Pogácsa"), BIRCH, replace(CEDAR, status="Kifli"))
    desk.ok("scan")
    (asked,) = desk.json("questions")
    assert (asked["kind"], asked["answer"]) == ("outcome", None)
    assert "“Pogácsa” (1 row) is not known" in asked["text"]
    desk.save(replace(ACME, status="Pogácsa"), replace(BIRCH, status="Pogácsa"), CEDAR)
    desk.ok("scan")
    assert len(desk.json("questions")) == 1
    desk.ok("answer", asked["id"], "yes")
    desk.ok("scan")
    rejected_now = {row["company"] for row in desk.json("outbox")}
    assert rejected_now <= {"Acme Tools", "Birch Paper"}
    assert "rejected" in desk.ok("log", "acme")


def test_i12_a_column_of_unknown_words_is_one_question_whose_answer_counts_for_each(desk: Desk) -> None:
    desk.save(replace(ACME, status="Kifli"), replace(BIRCH, status="Pogácsa"), replace(CEDAR, status="Kifli"))
    desk.ok("scan")
    (asked,) = desk.json("questions")
    assert (asked["kind"], asked["about"]) == ("words", ["Kifli", "Pogácsa"])
    assert "1. Kifli" in desk.ok("questions")
    assert desk.run("answer", asked["id"], "3").returncode == 1
    desk.ok("answer", asked["id"], "1")
    desk.ok("scan")
    assert [one["answer"] for one in desk.json("questions")][:1] == ["1"]
    assert "2 rejected" in desk.run("doctor").stdout
    desk.ok("answer", asked["id"], "--undo")
    desk.ok("scan")
    assert "3 open" in desk.run("doctor").stdout


def test_i12_a_broken_byte_takes_no_yes_back_and_changes_no_identity(desk: Desk) -> None:
    row = Row("Bäcker & Söhne", role="Gärtner", contact="Jörg Groß <jg@baecker.example.org>", interview="2026-11-10")
    others = [Row(f"Firma Ü{number}", role="Köchin") for number in range(6)]
    desk.with_drafts(row)
    desk.save(rejected(row), *others)
    desk.ok("scan")
    letter = desk.letter("Bäcker & Söhne")
    desk.ok("approve", letter["id"], "--digest", letter["digest"])
    intact = desk.tracker.read_bytes()
    for good, broken in (("ä", b"\xe4"), ("ö", b"\xc3"), ("ß", b"\xdf"), ("Köchin", b"K\xf6chin")):
        desk.tracker.write_bytes(intact.replace(good.encode(), broken))
        desk.ok("scan")
        assert desk.letter("Bäcker & Söhne")["state"] == "approved", good
        assert desk.json("questions") == []
        assert len({one["company"] for one in desk.json("outbox")}) == 1
    desk.tracker.write_bytes(intact)
    desk.ok("scan")
    assert desk.letter("Bäcker & Söhne")["state"] == "approved"


def test_i12_a_tracker_in_an_encoding_that_nothing_tells_waits_for_the_answer(desk: Desk) -> None:
    desk.save(Row("Gdańsk Żuraw"), ACME)
    desk.ok("scan")
    text = text_of([rejected(Row("Gdańsk Żuraw")), ACME])
    desk.tracker.write_bytes(text.encode("cp1250"))
    desk.run("scan")
    (asked,) = desk.json("questions")
    assert (asked["kind"], "“Gdańsk Żuraw” (cp1250)" in asked["text"]) == ("encoding", True)
    assert desk.json("outbox") == []
    assert desk.run("answer", asked["id"], "cp1").returncode == 1
    desk.ok("answer", asked["id"], "cp1250")
    desk.ok("scan")
    assert desk.letter("Gdańsk Żuraw")["company"] == "Gdańsk Żuraw"
