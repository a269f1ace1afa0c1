"""Enrolment: a code that never travels, a device that knows it, a person who confirms."""

from datetime import timedelta

import pytest

from backend.units import services
from backend.units.enrolment import EnrolmentCode, enrolment_mac
from backend.units.models import Device, EnrolmentInvitation, EnrolmentRequest
from backend.vault.enrolment import make_code, open_code
from crypto.keyholder.signing import SigningKey
from tests.founding import NOW, TESTS, enrol_device, found_node

pytestmark = pytest.mark.django_db


@pytest.fixture
def invited() -> tuple[EnrolmentInvitation, EnrolmentCode]:
    found_node()
    unit = services.add_unit("Unit of a test", "gd", acting=TESTS, at=NOW)
    invitation, code = services.invite(unit, make_code=make_code, acting=TESTS, at=NOW)
    return invitation, EnrolmentCode.parse(code)


def ask(
    invitation: EnrolmentInvitation, secret: bytes, *, key: str | None = None, at: object = NOW
) -> EnrolmentRequest:
    public = key or str(SigningKey.generate("ed25519").verifying_key)
    request = EnrolmentRequest.objects.create(
        invitation_id=invitation.id, public_key=public, mac=enrolment_mac(secret, invitation.id, public), received_at=at
    )
    services.check_requests(open_code=open_code, at=NOW)
    request.refresh_from_db()
    return request


def test_a_device_that_knows_the_code_is_enrolled_once_a_person_confirms(
    invited: tuple[EnrolmentInvitation, EnrolmentCode],
) -> None:
    request = ask(invited[0], invited[1].secret)
    assert request.stage == EnrolmentRequest.Stage.CHECKED
    assert not Device.objects.exists()
    device = services.confirm(request, acting=TESTS, at=NOW)
    assert device.public_key == request.public_key


def test_the_code_is_nowhere_in_the_database(invited: tuple[EnrolmentInvitation, EnrolmentCode]) -> None:
    assert invited[1].secret not in bytes(EnrolmentInvitation.objects.get().wrapped_code)


def test_a_device_that_does_not_know_the_code_is_refused(invited: tuple[EnrolmentInvitation, EnrolmentCode]) -> None:
    request = ask(invited[0], bytes(16))
    assert (request.stage, request.reason) == ("refused", "the device does not know the code")
    with pytest.raises(services.NotConfirmable):
        services.confirm(request, acting=TESTS, at=NOW)


def test_a_code_serves_once(invited: tuple[EnrolmentInvitation, EnrolmentCode]) -> None:
    assert ask(invited[0], invited[1].secret).stage == "checked"
    assert ask(invited[0], invited[1].secret).reason == "the code was used before"


def test_a_code_expires(invited: tuple[EnrolmentInvitation, EnrolmentCode]) -> None:
    assert ask(invited[0], invited[1].secret, at=NOW + timedelta(days=4)).reason == "the code had expired"


def test_a_key_that_is_none_is_refused(invited: tuple[EnrolmentInvitation, EnrolmentCode]) -> None:
    assert ask(invited[0], invited[1].secret, key="ed25519:nonsense").reason == "not a public key"


def test_a_damaged_invitation_keeps_no_other_waiting(invited: tuple[EnrolmentInvitation, EnrolmentCode]) -> None:
    unit = services.Unit.objects.get()
    damaged, code = services.invite(unit, make_code=make_code, acting=TESTS, at=NOW)
    EnrolmentInvitation.objects.filter(pk=damaged.pk).update(wrapped_code=b"damaged")
    assert ask(damaged, EnrolmentCode.parse(code).secret).reason == "the invitation is damaged"
    assert ask(invited[0], invited[1].secret).stage == "checked"


def test_a_device_is_revoked_once(invited: tuple[EnrolmentInvitation, EnrolmentCode]) -> None:
    device = enrol_device().row
    services.revoke(device, acting=TESTS, at=NOW)
    services.revoke(device, acting=TESTS, at=NOW + timedelta(days=1))
    assert Device.objects.get().revoked_at == NOW


def test_a_key_is_enrolled_once(invited: tuple[EnrolmentInvitation, EnrolmentCode]) -> None:
    device = enrol_device()
    assert ask(invited[0], invited[1].secret, key=device.row.public_key).reason == "the key is enrolled already"
