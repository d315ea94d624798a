"""A company's name as a person types it: by whole words, in any case, with accents and umlauts or without."""

import unicodedata

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_NO_ACCENT_TO_TAKE_OFF = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})


def is_called(company: str, typed: str) -> bool:
    """Whether this is the company's whole name: `Bäcker`, `baecker` and `backer` are one, `Ora` is not `Oracle`."""
    return not _spellings(" ".join(company.split())).isdisjoint(_spellings(" ".join(typed.split())))


def has_words(company: str, typed: str) -> bool:
    """Whether what was typed is one or several whole words of the name, one after the other.

    Words are what spaces part. Signs within them count for nothing, so `rolls royce` is `Rolls-Royce`, and `royce` is
    only a part of a word.
    """
    wanted = {_letters(spelling) for spelling in _spellings(typed)} - {""}
    for spelling in _spellings(company):
        words = [_letters(word) for word in spelling.split()]
        whole = "".join(words)
        if any(letters in whole and letters in _runs(words) for letters in wanted):
            return True
    return False


def contains(text: str, typed: str) -> bool:
    """Whether what was typed stands anywhere in the text, for searching."""
    return any(wanted in found for wanted in _spellings(typed) for found in _spellings(text))


def _runs(words: list[str]) -> set[str]:
    """Each word, and all words that follow one another, written together."""
    places = range(len(words) + 1)
    return {"".join(words[first:last]) for first in places for last in places if first < last}


def _spellings(text: str) -> set[str]:
    """In lower case without accents, and with umlauts written in two letters."""
    if text.isascii():
        return {text.casefold()}
    folded = unicodedata.normalize("NFC", text).casefold()
    return {_without_accents(folded), _without_accents(folded.translate(_UMLAUTS))}


def _without_accents(text: str) -> str:
    # Only the marks of European scripts: those of Indian ones are vowels.
    apart = unicodedata.normalize("NFKD", text.translate(_NO_ACCENT_TO_TAKE_OFF))
    return "".join(letter for letter in apart if not "\u0300" <= letter <= "\u036f").casefold()


def _letters(text: str) -> str:
    """What tells names apart: `C++` is not `C`."""
    return "".join(sign for sign in text if sign.isalnum() or sign in "+#" or unicodedata.category(sign)[0] == "M")
