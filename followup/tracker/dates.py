"""Human dates → days, and the order in which a file writes its numeric ones."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime

from followup.model.reading import DateOrder
from followup.tracker.words import plain

_TIME = r"(?:,?\s*T?\s*\d{1,2}[:h.]\d{2}.*)?"
_ISO = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}})\.?{_TIME}")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_NUMERIC = re.compile(rf"(\d{{1,2}})[./-](\d{{1,2}})[./-](\d{{4}}|\d{{2}})\.?{_TIME}")
_NUMERIC_WITHIN = re.compile(r"(?<![\d./-])(\d{1,2})[./-](\d{1,2})[./-](?:\d{4}|\d{2})(?![\d/-])")
_DAY_WITHIN = re.compile(rf"(?<![\d./-])\d{{4}}[./-]\d{{1,2}}[./-]\d{{1,2}}(?![\d/-])|{_NUMERIC_WITHIN.pattern}")
_BETWEEN_DAYS = re.compile(r"[&;→\n]|\s[-–/+]\s")
_NO_YEAR = re.compile(r"\d{1,2}[./]\d{1,2}\.?")
_INSTANT = re.compile(
    r"(.*\d.*?)[T ,]+(\d{1,2}:\d{2})(?::\d{2}(?:[.,]\d+)?)?\s*([ap]\.?m\.?)?\s*"
    r"(?:(?:UTC|GMT)?\s*([+\u2212-])(\d{1,2}):?(\d{2})?|(Z|[A-Z]{2,4}T|UTC|GMT))(?:\s*\([\w ]+\))?",
    re.IGNORECASE,
)
"""A day, a time and an offset: `15/10/2026 23:30 UTC`, `Oct 15 2026 11:30 PM -0800`, `… 23:30:00 GMT-0800 (PST)`."""
_ZONES = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "BST": 1, "CET": 1, "WEST": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3,
    "EDT": -4, "EST": -5, "CDT": -5, "CST": -6, "MDT": -6, "MST": -7, "PDT": -7, "PST": -8, "AKST": -9, "HST": -10,
    "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11,
}  # fmt: skip
"""Hours by which zones are ahead of UTC, as people and programs call them; of one by another name no day is told."""
_EPOCH = re.compile(r"(1\d{9})(?:\d{3})?")
"""Seconds since 1970, or thousandths of them, between 2001 and 2033; no number of a telephone begins so."""
_EMPTY_NUMBER = re.compile(r"0+(?:[.,]0+)?|0{1,2}:00(?::00)?|12:00(?::00)? ?am", re.IGNORECASE)
"""Nought, as a number and as a time of day."""
_LONG_AGO = r"(?:000[01]|1601|18\d\d|19[0-8]\d)(?!\d)"
_ZERO_WITH_WORD = re.compile(
    r"(?!.*(?<!\d)20\d\d(?!\d))(?:"
    rf"\D*{_LONG_AGO}.*|(?:.*\D)?{_LONG_AGO}|(?:.*\d\W+)?[^\W\d]{{3,9}}\.?[ /'-]+(?:00|99)"
    r"|0{1,2}\W+[^\W\d]{3,9}\b.*|[^\W\d]{3,9}\W+0{1,2}\b(?!:).*)"
)
"""A day whose month is a word: `Jan 1, 1970`, `Jan-00`, `00-Jan-00`, `Dec-99`, `Jan 0, 1900`."""
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_CLOCK = re.compile(r"(?<![\d:])(\d{1,2})[:h](\d{2})(?::\d{2})?\s*([ap])?(?:\.?m\b\.?)?", re.IGNORECASE)
_TAIL = re.compile(r"(?<=\d)(?:st|nd|rd|th|er|e|º|ª)$")
_EXCEL_EPOCH = date(1899, 12, 30)
FIRST_YEAR, LAST_YEAR = 1990, 2100
LONGEST_TEXT = 70
"""No date is longer; a longer cell is a note."""


def order_of(cells: Iterable[str]) -> DateOrder:
    """The file's order: proven by a part over 12 and contradicted by none; ISO where no day needs one."""
    first = second = open_ = other = False
    for cell in set(cells):
        text = cell.strip()
        if not text or len(text) > LONGEST_TEXT or is_zero_day(text):
            continue
        days = [(int(one), int(two)) for one, two in _NUMERIC_WITHIN.findall(text)]
        other = other or any(one == two for one, two in days) or (not days and _needs_no_order(text))
        first = first or any(one > 12 >= two for one, two in days)
        second = second or any(two > 12 >= one for one, two in days)
        open_ = open_ or any(one != two and max(one, two) <= 12 for one, two in days)
    if first and second:
        return DateOrder.AMBIGUOUS
    if first or second:
        return DateOrder.DMY if first else DateOrder.MDY
    if open_:
        return DateOrder.AMBIGUOUS
    return DateOrder.ISO if other else DateOrder.NONE


def needs_order(cell: str) -> bool:
    """Whether this is a numeric day that means two days as long as the order is not known."""
    found = None if is_zero_day(cell) else _NUMERIC.fullmatch(cell.strip())
    return (
        found is not None and found[1].lstrip("0") != found[2].lstrip("0") and max(int(found[1]), int(found[2])) <= 12
    )


def is_numeric(cell: str) -> bool:
    """Whether this is a day in numbers, whatever its order."""
    return _NUMERIC.fullmatch(cell.strip()) is not None


def looks_like_day(cell: str, months: Mapping[str, int]) -> bool:
    """Whether a cell speaks of some day, be it without a year or together with another."""
    if _DAY_WITHIN.search(cell) or any(form.fullmatch(cell) for form in (_COMPACT, _SERIAL, _EPOCH, _NO_YEAR)):
        return True
    words = plain(cell).split()
    return any(word in months for word in words) and any(word[0].isdecimal() for word in words)


def is_zero_day(cell: str) -> bool:
    """Whether this is what an empty cell becomes: a day long before any search, or no day of any calendar.

    Spreadsheets write 1899-12-30, 1/0/1900, Jan-00, 0:00:00; databases 0000-00-00, 0001-01-01, 1601-01-01, 1970-01-01.
    """
    text = cell.strip()
    if not any(map(str.isdigit, text)) or len(text) > LONGEST_TEXT:
        return False
    if _EMPTY_NUMBER.fullmatch(text):
        return True
    days = [re.split("[./-]", found[0]) for found in _DAY_WITHIN.finditer(text)]
    if days:
        return all(map(_is_no_day, days))
    return _ZERO_WITH_WORD.fullmatch(text) is not None and not _EPOCH.fullmatch(text)


def _is_no_day(parts: Sequence[str]) -> bool:
    """Whether three numbers are a day before any search, or have a day or month of nought."""
    year, rest = (parts[0], parts[1:]) if len(parts[0]) == 4 else (parts[2], parts[:2])
    others = sorted(map(int, rest))
    if len(year) == 2:
        return others[0] == 0 or (int(year), others) in ((0, [1, 1]), (99, [12, 30]), (99, [12, 31]))
    return int(year) < FIRST_YEAR or others[0] == 0


def days_within(cell: str, day: Callable[[str], date | None]) -> list[date]:
    """The days that a cell names, other words beside them or not; `day` is the file's parser."""
    whole = day(cell)
    if whole is not None:
        return [whole]
    numeric = [found[0] for found in _DAY_WITHIN.finditer(cell)]
    return [one for part in numeric or _BETWEEN_DAYS.split(cell) if (one := day(part)) is not None]


def parser(order: DateOrder, months: Mapping[str, int], zone: tzinfo | None = None) -> Callable[[str], date | None]:
    """A function from a cell to its day; None for what is no day, or is not one without doubt.

    An instant that names its offset is a day in `zone`; without a zone, the day as it is written.
    """

    def parse(cell: str) -> date | None:
        text = cell.strip()
        if len(text) == 10 and text[4] == "-" and text[7] == "-":
            try:
                return _checked(date.fromisoformat(text))
            except ValueError:
                return None
        if not text or len(text) > LONGEST_TEXT or not any(letter.isdigit() for letter in text):
            return None
        try:
            return _checked(_instant(text, zone, order, months) or _day(text, order, months))
        except (ValueError, OverflowError):
            return None

    return parse


def minute_of(cell: str) -> int:
    """The time of day in a cell, in minutes; 0 where it tells none."""
    found = _CLOCK.search(cell[:LONGEST_TEXT])
    if found is None:
        return 0
    hour, half = int(found[1]), (found[3] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return hour * 60 + int(found[2])


def _instant(text: str, zone: tzinfo | None, order: DateOrder, months: Mapping[str, int]) -> date | None:
    """The day of an instant with an offset."""
    if zone is None:
        return None
    if epoch := _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(epoch[1]), zone).date()
    found = _INSTANT.fullmatch(text)
    offset = None if found is None else _offset(found)
    if found is None or offset is None:
        return None
    day = _day(found[1].strip(" ,"), order, months)
    if day is None:
        return None
    clock = minute_of(f"{found[2]} {found[3] or ''}")
    moment = datetime.combine(day, time(clock // 60, clock % 60), timezone(offset))
    return moment.astimezone(zone).date()


def _offset(found: re.Match[str]) -> timedelta | None:
    """How far an instant's clock is ahead of UTC; None where its zone is not known by that name."""
    if found[4] is None:
        hours = _ZONES.get(found[7].upper())
        return None if hours is None else timedelta(hours=hours)
    ahead = timedelta(hours=int(found[5][:2]), minutes=int(found[6] or 0))
    return ahead if found[4] == "+" else -ahead


def _day(text: str, order: DateOrder, months: Mapping[str, int]) -> date | None:
    iso = _ISO.fullmatch(text) or _COMPACT.fullmatch(text)
    if iso:
        return date(int(iso[1]), int(iso[2]), int(iso[3]))
    numeric = _NUMERIC.fullmatch(text)
    if numeric:
        return _numeric(int(numeric[1]), int(numeric[2]), _year(numeric[3]), order)
    if _SERIAL.fullmatch(text):
        return _EXCEL_EPOCH + timedelta(days=int(float(text)))
    moment = _rfc2822(text)
    return _named(text, months) or (moment and moment.date())


def _numeric(one: int, two: int, year: int, order: DateOrder) -> date | None:
    if one == two:
        return date(year, one, two)
    if order is DateOrder.DMY:
        return date(year, two, one)
    if order is DateOrder.MDY:
        return date(year, one, two)
    return None


def _named(text: str, months: Mapping[str, int]) -> date | None:
    """A day with its month as a word and its year: `Feb 2, 2026`, `5-Aug-22`, `3. März 2026`, `2 de mayo de 2026`."""
    words = [_TAIL.sub("", word) for word in plain(_CLOCK.sub(" ", text)).split()]
    words = [word for word in words if word in months or word.isdecimal() or len(word) > 2]
    shape = "".join("m" if word in months else "n" if word.isdecimal() else "-" for word in words)
    if shape.count("m") != 1 or shape.count("n") != 2:
        return None
    for form, (day, month, year) in (("nmn", (0, 1, 2)), ("mnn", (1, 0, 2))):
        place = shape.find(form)
        if place >= 0:
            parts = words[place : place + 3]
            if len(parts[day]) == 4:
                day, year = year, day
            if len(parts[day]) > 2 or len(parts[year]) not in (2, 4):
                return None
            return date(_year(parts[year]), months[parts[month]], int(parts[day]))
    return None


def _rfc2822(text: str) -> datetime | None:
    if not re.match(r"(?:\w{3}, )?\d{1,2} \w{3} \d{4} ", text):
        return None
    return parsedate_to_datetime(text)


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _checked(day: date | None) -> date | None:
    return day if day is not None and FIRST_YEAR <= day.year <= LAST_YEAR else None


def _needs_no_order(text: str) -> bool:
    if _ISO.fullmatch(text) or _COMPACT.fullmatch(text) or _SERIAL.fullmatch(text):
        return True
    return bool(re.search(r"\d", text)) and bool(re.search(r"[^\W\d]{3,}", text))
