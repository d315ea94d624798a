"""status text → outcome and stage. By whole phrases, with actor and negation; what is not understood is undecided.

A text is cut into the longest phrases we know, each of one kind, and the kinds together must fit a pattern; a word of
ending in a text that is not understood makes it a question, never a guess.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from followup.model.application import Outcome, Stage
from followup.tracker.words import OUTCOME_OF, SHORTEST_SLIP, STAGE_OF, Words, plain, slips_of

LONGEST = 300
"""Characters; a longer status is prose, of which only the beginning is looked at and no end is believed."""

_LONGEST_UNSPACED = 12
_ENDS = frozenset("rvu")
_UNKNOWN, _SLIP = "?", "q"
_DOUBTFUL = frozenset("?？؟¿%")
"""Signs beside which a rejection is only feared."""
SHORT = 3
"""Words; in a text of no more that names a stage, what is not understood may be how it ended (`Interview flop`)."""

_STEPS = re.compile(r"[-=]+>|[→⇒➜➔➡>;；|｜+&\n]|(?<!\d)(?<!\bw)[/／](?!\d)")
"""Between what stands in a row of steps, or beside another outcome."""

# The kinds of `Words.kinds`, in the order in which they stand; no pattern admits a negation or an unknown word.
_PATTERNS = (
    (re.compile(r"(?=.*m)[om]*f[fomruv]*"), Outcome.OFFER_DECLINED),
    (re.compile(r"(?=.*m)[ogmruv]*"), Outcome.WITHDRAWN),
    (re.compile(r"o*f+u+"), Outcome.OFFER_DECLINED),
    (re.compile(r"(?=.*t)[otru]*[ru][otru]*"), Outcome.REJECTED),
    (re.compile(r"[ouv]*r[ruv]*"), Outcome.REJECTED),
)
# An outcome that two columns can agree on although only one of them names it.
_SETTLES = frozenset({Outcome.REJECTED, Outcome.WITHDRAWN, Outcome.OFFER_DECLINED, Outcome.CANCELLED, Outcome.ACCEPTED})
_AGAINST_REJECTED = frozenset({Outcome.WITHDRAWN, Outcome.ACCEPTED, Outcome.OFFER, Outcome.OFFER_DECLINED})
_YIELDS_TO_REJECTED = frozenset({Outcome.OPEN, Outcome.OFFER, Outcome.GHOSTED, Outcome.ON_HOLD})


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a status text says; an undecided one is a question. Of some, `nothing` is understood at all.

    An `unclear` one is open only because none of its words tells more: the others are not understood.
    """

    outcome: Outcome
    stage: Stage
    nothing: bool = False
    unclear: bool = False


NOTHING = Meaning(Outcome.OPEN, Stage.UNKNOWN, nothing=True)


def reader(words: Words) -> Callable[[str], Meaning]:
    """A function from a status cell to its meaning."""

    def meaning(cell: str) -> Meaning:
        start = cell[:LONGEST]
        text = plain(start)
        if not text:
            return Meaning(Outcome.UNDECIDED, Stage.UNKNOWN) if words.signs & set(start) else NOTHING
        found = _read(text, start, words)
        if found.outcome is Outcome.REJECTED and (_DOUBTFUL & set(start) or len(cell) > LONGEST):
            return Meaning(Outcome.UNDECIDED, found.stage)
        if found.outcome in (Outcome.REJECTED, Outcome.OFFER_DECLINED) and _goes_on(start, words, steps, after):
            return Meaning(Outcome.UNDECIDED, found.stage)
        return found

    steps, after = (_any_of(words.lists[name]) for name in ("then", "after"))
    return meaning


def _any_of(phrases: Collection[str]) -> re.Pattern[str]:
    """Any of these as whole words; in a script without spaces, anywhere."""
    longest_first = sorted(phrases, key=len, reverse=True)
    unspaced = [phrase for phrase in longest_first if _is_unspaced(phrase)]
    spaced = [rf"(?<!\w){re.escape(phrase)}(?!\w)" for phrase in longest_first if phrase not in unspaced]
    return re.compile("|".join([*map(re.escape, unspaced), *spaced]) or "(?!)", re.IGNORECASE)


def _goes_on(cell: str, words: Words, then: re.Pattern[str], after: re.Pattern[str]) -> bool:
    """Whether what is told beside a rejection or after it is alive: `Rejected -> Interview`, `Offer/Rejected`."""

    def told(text: str) -> Meaning:
        return _read(plain(text), text, words) if plain(text) else NOTHING

    for found in (*_STEPS.finditer(cell), *then.finditer(cell)):
        before, behind = told(cell[: found.start()]), told(cell[found.end() :])
        outcomes = {before.outcome, behind.outcome}
        if Outcome.REJECTED in outcomes and outcomes & {Outcome.OFFER, Outcome.ACCEPTED}:
            return True
        goes_on = behind.outcome is Outcome.OPEN and behind.stage is not Stage.UNKNOWN
        if before.outcome is Outcome.REJECTED and goes_on:
            return True
    before, *later = map(told, after.split(cell, maxsplit=1))
    return (
        before.outcome is Outcome.OPEN and not before.nothing and any(one.outcome is Outcome.REJECTED for one in later)
    )


def furthest(stages: Sequence[Stage]) -> Stage:
    for stage in (Stage.INTERVIEW, Stage.SCREENING):
        if stage in stages:
            return stage
    return Stage.UNKNOWN


def together(told: Sequence[tuple[str, Meaning]]) -> tuple[str, Meaning]:
    """(the text that decides, its meaning) of all cells that tell of one application, the most trusted first.

    The first cell wins; what contradicts it is undecided wherever one side is a rejection.
    """
    if not told:
        return "", NOTHING
    stage = furthest([meaning.stage for _, meaning in told])
    text, first = told[0][0], told[0][1].outcome
    beside = [(other, meaning.outcome) for other, meaning in told[1:] if meaning.outcome is not Outcome.OPEN]
    outcomes = {outcome for _, outcome in beside}
    if first in _YIELDS_TO_REJECTED and Outcome.REJECTED in outcomes:
        other = next(other for other, outcome in beside if outcome is Outcome.REJECTED)
        return f"{text} / {other}", Meaning(Outcome.UNDECIDED, stage)
    if first is Outcome.REJECTED and outcomes & _AGAINST_REJECTED:
        other = next(other for other, outcome in beside if outcome in _AGAINST_REJECTED)
        return f"{text} / {other}", Meaning(Outcome.UNDECIDED, stage)
    candidates = beside if first is Outcome.OPEN else []
    if first is Outcome.UNDECIDED:
        candidates = [one for one in beside if one[1] in _SETTLES]
    text, outcome = candidates[0] if candidates else (text, first)
    unclear = outcome is Outcome.OPEN and told[0][1].unclear
    return text, Meaning(outcome, stage, nothing=all(meaning.nothing for _, meaning in told), unclear=unclear)


def _read(text: str, cell: str, words: Words) -> Meaning:
    if text in words.outcomes:
        return Meaning(words.outcomes[text], words.stages.get(text, _stage(_kinds(text, words))))
    kinds = _kinds(text, words)
    if kinds in (_UNKNOWN, _SLIP) and (apart := _apart(cell)) != cell:
        return _read(plain(apart), apart, words)
    if kinds == _SLIP:
        return Meaning(_slipped(text, words), Stage.UNKNOWN)
    nothing = not set(kinds) - {_UNKNOWN}
    unclear = nothing or (_UNKNOWN in kinds and not OUTCOME_OF.keys() & set(kinds) and text.count(" ") < SHORT)
    return Meaning(_outcome(_acts(kinds)), _stage(kinds), nothing=nothing, unclear=unclear)


def _apart(cell: str) -> str:
    """`RejectedAfterInterview` as three words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", cell)


def _kinds(text: str, words: Words) -> str:
    """The kinds of the longest known phrases, one after the other; nothing for fillers and numbers."""
    return "".join(_each_kind([part for token in text.split() for part in _unspaced(token, words)], words))


def _is_unspaced(text: str) -> bool:
    return not text.isascii() and any("\u3040" <= letter <= "\u9fff" for letter in text)


def _unspaced(token: str, words: Words) -> list[str]:
    """Cut a token of a script without spaces (Chinese, Japanese) into the longest phrases we know."""
    if not _is_unspaced(token):
        return [token]
    parts, place = [], 0
    while place < len(token):
        sizes = range(min(_LONGEST_UNSPACED, len(token) - place), 0, -1)
        size = next((size for size in sizes if token[place : place + size] in words.kinds), 1)
        parts.append(token[place : place + size])
        place += size
    return parts


def _each_kind(tokens: Sequence[str], words: Words) -> Iterator[str]:
    place = 0
    while place < len(tokens):
        length = min(words.longest, len(tokens) - place)
        while length > 1 and " ".join(tokens[place : place + length]) not in words.kinds:
            length -= 1
        phrase = " ".join(tokens[place : place + length])
        place += length
        if phrase in words.kinds:
            yield words.kinds[phrase]
        elif not phrase[0].isdecimal() or len(phrase) > SHORTEST_SLIP:
            yield _SLIP if _smells_of_an_end(phrase, words) else _UNKNOWN


def _smells_of_an_end(word: str, words: Words) -> bool:
    return any(part in word for part in words.lists["ending"]) or bool(_near(word, words))


def _near(word: str, words: Words) -> set[Outcome]:
    """The outcomes that this word is a slip of: `reeejected`, `Rejcted`, `ccepted`."""
    if not SHORTEST_SLIP <= len(word) <= 30:
        return set()
    return {outcome for slip in slips_of(word) for outcome in words.slips.get(slip, ())}


def _slipped(word: str, words: Words) -> Outcome:
    """What a cell of one misspelt word says, if only one outcome is near."""
    near = _near(word, words)
    return near.pop() if len(near) == 1 else Outcome.UNDECIDED


def _stage(kinds: str) -> Stage:
    """The furthest stage named; one after `without` or `not` was not reached."""
    reached = re.sub(r"[xn][si]", "", kinds)
    return furthest([STAGE_OF[kind] for kind in reached if kind in STAGE_OF])


def _acts(kinds: str) -> str:
    """Kinds that tell who did what: no stages, `I` by whether it did or suffered, the employer in front of a verb."""
    acts = re.sub(r"[xn]?[si]", "", kinds)
    acts = acts.replace("j", "t" if "b" in acts else "m").replace("b", "")
    return re.sub(r"e(?=[ru])", "t", acts).replace("e", _UNKNOWN).replace("x", _UNKNOWN)


def _outcome(acts: str) -> Outcome:
    named = [OUTCOME_OF[act] for act in acts if act in OUTCOME_OF]
    if _SLIP in acts:
        return Outcome.UNDECIDED
    if not _ENDS & set(acts):
        return _of_no_end(acts, named)
    return next((outcome for pattern, outcome in _PATTERNS if pattern.fullmatch(acts)), Outcome.UNDECIDED)


def _of_no_end(acts: str, named: Sequence[Outcome]) -> Outcome:
    """The last outcome named; a gift that is denied is a question, one that the person withdrew from is declined."""
    if not named:
        return Outcome.OPEN
    if "n" in acts and {Outcome.OFFER, Outcome.ACCEPTED} & set(named):
        return Outcome.UNDECIDED
    if Outcome.OFFER in named and Outcome.WITHDRAWN in named:
        return Outcome.OFFER_DECLINED
    return named[-1]
