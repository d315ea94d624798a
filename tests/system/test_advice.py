"""What followup tells people to type: each command, typed in the very state that names it, does it or asks."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.desk import ACME, BIRCH, CEDAR, Desk, rejected
from tests.smtp_server import Server
from tests.system.test_terminal import Terminal

LOOKS: tuple[tuple[str, ...], ...] = (
    (),
    ("status",),
    ("outbox",),
    ("questions",),
    ("nudges",),
    ("log",),
    ("doctor",),
    ("show", "L1"),
)
"""What a person types to look."""
TRIES: tuple[tuple[str, ...], ...] = (
    ("approve", "L1"),
    ("approve", "--now", "L1"),
    ("export", "L1"),
    ("unapprove", "L1"),
    ("discard", "L1"),
    ("sent", "L1"),
    ("settle", "L1"),
    ("answered", "L1"),
    ("review", "L1"),
    ("edit", "L1", "--to", "jobs@acme.example.org"),
    ("discard", "--undo", "L1"),
    ("resume",),
)
"""What a person tries on a letter, whether it can be done in this state or not."""
NAMED = re.compile(r"(?:[:,] |`|\(|or )followup ([a-z]+(?: (?:--[a-z]+|[LNQA]\d+|yes))*)")
"""A command as it stands in a sentence."""
ASKS = re.compile(r"[:?] ?$|\[q\]uit|keeps nothing\.\s*$")
"""The last line of a screen that waits for an answer, or for a key."""
ELSEWHERE = ("run", "web", "init", "demo", "service --install", "restore", "edit")
"""What is tried by tests of its own: what runs on, what installs, what opens an editor."""


def draft(desk: Desk) -> None:
    desk.with_drafts(ACME)


def without_recipient(desk: Desk) -> None:
    desk.with_drafts(CEDAR)


def approved(desk: Desk) -> None:
    draft(desk)
    letter = desk.letter(ACME.company)
    desk.ok("approve", "L1", "--digest", letter["digest"])


def approved_without_account(desk: Desk) -> None:
    approved(desk)
    desk.write_settings(SMTP_HOST="")


def paused(desk: Desk) -> None:
    approved(desk)
    desk.ok("pause")


def tracker_gone(desk: Desk) -> None:
    approved(desk)
    desk.tracker.unlink()
    desk.run("tick")


def server_gone(desk: Desk) -> None:
    approved(desk)
    desk.use_server(1)
    desk.run("approve", "--now", "L1", "--digest", desk.letter(ACME.company)["digest"])


def refused(desk: Desk) -> None:
    draft(desk)
    with Server(script={"rcpt": "550 5.1.1 no such person"}) as server:
        desk.use_server(server.port)
        desk.approve_now(ACME.company)


def account_refused(desk: Desk) -> None:
    draft(desk)
    with Server(script={"mail": "553 5.7.1 not your address"}) as server:
        desk.use_server(server.port)
        desk.approve_now(ACME.company)


def in_doubt(desk: Desk) -> None:
    draft(desk)
    with Server(script={"dot": "accept-drop"}) as server:
        desk.use_server(server.port)
        desk.approve_now(ACME.company)


def handed_over(desk: Desk) -> None:
    draft(desk)
    desk.ok("export", "L1")


def sent(desk: Desk) -> None:
    handed_over(desk)
    desk.ok("sent", "L1")


def put_away(desk: Desk) -> None:
    draft(desk)
    desk.ok("discard", "L1")


def old_rejections(desk: Desk) -> None:
    desk.save(rejected(ACME), rejected(BIRCH))
    desk.ok("scan")


STATES: tuple[Callable[[Desk], None], ...] = (
    draft, without_recipient, approved, approved_without_account, paused, tracker_gone, server_gone, refused,
    account_refused, in_doubt, handed_over, sent, put_away, old_rejections,
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_every_command_that_a_person_is_told_to_type_can_be_typed_there(
    desk: Desk, state: Callable[[Desk], None]
) -> None:
    desk.use_server(9)
    state(desk)
    before = Snapshot(desk.folder)
    advice, refusals = set(), {}
    for words in (*LOOKS, *TRIES):
        result = desk.run(*words)
        assert "Traceback" not in result.stderr
        after = Snapshot(desk.folder)
        for command in NAMED.findall(result.stdout + result.stderr):
            if command.startswith(ELSEWHERE) or (command in advice and words in LOOKS):
                continue
            advice.add(command)
            with Terminal(desk, *command.split()) as terminal:
                if refusal := refused_by(terminal):
                    refusals[(*words, "→", command)] = refusal
            after.restore()
        before.restore()
    assert advice, "every state tells what to do next"
    assert refusals == {}


UNDECIDABLE = (("approve", "L1"), ("review", "L1"), ("edit", "L1", "--to", "jobs@acme.example.org"))
"""What is tried on a letter and cannot be done to one that has left the drafts."""


@pytest.mark.parametrize(
    ("state", "command", "looks"),
    [
        (draft, "review L1", ()),
        (approved, "unapprove L1", (("approve", "L1"), ("review", "L1"))),
        (refused, "unapprove L1", (("outbox",), *UNDECIDABLE, ("discard", "--undo", "L1"), ("export", "L1"))),
        (in_doubt, "settle L1", (("outbox",), *UNDECIDABLE, ("unapprove", "L1"), ("discard", "L1"), ("export", "L1"))),
        (handed_over, "sent L1", (("outbox",), *UNDECIDABLE, ("settle", "L1"))),
        (put_away, "discard --undo L1", (*UNDECIDABLE, ("discard", "L1"), ("unapprove", "L1"))),
        (sent, "answered A1", (*UNDECIDABLE, ("unapprove", "L1"), ("sent", "L1"))),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_where_a_letter_stands_is_told_with_the_one_command_that_gets_it_on_and_that_does_it(
    desk: Desk, state: Callable[[Desk], None], command: str, looks: tuple[tuple[str, ...], ...]
) -> None:
    desk.use_server(9)
    state(desk)
    for words in (("show", "L1"), *looks):
        result = desk.run(*words)
        assert f"followup {command}" in result.stdout + result.stderr, words
    with Terminal(desk, *command.split()) as terminal:
        assert refused_by(terminal) is None


def test_a_letter_that_cannot_be_approved_is_refused_before_anything_is_asked(desk: Desk) -> None:
    desk.use_server(9)
    refused(desk)
    with Terminal(desk, "approve", "L1") as terminal:
        assert terminal.end() == 1
        assert "Send this?" not in terminal.text
        assert "To try again: followup unapprove L1" in terminal.text


def test_a_letter_that_fails_on_the_spot_is_told_with_how_to_try_it_again(desk: Desk) -> None:
    draft(desk)
    with Server(script={"rcpt": "550 5.1.1 no such person"}) as server:
        desk.use_server(server.port)
        told = desk.run("approve", "--now", "L1", "--digest", desk.letter(ACME.company)["digest"])
    assert "no such person" in told.stderr
    assert told.stderr.rstrip().endswith("To try again: followup unapprove L1")


def test_of_many_letters_in_one_state_the_outbox_names_each_in_one_sentence(desk: Desk) -> None:
    desk.with_drafts(ACME, BIRCH)
    for number in ("L1", "L2"):
        desk.ok("export", number)
    told = desk.ok("outbox")
    assert told.count("When it is sent: followup sent L1.") == 1
    assert "(likewise L2)" in told


def refused_by(terminal: Terminal) -> str | None:
    """What a command says that neither does what it was typed for nor asks; None where it does either."""
    while terminal.process.poll() is None:
        terminal.read(0.2)
        if ASKS.search(terminal.text):
            return None
    terminal.end()
    return terminal.text.strip()[-300:] if terminal.process.returncode else None


class Snapshot:
    """The files of a folder as they were. They are restored in place: a store knows its own inode."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}

    def restore(self) -> None:
        for file in [file for file in self._folder.rglob("*") if file.is_file() and file not in self._files]:
            file.unlink()
        for file, content in self._files.items():
            if not file.exists() or file.read_bytes() != content:
                file.write_bytes(content)
                file.chmod(0o600)
