"""`followup init`: a few questions, the settings file, a first look at the person's own tracker.

Each answer is checked when it is given, and those of one part are in the file before the next part is asked about. Run
again, it shows what is there and changes what is answered.
"""

import os
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from followup import assembly, config
from followup.cli import opening, preview, speech
from followup.cli import questions as asking
from followup.cli.answers import NEEDED, Answers, checked
from followup.cli.progress import Bar
from followup.cli.running import offered_lines
from followup.config import Settings
from followup.errors import TrackerUnreadable, UsageError, WorkError
from followup.mail.providers import Provider, provider_of
from followup.model.password import as_meant
from followup.model.person import Security
from followup.steps import mail_check, neighbours
from followup.steps.scan import scan

OPTIONS = {
    "name": "Your name, as your letters are signed",
    "email": "Your address",
    "tracker": "Your tracker, the CSV file with your applications",
    "timezone": "Your time zone",
    "country": "Your country, for its public holidays (two letters, none for none)",
}
UNASKED = {
    "language": "The language of letters and nudges where your tracker does not tell it: en, de, fr or es",
    "nudges": "How nudges reach you: mail, terminal or off",
    "smtp-host": "Your outgoing mail server; without one you send your letters yourself",
    "smtp-port": "Its port, if it is neither 587 (starttls) nor 465 (tls)",
    "smtp-security": "How it is reached: starttls, tls or none",
    "smtp-username": "The name to log in with, mostly your address; without one there is no log-in",
    "smtp-password": "The password; other programs and your shell's history can see it",
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
@click.option("--smtp-password-stdin", "from_input", is_flag=True, help="Read the password from the standard input.")
def init(from_input: bool, **given: str | None) -> None:
    """Set up: your name, your tracker, your mail account. With options it asks nothing that they answer."""
    ctx = click.get_current_context()
    file = opening.settings_file(ctx)
    options = {_upper(name): value for name, value in given.items() if value is not None}
    if "SMTP_PASSWORD" in options:
        click.echo("Other programs and your shell's history can see --smtp-password; better is", err=True, nl=False)
        click.echo(" --smtp-password-stdin.", err=True)
    if from_input:
        options["SMTP_PASSWORD"] = _password_from_input()
    values = Answers(file, _guesses(options.get("TIMEZONE", "")))
    values.take(options)
    if "TIMEZONE" not in options and not file.exists() and not _zone_here():
        click.echo("This machine does not tell its time zone; it is taken for UTC unless you name another.")
    if sys.stdin.isatty() and not from_input:
        _ask_person(values, options)
        values.write(whatever_else=True)
        trouble = _ask_mail(values, options)
    else:
        if not all(map(values.get, NEEDED)):
            raise UsageError("Nobody is there to be asked. Give at least --name, --email and --tracker.")
        values.write()
        trouble = _try_mail(file) if any(name.startswith("SMTP_") for name in options) else None
    click.echo(f"Your settings are in {file}; nobody else can read them.")
    settings = assembly.settings(file)
    told = [*filter(None, (trouble, _first_look(settings)))]
    if told:
        raise WorkError(f"Your settings are kept, but: {' '.join(told)}")
    click.echo("\nTo check everything: followup doctor. To keep it running: followup service --install")


def _ask(values: Answers, name: str, text: str, *, hidden: bool = False) -> None:
    """Ask until the answer is right; an empty one keeps what stands there."""

    def check(answer: str) -> str:
        try:
            return checked(name, answer)
        except ValueError as error:
            raise click.UsageError(str(error)) from None

    default = values.get(name)
    answer = click.prompt(
        text,
        default=default if default or name not in NEEDED else None,
        value_proc=_twice_if_missing(check) if name == "TRACKER" else check,
        hide_input=hidden,
        show_default=bool(default) and not hidden,
    )
    values.take({name: answer})


def _twice_if_missing(check: Callable[[str], str]) -> Callable[[str], str]:
    """A tracker that is not there is told; typed once more, it is taken for one that will be."""
    told = ""

    def check_file(answer: str) -> str:
        nonlocal told
        path = check(answer)
        if not Path(path).is_file() and path != told:
            told = path
            raise click.UsageError(f"there is no file {path}. To keep it all the same, give it once more.")
        return path

    return check_file


def _ask_person(values: Answers, options: Mapping[str, str]) -> None:
    for name, text in OPTIONS.items():
        if _upper(name) not in options:
            _ask(values, _upper(name), text)


def _ask_mail(values: Answers, options: Mapping[str, str]) -> str | None:
    """Ask for the mail account and try it, until it works or the person lets it be; what is wrong with it then."""
    if "SMTP_HOST" in options:
        return _try_mail(values.file)
    click.echo("\nA mail account lets followup send what you approved. Without one you send it yourself.")
    again = False
    while _ask_account(values, {} if again else options, again=again):
        values.write(whatever_else=True)
        trouble = _try_mail(values.file)
        if trouble is None:
            click.echo("The mail account works.")
            return None
        click.echo(click.style(trouble, fg="red"))
        if not click.confirm("Answer that again?", default=True):
            return trouble
        again = True
    values.write(whatever_else=True)
    return None


def _ask_account(values: Answers, options: Mapping[str, str], *, again: bool) -> bool:
    """Ask for what the options do not say of the mail account; False where there is to be none."""
    provider = provider_of(values.get("EMAIL"))
    if provider is not None and not again and not values.get("SMTP_HOST"):
        return _ask_password_of(provider, values, options)
    if "SMTP_HOST" not in options:
        _ask(values, "SMTP_HOST", "Outgoing mail server (none for no mail account)")
    if not values.get("SMTP_HOST"):
        return False
    if "SMTP_PORT" not in options:
        values.take({"SMTP_PORT": values.get("SMTP_PORT") or "587"})
        _ask(values, "SMTP_PORT", "Its port")
    if "SMTP_SECURITY" not in options:
        usual = Security.TLS if values.get("SMTP_PORT") == "465" else Security.STARTTLS
        values.take({"SMTP_SECURITY": values.get("SMTP_SECURITY") or usual})
        _ask(values, "SMTP_SECURITY", "How it is reached: starttls, tls, or none")
    if "SMTP_USERNAME" not in options:
        values.take({"SMTP_USERNAME": values.get("SMTP_USERNAME") or values.get("EMAIL")})
        _ask(values, "SMTP_USERNAME", "Name to log in with")
    if not any(map(options.get, config.SECRETS)):
        kept = any(map(values.get, config.SECRETS))
        password = _password("Password (empty to keep the one that is set)" if kept else "Password (empty for none)")
        if password:
            values.take({"SMTP_PASSWORD": password})
    return True


def _ask_password_of(provider: Provider, values: Answers, options: Mapping[str, str]) -> bool:
    """Ask for the password alone, where all else is known; False where there is to be no mail account."""
    if provider.only_tokens:
        click.echo(
            f"{provider.name} takes no password from programs, only an OAuth2 token (FOLLOWUP_SMTP_TOKEN_COMMAND)."
            " Until you have one you send your letters yourself: followup export"
        )
        return False
    click.echo(f"{provider.name}: {provider.host}, port {provider.port}, {provider.security}.")
    if provider.app_password:
        click.echo(f"It wants an app password; make one at {provider.app_password}.")
    password = _password("Password (empty to skip the mail account)")
    if password:
        known = {"SMTP_HOST": provider.host, "SMTP_PORT": str(provider.port), "SMTP_SECURITY": provider.security}
        values.take({"SMTP_USERNAME": values.get("EMAIL"), **known, **options, "SMTP_PASSWORD": password})
    return bool(password)


def _password_from_input() -> str:
    """The password in the first line of the standard input; raises UsageError where there is none."""
    try:
        password = sys.stdin.buffer.readline().decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise UsageError(
            "The password on the standard input is not in UTF-8, so it stays as it was. Nothing was changed."
        ) from None
    if not as_meant(password):
        raise UsageError("Nothing came on the standard input, so the password stays as it was. Nothing was changed.")
    return password


def _password(text: str) -> str:
    """A password typed unseen; said where something of it was left out."""
    typed = str(click.prompt(text, default="", hide_input=True, show_default=False))
    if as_meant(typed) != typed:
        click.echo("What was pasted with it unseen, such as blanks at its ends, is left out.")
    return typed


def _try_mail(file: Path) -> str | None:
    """What is wrong with the mail account of these settings; None if nothing, or there is none."""
    try:
        account = assembly.account(assembly.settings(file))
        return mail_check.problem(account) if account is not None else None
    except WorkError as error:
        return str(error)


def _guesses(zone: str) -> dict[str, str]:
    """Time zone and country as far as this machine tells; the country rather by the zone that was answered."""
    own = _zone_here() or "UTC"
    country = re.match(r"[a-z]{2}_([A-Z]{2})", os.environ.get("LC_ALL") or os.environ.get("LANG") or "")
    return {"TIMEZONE": own, "COUNTRY": country[1] if country else _country_of(zone or own)}


def _zone_here() -> str:
    """The time zone of this machine, or nothing where it does not tell one that is known."""
    import tzlocal

    try:
        return ZoneInfo(tzlocal.get_localzone_name() or "").key
    except (LookupError, OSError, ValueError):
        return ""


def _country_of(zone: str) -> str:
    for table in (Path("/usr/share/zoneinfo/zone.tab"), Path("/usr/share/zoneinfo/zone1970.tab")):
        if table.is_file():
            rows = [line.split("\t") for line in table.read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
            return next((row[0][:2] for row in rows if row[2] == zone), "")
    return ""


def _first_look(settings: Settings) -> str | None:
    """Show what is made of the person's own sheet, and ask what it leaves to be asked; what stood in the way."""
    try:
        result = preview.of_file(settings.tracker, settings)
    except TrackerUnreadable as error:
        return str(error)
    if not result.reading.refused:
        click.echo()
        preview.print_preview(settings.tracker.name, result, settings.person)
    parts = assembly.join(settings)
    try:
        with Bar("Reading") as bar:
            report = scan(parts, parts.clock(), wait=10, progress=bar.update)
        if report.trouble:
            return report.trouble
        click.echo()
        for folder in neighbours.of(parts):
            click.echo(click.style(speech.also_followed(folder), fg="yellow"))
        if sys.stdin.isatty():
            asking.ask_all(parts)
        else:
            for line in offered_lines(report):
                click.echo(line)
    finally:
        parts.store.close()
    return None
