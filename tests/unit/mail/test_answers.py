"""What servers say of an account: every row of the table, and what must not be taken for one of them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.mail.answers import ANSWERS, OF_ONE_RECIPIENT, Answer, Concern, Exemption, concern_of
from followup.mail.providers import BY_DOMAIN
from followup.mail.result import Phase, asks_for_patience, explain, is_refusal, refused

SOURCED = [answer for answer in ANSWERS if answer.source]
UNSOURCED = [answer for answer in ANSWERS if not answer.source]


@pytest.mark.parametrize("answer", SOURCED, ids=lambda answer: answer.example)
def test_p3_each_known_answer_is_about_what_its_row_says_in_any_spelling(answer: Answer) -> None:
    assert answer.source.startswith("http")
    for spelling in (answer.example, answer.example.upper(), answer.example.lower(), f"{answer.example} [mx7] - x"):
        assert concern_of(spelling) is answer.concern, spelling


@pytest.mark.parametrize("answer", UNSOURCED, ids=lambda answer: answer.example)
def test_nothing_is_decided_upon_an_answer_without_a_source(answer: Answer) -> None:
    assert re.search(answer.pattern, answer.example, re.IGNORECASE)
    assert concern_of(answer.example) is None


def test_the_table_covers_the_servers_that_most_letters_go_through() -> None:
    named = " ".join(answer.server for answer in SOURCED)
    most = (
        "Gmail",
        "Outlook",
        "Exchange",
        "Yahoo",
        "GMX",
        "iCloud",
        "IONOS",
        "OVH",
        "Zoho",
        "Yandex",
        "Proton",
        "Posteo",
    )
    assert all(server in named for server in (*most, "Postfix", "Exim", "qmail", "Amazon SES"))


@pytest.mark.parametrize("exemption", OF_ONE_RECIPIENT, ids=lambda exemption: exemption.example)
def test_p3_what_is_about_one_recipient_holds_up_no_other_letter_whatever_words_it_has(exemption: Exemption) -> None:
    assert exemption.why
    assert re.search(exemption.pattern, exemption.example, re.IGNORECASE)
    assert concern_of(exemption.example) is None
    assert not is_refusal(450, exemption.example[4:])


@pytest.mark.parametrize(
    ("reply", "concern"),
    [
        ("554 5.1.8 <…>: Sender address rejected: Domain not found; 5 messages per day exceeded", Concern.SENDER),
        ("550 5.1.8 Access denied, bad outbound sender AS(42004)", Concern.BLOCKED),
        ("550 5.1.90 Recipient rate limit: you've reached your daily limit for message recipients", Concern.LIMIT),
        ("554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException", Concern.LIMIT),
        ("554 5.7.1 <…>: Recipient address rejected: You have exceeded your quota", Concern.LIMIT),
        ("550 5.7.1 Too many mails to many recipients", Concern.LIMIT),
        ("550 5.7.1 Recipient is not local: relaying denied", Concern.LOGIN),
    ],
)
def test_s5_what_is_about_the_account_stays_so_where_it_names_a_recipient_too(reply: str, concern: Concern) -> None:
    assert concern_of(reply) is concern


def test_s5_an_address_that_is_not_verified_is_told_with_both_reasons_for_it() -> None:
    # On trial, Amazon SES says of a recipient what it else says of a sender.
    reply = "554 Message rejected: Email address is not verified. The following identities failed the check: …"
    concern = concern_of(reply)
    told = explain(refused(Phase.DATA, reply, concern), "email-smtp.example.org")
    assert "Verify FOLLOWUP_EMAIL" in told
    assert "on trial" in told


@pytest.mark.parametrize(
    "reply",
    [
        "550 5.1.1 <ines@example.org>: Recipient address rejected: User unknown",
        "550 5.2.1 The email account that you tried to reach is disabled",
        "552 5.2.2 The recipient's mailbox is full and over its quota limit",
        "554 5.7.1 This message looks like spam",
        "550 5.7.133 SenderNotAuthenticatedForGroup",
        "550 5.7.1 The user has a policy that prohibited the mail that you sent",
        "552 5.3.4 Message size exceeds fixed limit",
        "450 4.2.1 The user you are trying to contact is receiving email too quickly",
        "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required",
        "550 5.7.1 RESOLVER.RST.AuthRequired; authentication required",
        "550 5.7.1 Recipient has exceeded daily limit",
        "550 5.2.1 mailbox temporarily disabled: too many messages",
        "550 5.1.1 unknown user; you have exceeded your limit of wrong addresses",
        "550 5.7.1 The recipient's mailbox has too many messages",
    ],
)
def test_what_is_said_of_one_letter_or_address_is_about_no_account(reply: str) -> None:
    assert concern_of(reply) is None


@given(st.text(st.characters(max_codepoint=127), max_size=60))
def test_a_yes_is_never_about_the_account(words: str) -> None:
    assert concern_of(f"250 2.0.0 Ok: {words}") is None


@pytest.mark.parametrize(
    "answer", [row for row in SOURCED if row.concern is Concern.LIMIT], ids=lambda row: row.example
)
def test_s14_a_limit_is_waited_for_by_the_whole_account_and_refuses_nothing(answer: Answer) -> None:
    code, _, words = answer.example.partition(" ")
    assert asks_for_patience(answer.example)
    assert not is_refusal(int(code), words)


@pytest.mark.parametrize("concern", sorted(set(Concern) - {Concern.LIMIT}))
def test_s5_whatever_is_refused_of_the_account_is_told_with_what_to_do(concern: Concern) -> None:
    told = explain(refused(Phase.RCPT, "550 no", concern), "mail.example.org")
    assert told.startswith("mail.example.org: ")
    assert "(550 no)." in told
    assert len(told.partition(")")[2]) > 20


def test_s5_no_app_password_is_promised_where_none_is_taken() -> None:
    told = explain(refused(Phase.LOGIN, "535 5.7.139 no", Concern.NO_PASSWORDS), "smtp-mail.outlook.com")
    assert "app password" not in told
    assert "FOLLOWUP_SMTP_TOKEN_COMMAND" in told
    for domain in ("outlook.com", "hotmail.com", "live.com", "msn.com"):
        assert BY_DOMAIN[domain].only_tokens
        assert not BY_DOMAIN[domain].app_password
