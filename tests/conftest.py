"""Fixtures shared by all rings, and the rule that nothing is skipped where everything must run."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings

from tests.desk import Desk

settings.register_profile("followup", deadline=None)  # how long an example takes says how busy the machine is
settings.load_profile("followup")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    for name in [name for name in os.environ if name.startswith("FOLLOWUP_") and name != "FOLLOWUP_TEST_ALL"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return Desk(tmp_path)


@pytest.fixture
def need() -> "Need":
    return Need()


class Need:
    def __call__(self, program: str) -> str:
        """The path of a program the test needs; skipped by name, or failed under FOLLOWUP_TEST_ALL."""
        found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin")
        if found is None:
            self._misses(f"{program} is not installed")
        return found

    @contextmanager
    def disk(self, folder: Path, options: str) -> Iterator[None]:
        """A small file system of its own (tmpfs) over this folder, gone afterwards."""
        mounted = subprocess.run(
            [self("mount"), "-t", "tmpfs", "-o", f"mode=0700,{options}", "tmpfs", str(folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        if mounted.returncode:
            self._misses(f"nothing can be mounted here ({mounted.stderr.strip()})")
        try:
            yield
        finally:
            subprocess.run([self("umount"), "--lazy", str(folder)], check=True)

    def plain_rights(self) -> tuple[str, ...]:
        """What to put before a command, so that file permissions hold for it though root runs the tests."""
        if os.geteuid():
            return ()
        dropped = "-dac_override,-dac_read_search,-fowner"
        return (self("setpriv"), f"--bounding-set={dropped}", f"--inh-caps={dropped}", "--")

    def network(self) -> tuple[str, ...]:
        """The words before a command that is to run in a network of its own, where nft may drop packets."""
        self("nft")
        words = (self("unshare"), "--map-root-user", "--net", "--mount", "--kill-child")
        if subprocess.run([*words, "nft", "add", "table", "inet", "try"], capture_output=True, check=False).returncode:
            self._misses("no network of one's own may be made")
        return words

    def _misses(self, what: str) -> NoReturn:
        if os.environ.get("FOLLOWUP_TEST_ALL"):
            pytest.fail(f"{what}, and nothing may be skipped")
        pytest.skip(what)
