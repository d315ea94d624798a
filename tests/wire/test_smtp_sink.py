"""The wire against Postfix's smtp-sink, a server that is neither ours nor written with our library in mind."""

import asyncio
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from followup.mail import smtp
from followup.mail.result import Ending, Phase
from followup.model.person import Account, Security
from tests.conftest import Need
from tests.desk import wait_until

MESSAGE = b"Subject: Hello\r\n\r\nA line.\r\n"


@contextmanager
def sink(program: str, *options: str) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen([program, *user, *options, f"127.0.0.1:{port}", "16"])
    try:
        wait_until(lambda: _listens(port))
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


@pytest.mark.parametrize(
    ("options", "ending", "phase"),
    [
        ((), Ending.ACCEPTED, Phase.DATA),
        (("-8",), Ending.ACCEPTED, Phase.DATA),
        (("-q", "."), Ending.IN_DOUBT, Phase.DATA),
        (("-q", "mail"), Ending.PUT_OFF, Phase.MAIL),
        (("-q", "quit"), Ending.ACCEPTED, Phase.DATA),
        (("-f", "rcpt"), Ending.REFUSED, Phase.RCPT),
        (("-r", "rcpt"), Ending.PUT_OFF, Phase.RCPT),
        (("-r", "."), Ending.PUT_OFF, Phase.DATA),
        (("-f", "."), Ending.REFUSED, Phase.DATA),
    ],
)
def test_each_ending_is_told_by_an_independent_server_too(
    need: Need, options: tuple[str, ...], ending: Ending, phase: Phase
) -> None:
    with sink(need("smtp-sink"), *options) as port:
        account = Account(host="127.0.0.1", port=port, security=Security.NONE)
        result = asyncio.run(smtp.send_one(account, "sam@example.org", "ines@example.org", MESSAGE))
    assert (result.ending, result.phase) == (ending, phase), result.words
