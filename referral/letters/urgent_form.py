"""The urgent form: when it is open, and what it leaves due."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from types import MappingProxyType

from backend.conventions.refusal_risks.deciding import WORKING_DAYS_AFTER_URGENT_FORM
from referral.letters.kinds import URGENT_KINDS, LetterKind
from referral.letters.lifecycle_errors import UrgentFormNotOpen
from referral.letters.stages import DueAfterUrgentForm, Form, UrgencyGround


def form_for(kind: LetterKind, *, urgency: Collection[UrgencyGround]) -> Form:
    """The form in which a letter of this kind may be signed without approval, given the grounds of urgency stated.

    An acknowledgement of receipt decides nothing and is an act of the registry. Raises UrgentFormNotOpen.
    """
    if kind is LetterKind.ACKNOWLEDGEMENT:
        return Form.REGISTRY
    if kind in URGENT_KINDS and urgency:
        return Form.URGENT
    raise UrgentFormNotOpen


def working_day_after(day: date, count: int, *, holidays: Collection[date] = ()) -> date:
    """The `count`-th working day after `day`; Saturdays, Sundays and the given holidays are none."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5 and day not in holidays
    return day


def due_after_urgent_form(
    signed_on: date,
    *,
    translated: bool,
    references_stand: bool,
    risks_mended: bool,
    holidays: Collection[date] = (),
) -> Mapping[DueAfterUrgentForm, date]:
    """What an urgent form signed on that day leaves due, and the day by which it is due."""
    by = working_day_after(signed_on, WORKING_DAYS_AFTER_URGENT_FORM, holidays=holidays)
    due = {DueAfterUrgentForm.SECOND_PERSON: by}
    if not translated:
        due[DueAfterUrgentForm.TRANSLATION] = by
    if not references_stand:
        due[DueAfterUrgentForm.CONFIRMATION_OF_REFERENCES] = by
    if not risks_mended:
        due[DueAfterUrgentForm.REFUSAL_RISKS] = by
    return MappingProxyType(due)
