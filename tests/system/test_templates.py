"""The person's own words, through the real commands."""

import re

import pytest
from click.testing import CliRunner

from followup.assembly import shipped_templates
from followup.cli import cli
from tests.desk import ACME, BIRCH, Desk, rejected

TEMPLATES = shipped_templates()


def test_a_copied_template_is_used_from_then_on_and_is_not_overwritten(desk: Desk) -> None:
    said = desk.ok("templates", "copy", "feedback-request-interview")
    own = desk.config.parent / "templates" / "letters" / "en" / "feedback-request-interview.txt.j2"
    assert str(own) in said
    own.write_text(own.read_text().replace("Thank you for letting me know", "It was good of you to let me know"))
    desk.ok("templates", "check")
    desk.with_drafts(ACME)
    assert "It was good of you" in desk.ok("show", "acme")
    assert desk.run("templates", "copy", "feedback-request-interview").returncode == 1
    assert "It was good of you" in own.read_text()
    assert "feedback-request-interview.txt.j2  (yours)" in desk.ok("templates")


def test_i12_every_template_that_is_listed_can_be_copied(desk: Desk) -> None:
    languages = re.search(r"There are (.+) too", desk.ok("templates"))
    assert languages is not None
    told = [desk.ok("templates", "--language", language) for language in ("en", *languages[1].split(", "))]
    names = sorted({line for text in told for line in text.splitlines() if line.endswith((".j2", ".toml"))})
    assert {"playbook.toml", "letters/en/day.txt.j2", "words/es.toml", "words/ja.toml"} < set(names)
    there = {file.relative_to(TEMPLATES).as_posix() for file in TEMPLATES.rglob("*")}
    assert set(names) == {name for name in there if name.endswith((".j2", ".toml"))}
    for place, name in enumerate(names):
        typed = name if place % 2 else name.partition(".")[0]
        copied = CliRunner().invoke(cli, ["--config", str(desk.config), "templates", "copy", typed])
        assert copied.exit_code == 0, (typed, copied.output)
        assert (desk.config.parent / "templates" / name).is_file()


@pytest.mark.parametrize("name", ["no-such-letter", "../../config", "/etc/passwd"])
def test_x1_only_what_ships_can_be_copied(desk: Desk, name: str) -> None:
    refused = desk.run("templates", "copy", name)
    assert (refused.returncode, "followup templates" in refused.stderr) == (1, True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("{{ company }}", "{{ compny }}"), "line 5: 'compny' is undefined"),
        (("{% endfor %}", "{% endfr %}"), "line 1"),
        (("Subject: ", "Betreff: "), "line 1"),
        ((" at {{ company }}", " at  {{ company }}"), "value is missing"),
        (("{{ name }}\n", ""), "does not say 'Sam Rivera'"),
    ],
)
def test_the_check_reports_what_a_template_gets_wrong_by_file_and_line(
    desk: Desk, change: tuple[str, str], told: str
) -> None:
    desk.ok("templates", "copy", "feedback-request-interview")
    own = desk.config.parent / "templates" / "letters" / "en" / "feedback-request-interview.txt.j2"
    text = own.read_text()
    assert change[0] in text
    own.write_text(text.replace(*change))
    result = desk.run("templates", "check")
    assert result.returncode == 1
    assert "feedback-request-interview.txt.j2" in result.stderr
    assert told in result.stderr


def test_a_nudge_with_a_mistake_and_a_language_that_is_not_whole_are_reported(desk: Desk) -> None:
    own = desk.config.parent / "templates"
    (own / "nudges" / "en").mkdir(parents=True)
    (own / "nudges" / "en" / "practice-1.txt.j2").write_text("Subject: x\n\n{{ nonsense }}\n")
    (own / "letters" / "xx").mkdir(parents=True)
    (own / "letters" / "xx" / "follow-up.txt.j2").write_text("Subject: x\n\ny\n")
    told = desk.run("templates", "check").stderr
    assert "practice-1.txt.j2, line 3: 'nonsense' is undefined" in told
    assert "letters/xx: it is not whole" in told


def test_a_letter_can_be_looked_at_with_the_data_of_an_application_and_nothing_changes(desk: Desk) -> None:
    desk.save(ACME, rejected(BIRCH))
    desk.ok("scan")
    shown = desk.ok("templates", "show", "feedback-request", "--with", "acme")
    assert "Dear Ines Roe," in shown
    assert "the Engineer position at Acme Tools" in " ".join(shown.split())
    assert desk.json("outbox") == []
    assert desk.run("templates", "show", "nonsense", "--with", "acme").returncode == 1
