"""Timing that can be trusted: contestants take turns, the ratio is taken round by round, the median is quoted."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

ROUNDS = 16
"""One of them is not counted."""


@dataclass(frozen=True)
class Figure:
    """One line of the report; `value` is fine while it is at most `limit`."""

    name: str
    value: float
    limit: float
    unit: str
    beside: str

    @property
    def fine(self) -> bool:
        return self.value <= self.limit

    def line(self) -> str:
        verdict = "ok    " if self.fine else "MISSED"
        return f"{verdict}  {self.name:<58} {self.value:9.2f} {self.unit:<4} (at most {self.limit:g})  {self.beside}"


def milliseconds(act: Callable[[], object]) -> float:
    since = perf_counter()
    act()
    return (perf_counter() - since) * 1000


def repeated(act: Callable[[], object], times: int) -> Callable[[], None]:
    """The same so many times over, each result let go of at once."""

    def acts() -> None:
        for _ in range(times):
            act()

    return acts


def against(ours: Callable[[], object], floor: Callable[[], object]) -> tuple[float, float, float]:
    """(median ratio, our median, the floor's median), round by round, after one that is not counted."""
    pairs = [(milliseconds(ours), milliseconds(floor)) for _ in range(ROUNDS)][1:]
    ratio = statistics.median(mine / other for mine, other in pairs)
    return ratio, statistics.median(mine for mine, _ in pairs), statistics.median(other for _, other in pairs)


def ratio_figure(name: str, ours: Callable[[], object], floor: Callable[[], object], limit: float, peer: str) -> Figure:
    """A figure that is a ratio to a floor or a peer."""
    ratio, mine, other = against(ours, floor)
    return Figure(name, ratio, limit, "x", f"{mine:.2f} ms, {peer} {other:.2f} ms")
