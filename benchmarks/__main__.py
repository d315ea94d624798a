"""Measure every figure and print it beside its floor or peer; ends with 1 where one is missed."""

import sys
import tempfile
from pathlib import Path

from benchmarks import commands, daemon, large, mutations, reading, words

PEERS = Path("build/peers")


def main() -> int:
    missed = 0
    with tempfile.TemporaryDirectory(prefix="followup-bench-") as place:
        for name, measure in (("reading", reading.figures), ("daemon", daemon.figures)):
            folder = Path(place) / name
            folder.mkdir()
            for figure in measure(folder):
                print(figure.line(), flush=True)
                missed += not figure.fine
        folder = Path(place) / "commands"
        folder.mkdir()
        for figure in (
            *words.figures(),
            *mutations.figures(),
            *commands.figures(folder, PEERS.absolute()),
            *large.figures(folder, PEERS.absolute()),
        ):
            print(figure.line(), flush=True)
            missed += not figure.fine
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
