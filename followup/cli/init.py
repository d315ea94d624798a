"""`followup init`: a few questions, the settings file, a first look at the person's own tracker."""

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from followup import assembly, config, settings_file
from followup.cli import opening, preview
from followup.cli import questions as asking
from followup.cli.progress import Bar
from followup.cli.running import offered_lines
from followup.config import Settings
from followup.errors import SettingsError, UsageError
from followup.mail.providers import provider_of
from followup.steps.scan import scan

OPTIONS = {
    "name": "Your name, as your letters are signed",
    "email": "Your address",
    "tracker": "Your tracker, the CSV file with your applications",
    "timezone": "Your time zone",
    "country": "Your country, for its public holidays (two letters, empty for none)",
}
UNASKED = {
    "language": "The language of letters and nudges where your tracker does not tell it: en, de, fr or es",
    "nudges": "How nudges reach you: mail, terminal or off",
    "smtp-host": "Your outgoing mail server; without one you send your letters yourself",
    "smtp-port": "Its port, if it is neither 587 (starttls) nor 465 (tls)",
    "smtp-security": "How it is reached: starttls, tls or none",
    "smtp-username": "The name to log in with, mostly your address; without one there is no log-in",
    "smtp-password": "The password; other programs can see it while this command runs",
    "smtp-password-command": "Or a command that prints it, such as 'pass show mail'",
}


def _upper(name: str) -> str:
    return name.upper().replace("-", "_")


def _options(command: click.Command) -> click.Command:
    for name, text in reversed((OPTIONS | UNASKED).items()):
        command.params.insert(0, click.Option([f"--{name}"], metavar="VALUE", help=f"{text}."))
    return command


@_options
@click.command()
def init(**given: str | None) -> None:
    """Set up: your name, your tracker, your mail account. With options it asks nothing that they answer."""
    ctx = click.get_current_context()
    file = opening.settings_file(ctx)
    if file.exists():
        raise UsageError(
            f"There are settings at {file} already. To check them: followup doctor. To begin anew, move them."
        )
    values = {_upper(name): value for name, value in given.items() if value is not None}
    if sys.stdin.isatty():
        _ask_person(values)
        _ask_mail(values)
    elif not {"NAME", "EMAIL", "TRACKER"} <= values.keys():
        raise UsageError("Nobody is there to be asked. Give at least --name, --email and --tracker.")
    settings = write(file, {**_guesses(values), **values})
    click.echo(f"Your settings are in {file}; nobody else can read them.")
    _first_look(settings)


def write(file: Path, values: Mapping[str, str]) -> Settings:
    """Write the commented settings, readable by nobody else, once they are found right; raises SettingsError."""
    absolute = {**values, "TRACKER": str(Path(values["TRACKER"]).expanduser().absolute())}
    text = filled(assembly.example_settings().read_text(encoding="utf-8"), absolute)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = file.with_name(f".{file.name}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    try:
        config.load(draft, os.environ)
    except SettingsError as error:
        draft.unlink()
        raise SettingsError([problem.replace(str(draft), "what you typed") for problem in error.problems]) from None
    draft.replace(file)
    return config.load(file, os.environ)


def filled(example: str, values: Mapping[str, str]) -> str:
    """The example settings with these values in place of its own; the others empty or at their default."""
    own = dict.fromkeys(("NAME", "EMAIL", "TRACKER", "TIMEZONE"), "")
    return settings_file.change(example, {config.PREFIX + name: value for name, value in (own | {**values}).items()})


def _ask_person(values: dict[str, str]) -> None:
    for name, text in OPTIONS.items():
        if _upper(name) not in values:
            guess = _guesses(values).get(_upper(name), "")
            values[_upper(name)] = str(
                click.prompt(text, default=guess or None if name != "country" else guess)
            ).strip()


def _ask_mail(values: dict[str, str]) -> None:
    if "SMTP_HOST" in values:
        return
    provider = provider_of(values["EMAIL"])
    click.echo("\nA mail account lets followup send what you approved. Without one you send it yourself.")
    if provider is not None and provider.only_tokens:
        click.echo(
            f"{provider.name} takes no password from programs, only an OAuth2 token (FOLLOWUP_SMTP_TOKEN_COMMAND)."
            " Until you have one you send your letters yourself: followup export"
        )
        return
    if provider is not None:
        click.echo(f"{provider.name}: {provider.host}, port {provider.port}, {provider.security}.")
        if provider.app_password:
            click.echo(f"It wants an app password; make one at {provider.app_password}.")
        defaults = (provider.host, str(provider.port), str(provider.security))
    else:
        defaults = ("", "587", "starttls")
    host = defaults[0] or str(click.prompt("Outgoing mail server (empty to skip)", default="", show_default=False))
    if not host:
        return
    password = str(
        click.prompt("Password (empty to skip the mail account)", default="", hide_input=True, show_default=False)
    )
    if not password:
        return
    values |= {"SMTP_HOST": host, "SMTP_PORT": defaults[1], "SMTP_SECURITY": defaults[2]}
    values |= {"SMTP_USERNAME": values["EMAIL"], "SMTP_PASSWORD": password}


def _guesses(values: Mapping[str, str]) -> dict[str, str]:
    """Time zone and country as far as this machine tells."""
    import tzlocal

    guesses = {"TIMEZONE": "UTC"}
    try:
        guesses["TIMEZONE"] = tzlocal.get_localzone_name() or "UTC"
    except (LookupError, OSError, ValueError):
        guesses["TIMEZONE"] = "UTC"
    country = re.match(r"[a-z]{2}_([A-Z]{2})", os.environ.get("LC_ALL") or os.environ.get("LANG") or "")
    guesses["COUNTRY"] = country[1] if country else _country_of(values.get("TIMEZONE", guesses["TIMEZONE"]))
    return guesses


def _country_of(zone: str) -> str:
    for table in (Path("/usr/share/zoneinfo/zone.tab"), Path("/usr/share/zoneinfo/zone1970.tab")):
        if table.is_file():
            rows = [line.split("\t") for line in table.read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
            return next((row[0][:2] for row in rows if row[2] == zone), "")
    return ""


def _first_look(settings: Settings) -> None:
    result = preview.of_file(settings.tracker, settings)
    if not result.reading.refused:
        click.echo()
        preview.print_preview(settings.tracker.name, result, settings.person)
    parts = assembly.join(settings)
    try:
        with Bar("Reading") as bar:
            report = scan(parts, parts.clock(), wait=10, progress=bar.update)
        if report.trouble:
            click.echo(click.style(f"\n{report.trouble}", fg="yellow"))
            return
        click.echo()
        if sys.stdin.isatty():
            asking.ask_all(parts)
        else:
            for line in offered_lines(report):
                click.echo(line)
    finally:
        parts.store.close()
    click.echo("\nTo check everything: followup doctor. To keep it running: followup service --install")
