"""The documents say what is true: every command, option, setting, template variable; the README's session is real."""

import re
import subprocess
import tomllib
from dataclasses import replace
from datetime import date
from itertools import chain
from pathlib import Path

import click
import pytest
from jinja2 import Environment, meta

from followup import __version__, assembly, config
from followup.cli import GROUPS, cli
from followup.demo import sample
from followup.tracker.words import FIELDS
from tests.desk import COMMAND

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "guide.md").read_text()
COMMANDS = [name for group in GROUPS.values() for name in group]


def command(name: str) -> click.Command:
    found = cli.get_command(click.Context(cli), name)
    assert found is not None
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_guide_with_its_options_and_has_the_summary_of_the_help(name: str) -> None:
    assert f"`followup {name}" in GUIDE, name
    own = command(name)
    summary = next(group[name][1] for group in GROUPS.values() if name in group)
    assert own.help is not None
    assert own.help.partition("\n")[0].startswith(summary.rstrip(".").split(":")[0].split(",")[0]), (summary, own.help)
    for option in own.params:
        if isinstance(option, click.Option) and option.name != "as_json":
            assert any(f"`{opt}" in GUIDE or f"{opt} " in GUIDE or f"{opt}`" in GUIDE for opt in option.opts), (
                option.opts
            )


def test_the_help_groups_all_commands_and_fits_a_screen() -> None:
    result = subprocess.run([*COMMAND, "--help"], capture_output=True, text=True, check=True)
    for title, group in GROUPS.items():
        assert f"{title}:" in result.stdout
        for name, (_, summary) in group.items():
            assert re.search(rf"^  {name} +{re.escape(summary)}$", result.stdout, re.MULTILINE), name


def test_every_setting_is_in_the_example_and_in_the_docs_and_no_other() -> None:
    example = (ROOT / "config.example.env").read_text()
    docs = (ROOT / "docs" / "settings.md").read_text()
    names = re.findall(r"^(FOLLOWUP_\w+)=", example, re.MULTILINE)
    assert sorted(names) == sorted(config.NAMES)
    assert sorted(set(re.findall(r"^\| `(FOLLOWUP_\w+)`", docs, re.MULTILINE))) == sorted(config.NAMES)
    for name in names:
        before = example[: example.index(f"{name}=")].rstrip().splitlines()[-1]
        assert before.startswith("# "), f"{name} has no line of why"


def test_the_example_settings_are_read_without_a_problem(tmp_path: Path) -> None:
    file = tmp_path / "config.env"
    file.write_text((ROOT / "config.example.env").read_text())
    file.chmod(0o600)
    settings = config.load(file, {})
    assert settings.person.name == "Sam Rivera"
    assert settings.tracker == tmp_path / "applications.csv"
    assert settings.smtp_host is None


def test_every_field_for_columns_is_in_the_settings_page() -> None:
    docs = (ROOT / "docs" / "settings.md").read_text().rpartition("Fields for")[2]
    assert set(re.findall(r"`(\w+)`", docs)) - {"FOLLOWUP_COLUMNS"} == FIELDS - {"ignored", "name", "outcome"}


def test_every_template_variable_is_documented_and_every_documented_one_exists() -> None:
    docs = (ROOT / "docs" / "templates.md").read_text()
    letters, nudges = docs.split("| in nudges |")
    templates = assembly.shipped_templates()
    for part, folder, own in ((letters, "letters/en", set[str]()), (nudges, "nudges/en", set[str]())):
        told = {
            name for row in re.findall(r"^\| (`.*?) \|", part, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
        }
        used = set(own)
        for file in (templates / folder).rglob("*.txt.j2"):
            if file.name != "day.txt.j2":
                used |= variables(file)
        assert used <= told, used - told
        assert told - used <= {"letter_waiting"}, told - used


def variables(file: Path) -> set[str]:
    return meta.find_undeclared_variables(Environment(autoescape=False).parse(file.read_text()))


def test_the_links_of_the_readme_lead_somewhere() -> None:
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), (page.name, target)


def test_the_session_of_the_readme_is_what_the_command_prints(tmp_path: Path) -> None:
    tracker = tmp_path / "applications.csv"
    status = {"Birch & Sons": "Rejected after interview"}
    rows = tuple(replace(row, status=status.get(row.company, "Applied")) for row in sample.ROWS)
    sample.save(tracker, rows, date(2026, 11, 23))
    told = subprocess.run(
        [*COMMAND, "preview", str(tracker)], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    session = (ROOT / "README.md").read_text().partition("$ followup preview applications.csv\n")[2].partition("```")[0]
    for line in session.splitlines():
        if line and line != "…" and not re.match(r"  \w{3} \d+ \w{3}, ", line):
            assert line in told, line


def test_the_commands_of_the_readme_and_of_contributing_exist() -> None:
    readme = (ROOT / "README.md").read_text()
    for name in re.findall(r"^\$? ?followup (\w+)", readme, re.MULTILINE):
        assert name in COMMANDS, name
    makefile = (ROOT / "Makefile").read_text()
    contributing = (ROOT / "CONTRIBUTING.md").read_text()
    for target in re.findall(r"^make ([\w-]+)", readme, re.MULTILINE) + re.findall(r"`make ([\w-]+)", contributing):
        assert f"\n{target}:" in makefile


def test_the_supported_pythons_are_the_same_wherever_they_are_told() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    versions = [one.rpartition(" ")[2] for one in project["classifiers"] if re.search(r":: Python :: \d\.\d+$", one)]
    assert project["requires-python"] == f">={versions[0]}"
    span = f"Python {versions[0]} to {versions[-1]}"
    assert all(span in (ROOT / page).read_text() for page in ("README.md", "CONTRIBUTING.md", "docs/guide.md"))
    run = (ROOT / "tests" / "versions").read_text() + (ROOT / "Makefile").read_text()
    assert [one for one in versions if one not in run] == []


def test_every_dependency_has_a_lower_and_an_upper_bound_and_the_lock_has_a_hash_for_each() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        told = tomllib.load(file)
    extras = told["project"]["optional-dependencies"]
    asked = [*told["project"]["dependencies"], *told["build-system"]["requires"], *chain.from_iterable(extras.values())]
    outside = [one for one in asked if not one.startswith("followup[")]
    assert [one for one in outside if not re.fullmatch(r"[\w-]+>=[\d.]+,<[\d.]+", one)] == []
    lock = (ROOT / "requirements-dev.txt").read_text()
    locked = dict(re.findall(r"^([\w-]+)==\S+(?: ;[^\\]*)? \\\n +--hash=(sha256:\w{64})", lock, re.MULTILINE))
    assert {one.partition(">")[0] for one in outside} <= set(locked)
    assert len(locked) == len(re.findall("^[a-z]", lock, re.MULTILINE))
    assert "://" not in lock


def test_the_version_is_told_and_the_changelog_has_what_is_unreleased() -> None:
    result = subprocess.run([*COMMAND, "--version"], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == f"followup {__version__}"
    assert "## Unreleased" in (ROOT / "CHANGELOG.md").read_text()
