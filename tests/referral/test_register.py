"""The register: a reference is confirmed once, withdrawn with a reason, and its lines only grow."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import Http404

from backend.accounts.models import Role
from backend.audit.models import AuditEvent
from backend.conventions.catalogue import shipped
from backend.conventions.provisions import provisions_of
from referral import register
from referral.models import ConfirmationWithdrawal, ProvisionConfirmation
from referral.services.register import (
    NothingToConfirm,
    NotStanding,
    confirm_provision,
    withdraw_confirmation,
)
from tests.founding import NOW, person
from tests.referral.registering import LATER, SEEN, waiting
from tests.referral.test_acts import Office

pytestmark = pytest.mark.django_db


def test_a_withdrawn_reference_may_be_confirmed_again(office: Office) -> None:
    one = waiting("gd")[0]
    first = confirm_provision("gd", one.digest, source_seen=SEEN, acting=office.prosecutor, at=NOW)
    withdraw_confirmation(first, reason="Wrong edition.", acting=office.signer, at=NOW)
    with pytest.raises(NotStanding):
        withdraw_confirmation(first, reason="Again.", acting=office.signer, at=NOW)
    confirm_provision("gd", one.digest, source_seen=f"{SEEN}, 2nd ed.", acting=office.approver, at=LATER)
    shown = register.provision_page(office.prosecutor.user, "gd", one.digest, at=LATER)
    assert shown.standing == register.CONFIRMED
    assert [line.standing for line in shown.lines] == [register.CONFIRMED, register.WITHDRAWN]


# Refusals -------------------------------------------------------------------------------------------------------------


def test_a_reference_is_confirmed_once(office: Office) -> None:
    one = waiting("gd")[0]
    confirm_provision("gd", one.digest, source_seen=SEEN, acting=office.prosecutor, at=NOW)
    with pytest.raises(NothingToConfirm, match="already"):
        confirm_provision("gd", one.digest, source_seen=SEEN, acting=office.approver, at=NOW)
    assert ProvisionConfirmation.objects.count() == 1


@pytest.mark.parametrize(
    ("why", "chosen", "says"),
    [
        (
            "verified",
            lambda: next(one for one in provisions_of(shipped(), "gd").values() if one.verified),
            "as verified",
        ),
        ("doubtful", lambda: next(one for one in provisions_of(shipped(), "harare").values() if one.doubtful), "wrong"),
    ],
)
def test_what_waits_for_nobody_is_not_confirmed(office: Office, why: str, chosen: Any, says: str) -> None:
    one = chosen()
    with pytest.raises(NothingToConfirm, match=says):
        confirm_provision(one.source, one.digest, source_seen=SEEN, acting=office.prosecutor, at=NOW)
    with pytest.raises(Http404):
        register.provision_page(office.prosecutor.user, one.source, one.digest, at=NOW)


@pytest.mark.parametrize("role", [Role.DUTY, Role.OFFICER, Role.REGISTRAR, Role.AUDITOR, Role.ADMINISTRATOR])
def test_other_roles_neither_confirm_nor_withdraw(office: Office, role: Role) -> None:
    one, stranger = waiting("gd")[0], person(role, f"other-{role}")
    with pytest.raises(Http404):
        confirm_provision("gd", one.digest, source_seen=SEEN, acting=stranger, at=NOW)
    row = confirm_provision("gd", one.digest, source_seen=SEEN, acting=office.prosecutor, at=NOW)
    with pytest.raises(Http404):
        withdraw_confirmation(row, reason="No.", acting=stranger, at=NOW)
    assert not ConfirmationWithdrawal.objects.exists()


def test_both_acts_are_on_record(office: Office) -> None:
    one = waiting("gd")[0]
    row = confirm_provision("gd", one.digest, source_seen=SEEN, acting=office.prosecutor, at=NOW)
    withdraw_confirmation(row, reason="Wrong edition.", acting=office.signer, at=LATER)
    confirmed, withdrawn = AuditEvent.objects.filter(subject_id=str(row.pk)).order_by("at")
    assert (confirmed.event, confirmed.acting_id) == ("provision:confirmed", "prosecutor")
    assert confirmed.detail == {"source": "gd", "ref": one.ref, "digest": one.digest, "seen": SEEN}
    assert (withdrawn.event, withdrawn.acting_role) == ("provision:confirmation_withdrawn", "signer")
    assert withdrawn.detail["reason"] == "Wrong edition."


# What the database refuses --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "statement"),
    [
        ("changed", "UPDATE referral_provisionconfirmation SET source_seen = 'another'"),
        ("removed", "DELETE FROM referral_provisionconfirmation"),
        ("changed", "UPDATE referral_confirmationwithdrawal SET reason = 'another'"),
        ("removed", "DELETE FROM referral_confirmationwithdrawal"),
    ],
)
def test_the_register_only_grows(office: Office, what: str, statement: str) -> None:
    row = confirm_provision("gd", waiting("gd")[0].digest, source_seen=SEEN, acting=office.prosecutor, at=NOW)
    withdraw_confirmation(row, reason="Wrong edition.", acting=office.signer, at=NOW)
    with pytest.raises(IntegrityError, match="not changed or removed"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [({"source_seen": ""}, "names_a_source"), ({"digest": "x" * 64}, "has_a_digest")],
)
def test_a_line_says_what_was_seen_of_what(office: Office, change: dict[str, str], constraint: str) -> None:
    line = {"source": "gd", "ref": "s. 1", "digest": "0" * 64, "source_seen": SEEN, "confirmed_at": NOW}
    ProvisionConfirmation.objects.create(**line, confirmed_by=office.signer.user)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ProvisionConfirmation.objects.create(**line | change, confirmed_by=office.signer.user)


def test_a_withdrawal_has_a_reason_and_comes_after_the_confirmation(office: Office) -> None:
    row = confirm_provision("gd", waiting("gd")[0].digest, source_seen=SEEN, acting=office.prosecutor, at=NOW)
    given = {"confirmation": row, "withdrawn_by": office.signer.user}
    for change, says in (
        ({"reason": "", "withdrawn_at": NOW}, "withdrawal_has_a_reason"),
        ({"reason": "x", "withdrawn_at": NOW - timedelta(seconds=1)}, "after it was made"),
    ):
        with pytest.raises(IntegrityError, match=says), transaction.atomic():
            ConfirmationWithdrawal.objects.create(**given, **change)
    ConfirmationWithdrawal.objects.create(**given, reason="x", withdrawn_at=NOW)
