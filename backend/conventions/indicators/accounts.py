"""Where money goes: IBAN, card number, Bitcoin, Ethereum and TRON addresses; only those whose checksum holds."""

import functools
import re

from backend.conventions.indicators.checksums import base58_payload, eip55, luhn, segwit
from backend.conventions.indicators.devices import take_hash
from backend.conventions.indicators.text import Taken
from backend.conventions.schema.engine import IndicatorWords

_IBAN = re.compile(r"[A-Za-z]{2}[0-9]{2}[ .-]?[A-Za-z0-9]{1,4}(?:[ .-]{0,2}[A-Za-z0-9]){7,30}")
_IBAN_START = re.compile(r"[0-9](?<=[A-Za-z]{2}[0-9])(?<![A-Za-z0-9][A-Za-z]{2}[0-9])[0-9]")
_BETWEEN = re.compile(r"[ .-]")
_CARD = re.compile(r"[0-9](?<![\w.,+-].)(?:[ .-]?[0-9]){11,18}(?![\w-]|[.,][0-9])")
# The shortest address (Bitcoin's oldest form) has 26 characters; what is longer than the longest is none.
_SHORTEST, _LONGEST = 26, 90
_STRING = re.compile(rf"[A-Za-z0-9](?<![A-Za-z0-9].)[A-Za-z0-9]{{{_SHORTEST - 1},}}+")
_BASE58 = re.compile(r"[13T][1-9A-HJ-NP-Za-km-z]{25,34}")
_ETH = re.compile(r"0x[0-9a-fA-F]{40}")
_BTC_VERSIONS, _TRON_VERSION = {0x00, 0x05}, 0x41
# First digits and lengths of the card schemes, as they publish them (issuer identification numbers of ISO/IEC 7812).
_CARD_KIND = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}|3[47]\d{13}"
    r"|3(?:0[0-5]|[68]\d|9\d)\d{11}|(?:6011|64[4-9]\d|65\d{2}|35(?:2[89]|[3-8]\d)|62\d{2}|220[0-4])\d{12}(?:\d{3})?"
    r"|(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{8,15}"
)
_IN_FOURS = re.compile(r"\d{4}([ -])\d{4}\1\d{4}\1\d{4}|\d{4}([ -])\d{6}\2\d{4,5}")


def find_strings(taken: Taken, words: IndicatorWords) -> None:
    """Every address of a wallet whose checksum holds, and every hash: the long strings of a text."""
    # A report of two hundred words mostly has none, and looking at the length of its words is quick.
    if max(map(len, taken.text.split()), default=0) < _SHORTEST:
        return
    for match in _STRING.finditer(taken.text):
        if len(match[0]) <= _LONGEST and taken.free(*match.span()):
            string, start = match[0], match.start()
            if kind := _wallet(string):
                taken.take(kind, string if kind == "tron" or string[0] in "13" else string.lower(), start, match.end())
            else:
                take_hash(taken, string, start, words)


def _wallet(string: str) -> str | None:
    """What kind of address this is, None for none."""
    if string.startswith(("bc1", "BC1")):
        return "btc" if segwit(string, "bc") else None
    if _ETH.fullmatch(string):
        return "eth" if eip55(string) else None
    payload = base58_payload(string) if _BASE58.fullmatch(string) else None
    if payload is None:
        return None
    return "btc" if payload[0] in _BTC_VERSIONS else "tron" if payload[0] == _TRON_VERSION else None


def find_ibans(taken: Taken) -> None:
    """Every IBAN whose length and check digits are right."""
    place = 0
    while start := _IBAN_START.search(taken.text, place):
        place = _take_iban(taken, start)


def find_cards(taken: Taken, words: IndicatorWords) -> None:
    """Every card number, masked: the first six and the last four digits stay."""
    for match in _CARD.finditer(taken.text):
        digits = _BETWEEN.sub("", match[0])
        if not (_CARD_KIND.fullmatch(digits) and luhn(digits) and taken.free(*match.span())):
            continue
        before = taken.words_before(match.start(), 40)[-5:]
        called = next((w for w in reversed(before) if w in words.card_words or w in words.not_card_words), "")
        if called in words.card_words or (not called and (digits == match[0] or _IN_FOURS.fullmatch(match[0]))):
            hidden = masked(digits)
            taken.take("card", hidden, match.start(), match.end(), masked=hidden)


def masked(digits: str) -> str:
    """A card number with its first six and last four digits."""
    return digits[:6] + "*" * (len(digits) - 10) + digits[-4:]


def _take_iban(taken: Taken, start: re.Match[str]) -> int:
    """Take the IBAN that begins here, if one does; where to look for the next."""
    first = start.start() - 2
    length = _length_of(taken.text[first : first + 2].upper())
    found = taken.once(_iban_in, (taken.text[first : first + 2 * length], length)) if length else None
    if found is None:
        return start.end()
    value, size = found
    if _goes_on(taken.text, first + size) or not taken.free(first, first + size):
        return start.end()
    taken.take("iban", value, first, first + size)
    return first + size


def _iban_in(text: str, length: int) -> tuple[str, int] | None:
    """The IBAN at the beginning of `text` and how many characters it takes up; None where there is none."""
    match = _IBAN.match(text)
    compact = _BETWEEN.sub("", match[0])[:length].upper() if match else ""
    return (compact, _reach(text, length)) if _is_iban(compact, length) else None


def _goes_on(text: str, end: int) -> bool:
    return text[end : end + 1].isalnum()


def _reach(raw: str, length: int) -> int:
    """How many characters the first `length` letters and digits take up."""
    place = length
    while (count := place - len(_BETWEEN.findall(raw, 0, place))) < length and place < len(raw):
        place += length - count
    return place


@functools.lru_cache(maxsize=512)
def _length_of(country: str) -> int:
    """The length of a country's IBAN, 0 where there is none."""
    from schwifty import exceptions, registry  # imported late: six hundredths of a second

    try:
        return int(registry.get_iban_spec(country).iban_length)
    except exceptions.SchwiftyException:
        return 0


def _is_iban(compact: str, length: int) -> bool:
    if len(compact) != length:
        return False
    # ISO 7064, modulus 97: nearly all that only looks like one fails here, and far quicker than in the library.
    if int("".join(str(int(char, 36)) for char in compact[4:] + compact[:4])) % 97 != 1:
        return False
    from schwifty import IBAN
    from schwifty.exceptions import SchwiftyException

    try:
        IBAN(compact)
    except SchwiftyException:
        return False
    return True
