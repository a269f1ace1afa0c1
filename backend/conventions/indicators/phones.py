"""Telephone numbers, in E.164 where their country is written or given; what is a sum, a date or a reference is none."""

import functools
import re

from backend.conventions.indicators.text import Taken
from backend.conventions.schema.engine import IndicatorWords
from backend.conventions.tokens import plain

_NUMBER = re.compile(
    r"[+(0-9](?<![\w.,/$€£₡+-].)(?:[ .()/+-]{0,2}[0-9]){5,17}(?![\w%$€£₡]|[.,/:-][0-9]|[.,/-][A-Za-z])"
)
_DATE = re.compile(
    r"(?:19|20)[0-9]{2}([-/.])[01]?[0-9]\1[0-3]?[0-9]|[0-3]?[0-9]([-/.])[0-3]?[0-9]\2(?:19|20)?[0-9]{2}(?![0-9])"
)
_YEARS = re.compile(r"(?:19|20)[0-9]{2}[ ]?[/-][ ]?(?:19|20)[0-9]{2}")
# Ways of grouping that nothing but a telephone number has: North America; France; mobiles of the Netherlands.
_GROUPED = re.compile(
    r"\(?[2-9][0-9]{2}\)?[ .-][2-9][0-9]{2}[ .-][0-9]{4}|1[ .-]\(?[2-9][0-9]{2}\)?[ .-][2-9][0-9]{2}[ .-][0-9]{4}"
    r"|0[1-9](?:[ .-][0-9]{2}){4}|06[ -][0-9]{8}|06[ -](?:[0-9]{2}[ -]){3}[0-9]{2}"
)
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:[ .][0-9]{3}){2,}")
_FORM = re.compile(r"[^\W\d_]+(?:/[^\W\d_])?|[$€£₡]")
_AFTER = re.compile(r"[ ]?([^\W\d_]+|[$€£₡%])")
_LIST = re.compile(r"[ ,;/]{1,3}(?:(?:and|or|y|e|o|u|et|ou|en|of)[ ])?")
_STOP = frozenset(
    {
        "de",
        "del",
        "el",
        "la",
        "al",
        "le",
        "du",
        "the",
        "a",
        "is",
        "was",
        "es",
        "est",
        "van",
        "op",
        "het",
        "of",
        "to",
        "from",
        "on",
        "his",
        "her",
        "su",
    }
)
_SHORTEST = 7


def find_phones(taken: Taken, words: IndicatorWords, region: str | None) -> None:
    """Every telephone number; of one without a country and without `region` the digits: all that can be said."""
    last_end = -1
    for match in _NUMBER.finditer(taken.text):
        raw = _without_date(match[0]).rstrip(" .()/-")
        start = match.end() - len(match[0]) + match[0].rindex(raw)
        end = start + len(raw)
        if not raw or "+" in raw.lstrip("(")[1:] or not taken.free(start, end):
            continue
        in_list = 0 <= last_end < start and _LIST.fullmatch(taken.text[last_end:start]) is not None
        if (value := _value(taken, raw, start, end, words, region, in_list)) is not None:
            taken.take("phone", value, start, end)
            last_end = end


def _without_date(raw: str) -> str:
    """The number without a date that runs into it; empty where it is one."""
    date = _DATE.match(raw)
    if date is None or raw[date.end() : date.end() + 1] not in {"", " "}:
        return raw
    return raw[date.end() :].lstrip()


def _value(
    taken: Taken, raw: str, start: int, end: int, words: IndicatorWords, region: str | None, in_list: bool
) -> str | None:
    digits = "".join(filter(str.isdigit, raw))
    if not _SHORTEST <= len(digits) <= 17 or _is_money(taken, raw, start, end, words):
        return None
    if "+" in raw:
        return international(digits, raw)
    said = _said(taken, start, words)
    if said is False or _DATE.fullmatch(raw) or _YEARS.fullmatch(raw):
        return None
    if raw.startswith(("00", "(00")) and (value := international(digits.removeprefix("00"), raw)):
        return value
    if not (said or in_list or _GROUPED.fullmatch(raw)):
        return None
    return national(raw, region) or (digits if len(digits) <= 15 else None)


def _is_money(taken: Taken, raw: str, start: int, end: int, words: IndicatorWords) -> bool:
    after = _AFTER.match(taken.text, end)
    if after is not None and plain(after[1]) in words.money_words | {"$", "€", "£", "%"}:
        # A mark of a currency after a number; `per` and the like only where the number is written as a sum.
        return len(after[1]) > 2 or bool(_THOUSANDS.fullmatch(raw)) or not after[1].isalpha()
    before = taken.text[max(0, start - 12) : start]
    return bool(re.search(r"[$€£₡][ ]?$", before)) or bool(
        _THOUSANDS.fullmatch(raw) and taken.word_next_before(start) in words.money_words
    )


def _said(taken: Taken, start: int, words: IndicatorWords) -> bool | None:
    """Whether the words before say that this is a telephone number (True), that it is another (False), or nothing."""
    number = False
    near = [plain(word) for word in _FORM.findall(taken.before(start, 64))][-7:]
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
    return _parsed(raw, region.upper()) if region else None


@functools.lru_cache(maxsize=4096)
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
