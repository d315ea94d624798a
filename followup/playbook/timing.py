"""Working days, the civil send window, the hour of a nudge, and back-off. Reads no clock: `now` is a parameter."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

OPENS, CLOSES = time(9), time(17)
FIRST_MINUTES = 90
"""A letter leaves within the first 90 minutes of the window, so that it does not look sent by a machine."""
LIFETIME = timedelta(days=5)
"""How long after `not_before` an approved letter may still go: later it would come out of the blue."""
STILL_NOW = timedelta(minutes=15)
"""How long a yes to send now skips window and day: the gap between two letters and a first retry after a server's "try
again" (five minutes, up to a fifth more) fit in. Later nobody means it any more, and it could be three at night.
"""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The person's days: their zone, and which dates are public holidays there."""

    zone: ZoneInfo
    is_holiday: Callable[[date], bool]

    def is_working_day(self, day: date) -> bool:
        return day.weekday() < 5 and not self.is_holiday(day)

    def working_day_after(self, day: date, number: int) -> date:
        """The `number`-th working day after this day; before it, when negative; the day itself for 0."""
        step = timedelta(days=1 if number > 0 else -1)
        for _ in range(abs(number)):
            day += step
            while not self.is_working_day(day):
                day += step
        return day

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def at(self, day: date, hour: time) -> datetime:
        """That hour of that day as an instant; in the gap of a clock change the hour that follows."""
        return datetime.combine(day, hour, self.zone).astimezone(UTC)


def first_civil_moment(seen: datetime, seed: int, calendar: Calendar) -> datetime:
    """When a letter about news seen then may leave: early in the window of the next working day."""
    day = calendar.working_day_after(calendar.local(seen).date(), 1)
    return _opening(day, seed, calendar)


def in_window(moment: datetime, calendar: Calendar) -> bool:
    """Whether this is Monday to Friday, 9 to 17 in the person's zone, on no public holiday."""
    local = calendar.local(moment)
    return calendar.is_working_day(local.date()) and OPENS <= local.time() < CLOSES


def next_in_window(moment: datetime, seed: int, calendar: Calendar) -> datetime:
    """The moment itself if it is civil, else one early in the next window."""
    if in_window(moment, calendar):
        return moment
    local = calendar.local(moment)
    if calendar.is_working_day(local.date()) and local.time() < OPENS:
        return _opening(local.date(), seed, calendar)
    return _opening(calendar.working_day_after(local.date(), 1), seed, calendar)


def may_leave(moment: datetime, said_now: datetime | None, calendar: Calendar) -> bool:
    """Whether a letter may leave then: in the window, or while the `now` it was approved with is still now."""
    still_now = said_now is not None and said_now <= moment <= said_now + STILL_NOW
    return still_now or in_window(moment, calendar)


def next_leave(moment: datetime, said_now: datetime | None, seed: int, calendar: Calendar) -> datetime:
    """The moment itself if a letter may leave then, else one early in the next window."""
    return moment if may_leave(moment, said_now, calendar) else next_in_window(moment, seed, calendar)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How many letters go in a day, how far apart, and how many went today, the last one when."""

    a_day: int
    gap: timedelta
    today: int
    latest: datetime | None

    def is_spent(self, place: int) -> bool:
        """Whether the letter at this place among those that are due would be one too many today."""
        return self.today + place >= self.a_day

    def moment(self, place: int, now: datetime, seed: int, calendar: Calendar) -> datetime:
        """When the letter at this place among those that are due may go: at once, after gaps, or on another day."""
        if self.is_spent(place):
            return _opening(calendar.working_day_after(calendar.local(now).date(), 1), seed, calendar)
        first = max(now, self.latest + self.gap) if self.latest is not None else now
        return first + place * self.gap


def too_late(now: datetime, not_before: datetime) -> bool:
    return now > not_before + LIFETIME


def nudge_due(event: datetime, working_days: int, hour: time | None, calendar: Calendar) -> datetime:
    """When a nudge is due: so many working days after the event at that hour, or at once where there is no hour.

    An hour that has already passed on the day of the event means the next day's.
    """
    if hour is None:
        return event
    day = calendar.local(event).date()
    due = calendar.at(calendar.working_day_after(day, working_days), hour)
    return calendar.at(day + timedelta(days=1), hour) if working_days == 0 and due <= event else due


def until(text: str, now: datetime, calendar: Calendar) -> datetime:
    """`3h`, `2d`, `1w` from now, or nine o'clock of tomorrow or of a day such as 2026-12-01; raises ValueError."""
    if text.strip().casefold() == "tomorrow":
        return calendar.at(calendar.local(now).date() + timedelta(days=1), OPENS)
    found = re.fullmatch(r"(\d{1,3})([hdw])", text.strip())
    if found:
        units = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
        return now + int(found[1]) * units[found[2]]
    try:
        return calendar.at(date.fromisoformat(text.strip()), OPENS)
    except ValueError:
        raise ValueError(f"{text!r} is no time; it reads like 3h, 2d, 1w, tomorrow or 2026-12-01.") from None


def back_off(attempts: int, seed: int) -> timedelta:
    """How long to wait after this many failed attempts: doubling from 5 minutes to 4 hours, up to a fifth of jitter."""
    wait = min(FIRST_WAIT * int(2 ** min(attempts - 1, 16)), LONGEST_WAIT)
    return wait * (1 + _draw(seed * 1009 + attempts, 200) / 1000)


def _opening(day: date, seed: int, calendar: Calendar) -> datetime:
    opens = datetime.combine(day, OPENS, calendar.zone)
    return (opens + timedelta(minutes=_draw(seed, FIRST_MINUTES))).astimezone(UTC)


def _draw(seed: int, below: int) -> int:
    return int.from_bytes(hashlib.blake2b(str(seed).encode(), digest_size=4).digest()) % below
