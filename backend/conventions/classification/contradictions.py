"""Answers that cannot both hold, and answers against what the narrative plainly says: shown, never set aside here."""

from collections.abc import Iterator
from itertools import combinations

from backend.conventions.classification import sentences
from backend.conventions.classification.answer import Notice, Standing
from backend.conventions.classification.bearings import DECIDED, Place, table
from backend.conventions.classification.questions import Case, told

Span = tuple[int, int]


def contradictions(case: Case) -> tuple[Notice, ...]:
    """A notice for each pair of answers that clash and for each answer that the narrative contradicts."""
    given = {name: answer for name, answer in case.answers.items() if answer in DECIDED}
    if not given:
        return ()
    return (*_between_answers(case, given), *_with_narrative(case, given))


def _between_answers(case: Case, given: dict[str, str]) -> Iterator[Notice]:
    known = table(case.catalogue)
    strong = {name: known.strong(name, answer) for name, answer in given.items()}
    in_order = [name for name in case.catalogue.facts if name in given]
    for first, second in combinations(in_order, 2):
        clash = strong[first][0] & strong[second][1] or strong[first][1] & strong[second][0]
        why = _why(case, given, {first, second}) or ("what one establishes the other contradicts" if clash else None)
        if why is not None:
            named = {"first": first, "one": given[first], "second": second, "two": given[second], "why": why}
            yield Notice("answers-contradict", sentences.ANSWERS_CLASH % named, facts=(first, second))


def _why(case: Case, given: dict[str, str], pair: set[str]) -> str | None:
    for row in case.catalogue.questions.cannot_both:
        others = {other.fact for other in row.others if given.get(other.fact) == other.answer}
        if (
            given.get(row.answer.fact) == row.answer.answer
            and row.answer.fact in pair
            and pair - {row.answer.fact} <= others
        ):
            return row.why
    return None


def _with_narrative(case: Case, given: dict[str, str]) -> Iterator[Notice]:
    for name in (name for name in case.catalogue.facts if name in given):
        places = sorted(_places_against(case, name, given[name]))
        spans = {span for place in places for span in _spans_against(case, name, given[name], place)}
        spans |= set(_matters_against(case, name, given[name]))
        if places or spans:
            matter = (
                ", ".join(dict.fromkeys(element for _, element in places))
                or "of permission, of accident or of a computer"
            )
            text = sentences.AGAINST_NARRATIVE % {"answer": given[name], "fact": name, "matter": matter}
            yield Notice("answer-against-narrative", text, facts=(name,), spans=tuple(sorted(spans)))


def _places_against(case: Case, name: str, answer: str) -> Iterator[Place]:
    """Elements that the answer establishes and the narrative contradicts, or the other way round.

    The other way round only where the opposite answer would speak for the element: that a person is a child turns an
    intimate image into something worse, and does not say that there is none.
    """
    known = table(case.catalogue)
    establishes, contradicts = known.strong(name, answer)
    opposite = DECIDED[1 - DECIDED.index(answer)]
    for code, element in establishes:
        if told(case, code, element).standing is Standing.CONTRADICTED:
            yield code, element
    for code, element in contradicts:
        effect = known.effect(code, name, opposite)
        if effect and element in effect.speaks_for and told(case, code, element).standing is Standing.ESTABLISHED:
            yield code, element


def _spans_against(case: Case, name: str, answer: str, place: Place) -> list[Span]:
    found = told(case, *place)
    return list(found.denied if place in table(case.catalogue).strong(name, answer)[0] else found.spans)


def _matters_against(case: Case, name: str, answer: str) -> Iterator[Span]:
    """What the narrative says of permission, accident or means, where it says only the opposite of the answer."""
    fact = case.catalogue.facts[name]
    if fact.told is None:
        return
    opposite = DECIDED[1 - DECIDED.index(answer)]
    if any(getattr(case.told, matter) for matter in getattr(fact.told, answer)):
        return
    for matter in getattr(fact.told, opposite):
        yield from getattr(case.told, matter)
