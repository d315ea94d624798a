"""Kill followup in every way there is, and report. What was done is kept in a file, so that it can go on another day.

A file about other code counts for nothing; remove it to begin anew. Ends with 1 where a promise was broken.
"""

import argparse
import hashlib
import json
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from tests.campaign import kills
from tests.campaign.ground import PHASES
from tests.campaign.kills import Round
from tests.campaign.stage import Stage, stage

ROOT = Path(__file__).parents[2]


class Campaign:
    """The results file: kind of kill → what was done. The first fault ends it, and its desk is kept beside the file."""

    def __init__(self, file: Path, until: float) -> None:
        self.file = file
        self.until = until
        tree = hashlib.sha256()
        for source in sorted((ROOT / "followup").rglob("*.*")):
            if source.suffix in (".py", ".sql"):
                tree.update(source.read_bytes())
        self.kept: dict[str, Any] = {"code": tree.hexdigest(), "faults": []}
        if file.exists():
            before = json.loads(file.read_text())
            if before["code"] == self.kept["code"]:
                self.kept = before

    def go(self, kind: str, on: Stage, rounds: Callable[[int], Iterator[Round]], enough: int | None = None) -> None:
        """Go on with one kind of kill until its rounds end, there were enough kills, a fault, or the time is up."""
        one = self.kept.setdefault(kind, {"kills": 0, "doubts": 0, "refused": 0, "done": False})
        if one["done"] and one["kills"] >= (enough or 0):
            return
        for happened in rounds(one["kills"]):
            one["kills"] += happened.kills
            one["doubts"] += happened.doubts
            one["refused"] += happened.refused
            self.kept["faults"] += [f"{kind}, kill {one['kills']}: {fault}" for fault in happened.faults]
            one["done"] = enough is not None and one["kills"] >= enough
            self.save()
            if happened.faults:
                shutil.copytree(on.desk.folder, self.file.with_suffix(".evidence"), dirs_exist_ok=True)
                raise SystemExit(self.report())
            if one["done"]:
                break
            if time.monotonic() > self.until:
                print("The time is up; the same command goes on from here.")
                raise SystemExit(self.report())
        one["done"] = True
        self.save()
        print(f"{kind}: {one['kills']} kills", flush=True)

    def save(self) -> None:
        new = self.file.with_suffix(".new")
        new.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(json.dumps(self.kept, indent=1))
        new.replace(self.file)

    def report(self) -> int:
        print(self.table())
        return 1 if self.kept["faults"] else 0

    def table(self) -> str:
        made: dict[str, int] = self.kept.get("made", {})
        lines = [f"{'kind of kill':<24} {'kills':>6} {'in doubt':>9}"]
        for kind, one in self.kept.items():
            if isinstance(one, dict) and "kills" in one:
                told = f"{kind:<24} {one['kills']:>6} {one['doubts']:>9}"
                told += f"   of {made[kind[3:]]} calls" if kind[3:] in made else ""
                told += f"   {one['refused']} second daemons refused" if one["refused"] else ""
                lines.append(told if one["done"] else f"{told}   (not finished)")
        lines.append(f"never called by a run: {', '.join(name for name, times in made.items() if not times)}")
        return "\n".join([*lines, *(self.kept["faults"] or ["no promise was broken"])])

    def write_page(self) -> None:
        """Put the figures of a whole campaign into the page on reliability."""
        page = ROOT / "docs" / "reliability.md"
        before, _, rest = page.read_text().partition("<!-- campaign -->\n")
        _, _, after = rest.partition("<!-- /campaign -->\n")
        told = f"On {datetime.now(UTC):%d %B %Y}:\n\n```text\n{self.table()}\n```\n"
        page.write_text(f"{before}<!-- campaign -->\n{told}<!-- /campaign -->\n{after}")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=1000, help="how many at random moments")
    options.add_argument("--crowd", type=int, default=400, help="how many among processes at once")
    options.add_argument("--wide", type=int, default=400, help="how many while letters go over four connections")
    options.add_argument("--edited", type=int, default=200, help="how many while the tracker is edited")
    options.add_argument("--minutes", type=float, default=600, help="stop after so long")
    options.add_argument("--results", type=Path, default=ROOT / "build" / "campaign.json")
    given = options.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped; the same command goes on from here"))
    if shutil.which("strace") is None:
        sys.exit("strace is not installed, and the kills at system calls need it.")
    campaign = Campaign(given.results, time.monotonic() + given.minutes * 60)
    with stage() as few:
        made = campaign.kept.setdefault("made", kills.calls(few))
        for name in [name for name, times in made.items() if times]:
            campaign.go(f"at {name}", few, partial(kills.by_syscall, few, name))
        for phase in PHASES:
            campaign.go(f"server at {phase}", few, partial(kills.by_phase, few, phase))
        for phase in PHASES:
            campaign.go(f"before the page, {phase}", few, partial(kills.before_the_page, few, phase))
    with stage(approved=200, drafts=6) as many:
        campaign.go("at random", many, lambda done: kills.at_random(many, Random(done)), given.kills)
        campaign.go("while edited", many, lambda done: kills.while_edited(many, Random(done)), given.edited)
        campaign.go("in a crowd", many, lambda done: kills.in_a_crowd(many, Random(done)), given.crowd)
    with stage(approved=200, connections=4) as wide:
        campaign.go("over 4 connections", wide, lambda done: kills.at_random(wide, Random(done)), given.wide)
    campaign.write_page()
    return campaign.report()


if __name__ == "__main__":
    sys.exit(main())
