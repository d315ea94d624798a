"""What the page makes of words that are not its own."""

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from followup.web import wording

COMMANDS = (
    "followup show L3",
    "followup outbox",
    "followup answer Q2 yes (or no)",
    "followup answered A7",
    "L2",
    "<b>&",
)


@given(st.lists(st.one_of(st.sampled_from(COMMANDS), st.text(max_size=20))).map(" ".join))
def test_foreign_words_are_shown_letter_by_letter_also_where_they_look_like_a_command(text: str) -> None:
    shown = str(wording.linked(text))
    links = re.findall(r'<a href="([^"]*)">', shown)
    assert unescape(re.sub(r'<a href="[^"]*">|</a>', "", shown)) == text
    assert all(re.fullmatch(r"/[\w/#]*", path) for path in links)


def test_a_command_whose_work_is_done_on_a_page_leads_there() -> None:
    assert wording.linked("Read it again: followup show L3") == (
        'Read it again: <a href="/letter/L3">followup show L3</a>'
    )
    assert '<a href="/applications#Q2">' in wording.linked("followup answer Q2 yes (or no).")
