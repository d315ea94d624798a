"""The words files: read in order of preference, forgiving in spelling, exact in naming a mistake."""

from pathlib import Path

import pytest

from followup import assembly
from followup.errors import TemplateError
from followup.model.application import Outcome
from followup.tracker import words

WORDS = assembly.words((assembly.shipped_templates(),))


def own(folder: Path, text: str, name: str = "own.toml") -> Path:
    (folder / "words").mkdir(exist_ok=True)
    (folder / "words" / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[outcomes]\nfired = ['x']\n", r"own\.toml, line 2, \[outcomes\] fired: there is no such key"),
        ("[stages]\ninterview = ['x']\n[headers]\ncompany = 'x'\n", r"line 4, \[headers\] company: a list such as"),
        ("[months]\n13 = ['x']\n", r"line 2, \[months\] 13"),
        ("headers = 3\n", r"own\.toml, headers: it must be a table"),
        ("[header]\n", r"\[header\]: there is no such table"),
        ("[outcomes\n", r"own\.toml: .*line 1"),
        ('[outcomes]\nrejected = ["no"]\nwithdrawn = ["No!"]\n', r'withdrawn: "no" stands under rejected too'),
    ],
)
def test_a_mistake_in_a_words_file_is_named_by_file_line_and_key(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(TemplateError, match=told):
        words.load([own(tmp_path, text)])


def test_a_file_of_the_person_replaces_the_shipped_one_of_that_name(tmp_path: Path) -> None:
    mine = words.load([own(tmp_path, '[headers]\ncompany = ["outfit"]\n', "en.toml"), assembly.shipped_templates()])
    assert mine.headers["outfit"] == "company"
    assert "company name" not in mine.headers
    assert mine.headers["firma"] == "company"


def test_a_phrase_of_the_person_wins_over_a_shipped_one(tmp_path: Path) -> None:
    mine = words.load([own(tmp_path, '[outcomes]\nwithdrawn = ["closed"]\n'), assembly.shipped_templates()])
    assert mine.outcomes["closed"] is Outcome.WITHDRAWN


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Company Name", "company"),
        ("company_name", "company"),
        ("CompanyName", "company"),
        ("  Company:* ", "company"),
        ("Company / Employer", "company"),
        ("Job Title (link)", "role"),
        ("Societe", "company"),
        ("Date Applied (dd/mm)", "applied"),
        ("Response/Outcome", "outcome"),
        ("Contact (email)", "contact"),
        ("Company/Role", None),
        ("Favourite colour", None),
        ("x" * 500, None),
    ],
)
def test_a_header_is_known_by_its_whole_its_letters_or_one_of_its_parts(header: str, field: str | None) -> None:
    assert words.field_of(header, WORDS.headers) == field


@pytest.mark.parametrize(
    "text", ["Rejected", " REJECTED!", "❌ Rejected", "Re\u200bjected", "ＲＥＪＥＣＴＥＤ", "(rejected)"]
)
def test_case_signs_and_what_nobody_sees_make_no_difference(text: str) -> None:
    assert words.plain(text) == "rejected"


@pytest.mark.parametrize(
    ("typed", "meant"), [("refuse par moi", "refusé par moi"), ("zurueckgezogen", "zurückgezogen")]
)
def test_a_phrase_typed_without_accents_is_the_same_phrase(typed: str, meant: str) -> None:
    assert WORDS.outcomes[typed] is WORDS.outcomes[meant]


def test_p9_an_accent_left_out_never_makes_a_doubtful_word_certain() -> None:
    assert WORDS.outcomes["refuse"] is Outcome.UNDECIDED
