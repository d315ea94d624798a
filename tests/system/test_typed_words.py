"""What a person typed in their editor is in the letter, or lies where they are told: whatever refused it."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from followup.cli.editor import in_editor
from followup.cli.letter import hand_over
from followup.errors import Refused
from followup.model.letter import LetterState
from followup.steps import keeping, review
from followup.steps.parts import Parts
from followup.steps.scan import scan
from tests.conftest import Need
from tests.desk import ACME, COMMAND, Desk, Row, rejected, wait_until
from tests.system.test_terminal import Terminal

TYPE = 'sed -i "s/^Thank you/MY OWN WORDS. Thank you/" "$1"; '


@contextmanager
def drafted(desk: Desk, row: Row = ACME) -> Iterator[Parts]:
    """The steps in this process, with one draft."""
    with desk.parts() as parts:
        for saved in (row, rejected(row)):
            desk.save(saved)
            scan(parts, parts.clock(), whole=True)
        yield parts


def editor(desk: Desk, script: str) -> dict[str, str]:
    file = desk.folder / "an editor"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o700)
    return {"EDITOR": f"'{file}'"}


def edit(desk: Desk, parts: Parts, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a real editor, this script, write: a person chooses theirs by the environment too."""
    monkeypatch.setenv("EDITOR", editor(desk, script)["EDITOR"])
    in_editor(parts, review.get(parts, 1), parts.clock())


def text_of(parts: Parts) -> str:
    return review.get(parts, 1).text


def kept(desk: Desk) -> list[bytes]:
    """The words that are in no letter, in files that nobody else can read."""
    files = list((desk.config.parent / "unsaved").iterdir())
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in files)
    return [file.read_bytes() for file in files]


@pytest.mark.parametrize(
    "script",
    [
        'cp "$1" "$1.n"; printf "\\357\\273\\277" > "$1"; cat "$1.n" >> "$1"; rm "$1.n"',
        'sed -i "s/$/\\r/" "$1"',
        'sed -i "2s/.*/  /" "$1"',
        'sed -i "1s/ you /\\nyou /" "$1"',
        'iconv -f utf-8 -t utf-16 "$1" > "$1.n"; mv "$1.n" "$1"',
    ],
)
def test_words_are_taken_from_whatever_an_editor_does_with_the_file(
    desk: Desk, script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with drafted(desk) as parts:
        edit(desk, parts, TYPE + script, monkeypatch)
        assert "MY OWN WORDS" in text_of(parts)
    assert kept(desk) == []


def discard(parts: Parts) -> object:
    return review.discard(parts, review.get(parts, 1), parts.clock())


def readdress(parts: Parts) -> object:
    return review.tell(parts, review.get(parts, 1), {"contact_email": "else@acme.example.org"}, parts.clock())


def approve(parts: Parts) -> object:
    letter = review.get(parts, 1)
    return review.approve(parts, letter, letter.digest, parts.clock())


@pytest.mark.parametrize(
    ("script", "meanwhile", "told"),
    [
        ("exit 1", None, "exit code 1"),
        ("kill -9 $$", None, "exit code -9"),
        ('sed -i "s/^Thank/d\\xe9j\\xe0 Thank/; s/MY OWN/d\\xe9j\\xe0 MY OWN/" "$1"', None, "UTF-8"),
        ('sed -i 1d "$1"', None, "first line must stay"),
        ('sed -i 2d "$1"', None, "an empty line must stand"),
        ('sed -i "1s/:.*/:/" "$1"', None, "subject is empty"),
        ("true", discard, "L1"),
        ("true", readdress, "changed elsewhere"),
        ("true", approve, "L1"),
    ],
)
def test_words_that_were_refused_lie_where_it_is_said_and_are_opened_again(
    desk: Desk,
    script: str,
    meanwhile: Callable[[Parts], object] | None,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file, typed = desk.config.parent / "unsaved" / "L1.txt", desk.folder / "typed"
    with drafted(desk) as parts:
        one = review.get(parts, 1)
        monkeypatch.setenv("EDITOR", editor(desk, f'{TYPE} touch "{typed}"; {script}')["EDITOR"])
        if meanwhile is not None:
            meanwhile(parts)
        with pytest.raises(Refused, match=told) as refused:
            in_editor(parts, one, parts.clock())
        assert str(file) in str(refused.value)
        assert b"MY OWN WORDS" in file.read_bytes()
        if review.get(parts, 1).state is not LetterState.DRAFT:
            review.take_back(parts, review.get(parts, 1), parts.clock())
        with pytest.raises(Refused, match="exit code 3"):
            edit(desk, parts, f'cp "$1" "{typed}"; exit 3', monkeypatch)
    assert "You typed this before" in capsys.readouterr().out
    assert b"MY OWN WORDS" in typed.read_bytes()
    assert b"MY OWN WORDS" in file.read_bytes()


@pytest.mark.parametrize("script", ["exit 1", ': > "$1"', 'rm "$1"', "true"])
def test_where_nothing_was_typed_nothing_is_kept_or_changed(
    desk: Desk, script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with drafted(desk) as parts:
        before = review.get(parts, 1)
        with suppress(Refused):
            edit(desk, parts, script, monkeypatch)
        assert review.get(parts, 1) == before
    assert kept(desk) == []


@pytest.mark.parametrize(
    ("env", "told"),
    [
        ({"EDITOR": " "}, "$EDITOR is set and names no editor"),
        ({"EDITOR": "vim -c 'set tw=0"}, "$EDITOR has a quote that does not end"),
        ({"VISUAL": "'", "EDITOR": "true"}, "$VISUAL has a quote that does not end"),
        ({"EDITOR": "no-such-editor --wait"}, "The editor 'no-such-editor' cannot be started"),
        ({"EDITOR": "/"}, "cannot be started"),
        ({"EDITOR": "", "VISUAL": ""}, "Nobody is there to type"),
    ],
)
def test_an_editor_that_cannot_be_started_is_a_sentence(
    desk: Desk, env: dict[str, str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    with drafted(desk) as parts, pytest.raises(Refused, match=re.escape(told)):
        in_editor(parts, review.get(parts, 1), parts.clock())


@pytest.mark.parametrize("end", ["exit 0", "exit 1"])
@pytest.mark.parametrize(
    ("script", "why"),
    [
        ('mkdir "$1"', "it is no file any more"),
        ('mkfifo "$1"', "it is no file any more"),
        ('ln -s "$1" "$1"', "Too many levels of symbolic links"),
        ('ln -s /dev/null "$1"', "it is no file any more"),
    ],
)
def test_what_an_editor_leaves_in_place_of_the_file_is_told_in_a_sentence_and_can_be_put_away(
    desk: Desk, script: str, why: str, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with drafted(desk) as parts:
        before = review.get(parts, 1)
        with pytest.raises(Refused, match=re.escape(why)) as told:
            edit(desk, parts, f'rm "$1"; {script}; {end}', monkeypatch)
        assert str(told.value).endswith("followup edit L1")
        with pytest.raises(Refused, match=re.escape(why)):
            edit(desk, parts, TYPE, monkeypatch)
        assert review.get(parts, 1) == before
        (left,) = (desk.config.parent / "unsaved").iterdir()
        left.rename(desk.folder / "put away")
        edit(desk, parts, TYPE, monkeypatch)
        assert "MY OWN WORDS" in text_of(parts)
    assert kept(desk) == []


def test_a_link_to_nowhere_in_place_of_the_file_holds_no_words(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with drafted(desk) as parts:
        before = review.get(parts, 1)
        edit(desk, parts, 'rm "$1"; ln -s "$1.nowhere" "$1"', monkeypatch)
        assert review.get(parts, 1) == before
    assert not any((desk.config.parent / "unsaved").iterdir())


def test_an_employer_is_forgotten_whatever_an_editor_left(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with drafted(desk) as parts:
        with pytest.raises(Refused):
            edit(desk, parts, 'rm "$1"; mkdir "$1"; touch "$1/words"', monkeypatch)
        keeping.forget(parts, review.get(parts, 1).application, parts.clock())
    assert not any((desk.config.parent / "unsaved").iterdir())


def test_a_letter_that_has_gone_is_refused_before_anything_is_typed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with drafted(desk) as parts:
        discard(parts)
        with pytest.raises(Refused, match="discarded"):
            edit(desk, parts, f'touch "{desk.folder}/opened"', monkeypatch)
    assert not (desk.folder / "opened").exists()


def test_on_a_terminal_refused_words_are_opened_again_with_the_reason(desk: Desk) -> None:
    desk.with_drafts(ACME)
    script = f'[ -e "{desk.folder}/twice" ] && sed -i "1s/^/Subject: /" "$1" && exit; touch "{desk.folder}/twice"; '
    with Terminal(desk, "edit", "L1", env=editor(desk, script + TYPE + 'sed -i "1s/Subject: //" "$1"')) as terminal:
        terminal.expect("the first line must stay")
        terminal.expect("Open your words again?")
        terminal.press("\n")
        assert terminal.end() == 0, terminal.text
    assert "MY OWN WORDS" in desk.ok("show", "L1")


def test_vi_that_nobody_chose_says_how_to_leave_it(desk: Desk, need: Need) -> None:
    need("vi")
    desk.with_drafts(ACME)
    with Terminal(desk, "edit", "L1", env={"EDITOR": "", "VISUAL": ""}) as terminal:
        terminal.expect("type :wq; to leave it as it was, :q!")
        terminal.expect("Subject: ")
        terminal.press("\x1b:q!\r")
        assert terminal.end() == 0


def test_words_outlive_a_terminal_that_hangs_up(desk: Desk) -> None:
    with drafted(desk):
        pass
    script = f'{TYPE} touch "{desk.folder}/typed"; exec sleep 60'
    process = subprocess.Popen(
        [*COMMAND, "edit", "L1"], env=desk.environment(editor(desk, script)), start_new_session=True
    )
    wait_until((desk.folder / "typed").exists)
    os.killpg(process.pid, signal.SIGHUP)
    process.wait(10)
    assert any(b"MY OWN WORDS" in words for words in kept(desk))


def test_a_full_disk_is_told_before_anything_is_typed(desk: Desk, need: Need, monkeypatch: pytest.MonkeyPatch) -> None:
    unsaved = desk.config.parent / "unsaved"
    unsaved.mkdir(mode=0o700)
    with drafted(desk) as parts, need.disk(unsaved, "size=4k"):
        (unsaved / "filler").write_bytes(b"x" * 4096)
        with pytest.raises(Refused, match="No space left"):
            edit(desk, parts, f'touch "{desk.folder}/opened"', monkeypatch)
    assert not (desk.folder / "opened").exists()


def test_forget_takes_what_was_typed_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with drafted(desk) as parts:
        with pytest.raises(Refused):
            edit(desk, parts, TYPE + 'cp "$1" "$1~"; exit 1', monkeypatch)
        assert len(kept(desk)) == 2
        keeping.forget(parts, review.get(parts, 1).application, parts.clock())
    assert kept(desk) == []


def test_an_export_never_goes_over_a_file_or_through_a_link(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.folder)
    wanted = desk.folder / "L1-acme-tools.eml"
    wanted.write_text("my notes")
    (desk.folder / "L1-acme-tools-2.eml").symlink_to(desk.folder / "elsewhere")
    with drafted(desk) as parts:
        hand_over(parts, review.get(parts, 1), parts.clock())
        assert review.get(parts, 1).state is LetterState.HANDED_OVER
    assert wanted.read_text() == "my notes"
    assert not (desk.folder / "elsewhere").exists()
    assert (desk.folder / "L1-acme-tools-3.eml").stat().st_mode & 0o777 == 0o600


def test_p3_a_letter_that_changed_meanwhile_is_not_handed_over_and_leaves_no_file(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk.folder)
    with drafted(desk) as parts:
        one = review.get(parts, 1)
        readdress(parts)
        with pytest.raises(Refused, match="changed elsewhere"):
            hand_over(parts, one, parts.clock())
        assert review.get(parts, 1).state is LetterState.DRAFT
    assert list(desk.folder.glob("*.eml")) == []


@pytest.mark.parametrize("trouble", ["full", "read-only", "gone"])
def test_p3_a_letter_whose_file_cannot_be_written_stays_a_draft(
    desk: Desk, need: Need, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = desk.folder / "here"
    here.mkdir()
    with drafted(desk) as parts, need.disk(here, "size=4k"):
        (here / "filler").write_bytes(b"x" * 4096)
        monkeypatch.chdir(here)
        if trouble == "read-only":
            subprocess.run([need("mount"), "-o", "remount,ro", str(here)], check=True)
        if trouble == "gone":
            (here / "x").mkdir()
            monkeypatch.chdir(here / "x")
            (here / "x").rmdir()
        with pytest.raises(Refused, match="so nothing was changed"):
            hand_over(parts, review.get(parts, 1), parts.clock())
        assert [file.name for file in here.iterdir()] == ["filler"]
        assert review.get(parts, 1).state is LetterState.DRAFT
        monkeypatch.chdir(desk.folder)


@pytest.mark.parametrize("words", ["export L1", "export --text L1"])
@pytest.mark.parametrize("output", [">&-", ">/dev/full"])
def test_p3_a_letter_that_could_not_be_shown_is_not_handed_over(desk: Desk, words: str, output: str) -> None:
    with drafted(desk) as parts:
        shell = ("/bin/sh", "-c", f'exec "$@" {words} {output}', "sh")
        result = desk.run(before=shell)
        assert (result.returncode, "so nothing was changed" in result.stderr) == (1, True)
        assert review.get(parts, 1).state is LetterState.DRAFT
    assert list(desk.folder.glob("*.eml")) == []


def test_p3_a_reader_that_went_away_hands_nothing_over(desk: Desk) -> None:
    with drafted(desk):
        pass
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.run(
        [*COMMAND, "export", "--text", "L1"],
        stdout=writing,
        stderr=subprocess.PIPE,
        env=desk.environment(),
        text=True,
        check=False,
    )
    os.close(writing)
    assert (process.returncode, process.stderr.count("\n")) == (1, 1)
    assert desk.letter("Acme Tools")["state"] == "draft"


def test_no_command_dies_of_a_sign_that_the_terminal_does_not_have(desk: Desk) -> None:
    with drafted(desk, Row("🚀 Raketa Łódź", role="Développeur – 前端", contact="i@x.example.org")):
        pass
    for words in ("", "show L1", "outbox --json", "export --text L1"):
        result = subprocess.run(
            [*COMMAND, *words.split()],
            env=desk.environment({"PYTHONIOENCODING": "latin-1"}),
            capture_output=True,
            encoding="latin-1",
            check=False,
        )
        assert result.returncode == 0, (words, result.stderr)
        if "--json" in words:
            assert json.loads(result.stdout)[0]["company"] == "🚀 Raketa Łódź"
    assert re.search(r"This terminal cannot show .+; followup export L1 writes a file", result.stderr)


def test_a_copied_template_never_goes_through_a_link(desk: Desk) -> None:
    own = desk.config.parent / "templates" / "playbook.toml"
    own.parent.mkdir()
    own.symlink_to(desk.folder / "elsewhere")
    result = desk.run("templates", "copy", "playbook")
    assert result.returncode == 1
    assert "one of your own already" in result.stderr
    assert not (desk.folder / "elsewhere").exists()
