"""Human dates → days, and the order in which a file writes its numeric ones."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from email.utils import parsedate_to_datetime

from followup.model.reading import DateOrder
from followup.tracker.words import plain

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
_NUMERIC = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})(?:,?\s+\d{1,2}:\d{2}.*)?")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_CLOCK = re.compile(r"\b\d{1,2}:\d{2}(?::\d{2})?(?:\s*[ap]\.?m\.?)?", re.IGNORECASE)
_EXCEL_EPOCH = date(1899, 12, 30)
FIRST_YEAR, LAST_YEAR = 1990, 2100


def order_of(cells: Iterable[str]) -> DateOrder:
    """The file's order: proven by a part over 12 and contradicted by none; ISO where no numeric day needs one."""
    first = second = numeric = other = False
    for cell in set(cells):
        text = cell.strip()
        found = _NUMERIC.fullmatch(text)
        if found is None:
            other = other or _needs_no_order(text)
            continue
        numeric = True
        first = first or int(found[1]) > 12
        second = second or int(found[2]) > 12
    if not numeric:
        return DateOrder.ISO if other else DateOrder.NONE
    if first == second:
        return DateOrder.AMBIGUOUS
    return DateOrder.DMY if first else DateOrder.MDY


def parser(order: DateOrder, months: Mapping[str, int]) -> Callable[[str], date | None]:
    """A function from a cell to its day; None for what is no day, or is not one without doubt."""

    def parse(cell: str) -> date | None:
        text = cell.strip()
        if not text or not any(letter.isdigit() for letter in text):
            return None
        try:
            return _checked(_day(text, order, months))
        except (ValueError, OverflowError):
            return None

    return parse


def _day(text: str, order: DateOrder, months: Mapping[str, int]) -> date | None:
    iso = _ISO.fullmatch(text)
    if iso:
        return date(int(iso[1]), int(iso[2]), int(iso[3]))
    numeric = _NUMERIC.fullmatch(text)
    if numeric:
        return _numeric(int(numeric[1]), int(numeric[2]), _year(numeric[3]), order)
    if _SERIAL.fullmatch(text):
        return _EXCEL_EPOCH + timedelta(days=int(float(text)))
    if len(text) > 60:
        return None
    return _named(text, months) or _rfc2822(text)


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
    parts = plain(_CLOCK.sub(" ", text)).split()
    named = [months[part] for part in parts if part in months]
    numbers = [int(digits) for part in parts if (digits := re.sub(r"(?:st|nd|rd|th|er|º|ª)$", "", part)).isdecimal()]
    if len(named) != 1 or len(numbers) != 2:
        return None
    day, year = (numbers[1], numbers[0]) if numbers[0] > 31 else numbers
    return date(_year(str(year)), named[0], day) if day <= 31 else None


def _rfc2822(text: str) -> date | None:
    if not re.match(r"(?:\w{3}, )?\d{1,2} \w{3} \d{4} ", text):
        return None
    return parsedate_to_datetime(text).date()


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _checked(day: date | None) -> date | None:
    return day if day is not None and FIRST_YEAR <= day.year <= LAST_YEAR else None


def _needs_no_order(text: str) -> bool:
    if _ISO.fullmatch(text) or _SERIAL.fullmatch(text):
        return True
    return bool(re.search(r"\d", text)) and bool(re.search(r"[^\W\d]{3,}", text)) and len(text) < 60
