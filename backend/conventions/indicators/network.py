"""Addresses of networks: URL, e-mail, IP; domains and addresses without a scheme stand in `domains`."""

import ipaddress
import re

from backend.conventions.indicators.domains import HOST, host_in, lower_host, trimmed
from backend.conventions.indicators.text import Taken
from backend.conventions.schema.engine import IndicatorWords
from backend.conventions.tokens import plain

_SCHEME = re.compile(r"(?<![A-Za-z])[A-Za-z][A-Za-z+]{1,11}$")
_FOUR = r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}"
# Here and in the other patterns the check of what stands before follows the first character: so the search leaps to it.
_TARGET = re.compile(
    r"[ ]?((?:[\w.~%+-]{1,64}(?::[^\s@/]{0,64})?@)?"
    rf"(?:{_FOUR}(?![\w.]*\.[a-z])|\[[0-9a-f:.]{{2,45}}\]|{HOST}|localhost)"
    r"(?::[0-9]{1,5})?)((?:[/?#][^\s<>\"|^`{}]{0,2000})?)",
    re.IGNORECASE,
)
_REPAIRED = {"ttp": "http", "ttps": "https", "htp": "http", "htps": "https", "meow": "http", "meows": "https"}
_LOCAL = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.+-_%áéíóúñüçàèâêîôûëïöÁÉÍÓÚÑ")
_LOCAL_CHARS = "".join(_LOCAL)
_NEXT_URL = re.compile(r"[,;]+(?=[A-Za-z]{3,6}://)")
_AT = re.compile(r"@(?<=[\w.+%-]@)(?=[\w-]{1,63}\.\w)")
_HOST_AT = re.compile(HOST)
_IPV4 = re.compile(r"[0-9](?<![\w.,$€£].)[0-9]{0,2}(?:\.[0-9]{1,3}){3}(?!\w|[.,][0-9])")
_IPV6 = re.compile(
    r"(?<![\w:.])(?:[0-9a-f]{1,4}:|:){2,8}(?:[0-9a-f]{1,4}|[0-9]{1,3}(?:\.[0-9]{1,3}){3})?(?![\w:])", re.IGNORECASE
)
_IP_PATH = re.compile(r"(?::[0-9]{1,5})?/(?![0-9]{1,2}(?:[^\w/.-]|$))[^\s<>\"|^`{}]{1,2000}")
_FOR_EXAMPLE = frozenset({"e.g.", "i.e.", "b.v.", "p.e.", "o.a."})
_ABBREVIATED = re.compile(r"(?:^|[^\w])[^\W\d_]\.[ ]?$")
_WORD_AFTER = re.compile(r"[ ]?([^\W\d_]{1,20})")
_AND = re.compile(r"[ ,;/]*(?:(?:and|or|to|y|e|o|u|a|et|ou|en|of|tot|-)[ ])?[ ]*(?:v(?:er)?\.?)?[ ]*")


def find_urls(taken: Taken) -> None:
    """Every address with a scheme."""
    place = taken.text.find("://")
    while place >= 0:
        place = taken.text.find("://", _take_url(taken, place))


def _take_url(taken: Taken, place: int) -> int:
    """Take the URL whose `://` stands at `place`; where to look for the next."""
    scheme = _SCHEME.search(taken.text[max(0, place - 13) : place])
    target = _TARGET.match(taken.text, place + 3) if scheme else None
    if scheme is None or target is None:
        return place + 3
    raw = trimmed(_NEXT_URL.split(target[0], 1)[0])
    end = place + 3 + len(raw)
    if taken.free(place, end):
        name = scheme[0].lower()
        value = f"{_REPAIRED.get(name, name)}://{lower_host(raw.lstrip())}"
        taken.take("url", value, place - len(scheme[0]), end)
    return max(place + 3, end)


def find_emails(taken: Taken) -> None:
    """Every e-mail address."""
    for match in _AT.finditer(taken.text):
        _take_email(taken, match.start())


def _take_email(taken: Taken, place: int) -> None:
    text = taken.text
    before = text[max(0, place - 64) : place]
    local = before[len(before.rstrip(_LOCAL_CHARS)) :].lstrip(".-+%")
    if not local or local.endswith("."):
        return
    match = _HOST_AT.match(text, place + 1)
    start = place - len(local)
    if match is None or text[start - 1 : start] == "@" or not taken.free(start, match.end()):
        return
    host = host_in(match[0]) or match[0]
    taken.take("email", f"{local}@{host}".lower(), start, place + 1 + len(host))


def find_addresses(taken: Taken, words: IndicatorWords) -> None:
    """Every IPv4 and IPv6 address that is no version, reference or sum of money; with a path it is a URL."""
    refused_until = -1
    for match in _IPV4.finditer(taken.text):
        start, end = match.span()
        if not taken.free(start, end):
            continue
        goes_on = 0 <= refused_until < start and _AND.fullmatch(taken.text[refused_until:start]) is not None
        if goes_on or _is_no_address(taken, start, end, words):
            refused_until = end
        else:
            _take_ipv4(taken, match)
    if "::" in taken.text or taken.text.count(":") > 6:
        for match in _IPV6.finditer(taken.text):
            _take_ipv6(taken, match)


def _is_no_address(taken: Taken, start: int, end: int, words: IndicatorWords) -> bool:
    before = taken.word_next_before(start)
    # `s. 4.3.2.1`, `r.o. 2.3.1.4`: an abbreviation, no address.
    if taken.text[max(0, start - 5) : start].strip(" (").lower() in _FOR_EXAMPLE:
        return False
    if _ABBREVIATED.search(taken.text, max(0, start - 4), start):
        return True
    if before in words.version_words or before in words.money_words:
        return True
    after = _WORD_AFTER.match(taken.text, end)
    return (
        after is not None
        and len(after[1]) > 2
        and plain(after[1]) not in {"per", "btc", "eth"}
        and plain(after[1]) in words.money_words
    )


def _take_ipv4(taken: Taken, match: re.Match[str]) -> None:
    try:
        address = ipaddress.IPv4Address(match[0])
    except ValueError:
        return
    # A mask, or what stands for no machine at all.
    if address.is_unspecified or match[0].startswith("255."):
        return
    path = _IP_PATH.match(taken.text, match.end())
    if path is not None and (raw := trimmed(path[0])).partition("/")[2]:
        taken.take("url", str(address) + raw, match.start(), match.end() + len(raw))
    else:
        taken.take("ipv4", str(address), match.start(), match.end())


def _take_ipv6(taken: Taken, match: re.Match[str]) -> None:
    if taken.free(*match.span()) and (value := taken.once(_ipv6, (match[0],))):
        taken.take("ipv6", value, match.start(), match.end())


def _ipv6(raw: str) -> str | None:
    """The shortest form of an address; None for what is none, as names of programs that look like one (`be::ad`)."""
    try:
        address = ipaddress.IPv6Address(raw)
    except ValueError:
        return None
    return str(address) if not address.is_unspecified and any(c.isdigit() for c in raw) else None
