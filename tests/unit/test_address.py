"""Addresses: as mail carries them, and which are the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.model.address import identity, in_ascii, is_carried, is_no_reply, readable


@pytest.mark.parametrize(
    ("written", "carried"),
    [
        ("Ines.Roe@Acme.example.org", "Ines.Roe@Acme.example.org"),
        ("ines@bücher.example.org", "ines@xn--bcher-kva.example.org"),
        ("ines@straße.example.org", "ines@xn--strae-oqa.example.org"),
        ("ines@Büro.example.org", "ines@xn--bro-hoa.example.org"),
    ],
)
def test_p1_an_address_is_carried_by_its_own_domain_and_no_other(written: str, carried: str) -> None:
    assert in_ascii(written) == carried


@pytest.mark.parametrize(
    "address", ["jörg@example.org", "ines@☃.example.org", "ines@" + "ü" * 70 + ".example.org", "x@", "x@a..b"]
)
def test_s12_an_address_that_no_server_takes_is_known_as_one(address: str) -> None:
    assert not is_carried(address)
    assert identity(address) == address


def test_all_spellings_of_an_address_are_one() -> None:
    spellings = ("ines@büro.example.org", "INES@BÜRO.example.org", "Ines@xn--bro-hoa.example.org")
    assert {identity(one) for one in spellings} == {"ines@xn--bro-hoa.example.org"}
    assert {readable(one) for one in spellings} == {"ines@büro.example.org"}
    assert readable("x@xn--zz.example.org") == "x@xn--zz.example.org"


NOBODY_READS = [
    "no-reply", "noreply", "no_reply", "no.reply", "NoReply", "noreply2", "hrnoreply", "noreply+jobs",
    "jobs-noreply", "do-not-reply", "donotreply", "do_not.reply", "do-not-respond", "no-response", "dont-reply",
    "unmonitored", "nicht-antworten", "bitte-nicht-antworten", "keine-antwort", "no-responder", "no_responda",
    "noresponder", "ne-pas-repondre", "nepasrepondre", "non-rispondere", "niet-beantwoorden", "geen-antwoord",
    "nao-responda", "naoresponda", "svara-inte", "ej-svar", "nie-odpowiadaj", "yanitlamayin", "ne-otvechat",
    "wu-xu-hui-fu", "henshin-fuka", "mailer-daemon", "MAILER-DAEMON", "postmaster", "bounce", "bounces+123",
    "bounces-1-abc=x.org", "linkedin-notifications", "notification", "auto-reply", "autoconfirm",
    "geen-reactie", "brak-odpowiedzi", "odpowiedz-nie", "svar-inte", "besvara-inte", "antworten-nicht-moeglich",
    "keinantwort", "no-respuesta", "non-rispondi", "nao-responde", "semretorno", "yanitlama", "net-otveta", "buhuifu",
    "qing-wu-hui-fu", "henshin-kinshi", "noreturn", "no-return", "reply-not", "nobody", "null", "daemon", "root",
    "Nobody+17", "www-data",
]  # fmt: skip
SOMEBODY_READS = [
    "jobs", "hr", "careers", "reply", "reply+abc123", "nora.reply", "juno.reply", "noemi.reply", "noreen",
    "noreen.smith", "nonna.ries", "norbert", "anton.orepl", "bounced.check", "notary", "carlos.auto", "auto",
    "karin.not", "no", "nein.antwort", "responda", "ines.roe", "answers", "jo.root", "root.jo", "rooter", "nullmeyer",
    "daemon.hill", "svar", "respuesta", "odpowiedz", "reactie", "return", "noret", "buhui",
]  # fmt: skip


@pytest.mark.parametrize("local", NOBODY_READS)
def test_i12_what_nobody_reads_is_known_by_the_words_before_the_at(local: str) -> None:
    assert is_no_reply(f"{local}@acme.example.org")


@pytest.mark.parametrize("local", SOMEBODY_READS)
def test_i12_an_address_that_only_resembles_such_words_is_read_by_somebody(local: str) -> None:
    assert not is_no_reply(f"{local}@acme.example.org")


@pytest.mark.parametrize(
    ("domain", "nobody"),
    [
        ("no-reply.acme.example.org", True),
        ("mail.noreply.example.org", True),
        ("bounces.acme.example.org", True),
        ("noreply.example", True),
        ("bounce.co.uk", False),
        ("bounce.example", False),
        ("reply.example.org", False),
        ("norreply.example.org", False),
    ],
)
def test_i12_a_domain_may_say_that_nobody_reads(domain: str, nobody: bool) -> None:
    assert is_no_reply(f"careers@{domain}") is nobody


@given(
    st.sampled_from(
        [("no", "reply"), ("do", "not", "reply"), ("nao", "responda"), ("nie", "odpowiadaj"), ("geen", "antwoord")]
    ),
    st.sampled_from(["", ".", "-", "_"]),
    st.sampled_from(["", "jobs-", "hr."]),
    st.sampled_from(["", "-acme", "+17", "3"]),
    st.booleans(),
)
def test_i12_however_its_words_are_joined_what_nobody_reads_is_known(
    words: tuple[str, ...], joint: str, before: str, behind: str, in_capitals: bool
) -> None:
    address = f"{before}{joint.join(words)}{behind}@acme.example.org"
    assert is_no_reply(address.upper() if in_capitals else address)
