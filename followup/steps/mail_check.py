"""What is wrong with the mail account, and what to try instead: one sentence for `init`, `doctor` and the page."""

from followup.mail.diagnosis import Diagnosis, Fault, Way, diagnose
from followup.mail.providers import provider_of
from followup.mail.result import what_is_refused
from followup.model.person import Account, Security

_WHAT = {
    Fault.HOST: "there is no server of this name ({words}). Is this machine on line, and FOLLOWUP_SMTP_HOST right?",
    Fault.PORT: "nothing answers on port {port} ({words}).",
    Fault.SILENCE: "port {port} stays silent ({words}); a firewall, or the wrong port.",
    Fault.NO_MAIL_SERVER: "what answers on port {port} is no mail server ({words}).",
    Fault.SECURITY: "port {port} does not speak {security} ({words}).",
    Fault.CERTIFICATE: "its certificate cannot be trusted ({words}), so no password was sent. Is FOLLOWUP_SMTP_HOST the"
    " name that your provider gives?",
    Fault.NO_LOGIN: "it takes no log-in on port {port} ({words}).",
    Fault.LOGIN: "the log-in as {username} was refused ({words}).",
    Fault.LOGIN_SILENCE: "the log-in as {username} got no answer ({words}). Try again later.",
    Fault.SERVER: "it does not take mail just now ({words}). Try again later.",
}


def problem(account: Account) -> str | None:
    """What keeps mail from being sent by this account, in sentences; None if it logs in. Takes ten seconds at most."""
    found = diagnose(account)
    return None if found is None else sentence(found, account)


def sentence(found: Diagnosis, account: Account) -> str:
    """A diagnosis in words."""
    if found.concern is not None:
        return f"{account.host}: {what_is_refused(found.concern, found.words)}"
    what = _WHAT[found.fault].format(
        words=found.words.rstrip("."), port=account.port, security=account.security, username=account.username
    )
    return " ".join([f"{account.host}: {what}", *_advice(found, account)])


def _advice(found: Diagnosis, account: Account) -> list[str]:
    if found.fault is Fault.LOGIN:
        return _advice_on_login(found, account)
    if found.fault in (Fault.CERTIFICATE, Fault.SERVER):
        return []
    if found.instead:
        return [f"A mail server answers with {' or '.join(map(_setting, found.instead))}."]
    if found.fault in (Fault.PORT, Fault.SILENCE, Fault.NO_MAIL_SERVER, Fault.NO_LOGIN):
        return ["Mail is mostly taken on port 587 with starttls, or on port 465 with tls; your provider says which."]
    return []


def _advice_on_login(found: Diagnosis, account: Account) -> list[str]:
    provider = provider_of(account.username or "")
    if account.token is not None:
        return ["Does FOLLOWUP_SMTP_TOKEN_COMMAND print a token that is still good?"]
    if provider is not None and provider.only_tokens:
        return [f"{provider.name} takes no password from programs, only an OAuth2 token (FOLLOWUP_SMTP_TOKEN_COMMAND)."]
    advice = [] if found.overlooked is None else [f"Look at the password: {found.overlooked}."]
    where = f": {provider.app_password}" if provider is not None and provider.app_password else ""
    return [*advice, f"Most providers want an app password instead of your own{where}."]


def _setting(way: Way) -> str:
    port, security = way
    return f"FOLLOWUP_SMTP_PORT={port} and FOLLOWUP_SMTP_SECURITY={Security(security)}"
