"""Measure every figure, or those of the rooms named, and print each beside its floor or peer.

Ends with 1 where one is missed.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks import commands, daemon, large, mutations, page, promises, reading, scale, sending, words
from benchmarks.measure import Figure

PEERS = Path("build/peers").absolute()
ROOMS: dict[str, Callable[[Path], Iterable[Figure]]] = {
    "reading": reading.figures,
    "daemon": daemon.figures,
    "words": lambda _: words.figures(),
    "mutations": lambda _: mutations.figures(),
    "commands": lambda folder: commands.figures(folder, PEERS),
    "large": lambda folder: large.figures(folder, PEERS),
    "sending": lambda folder: sending.figures(folder, PEERS),
    "scale": scale.figures,
    "page": page.figures,
    "promises": promises.figures,
}


def main() -> int:
    missed = 0
    with tempfile.TemporaryDirectory(prefix="followup-bench-") as place:
        for name, measure in ROOMS.items():
            if sys.argv[1:] and name not in sys.argv[1:]:
                continue
            folder = Path(place) / name
            folder.mkdir()
            os.environ["XDG_STATE_HOME"] = str(folder / "state")
            for figure in measure(folder):
                print(figure.line(), flush=True)
                missed += not figure.fine
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
