"""Apply each patch to a copy of the tree and run the test it names: it passes before and must fail after."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
NOT_COPIED = shutil.ignore_patterns(".git", ".venv", "build", "dist", ".*_cache", "__pycache__", ".hypothesis")


@dataclass(frozen=True)
class Sabotage:
    """A patch whose first line says what it breaks, and whose second names a test: `Caught by FILE::TEST`."""

    patch: Path
    breaks: str
    test: str

    def apply(self, tree: Path, *options: str) -> bool:
        """Apply the patch, or with `--check` see whether it would."""
        return subprocess.run(["git", "apply", *options, str(self.patch)], cwd=tree, check=False).returncode == 0


def sabotages() -> Iterator[Sabotage]:
    for patch in sorted(Path(__file__).parent.glob("*.patch")):
        head = re.match(r"(P\d+|C\d+): .+\nCaught by (tests/\S+\.py::test_\w+)\n", patch.read_text())
        if head is None:
            raise ValueError(f"{patch.name} does not say what it breaks and which test catches it")
        yield Sabotage(patch, head[0].partition("\n")[0], head[2])


def passes(tree: Path, *tests: str, workers: int = 0) -> bool:
    """Run these tests of the copy; its own code comes first for every process they start."""
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", f"-n{workers}", "-p", "no:cacheprovider", *tests],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode > 1:
        raise SystemExit(result.stdout + result.stderr)
    return result.returncode == 0


def main() -> int:
    found = list(sabotages())
    with tempfile.TemporaryDirectory(prefix="followup-sabotage-") as place:
        tree = Path(place) / "tree"
        shutil.copytree(ROOT, tree, ignore=NOT_COPIED)
        subprocess.run(["git", "init", "--quiet"], cwd=tree, check=True)
        if not passes(tree, *sorted({one.test for one in found}), workers=2):
            raise SystemExit("A named test fails without any sabotage: make test")
        missed = 0
        for one in found:
            caught = one.apply(tree) and not passes(tree, one.test)
            missed += not caught
            print(f"{'caught' if caught else 'NOT CAUGHT':<11} {one.breaks}", flush=True)
            if not one.apply(tree, "--reverse"):
                raise SystemExit(f"{one.patch.name} does not apply")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
