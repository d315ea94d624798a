"""Every sabotage still fits the code and names a test; `make sabotage` shows that it is caught."""

from pathlib import Path

import pytest

from tests.conftest import Need
from tests.sabotage.__main__ import ROOT, Sabotage, sabotages

FOUND = list(sabotages())


@pytest.mark.parametrize("one", FOUND, ids=[one.patch.stem for one in FOUND])
def test_a_sabotage_applies_to_the_tree_and_names_a_test(need: Need, tmp_path: Path, one: Sabotage) -> None:
    need("git")
    changed = Path(one.patch.read_text().partition("\n--- a/")[2].partition("\n")[0])
    (tmp_path / changed).parent.mkdir(parents=True)
    (tmp_path / changed).write_bytes((ROOT / changed).read_bytes())
    assert one.apply(tmp_path, "--check")
    file, _, name = one.test.partition("::")
    assert f"def {name}(" in (ROOT / file).read_text()


def test_each_promise_of_the_main_job_has_a_sabotage() -> None:
    assert {"P1", "P2", "P3", "P4", "P5", "P6", "P11"} <= {one.breaks.partition(":")[0] for one in FOUND}
