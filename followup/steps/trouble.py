"""What stands in a step's way, kept for whoever looks later."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar

from followup.errors import Busy, StoreError, WorkError
from followup.steps.parts import Parts
from followup.store import tracker


class Report(Protocol):
    """What a step came to; `trouble` is None where nothing stood in its way."""

    @property
    def trouble(self) -> str | None: ...


StepReport = TypeVar("StepReport", bound=Report)


def keep_trouble(parts: Parts, step: str, now: datetime, work: Callable[[], StepReport]) -> StepReport:
    """Do a step's work, and keep what stood in its way, or that nothing does any more.

    Trouble with the store itself cannot be kept in it, and is only raised.
    """
    try:
        report = work()
    except (Busy, StoreError):
        raise
    except WorkError as error:
        tracker.stands_in_the_way(parts.store, step, str(error), now)
        raise
    tracker.stands_in_the_way(parts.store, step, report.trouble, now)
    return report
