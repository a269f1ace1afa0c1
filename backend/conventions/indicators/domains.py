"""Domains and addresses without a scheme; what is no domain though it has a point: files, sentences run together."""

import functools
import re

from backend.conventions.indicators.text import Taken
from backend.conventions.schema.engine import IndicatorWords
from backend.conventions.tokens import plain

_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
HOST = rf"(?:(?:_?{_LABEL})\.){{1,8}}(?:[^\W\d_]{{2,24}}|xn--[\w-]{{2,59}})(?![\w-])"
"""A host as a pattern: labels and an ending of letters."""

_INNER_POINT = re.compile(r"\.(?<=\w\.)(?=\w)")
_HOST = re.compile(HOST)
_PATH = re.compile(r"(?::[0-9]{1,5})?[/?][^\s<>\"|^`{}]{1,2000}")
_CLOSED = re.compile(r"[.,;)\"']?(?:\s*$|(?<=[.,;)\"'])\s)")
_LIST = re.compile(r"[\"']?(?:, | (?:and|or|y|e|o|et|ou|en|of) )[\"']?")
_PORT = re.compile(r":[0-9]{1,5}(?![\w])")
_JOINED = ("@", "/", "\\")
_TRAILING = ".,;:!?]}'\"*_"
_GENERIC = frozenset({"com", "net", "org", "info", "biz", "onion"})
_NUMBER_ENDINGS = frozenset({"com", "net", "org", "info", "cn", "xyz", "top", "vip", "club", "onion", "me", "cc"})
_REACH = 40


def trimmed(raw: str) -> str:
    """An address without what ends the sentence; a closing bracket stays where it was opened inside."""
    kept = raw.rstrip(_TRAILING)
    while kept.endswith(")") and kept.count(")") > kept.count("("):
        kept = kept[:-1].rstrip(_TRAILING)
    return kept


def lower_host(address: str) -> str:
    """An address with its host in lower case; the path stays as it is, for it may tell capitals apart."""
    end = min((place for place in map(address.find, "/?#") if place >= 0), default=len(address))
    return address[:end].lower() + address[end:]


def host_in(raw: str) -> str | None:
    """The host at the start of `raw`, without a sentence run into it (`mail.com.Then`); None without a known ending."""
    labels = raw.split(".")
    while len(labels) > 1:
        if not _runs_on(labels) and is_known(".".join(labels).lower()):
            return ".".join(labels)
        labels.pop()
    return None


def _runs_on(labels: list[str]) -> bool:
    """Whether the last label is written like the first word of a sentence while the others are not."""
    last = labels[-1]
    return last[:1].isupper() and not (len(last) > 1 and last.isupper()) and not labels[-2][:1].isupper()


def find_domains(taken: Taken, words: IndicatorWords) -> None:
    """Every domain, and every address that begins with one and has a path."""
    done, last_end = 0, -1
    for point in _INNER_POINT.finditer(taken.text):
        if point.start() < done:
            continue
        first, done = taken.token_around(point.start())
        start, host = _host(
            taken, first, done, words, 0 <= last_end < first and bool(_LIST.fullmatch(taken.text, last_end, first))
        )
        if not host:
            continue
        last_end = end = start + len(host)
        path = _PATH.match(taken.text, end)
        tail = trimmed(path[0]) if path else ""
        if len(tail.lstrip(":0123456789")) > 1:
            taken.take("url", host.lower() + tail, start, end + len(tail))
        elif host.lower() not in words.common_domains:
            port = _PORT.match(taken.text, end)
            taken.take("domain", host.lower(), start, end)
            if port:
                taken.close(end, port.end())
        else:
            taken.close(start, end)


def _host(taken: Taken, first: int, done: int, words: IndicatorWords, in_list: bool) -> tuple[int, str]:
    """The place and wording of the host in a run of letters and points; empty where there is none."""
    text = taken.text
    raw = text[first:done].lstrip("-_.")
    start, raw = done - len(raw), raw.rstrip("-_.")
    if (
        len(raw) > 253
        or raw.replace(".", "").isdecimal()
        or text[first - 1 : first] in _JOINED
        or text[done : done + 1] == "@"
    ):
        return 0, ""
    host = host_in(raw) if taken.free(start, start + len(raw)) else None
    if host is None or not _HOST.fullmatch(host):
        return 0, ""
    written = host.lower().startswith("www.") or taken.refanged.changed(start, start + len(host))
    in_list = in_list and host.rpartition(".")[2].lower() not in words.file_endings
    return (start, host) if written or in_list or _is_meant(taken, host, start, words) else (0, "")


def _is_meant(taken: Taken, host: str, start: int, words: IndicatorWords) -> bool:
    """Whether a host in plain writing is one: no file, no abbreviation, no two sentences without a space between."""
    labels = host.lower().split(".")
    ending, name = labels[-1], labels[-2]
    if host.lower() in words.common_domains:
        return True
    # A business under its address, as in `Booking.com`, unless it is called a site.
    is_brand = host[0].isupper() and host[1:].islower() and len(labels) == 2 and name.isalpha()
    if ending in _GENERIC and not is_brand:
        # Of what is written in capitals, `ASP.NET` is no host.
        return len(name) > 1 and not (host.isupper() and ending == "net" and len(name) < 4)
    before = taken.words_before(start, _REACH)[-4:]
    said = bool(before) and before[-1] in words.site_words
    if is_brand:
        return said and ending in _GENERIC
    if all(len(label) == 1 for label in labels[:-1]) or host != host.lower():
        # `p.m.to`, `J.Smith.de`, `Co.In`.
        return False
    if name.isdecimal() and (ending in words.unit_endings or ending not in _NUMBER_ENDINGS):
        return False
    has_path = taken.text[start + len(host) : start + len(host) + 1] == "/"
    distinct = len(labels) > 2 or "-" in host or any(c.isdigit() for c in name) or has_path
    if ending in words.file_endings:
        return (said or has_path or len(labels) > 2) and not words.file_words & set(before)
    if set(before[-2:]) & words.file_words and ending in {"pl", "ml", "cc", "cs", "ai", "tex"}:
        return False
    if ending in words.word_endings:
        near = {plain(word) for word in before[-2:]}
        closes = ending not in words.sentence_endings and _CLOSED.match(taken.text, start + len(host))
        return distinct or said or bool(closes) or not words.site_words.isdisjoint(near - _WEAK)
    return True


# Words for a site that also stand before any other noun.
_WEAK = frozenset(
    {"at", "on", "via", "from", "to", "through", "en", "desde", "hacia", "sur", "vers", "depuis", "chez", "naar", "op"}
)


def is_known(host: str) -> bool:
    """Whether a host (lower case) stands below an ending of the Public Suffix List, or is a hidden service."""
    if host.endswith(".onion"):
        return True
    suffixes = _suffixes()
    ending = host.rpartition(".")[2]
    if ending not in suffixes:
        return False
    parent = host.partition(".")[2]
    return host not in suffixes and (f"*.{parent}" not in suffixes or f"!{host}" in suffixes)


@functools.cache
def _suffixes() -> frozenset[str]:
    import tldextract  # imported late: it costs a tenth of a second, and most short texts have no domain

    # The list bundled with the library: nothing is fetched and nothing is written.
    return frozenset(tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, fallback_to_snapshot=True).tlds)
