"""The campaign, short: some kills of each kind (P1-P4, P22, C1-C6, C10), and the naive control that it must catch."""

import sys
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from tests.campaign import kills, truth
from tests.campaign.ground import PHASES
from tests.campaign.stage import Stage, stage
from tests.conftest import Need

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("name", "stride"),
    [("pwrite64", 12), ("fdatasync", 4), ("sendto", 2), ("recvfrom", 4), ("write", 2), ("unlink", 2), ("ftruncate", 1)],
)
def test_p3_a_kill_at_a_system_call_neither_doubles_nor_loses_a_letter(need: Need, name: str, stride: int) -> None:
    need("strace")
    killed = 0
    with stage() as few:
        for done in range(0, 200, stride):
            happened = next(kills.by_syscall(few, name, done))
            assert happened.faults == [], f"at {name} number {done + 1}"
            killed += happened.kills
            if not happened.kills:
                break
    assert killed > 0


def test_c1_c2_c3_c4_c5_c6_a_kill_at_each_phase_of_the_dialogue_leaves_the_truth() -> None:
    with stage() as few:
        doubts = {}
        for phase in PHASES:
            happened = next(kills.by_phase(few, phase))
            assert happened.faults == [], phase
            doubts[phase] = happened.doubts
    certain = ("connect", "ehlo", "auth", "mail", "rcpt", "quit")
    assert doubts == {phase: int(phase not in certain) for phase in PHASES} | {"replied": doubts["replied"]}


def test_c5_where_only_the_page_runs_it_finds_a_killed_letter_in_doubt() -> None:
    with stage() as few:
        for phase in ("rcpt", "body", "accepted"):
            assert next(kills.before_the_page(few, phase)).faults == [], phase


@pytest.mark.parametrize("connections", [1, 4])
def test_p2_kills_at_random_moments_send_nothing_twice_and_lose_nothing(connections: int) -> None:
    with stage(approved=60, connections=connections) as many:
        rounds = list(islice(kills.at_random(many, Random()), 30))
        assert [fault for happened in rounds for fault in happened.faults] == []
        killed = sum(happened.kills for happened in rounds)
        assert many.settle(killed) == []
    assert killed > 10


def test_p11_kills_while_rows_are_set_back_send_nothing_to_an_employer_of_such_a_row() -> None:
    with stage(approved=40) as edited:
        rounds = list(islice(kills.while_edited(edited, Random()), 8))
        assert [fault for happened in rounds for fault in happened.faults] == []
        assert edited.set_back
    assert sum(happened.kills for happened in rounds) > 2


def test_p22_c10_kills_among_two_daemons_a_tick_and_a_yes_send_nothing_twice() -> None:
    with stage(approved=40, drafts=3) as crowded:
        rounds = list(islice(kills.in_a_crowd(crowded, Random()), 4))
    assert [fault for happened in rounds for fault in happened.faults] == []
    assert sum(happened.kills for happened in rounds) >= 3


def naive(on: Stage) -> Stage:
    script = str(Path(__file__).with_name("naive.py"))
    on.command = (sys.executable, script, str(on.desk.config.parent / "followup.db"), str(on.port))
    return on


def doubled(rounds: list[kills.Round]) -> bool:
    return any("got 2 mails" in fault for happened in rounds for fault in happened.faults)


def test_the_same_kills_catch_a_naive_sender_that_doubles_letters(need: Need) -> None:
    need("strace")
    with stage() as few:
        assert naive(few).settle() == [], "undisturbed it does its work"
        assert doubled(list(kills.by_phase(few, "accepted")))
        assert doubled(list(kills.by_syscall(few, "recvfrom")))
    with stage(approved=60) as many:
        assert doubled(list(islice(kills.at_random(naive(many), Random()), 60)))


@pytest.mark.parametrize(
    ("got", "state", "fault"),
    [
        ([], "sent", "got nothing"),
        ([], "draft", "was approved"),
        ([], "sending", "waits for ever"),
        ([], "approved", "waits for ever"),
        ([b"yes"], "approved", "got its mail"),
        ([b"yes"], "failed", "got its mail"),
        ([b"yes", b"yes"], "sent", "got 2 mails"),
        ([b"no"], "sent", "other bytes"),
    ],
)
def test_the_campaign_sees_each_broken_promise(got: list[bytes], state: str, fault: str) -> None:
    mails = [truth.Mail("a@example.org", b"Date: today\r\n" + text) for text in got]
    yes = truth.Mail("a@example.org", b"Date: then\r\nyes").digest
    assert fault in " ".join(truth.faults({"a@example.org": yes}, mails, {"a@example.org": state}, final=True))
    assert "nobody approved" in " ".join([*truth.faults({}, mails, {}, final=True), "" if got else "nobody approved"])


def test_p18_the_campaign_sees_a_password_in_a_process_a_file_or_an_output() -> None:
    with stage() as few:
        few.command = ("/bin/sh", "-c", f"sleep 0.2; echo {few.canary}")
        process = few.start()
        told, _ = process.communicate(timeout=10)
        (few.desk.folder / "odd").write_text(few.canary)
        assert "printed" in " ".join(few.leaks(told))
        assert "/odd" in " ".join(few.leaks())
        assert f"/proc/{process.pid}/cmdline" in " ".join(few.leaks())


def test_p24_the_campaign_replays_the_log() -> None:
    log = [
        ("L1", "drafted"),
        ("L1", "approved"),
        ("N1", "delivered"),
        ("L1", "put off"),
        ("L1", "sending"),
        ("L1", "sent"),
    ]
    assert truth.replayed(log[:4]) == {"L1": "approved"}
    assert truth.replayed(log) == {"L1": "sent"}
