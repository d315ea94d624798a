"""What the server says of the account: no letter fails for it, mail is held, and the person is told what to do."""

from itertools import product

import pytest

from followup.mail.answers import ANSWERS, Answer, Concern
from followup.steps import holding
from followup.steps.dispatch import dispatch
from followup.steps.parts import Parts
from followup.steps.review import approve
from followup.steps.scan import scan
from followup.store import letters
from tests.desk import MONDAY_MORNING, Desk, Row, rejected
from tests.smtp_server import Server

PHASES = ("mail", "rcpt", "data", "dot")
ROWS = {row.concern: row for row in ANSWERS if row.source and row.concern is not None}
"""One answer of a real server for each concern; all of them are tried in the ring of the wire."""
LIMIT = ROWS.pop(Concern.LIMIT)
FIRMS = tuple(Row(f"Firm {letter}", contact=f"jobs@{letter}.example.org") for letter in "abcd")


def approve_all(desk: Desk, parts: Parts) -> None:
    """Letters to all firms, drafted and approved to go now."""
    for rows in (FIRMS, tuple(map(rejected, FIRMS))):
        desk.save(*rows)
        scan(parts, MONDAY_MORNING)
    for letter in letters.everything(parts.store):
        approve(parts, letter, letter.digest, MONDAY_MORNING, at_once=True)


def states(parts: Parts) -> set[str]:
    return {str(letter.state) for letter in letters.everything(parts.store)}


def tried(server: Server) -> int:
    return len([command for command in server.commands if command.startswith("MAIL")])


@pytest.mark.parametrize(
    ("answer", "phase", "connections"),
    [*((row, "dot", 1) for row in ROWS.values()), *product((ROWS[Concern.SENDER],), ("mail", "rcpt", "data"), (1, 3))],
)
def test_s5_p3_a_refusal_of_the_account_fails_no_letter_and_is_met_once(
    desk: Desk, answer: Answer, phase: str, connections: int
) -> None:
    with Server(script={phase: answer.example}) as server:
        desk.use_server(server.port)
        desk.write_settings(CONNECTIONS=str(connections))
        with desk.parts() as parts:
            approve_all(desk, parts)
            told = dispatch(parts, MONDAY_MORNING).trouble
            assert states(parts) == {"approved"}
            assert told is not None
            assert answer.example.rstrip(".").partition("<")[0][:40] in told
            assert told.rstrip().rpartition("). ")[2], "it says what to do"
            assert 1 <= tried(server) <= connections
            dispatch(parts, MONDAY_MORNING)
            assert tried(server) <= connections, "no letter is tried while the account is held"
            server.script = {}
            holding.resume_mail(parts, MONDAY_MORNING)
            again = max(letter.try_after or letter.not_before for letter in letters.everything(parts.store))
            dispatch(parts, again)
            assert states(parts) == {"sent"}
    assert sorted(mail.recipient for mail in server.mails) == sorted(row.contact for row in FIRMS)


@pytest.mark.parametrize("phase", PHASES)
def test_s14_p3_a_limit_is_met_once_and_waited_for(desk: Desk, phase: str) -> None:
    with Server(script={phase: LIMIT.example}) as server:
        desk.use_server(server.port)
        with desk.parts() as parts:
            approve_all(desk, parts)
            dispatch(parts, MONDAY_MORNING)
            assert states(parts) == {"approved"}
            assert tried(server) == 1
            assert "slow down" in (dispatch(parts, MONDAY_MORNING).trouble or "")
            assert tried(server) == 1


def test_s5_what_to_do_about_a_held_account_stands_where_a_person_looks(desk: Desk) -> None:
    advice = "Is FOLLOWUP_EMAIL the address of this account?"
    with Server(script={"dot": "554 5.2.252 SendAsDenied; not allowed to send as that"}) as server:
        desk.use_server(server.port)
        desk.with_drafts(FIRMS[0])
        approved = desk.approve_now("Firm a")
        assert "SendAsDenied" in approved.stdout + approved.stderr
        assert advice in desk.run("doctor").stdout
        assert advice in desk.json("status")["paused"]
        assert desk.letter("Firm a")["state"] == "approved"
