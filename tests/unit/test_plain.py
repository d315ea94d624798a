"""Text that every mail program shows as it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.model import plain
from followup.model.letter import Text

ANY = st.text(st.characters())


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Thank   you\u00a0all ", "Thank you all"),
        ("Hello\r\n Bcc: eve@example.com", "Hello Bcc: eve@example.com"),
        ("one\x00two\x0bthree\u2028four", "one two three four"),
        ("Engineer\u202e\u2066X\ufeff\u00ad", "EngineerX"),
        ("\ud800half", "half"),
        ("\ufffe\U0010ffff", ""),
        ("می\u200cخواهم 👩\u200d💻 e\u0301", "می\u200cخواهم 👩\u200d💻 e\u0301"),
        ("\ue000\U0001fae9", "\ue000\U0001fae9"),
    ],
)
def test_p21_a_subject_is_one_line_of_what_can_be_seen(typed: str, kept: str) -> None:
    assert plain.one_line(typed) == kept
    assert Text(subject=typed, text="").subject == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\n\n Dear you,\r\n\rbye \x85end\u2029PS \n \n", "Dear you,\n\nbye \nend\nPS\n"),
        ("a  b\tc\u00a0d\u3000e", "a  b\tc\u00a0d\u3000e\n"),
        ("page\x0ctwo\x00\u202e", "page\ntwo\n"),
        (" \u200b\n", ""),
    ],
)
def test_p21_a_text_keeps_its_lines_and_blanks_and_nothing_that_hides(typed: str, kept: str) -> None:
    assert plain.lines(typed) == kept
    assert Text(subject="", text=typed).text == kept


@given(ANY)
def test_what_is_plain_stays_as_it_is(text: str) -> None:
    assert plain.one_line(plain.one_line(text)) == plain.one_line(text)
    assert plain.lines(plain.lines(text)) == plain.lines(text)
    assert "\n" not in plain.one_line(text)
