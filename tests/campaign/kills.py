"""The kinds of kills: each a stream of rounds, which tell how many processes were killed and what then was broken."""

import re
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from random import Random

from tests.campaign.stage import Process, Stage

WRITING = (
    *("pwrite64", "pwritev", "pwritev2", "write", "writev", "fdatasync", "fsync", "sync_file_range", "msync"),
    *("ftruncate", "fallocate", "rename", "renameat", "renameat2", "unlink", "unlinkat"),
    *("sendto", "sendmsg", "sendmmsg"),
)
"""All calls by which a process leaves a trace on a disk or in the network."""
WAITING = ("connect", "recvfrom", "epoll_wait", "flock", "fcntl")
"""Calls between those: here the kill falls after one act and before the next."""


@dataclass(frozen=True)
class Round:
    """`doubts` are the letters that ended in doubt, `refused` the daemons that found another one running."""

    kills: int
    faults: list[str]
    doubts: int = 0
    refused: int = 0


def calls(stage: Stage) -> dict[str, int]:
    """How often an undisturbed run makes each call, by strace's own count."""
    stage.reset()
    told = stage.ground / "calls"
    stage.start(before=["strace", "-f", "-c", "-o", str(told)]).communicate()
    lines = re.findall(r"^ *[\d.]+ +[\d.]+ +\d+ +(\d+).* (\w+)$", told.read_text(), re.MULTILINE)
    made = {name: int(number) for number, name in lines}
    return {name: made.get(name, 0) for name in (*WRITING, *WAITING)}


def by_syscall(stage: Stage, name: str, done: int = 0) -> Iterator[Round]:
    """Kill at the first call of this name, at the second, … until the run survives."""
    for number in count(done + 1):
        stage.reset()
        inject = [f"trace={name}", "-e", f"inject={name}:signal=KILL:when={number}"]
        process = stage.start(before=["strace", "-f", "-o", "/dev/null", "-e", *inject])
        told, _ = process.communicate(timeout=60)
        killed = process.returncode == -signal.SIGKILL
        missed = [f"nobody was killed at {name}"] if number == 1 and not killed else []
        faults = missed + _odd(stage, process, told) + stage.look() + stage.settle(int(killed))
        yield Round(int(killed), faults, stage.doubts)
        if not killed:
            return


def by_phase(stage: Stage, phase: str, _done: int = 0) -> Iterator[Round]:
    """Kill when the server has come to this phase of the dialogue."""
    stage.reset()
    process = stage.start()
    stage.trap(process, phase)
    told, _ = process.communicate(timeout=60)
    killed = process.returncode == -signal.SIGKILL
    missed = [] if killed else [f"nobody was killed at {phase}"]
    faults = missed + _odd(stage, process, told) + stage.look() + stage.settle(int(killed))
    yield Round(int(killed), faults, stage.doubts)


def before_the_page(stage: Stage, phase: str, _done: int = 0) -> Iterator[Round]:
    """Kill `approve --now` in this phase; after it runs nothing but the page, and somebody looks at it."""
    stage.reset()
    number, address, digest = stage.drafts[0]
    stage.approved[address] = digest
    stage.asked.add(address)
    process = stage.start("approve", number, "--now", "--digest", digest)
    stage.trap(process, phase)
    told, _ = process.communicate(timeout=60)
    killed = process.returncode == -signal.SIGKILL
    faults = [] if killed else [f"nobody was killed at {phase}"]
    faults += _odd(stage, process, told) + stage.look()
    doubtful = "sending" in stage.states()
    page = stage.page()
    if doubtful and "doubt" not in page:
        faults.append("the page does not say that a letter is in doubt")
    if "sending" in stage.states():
        faults.append("a letter that nobody sends is on its way for ever")
    yield Round(int(killed), faults + stage.look() + stage.settle(int(killed)), stage.doubts)


def at_random(stage: Stage, dice: Random) -> Iterator[Round]:
    """Kill at any moment, most often while letters leave, again and again until all have left; then anew."""
    while True:
        stage.reset()
        kills, killed = 0, True
        while killed:
            process = stage.start()
            if dice.random() < 0.3:
                time.sleep(dice.uniform(0, 0.5))
                process.kill()
            else:
                stage.trap(process, "connect", dice.uniform(0.0005, 0.06))
            told, _ = process.communicate(timeout=60)
            stage.untrap()
            killed = process.returncode == -signal.SIGKILL
            kills += killed
            yield Round(int(killed), _odd(stage, process, told) + stage.look())
        faults = stage.settle(kills)
        yield Round(0, faults, stage.doubts)


def while_edited(stage: Stage, dice: Random) -> Iterator[Round]:
    """Set rows back while letters leave, and kill at any moment, until all have left or are held; then anew."""
    while True:
        stage.reset()
        addresses = list(stage.approved)
        kills, killed = 0, True
        while killed:
            process = stage.start()
            stage.trap(process, "connect", dice.uniform(0.02, 0.3))
            for _ in range(dice.randint(1, 4)):
                time.sleep(dice.uniform(0, 0.4))
                stage.edit(dice.choice(addresses))
            told, _ = process.communicate(timeout=60)
            stage.untrap()
            killed = process.returncode == -signal.SIGKILL
            kills += killed
            yield Round(int(killed), _odd(stage, process, told) + stage.look())
        faults = stage.settle(kills)
        yield Round(0, faults, stage.doubts)


def in_a_crowd(stage: Stage, dice: Random) -> Iterator[Round]:
    """Two daemons, a tick, the page and a yes to send now at once; one is killed while letters leave, then the rest."""
    while True:
        stage.reset()
        kills = 0
        for draft in stage.drafts:
            happened = _crowd(stage, dice, draft)
            kills += happened.kills
            yield happened
        faults = stage.settle(kills)
        yield Round(0, faults, stage.doubts)


def _crowd(stage: Stage, dice: Random, draft: tuple[str, str, str]) -> Round:
    number, address, digest = draft
    stage.approved[address] = digest
    stage.asked.add(address)
    yes = ("approve", number, "--now", "--digest", digest)
    page = ("web", "--no-open", "--port", "0")
    crowd = [stage.start(*words) for words in (yes, ("run",), ("run",), ("tick",), page)]
    victim = dice.choice(crowd)
    if dice.random() < 0.7:
        stage.trap(victim, "connect", dice.uniform(0.0005, 0.06))
        stage.wait_for_trap(5)
    else:
        time.sleep(dice.uniform(0.4, 2.2))
        victim.kill()
    time.sleep(dice.uniform(0, dice.choice((0.1, 0.6))))
    faults, refused, serving = [], 0, 0
    for process in crowd:
        process.kill()
    for process in crowd:
        told, _ = process.communicate(timeout=60)
        again = "already running" in told and process.returncode == 1
        refused += again
        serving += "Watching" in told and process is not victim
        faults += [] if again else _odd(stage, process, told)
    if crowd[0].returncode == 0:
        stage.asked.discard(address)
    stage.untrap()
    if serving > 1:
        faults.append("two daemons served one store")
    kills = sum(process.returncode == -signal.SIGKILL for process in crowd)
    return Round(kills, faults + stage.look(), refused=refused)


def _odd(stage: Stage, process: Process, told: str) -> list[str]:
    fine = process.returncode in (0, -signal.SIGKILL) and "Traceback" not in told
    ended = [] if fine else [f"{process.args!r} ended with {process.returncode}: {told.strip()}"]
    return ended + stage.leaks(told)
