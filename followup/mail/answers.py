"""What real mail servers say of an account, and what each answer is about.

A refusal of the account (who logs in, in whose name, from where, how many a day) meets every letter alike. Taken for a
refusal of the letter, it would fail all approved letters one after the other. RFC 5321 and RFC 3463 leave it to the
words, so this is a table of what servers are known to say. Nothing is decided upon a row without a public source.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Concern(StrEnum):
    """What about the account an answer is about."""

    LOGIN = "login"
    NO_PASSWORDS = "no_passwords"
    SECURITY = "security"
    SENDER = "sender"
    BLOCKED = "blocked"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True)
class Answer:
    """One kind of answer: `example` as the server gives it, `pattern` what is looked for in it and in its like.

    `concern` is None where the answer is about one letter or address, or may be; `source` is empty where no public one
    was found, and then the row is only written down.
    """

    server: str
    example: str
    pattern: str
    concern: Concern | None
    source: str


_GITHUB = "https://github.com/"
_GOOGLE = "https://knowledge.workspace.google.com/admin/support/troubleshooting/gmail-smtp-errors-and-codes"
_POSTFIX = "http://www.postfix.org/postconf.5.html"

ANSWERS: Sequence[Answer] = (
    # No password will ever do; its code alone would only say that this one was refused.
    Answer(
        "Outlook",
        "535 5.7.139 Authentication unsuccessful, basic authentication is disabled",
        r"^5.*(?:5\.7\.139|basic authentication is disabled|smtpclientauthentication is disabled)",
        Concern.NO_PASSWORDS,
        "https://docs.bookyourpto.com/features/smtp-troubleshoot",
    ),
    # The log-in, or that there was none.
    Answer("Gmail", "535 5.7.8 Username and Password not accepted", r"^535\b", Concern.LOGIN, _GOOGLE),
    Answer("Gmail", "534 5.7.9 Application-specific password required", r"^534\b", Concern.LOGIN, _GOOGLE),
    Answer(
        "Gmail relay", "550 5.7.1 Invalid credentials for relay", r"^5.*invalid credentials", Concern.LOGIN, _GOOGLE
    ),
    Answer(
        "Postfix",
        "553 5.7.1 <sam@example.org>: Sender address rejected: not logged in",
        r"^5.*sender address rejected: not logged in",
        Concern.LOGIN,
        f"{_GITHUB}hardware/mailserver/issues/329",
    ),
    Answer(
        "Postfix",
        "554 5.7.1 <ines@example.org>: Relay access denied",
        r"^5.*relay access denied",
        Concern.LOGIN,
        f"{_POSTFIX}#reject_unauth_destination",
    ),
    Answer(
        "Exim",
        "550 relay not permitted",
        r"^5.*relay not permitted",
        Concern.LOGIN,
        f"{_GITHUB}namshi/docker-smtp/issues/77",
    ),
    Answer(
        "Exim",
        "550 Authentication is required for relay",
        r"^5.*authentication (?:is )?required",
        Concern.LOGIN,
        f"{_GITHUB}4IceG/luci-app-sms-tool-js/issues/45",
    ),
    Answer(
        "Mailgun",
        "550 5.7.1 Relaying denied",
        r"^5.*relaying (?:is )?denied",
        Concern.LOGIN,
        f"{_GITHUB}mailgun/documentation/pull/471",
    ),
    # Not over this connection.
    Answer(
        "Gmail, Postfix",
        "530 5.7.0 Must issue a STARTTLS command first",
        r"^5.*must issue a starttls command first",
        Concern.SECURITY,
        f"{_GITHUB}mailpile/Mailpile/issues/2251",
    ),
    # Not in this name.
    Answer(
        "Outlook",
        "554 5.2.252 SendAsDenied; sam@example.org not allowed to send as other@example.org",
        r"^5.*sendasdenied",
        Concern.SENDER,
        f"{_GITHUB}gophish/gophish/issues/2900",
    ),
    Answer(
        "Outlook",
        "554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied",
        r"^5.*sendasdenied",
        Concern.SENDER,
        f"{_GITHUB}MicrosoftDocs/OfficeDocs-Support/issues/1187",
    ),
    Answer(
        "Exchange",
        "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
        r"^5.*not have permissions? to send as",
        Concern.SENDER,
        f"{_GITHUB}swiftmailer/swiftmailer/issues/1030",
    ),
    Answer(
        "Postfix",
        "553 5.7.1 <sam@example.org>: Sender address rejected: not owned by user other@example.org",
        r"^5.*sender address rejected",
        Concern.SENDER,
        f"{_GITHUB}mailcow/mailcow/issues/253",
    ),
    Answer(
        "Yandex",
        "553 5.7.1 Sender address rejected: not owned by auth user.",
        r"^5.*not owned by",
        Concern.SENDER,
        f"{_GITHUB}splitbrain/dokuwiki-plugin-smtp/issues/38",
    ),
    Answer(
        "GMX, WEB.DE",
        "550 Requested action not taken: mailbox unavailable Sender address is not allowed.",
        r"^5.*sender (?:address )?(?:is )?not allowed",
        Concern.SENDER,
        f"{_GITHUB}infertux/zeyple/issues/49",
    ),
    Answer(
        "iCloud",
        "550 5.7.0 From address is not one of your addresses.",
        r"^5.*from address is not one of your addresses",
        Concern.SENDER,
        f"{_GITHUB}TryGhost/Ghost/issues/17012",
    ),
    Answer(
        "SmarterMail",
        "550 You are not allowed to use the domain example.org as a sender domain.",
        r"^5.*not allowed to use the domain .* as a sender",
        Concern.SENDER,
        f"{_GITHUB}PHPMailer/PHPMailer/issues/304",
    ),
    # Not from here, or not from this account, until its provider says so.
    Answer(
        "Postfix",
        "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org",
        r"^5.*(?:client|host) \S+ (?:is )?blocked using",
        Concern.BLOCKED,
        f"{_GITHUB}root-io/vmail/issues/92",
    ),
    Answer(
        "Postfix",
        "554 5.7.1 <pc.example.org[192.0.2.7]>: Client host rejected: Access denied",
        r"^5.*client host rejected",
        Concern.BLOCKED,
        f"{_POSTFIX}#smtpd_client_restrictions",
    ),
    Answer(
        "Orange",
        "550 Adresse IP source bloquee pour incident de spam. Client host blocked for spamming issues.",
        r"^5.*client host blocked",
        Concern.BLOCKED,
        f"{_GITHUB}ActiveCampaign/smtp-field-manual/pull/60",
    ),
    Answer(
        "Yahoo",
        "553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.1, because the ip is in Spamhaus's list",
        r"^5.*connections (?:will )?not (?:be )?accepted from",
        Concern.BLOCKED,
        f"{_GITHUB}ActiveCampaign/smtp-field-manual/pull/64",
    ),
    Answer(
        "Yahoo",
        "553 5.7.2 [TSS06] All messages from 192.0.2.1 will be permanently deferred; Retrying will NOT succeed.",
        r"^5.*all messages from \S+ will be permanently deferred",
        Concern.BLOCKED,
        f"{_GITHUB}hardware/mailserver/issues/202",
    ),
    Answer(
        "GMX",
        "554 No SMTP service IP address is block listed.",
        r"^5.*ip address is block ?listed",
        Concern.BLOCKED,
        "https://postmaster.gmx.com/en/error-messages",
    ),
    Answer(
        "Outlook",
        "550 5.7.1 Unfortunately, messages from [192.0.2.7] weren't sent. Part of their network is on our block list",
        r"^5.*on our block ?list",
        Concern.BLOCKED,
        f"{_GITHUB}root-io/vmail/issues/91",
    ),
    Answer(
        "Outlook",
        "554 5.2.0 STOREDRV.Submission.Exception:OutboundSpamException; WASCL UserAction verdict is not None.",
        r"^5.*outboundspamexception",
        Concern.BLOCKED,
        f"{_GITHUB}Youans/nodejs-nodemailer-outlook/issues/11",
    ),
    Answer(
        "Exchange",
        "550 5.1.8 Access denied, bad outbound sender",
        r"^5.*bad outbound sender",
        Concern.BLOCKED,
        f"{_GITHUB}MicrosoftDocs/OfficeDocs-o365seccomp/issues/643",
    ),
    Answer(
        "Exchange",
        "550 5.7.501 Access denied, spam abuse detected.",
        r"^5.*spam abuse detected",
        Concern.BLOCKED,
        f"{_GITHUB}dougperkes/Visual-Graph-Explorer/issues/1",
    ),
    # Enough for now: over by itself, though some say it as a no for good.
    Answer(
        "Gmail",
        "550 5.4.5 Daily user sending quota exceeded.",
        r"^5\d\d 5\.4\.5\b",
        Concern.LIMIT,
        f"{_GITHUB}gen-smtp/gen_smtp/issues/140",
    ),
    Answer(
        "Gmail relay",
        "550 5.7.1 Daily SMTP relay limit exceeded for customer.",
        r"^5.*\b(?:daily|hourly|sending|relay)\b.{0,40}\b(?:limit|quota)\b.{0,20}\bexceeded",
        Concern.LIMIT,
        _GOOGLE,
    ),
    Answer(
        "Exchange",
        "550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients",
        r"^5(?:\d\d 5\.1\.90\b|.*reached your daily limit)",
        Concern.LIMIT,
        "https://learn.microsoft.com/exchange/mail-flow-best-practices/non-delivery-reports-in-exchange-online",
    ),
    Answer(
        "Outlook",
        "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException",
        r"^5.*submissionquotaexceeded",
        Concern.LIMIT,
        f"{_GITHUB}MicrosoftDocs/OfficeDocs-Support/issues/1150",
    ),
    Answer(
        "Exchange",
        "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded",
        r"^432 4\.3\.2\b.*sender",
        Concern.LIMIT,
        f"{_GITHUB}timeoff-management/timeoff-management-application/issues/308",
    ),
    Answer(
        "Postfix policy",
        "550 5.7.1 <DATA>: Data command rejected: only 10 messages per day",
        r"^5.*\bonly \d+ (?:messages|mails|e-?mails|recipients) per (?:minute|hour|day)",
        Concern.LIMIT,
        f"{_GITHUB}root-io/vmail/issues/67",
    ),
    Answer(
        "Postfix policy",
        "450 4.7.1 <END-OF-MESSAGE>: End-of-data rejected: Number messages per hour exceeded.",
        r"^[45].*\b(?:messages|mails|e-?mails|recipients) per (?:minute|hour|day) exceeded",
        Concern.LIMIT,
        f"{_GITHUB}rubymonsters/speakerinnen_liste/issues/1357",
    ),
    Answer(
        "Mailu",
        "554 5.7.1 SASL login name rejected: You are sending too many emails too fast.",
        r"^[45].*too many (?:messages|mails|e-?mails)\b",
        Concern.LIMIT,
        f"{_GITHUB}Mailu/Mailu/issues/2416",
    ),
    Answer(
        "Outmail",
        "554 5.7.1 <ines@example.org>: Recipient address rejected: You have exceeded your Outmail quota.",
        r"^5.*\byou(?:'ve| have) exceeded your\b.*\b(?:quota|limit)",
        Concern.LIMIT,
        "https://support.prolateral.com/index.php?/Knowledgebase/Article/View/187/35/what-does-smtp-554-571-mean",
    ),
    Answer(
        "Coremail",
        "550 send spam mail rejected: exceeded hour limit",
        r"^5.*\bexceeded (?:the )?(?:minute|hour|hourly|day|daily) limit",
        Concern.LIMIT,
        f"{_GITHUB}gophish/gophish/issues/3231",
    ),
    # About one letter or one address, or may be: the letter fails, and the next is tried.
    Answer(
        "Yahoo",
        "550 Request failed; Mailbox unavailable",
        r"request failed; mailbox unavailable",
        None,
        f"{_GITHUB}mattermost/mattermost/issues/13652",
    ),
    Answer(
        "GMX",
        "550 Requested action not taken: mailbox unavailable Failure sending mail. Try again later",
        r"failure sending mail",
        None,
        f"{_GITHUB}jstedfast/MailKit/issues/968",
    ),
    Answer(
        "iCloud",
        "550 5.7.1 Message rejected due to local policy.",
        r"message rejected due to local policy",
        None,
        f"{_GITHUB}MailCore/mailcore2/issues/1738",
    ),
    Answer(
        "Posteo",
        "550 5.7.1 message content rejected",
        r"message content rejected",
        None,
        f"{_GITHUB}mandarons/icloud-docker/issues/163",
    ),
    # Seen in no public source: written down, and nothing is decided upon it.
    Answer("GMX", "450 Mail send limit exceeded", r"mail send limit exceeded", Concern.LIMIT, ""),
    Answer("iCloud", "550 5.7.1 Daily message limit reached", r"daily message limit reached", Concern.LIMIT, ""),
    Answer("Exim", "550 Sender verify failed", r"sender verify failed", Concern.SENDER, ""),
)
"""The first row that fits counts."""

_DECIDING = tuple(
    (re.compile(answer.pattern, re.IGNORECASE), answer.concern)
    for answer in ANSWERS
    if answer.source and answer.concern is not None
)


def concern_of(reply: str) -> Concern | None:
    """What about the account a server's answer (code and words on one line) is about, or None if about none of it."""
    return next((concern for pattern, concern in _DECIDING if pattern.search(reply)), None)
