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
    ("resume",),
)
"""What a person tries on a letter, whether it can be done in this state or not."""
NAMED = re.compile(r"(?:[:,] |`|\(|or )followup ([a-z]+(?: (?:--[a-z]+|[LNQA]\d+|yes))*)")
"""A command as it stands in a sentence."""
ASKS = re.compile(r"[:?] ?$|\[q\]uit")
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
