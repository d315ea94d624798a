"""What a person meets at a terminal: the review one key at a time, the set-up, in a real pty of 80×24."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
from dataclasses import replace
from datetime import timedelta
from time import monotonic

import pytest

from followup import config
from followup.steps import overview
from followup.store import tracker
from tests.desk import ACME, BIRCH, CEDAR, COMMAND, Desk, Row, rejected, wait_until
from tests.smtp_server import Server

ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """A command in a pty; keys go in, the screen's text comes out."""

    def __init__(self, desk: Desk, *words: str, env: dict[str, str] | None = None) -> None:
        self.text = self.raw = ""
        leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self._leader = leader
        self.process = subprocess.Popen(
            [*COMMAND, *words],
            stdin=follower,
            stdout=follower,
            stderr=follower,
            env=desk.environment({"TERM": "xterm", **(env or {})}),
            cwd=desk.folder,
            start_new_session=True,
        )
        os.close(follower)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        os.close(self._leader)

    def expect(self, wanted: str, seconds: float = 15) -> str:
        """Read until this text is on the screen; what came before it, too."""
        until = monotonic() + seconds
        while wanted not in self.text:
            assert monotonic() < until, f"{wanted!r} did not appear in: {self.text}"
            self.read(0.2)
        seen, _, self.text = self.text.partition(wanted)
        return seen + wanted

    def press(self, keys: str) -> None:
        os.write(self._leader, keys.encode())

    def key(self, key: str) -> None:
        """One key, once the command listens for a key: what is typed ahead never counts as a yes."""
        wait_until(lambda: not termios.tcgetattr(self._leader)[3] & termios.ICANON)
        self.press(key)

    def end(self, seconds: float = 15) -> int:
        """Read to the end of the command; its exit code."""
        until = monotonic() + seconds
        while self.process.poll() is None and monotonic() < until:
            self.read(0.1)
        self.read(0.1)
        return self.process.wait(5)

    def read(self, seconds: float) -> None:
        ready, _, _ = select.select([self._leader], [], [], seconds)
        if not ready:
            return
        try:
            data = os.read(self._leader, 65536)
        except OSError:
            return
        self.raw += data.decode("utf-8", "replace")
        self.text += ANSI.sub("", data.decode("utf-8", "replace")).replace("\r", "")


def test_a_draft_with_its_notes_time_and_keys_fits_a_terminal_of_80_by_24(desk: Desk) -> None:
    desk.with_drafts(ACME)
    with Terminal(desk, "review") as terminal:
        screen = terminal.expect("[q]uit")
        terminal.key("q")
        assert terminal.end() == 0
    lines = screen.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert "would go" in lines[0]
    assert "To:      ines.roe@acme.example.org" in screen


def test_a_yes_is_followed_by_its_hour_and_the_first_nudge_on_the_spot(desk: Desk) -> None:
    desk.use_server(9)
    desk.with_drafts(ACME)
    with Terminal(desk, "review") as terminal:
        terminal.expect("[q]uit")
        terminal.key("y")
        said = terminal.expect("All done.")
        assert terminal.end() == 0
    assert "Goes " in said
    assert "To take it back: followup unapprove L1" in said
    assert "Sam, " in said
    assert "%" not in said
    assert desk.letter("Acme Tools")["state"] == "approved"
    assert [one["state"] for one in desk.json("nudges") if one["tip"] == "for-the-best"] == ["delivered"]


def test_quitting_loses_nothing_and_skipping_decides_nothing(desk: Desk) -> None:
    desk.with_drafts(ACME, BIRCH, CEDAR)
    with Terminal(desk, "review") as terminal:
        terminal.expect("[q]uit")
        terminal.key("s")
        terminal.expect("(2 of 3")
        terminal.expect("[q]uit")
        terminal.key("d")
        terminal.expect("Put away")
        terminal.expect("[q]uit")
        terminal.key("q")
        terminal.expect("2 drafts wait for you.")
        assert terminal.end() == 0
    assert [letter["state"] for letter in desk.json("outbox")] == ["draft", "discarded", "draft"]


def test_an_address_and_an_interview_told_in_review_are_in_the_letter_at_once(desk: Desk) -> None:
    desk.with_drafts(CEDAR)
    with Terminal(desk, "review") as terminal:
        assert "nobody yet" in terminal.expect("[q]uit")
        terminal.key("a")
        terminal.expect("Address")
        terminal.press("lee@cedar.example.org\n")
        terminal.expect("Name")
        terminal.press("Lee Ash\n")
        assert "Dear Lee Ash," in terminal.expect("[q]uit")
        terminal.key("i")
        terminal.expect("On which day?")
        terminal.press("2026-11-12\n")
        terminal.expect("By whom?")
        terminal.press("\n")
        assert "in the interview\non 12 November" in terminal.expect("[q]uit")
        terminal.key("q")
        terminal.end()
    letter = desk.letter("Cedar Works")
    assert (letter["state"], letter["to"]) == ("draft", "lee@cedar.example.org")


def test_a_draft_can_be_edited_handed_over_and_mailed_to_oneself_in_review(desk: Desk) -> None:
    editor = desk.folder / "editor"
    editor.write_text("#!/bin/sh\nsed -i 's/Thank you/Many thanks/' \"$1\"\n")
    editor.chmod(0o700)
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        with Terminal(desk, "review", env={"EDITOR": str(editor)}) as terminal:
            terminal.expect("[q]uit")
            terminal.key("e")
            assert "Many thanks" in terminal.expect("[q]uit")
            terminal.key("m")
            terminal.expect("Sent to sam@example.org")
            terminal.expect("[q]uit")
            terminal.key("h")
            terminal.expect("When it is sent: followup sent L1")
            terminal.end()
    assert [(mail.recipient, b"Many thanks" in mail.data) for mail in server.mails] == [("sam@example.org", True)]
    assert desk.letter("Acme Tools")["state"] == "handed_over"


def test_review_works_in_a_pipe_and_with_no_color(desk: Desk) -> None:
    desk.with_drafts(ACME, BIRCH)
    result = desk.run("review", given="y\nq\n", env={"NO_COLOR": "1"})
    assert result.returncode == 0, result.stderr
    assert "\x1b" not in result.stdout
    assert [letter["state"] for letter in desk.json("outbox")] == ["approved", "draft"]


def test_questions_are_ticked_in_review(desk: Desk) -> None:
    desk.with_drafts(ACME)
    result = desk.run("review", given="t\n1,4\nq\n")
    assert result.returncode == 0, result.stderr
    shown = desk.ok("show", "acme")
    assert ("deciding factors" in shown, "set the successful" in shown, shown.count("\n- ")) == (True, True, 2)


def test_a_second_ask_is_asked_about_in_review(desk: Desk) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(BIRCH)
        assert desk.approve_now("Birch Paper").returncode == 0
        again = replace(BIRCH, company="Birch Boards")
        desk.save(rejected(BIRCH), again)
        desk.ok("scan")
        desk.save(rejected(BIRCH), rejected(again))
        desk.ok("scan")
        for reply, state in (("n", "draft"), ("y", "approved")):
            desk.run("review", given=f"y\n{reply}\nq\n")
            assert desk.letter("Birch Boards")["state"] == state


def test_what_is_cut_to_fit_shows_that_it_went_on(desk: Desk) -> None:
    desk.save(rejected(Row("Acme Tools", role="Engineer for everything that turns", contact="ann@acme.example.org")))
    assert "  line 2  Acme Tools  Engineer for everything…  ann@acme.example.org" in desk.ok(
        "preview", str(desk.tracker)
    )


def test_review_shows_no_colour_where_no_color_is_set(desk: Desk) -> None:
    desk.with_drafts(CEDAR)
    for env, coloured in (({"NO_COLOR": "1"}, False), ({}, True)):
        with Terminal(desk, "review", env=env) as terminal:
            terminal.key("q")
            assert terminal.end() == 0
        assert ("\x1b[1m" in terminal.raw) is coloured


def test_p1_nobody_is_asked_for_a_yes_that_cannot_be_given(desk: Desk) -> None:
    desk.with_drafts(replace(ACME, contact=""))
    with Terminal(desk, "approve", "acme") as terminal:
        shown = terminal.expect("cannot be sent. It has no recipient")
        assert terminal.end() == 1
    assert "Send this?" not in shown
    assert desk.letter("Acme Tools")["state"] == "draft"


def test_a_yes_on_the_terminal_shows_the_letter_and_asks(desk: Desk) -> None:
    desk.with_drafts(ACME)
    with Terminal(desk, "approve", "acme") as terminal:
        shown = terminal.expect("Send this?")
        terminal.press("n\n")
        assert terminal.end() == 1
    assert "Dear Ines Roe," in shown
    assert desk.letter("Acme Tools")["state"] == "draft"


@pytest.mark.parametrize(("answer", "drafted"), [("1", 1), ("all", 2), ("none", 0)])
def test_init_asks_its_questions_and_ends_in_the_choice_of_first_sight(desk: Desk, answer: str, drafted: int) -> None:
    desk.save(rejected(ACME), rejected(BIRCH), CEDAR)
    desk.config.unlink()
    with Terminal(desk, "init", env={"TZ": "Europe/Berlin", "LANG": "de_DE.UTF-8"}) as terminal:
        terminal.expect("Your name")
        terminal.press("Sam Rivera\n")
        terminal.expect("Your address")
        terminal.press("sam@gmail.com\n")
        terminal.expect("Your tracker")
        terminal.press(f"{desk.tracker}\n")
        assert "Europe/Berlin" in terminal.expect("]:")
        terminal.press("\n")
        assert "DE" in terminal.expect("]:")
        terminal.press("\n")
        assert "smtp.gmail.com" in terminal.expect("app password")
        terminal.expect("Password")
        terminal.press("\n")
        preview = terminal.expect("Which shall I write to?")
        assert "3 applications." in preview
        terminal.expect("1,3 / all / none [none]:")
        terminal.press(f"{answer}\n")
        assert terminal.end() == 0, terminal.text
    assert desk.config.stat().st_mode & 0o777 == 0o600
    text = desk.config.read_text()
    assert "FOLLOWUP_TIMEZONE=Europe/Berlin" in text
    assert "# Your time zone" in text
    assert len(desk.json("outbox")) == drafted


def test_init_leads_nobody_to_an_app_password_where_only_tokens_are_taken(desk: Desk) -> None:
    desk.config.unlink()
    desk.save(ACME)
    given = {"name": "Sam Rivera", "email": "sam@outlook.com", "tracker": str(desk.tracker), "timezone": "UTC"}
    with Terminal(desk, "init", "--country=DE", *(f"--{name}={value}" for name, value in given.items())) as terminal:
        before = terminal.expect("only an OAuth2 token")
        assert "app password" not in before + terminal.expect("To check everything")


def test_init_checks_each_answer_when_it_is_given_and_keeps_the_others(desk: Desk) -> None:
    desk.save(CEDAR)
    desk.config.unlink()
    with Server(password="right") as server, Terminal(desk, "init", env={"TZ": "UTC", "LANG": "C"}) as terminal:
        for asked, wrong, told, right in (
            ("Your name", "", "", "Sam Rivera"),
            ("Your address", "sam@example", "is no mail address", "sam@example.org"),
            ("Your tracker", "/nowhere.csv", "there is no file", str(desk.tracker)),
            ("Your time zone", "London", "Did you mean Europe/London?", "Europe/London"),
            ("Your country", "Europe/London", "is no country", "GB"),
            ("mail server", "sam@example.org", "server's name alone", f"127.0.0.1:{server.port}"),
            ("Its port", "smtp", "is no port", ""),
            ("How it is reached", "ssl", "must be starttls, tls or none", "none"),
            ("Name to log in with", "", "", ""),
        ):
            terminal.expect(asked)
            if wrong:
                terminal.press(f"{wrong}\n")
                terminal.expect(told)
                terminal.expect(asked)
            terminal.press(f"{right}\n")
        terminal.expect("Password (empty for none)")
        terminal.press("wrong\n")
        terminal.expect("was refused")
        terminal.expect("Answer that again?")
        terminal.press("\n")
        for asked in ("mail server", "Its port", "How it is reached", "Name to log in with"):
            terminal.expect(asked)
            terminal.press("\n")
        terminal.expect("Password (empty to keep the one that is set)")
        terminal.press("right\n")
        terminal.expect("The mail account works.")
        assert terminal.end() == 0, terminal.text
    settings = config.load(desk.config, {})
    assert (settings.person.email, settings.person.country) == ("sam@example.org", "GB")
    assert (settings.smtp_port, settings.smtp_password) == (server.port, "right")


def test_init_that_is_left_at_the_password_has_kept_what_was_answered(desk: Desk) -> None:
    desk.save(CEDAR)
    with Terminal(desk, "init") as terminal:
        terminal.expect("Your name")
        terminal.press("Ann Rivera\n")
        for asked in ("Your address", "Your tracker", "Your time zone", "Your country"):
            terminal.expect(asked)
            terminal.press("\n")
        terminal.expect("mail server")
        terminal.press("\x04")
        assert terminal.end() == 1
    assert config.load(desk.config, {}).person.name == "Ann Rivera"


def test_a_mistyped_command_is_told_with_the_one_that_was_meant(desk: Desk) -> None:
    result = desk.run("outbx")
    assert (result.returncode, result.stderr) == (
        2,
        "followup: There is no command 'outbx'. Did you mean followup outbox?\n",
    )


def test_the_list_of_keys_stays_on_the_screen(desk: Desk) -> None:
    desk.with_drafts(ACME)
    shown = desk.run("review", given="?\nx\nq\n").stdout
    assert shown.count("Dear Ines Roe,") == 1
    assert shown.count("quit; what is left waits") == 2


def test_after_a_quarter_of_an_hour_without_a_tick_nothing_is_running(desk: Desk) -> None:
    with desk.parts() as parts:
        now = parts.clock()
        tracker.ran(parts.store, "tick", now)
        assert overview.is_running(parts, now + timedelta(minutes=10))
        assert not overview.is_running(parts, now + timedelta(minutes=20))


def test_init_asks_nothing_that_options_answer(desk: Desk) -> None:
    desk.config.unlink()
    desk.save(CEDAR)
    given = {"name": "Sam Rivera", "email": "sam@example.org", "tracker": str(desk.tracker), "timezone": "UTC"}
    with Server() as server:
        mail = ("--smtp-host=127.0.0.1", f"--smtp-port={server.port}", "--smtp-security=none")
        options = [*(f"--{name}={value}" for name, value in given.items()), "--country=", *mail]
        with Terminal(desk, "init", *options) as terminal:
            terminal.expect("To check everything")
            assert terminal.end() == 0
