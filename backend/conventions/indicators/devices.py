"""Telephones, devices, files and names of users."""

import re

from backend.conventions.indicators.checksums import luhn
from backend.conventions.indicators.text import Taken
from backend.conventions.schema.engine import IndicatorWords
from backend.conventions.tokens import plain

_IMEI = re.compile(r"(?<![\w-])\d{2}[ -]?\d{6}[ -]?\d{6}[ -]?\d(?![\w-])")
_HASH = re.compile(r"(?<![A-Za-z0-9])(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?![A-Za-z0-9])", re.IGNORECASE)
_HASH_KINDS = {32: "md5", 40: "sha1", 64: "sha256"}
_PHONE = re.compile(r"(?<![\w.,/-])(?:\+|00)?\(?\d(?:[ .()/-]{0,2}\d){6,14}(?![\w]|[.,/-]\d)")
_NORTH_AMERICAN = re.compile(r"\(?[2-9]\d{2}\)?[ .-]\d{3}[ .-]\d{4}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")
_AT_HANDLE = re.compile(r"(?<![\w@.])@([A-Za-z0-9_](?:[A-Za-z0-9_.]{1,28}[A-Za-z0-9_]))(?![\w@])")
_NAMED = re.compile(
    r"(?<!\w)([^\W\d_]{2,16})(?=(?:[ ](?:name|de|d'|of|is|was|named|called)){0,2}"
    r"[ :]{1,3}[\"'«“„(]{0,2}[ ]?@?([\w.-]{3,40}))"
)


def find_devices(taken: Taken, words: IndicatorWords) -> None:
    """Every file hash and IMEI whose check digit holds."""
    for match in _HASH.finditer(taken.text):
        if taken.free(match.start(), match.end()) and not match[0].isdecimal():
            taken.take(_HASH_KINDS[len(match[0])], match[0].lower(), match.start(), match.end())
    for match in _IMEI.finditer(taken.text):
        digits = re.sub(r"\D", "", match[0])
        named = bool(words.imei_words & set(taken.words_before(match.start(), 24)))
        if luhn(digits) and (named or match[0] != digits) and taken.free(match.start(), match.end()):
            taken.take("imei", digits, match.start(), match.end())


def find_phones(taken: Taken, words: IndicatorWords, region: str | None) -> None:
    """Every telephone number, in E.164 where its country is written or given by `region`, else its digits."""
    for match in _PHONE.finditer(taken.text):
        start, end = match.start(), match.start() + len(match[0].rstrip(" .()/-"))
        raw = taken.text[start:end]
        if not taken.free(start, end) or _DATE.fullmatch(raw) or not _looks_like_one(taken, raw, start, words):
            continue
        if (value := _normal(raw, region)) is not None:
            taken.take("phone", value, start, end)


def _looks_like_one(taken: Taken, raw: str, start: int, words: IndicatorWords) -> bool:
    if raw.startswith(("+", "00")) or _NORTH_AMERICAN.fullmatch(raw):
        return True
    return bool(words.phone_words & set(taken.words_before(start, 40)[-5:]))


def _normal(raw: str, region: str | None) -> str | None:
    import phonenumbers  # imported late: it reads its tables

    written = "+" + raw[2:] if raw.startswith("00") else raw
    try:
        number = phonenumbers.parse(written, region.upper() if region else None)
    except phonenumbers.NumberParseException:
        # No country is known: the digits as they are, which is all that can be said.
        return re.sub(r"\D", "", raw) if not written.startswith("+") else None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def find_handles(taken: Taken, words: IndicatorWords) -> None:
    """Every name of a user: after an at sign, or after a word that says so."""
    for match in _AT_HANDLE.finditer(taken.text):
        if taken.free(match.start(), match.end()):
            taken.take("username", match[1].lower(), match.start(), match.end())
    for match in _NAMED.finditer(taken.text):
        name = match[2].rstrip(".-")
        start = match.start(2)
        if _is_handle_word(match[1], words) and _is_handle(name) and taken.free(start, start + len(name)):
            taken.take("username", name.lower(), start, start + len(name))


def _is_handle_word(word: str, words: IndicatorWords) -> bool:
    return plain(word) in words.handle_words


def _is_handle(name: str) -> bool:
    """A name that no ordinary word is: a digit or a line in it, a point inside, or capitals in its midst."""
    if name.isdecimal() or not any(char.isalpha() for char in name):
        return False
    inside = name[1:-1]
    return any(c.isdecimal() or c == "_" for c in name) or "." in inside or any(c.isupper() for c in inside[1:])
