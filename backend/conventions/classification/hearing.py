"""What was learned from marked reports says of a narrative: the offences it proposes, the passages for an element."""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from backend.conventions.catalogue import Catalogue
from backend.conventions.classification.evidence import Findings
from backend.conventions.classification.reader import reader
from backend.conventions.classification.reading import Reading, Span, places
from backend.conventions.classification.wording import wording
from backend.conventions.tokens import Tokens

_NONE = "none"
_DENIED = "-"
# Of an offence that is proposed, the best passage for an element is shown even where it is this much weaker.
_WEAKER = 2.5
# Of the words of a report a third are small ones: articles, prepositions, auxiliaries; of the tersest, one in thirty.
_SMALL_WORDS = 0.03


@dataclass(frozen=True, slots=True)
class Heard:
    """The chance of each offence, those proposed, and the passages `(mark, span)` that count.

    `whole`: whether all was read; `closely`: whether who did what to whom was, or only words were added up.
    """

    chances: Mapping[str, float]
    proposed: frozenset[str]
    passages: tuple[tuple[str, Span], ...]
    whole: bool
    closely: bool = True


NOTHING = Heard({}, frozenset(), (), whole=True)


def hear(law: Catalogue, narrative: str, tokens: Tokens) -> Heard:
    """What the narrative says by itself: answers of the officer are weighed elsewhere. Nothing of what is no prose."""
    if not _is_prose(law, tokens):
        return NOTHING
    close = reader(law).read(narrative, tokens)
    reading: Reading = close or wording(law).read(tokens)
    chances = reading.chances()
    thresholds = reading.decision.thresholds
    proposed: frozenset[str] = frozenset()
    if chances[_NONE] < thresholds[_NONE]:
        proposed = frozenset(code for code, chance in chances.items() if code != _NONE and chance >= thresholds[code])
    passages = tuple(_counting(law, reading, proposed))
    return Heard(chances, proposed, passages, reading.whole, closely=close is not None)


def _is_prose(law: Catalogue, tokens: Tokens) -> bool:
    """Whether the small words of some language are there: markup, lists and code are read by nobody as a report."""
    marks = _small_words(law)
    return len([word for word in tokens.plain if word in marks]) >= _SMALL_WORDS * len(tokens.plain)


@functools.lru_cache(maxsize=4)
def _small_words(law: Catalogue) -> frozenset[str]:
    return frozenset(mark for language in law.cue_languages for mark in law.cues(language).marks)


def _counting(law: Catalogue, reading: Reading, proposed: frozenset[str]) -> Iterator[tuple[str, Span]]:
    """The passages that reach the score of their mark, and the best one for each element of a proposed offence."""
    decision = reading.decision
    wanted = {mark for mark, row in law.marks.items() if any(name.split("/")[0] in proposed for name in row.shows)}
    least = [decision.shown[mark] - (_WEAKER if mark in wanted else 0.0) for mark in decision.marks]
    seen: set[int] = set()
    counting = []
    for mark, place in places(reading.scores, least):
        if mark not in seen or reading.scores[place, mark] >= decision.shown[decision.marks[mark]]:
            counting.append((mark, place))
        seen.add(mark)
    for (mark, _), span in zip(counting, reading.spans(counting), strict=True):
        yield decision.marks[mark], span


def add(law: Catalogue, findings: Findings, heard: Heard) -> None:
    """Adds the passages to the evidence: they indicate an element, or deny it; only a cue or an answer establishes."""
    for mark, span in heard.passages:
        row = law.marks.get(mark.removeprefix(_DENIED))
        for name in row.shows if row else ():
            evidence = findings.at(*name.split("/"))
            (evidence.denied if mark.startswith(_DENIED) else evidence.indicated).append(span)
