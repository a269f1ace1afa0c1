"""Where money goes: IBAN, card number, Bitcoin, Ethereum and TRON addresses; only those whose checksum holds."""

import re

from backend.conventions.indicators.checksums import base58_payload, bech32, eip55, luhn
from backend.conventions.indicators.text import Taken

_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}")
_CARD = re.compile(r"(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-])")
_BASE58 = re.compile(r"(?<![A-Za-z0-9])[13T][1-9A-HJ-NP-Za-km-z]{25,34}(?![A-Za-z0-9])")
_BECH32 = re.compile(r"(?<![A-Za-z0-9])bc1[02-9ac-hj-np-z]{8,87}(?![A-Za-z0-9])", re.IGNORECASE)
_ETH = re.compile(r"(?<![A-Za-z0-9])0x[0-9a-fA-F]{40}(?![A-Za-z0-9])")
_BTC_VERSIONS, _TRON_VERSION = {0x00, 0x05}, 0x41
# First digits of the card schemes: 3 (travel), 4, 51-55 and 2221-2720, 6.
_CARD_PREFIX = re.compile(r"3[0-9]|4|5[1-5]|2[2-7]|6")


def find_accounts(taken: Taken) -> None:
    """Every account whose checksum holds."""
    for match in _IBAN.finditer(taken.text):
        _take_iban(taken, match)
    for match in _BASE58.finditer(taken.text):
        _take_base58(taken, match)
    for match in _BECH32.finditer(taken.text):
        if bech32(match[0], "bc"):
            taken.take("btc", match[0].lower(), match.start(), match.end())
    for match in _ETH.finditer(taken.text):
        if eip55(match[0]):
            taken.take("eth", match[0].lower(), match.start(), match.end())


def find_cards(taken: Taken) -> None:
    """Every card number, masked: the first six and the last four digits stay."""
    for match in _CARD.finditer(taken.text):
        digits = re.sub(r"\D", "", match[0])
        if _CARD_PREFIX.match(digits) and luhn(digits) and taken.free(match.start(), match.end()):
            masked = digits[:6] + "*" * (len(digits) - 10) + digits[-4:]
            taken.take("card", masked, match.start(), match.end(), raw=masked)


def _take_iban(taken: Taken, match: re.Match[str]) -> None:
    from schwifty import IBAN, registry  # imported late: it reads its registry of banks
    from schwifty.exceptions import SchwiftyException

    compact = re.sub(r"[ -]", "", match[0])
    try:
        value = compact[: registry.get_iban_spec(compact[:2]).iban_length]
        IBAN(value)
    except SchwiftyException:
        return
    end = _end_of(match, len(value))
    if taken.free(match.start(), end):
        taken.take("iban", value, match.start(), end)


def _end_of(match: re.Match[str], length: int) -> int:
    """Where the first `length` letters and digits of the match end in the text."""
    counted = 0
    for place, char in enumerate(match[0]):
        counted += char not in " -"
        if counted == length:
            return match.start() + place + 1
    return match.end()


def _take_base58(taken: Taken, match: re.Match[str]) -> None:
    payload = base58_payload(match[0])
    if payload is None:
        return
    if payload[0] in _BTC_VERSIONS:
        taken.take("btc", match[0], match.start(), match.end())
    elif payload[0] == _TRON_VERSION:
        taken.take("tron", match[0], match.start(), match.end())
