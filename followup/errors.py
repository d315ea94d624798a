"""Everything that `followup` may tell a person it cannot do.

FollowupError
├── UsageError        the command line or the settings are wrong            (exit 2)
│   └── SettingsError     every problem of the settings at once
└── WorkError         the work found a problem                              (exit 1)
    ├── TrackerUnreadable the tracker cannot be read now
    ├── TemplateError     a template or the playbook has a mistake
    ├── StoreError        the store cannot be opened or is newer than this program
    ├── Busy              another process is doing this step
    └── Refused           what was asked is not allowed in this state

A message is one sentence of what and where, and what to do next.
"""

from collections.abc import Sequence


class FollowupError(Exception):
    """The root: its message is written for the person."""

    exit_code = 1


class UsageError(FollowupError):
    """The command line or the settings are wrong."""

    exit_code = 2


class SettingsError(UsageError):
    """Every problem of the settings at once."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class WorkError(FollowupError):
    """The work found a problem."""


class TrackerUnreadable(WorkError):
    """The tracker cannot be read now; nothing was changed."""


class TemplateError(WorkError):
    """A template or the playbook has a mistake; the message names file and line."""


class StoreError(WorkError):
    """The store cannot be used."""


class Busy(WorkError):
    """Another process is doing this step."""


class Refused(WorkError):
    """What was asked is not allowed in this state."""
