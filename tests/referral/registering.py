"""What the tests of the register of confirmed references share."""

from datetime import timedelta

from backend.conventions.catalogue import shipped
from backend.conventions.provisions import Provision, provisions_of
from referral.columns import content_of
from referral.drafting import references
from referral.letters.content import LegalReference
from referral.models import LetterOfRequest, ProvisionConfirmation
from referral.services.register import confirm_provision
from tests.founding import NOW
from tests.referral.test_acts import Office, stored_data_letter

SEEN = "Official gazette of 2014, read on 2026-11-24"
LATER = NOW + timedelta(hours=1)


def composed(office: Office) -> LetterOfRequest:
    """A complete letter that relies on what nobody has verified."""
    return stored_data_letter(office)


def unverified_of(letter: LetterOfRequest) -> list[LegalReference]:
    return [one for one in references(content_of(letter)) if not one.verified]


def waiting(source: str) -> list[Provision]:
    return [one for one in provisions_of(shipped(), source).values() if not one.verified and not one.doubtful]


def confirm_all(office: Office) -> list[ProvisionConfirmation]:
    """Every unverified reference on which such a letter may rely, confirmed by the prosecutor."""
    return [
        confirm_provision(source, one.digest, source_seen=SEEN, acting=office.prosecutor, at=NOW)
        for source in ("gd", "cr", "budapest", "oas-mla", "untoc")
        for one in waiting(source)
    ]
