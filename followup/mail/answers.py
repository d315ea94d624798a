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
    UNVERIFIED = "unverified"
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


@dataclass(frozen=True, slots=True)
class Exemption:
    """What shows that an answer is about one recipient, whatever its other words are; `why`, and an `example`."""

    why: str
    pattern: str
    example: str


OF_ONE_RECIPIENT: Sequence[Exemption] = (
    Exemption(
        "RFC 3463, 3.2: x.1.1 to x.1.6 are the address that the mail is for; x.1.7 and x.1.8 are the sender's",
        r"^[45]\d\d [45]\.1\.[1-6]\b",
        "550 5.1.1 User unknown; you have exceeded your limit of wrong addresses",
    ),
    Exemption(
        "RFC 7505, 4.2: x.1.10 is a domain that takes no mail",
        r"^[45]\d\d [45]\.1\.10\b",
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; relaying denied",
    ),
    Exemption(
        "RFC 3463, 3.3: x.2.1 to x.2.4 are the mailbox that the mail is for; Outlook says x.2.0 and x.2.252 of its own",
        r"^[45]\d\d [45]\.2\.[1-4]\b",
        "550 5.2.1 mailbox temporarily disabled: too many messages",
    ),
    Exemption(
        "Exchange's resolver looks up who gets the mail, and what that mailbox or list asks of whoever writes to it",
        r"\bresolver\.[a-z]",
        "550 5.7.1 RESOLVER.RST.AuthRequired; authentication required",
    ),
    Exemption(
        "Exchange: who may write to this group or mailbox, and whom its domain blocks",
        r"^5\d\d 5\.7\.(?:124|129|13[3-6]|513)\b",
        "550 5.7.133 SenderNotAuthenticatedForGroup; authentication required",
    ),
    Exemption(
        "the recipient is what the sentence is about; many recipients are a limit of the account",
        r"\brecipient(?:'s)?(?: mailbox| inbox| account| domain| quota)? (?:has|had|is|was) (?:been |already )?"
        r"(?:exceeded|reached|over|full|receiving|getting|limited|disabled|suspended|temporarily|not accepting)\b"
        r"|\brecipient's (?:mailbox|inbox|account|quota|limit)\b",
        "550 5.7.1 Recipient has exceeded daily limit",
    ),
    Exemption(
        "the count is of mails to one place",
        r"\bto (?:this|that|the same|one) (?:recipient|address|mailbox|user|domain)\b",
        "554 5.7.1 Too many messages to this recipient, try tomorrow",
    ),
    Exemption(
        "Gmail names the reader as the one whom the sender tries to reach",
        r"\b(?:user|account) (?:that )?you (?:are trying|tried) to (?:contact|reach)\b",
        "450 4.7.1 The user you are trying to contact is receiving too many messages",
    ),
    Exemption(
        "Postfix, reject_rhsbl_recipient: it is the recipient that stands on a list",
        r"\brecipient address \S+ blocked using\b",
        "554 5.7.1 Service unavailable; Recipient address [ines@example.org] blocked using dbl.spamhaus.org",
    ),
)
"""Looked for before the table: what is said of one recipient must not hold up the letters to all others."""

_GITHUB = "https://github.com/"
_MICROSOFT = "https://learn.microsoft.com/exchange/mail-flow-best-practices/non-delivery-reports-in-exchange-online"
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
    Answer(
        "Exim",
        "550 [192.0.2.7]:42630 is not permitted to relay through this server without authentication.",
        r"^5.*not permitted to relay",
        Concern.LOGIN,
        "https://pastebin.com/e25g8b3J",
    ),
    Answer(
        "qmail",
        "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
        r"^5.*my list of allowed rcpthosts",
        Concern.LOGIN,
        "http://www.lansford.us/smtp_authorization.htm",
    ),
    Answer(
        "mail.ru",
        "503 Administrative prohibition -- authorization required. Users in your domain are not allowed",
        r"^5.*\bauthori[sz]ation required",
        Concern.LOGIN,
        "https://pastebin.com/xDPN2fTF",
    ),
    Answer(
        "SmarterMail",
        "551 This mail server requires authentication before sending mail from a locally hosted domain.",
        r"^5.*requires authentication before sending",
        Concern.LOGIN,
        "https://pastebin.com/GggXzSrH",
    ),
    Answer(
        "Exchange",
        "550 5.7.57 Client not authenticated to send mail.",
        r"^5.*client (?:was |is )?not authenticated to send",
        Concern.LOGIN,
        "https://pastebin.com/SuB30vi5",
    ),
    Answer(
        "Proton Bridge",
        "554 5.0.0 Error: The account is not available in Bridge. Verify the outgoing server settings",
        r"^5.*account is not available in bridge",
        Concern.LOGIN,
        f"{_GITHUB}frappe/frappe/issues/41429",
    ),
    # Not over this connection.
    Answer(
        "Gmail, Postfix",
        "530 5.7.0 Must issue a STARTTLS command first",
        r"^5.*must issue a starttls command first",
        Concern.SECURITY,
        f"{_GITHUB}mailpile/Mailpile/issues/2251",
    ),
    Answer(
        "Yandex",
        "530 5.7.7 Email sending without SSL/TLS encryption is not allowed.",
        r"^5.*sending without ssl/tls encryption",
        Concern.SECURITY,
        f"{_GITHUB}PHPMailer/PHPMailer/issues/283",
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
    Answer(
        "Zoho",
        "553 Relaying disallowed as sam@example.org",
        r"^5.*relaying (?:is )?disallowed",
        Concern.SENDER,
        f"{_GITHUB}frappe/erpnext/issues/19057",
    ),
    Answer(
        "QQ",
        "501 Mail from address must be same as authorization user.",
        r"^5.*must be (?:the )?same as (?:the )?authorization user",
        Concern.SENDER,
        f"{_GITHUB}gogs/gogs/issues/6561",
    ),
    Answer(
        "NetEase",
        "553 Mail from must equal authorized user",
        r"^5.*must equal authori[sz]ed user",
        Concern.SENDER,
        f"{_GITHUB}xuxueli/xxl-job/issues/3858",
    ),
    Answer(
        "SendGrid",
        "550 The from address does not match a verified Sender Identity.",
        r"^5.*does not match a verified sender identity",
        Concern.SENDER,
        f"{_GITHUB}sahat/hackathon-starter/issues/1083",
    ),
    Answer(
        "hydroxide (Proton)",
        "554 5.0.0 Error: transaction failed: unknown sender address",
        r"^5.*transaction failed: unknown sender address",
        Concern.SENDER,
        f"{_GITHUB}emersion/hydroxide/issues/173",
    ),
    Answer(
        "Exim, cPanel",
        "550 Your IP: 192.0.2.7 : Your domain example.org is not allowed in header From",
        r"^5.*your domain \S+ is not allowed in header from",
        Concern.SENDER,
        f"{_GITHUB}mybb/mybb/issues/2571",
    ),
    # An address that its provider does not know for the person's: the sender's, or on trial any recipient's.
    Answer(
        "Amazon SES",
        "554 Message rejected: Email address is not verified. The following identities failed the check",
        r"^5.*email address is not verified",
        Concern.UNVERIFIED,
        f"{_GITHUB}GoogleCloudPlatform/cloud-build-notifiers/issues/87",
    ),
    Answer(
        "Mailgun",
        "554 Free accounts are for test purposes only. Please upgrade or add the address to authorized recipients",
        r"^5.*free accounts are for test purposes only",
        Concern.UNVERIFIED,
        f"{_GITHUB}cachethq/cachet/issues/2498",
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
    Answer(
        "Postfix",
        "554 5.7.1 Service unavailable; Sender address [sam@example.org] blocked using dbl.spamhaus.org",
        r"^5.*(?:sender address|helo command) \S+ (?:is )?blocked using",
        Concern.BLOCKED,
        f"{_POSTFIX}#default_rbl_reply",
    ),
    Answer(
        "Zoho",
        "550 5.4.6 Unusual sending activity detected. To unblock: https://mail.zoho.com/UnblockMe",
        r"^5.*unusual sending activity",
        Concern.BLOCKED,
        f"{_GITHUB}cachethq/cachet/issues/3052",
    ),
    Answer(
        "Zoho",
        "550 5.4.6 Mail rate exceeded limit. To unblock: https://mail.zoho.com/UnblockMe",
        r"^5\d\d 5\.4\.6 mail rate exceeded",
        Concern.BLOCKED,
        f"{_GITHUB}cachethq/cachet/issues/2446",
    ),
    Answer(
        "Exchange",
        "550 5.7.705 Access denied, tenant has exceeded threshold",
        r"^5(?:\d\d 5\.7\.705\b|.*tenant has exceeded threshold)",
        Concern.BLOCKED,
        f"{_GITHUB}MicrosoftDocs/microsoft-365-docs/pull/986",
    ),
    Answer(
        "Exchange",
        "550 5.7.708 Access denied, traffic not accepted from this IP",
        r"^5(?:\d\d 5\.7\.708\b|.*traffic not accepted from this ip)",
        Concern.BLOCKED,
        f"{_GITHUB}MicrosoftDocs/OfficeDocs-Exchange/issues/1745",
    ),
    Answer(
        "Exchange",
        "550 5.7.750 Service unavailable. Client blocked from sending from unregistered domains",
        r"^5(?:\d\d 5\.7\.750\b|.*client blocked from sending)",
        Concern.BLOCKED,
        f"{_MICROSOFT}/fix-error-code-5-7-700-through-5-7-750",
    ),
    Answer(
        "Exchange",
        "550 5.7.606 Access denied, banned sending IP [192.0.2.7]",
        r"^5.*access denied, banned sending",
        Concern.BLOCKED,
        f"{_GITHUB}MicrosoftDocs/OfficeDocs-Exchange/pull/1230",
    ),
    Answer(
        "Gmail",
        "550 5.7.1 [192.0.2.7] The IP you're using to send mail is not authorized to send email directly",
        r"^5.*the ip you're using to send mail is not authorized",
        Concern.BLOCKED,
        f"{_GITHUB}iredmail/iRedMail/issues/264",
    ),
    Answer(
        "MagicMail",
        "550 5.7.1 [CSR] Our system has detected an unusual amount of unsolicited email originating from your address",
        r"^5.*unusual (?:amount|rate) of unsolicited e?-?mail originating from your",
        Concern.BLOCKED,
        "https://www.thiswebhost.com/clients/knowledgebase/554/I-am-receiving-an-error-sending-e-mail.html",
    ),
    Answer(
        "SMTP2GO",
        "552 Your account has been suspended. Please contact us to reactivate",
        r"^5.*your account has been suspended",
        Concern.BLOCKED,
        f"{_GITHUB}gophish/gophish/issues/720",
    ),
    Answer(
        "Exim, cPanel",
        "550 Outgoing mail from 'example.org' has been suspended.",
        r"^5.*outgoing mail from \S+ has been suspended",
        Concern.BLOCKED,
        f"{_GITHUB}roundcube/roundcubemail/issues/8737",
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
        _MICROSOFT,
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
    Answer(
        "Exim, cPanel",
        "550 Domain example.org has exceeded the max emails per hour (50/50 (100%)) allowed. Message discarded.",
        r"^[45].*\bexceeded the max (?:emails|defers and failures) per (?:hour|day)",
        Concern.LIMIT,
        f"{_GITHUB}freeCodeCamp/guide/pull/1611",
    ),
    Answer(
        "Exim, cPanel",
        "550 Domain example.org has exceeded the max defers and failures per hour (5/5 (100%)) allowed.",
        r"^[45].*\bexceeded the max (?:emails|defers and failures) per (?:hour|day)",
        Concern.LIMIT,
        "https://www.thiswebhost.com/clients/knowledgebase/554/I-am-receiving-an-error-sending-e-mail.html",
    ),
    Answer(
        "OVH",
        "550 sorry, too many emails (#5.7.1)",
        r"^[45].*too many (?:messages|mails|e-?mails)\b",
        Concern.LIMIT,
        f"{_GITHUB}aschroder/Magento-SMTP-Pro-Email-Extension/issues/94",
    ),
    Answer(
        "GoDaddy",
        "550 User sam@example.org has exceeded its 24-hour sending limit. Messages to 25 recipients out of 25 allowed",
        r"^[45].*\bexceeded its 24-hour sending limit",
        Concern.LIMIT,
        f"{_GITHUB}nodemailer/nodemailer/issues/1137",
    ),
    Answer(
        "GoDaddy",
        "552 Message would take you over your relay quota of 500. Current quota used: 487",
        r"^[45].*\bover your relay quota",
        Concern.LIMIT,
        f"{_GITHUB}WWBN/AVideo/issues/7527",
    ),
    Answer(
        "Postfix policy",
        "554 5.7.1 <DATA>: Data command rejected: limit of 400 rcpts per 24 hours for client reached",
        r"^[45].*\blimit of \d+ (?:rcpts|recipients|messages|mails|e-?mails) per\b",
        Concern.LIMIT,
        f"{_GITHUB}deltachat/deltachat-core/issues/647",
    ),
    Answer(
        "IONOS",
        "451 Requested action aborted Mails per session limit",
        r"^[45].*\bmails per session limit",
        Concern.LIMIT,
        f"{_GITHUB}terminal42/contao-notification_center/issues/226",
    ),
    Answer(
        "Amazon SES",
        "454 Throttling failure: Daily message quota exceeded.",
        r"^[45].*\bthrottling failure",
        Concern.LIMIT,
        f"{_GITHUB}EFForg/action-center-platform/issues/874",
    ),
    Answer(
        "MailerSend",
        "450 Your account reached its email quota limit. Contact support to increase it.",
        r"^[45].*\byour account (?:has )?reached its e?-?mail quota limit",
        Concern.LIMIT,
        f"{_GITHUB}geeksforsocialchange/PlaceCal/issues/2297",
    ),
    Answer(
        "ResellersPanel",
        "550 Stop, you are sending too fast!",
        r"^[45].*\byou are sending too fast",
        Concern.LIMIT,
        "https://resellerspanel.com/articles/cloud-web-hosting-articles/email/limits-and-restrictions-for-outgoing-emails",
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
    Answer(
        "Exchange",
        "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required",
        r"sendernotauthenticatedforgroup",
        None,
        "https://markgossa.com/2015/11/your-message-wasnt-delivered-because-the-recipients-e-mail-provider-rejected-it.html",
    ),
    Answer(
        "Exchange",
        "550 5.7.1 RESOLVER.RST.AuthRequired; authentication required",
        r"resolver\.rst\.authrequired",
        None,
        "https://blackforce.co.uk/2014/01/07/exchange-2013-delivery-to-this-address-is-restricted",
    ),
    Answer(
        "GMX",
        "554 Transaction failed Reject due to policy restrictions.",
        r"reject due to policy restrictions",
        None,
        f"{_GITHUB}authelia/authelia/issues/2571",
    ),
    Answer(
        "Yahoo",
        "554 Message not allowed - [299]",
        r"message not allowed - ",
        None,
        f"{_GITHUB}dart-mailer/mailer/issues/235",
    ),
    Answer(
        "Yandex",
        "554 5.7.1 [2] Message rejected under suspicion of SPAM",
        r"rejected under suspicion of spam",
        None,
        f"{_GITHUB}chatmail/provider-db/issues/205",
    ),
    # Seen in no public source: written down, and nothing is decided upon it.
    Answer(
        "",
        "550 5.7.0 Your account has exceeded the daily message sending quota",
        r"exceeded the daily message sending quota",
        Concern.LIMIT,
        "",
    ),
    Answer(
        "",
        "554 5.7.0 You exceeded the number of emails allowed per day",
        r"exceeded the number of e?-?mails allowed",
        Concern.LIMIT,
        "",
    ),
    Answer(
        "",
        "550 You have reached the maximum number of messages per hour",
        r"reached the maximum number of messages",
        Concern.LIMIT,
        "",
    ),
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


_EXEMPT = re.compile("|".join(f"(?:{exemption.pattern})" for exemption in OF_ONE_RECIPIENT), re.IGNORECASE)


def concern_of(reply: str) -> Concern | None:
    """What about the account a server's answer (code and words on one line) is about, or None if about none of it."""
    if _EXEMPT.search(reply):
        return None
    return next((concern for pattern, concern in _DECIDING if pattern.search(reply)), None)
