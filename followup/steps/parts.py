"""What every step works with, joined in `assembly`. What costs time to load is loaded when first asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from followup.model.person import Account, Person
from followup.store.database import Database

if TYPE_CHECKING:
    from followup.letters.compose import Templates
    from followup.playbook.rules import Playbook
    from followup.playbook.timing import Calendar
    from followup.tracker.words import Words


Progress = Callable[[int, int], None]
"""Told (done, whole) while a step works, for those who wait at a terminal."""


def quietly(_done: int, _whole: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """`account` gives None without a mail account; `nudges` is mail, terminal or off; `machine` names this one.

    `mail_host` is None without a mail account; `shown` are the settings as they may be shown, without secrets;
    `unchanged` tells whether the settings file is still the one that these were joined from.
    """

    store: Database
    person: Person
    tracker: Path
    encoding: str | None
    columns: Mapping[str, str]
    machine: str
    nudges: str
    letters_a_day: int
    gap: timedelta
    connections: int
    mail_host: str | None
    shown: Mapping[str, str]
    unchanged: Callable[[], bool]
    words: "Callable[[], Words]"
    words_digest: Callable[[], str]
    playbook: "Callable[[], Playbook]"
    templates: "Callable[[], Templates]"
    calendar: "Callable[[], Calendar]"
    account: Callable[[], Account | None]
    clock: Callable[[], datetime]


Current = Callable[[], Parts]
"""The parts by the settings as they are now, around one store; raises UsageError where these cannot be used."""
