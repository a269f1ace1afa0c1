"""What the letter has to contain: mandatory request contents joined to the fields of the letter."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.conventions.legal_basis.answer import Basis, Composition, Reference, Requirement
from backend.conventions.legal_basis.composing import contents_rows, statute_form_applies
from backend.conventions.legal_basis.question import Question, instrument_ref, state_ref
from backend.conventions.schema.terms import LetterField


@dataclass(frozen=True, slots=True)
class _Content:
    """A content that a request has to, or may, have."""

    field: str
    obligatory: bool
    ref: Reference


def requirements(question: Question, bases: Sequence[Basis], composition: Composition) -> tuple[Requirement, ...]:
    """The fields of the letter in writing order: those that basis, statute or practice ask for or allow."""
    contents = _contents(question, bases, composition)
    template = _template(question)
    found = []
    for letter_field in question.catalogue.letter_fields.values():
        covered = [content for content in contents if content.field in letter_field.covers]
        customary = letter_field.obligatory and template in letter_field.templates
        if covered or customary:
            found.append(_requirement(letter_field, covered, customary))
    return tuple(found)


def _requirement(field: LetterField, covered: Sequence[_Content], customary: bool) -> Requirement:
    return Requirement(
        field=field.field,
        section=field.section,
        text=field.text,
        obligatory=any(content.obligatory for content in covered),
        customary=customary,
        repeatable=field.repeatable,
        contents=tuple(dict.fromkeys(content.field for content in covered)),
        refs=tuple(dict.fromkeys(content.ref for content in covered)),
    )


def _contents(question: Question, bases: Sequence[Basis], composition: Composition) -> list[_Content]:
    best = next((basis for basis in bases if basis.usable), None)
    sources = [best.instrument] if best else []
    if composition.contents_from and composition.contents_from.kind == "instrument":
        sources.append(composition.contents_from.source)
    found = []
    for source in dict.fromkeys(sources):
        instrument = question.catalogue.instrument(source)
        found += [
            _Content(row.field, row.obligatory, instrument_ref(instrument, row.ref, row.verified, row.doubtful))
            for row in contents_rows(question, source)
        ]
    return found + _statutory(question)


def _statutory(question: Question) -> list[_Content]:
    form, state = question.requested.mla_statute.request_form, question.requested
    # A preservation request is no request under the statute: the letter that follows is.
    if form is None or not statute_form_applies(question) or "mla-general" not in question.chain:
        return []
    ref = state_ref(state, f"{state.mla_statute.title}, {form.ref}", form.verified, form.source)
    return [_Content(row.field, row.obligatory, ref) for row in form.contents]


def _template(question: Question) -> str | None:
    templates, measure = question.catalogue.letter_templates.by_measure, question.measure
    while measure.id not in templates:
        if measure.parent is None:
            return None
        measure = question.catalogue.measure(measure.parent)
    return templates[measure.id]
