"""A company's name as it is typed: by whole words, with accents and umlauts or without."""

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from followup.model.company import contains, has_words, is_called

WORDS = st.text(st.characters(categories=("L", "Nd")), min_size=1, max_size=9)
NAMES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)


@pytest.mark.parametrize(
    ("company", "typed"),
    [
        ("Bäcker", "baecker"), ("Bäcker", "backer"), ("Baecker", "BÄCKER"), ("Backer", "bäcker"), ("Größe", "groesse"),
        ("Société Générale", "societe generale"), ("Łódź Works", "lodz works"), ("Ørsted", "oersted"),
        ("Ørsted", "orsted"), ("Åhléns", "ahlens"), ("Acme  Tools", " acme tools "), ("Cafe\u0301", "café"),
    ],
)  # fmt: skip
def test_a_name_is_called_the_same_with_accents_and_without(company: str, typed: str) -> None:
    assert is_called(company, typed)
    assert has_words(company, typed)


@pytest.mark.parametrize(
    ("company", "typed"),
    [
        ("Restoration Works", "ora"), ("Restoration Works", "work"), ("Blue Labs", "blu"), ("C++ Ltd", "C"),
        ("Rolls-Royce", "royce"), ("Booking.com", "com"), ("AT&T", "t"), ("कि", "क"), ("Acme Tools", ""),
        ("Acme Tools", "tools acme"), ("Acme Big Tools", "acme tools"), ("& Sons", "&"),
    ],
)  # fmt: skip
def test_a_part_of_a_word_names_no_company(company: str, typed: str) -> None:
    assert not has_words(company, typed)
    assert not is_called(company, typed)


@pytest.mark.parametrize(
    ("company", "typed"),
    [
        ("Rolls-Royce plc", "rolls royce"),
        ("McDonald’s", "mcdonalds"),
        ("The Acme Tools Ltd.", "acme tools"),
        ("C++", "c++"),
    ],
)
def test_whole_words_name_a_company(company: str, typed: str) -> None:
    assert has_words(company, typed)


@given(NAMES, st.data())
@example("Restoration Works", None)
def test_only_whole_words_name_a_company_whatever_it_is_called(name: str, data: st.DataObject | None) -> None:
    words = name.split()
    assert is_called(name, name)
    assert all(has_words(name, word) for word in words)
    word = max(words, key=len)
    first, last = data.draw(st.tuples(st.integers(0, len(word)), st.integers(0, len(word)))) if data else (4, 7)
    part = word[first:last]
    assume(part and not any(is_called(run, part) for run in _runs(words)))
    assert not has_words(name, part)
    assert contains(name, part)


def _runs(words: list[str]) -> list[str]:
    return ["".join(words[first:last]) for first in range(len(words)) for last in range(first + 1, len(words) + 1)]
