"""The settings file: what is written is what is read, and nobody else can change it."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup import config, settings_file
from followup.errors import SettingsError, UsageError

EXAMPLE = (Path(__file__).parents[2] / "config.example.env").read_text(encoding="utf-8")
NEEDED = "FOLLOWUP_NAME=Sam\nFOLLOWUP_EMAIL=sam@example.org\nFOLLOWUP_TRACKER=a.csv\n"
LINE = st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]))
"""Anything that fits in one line."""


def write(folder: Path, text: str, mode: int = 0o600) -> Path:
    file = folder / "config.env"
    file.write_text(NEEDED + text, encoding="utf-8")
    file.chmod(mode)
    return file


def values_of(text: str) -> dict[str, str]:
    bindings, broken = settings_file.parse(text)
    assert not broken
    return {binding.name: binding.value for binding in bindings}


@given(LINE, LINE)
def test_whatever_is_written_reads_back_equal_beside_other_values(first: str, second: str) -> None:
    text = settings_file.change(EXAMPLE, {"FOLLOWUP_NAME": first, "FOLLOWUP_SMTP_PASSWORD": second, "OWN": first})
    values = values_of(text)
    assert (values["FOLLOWUP_NAME"], values["FOLLOWUP_SMTP_PASSWORD"], values["OWN"]) == (first, second, first)
    assert values_of(EXAMPLE).items() - values.items() <= {
        ("FOLLOWUP_NAME", "Sam Rivera"),
        ("FOLLOWUP_SMTP_PASSWORD", ""),
    }


@given(st.dictionaries(st.sampled_from(sorted(config.NAMES)), LINE))
def test_a_change_touches_no_other_line_and_no_comment(values: dict[str, str]) -> None:
    before = EXAMPLE + "OTHER='kept as it is'  # mine\n"
    after = settings_file.change(before, values)
    changed = [one for one, other in zip(before.split("\n"), after.split("\n"), strict=True) if one != other]
    assert {line.partition("=")[0] for line in changed} <= set(values)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("'pa${HOME}ss$HOME$(id)`id`'", "pa${HOME}ss$HOME$(id)`id`"),
        ('"pa${HOME}ss"', "pa${HOME}ss"),
        ("pa${HOME}ss", "pa${HOME}ss"),
        (r'"pa\tss\n"', r"pa\tss\n"),
        (r"'C:\new\table'", r"C:\new\table"),
        (r"'it\'s \\ \"'", r"it's \ \""),
        (r'"say \"hi\" \\ \'"', r"say " + r'"hi" \ ' + r"\'"),
        (r"'ends with \\'", "ends with \\"),
        ("a'b\"c", "a'b\"c"),
        ("a#b # why", "a#b"),
        ("#b", "#b"),
        ("  # nothing", ""),
        ("' # '  # why", " # "),
        ("'  kept  '", "  kept  "),
        ("  two words\t ", "two words"),
        ("top\u00a0secret", "top\u00a0secret"),
        ("a\u2028b\x0cc", "a\u2028b\x0cc"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_a_value_is_literal(written: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "elsewhere")
    assert values_of(f"  export FOLLOWUP_NAME={written}\nFOLLOWUP_EMAIL='x'") == {
        "FOLLOWUP_NAME": value,
        "FOLLOWUP_EMAIL": "x",
    }


@pytest.mark.parametrize("line", ["'open", '"open', "'a'b", r"'open\'"])
def test_a_quote_that_does_not_end_is_named_and_swallows_no_other_line(tmp_path: Path, line: str) -> None:
    with pytest.raises(SettingsError, match="line 4: this is not NAME=value"):
        config.load(write(tmp_path, f"FOLLOWUP_SMTP_PASSWORD={line}\nFOLLOWUP_COUNTRY='DE'\n"), {})


def test_a_file_saved_by_a_windows_editor_is_read(tmp_path: Path) -> None:
    file = tmp_path / "config.env"
    file.write_bytes(b"\xef\xbb\xbf" + NEEDED.replace("\n", "\r\n").encode())
    assert config.load(file, {}).person.name == "Sam"
    file.write_bytes(NEEDED.encode("utf-16"))
    with pytest.raises(UsageError, match="Save them as UTF-8"):
        config.load(file, {})


def test_a_mistake_is_placed_where_the_value_came_from(tmp_path: Path) -> None:
    file = write(tmp_path, "FOLLOWUP_COUNTRY=DE\n")
    with pytest.raises(SettingsError, match=r"^environment, FOLLOWUP_COUNTRY: 'Germany' is no country"):
        config.load(file, {"FOLLOWUP_COUNTRY": "Germany"})


@pytest.mark.parametrize(
    ("mode", "text", "refused"),
    [
        (0o444, "", False),
        (0o644, "", False),
        (0o644, "FOLLOWUP_SMTP_PASSWORD=x\n", True),
        (0o440, "FOLLOWUP_SMTP_PASSWORD=x\n", True),
        (0o644, "FOLLOWUP_SMTP_PASSWORD_COMMAND=x\n", True),
        (0o400, "FOLLOWUP_SMTP_PASSWORD=x\n", False),
        (0o646, "", True),
    ],
)
def test_p18_only_secrets_need_a_file_that_nobody_else_reads(
    tmp_path: Path, mode: int, text: str, refused: bool
) -> None:
    file = write(tmp_path, text, mode)
    if not refused:
        config.load(file, {})
        return
    with pytest.raises(UsageError, match="chmod 600"):
        config.load(file, {})


@pytest.mark.parametrize(("depth", "mode", "refused"), [
    (0, 0o700, False), (0, 0o755, False), (0, 0o777, True), (0, 0o1777, True), (1, 0o777, True), (1, 0o1777, False),
])  # fmt: skip
def test_a_folder_that_others_can_write_is_refused(tmp_path: Path, depth: int, mode: int, refused: bool) -> None:
    own = tmp_path / "shared" / "own"
    own.mkdir(parents=True, mode=0o700)
    file = write(own, "")
    file.parents[depth].chmod(mode)
    if not refused:
        config.load(file, {})
        return
    with pytest.raises(UsageError, match=f"chmod go-w {file.parents[depth]}"):
        config.load(file, {})


def test_a_folder_of_a_group_with_others_in_it_is_refused_and_of_ones_own_group_not(tmp_path: Path) -> None:
    if os.geteuid():
        pytest.skip("only root can give a folder to any group")
    file = write(tmp_path, "")
    tmp_path.chmod(0o775)
    config.load(file, {})
    os.chown(tmp_path, -1, 54321)
    with pytest.raises(UsageError, match="chmod go-w"):
        config.load(file, {})


def test_what_a_link_leads_to_is_held_to_the_same(tmp_path: Path) -> None:
    there, here = tmp_path / "there", tmp_path / "here"
    there.mkdir(mode=0o700)
    here.mkdir(mode=0o700)
    (here / "config.env").symlink_to(write(there, ""))
    assert config.load(here / "config.env", {}).folder == here
    there.chmod(0o777)
    with pytest.raises(UsageError, match=f"chmod go-w {there}"):
        config.load(here / "config.env", {})


def test_settings_of_another_user_are_refused(tmp_path: Path) -> None:
    if os.geteuid():
        pytest.skip("only root can give a file away")
    file = write(tmp_path, "")
    os.chown(file, 54321, -1)
    with pytest.raises(UsageError, match="belongs to user 54321"):
        config.load(file, {})
