"""Facts as prose has them: `Engineer (m/w/d)` → `Engineer`, `ACME GMBH` → `Acme`, `Frau Dr. König` → form, title, name.

For what is written only: the store keeps what the tracker says.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from followup.model.address import is_no_reply_name

LONGEST = 200

_NOTHING = frozenset(
    {"", "null", "none", "nil", "nan", "n/a", "na", "n.a.", "k.a.", "k. a.", "tbd", "tba", "unknown", "undefined", "?"}
)
_LINK = re.compile(r"\(?\b(?:https?://|www\.)\S+", re.IGNORECASE)
_ENDS = " \t-–—,;:|/·"
_GENDERS = re.compile(
    r"\s*[(\[{]\s*(?:[mwfdhxia](?:\s*[/|*,.]\s*(?:[mwfdhxian]|divers|div)\.?)+|all genders?|alle geschlechter|gn)\s*"
    r"[)\]}]"
    r"|\s+[-–|,]?\s*(?:[mwf]\s*/\s*[mwf](?:\s*/\s*[dxi])?|[hf]\s*/\s*[hf](?:\s*/\s*x)?|all genders)\s*$",
    re.IGNORECASE,
)
_REQUISITION = re.compile(
    r"\s*[(\[][^)\]]*\d{3,}[^)\]]*[)\]]"
    r"|\s*[-–—|,:]?\s*\b(?:req(?:uisition)?|ref(?:erence)?|job|stellen|kennziffer|jr|id)\b[\s.:#]*(?:id|no|nr|number)?"
    r"[\s.:#-]*[A-Za-z]{0,4}[-_]?\d{2,}[\w/-]*"
    r"|\s*[-–—|,:]\s*#?(?:[A-Za-z]{1,4}[-_]?)?\d{3,}[\w-]*\s*$"
    r"|\s*#\s*[A-Za-z]*[-_]?\d+"
    r"|^\s*#?(?:[A-Za-z]{1,4}[-_]?)?\d{4,}\s*[-–—:|]\s*",
    re.IGNORECASE,
)
_LEGAL_ANY = (
    "gmbh & co. kgaa", "gmbh & co. kg", "gmbh & co kg", "ag & co. kg", "ug (haftungsbeschränkt)", "& co. kg", "& co kg",
    "ggmbh", "gmbh", "mbh", "e.v.", "e.k.", "kgaa", "incorporated", "inc.", "inc", "limited", "ltd.", "ltd", "pty",
    "plc", "llc", "l.l.c.", "llp", "corporation", "corp.", "corp", "co., ltd.", "s.a.s.", "s.a.r.l.", "sarl", "sasu",
    "eurl", "s.a.", "s.l.u.", "s.l.", "s.r.l.", "srl", "s.p.a.", "spa", "b.v.", "n.v.", "a/s", "aps", "oyj",
    "sp. z o.o.", "s.r.o.", "kft.", "kft",
)  # fmt: skip
_LEGAL_CAPITALS = ("AG", "KG", "OHG", "UG", "SE", "EG", "SA", "SAS", "SL", "SLU", "BV", "NV", "AB", "AS", "OY")
"""Legal forms that are words or parts of names in small letters."""

_ALWAYS_CAPITALS = frozenset({"AG", "KG", "LLC", "LLP", "PLC", "SA", "SAS", "SL", "BV", "NV", "SE", "AB", "SARL"})
_ACRONYMS = frozenset(
    {"SAP", "SQL", "PHP", "AWS", "CRM", "SEO", "ERP", "CAD", "CNC", "API", "CEO", "CTO", "CFO", "COO", "BIM", "GIS",
     "VIP", "B2B", "B2C", "HVAC", "HTML", "JAVA"}
)  # fmt: skip
_SMALL = frozenset(
    {"of", "and", "for", "the", "in", "at", "to", "und", "für", "im", "de", "la", "le", "les", "des", "du", "et", "en",
     "el", "y", "del", "los", "las", "para", "pour", "mit", "with"}
)  # fmt: skip
_CAPITALISING = frozenset({"en", "de"})
"""Languages in which a job title in small letters looks like a slip."""

_FORMS = {
    "frau": "ms", "ms": "ms", "mrs": "ms", "miss": "ms", "mme": "ms", "madame": "ms", "mlle": "ms", "sra": "ms",
    "señora": "ms", "srta": "ms",
    "herr": "mr", "herrn": "mr", "mr": "mr", "m.": "mr", "monsieur": "mr", "sr": "mr", "señor": "mr",
}  # fmt: skip
_TWO_SURNAMES = frozenset({"sra", "sr", "señora", "señor", "srta"})
_TITLES = {"dr": "Dr.", "doctor": "Dr.", "prof": "Prof.", "professor": "Prof.", "dra": "Dra.", "dr.-ing": "Dr.-Ing."}
_PARTICLES = frozenset(
    {"van", "von", "vom", "zu", "zur", "der", "den", "de", "del", "della", "di", "da", "dos", "du", "la", "le", "ter",
     "ten", "bin", "al", "el"}
)  # fmt: skip
_WITHIN = _PARTICLES | {
    "das", "do", "dei", "degli", "delle", "des", "las", "los", "les", "lo", "op", "in", "het", "te", "dem", "zum",
    "und", "af", "av", "ibn", "bint", "ben", "abu",
}  # fmt: skip
"""What else stands within a name in small letters."""
_NO_PERSON = frozenset(
    {"team", "hr", "rh", "rrhh", "recruiting", "recruitment", "recruiter", "careers", "career", "jobs", "talent",
     "hiring", "manager", "bewerbung", "bewerbungen", "personal", "personalabteilung", "recursos", "ressources",
     "human", "resources", "department", "abteilung", "office", "info", "contact", "kontakt", "people", "acquisition",
     "service", "support", "group", "company", "via", "notification", "notifications"}
)  # fmt: skip
_SEVERAL = re.compile(r"\s(?:and|und|et|y|e|oder|or)\s|[/&;+]", re.IGNORECASE)


class Addressee(NamedTuple):
    """Whom a letter greets. `form` is ms or mr where the given name says so, `title` as it is written, else empty.

    `name` has neither; `surname` is empty where the name does not tell for certain which part it is.
    """

    form: str
    title: str
    name: str
    surname: str


NOBODY = Addressee("", "", "", "")


def flatten(value: str) -> str:
    """One printable line of bounded length: a value from a sheet may hold anything (fault X1)."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in value).split())[:LONGEST]


def sentence(text: str) -> str:
    """The text ended as a sentence, its words as they came."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def company(text: str) -> str:
    """The company as people speak of it: without its legal form, links and emoji, not shouted."""
    whole = _plain(text)
    name, legal = _without_legal_form(whole)
    if not name:
        return whole
    if _shouts(name, legal):
        return _recased(name, lambda word: word if len(word) <= 3 else word.capitalize())
    return _recased(name, str.capitalize) if name.islower() and "." not in name else name


def role(text: str, language: str) -> str:
    """The job without `(m/w/d)`, requisition numbers, links and emoji, not shouted; empty for `n/a` and its like."""
    name = _plain(_REQUISITION.sub("", _GENDERS.sub("", _plain(text).partition(" | ")[0])))
    words = re.findall(r"[^\W\d_]+", name)
    if name.isupper() and (len(words) > 1 or len(name) > 5):
        return _first_capital(_recased(name, _unshouted))
    if name.islower() and language in _CAPITALISING:
        return _first_capital(_recased(name, lambda word: word if word in _SMALL else word.capitalize()))
    return name


def addressee(text: str | None) -> Addressee:
    """Whom to greet, if the text names one person for certain."""
    name = _plain(re.split(r"\s[-–—|]\s|[|(\[<]", flatten(text or ""))[0])
    if not name or _SEVERAL.search(name) or "@" in name or any(letter.isdigit() for letter in name):
        return NOBODY
    words = _in_order(name)
    form = title = ""
    spanish = words[0].casefold().rstrip(".") in _TWO_SURNAMES
    while len(words) > 1:
        key = words[0].casefold()
        if not form and not title and (found := _FORMS.get(key) or _FORMS.get(key.rstrip("."))) and key != "m":
            form = found
        elif found := _TITLES.get(key.rstrip(".")):
            title = f"{title} {found}".strip()
        else:
            break
        words = words[1:]
    if not words or len(words) > 5 or {word.casefold().strip(".") for word in words} & _NO_PERSON:
        return NOBODY
    if is_no_reply_name(name) or _has_other_words(words):
        return NOBODY
    name = " ".join(_as_names(words))
    if name.rstrip(".").casefold() in {*_FORMS, *_TITLES}:
        return NOBODY
    return Addressee(form, title, name, name if spanish else _surname(name.split(), known=bool(form or title)))


def _plain(text: str) -> str:
    """One line without links and emoji, or nothing where it only says that there is nothing."""
    kept = "".join(sign for sign in _LINK.sub("", flatten(text)) if not _is_emoji(sign))
    line = " ".join(kept.split()).strip(_ENDS)
    return "" if line.casefold() in _NOTHING else line


def _is_emoji(sign: str) -> bool:
    return not sign.isascii() and (unicodedata.category(sign) in ("So", "Sk", "Cs", "Co") or sign in "\ufe0f\u20e3")


def _without_legal_form(name: str) -> tuple[str, str]:
    """(the name, its legal form as written)."""
    for form in (*_LEGAL_ANY, *_LEGAL_CAPITALS):
        written = name[-len(form) :]
        same = written == form if form in _LEGAL_CAPITALS else written.casefold() == form
        rest = name[: -len(form)]
        if same and rest.strip(_ENDS) and rest[-1] in " ,.":
            further, more = _without_legal_form(rest.strip(_ENDS))
            return further, f"{more} {written}".strip()
    return name, ""


def _shouts(name: str, legal: str) -> bool:
    """Whether capitals are a habit of the sheet, not of the company: `ACME GMBH`, `BIRCH & SONS`, but not `KPMG AG`."""
    if not name.isupper():
        return False
    if any(word.isupper() and word not in _ALWAYS_CAPITALS for word in re.findall(r"[A-Z]{2,}", legal)):
        return True
    words = re.findall(r"[^\W\d_]+", name)
    return max(map(len, words), default=0) > (4 if len(words) > 1 else 6)


def _unshouted(word: str) -> str:
    if word.casefold() in _SMALL:
        return word.casefold()
    return word if len(word) <= 2 or word in _ACRONYMS else word.capitalize()


def _recased(text: str, change: Callable[[str], str]) -> str:
    return re.sub(r"[^\W\d_]+", lambda found: change(found[0]), text)


def _first_capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _in_order(name: str) -> list[str]:
    """The words of a name, `Roe, Ines` turned round; what follows a comma otherwise is a degree or a job."""
    before, comma, after = (part.strip() for part in name.partition(","))
    if comma and _is_word(before) and _is_word(after) and not after.isupper():
        return [after, before]
    return before.split()


def _is_word(text: str) -> bool:
    return re.sub("[-'’.]", "", text).isalpha()


def _has_other_words(words: list[str]) -> bool:
    """Whether a word within a name is none of it: `Ines Roe at Acme`."""
    within = [word for word in words[1:-1] if word.islower() and word.isalpha()]
    return any(word not in _WITHIN for word in within) and not "".join(words).islower()


def _as_names(words: list[str]) -> list[str]:
    """Names written as names are, where the sheet shouts or whispers them."""
    whole = "".join(words)
    if not (whole.isupper() or whole.islower()):
        return words
    return [
        word.casefold() if word.casefold() in _PARTICLES else _recased(word.casefold(), str.capitalize)
        for word in words
    ]


def _surname(words: list[str], *, known: bool) -> str:
    """What follows a form or a title alone, stands behind one first name, or begins with a particle."""
    particle = next((place for place, word in enumerate(words) if word in _PARTICLES), None)
    if particle is not None:
        return " ".join(words[particle:])
    if len(words) == 1:
        return words[0] if known else ""
    return words[1] if len(words) == 2 else ""
