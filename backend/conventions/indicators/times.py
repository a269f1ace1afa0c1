"""The time that a sentence gives for an indicator: a date with a time, and the zone where one is written."""

import re
from bisect import bisect_right
from datetime import date

from backend.conventions.indicators.text import Finding
from backend.conventions.tokens import plain

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan enero ene janvier janv januari",
            "february feb febrero fevrier fevr februari",
            "march mar marzo mars maart mrt",
            "april apr abril abr avril avr",
            "may mayo mai mei",
            "june jun junio juin juni",
            "july jul julio juillet juil juli",
            "august aug agosto ago aout augustus",
            "september sep sept septiembre setiembre septembre",
            "october oct octubre octobre oktober okt",
            "november nov noviembre novembre",
            "december dec diciembre dic decembre",
        ),
        1,
    )
    for name in names.split()
}
_YEAR4 = r"(?:19|20)[0-9]{2}"
_DATE = re.compile(
    r"(?<![\w./-])(?:"
    rf"(?P<y1>{_YEAR4})[-/.](?P<m1>[01]?[0-9])[-/.](?P<d1>[0-3]?[0-9])(?![0-9])"
    rf"|(?P<a2>[0-3]?[0-9])(?P<sep>[-/.])(?P<b2>[0-3]?[0-9])(?P=sep)(?P<y2>{_YEAR4})(?![0-9])"
    r"|(?P<d3>[0-3]?[0-9])(?:st|nd|rd|th|er|º|°)?[ -]{1,2}(?:of |de |del )?(?P<m3>[^\W\d_]{3,10})\.?,?[ -](?:de |del )?"
    rf"(?P<y3>{_YEAR4})"
    rf"|(?P<m4>[^\W\d_]{{3,10}})\.?[ ](?P<d4>[0-3]?[0-9])(?:st|nd|rd|th)?,?[ ](?P<y4>{_YEAR4}))",
    re.IGNORECASE,
)
_HOURS = r"(?:[ ]?(?:hrs?\.?|hours|h|horas|heures|uur)(?!\w))?"
_CLOCK = re.compile(
    r"(?P<h>[01]?[0-9]|2[0-4])"
    r"(?:(?:[:.]|[ ]?h[ ]?)(?P<m>[0-5][0-9])(?:[:.](?P<s>[0-5][0-9])(?:[.,][0-9]{1,6})?)?"
    r"|[ ]?h(?![a-z])|(?=[ ]?[ap]\.?[ ]?m\b))"
    r"(?![0-9])(?:[ ]?(?P<half>[ap])\.?[ ]?m\b\.?)?"
    r"|(?P<hm>[0-2][0-9][0-5][0-9])(?=[ ]?(?:hrs?|hours|h|horas|heures|uur|UTC|GMT|Z)\b)",
    re.IGNORECASE,
)
_HOURS_WORD = re.compile(_HOURS)
_ZONE = re.compile(
    rf"{_HOURS}[ ]?\(?[ ]?"
    r"(?:(?P<utc>UTC|GMT|Z(?!\w))?[ ]?(?P<sign>[+-])(?P<oh>[01]?[0-9])(?::?(?P<om>[0-5][0-9]))?(?![0-9])"
    r"|(?P<zero>UTC|GMT|Z)(?![\w+-])|(?P<named>[A-Z]{1,4}[SD]T|CET|AT|ET|PT|CT|MT)(?!\w))"
)
_BETWEEN_AFTER = re.compile(
    r"T|[ ,(]{0,2}(?:at|a las?|a eso de las?|sobre las?|hacia las?|desde las?|à|a|vers|om|rond|around|about|circa"
    r"|from|de|-|,)?[ ]{0,2}",
    re.IGNORECASE,
)
_BETWEEN_BEFORE = re.compile(
    r"[ ,)]{0,2}(?:on|of|del?|del d[ií]a|el|le|du|op|van|,)?[ ]?(?:(?:the|d[ií]a|jour)[ ])?"
    r"(?:[^\W\d_]{3,9}(?:day|di|dag|s|o)[ ,]{1,2})?",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(r"a las?|à|om|a eso|sobre|hacia", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[!?]\s|(?<![\s.][^\W\d_])(?<!\b(?:hrs|tel))\.\s+(?=[^a-zß-ÿ\s])|\n")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_FARTHEST = 160


def times_of(text: str, found: list[Finding]) -> list[str | None]:
    """For each finding, in the order of their places, the time its sentence gives for it, or None."""
    stamps = _stamps(text) if found and _YEAR.search(text) else []
    if not stamps:
        return [None] * len(found)
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    by_sentence: dict[int, list[tuple[int, int, str]]] = {}
    for stamp in stamps:
        by_sentence.setdefault(bisect_right(ends, stamp[0]), []).append(stamp)
    first: dict[int, int] = {}
    for finding in found:
        first.setdefault(bisect_right(ends, finding.start), finding.start)
    return [
        _time_of(finding, by_sentence.get(number, []), first[number])
        for finding in found
        if (number := bisect_right(ends, finding.start)) >= 0
    ]


def _time_of(finding: Finding, stamps: list[tuple[int, int, str]], first: int) -> str | None:
    """The only time of the sentence; of several the next one after, or before where the sentence begins with a time."""
    near = [s for s in stamps if max(finding.start - s[1], s[0] - finding.end) <= _FARTHEST]
    if not near:
        return None
    if len(stamps) == 1:
        return near[0][2]
    places = [stamp[0] for stamp in stamps]
    index = bisect_right(places, finding.start)
    if first < places[0]:
        return stamps[index][2] if index < len(stamps) else stamps[-1][2]
    return stamps[index - 1][2] if index else stamps[0][2]


def _stamps(text: str) -> list[tuple[int, int, str]]:
    """Every date with a time beside it: start, end and the instant or local time."""
    found = []
    for match in _DATE.finditer(text):
        after = _clock_after(text, match.end())
        clock = after[0] if after else _clock_before(text, match.start())
        day = _day(match, after[1] if after else "") if clock else None
        if clock is None or day is None or (time := _time(clock)) is None:
            continue
        end = clock.end() if after else match.end()
        zone = _zone(text, clock.end()) or ("" if after else _zone(text, match.end()))
        found.append((min(match.start(), clock.start()), max(end, match.end()), f"{day.isoformat()}T{time}{zone}"))
    return found


def _clock_after(text: str, end: int) -> tuple[re.Match[str], str] | None:
    between = _BETWEEN_AFTER.match(text, end)
    place = between.end() if between else end
    clock = _CLOCK.match(text, place)
    return (clock, text[end:place]) if clock and place > end else None


def _clock_before(text: str, start: int) -> re.Match[str] | None:
    for clock in _CLOCK.finditer(text, max(0, start - 48), start):
        before = text[clock.start() - 1 : clock.start()]
        if before.isalnum() or before in {".", ",", ":", "/", "-"}:
            continue
        zone = _ZONE.match(text, clock.end()) or _HOURS_WORD.match(text, clock.end())
        place = zone.end() if zone else clock.end()
        if _BETWEEN_BEFORE.fullmatch(text[place:start].lstrip(")")):
            return clock
    return None


def _day(match: re.Match[str], connector: str) -> date | None:
    """The date; None where day and month could be either (05/06/2026) and no word tells how the writer orders them."""
    try:
        if match["y1"]:
            return date(int(match["y1"]), int(match["m1"]), int(match["d1"]))
        if match["y2"]:
            first, second, year = int(match["a2"]), int(match["b2"]), int(match["y2"])
            if first > 12 or first == second or _DAY_FIRST.search(connector):
                return date(year, second, first)
            return date(year, first, second) if second > 12 else None
        number = "3" if match["y3"] else "4"
        month = _MONTHS.get(plain(match["m" + number]))
        return date(int(match["y" + number]), month, int(match["d" + number])) if month else None
    except ValueError:
        return None


def _time(clock: re.Match[str]) -> str | None:
    if clock["hm"]:
        hour, minute = int(clock["hm"][:2]), clock["hm"][2:]
    else:
        hour, minute = int(clock["h"]), clock["m"] or "00"
        if clock["half"]:
            if not 1 <= hour <= 12:
                return None
            hour = hour % 12 + (12 if clock["half"].lower() == "p" else 0)
    if hour > 23:
        return None
    return f"{hour:02}:{minute}" + (f":{clock['s']}" if clock["s"] else "")


def _zone(text: str, end: int) -> str:
    """`Z`, an offset, the zone as written in brackets, or nothing where none is written."""
    match = _ZONE.match(text, end)
    if match is None:
        return ""
    if match["zero"]:
        return "Z"
    if match["named"]:
        return f"[{match['named']}]"
    return f"{match['sign']}{int(match['oh']):02}:{match['om'] or '00'}"
