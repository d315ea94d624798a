"""The playbook: the shipped one is right, and every mistake is named by file, line and key."""

from datetime import time

import pytest

from followup import assembly
from followup.errors import TemplateError
from followup.model.letter import LetterKind
from followup.model.nudge import Tip
from followup.playbook import rules
from followup.playbook.rules import LetterRule, NudgeRule


def test_the_shipped_playbook_sends_all_five_tips_and_each_letter_at_its_time() -> None:
    playbook = rules.load([assembly.shipped_templates()])
    assert {rule.tip for rule in playbook.nudges if rule.on == "rejected"} == set(Tip)
    assert [(rule.on, rule.kind, rule.after) for rule in playbook.letters] == [
        ("rejected", LetterKind.FEEDBACK_REQUEST, 0),
        ("no_reply", LetterKind.FOLLOW_UP, 7),
        ("reply", LetterKind.THANK_YOU, 0),
    ]
    around = {rule.tip for rule in playbook.nudges if rule.on != "rejected"}
    assert around == {Tip.KEEP_MOVING, Tip.NO_SECOND_GUESSING, Tip.ASK_FEEDBACK}


def test_every_template_that_the_shipped_playbook_names_is_there() -> None:
    folder = assembly.shipped_templates()
    for rule in rules.load([folder]).nudges:
        for name in rule.templates:
            assert (folder / "nudges" / "en" / f"{name}.txt.j2").is_file(), name


def test_a_rule_is_read_as_it_is_written() -> None:
    text = """
[[rule]]
on = "rejected"
letter = "feedback-request"

[[rule]]
on = "rejected"
nudge = "practice"
after = 2
at = "09:30"
when = ["interviewed"]
"""
    playbook = rules.parse(text, "p")
    assert playbook.letters == (LetterRule(on="rejected", kind=LetterKind.FEEDBACK_REQUEST),)
    assert playbook.nudges == (
        NudgeRule(
            on="rejected",
            tip=Tip.PRACTICE,
            templates=("practice-1", "practice-2", "practice-3"),
            after=2,
            at=time(9, 30),
            when=("interviewed",),
        ),
    )


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('on = "fired"\nletter = "feedback-request"', "on: 'fired' is none of"),
        ('on = "rejected"', "letter, nudge: each rule has one"),
        ('on = "rejected"\nnudge = "practice"\nletter = "thank-you"', "letter, nudge: each rule has one"),
        ('on = "rejected"\nnudge = "practise"', "nudge: 'practise' is none of"),
        ('on = "rejected"\nnudge = "practice"\nat = "9 o\'clock"', 'at: "9 o\'clock" is no time of day'),
        ('on = "rejected"\nnudge = "practice"\nafter = "two"', "after: 'two' is no number"),
        ('on = "rejected"\nnudge = "practice"\nwhen = ["sunny"]', "when: ['sunny'] must be a list of"),
        ('on = "rejected"\nnudge = "practice"\ntemplates = "one"', "templates: a list"),
        ('on = "rejected"\nnudge = "practice"\ndelay = 3', "delay: there is no such key"),
    ],
)
def test_a_mistake_is_named_by_file_line_and_key(body: str, told: str) -> None:
    with pytest.raises(TemplateError) as error:
        rules.parse(f"# mine\n\n[[rule]]\n{body}\n", "mine/playbook.toml")
    assert str(error.value).startswith("mine/playbook.toml, rule at line 3: ")
    assert told in str(error.value)


def test_broken_toml_is_told_with_its_line() -> None:
    with pytest.raises(TemplateError, match=r"p\.toml: .*line 2"):
        rules.parse('[[rule]]\non = "rejected\n', "p.toml")
