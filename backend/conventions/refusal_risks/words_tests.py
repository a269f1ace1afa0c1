"""Tests on the words of the draft: a field that is empty, a term that stands there or does not."""

from backend.conventions.refusal_risks.case import Case, Hit, Result, Unclear
from backend.conventions.schema.risks import FieldEmpty, ForeignTerm, PersonMustLook, TextHas, TextLacks, TextShort
from backend.conventions.tokens import tokenise


def field_empty(test: FieldEmpty, case: Case) -> Result:
    """All of the fields are empty."""
    return None if case.filled(*test.fields) else Hit(lacks=test.fields)


def text_has(test: TextHas, case: Case) -> Result:
    """A term stands in one of the fields and nothing takes its sting away."""
    found = tuple(case.book.wording.find(case.draft, test.fields, test.terms))
    if not found or case.book.wording.has(case.draft, test.unless_in, test.unless):
        return None
    return Hit(found=found)


def text_lacks(test: TextLacks, case: Case) -> Result:
    """No term stands in the fields, although something does."""
    if not case.filled(*test.fields):
        return Hit(lacks=test.fields) if test.even_empty else None
    return None if case.book.wording.has(case.draft, test.fields, test.terms) else Hit()


def text_short(test: TextShort, case: Case) -> Result:
    """Too few words to tell what the rule asks for."""
    longest = max((len(tokenise(text).plain) for text in case.texts(test.fields)), default=0)
    return Hit(str(longest)) if longest < test.words else None


def foreign_term(test: ForeignTerm, case: Case) -> Result:
    """A term that does not translate, without a line that explains it."""
    found = tuple(case.book.wording.unexplained(case.draft, test.fields, case.requested))
    return Hit(found=found) if found else None


def person_must_look(test: PersonMustLook, case: Case) -> Result:
    """Nothing that a machine could tell."""
    return Unclear()
