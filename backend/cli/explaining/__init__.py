"""A classification for people at a terminal: the narrative with its marks, then each offence with what speaks for it.

The narrative is somebody else's text: nothing of it reaches the terminal that could steer it.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import click

from backend.conventions.classification import Classification, ElementStanding, OffenceFound, Standing
from backend.conventions.classification.answer import Article, NextQuestion, Section

Span = tuple[int, int]

_COLOURS = {Standing.ESTABLISHED: "green", Standing.INDICATED: "yellow", Standing.CONTRADICTED: "red"}
# Controls, escape sequences, overrides of direction, invisible tags and halves of surrogates; a line feed is kept.
_UNSAFE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
_RIGHT_TO_LEFT = {"R", "AL", "AN"}
# First-strong isolate and its end: right-to-left words do not draw the marks around them to the other side.
_ISOLATE = ("\u2068", "\u2069")
_LONGEST_GAP, _KEPT = 600, 200
_MOST_MARKS, _MOST_WORDS, _LONGEST_WORDS = 200, 8, 80


@dataclass(frozen=True, slots=True)
class Marks:
    """The places of the narrative on which elements rest; those that overlap are one place. Numbered from 1."""

    places: tuple[Span, ...]

    @classmethod
    def of(cls, answer: Classification) -> "Marks":
        """The places of every element of every offence found, in the order of the narrative."""
        elements = [element for offence in answer.offences for element in offence.elements]
        spans = sorted({span for element in elements for span in (*element.spans, *element.denied_spans)})
        places: list[Span] = []
        for start, end in spans:
            if places and start < places[-1][1]:
                places[-1] = (places[-1][0], max(end, places[-1][1]))
            else:
                places.append((start, end))
        return cls(tuple(places))

    def numbers(self, spans: Iterable[Span]) -> list[int]:
        """The numbers of the places in which the spans begin."""
        begun = {(bisect_right(self.places, start, key=_start), start) for start, _ in spans}
        return sorted({number for number, start in begun if number and start < self.places[number - 1][1]})


def _start(place: Span) -> int:
    return place[0]


def explain(asked_id: str, narrative: str, answer: Classification, *, colour: bool) -> Iterator[str]:
    """The lines to print: escape sequences only those of `colour`, none from the narrative."""
    marks = Marks.of(answer)
    language = answer.languages[0] if answer.languages else "en"
    yield _bold(f"{asked_id}: {', '.join(answer.codes) or 'nothing found'}", colour)
    if marks.places:
        yield from (f"  | {line}" for line in _marked(narrative, marks, colour).split("\n"))
    for offence in answer.offences:
        yield from _offence(narrative, offence, marks, language, colour)
    for indicator in answer.indicators:
        yield f"  {indicator.type}: {visible(indicator.value)}"
    if answer.next_question:
        yield f"  Ask next: {_question(answer.next_question, language)}"
        for row in answer.next_question.settles:
            yield f"    would settle {', '.join(row.elements)} of {row.offence}"
    for warning in answer.warnings:
        yield f"  ! {visible(warning.text)}"


def visible(text: str) -> str:
    """`text` with everything that a terminal could obey, or a reader could not see, written out as `\\u{1b}`."""
    return _UNSAFE.sub(_written_out, text.replace("\r\n", "\n").replace("\t", " "))


def _written_out(match: re.Match[str]) -> str:
    return f"\\u{{{ord(match[0]):x}}}"


# ── the narrative


def _marked(narrative: str, marks: Marks, colour: bool) -> str:
    shown, pieces, at = marks.places[:_MOST_MARKS], [], 0
    for number, (start, end) in enumerate(shown, 1):
        pieces.append(_gap(narrative[at:start], first=at == 0))
        pieces.append(_mark(narrative[start:end], number, colour))
        at = end
    pieces.append(_gap(narrative[at:], last=True))
    if len(marks.places) > len(shown):
        pieces.append(f"\n[… {len(marks.places) - len(shown)} more marks are not shown …]")
    return "".join(pieces)


def _mark(text: str, number: int, colour: bool) -> str:
    if not colour:
        return f"«{_shown(text)}»[{number}]"
    lines = (click.style(_isolated(line), fg="cyan", underline=True) for line in visible(text).split("\n"))
    return "\n".join(lines) + click.style(f"[{number}]", dim=True)


def _gap(text: str, *, first: bool = False, last: bool = False) -> str:
    """Words without a mark; of a long stretch only what is next to a mark."""
    if len(text) <= _LONGEST_GAP:
        return _shown(text)
    head, tail = ("" if first else text[:_KEPT]), ("" if last else text[-_KEPT:])
    left_out = f"[… {len(text) - len(head) - len(tail):,} characters …]"
    return _shown(head) + left_out + _shown(tail)


def _shown(text: str) -> str:
    """Narrative as it is shown between marks: what looks like the end of a mark in it is drawn apart."""
    return _isolated(visible(text).replace("»[", "» ["))


def _isolated(text: str) -> str:
    if text.isascii() or not any(unicodedata.bidirectional(c) in _RIGHT_TO_LEFT for c in text):
        return text
    return "\n".join(_ISOLATE[0] + line + _ISOLATE[1] if line else line for line in text.split("\n"))


# ── an offence


def _offence(narrative: str, offence: OffenceFound, marks: Marks, language: str, colour: bool) -> Iterator[str]:
    yield _bold(f"  {offence.code} ({offence.score:.2f}): {offence.label}", colour)
    yield f"    {'; '.join(map(_article, offence.articles)) or 'no article of a treaty'}"
    for section in offence.sections:
        yield f"    {_section(section)}"
    for element in offence.elements:
        yield _element(narrative, element, marks, colour)
    tags = offence.crosswalk
    named = [*tags.rsit, *tags.europol_incident, *tags.europol_event, *tags.csirt_americas]
    named += [f"ICCS {row.code}{'' if row.verified else ' (not verified)'}" for row in tags.iccs]
    if named:
        yield f"    classes: {', '.join(named)}"
    if offence.next_question:
        settled = [name for row in offence.next_question.settles for name in row.elements]
        yield f"    ask: {_question(offence.next_question, language)} ({', '.join(settled)})"


def _article(article: Article) -> str:
    return f"{article.instrument} {article.ref}{'' if article.verified else ' (not verified)'}"


def _section(section: Section) -> str:
    """A doubtful number is never printed."""
    ref = "" if section.ref is None or section.doubtful else f"{section.ref}, "
    years = "" if section.max_years is None else f", up to {section.max_years} years"
    return f"{section.state} {ref}{section.title}{years}{'' if section.verified else ' (not verified)'}"


def _element(narrative: str, element: ElementStanding, marks: Marks, colour: bool) -> str:
    spans = (*element.spans, *element.denied_spans)
    words = list(dict.fromkeys(_words(narrative[start:end]) for start, end in spans[: _MOST_WORDS * 4]))[:_MOST_WORDS]
    numbers = "".join(f"[{number}]" for number in marks.numbers(spans)[:_MOST_WORDS])
    told = " | ".join(words) + (f" {numbers}" if numbers else "")
    if element.facts:
        told += f"{' ' if told else ''}(answers: {', '.join(dict.fromkeys(element.facts))})"
    standing = f"{element.standing:12}"
    if colour:
        standing = click.style(standing, fg=_COLOURS.get(element.standing))
    name = f"{element.id}{'' if element.required else ' (optional)'}"
    return f"    {standing} {name}: {told}" if told else f"    {standing} {name}"


def _words(text: str) -> str:
    shown = visible(" ".join(text[: _LONGEST_WORDS * 2].split()))
    return _isolated(shown if len(shown) <= _LONGEST_WORDS else shown[:_LONGEST_WORDS] + "…")


def _question(question: NextQuestion, language: str) -> str:
    return f"{question.fact}: {question.text.in_language(language)}"


def _bold(text: str, colour: bool) -> str:
    return click.style(text, bold=True) if colour else text
