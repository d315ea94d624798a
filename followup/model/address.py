"""Mail addresses: how one goes over the wire, and what makes two the same.

IDNA 2008 (RFC 5891) is loaded only where a domain needs it: that takes longer than most commands do.
"""

LABEL = 63
"""RFC 1035: the longest part of a domain between two dots."""


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


def identity(address: str) -> str:
    """What all spellings of one address share: letters in lower case, and the domain in ASCII."""
    return (in_ascii(address) if is_carried(address) else address).casefold()


def readable(address: str) -> str:
    """The spelling in lower case with the domain in its own letters."""
    local, _, domain = identity(address).rpartition("@")
    if "xn--" not in domain:
        return f"{local}@{domain}"
    import idna

    try:
        return f"{local}@{idna.decode(domain)}"
    except idna.IDNAError:
        return f"{local}@{domain}"
