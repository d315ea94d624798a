"""Addresses: as mail carries them, and which are the same."""

import pytest

from followup.model.address import identity, in_ascii, is_carried, readable


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
