"""Devices and files: IMEI and hashes."""

import re

from backend.conventions.indicators.checksums import luhn
from backend.conventions.indicators.text import Taken
from backend.conventions.schema.engine import IndicatorWords

_GROUPED_IMEI = re.compile(r"[0-9](?<![\w-].)[0-9]([ -])[0-9]{6}\1[0-9]{6}\1[0-9](?![\w-])")
_IMEI = re.compile(r"[0-9](?<![\w-].)(?:[ ./-]{0,2}[0-9]){14}(?![0-9]|[ ./-]{0,2}[0-9]{2})")
_BETWEEN = re.compile(r"[ ./-]")
_HEX = re.compile(r"[0-9a-fA-F]{32,64}")
_HASH_KINDS = {32: "md5", 40: "sha1", 64: "sha256"}


def take_hash(taken: Taken, string: str, start: int, words: IndicatorWords) -> None:
    """Take a string of letters and digits that is a file's hash by its length, and not the name of a transaction."""
    if len(string) not in _HASH_KINDS or not _HEX.fullmatch(string) or string.isdecimal():
        return
    if not words.not_hash_words & set(taken.words_before(start, 48)[-4:]):
        taken.take(_HASH_KINDS[len(string)], string.lower(), start, start + len(string))


def find_imeis(taken: Taken, words: IndicatorWords) -> None:
    """Every IMEI whose check digit holds and which is called one or grouped as one."""
    for match in _GROUPED_IMEI.finditer(taken.text):
        _take_imei(taken, match)
    if any(word in taken.text for word in ("imei", "IMEI", "Imei")):
        for match in _IMEI.finditer(taken.text):
            if words.imei_words & set(taken.words_before(match.start(), 80)):
                _take_imei(taken, match)


def _take_imei(taken: Taken, match: re.Match[str]) -> None:
    digits = _BETWEEN.sub("", match[0])
    if luhn(digits) and taken.free(*match.span()):
        taken.take("imei", digits, *match.span())
    else:
        # What is called an IMEI and is none is no telephone or card either.
        taken.close(*match.span())
