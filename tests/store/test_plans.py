"""How SQLite finds its rows: what is asked often never walks through all letters, nudges or the log."""

import importlib
import re
from pathlib import Path

import pytest

from followup.store.database import open_store

WHOLE = {
    "letters": {"everything", "counts", "last_id", "written_about"},
    "nudges": {"everything", "counts", "last_id", "recent_templates", "last_delivered"},
    "log": {"latest", "last_at", "last_id"},
    "applications": {"everything", "last_id"},
}
"""Queries that are about all rows, are answered by one end of an index, or are asked once a day."""


@pytest.mark.parametrize("noun", sorted(WHOLE))
def test_a_query_about_a_few_rows_is_answered_by_an_index(tmp_path: Path, noun: str) -> None:
    queries = importlib.import_module(f"followup.store.{noun}")._SQL
    store = open_store(tmp_path)
    walking = set()
    for name in queries.available_queries:
        sql = getattr(queries, name).sql
        if not sql.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE")):
            continue
        values = dict.fromkeys(re.findall(r":(\w+)", sql), "")
        plan = [row[3] for row in store.connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
        if any("SCAN" in step or step.endswith("(person=?)") for step in plan):
            walking.add(name.removesuffix("_cursor"))
    store.close()
    assert walking <= WHOLE[noun]
