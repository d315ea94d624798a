"""A letter through an editor: what is certain is taken, anything else is refused with its reason."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.letters import typed
from followup.model.letter import Text

BEFORE = Text(subject="Thank you for the interview", text="Dear Ines,\n\nThank you.\n\nSam\n")
WORDS = st.text(st.characters(categories=["L", "N", "P"], include_characters=" "), min_size=1).filter(str.strip)


def saved(subject: str, body: str) -> str:
    return f"Subject: {subject}\n\n{body}"


@given(
    WORDS,
    st.lists(WORDS, min_size=1),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_what_was_typed_is_read_however_an_editor_saves_it(
    subject: str, paragraphs: list[str], encoding: str, end: str
) -> None:
    body = "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
    text = typed.read(saved(subject, body).replace("\n", end).encode(encoding), BEFORE)
    assert text == Text(subject=" ".join(subject.split()), text=body + "\n")


def test_a_letter_that_was_not_changed_reads_back_equal() -> None:
    assert typed.read(typed.written(BEFORE).encode(), BEFORE) == BEFORE


@pytest.mark.parametrize(
    "words",
    [
        "Subject: Thank you for\nthe interview\n\nNew words.",
        "Subject: Thank you for\n  the interview\n\nNew words.",
        "Subject: Thank you for the interview\n \t\nNew words.",
        "\n\nSUBJECT:Thank you for the interview\n\n\nNew words.\n\n",
    ],
)
def test_what_an_editor_does_to_a_header_is_undone(words: str) -> None:
    assert typed.read(words.encode(), BEFORE) == Text(subject=BEFORE.subject, text="New words.\n")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"Dear Ines,\n\nNew words.", "the first line must stay"),
        (b"Subject: Thanks\nDear Ines,\n\nNew words.", "an empty line must stand"),
        (b"Subject: Thanks\nNew words.", "an empty line must stand"),
        (b"Subject:\n\nNew words.", "the subject is empty"),
        (b"Subject: Thanks\n\n", "there is no text"),
        ("Subject: Thanks\n\nD\u00e9j\u00e0".encode("latin-1"), "UTF-8"),
        ("Subject: Thanks\n\nNew".encode("utf-16-le"), "UTF-8"),
        (codecs.BOM_UTF16_LE + b"odd", "UTF-8"),
    ],
)
def test_what_is_not_certain_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        typed.read(data, BEFORE)
