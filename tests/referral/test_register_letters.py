"""What letters take over from the register, and lose when a confirmation is withdrawn."""

from datetime import datetime

import pytest

from referral import services
from referral.columns import content_of
from referral.composing import draft_of
from referral.drafting import references
from referral.letters.content import LegalReference
from referral.lifecycle import Stage
from referral.models import LetterOfRequest, ProvisionConfirmation
from referral.problems import REFUSALS
from referral.services.references import reference_label
from referral.services.register import (
    withdraw_confirmation,
)
from referral.services.signing import ConfirmationWithdrawn, UnverifiedReference
from tests.founding import NOW
from tests.referral.registering import LATER, SEEN, composed, confirm_all, unverified_of
from tests.referral.test_acts import Office

pytestmark = pytest.mark.django_db


def test_a_letter_composed_later_takes_the_confirmation_over_and_an_earlier_one_stays(office: Office) -> None:
    earlier = composed(office)
    assert unverified_of(earlier), "the letter relies on nothing unverified: choose another for the test"
    confirm_all(office)
    confirmed = [one.confirmed for one in unverified_of(composed(office))]
    assert all(one and (one.by, one.on, one.source) == ("prosecutor", NOW.date(), SEEN) for one in confirmed)
    earlier.refresh_from_db()
    assert {one.confirmed for one in unverified_of(earlier)} == {None}


def written_anew(office: Office, letter: LetterOfRequest, at: datetime) -> LetterOfRequest:
    letter = services.return_to_draft(letter, acting=office.prosecutor, at=at)
    return services.redraft_letter(letter, draft_of(content_of(letter)), acting=office.prosecutor, at=at)


def test_written_anew_a_draft_takes_over_what_was_confirmed_since(office: Office) -> None:
    letter = composed(office)
    confirm_all(office)
    assert all(one.stands for one in references(content_of(written_anew(office, letter, NOW))))


def approved(office: Office, letter: LetterOfRequest) -> LetterOfRequest:
    return services.approve_letter(letter, acting=office.approver, at=NOW)


def test_a_letter_on_the_register_is_signed_and_says_who_saw_which_source(office: Office) -> None:
    refused = approved(office, composed(office))
    with pytest.raises(UnverifiedReference):
        services.sign_letter(refused, acting=office.signer, at=NOW)
    confirm_all(office)
    letter = services.sign_letter(approved(office, composed(office)), acting=office.signer, at=NOW)
    assert letter.stage == Stage.SIGNED
    assert {one.confirmed.source for one in unverified_of(letter) if one.confirmed} == {SEEN}


def is_cited(row: ProvisionConfirmation, reference: LegalReference) -> bool:
    """A section of a statute is cited with its heading."""
    return reference.ref == row.ref or reference.ref.startswith(f"{row.ref}, ")


def test_after_a_withdrawal_no_letter_is_signed_on_it_and_signed_ones_stay(office: Office) -> None:
    rows = confirm_all(office)
    signed = services.sign_letter(approved(office, composed(office)), acting=office.signer, at=NOW)
    letter = approved(office, composed(office))
    row = next(row for row in rows if any(is_cited(row, one) for one in unverified_of(letter)))
    withdraw_confirmation(row, reason="The gazette was of another year.", acting=office.approver, at=LATER)
    with pytest.raises(ConfirmationWithdrawn) as refusal:
        services.sign_letter(letter, acting=office.signer, at=LATER)
    assert isinstance(refusal.value, REFUSALS)
    assert {row.ref in label for label in refusal.value.references} == {True}
    signed.refresh_from_db()
    assert all(one.confirmed for one in unverified_of(signed))
    # Written anew the draft has lost it, and only it.
    letter = written_anew(office, letter, LATER)
    assert {one.ref for one in unverified_of(letter) if not one.confirmed} == {
        one.ref for one in unverified_of(signed) if is_cited(row, one)
    }


def test_what_was_confirmed_for_the_letter_itself_is_not_lost_by_a_withdrawal(office: Office) -> None:
    letter = composed(office)
    for label in {reference_label(one) for one in unverified_of(letter)}:
        services.confirm_reference(letter, label, source_seen=SEEN, acting=office.prosecutor, at=NOW)
    for row in confirm_all(office):
        withdraw_confirmation(row, reason="Wrong edition.", acting=office.approver, at=LATER)
    letter = services.approve_letter(letter, acting=office.approver, at=LATER)
    assert services.sign_letter(letter, acting=office.signer, at=LATER).stage == Stage.SIGNED
