"""A bar appears on a terminal once the work has taken a second, and never before."""

import os
import pty
import subprocess
import sys

SHOW = """
import sys
from followup.cli.progress import Bar
from threading import Event
with Bar("Reading") as bar:
    for done in range(1, 5):
        Event().wait({pause})
        bar.update(done, 5)
"""


def on_a_terminal(pause: float) -> str:
    leader, follower = pty.openpty()
    subprocess.run([sys.executable, "-c", SHOW.format(pause=pause)], stderr=follower, check=True)
    os.set_blocking(leader, False)
    try:
        return os.read(leader, 10_000).decode()
    except BlockingIOError:
        return ""
    finally:
        os.close(leader)
        os.close(follower)


def test_work_of_more_than_a_second_shows_a_bar() -> None:
    assert "Reading" in on_a_terminal(0.4)


def test_quick_work_shows_none() -> None:
    assert on_a_terminal(0) == ""
