"""Addresses of networks: URL, e-mail, IP, domain; written plainly or defanged (`hxxp`, `[.]`, `(at)`)."""

import functools
import ipaddress
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from backend.conventions.indicators.text import Taken
from backend.conventions.schema.engine import IndicatorWords

if TYPE_CHECKING:
    from tldextract import TLDExtract

_DOT = r"(?:\.|[ ]?[\[({][ ]?(?:\.|dot|punto|point|punt)[ ]?[\])}][ ]?)"
_AT = r"(?:@|[ ]?[\[({][ ]?(?:@|at|arroba)[ ]?[\])}][ ]?)"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_HOST = rf"(?:{_LABEL}{_DOT}){{1,8}}[^\W\d_][\w-]{{1,24}}"
_FOUR = rf"\d{{1,3}}(?:{_DOT}\d{{1,3}}){{3}}"
_REST = r"(?::\d{1,5})?(?:[/?#][^\s<>\"'»”]{0,2000})?"
_URL = re.compile(rf"\b(h(?:tt|xx|\*\*)ps?|ftp)(?:\[?:\]?\[?//\]?|\[://\])((?:{_FOUR}|{_HOST}){_REST})", re.IGNORECASE)
_HOST_PATH = re.compile(rf"(?<![\w@.-])({_HOST})(?::\d{{1,5}})?/[^\s<>\"'»”]{{1,2000}}", re.IGNORECASE)
_EMAIL = re.compile(rf"(?<![\w.+-])([\w.+-]{{1,64}}){_AT}({_HOST})", re.IGNORECASE)
_IPV4 = re.compile(rf"(?<![\w.]){_FOUR}(?![\w]|\.\d)", re.IGNORECASE)
_IPV6 = re.compile(
    r"(?<![\w:.])(?:[0-9a-f]{1,4}:|:){2,8}(?:[0-9a-f]{1,4}|\d{1,3}(?:\.\d{1,3}){3})?(?![\w:])", re.IGNORECASE
)
_DOMAIN = re.compile(rf"(?<![\w@.-]){_HOST}(?![\w@-])", re.IGNORECASE)
_DEFANGED_DOT = re.compile(r"\s*[\[({]\s*(?:\.|dot|punto|point|punt)\s*[\])}]\s*", re.IGNORECASE)
_DEFANGED_AT = re.compile(r"\s*[\[({]\s*(?:@|at|arroba)\s*[\])}]\s*", re.IGNORECASE)
_TRAILING = ".,;:!?)]}'\"»”"


def find_network(taken: Taken, words: IndicatorWords) -> None:
    """Every URL, e-mail address, IP address and domain that is not inside one already found."""
    for match in _URL.finditer(taken.text):
        _take_url(taken, match)
    for match in _EMAIL.finditer(taken.text):
        _take_email(taken, match)
    for match in _HOST_PATH.finditer(taken.text):
        if _is_host(match[1], words):
            _take_trimmed(taken, "url", match.start(), match.end(), _host_lower)
    for match in _IPV4.finditer(taken.text):
        if taken.free(match.start(), match.end()) and not _is_version(taken, match.start(), words):
            _take_ip(taken, "ipv4", match)
    for match in _IPV6.finditer(taken.text):
        if taken.free(match.start(), match.end()):
            _take_ip(taken, "ipv6", match)
    for match in _DOMAIN.finditer(taken.text):
        if taken.free(match.start(), match.end()) and _is_host(match[0], words):
            _take_trimmed(taken, "domain", match.start(), match.end(), lambda value: refang(value).lower())


def refang(value: str) -> str:
    """The value as it would be typed: `[.]` is a point and `[at]` the at sign."""
    return _DEFANGED_AT.sub("@", _DEFANGED_DOT.sub(".", value))


def _take_url(taken: Taken, match: re.Match[str]) -> None:
    scheme = match[1].lower().replace("xx", "tt").replace("**", "tt")
    _take_trimmed(taken, "url", match.start(), match.end(), lambda _: f"{scheme}://{_host_lower(_trim(match[2]))}")


def _trim(text: str) -> str:
    return text.rstrip(_TRAILING)


def _take_trimmed(taken: Taken, kind: str, start: int, end: int, normal: Callable[[str], str]) -> None:
    raw = _trim(taken.text[start:end])
    if raw and taken.free(start, start + len(raw)):
        taken.take(kind, normal(raw), start, start + len(raw))


def _host_lower(url: str) -> str:
    host, slash, path = refang(url).partition("/")
    return host.lower() + slash + path


def _take_email(taken: Taken, match: re.Match[str]) -> None:
    local, host = match[1].lstrip("."), refang(match[2]).lower()
    if local and taken.free(match.start(), match.end()):
        taken.take("email", f"{local}@{host}".lower(), match.start() + len(match[1]) - len(local), match.end())


def _is_version(taken: Taken, start: int, words: IndicatorWords) -> bool:
    before = taken.words_before(start, 16)
    return bool(before) and before[-1] in words.version_words


def _take_ip(taken: Taken, kind: str, match: re.Match[str]) -> None:
    try:
        address = ipaddress.ip_address(refang(match[0]))
    except ValueError:
        return
    if kind == "ipv6" and address.is_unspecified:
        return
    taken.take(kind, str(address), match.start(), match.end())


def _is_host(raw: str, words: IndicatorWords) -> bool:
    """A known ending; a word run into the next sentence (`end.The`) and the name of a file are no domains."""
    defanged, host = bool(_DEFANGED_DOT.search(raw)), refang(raw)
    ending = host.rpartition(".")[2]
    if defanged or host.lower().startswith("www."):
        return True
    if ending.lower() in words.file_endings or (ending != ending.lower() and host != host.upper()):
        return False
    return ending.lower() == "onion" or (host != host.upper() and _has_known_suffix(host.lower()))


def _has_known_suffix(host: str) -> bool:
    return bool((parts := _suffixes()(host)).suffix and parts.domain and len(parts.domain) > 1)


@functools.cache
def _suffixes() -> "TLDExtract":
    import tldextract  # imported late: it costs a fifth of a second, and most short texts have no domain

    # The list bundled with the library: nothing is fetched and nothing is written.
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, fallback_to_snapshot=True)
