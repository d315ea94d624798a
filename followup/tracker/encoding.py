"""bytes → text: UTF-8 and UTF-16 by what they are, an older encoding by the words that it makes.

UTF-8 with a few broken bytes stays UTF-8. Where no known word bears an older encoding out, those that may be meant as
well are named beside the likeliest; where there are none, it is unsure all the same, but for plain western letters.
"""

import codecs
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from followup.tracker.words import Words, plain

_WESTERN = frozenset({"en", "de", "es", "fr", "it", "nl", "pt", "sv"})
_SERVES = {
    "cp1252": _WESTERN, "cp1250": frozenset({"pl"}), "cp1251": frozenset({"ru"}), "cp1254": frozenset({"tr"}),
    "mac_roman": _WESTERN, "cp932": frozenset({"ja"}), "gb18030": frozenset({"zh"}), "iso8859-2": frozenset({"pl"}),
    "koi8-r": frozenset({"ru"}), "iso8859-5": frozenset({"ru"}), "iso8859-9": frozenset({"tr"}),
    "big5": frozenset({"zh"}), "euc_jp": frozenset({"ja"}), "cp850": _WESTERN, "cp437": _WESTERN,
    "cp1253": frozenset[str](), "cp1255": frozenset[str](), "cp1256": frozenset[str](), "cp1257": frozenset[str](),
    "iso8859-7": frozenset[str](), "cp949": frozenset[str](), "cp874": frozenset[str](), "cp866": frozenset({"ru"}),
    "iso8859-15": _WESTERN, "iso8859-4": frozenset[str](), "johab": frozenset[str](), "cp1258": frozenset[str](),
}  # fmt: skip
"""Older encodings, the commonest first, and the languages of ours whose words count for them."""

_RARE = frozenset({"iso8859-4", "iso8859-15", "cp1258", "johab"})
"""Those that hardly anybody writes today: offered where it is asked anyway, never a reason to ask."""

_SAMPLE = 200_000
"""So many bytes tell an older encoding."""

_BETWEEN_CELLS = re.compile(r"[,;\t|\r\n\"]+")
_LONGEST = 60
"""No word that we know is longer."""

_SLACK = 2
"""So many more signs out of place a rival may have where the likeliest encoding has some itself."""

_SHOWN = 3
"""So many cells are shown in which encodings differ."""

_SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
"""Half of a sign in a kind of UTF-8 that some databases write (CESU-8)."""

_WHOLE_SIGN = re.compile(
    rb"(?<![\x80-\xff])(?:[\xc3-\xc5\xce-\xd1][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2})+"
    rb"(?![\x80-\xff])"
)
"""Letters of Europe, and signs of other scripts, in UTF-8, between plain ASCII."""

_SEVEN_BITS = ("utf-7", "hz")
_BASE_64 = re.compile(rb"\+[A-Za-z0-9+/]{3,}-?")
_RUNS = 3
"""So many runs of base 64 are no chance."""

# What a wrong codec leaves behind: a sign that is neither letter nor quotation mark beside a letter, two scripts in one
# word, a raised digit in front of a letter, a capital behind a small letter, a control character.
_LATIN = "A-Za-z\xc0-\u024f"
_OTHER = "\u0370-\u1fff\u2e80-\ud7ff\uf900-\uffef"
_BESIDE_LETTERS = "\x00-\x7f\\w\u2010-\u2027«»\xa0·€\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0e31\u0e34-\u0e4e"
_MISREAD = re.compile(
    f"[^\\W\\d_][^{_BESIDE_LETTERS}]|[^{_BESIDE_LETTERS}][^\\W\\d_]"
    f"|[{_LATIN}][{_OTHER}]|[{_OTHER}][{_LATIN}]|[¹²³¼-¾][^\\W\\d_]|[a-zß-ÿ][À-ÖØ-Þ]|[\x80-\x9f\ue000-\uf8ff]"
)


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a file under the likeliest codec, and the `rivals` that may be meant as well.

    It is `unsure` where nothing but a lack of rivals speaks for that codec.
    """

    codec: str
    text: str
    rivals: tuple[str, ...] = ()
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class _Candidate:
    """How well a codec reads a file: cells that are words we know, signs that stand in no word."""

    codec: str
    known: int
    odd: int


def text_of(data: bytes, words: Words, configured: str | None, chosen: str | None) -> Text:
    """The text of a file; `chosen` is the older encoding that the person named where they were asked.

    Raises LookupError or UnicodeError where the configured codec cannot read it.
    """
    if data.startswith(b"\xef\xbb\xbf"):
        return Text("utf-8-sig", _SURROGATE.sub("\ufffd".encode(), data).decode("utf-8-sig", "replace"))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Text("utf-16", data.decode("utf-16", "replace"))
    if configured is not None:
        return Text(configured, data.decode(configured, "replace"))
    sample = data[:2000]
    if sample.count(0) > len(sample) // 4:
        codec = "utf-16-le" if sample[1::2].count(0) > sample[0::2].count(0) else "utf-16-be"
        return Text(codec, data.decode(codec, "replace"))
    if data.isascii():
        return _seven_bits(data, chosen)
    text = _as_utf8(data)
    return Text("utf-8", text) if text is not None else _older(data, words, chosen)


def other_readings(cells: Sequence[str], codec: str, rivals: Sequence[str], *, unsure: bool) -> dict[str, str]:
    """How each codec reads the first of these cells in which they differ, the likeliest codec first; {} if none does.

    Codecs that read all the cells alike are one: the first of them stands for all. An `unsure` one is shown alone too.
    """
    versions = {tuple(cells): codec}
    data = [cell.encode(codec, "ignore") for cell in cells]
    for rival in rivals:
        versions.setdefault(tuple(cell.decode(rival, "replace") for cell in data), rival)
    differing = [place for place in range(len(cells)) if len({version[place] for version in versions}) > 1]
    samples = {name: ", ".join(version[place] for place in differing[:_SHOWN]) for version, name in versions.items()}
    if not differing and unsure and cells:
        return {codec: ", ".join(cells[:_SHOWN])}
    return samples if differing else {}


def _as_utf8(data: bytes) -> str | None:
    """The text where the bytes are UTF-8, at least as many of its signs outside ASCII as there are broken ones."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        whole, halves = _SURROGATE.subn("\ufffd".encode(), data)
        text = whole.decode("utf-8", "replace")
        signs = len(text) - len(text.encode("ascii", "ignore"))
        broken = text.count("\ufffd") - halves
        return text if signs - broken >= broken else None


def _older(data: bytes, words: Words, chosen: str | None) -> Text:
    candidates = [one for codec in _SERVES if (one := _candidate(data, codec, words)) is not None]
    mixed = ("utf-8",) if _holds_utf8(data) else ()
    named = next((codec for codec in (*(one.codec for one in candidates), *mixed) if codec == chosen), None)
    if named is not None:
        return Text(named, data.decode(named, "replace"))
    if not candidates:
        return Text("cp1252", data.decode("cp1252", "replace"), mixed, unsure=chosen != "cp1252")
    best = max(candidates, key=lambda one: (one.known, -one.odd))
    unsure = not best.known and (best.odd > 0 or not _is_usual(best.codec, data, words))
    rivals = [one for one in candidates if one is not best and _is_rival(one, best)]
    readings = {data[:_SAMPLE].decode(one.codec, "replace") for one in (best, *rivals) if one.codec not in _RARE}
    if not unsure and len(readings) == 1:
        rivals = []
    ordered = tuple(one.codec for one in sorted(rivals, key=lambda one: one.odd))
    return Text(best.codec, data.decode(best.codec, "replace"), (*mixed, *ordered), unsure)


def _seven_bits(data: bytes, chosen: str | None) -> Text:
    """ASCII, unless all its runs of base 64 are letters in UTF-7, or it has the marks of HZ: then it is either."""
    text = data.decode("ascii")
    for codec in _SEVEN_BITS:
        if codec == chosen or (chosen is None and _may_be(codec, data)):
            with suppress(UnicodeError):
                return Text(codec, data.decode(codec), () if chosen else ("utf-8",))
    return Text("utf-8", text)


def _may_be(codec: str, data: bytes) -> bool:
    if codec == "hz":
        return b"~{" in data and b"~}" in data
    runs = _BASE_64.findall(data)
    try:
        letters = "".join(run.decode(codec) for run in runs)
        data.decode(codec)
    except UnicodeError:
        return False
    # Of a word that happens to stand behind a plus, base 64 makes one sign of Chinese; a text in it has more of them.
    return letters.isalpha() and (len(runs) >= _RUNS or max(letters) < "\u0700")


def _holds_utf8(data: bytes) -> bool:
    """Whether letters stand in it whole in UTF-8, as hardly two signs of an older encoding do by chance."""
    return _WHOLE_SIGN.search(data) is not None


def _is_rival(other: _Candidate, best: _Candidate) -> bool:
    """Whether this codec may be meant as well: it fits better, or as well where no word bears the best one out."""
    if best.known:
        return other.odd < best.odd
    return other.odd <= best.odd + (_SLACK if best.odd else 0)


def _candidate(data: bytes, codec: str, words: Words) -> _Candidate | None:
    """How well this codec reads the beginning of the file; None where it cannot."""
    try:
        text = codecs.getincrementaldecoder(codec)().decode(data[:_SAMPLE], final=len(data) <= _SAMPLE)
    except UnicodeDecodeError:
        return None
    cells = _BETWEEN_CELLS.split(text)
    known = sum(not cell.isascii() and _is_known(plain(cell), codec, words) for cell in cells if len(cell) < _LONGEST)
    return _Candidate(codec, known, len(_MISREAD.findall(text)))


def _is_usual(codec: str, data: bytes, words: Words) -> bool:
    """Whether it is the codec of western letters, or of a language that has words of the sheet to itself, in ASCII."""
    if _SERVES[codec] == _WESTERN:
        return True
    cells = _BETWEEN_CELLS.split(data[:_SAMPLE].decode("ascii", "replace"))
    spoken = (words.spoken.get(plain(cell)) for cell in cells if len(cell) < _LONGEST)
    return any(languages and languages <= _SERVES[codec] for languages in spoken)


def _is_known(phrase: str, codec: str, words: Words) -> bool:
    """Whether this is a word of a language that is written in this codec; of one's own languages any."""
    for known in (phrase, phrase.partition(" ")[0]):
        if languages := words.spoken.get(known):
            return any(language in _SERVES[codec] or language not in _ALL for language in languages)
    return False


_ALL = frozenset().union(*_SERVES.values())
