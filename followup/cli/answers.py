"""The answers of `init`: each checked when it is given, kept beside what the settings file says, and put into it."""

import os
from collections.abc import Mapping
from pathlib import Path

from followup import assembly, config, files, settings_file
from followup.config import PREFIX
from followup.errors import SettingsError, WorkError
from followup.model.password import as_meant
from followup.model.server import server_of

NEEDED = ("NAME", "EMAIL", "TRACKER")
NOTHING = "none"


class Answers:
    """What the settings file says, and what is answered beside it; neither is lost where another answer is wrong."""

    def __init__(self, file: Path, guesses: Mapping[str, str]) -> None:
        self.file = file
        self._stands = {**dict.fromkeys(NEEDED, ""), **guesses}
        if file.exists():
            self._text = settings_file.read(file)
            bindings, _ = settings_file.parse(self._text)
            self._stands = {binding.name.removeprefix(PREFIX): binding.value for binding in bindings}
        else:
            self._text = assembly.example_settings().read_text(encoding="utf-8")

    def get(self, name: str) -> str:
        """What is answered, else what stands in the file."""
        return self._stands.get(name, "")

    def take(self, given: Mapping[str, str]) -> None:
        """Take answers; raises SettingsError with all that are wrong, and then takes none."""
        problems, right = [], {}
        for name, value in given.items():
            try:
                right[name] = checked(name, value)
            except ValueError as error:
                problems.append(f"{PREFIX}{name}: {error}")
        if problems:
            raise SettingsError(problems)
        self._stands |= _with_server(right, self.get("SMTP_HOST"))
        # Of the ways to a password the one that was answered last is the one that is meant.
        way = next((name for name in config.SECRETS if right.get(name)), None)
        self._stands |= {name: "" for name in config.SECRETS if way is not None and name != way}

    def write(self, *, whatever_else: bool = False) -> None:
        """Put the answers into the file, all else in it left alone. Raises SettingsError for what contradicts itself.

        With `whatever_else` they are there even then.
        """
        text = settings_file.change(self._text, {PREFIX + name: value for name, value in self._stands.items()})
        draft = self.file.with_name(f".{self.file.name}.new")
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            files.replace(draft, text.encode())
            try:
                config.load(draft, os.environ)
            except SettingsError as error:
                if not whatever_else:
                    raise _of(self.file, error, draft) from None
                files.replace(self.file, text.encode())
                raise _of(self.file, error, draft) from None
            finally:
                draft.unlink()
            files.replace(self.file, text.encode())
        except OSError as error:
            raise WorkError(f"{self.file} cannot be written: {error.strerror}.") from None


def checked(name: str, answer: str) -> str:
    """An answer as it is to stand in the file; raises ValueError."""
    answer = answer if name == "SMTP_PASSWORD" else answer.strip()
    if name in ("COUNTRY", "SMTP_HOST") and answer.casefold() == NOTHING:
        return ""
    if not answer:
        if name in NEEDED:
            raise ValueError("it is needed.")
        return ""
    if name == "SMTP_PASSWORD":
        answer = as_meant(answer)
    config.PARSERS[name](answer)
    return str(Path(answer).expanduser().absolute()) if name == "TRACKER" else answer


def _with_server(answers: dict[str, str], host_before: str) -> dict[str, str]:
    """The answers, with port and security that were written with the host where those belong."""
    if not answers.get("SMTP_HOST"):
        return answers
    server = server_of(answers["SMTP_HOST"])
    beside = {"SMTP_HOST": server.host}
    if server.host != host_before or server.port or server.security:
        beside |= {"SMTP_PORT": str(server.port or ""), "SMTP_SECURITY": str(server.security or "")}
    return beside | {name: value for name, value in answers.items() if name != "SMTP_HOST"}


def _of(file: Path, error: SettingsError, draft: Path) -> SettingsError:
    return SettingsError([problem.replace(str(draft), str(file)) for problem in error.problems])
