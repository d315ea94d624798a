"""Long lists, a page at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

LENGTH = 40


@dataclass(frozen=True, slots=True)
class Portion:
    """One page of a list; `page` counts from 1, `more` says whether another follows."""

    rows: Sequence[Any]
    page: int
    more: bool


def portion(rows: Callable[[int, int], Sequence[Any]]) -> Portion:
    """The page that the address asks for; `rows` gives so many from a place on."""
    page = min(max(request.args.get("page", 1, type=int), 1), 100_000)
    found = rows(LENGTH + 1, (page - 1) * LENGTH)
    return Portion(found[:LENGTH], page, len(found) > LENGTH)
