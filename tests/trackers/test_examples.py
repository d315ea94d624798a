"""The example trackers, each run through `preview --json` and held against every rule of its manifest (P9)."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from followup.cli import cli
from followup.letters import prose

FOLDER = Path(__file__).parent
FILES: list[dict[str, Any]] = json.loads((FOLDER / "manifest.json").read_text())["files"]
ORDERS = {"named-month": "iso"}
WHY = {
    "withdrawn": {"withdrawn"},
    "ghosted": {"ghosted"},
    "offer": {"offer"},
    "accepted": {"accepted"},
    "offer_declined": {"offer_declined"},
    "on_hold": {"on_hold"},
    "not_applied": {"not_applied"},
    "position_cancelled": {"cancelled"},
    "reversed": {"open"},
}


def preview(name: str) -> dict[str, Any]:
    result = CliRunner().invoke(cli, ["preview", str(FOLDER / name), "--json"], catch_exceptions=False)
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.fixture(params=FILES, ids=[one["file"] for one in FILES])
def pair(request: pytest.FixtureRequest) -> tuple[dict[str, Any], dict[str, Any]]:
    return request.param, preview(request.param["file"])


def found_as(expected: dict[str, Any], got: dict[str, Any]) -> dict[str, Any]:
    ones: list[dict[str, Any]] = [
        one for one in got["applications"] if (one["company"], one["role"]) == (expected["company"], expected["role"])
    ]
    assert len(ones) == 1, (expected["company"], expected["role"], ones)
    return ones[0]


def is_asked(application: dict[str, Any], got: dict[str, Any]) -> bool:
    return any(application["line"] in question["lines"] for question in got["questions"])


def test_the_file_is_understood_as_a_file(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    expected, got = pair
    assert got["refused"] is None
    assert (got["encoding"], got["delimiter"]) == (expected["encoding"], expected["delimiter"])
    assert got["date_order"] == ORDERS.get(expected["date_order"], expected["date_order"])
    assert len(got["applications"]) == expected["applications"]


def test_every_rejection_is_drafted_or_asked_about(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    expected, got = pair
    drafted = {(draft["company"], draft["role"]) for draft in got["drafts"]}
    for item in expected["rejected"]:
        one = found_as(item, got)
        if (item["company"], item["role"]) not in drafted:
            assert item.get("may_ask"), item
            assert is_asked(one, got), item


def test_p9_nothing_but_a_rejection_is_ever_drafted(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    expected, got = pair
    rejected = {(item["company"], item["role"]) for item in expected["rejected"]}
    assert {(draft["company"], draft["role"]) for draft in got["drafts"]} <= rejected


def test_what_is_known_of_a_rejection_is_read_right(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    expected, got = pair
    for item in expected["rejected"]:
        one = found_as(item, got)
        assert one["stage"] in [item["stage"], *item.get("stage_any_of", [])], item
        several = item.get("contact_email_any_of")
        wanted = [*several, None] if several else [item["contact_email"]]
        assert one["contact_email"] in wanted, item
        if several and one["contact_email"] is None and None not in several:
            assert is_asked(one, got), item
        dates = [item["outcome_date"], *item.get("outcome_date_also_ok", [])]
        assert one["outcome_on"] in dates, item
        if one["outcome_on"] in item.get("outcome_date_also_ok", []):
            assert one["outcome_on_from"] == "weak", item


def test_what_looks_like_a_rejection_is_read_as_what_it_is(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    expected, got = pair
    for item in expected["not_rejected_lookalikes"]:
        assert found_as(item, got)["outcome"] in WHY[item["why"]], item


def test_p9_what_the_file_leaves_open_is_asked(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    expected, got = pair
    for item in expected["undecidable"]:
        one = found_as(item, got)
        assert one["outcome"] == "undecided", item
        assert is_asked(one, got), item


def test_a_drafted_letter_has_words_for_every_rejection(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    _, got = pair
    for draft in got["drafts"]:
        assert prose.company(draft["company"]) in draft["text"]
        assert draft["subject"]
        assert draft["template"].startswith("feedback-request")
