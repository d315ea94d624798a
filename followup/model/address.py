"""Mail addresses: how one goes over the wire, what makes two the same, and which are read by nobody.

IDNA 2008 (RFC 5891) is loaded only where a domain needs it: that takes longer than most commands do.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import accumulate

LABEL = 63
"""RFC 1035: the longest part of a domain between two dots."""

_NOT_READ = (
    "noreply", "donotreply", "dontreply", "notreply", "noreplies", "neverreply", "noresponse", "donotrespond",
    "dontrespond", "noanswer", "donotanswer", "dontanswer", "notmonitored", "unmonitored", "unattended",
    "noemail", "nomail", "noinbox", "devnull", "nichtantworten", "keineantwort", "nichtbeantworten",
    "antwortetnicht", "keinereply", "ohneantwort", "noresponder", "noresponda", "norespondas", "nocontestar",
    "noconteste", "sinrespuesta", "nepasrepondre", "nerepondezpas", "nerepondrepas", "pasdereponse",
    "sansreponse", "nonrispondere", "nonrisponda", "nonrispondete", "senzarisposta", "nessunarisposta",
    "nietbeantwoorden", "nietantwoorden", "nietreageren", "nietreplyen", "geenantwoord", "naoresponda",
    "naoresponder", "naorespondas", "semresposta", "svarainte", "svaraej", "ejsvara", "ejsvar", "intesvara",
    "ingetsvar", "nieodpowiadaj", "nieodpowiadac", "bezodpowiedzi", "yanitlamayin", "yanitlamayiniz",
    "yanitvermeyin", "cevaplamayin", "cevapvermeyin", "yanityok", "cevapyok", "neotvechat", "neotvechai",
    "neotvechay", "neotvechaj", "nenadootvechat", "bezotveta", "wuxuhuifu", "wuhuifu", "bukehuifu",
    "buyaohuifu", "henshinfuyo", "henshinfuka", "soushinsenyo", "haishinsenyo",
    "noreturn", "replynot", "nonreply", "noreplay", "cannotreply", "antwortennicht", "keinantwort", "keineantworten",
    "keinerueckantwort", "antwortnicht", "nichtbeantwortbar", "norespuesta", "noresponde", "nocontesta",
    "sincontestacion", "nepasreponse", "reponseimpossible", "aucunereponse", "norisposta", "nonrispondi",
    "rispostanonpossibile", "geenreactie", "antwoordniet", "reageerniet", "nietopreageren", "naoresponde",
    "semretorno", "svarinte", "svarej", "besvarainte", "besvaraej", "intebesvara", "brakodpowiedzi", "odpowiedznie",
    "nieodpisuj", "nieodpisywac", "nieodpowiada", "yanitlama", "cevaplama", "cevapsiz", "yanitsiz",
    "netotveta", "neotveta", "buhuifu", "bunenghuifu", "wufahuifu", "qingwuhuifu", "henshinkinshi",
    "henshindekimasen", "henshinfunou",
)  # fmt: skip
"""What says so in an address, in the languages that trackers are read in, written together."""

_MACHINES = frozenset(
    {
        "mailerdaemon", "maildaemon", "postmaster", "bounce", "bounces", "notification", "notifications",
        "notify", "autoreply", "autoresponder", "autoresponse", "autoconfirm", "autoconfirmation",
        "automailer", "automail", "autoemail", "automessage", "autonotification", "automated",
    }
)  # fmt: skip
"""Programs that write mail by themselves, written together: nobody who decides on applications reads theirs."""

_WHOLE = frozenset({"nobody", "null", "daemon", "root", "void", "blackhole", "cron", "wwwdata", "mailer", "robot"})
"""What is read by nobody as the whole of a local part: as a part of it, it may be somebody's name."""

LONGEST_REGISTRY = 3
"""Letters of a label below the top (`co.uk`, `com.br`) that a registry has: the label before it names a firm."""

_BETWEEN_WORDS = re.compile(r"[._+=-]+")
_HINT = re.compile("|".join([*_NOT_READ, *_MACHINES, *_WHOLE]))
"""What an address holds, its words written together, if it is one of those; most do not, which is seen quickly."""


def in_ascii(address: str) -> str:
    """As mail and its servers carry it. Raises ValueError where they cannot.

    Python's own codec follows IDNA 2003, which takes `straße` for `strasse`: another domain, of somebody else.
    """
    local, _, domain = address.rpartition("@")
    if not local.isascii() or not all(0 < len(label) <= LABEL for label in domain.split(".")):
        raise ValueError(f"{address!r} cannot be written in ASCII")
    if domain.isascii():
        return address
    import idna

    return f"{local}@{idna.encode(domain, uts46=True).decode('ascii')}"


def is_carried(address: str) -> bool:
    """Whether mail servers can be given this address."""
    try:
        in_ascii(address)
    except ValueError:
        return False
    return True


def as_carried(address: str) -> str:
    """The address in ASCII, or as it is where mail servers cannot be given it."""
    return in_ascii(address) if is_carried(address) else address


def identity(address: str) -> str:
    """What all spellings of one address share: letters in lower case, and the domain in ASCII."""
    return as_carried(address).casefold()


def readable(address: str) -> str:
    """The spelling in lower case with the domain in its own letters."""
    return for_people(identity(address))


def for_people(address: str) -> str:
    """The address with its domain in its own letters, all else as it stands."""
    local, _, domain = address.rpartition("@")
    if "xn--" not in domain:
        return address
    import idna

    try:
        return f"{local}@{idna.decode(domain)}"
    except idna.IDNAError:
        return address


def is_no_reply(address: str) -> bool:
    """Whether nobody reads what is sent there, by the words of the address: `no-reply@…`, `…@noreply.example.org`."""
    whole = address.casefold()
    if not _HINT.search(_BETWEEN_WORDS.sub("", whole)):
        return False
    local, _, domain = whole.rpartition("@")
    labels = domain.split(".")
    bounces = len(labels) > 2 and labels[0] in ("bounce", "bounces") and len(labels[1]) > LONGEST_REGISTRY
    alone = "".join(_words_of(local.partition("+")[0])) in _WHOLE
    return bounces or alone or _names_a_machine(local) or any(map(_says_not_read, [local, *labels]))


def is_no_reply_name(name: str) -> bool:
    """Whether a sender's name says that nobody reads an answer: `Do Not Reply`, `Acme Notifications`."""
    letters = "".join(sign for sign in unicodedata.normalize("NFKD", name) if sign.isascii() and sign != "'")
    joined = "-".join(letters.casefold().split())
    return _says_not_read(joined) or _names_a_machine(joined)


def _says_not_read(part: str) -> bool:
    """Whether words of this part say so together: `do-not-reply`; one word may begin or end with it: `hrnoreply`."""
    words = _words_of(part)
    return any(word.startswith(_NOT_READ) or word.endswith(_NOT_READ) for word in words) or any(
        run in _NOT_READ for run in _runs(words)
    )


def _names_a_machine(local: str) -> bool:
    """Whether it begins or ends with a program's name: `bounces+123`, `linkedin-notifications`."""
    words = _words_of(local)
    return any(
        run in _MACHINES for end in range(1, len(words) + 1) for run in ("".join(words[:end]), "".join(words[-end:]))
    )


def _runs(words: Sequence[str]) -> Iterator[str]:
    """Every sequence of neighbouring words, written together."""
    for begin in range(len(words)):
        yield from accumulate(words[begin:])


def _words_of(part: str) -> list[str]:
    """The words of a part of an address; a number behind one is none of it."""
    return [word for text in _BETWEEN_WORDS.split(part) if (word := text.rstrip("0123456789"))]
