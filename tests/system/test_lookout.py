"""P7, P11: the sheet is looked at while letters and nudges wait for their server, and before each letter's DATA."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event

import pytest

from followup.steps import review
from followup.steps.dispatch import dispatch
from followup.steps.remind import remind
from followup.steps.scan import scan
from followup.store import letters
from tests.desk import BIRCH, CEDAR, MONDAY_MORNING, Desk, Row, rejected, wait_until
from tests.smtp_server import Server

TEN = [replace(BIRCH, company=f"Firm {number}", contact=f"jobs@firm{number}.example.org") for number in range(10)]
NO = list(map(rejected, TEN))


@contextmanager
def holding(server: Server) -> Iterator[tuple[Event, Event]]:
    """Set by the server when a mail has come to the first `cut` of its script, and by the test to let it go on."""
    arrived, go_on = Event(), Event()

    def cut() -> None:
        arrived.set()
        go_on.wait(60)

    server.cut = cut
    try:
        yield arrived, go_on
    finally:
        go_on.set()


def approved(desk: Desk, rows: list[Row], now: datetime) -> None:
    """All of these were rejected after the first sight, and have a yes to go at once."""
    with desk.parts(now) as parts:
        desk.save(*rows)
        scan(parts, now, whole=True)
        for upto in (len(rows) // 2, len(rows)):
            desk.save(*map(rejected, rows[:upto]), *rows[upto:])
            scan(parts, now, whole=True)
        for letter in letters.everything(parts.store):
            review.approve(parts, letter, letter.digest, now, at_once=True)


def states(desk: Desk) -> list[str]:
    with desk.parts() as parts:
        return [str(letter.state) for letter in letters.everything(parts.store)]


@pytest.mark.parametrize("connections", ["1", "3"])
def test_p11_letters_whose_rows_are_set_back_while_the_first_waits_do_not_go(desk: Desk, connections: str) -> None:
    first = int(connections)
    with Server(script={"dot": ["cut"] * first}) as server, holding(server) as (arrived, go_on):
        desk.use_server(server.port)
        desk.write_settings(CONNECTIONS=connections)
        approved(desk, TEN, MONDAY_MORNING)
        with ThreadPoolExecutor(1) as pool, desk.parts(MONDAY_MORNING) as parts:
            sending = pool.submit(dispatch, parts, MONDAY_MORNING)
            assert arrived.wait(30)
            wait_until(lambda: states(desk).count("sending") == first)
            desk.save(*NO[:first], *TEN[first:])
            go_on.set()
            sending.result()
        assert sorted(mail.recipient for mail in server.mails) == [row.contact for row in TEN[:first]]
        assert states(desk) == ["sent"] * first + ["withdrawn"] * (10 - first)


def test_p11_a_row_set_back_between_the_recipient_and_data_calls_its_letter_off(desk: Desk) -> None:
    with Server(script={"rcpt": ["cut"]}) as server:
        server.cut = lambda: desk.save(BIRCH)
        desk.use_server(server.port)
        approved(desk, [BIRCH], MONDAY_MORNING)
        with desk.parts(MONDAY_MORNING) as parts:
            dispatch(parts, MONDAY_MORNING)
        assert server.mails == []
        assert "DATA" not in server.commands
        assert "RSET" in server.commands
        assert states(desk)[0] == "withdrawn"


def test_p7_a_save_is_noticed_while_a_letter_waits_for_its_server(desk: Desk) -> None:
    with Server(script={"dot": ["cut"]}) as server, holding(server) as (arrived, go_on):
        desk.use_server(server.port)
        approved(desk, [BIRCH], datetime.now(UTC))
        with desk.daemon():
            assert arrived.wait(30)
            desk.save(rejected(BIRCH), rejected(CEDAR))
            wait_until(lambda: "draft" in states(desk), 30)
            assert states(desk) == ["sending", "draft"], "noticed before the server answered"
            wait_until(lambda: "L2 is drafted" in (desk.folder / "daemon.log").read_text())
            go_on.set()
            wait_until(lambda: states(desk) == ["sent", "draft"])


def test_p7_a_save_is_noticed_while_a_nudge_waits_for_its_server(desk: Desk) -> None:
    desk.one_nudge_at("10:00")
    with Server(script={"dot": ["cut"]}) as server, holding(server) as (arrived, go_on):
        desk.use_server(server.port)
        before = MONDAY_MORNING.replace(hour=8)
        with desk.parts(before) as parts:
            for rows in ([BIRCH, CEDAR], [rejected(BIRCH), CEDAR]):
                desk.save(*rows)
                scan(parts, before, whole=True)
        with ThreadPoolExecutor(1) as pool, desk.parts(MONDAY_MORNING) as parts:
            reminding = pool.submit(remind, parts, MONDAY_MORNING)
            assert arrived.wait(30)
            desk.save(rejected(BIRCH), rejected(CEDAR))
            wait_until(lambda: len(states(desk)) == 2, 30)
            go_on.set()
            assert len(reminding.result().delivered) == 1


@pytest.mark.parametrize("sheet", ["shrunk", "emptied", "other columns", "gone", "a folder"])
def test_p11_p6_while_the_sheet_is_not_believed_no_letter_goes_by_what_it_said(desk: Desk, sheet: str) -> None:
    now = MONDAY_MORNING
    with Server() as server:
        desk.use_server(server.port)
        approved(desk, TEN, now)
        whole = desk.tracker.read_text()
        desk.save(*NO[:4])
        if sheet == "emptied":
            desk.tracker.write_text("")
        elif sheet == "other columns":
            desk.tracker.write_text(whole.replace("Company", "Aa").replace("Status", "Bb"))
        elif sheet in ("gone", "a folder"):
            desk.tracker.unlink()
        if sheet == "a folder":
            desk.tracker.mkdir()
        with desk.parts(now) as parts:
            report = dispatch(parts, now)
        assert server.mails == []
        assert report.trouble is not None
        if sheet == "a folder":
            desk.tracker.rmdir()
        desk.tracker.write_text(whole)
        with desk.parts(now) as parts:
            dispatch(parts, now)
    assert len(server.mails) == len(TEN)


def test_p11_an_edit_that_shows_in_neither_length_nor_time_of_modification_is_noticed(desk: Desk) -> None:
    now = MONDAY_MORNING
    with Server() as server:
        desk.use_server(server.port)
        approved(desk, TEN, now)
        before = desk.tracker.stat()
        desk.tracker.write_bytes(desk.tracker.read_bytes().replace(b"Rejected", b"Accepted"))
        os.utime(desk.tracker, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert (desk.tracker.stat().st_size, desk.tracker.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
        with desk.parts(now) as parts:
            dispatch(parts, now)
    assert server.mails == []
