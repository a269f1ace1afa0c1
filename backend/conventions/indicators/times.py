"""The time that a sentence gives for an indicator: a date with a time, and the zone where one is written."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
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
    r"(?:(?P<utc>UTC|GMT|Z(?!\w))?[ ]?(?P<sign>[+-])(?P<oh>0?[0-9]|1[0-4])(?::?(?P<om>[0-5][0-9]))?(?![0-9])"
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
# Words of languages whose writers put the day first; in English it may be either.
_DAY_FIRST = re.compile(r"\b(?:del?|el|le|du|op|van|a las?|à|om|a eso|sobre|hacia)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[!?]\s|(?<![\s.][^\W\d_])(?<!\b(?:hrs|tel))\.\s+(?=[^a-zß-ÿ\s])|\n")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_FARTHEST = 160


def times_of(text: str, found: list[Finding]) -> list[str | None]:
    """For each finding, in the order of their places, the time its sentence gives for it, or None."""
    stamps = _stamps(text) if found and _YEAR.search(text) else []
    if not stamps:
        return [None] * len(found)
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    in_sentence: dict[int, _Sentence] = {}
    for stamp in stamps:
        in_sentence.setdefault(bisect_right(ends, stamp[0]), _Sentence()).stamps.append(stamp)
    times: list[str | None] = []
    for finding in found:
        sentence = in_sentence.get(bisect_right(ends, finding.start))
        times.append(sentence.time_of(finding) if sentence else None)
    return times


@dataclass(slots=True)
class _Sentence:
    """The times of a sentence, in order, and whether its first indicator stands before the first of them."""

    stamps: list[tuple[int, int, str]] = field(default_factory=list)
    time_follows: bool | None = None

    def time_of(self, finding: Finding) -> str | None:
        """The next time after the finding, or the last before it where the sentence begins with a time; None if far."""
        if self.time_follows is None:
            self.time_follows = finding.start < self.stamps[0][0]
        index = bisect_right(self.stamps, (finding.start, 0, "")) - (not self.time_follows)
        start, end, time = self.stamps[min(max(index, 0), len(self.stamps) - 1)]
        return time if max(finding.start - end, start - finding.end) <= _FARTHEST else None


def _stamps(text: str) -> list[tuple[int, int, str]]:
    """Every date with a time beside it: start, end and the instant or local time."""
    found = []
    for match in _DATE.finditer(text):
        after = _clock_after(text, match.end())
        clock = after[0] if after else _clock_before(text, match.start())
        day = (
            _day(match, text[max(0, match.start() - 4) : match.start()] + (after[1] if after else ""))
            if clock
            else None
        )
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
