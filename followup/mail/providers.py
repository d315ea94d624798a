"""How the common mail providers are reached, and where each makes the app password that programs need."""

from collections.abc import Mapping
from dataclasses import dataclass

from followup.model.person import Security


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider's submission server. `app_password` says where one is made; empty where the usual one serves.

    `only_tokens`: no password logs a program in, only an OAuth2 token.
    """

    name: str
    host: str
    port: int
    security: Security
    app_password: str = ""
    only_tokens: bool = False


def _provider(name: str, host: str, port: int, app_password: str = "") -> Provider:
    return Provider(name, host, port, Security.TLS if port == 465 else Security.STARTTLS, app_password)


_GMAIL = _provider("Gmail", "smtp.gmail.com", 587, "myaccount.google.com/apppasswords (needs 2-step verification)")
_OUTLOOK = Provider("Outlook", "smtp-mail.outlook.com", 587, Security.STARTTLS, only_tokens=True)
"""Since 16 September 2024 personal accounts log in by OAuth2 alone, as Microsoft announced in June of that year."""
_YAHOO = _provider("Yahoo", "smtp.mail.yahoo.com", 465, "login.yahoo.com/account/security (App password)")
_ICLOUD = _provider(
    "iCloud", "smtp.mail.me.com", 587, "account.apple.com (Sign-In and Security, App-Specific Passwords)"
)
_GMX_DE = _provider("GMX", "mail.gmx.net", 587, "gmx.net (allow POP3/IMAP in the settings first)")
_GMX = _provider("GMX", "mail.gmx.com", 587, "gmx.com (allow POP3/IMAP in the settings first)")
_WEB_DE = _provider("WEB.DE", "smtp.web.de", 587, "web.de (allow POP3/IMAP in the settings first)")
_FASTMAIL = _provider(
    "Fastmail", "smtp.fastmail.com", 465, "fastmail.com (Settings, Privacy & Security, App passwords)"
)
_ZOHO = _provider("Zoho", "smtp.zoho.com", 465, "accounts.zoho.com (Security, App passwords)")
_POSTEO = _provider("Posteo", "posteo.de", 465)
_MAILBOX = _provider("mailbox.org", "smtp.mailbox.org", 465)
_T_ONLINE = _provider("T-Online", "securesmtp.t-online.de", 465, "the e-mail password of the Kundencenter")
_ORANGE = _provider("Orange", "smtp.orange.fr", 465)
_FREE = _provider("Free", "smtp.free.fr", 465)
_LIBERO = _provider("Libero", "smtp.libero.it", 465)

BY_DOMAIN: Mapping[str, Provider] = {
    "gmail.com": _GMAIL,
    "googlemail.com": _GMAIL,
    "outlook.com": _OUTLOOK,
    "hotmail.com": _OUTLOOK,
    "live.com": _OUTLOOK,
    "msn.com": _OUTLOOK,
    "yahoo.com": _YAHOO,
    "ymail.com": _YAHOO,
    "icloud.com": _ICLOUD,
    "me.com": _ICLOUD,
    "mac.com": _ICLOUD,
    "gmx.de": _GMX_DE,
    "gmx.net": _GMX_DE,
    "gmx.at": _GMX_DE,
    "gmx.ch": _GMX_DE,
    "gmx.com": _GMX,
    "web.de": _WEB_DE,
    "fastmail.com": _FASTMAIL,
    "fastmail.fm": _FASTMAIL,
    "zoho.com": _ZOHO,
    "posteo.de": _POSTEO,
    "posteo.net": _POSTEO,
    "mailbox.org": _MAILBOX,
    "t-online.de": _T_ONLINE,
    "orange.fr": _ORANGE,
    "free.fr": _FREE,
    "libero.it": _LIBERO,
}


def provider_of(address: str) -> Provider | None:
    """The provider of this address, if it is a common one."""
    return BY_DOMAIN.get(address.rpartition("@")[2].casefold())
