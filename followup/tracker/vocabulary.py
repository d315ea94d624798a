"""status text → outcome and stage. By whole phrases, with actor and negation; what is not understood is undecided.

A text is cut into the longest phrases we know. Only if every word of it is known does it count as understood; a word
of ending in a text that is not understood makes it a question, never a guess.
"""

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches

from followup.model.application import Outcome, Stage
from followup.tracker.words import Words, plain

_ENDINGS = frozenset({Outcome.REJECTED, Outcome.UNDECIDED})
_NEARNESS = 0.84
LONGEST = 300
"""Characters; a longer status is prose, of which only the beginning is looked at and no end is believed."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a status text says; an undecided one is a question."""

    outcome: Outcome
    stage: Stage


@dataclass(frozen=True, slots=True)
class _Parse:
    outcomes: tuple[Outcome, ...]
    stages: tuple[Stage, ...]
    me: bool
    them: bool
    negated: bool
    unknown: bool


def reader(words: Words) -> Callable[[str], Meaning]:
    """A function from a status cell to its meaning."""

    def meaning(cell: str) -> Meaning:
        if len(cell) > LONGEST:
            start = meaning(cell[:LONGEST])
            return Meaning(Outcome.UNDECIDED, start.stage) if start.outcome in _ENDINGS else start
        text = plain(cell)
        if not text:
            return _symbols(cell)
        if text in words.outcomes:
            return Meaning(words.outcomes[text], _stage_within(text, words))
        return _decide(_parse(text, words), text, words)

    return meaning


def stage_of(text: str, words: Words) -> Stage:
    """The furthest stage that a text names."""
    parse = _parse(plain(text), words)
    return Stage.UNKNOWN if parse.negated else furthest(parse.stages)


def furthest(stages: tuple[Stage, ...]) -> Stage:
    for stage in (Stage.INTERVIEW, Stage.SCREENING):
        if stage in stages:
            return stage
    return Stage.UNKNOWN


def _symbols(cell: str) -> Meaning:
    """A cell of nothing but signs: crosses and thumbs down look like an end, and are asked about."""
    outcome = Outcome.UNDECIDED if any(sign in cell for sign in "❌👎🚫⛔💔✖✗✘☹😞😢") else Outcome.OPEN
    return Meaning(outcome, Stage.UNKNOWN)


def _parse(text: str, words: Words) -> _Parse:
    tokens = [part for token in text.split() for part in _unspaced(token, words)]
    outcomes: list[Outcome] = []
    stages: list[Stage] = []
    seen: set[str] = set()
    unknown = False
    place = 0
    while place < len(tokens):
        length, phrase = _longest(tokens, place, words)
        place += length
        if phrase in words.outcomes:
            outcomes.append(words.outcomes[phrase])
        elif phrase in words.stages:
            stages.append(words.stages[phrase])
        else:
            kinds = [name for name in ("me", "them", "not", "filler") if phrase in words.lists[name]]
            seen.update(kinds)
            unknown = unknown or not (kinds or phrase.isdecimal() or phrase in words.months)
    return _Parse(tuple(outcomes), tuple(stages), "me" in seen, "them" in seen, "not" in seen, unknown)


def _unspaced(token: str, words: Words) -> list[str]:
    """Cut a token of a script without spaces (Chinese, Japanese) into the longest phrases we know."""
    if token.isascii() or not any("\u3040" <= letter <= "\u9fff" for letter in token):
        return [token]
    parts, place = [], 0
    while place < len(token):
        sizes = range(min(12, len(token) - place), 0, -1)
        known = (size for size in sizes if _is_known(token[place : place + size], words))
        size = next(known, 1)
        parts.append(token[place : place + size])
        place += size
    return parts


def _is_known(phrase: str, words: Words) -> bool:
    return (
        phrase in words.outcomes
        or phrase in words.stages
        or any(phrase in words.lists[name] for name in ("me", "them", "not", "filler"))
    )


def _longest(tokens: list[str], place: int, words: Words) -> tuple[int, str]:
    for length in range(min(words.longest, len(tokens) - place), 0, -1):
        phrase = " ".join(tokens[place : place + length])
        if _is_known(phrase, words):
            return length, phrase
    return 1, tokens[place]


def _decide(parse: _Parse, text: str, words: Words) -> Meaning:
    stage = furthest(parse.stages)
    found = set(parse.outcomes)
    if not found:
        return _misspelt(text, words) or Meaning(_resembling(text, words), stage)
    if not found & _ENDINGS:
        return Meaning(parse.outcomes[-1], stage)
    if parse.unknown or parse.negated:
        return Meaning(Outcome.UNDECIDED, stage)
    if parse.me and not parse.them:
        offered = Outcome.OFFER in found or Outcome.OFFER_DECLINED in found
        return Meaning(Outcome.OFFER_DECLINED if offered else Outcome.WITHDRAWN, stage)
    if parse.them and not parse.me and found <= _ENDINGS:
        return Meaning(Outcome.REJECTED, stage)
    if found - {Outcome.OPEN} == {Outcome.REJECTED}:
        return Meaning(Outcome.REJECTED, stage)
    return Meaning(Outcome.UNDECIDED, stage)


def _misspelt(text: str, words: Words) -> Meaning | None:
    """A slip of one long word that only one kind of outcome is near to: `reeejected`, `Rejcted`."""
    if " " in text or len(text) < 6:
        return None
    near = get_close_matches(text, [phrase for phrase in words.outcomes if " " not in phrase], 4, _NEARNESS)
    outcomes = {words.outcomes[phrase] for phrase in near}
    return Meaning(outcomes.pop(), Stage.UNKNOWN) if len(outcomes) == 1 else None


def _resembling(text: str, words: Words) -> Outcome:
    """Undecided where one of several words resembles an end (`rejectd after a call`), open where none does."""
    ends = [phrase for phrase, outcome in words.outcomes.items() if outcome in _ENDINGS and " " not in phrase]
    long = [token for token in text.split() if len(token) > 5]
    alike = any(get_close_matches(token, ends, 1, _NEARNESS) for token in long[:20])
    return Outcome.UNDECIDED if alike else Outcome.OPEN


def _stage_within(text: str, words: Words) -> Stage:
    return furthest(_parse(text, words).stages) if text not in words.stages else words.stages[text]
