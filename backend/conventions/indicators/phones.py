"""Telephone numbers, in E.164 where their country is written or given; what is a sum, a date or a reference is none."""

import functools
import re

from backend.conventions.indicators.text import Taken
from backend.conventions.schema.engine import IndicatorWords
from backend.conventions.tokens import plain

_NUMBER = re.compile(
    r"[+(0-9](?<![\w.,/$€£₡+-].)(?:(?<=\()\+)?(?:[ .()/-]{0,2}[0-9]){5,17}(?![\w%$€£₡]|[.,/:-][0-9]|[.,/-][A-Za-z])"
)
_DATE = re.compile(
    r"(?:19|20)[0-9]{2}([-/.])[01]?[0-9]\1[0-3]?[0-9]|[0-3]?[0-9]([-/.])[0-3]?[0-9]\2(?:19|20)?[0-9]{2}(?![0-9])"
)
_YEARS = re.compile(r"(?:19|20)[0-9]{2}[ ]?[/-][ ]?(?:19|20)[0-9]{2}")
# Ways of grouping that nothing but a telephone number has: North America; France; mobiles of the Netherlands.
_GROUPED = re.compile(
    r"\(?[2-9][0-9]{2}\)?[ .-][2-9][0-9]{2}[ .-][0-9]{4}|1[ .-]\(?[2-9][0-9]{2}\)?[ .-][2-9][0-9]{2}[ .-][0-9]{4}"
    r"|0[1-9](?:[ .-][0-9]{2}){4}|0[1-9][0-9]{2}(?:[ .-][0-9]{2}){3}|06[ -][0-9]{8}|06[ -](?:[0-9]{2}[ -]){3}[0-9]{2}"
)
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:[ .][0-9]{3}){2,}")
_FORM = re.compile(r"[^\W\d_]+(?:/[^\W\d_])?|[$€£₡]")
_AFTER = re.compile(r"[ ]?([^\W\d_]+|[$€£₡%])")
_LIST = re.compile(r"[ ,;/]{1,3}(?:(?:and|or|y|e|o|u|et|ou|en|of)[ ])?")
_SINGLES = re.compile(r"(?:[0-9] ){4}")
_SHORTEST, _MOST_GROUPS = 7, 8


def find_phones(taken: Taken, words: IndicatorWords, region: str | None) -> None:
    """Every telephone number; of one without a country and without `region` the digits: all that can be said."""
    last_end, place = -1, 0
    while match := _NUMBER.search(taken.text, place):
        place = match.end()
        raw = _without_date(match[0]).rstrip(" .()/-")
        start = match.start() + match[0].rindex(raw)
        if not raw or _SINGLES.match(raw) or not taken.free(start, start + len(raw)):
            continue
        in_list = 0 <= last_end < start and _LIST.fullmatch(taken.text[last_end:start]) is not None
        value, length = _number(taken, raw, start, words, region, in_list)
        if value:
            # What follows may be a further number: `2222-3333 4444-5555`.
            last_end = place = start + length
            taken.take("phone", value, start, last_end)


def _without_date(raw: str) -> str:
    """The number without a date that runs into it; empty where it is one."""
    date = _DATE.match(raw)
    if date is None or raw[date.end() : date.end() + 1] not in {"", " "}:
        return raw
    return raw[date.end() :].lstrip()


def _number(
    taken: Taken, raw: str, start: int, words: IndicatorWords, region: str | None, in_list: bool
) -> tuple[str | None, int]:
    """The number that `raw` is or begins with, and how much of `raw` it is; None for what is none."""
    if _is_money(taken, raw, start, start + len(raw), words):
        return None, 0
    abroad = raw.lstrip("(").startswith("+")
    said = None if abroad else taken.once(_said, (taken.before(start, 64),), words)
    if said is False or (not abroad and (_DATE.fullmatch(raw) or _YEARS.fullmatch(raw))):
        return None, 0
    parts = _beginnings(raw)
    if not abroad and (grouped := next(filter(_GROUPED.fullmatch, parts), None)):
        parts = [grouped]
    for part in parts:
        digits = "".join(filter(str.isdigit, part))
        if abroad or part.startswith(("00", "(00")):
            value = international(digits if abroad else digits.removeprefix("00"), part)
        else:
            value = national(part, region) if said or in_list or _GROUPED.fullmatch(part) else None
        if value and len(digits) >= _SHORTEST:
            return value, len(part)
    if abroad:
        return None, 0
    for part in parts if said or in_list or _GROUPED.fullmatch(parts[0]) else ():
        digits = "".join(filter(str.isdigit, part))
        if _SHORTEST <= len(digits) <= 15:
            return digits, len(part)
    return None, 0


def _beginnings(raw: str) -> list[str]:
    """The whole, and what is left when groups after a space or a stroke are taken off, while enough digits stay."""
    found = [raw]
    while (cut := max(found[-1].rfind(" "), found[-1].rfind("/"))) >= _SHORTEST and len(found) < _MOST_GROUPS:
        found.append(found[-1][:cut].rstrip(" .()/-"))
    return found


def _is_money(taken: Taken, raw: str, start: int, end: int, words: IndicatorWords) -> bool:
    after = _AFTER.match(taken.text, end)
    if after is not None and plain(after[1]) in words.money_words | {"$", "€", "£", "%"}:
        # A mark of a currency after a number; `per` and the like only where the number is written as a sum.
        return len(after[1]) > 2 or bool(_THOUSANDS.fullmatch(raw)) or not after[1].isalpha()
    before = taken.text[max(0, start - 12) : start]
    return bool(re.search(r"[$€£₡][ ]?$", before)) or bool(
        _THOUSANDS.fullmatch(raw) and taken.word_next_before(start) in words.money_words
    )


def _said(before: str, words: IndicatorWords) -> bool | None:
    """Whether the words before say that this is a telephone number (True), that it is another (False), or nothing."""
    number = False
    near = [plain(word) for word in _FORM.findall(before)][-7:]
    for word in reversed(near):
        if word in words.not_phone_words:
            return False
        if word in words.phone_words:
            return True
        number = number or word in words.number_words
    return True if number else None


@functools.lru_cache(maxsize=1)
def _countries() -> dict[str, tuple[str, frozenset[int]]]:
    """For each country code its national prefix and the lengths of its numbers, by the library's tables."""
    import phonenumbers  # imported late: it reads its tables

    found = {}
    load = phonenumbers.PhoneMetadata
    for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items():
        # "001" stands for numbers of no country, as those of satellites.
        table = load.metadata_for_nongeo_region(code) if regions[0] == "001" else load.metadata_for_region(regions[0])
        if table is not None and table.general_desc is not None:
            found[str(code)] = (table.national_prefix or "", frozenset(table.general_desc.possible_length))
    return found


def international(digits: str, raw: str) -> str | None:
    """E.164 of a number that begins with its country code; None where no number of that country is so long."""
    for size in (1, 2, 3):
        if (country := _countries().get(digits[:size])) is None:
            continue
        prefix, lengths = country
        rest = digits[size:]
        if len(rest) in lengths and not (prefix and rest.startswith(prefix)) and rest[0] != "0":
            return "+" + digits
        return _parsed("+" + digits if "(0)" not in raw.replace(" ", "") else raw, None)
    return None


def national(raw: str, region: str | None) -> str | None:
    """E.164 of a number as dialled within `region` (two letters); None without one, and for a number foreign to it."""
    if not region:
        return None
    code, lengths, prefix = _region(region.upper())
    digits = "".join(filter(str.isdigit, raw))
    if len(digits) in lengths and digits[0] != "0" and not digits.startswith(code) and not prefix.match(digits):
        return f"+{code}{digits}"
    return _parsed(raw, region.upper())


@functools.lru_cache(maxsize=512)
def _region(region: str) -> tuple[str, frozenset[int], re.Pattern[str]]:
    """Country code of a State, lengths of its numbers, what is dialled before them; no length for an unknown State."""
    import phonenumbers

    table = phonenumbers.PhoneMetadata.metadata_for_region(region)
    if table is None or table.general_desc is None:
        return "", frozenset(), re.compile("")
    prefix = table.national_prefix_for_parsing or table.national_prefix
    return (
        str(table.country_code),
        frozenset(table.general_desc.possible_length),
        re.compile(f"(?:{prefix})" if prefix else "(?!)"),
    )


def _parsed(raw: str, region: str | None) -> str | None:
    import phonenumbers

    try:
        number = phonenumbers.parse(raw, region)
    except phonenumbers.NumberParseException:
        return None
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible != phonenumbers.ValidationResult.IS_POSSIBLE and region is None:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
