"""The person who looks for work, and the mail account that carries their letters."""

from dataclasses import dataclass, field
from enum import StrEnum
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who signs the letters and when their day is; `country` is ISO 3166-1 alpha-2, for public holidays.

    `contact_line` is a telephone number or link to stand below the name, or empty; `questions` are those that letters
    ask unless the person chose others for one, or empty for the usual ones.
    """

    name: str
    email: str
    zone: ZoneInfo
    country: str | None
    language: str = "en"
    contact_line: str = ""
    questions: tuple[str, ...] = ()


class Security(StrEnum):
    """How the connection to the mail server is protected; `none` to loopback only."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """How to reach the person's mail server. Password and token, of which one is given, stay out of every repr."""

    host: str
    port: int
    security: Security
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
