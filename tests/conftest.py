"""Fixtures shared by all rings, and the rule that nothing is skipped where everything must run."""

import os
import shutil
from pathlib import Path

import pytest

from tests.desk import Desk


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    for name in [name for name in os.environ if name.startswith("FOLLOWUP_") and name != "FOLLOWUP_TEST_ALL"]:
        monkeypatch.delenv(name)
    return Desk(tmp_path)


@pytest.fixture
def need() -> "Need":
    return Need()


class Need:
    def __call__(self, program: str) -> str:
        """The path of a program the test needs; skipped by name, or failed under FOLLOWUP_TEST_ALL."""
        found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin")
        if found is None and os.environ.get("FOLLOWUP_TEST_ALL"):
            pytest.fail(f"{program} is not installed, and nothing may be skipped")
        if found is None:
            pytest.skip(f"{program} is not installed")
        return found
